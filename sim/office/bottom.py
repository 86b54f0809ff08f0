"""Sheets of a workbook that tell the bottom line: the sentences, the scorecard, and the caps of the schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.figures.scales import NOT_AVAILABLE
from sim.language.words import Words
from sim.office.book import PAGE, Sheet
from sim.office.telling import bottom_line, fingerprint, plain, title_of
from sim.reports.folder import Study
from sim.reports.verdict.gauges import LEVERAGE
from sim.reports.verdict.grid import capital, there
from sim.reports.verdict.measures import BY_FIGURE, MONEY, OF_BOOK, RATE
from sim.reports.verdict.telling import Telling

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 15.0
BEFORE = 3
"""Width of a column of figures, and columns before them."""

COUNTED = ("month", "runs", "suspended", "reopened")


def verdict_sheet(sheet: Sheet, study: Study, say: Words) -> None:
    """Write the question, what was found, and the fingerprint of the results."""
    sheet.widths((PAGE,))
    sheet.paragraph(0, plain(title_of(study, say)), "title")
    row = 2
    for heading, sentences in bottom_line(study, say):
        sheet.text(row, 0, heading, "heading")
        for words in sentences:
            row += 1
            sheet.paragraph(row, plain(words))
        row += 2
    sheet.paragraph(row, fingerprint(study, say), "muted")
    sheet.made.set_paper(9)
    sheet.made.fit_to_pages(1, 0)


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Sort a scorecard by economy, and in each the money of lender and payers first, so that a chart takes it whole."""
    place = {name: spot for spot, name in enumerate(BY_FIGURE)}
    late = [not is_payer(name) for name in table["figure"]]
    keys = {
        "late": late,
        "spot": table["figure"].map(place),
        "economy": table["scenario"].map(_first(table["scenario"])),
    }
    return table.assign(**keys).sort_values(["economy", "late", "spot"], kind="stable")


def _first(names: Sequence[str]) -> dict[str, int]:
    return {name: spot for spot, name in enumerate(dict.fromkeys(names))}


def is_payer(figure: str) -> bool:
    """Whether a figure is money that lender or payers gain or pay; the public side is a sum of others and is none."""
    measure = BY_FIGURE[figure]
    return measure.kind == MONEY and measure.party in OF_BOOK and measure.party not in ("public_side", "other_lenders")


def scorecard_sheet(sheet: Sheet, study: Study, say: Words) -> dict[str, tuple[int, int]]:
    """Write every party's figures by economy and package, and their differences to the parent.

    Returns
    -------
    dict
        For each economy the row before the first of those that a chart shows, and how many these are.
    """
    table = ordered(there(study))
    telling = Telling(say, study.scenarios)
    arms = [arm.name for arm in study.arms]
    below = [arm for arm in study.arms if arm.parent]
    heads = [say(f"workbook.scorecard.{name}") for name in ("economy", "figure", "unit")]
    gaps = [say("workbook.scorecard.gap", arm=arm.name, parent=arm.parent) for arm in below]
    numbers = range(BEFORE, BEFORE + len(arms) + len(gaps))
    notes = {spot: say("workbook.notes.gap") for spot in numbers[len(arms) :]}
    sheet.widths((24, 44, 24, *[WIDTH] * len(numbers)))
    sheet.heads(0, [*heads, *arms, *gaps], notes, numbers)
    charts: dict[str, tuple[int, int]] = {}
    row = 0
    for (scenario, figure), part in table.groupby(["scenario", "figure"], sort=False):
        row += 1
        if is_payer(figure):
            start, count = charts.get(scenario, (row - 1, 0))
            charts[scenario] = (start, count + 1)
        _scored(sheet, row, part, [arms, [arm.name for arm in below]])
        words = (capital(telling.economy(scenario)), say(f"row.{figure}"), say(f"workbook.unit.{_unit(figure)}"))
        for column, text in enumerate(words):
            sheet.text(row, column, text)
    sheet.filtered(0, row, BEFORE + len(numbers), BEFORE)
    return charts


def _unit(figure: str) -> str:
    return BY_FIGURE[figure].kind


def _scored(sheet: Sheet, row: int, part: pd.DataFrame, arms: Sequence[Sequence[str]]) -> None:
    """Write the values of a figure under each package, then the differences of those that have a parent."""
    kind = BY_FIGURE[part["figure"].iloc[0]].kind
    factor, form = (0.01, "0.00%") if kind == RATE else (1.0, "#,##0")
    known = part.set_index("arm")
    column = BEFORE
    for name, shape, wanted in (("value", form, arms[0]), ("difference", f"+{form};-{form};{form}", arms[1])):
        for arm in wanted:
            value = float(known.loc[arm, name]) * factor if arm in known.index else float("nan")
            sheet.number(row, column, value, shape, NOT_AVAILABLE)
            column += 1


def gauges_sheet(sheet: Sheet, table: pd.DataFrame, say: Words, scenarios: Sequence[str]) -> None:
    """Write how high came what a scheme caps, in per cent; the fund's leverage in times its net assets."""
    telling = Telling(say, scenarios)
    names = list(table.columns)
    numbers = [spot for spot, name in enumerate(names) if name not in ("scenario", "arm", "gauge")]
    sheet.heads(0, [say(f"workbook.gauges.{name}") for name in names], {}, numbers)
    sheet.widths((24, 20, 44, *[13] * len(numbers)))
    for row, values in enumerate(table.to_dict("records"), 1):
        texts = (capital(telling.economy(values["scenario"])), values["arm"], say(f"gauge.{values['gauge']}"))
        for column, words in enumerate(texts):
            sheet.text(row, column, words)
        for column in numbers:
            whole = names[column].startswith(COUNTED)
            form = "0" if whole else "0.0" if values["gauge"] == LEVERAGE else "0.00%"
            sheet.number(row, column, float(values[names[column]]), form)
    sheet.filtered(0, len(table), len(names), BEFORE)
