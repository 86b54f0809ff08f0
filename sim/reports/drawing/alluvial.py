"""Who pays into a scheme, through whom, and what reaches the lender: ribbons as wide as the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.figures.naming import bearer_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import Words
from sim.reports.drawing import style
from sim.reports.drawing.figures import Picture, canvas, grid, to_svg
from sim.reports.drawing.keys import key_height, swatch_key
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title

SHOWN_AT_MOST = 8
GUARANTORS = ("fund", "reguarantee", "insurer", "government")
BAR, SMALLEST = 0.03, 0.004  # width of a node; ribbons below this share of the whole are left out
LEFT, MIDDLE, RIGHT = 0.44, 0.58, 0.72  # columns, shares of the width
PANEL, LINE = 1.4, 0.16  # inches: a panel, a line of words
STEPS = np.linspace(0.0, 1.0, 24)


def guarantors(say: Words) -> dict[str, str]:
    """Return what each guarantor is called, by the end of the names of its figures."""
    return {key: bearer_of(f"loss_{key}", say) for key in GUARANTORS}


def colours(say: Words) -> dict[str, str]:
    """Return the colour of each guarantor by what it is called."""
    return {label: style.BEARER_COLOURS[f"loss_{key}"] for key, label in guarantors(say).items()}


@dataclass(frozen=True)
class Ribbon:
    """One flow from a node of one column to a node of the next, fen over the horizon."""

    source: str
    through: str
    amount: float


def money_in(study: Study, scenario: str, arm: str) -> list[Ribbon]:
    """What reaches each guarantor, and what is drawn from its means: mean of the replications, fen."""

    def mean(name: str) -> float:
        totals = study.totals(scenario, arm, name)
        return float(totals.mean()) if totals.size else 0.0

    say = study.say
    names = guarantors(say)
    fund = names["fund"]
    borrowers, subsidy = mean("premium_borrowers"), mean("premium_subsidy")
    found = [
        Ribbon(say("front_cash.borrowers"), fund, borrowers),
        Ribbon(say("front_cash.premium"), fund, mean("premium_paid") - borrowers - subsidy),
        Ribbon(say("front_cash.subsidy"), fund, subsidy),
        Ribbon(say("front_cash.capital"), fund, mean("replenishment")),
        Ribbon(say("front_cash.yield"), fund, max(mean("fund_income"), 0.0)),
        Ribbon(say("front_cash.recoveries"), fund, mean("fund_recoveries")),
    ]
    for key in ("reguarantee", "insurer"):
        paid_in = mean(f"net_{key}") + mean(f"compensation_{key}")
        found.append(Ribbon(say("front_cash.layer"), names[key], paid_in))
    return [ribbon for ribbon in found if ribbon.amount > 0]


def money_out(study: Study, scenario: str, arm: str) -> dict[str, float]:
    """Compensation that each guarantor pays the lender, fen."""
    found = {}
    for key, label in guarantors(study.say).items():
        totals = study.totals(scenario, arm, f"compensation_{key}")
        found[label] = float(totals.mean()) if totals.size else 0.0
    return {label: amount for label, amount in found.items() if amount > 0}


def alluvial_figure(study: Study, arms: list[str], scenario: str) -> Picture | None:
    """Draw the cash of each scheme in three columns: who pays in, who stands behind, what becomes of it."""
    say = study.say
    flows = {arm: (money_in(study, scenario, arm), money_out(study, scenario, arm)) for arm in arms}
    shown = [arm for arm, (paid, out) in flows.items() if paid or out][:SHOWN_AT_MOST]
    if not shown:
        return None
    wholes = {arm: _whole(*flows[arm]) for arm in shown}
    scale = scale_of(measure_of("loss_lender"), wholes.values(), say=say)
    through = {label for arm in shown for label in (*flows[arm][1], *(ribbon.through for ribbon in flows[arm][0]))}
    entries = [(label, colour) for label, colour in colours(say).items() if label in through]
    key = key_height([label for label, _ in entries])
    height = key + (0.35 + PANEL) * len(shown)
    with canvas(height) as figure:
        margins = {"left": 0.0, "right": 1.0, "top": 1 - (key + 0.3) / height, "bottom": 0.05 / height}
        panels = grid(figure, len(shown), 1, **margins, hspace=0.35 / PANEL)[:, 0]
        for axes, arm in zip(panels, shown, strict=True):
            axes.axis("off")
            axes.set_title(arm)
            _draw(axes, *flows[arm], wholes[arm], scale, say)
        swatch_key(figure, entries)
        svg = to_svg(figure, "alluvial", say("front_cash.heading"), say("front_cash.about"))
    caption = say("front_cash.caption", place=study.place(scenario), unit=scale.unit)
    title = say("front_cash.title", scenario=scenario_title(scenario, say))
    return Picture("alluvial", title, svg, caption, ("front_alluvial.flow",))


def _whole(paid: list[Ribbon], out: dict[str, float]) -> float:
    labels = {ribbon.through for ribbon in paid} | set(out)
    return sum(max(sum(r.amount for r in paid if r.through == label), out.get(label, 0.0)) for label in labels)


def _draw(axes: Axes, paid: list[Ribbon], out: dict[str, float], whole: float, scale: Scale, say: Words) -> None:
    """Lay out the three columns of one panel; each guarantor is as high as the larger of its two sides."""
    left, middle, right, hues = [], [], [], colours(say)
    for label in hues:
        into = [ribbon for ribbon in paid if ribbon.through == label]
        taken, given = sum(ribbon.amount for ribbon in into), out.get(label, 0.0)
        if max(taken, given) <= SMALLEST * whole:
            continue
        middle.append((label, max(taken, given)))
        left += [(ribbon.source, label, ribbon.amount) for ribbon in into]
        if given > taken:
            left.append((say("front_cash.means"), label, given - taken))
        right.append((bearer_of("loss_lender", say), label, given))
        if taken > given:
            right.append((say("front_cash.kept"), label, taken - given))
    for x, entries in ((LEFT, left), (RIGHT, right)):
        merged: dict[str, float] = {}
        for name, _, amount in entries:
            merged[name] = merged.get(name, 0.0) + amount
        _named(axes, x, merged, _column(axes, x, list(merged.items()), whole, hues), scale)
    _column(axes, MIDDLE, middle, whole, hues)
    _ribbons(axes, LEFT, MIDDLE, left, whole, hues, outwards=False)
    _ribbons(axes, MIDDLE, RIGHT, right, whole, hues, outwards=True)
    axes.set_xlim(0, 1)
    axes.set_ylim(1, 0)


def _column(axes: Axes, x: float, nodes: list[tuple[str, float]], whole: float, hues: Mapping[str, str]) -> list[float]:
    """Draw the nodes of a column from the top; returns the middle of each, shares of the panel's height."""
    top, middles = 0.0, []
    for name, amount in nodes:
        size = amount / whole
        colour = hues.get(name, style.NAVY)
        axes.barh(top + size / 2, BAR, left=x - BAR / 2, height=size, color=colour, edgecolor="white")
        middles.append(top + size / 2)
        top += size
    return middles


def _named(axes: Axes, x: float, nodes: dict[str, float], middles: list[float], scale: Scale) -> None:
    """Write name and amount of each node beside it, outside of the ribbons."""
    shown = [(name, amount, place) for (name, amount), place in zip(nodes.items(), middles, strict=True) if amount > 0]
    place, side = (x - BAR, "right") if x < MIDDLE else (x + BAR, "left")
    for (name, amount, _), line in zip(shown, spread([place for *_, place in shown], LINE / PANEL), strict=True):
        axes.text(place, line, f"{name} {scale.text(amount)}", ha=side, va="center", fontsize=style.SMALL)


def spread(places: list[float], gap: float) -> list[float]:
    """Move ordered places in 0..1 apart until each two are ``gap`` from each other, downwards first, then up."""
    found: list[float] = []
    for place in places:
        found.append(max(place, gap / 2, found[-1] + gap if found else 0.0))
    limit = 1.0 - gap / 2
    for index in range(len(found) - 1, -1, -1):
        found[index] = min(found[index], limit)
        limit = found[index] - gap
    return found


def _ribbons(
    axes: Axes,
    start: float,
    stop: float,
    flows: list[tuple[str, str, float]],
    whole: float,
    hues: Mapping[str, str],
    *,
    outwards: bool,
) -> None:
    """Draw flows between two columns: in the outer column they stand by name, in the middle one by guarantor."""
    outer: dict[str, float] = {}
    names = list(dict.fromkeys(name for name, _, _ in flows))
    base = 0.0
    for name in names:
        outer[name] = base
        base += sum(amount for other, _, amount in flows if other == name) / whole
    inner = 0.0
    smooth = 3 * STEPS**2 - 2 * STEPS**3
    for name, label, amount in flows:
        size = amount / whole
        first, last = (inner, outer[name]) if outwards else (outer[name], inner)
        lower = first + (last - first) * smooth
        x = start + BAR / 2 + (stop - start - BAR) * STEPS
        axes.fill_between(x, lower, lower + size, color=hues.get(label, style.NAVY), alpha=0.35, linewidth=0)
        outer[name] += size
        inner += size
