"""How more firms may fail and more persons have jobs: fewer firms, or more of them, that employ more each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.figures.scales import number
from sim.reports.folder import Study
from sim.reports.verdict.telling import Telling


@dataclass(frozen=True)
class Crew:
    """Firms in business at the end of one economy under a package and its parent, and jobs at them; means over runs."""

    scenario: str
    firms: float
    fewer: float
    each: float
    each_before: float


def crews_of(study: Study, arm: str, parent: str) -> tuple[Crew, ...]:
    """Return the firms and their staff where more firms fail and more jobs stand at the end, both for sure."""
    found = []
    for scenario in study.scenarios:
        failures, staff = (study.estimate(scenario, arm, name) for name in ("firm_failures", "staff"))
        ours, theirs = (study.estimate(scenario, name, "firms").mean for name in (arm, parent))
        if failures.direction > 0 and staff.direction > 0 and ours > 0 and theirs > 0:
            before = study.estimate(scenario, parent, "staff").mean
            found.append(Crew(scenario, ours, theirs - ours, staff.mean / ours, before / theirs))
    return tuple(found)


def sentences(crews: Mapping[tuple[str, str], Sequence[Crew]], telling: Telling) -> list[str]:
    """Say of each pair and economy how many firms are in business at the end and how many persons they employ each."""
    say, told = telling.say, []
    for (arm, parent), found in crews.items():
        for one in found:
            text = say(
                "jobs.fewer" if one.fewer > 0 else "jobs.more", count=number(abs(one.fewer), 0),
                firms=number(one.firms, 0), each=number(one.each, 2), before=number(one.each_before, 2),
            )  # fmt: skip
            names = {"arm": telling.package(arm), "parent": telling.package(parent)}
            told.append(say("jobs.crew", **names, text=text, place=telling.economy(one.scenario)))
    return told
