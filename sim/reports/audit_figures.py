"""Tables of the audit pack that hold figures: main figures, predicted and realised default, scores."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from sim.figures.catalog import FIGURES
from sim.figures.naming import label_of, period_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import ENGLISH, Words
from sim.reports.audit_tables import words_table
from sim.reports.chapters.tables import cell, group_heading, table
from sim.reports.words.auditing import Facts, economy_of, ratio
from sim.reports.words.formats import NOT_AVAILABLE


def estimates(facts: Facts, say: Words) -> str:
    """Main figures with their intervals and paired differences, those of a figure below its unit and period."""
    rows = facts["outcomes"]["estimates"]
    names = ("package", "economy", "mean", "interval", "difference", "interval", "saved", "runs")
    heads = [say(f"audit.head_of.{name}") for name in names]
    made = []
    for name in dict.fromkeys(row["figure"] for row in rows):
        of = [row for row in rows if row["figure"] == name]
        figure = measure_of(name)
        scale = scale_of(figure, [row["mean"] for row in of], say=say)
        stored = of[0]["unit"] if say.language == ENGLISH else ""
        period = of[0]["period"] if say.language == ENGLISH else period_of(figure, say)
        unit = say("list.comma").join(filter(None, [scale.unit or stored, period]))
        made.append(group_heading(label_of(FIGURES[name], say), unit, len(heads)))
        made += [_estimate(row, scale, say) for row in of]
    return table(say("audit.caption.estimates"), heads, made, say=say) if made else ""


def _estimate(row: Mapping[str, Any], scale: Scale, say: Words) -> str:
    """One row of the main figures."""
    gap = NOT_AVAILABLE if row["difference"] is None else scale.text(row["difference"], signed=True)
    saved = NOT_AVAILABLE if row["variance_reduction"] is None else f"{row['variance_reduction']:.1f}"
    cells = [
        cell(scale.text(row["mean"]), row["mean"]),
        cell(_range(row["low"], row["high"], scale, say)),
        cell(gap, row["difference"]),
        cell(_range(row["difference_low"], row["difference_high"], scale, say, signed=True)),
        cell(saved),
        cell(str(row["runs"])),
    ]
    return f"<tr>{_names(row, say)}{''.join(cells)}</tr>"


def _names(row: Mapping[str, Any], say: Words) -> str:
    """Cells of a package and an economy."""
    names = (row["package"], economy_of(row["economy"], say))
    return "".join(f'<td class="words">{html.escape(name)}</td>' for name in names)


def _range(low: float | None, high: float | None, scale: Scale, say: Words, *, signed: bool = False) -> str:
    if low is None or high is None:
        return NOT_AVAILABLE
    return say("unit.range", low=scale.text(low, signed=signed), high=scale.text(high, signed=signed))


def calibration(facts: Facts, say: Words) -> str:
    """Predicted over realised default by group of customers; deciles stand in the file for programs alone."""
    rows = []
    for row in facts["outcomes"]["calibration"]:
        if "decile" in row["whom"]:
            continue
        whom = say(f"audit.whom.{row['whom'].replace(', ', '_').replace(' ', '_')}")
        rates = [cell(f"{100 * row[name]:.2f}", row[name]) for name in ("predicted", "realised")]
        ends = NOT_AVAILABLE
        if row["low"] is not None:
            ends = say("unit.range", low=points(row["low"]), high=points(row["high"]))
        rest = (ratio(row, say), ends, str(row["runs"]), str(row["runs_without"]))
        cells = "".join([*rates, *map(cell, rest)])
        rows.append(f'<tr><td class="words">{html.escape(whom)}</td>{_names(row, say)}{cells}</tr>')
    names = ("whose", "package", "economy", "predicted", "realised", "ratio", "points", "runs", "not_judged")
    heads = [say(f"audit.head_of.{name}") for name in names]
    return table(say("audit.caption.calibration"), heads, rows, say=say) if rows else ""


def points(value: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{100 * value:+.2f}".replace("-", "\N{MINUS SIGN}")


def monitored(facts: Facts, say: Words) -> str:
    """Discrimination and stability of the scores."""
    rows = [
        (one["figure"], one["unit"], one["package"], economy_of(one["economy"], say), f"{one['mean']:.3g}",
         _ends(one, say), one["runs"])
        for one in facts["outcomes"]["monitored"]
    ]  # fmt: skip
    heads = ("figure", "unit", "package", "economy", "mean", "interval", "runs")
    return words_table("monitored", heads, rows, say, ("figure", "unit"))


def _ends(one: Mapping[str, Any], say: Words) -> str:
    if one["low"] is None:
        return NOT_AVAILABLE
    return say("unit.range", low=f"{one['low']:.3g}", high=f"{one['high']:.3g}")
