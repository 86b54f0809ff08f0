"""The scorecard as a memo and a report print it first: parties by packages, a unit a row, a block an economy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.figures.scales import NOT_AVAILABLE, UNITS, number
from sim.language.words import Words
from sim.reports.folder import Study
from sim.reports.verdict.measures import BY_FIGURE, MONEY, PUBLIC, RATE
from sim.reports.verdict.scorecard import scorecard
from sim.reports.verdict.telling import Telling

if TYPE_CHECKING:
    import pandas as pd

IN_A_MEMO = (
    "lender_profit", "partner_result", "fund_result", "reguarantee_result", "insurer_result", "government_result",
    "public_result",
    "borrowers_cost", "access_all", "approval_rate", "firm_failures", "staff",
)  # fmt: skip
"""Figures of the scorecard that a memo has room for: every party once; the workbook holds all."""

SMALL = 0.1
"""Difference in points below which a second decimal is shown."""

PACKAGES, ECONOMIES = 6, 3
"""How many packages and economies the scorecard of a memo has room for."""


@dataclass(frozen=True)
class Grid:
    """A table in words.

    Attributes
    ----------
    heads : tuple of str
        Heads of the columns.
    rows : tuple of tuple of str
        Cells of each row; a row with one cell heads those below it.
    note : str
        How to read it.
    figures : tuple of str
        What each row shows, as the glossary of a page has it; empty for a row that heads others.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    figures: tuple[str, ...] = ()


def grid_of(study: Study, say: Words, *, whole: bool = False) -> Grid | None:
    """Return the scorecard in words; None where nothing of it was recorded.

    ``whole`` has every package and economy, however many; a memo has room for some.
    """
    table = there(study)
    payers = table.loc[table["party"].isin(PUBLIC), "figure"].nunique()
    table = table[table["figure"].isin(IN_A_MEMO) & ((table["party"] != "public_side") | (payers > 1))]
    if table.empty:
        return None
    packages, economies = (None, None) if whole else (PACKAGES, ECONOMIES)
    arms = [arm.name for arm in study.arms][:packages]
    telling = Telling(say, study.scenarios)
    scales = {str(name): scale_of(str(name), part, say) for name, part in table.groupby("figure", sort=False)}
    cells = {(row["scenario"], row["figure"], row["arm"]): row for row in table.to_dict("records")}
    rows: list[tuple[str, ...]] = []
    figures: list[str] = []
    for scenario in study.scenarios[:economies]:
        rows.append((f"{capital(telling.economy(scenario))}, {_months(table, scenario, say)}",))
        figures.append("")
        for figure in [name for name in IN_A_MEMO if name in scales]:
            size, unit = scales[figure]
            texts = [cell_of(cells.get((scenario, figure, arm)), size, say) for arm in arms]
            label = say(f"row.{figure}")
            rows.append((say("front_table.head", label=label, unit=unit) if unit else label, *texts))
            figures.append(BY_FIGURE[figure].entry)
    left = len(study.arms) > len(arms) or len(study.scenarios[:economies]) < len(study.scenarios)
    note = say("memo.score_note") + (say("memo.score_left") if left else "")
    return Grid((say("scorecard.figure"), *arms), tuple(rows), note, tuple(figures))


def there(study: Study) -> pd.DataFrame:
    """Return the scorecard without figures that are 0 under every package everywhere: nobody of the kind is there."""
    table = scorecard(study)
    moves = (table["value"].fillna(0) != 0).groupby(table["figure"]).transform("any")
    return table[moves]


def _months(table: pd.DataFrame, scenario: str, say: Words) -> str:
    counts = table.loc[table["scenario"] == scenario, "months"]
    return Telling(say, ()).span([int(counts.iloc[0])]) if len(counts) else NOT_AVAILABLE


def scale_of(figure: str, rows: pd.DataFrame, say: Words) -> tuple[float, str]:
    """Return what divides the numbers of a figure, and the unit that this leaves; empty where its name has it."""
    if BY_FIGURE[figure].kind != MONEY:
        return 1.0, ""
    largest = float(rows[["value", "difference"]].abs().max().max())
    size, unit = next((size, unit) for start, size, unit in UNITS[say.language] if not largest < start)
    return size, say(f"unit.{unit}", amount="").strip()


def cell_of(row: Mapping[Any, Any] | None, size: float, say: Words) -> str:
    """Write a figure, and in brackets its difference to the parent: marked where no direction can be named."""
    if row is None or not math.isfinite(row["value"]):
        return NOT_AVAILABLE
    if row["value"] == 0.0 and not abs(row["difference"]) > 0.0:
        return "0"
    decimals = _decimals(row, size)
    text = number(row["value"] / size, decimals)
    if not row["parent"] or not math.isfinite(row["difference"]):
        return text
    if row["difference"] == row["difference_low"] == row["difference_high"] == 0.0:
        return f"{text} ({say('scorecard.same')})"
    sure = row["difference_low"] > 0 or row["difference_high"] < 0
    gap = number(row["difference"] / size, decimals, signed=True)
    return f"{text} ({gap}{'' if sure else say('scorecard.open')})"


def _decimals(row: Mapping[Any, Any], size: float) -> int:
    kind = BY_FIGURE[row["figure"]].kind
    gap = abs(row["difference"]) if math.isfinite(row["difference"]) else 0.0
    if kind == RATE:
        return 2 if 0.0 < gap < SMALL else 1
    largest = max(abs(row["value"]), gap) / size
    return (2 if largest < 10 else 1 if largest < 1000 else 0) if kind == MONEY else 0


def capital(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]
