"""What the scenarios of a study bring within its months: said before it runs, and in the report."""

from __future__ import annotations

from sim.economy.outlook import Outlook, outlook, with_read
from sim.language.words import Words
from sim.study.plan.parts import Scenario
from sim.study.plan.plan import Plan
from sim.study.plan.points import NO_CHANGE, Point, updated

ECONOMY = "economy."


def outlooks(plan: Plan) -> dict[str, dict[Outlook, int]]:
    """Look at each scenario at every point of a study: what it brings, and at how many points that.

    A search has no points yet and is looked at where it starts from. Scenarios of which nothing is known are left out.
    """
    found: dict[str, dict[Outlook, int]] = {}
    for point in plan.points or (NO_CHANGE,):
        for scenario in plan.composition(point).scenarios:
            if scenario.outlook is not None:
                counts = found.setdefault(scenario.name, {})
                seen = _at(plan, point, scenario, scenario.outlook)
                counts[seen] = counts.get(seen, 0) + 1
    return found


def _at(plan: Plan, point: Point, scenario: Scenario, composed: Outlook) -> Outlook:
    """Look at a scenario with the values of a point."""
    moved = [(key, value) for key, value in point.common if key.startswith(ECONOMY)]
    if not moved:
        return composed
    config = plan.composition(point).root.configs[scenario.name]
    return outlook(updated(config, moved).economy, scenario.months, composed.read)


def in_words(plan: Plan, say: Words | None = None) -> dict[str, str]:
    """Say what each scenario brings; at several points, within which levels its peaks lie."""
    words, say = {}, say or Words()
    for name, counts in outlooks(plan).items():
        first, *others = counts
        words[name] = first.told(say)
        if others:
            peaks = sorted(seen.peak for seen in counts)
            by_point = say("running.outlook.by_point", low=f"{peaks[0]:.1%}", high=f"{peaks[-1]:.1%}")
            words[name] = with_read(first.read if len({seen.read for seen in counts}) == 1 else None, by_point, say)
    return words


def warnings(plan: Plan) -> list[str]:
    """Name each scenario that leaves its calm level only after the months that are run."""
    found = []
    for name, counts in outlooks(plan).items():
        late = {seen: count for seen, count in counts.items() if seen.comes_too_late}
        if late:
            seen, points = next(iter(late)), sum(counts.values())
            where = f" at {sum(late.values())} of {points} points" if points > 1 else ""
            found.append(
                f"economy={name}: {seen.start}, after the {seen.months} months that are run{where}; what comes out is"
                " about calm times, but for replications whose shock comes early; raise study.months or lower"
                " economy.shock_lag"
            )
    return found
