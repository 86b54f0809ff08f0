"""``results.xlsx``: what was found, every figure with its interval, the months, and what each figure is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.language.words import CHINESE, Words
from sim.office.book import LATIN, LONGEST_SHEET, Book, Sheet
from sim.office.bottom import BEFORE, gauges_sheet, scorecard_sheet, verdict_sheet
from sim.office.charts import HIGH, bar_chart, path_chart
from sim.office.folder import design_texts, read_table, segments, told_in
from sim.office.months import SAYS, contents, monthly_means
from sim.office.shapes import in_order
from sim.office.sheets import compare_sheet, months_sheet, table_sheet, units_sheet
from sim.reports.folder import Study, read_study
from sim.reports.verdict import gauges
from sim.reports.verdict.telling import Telling
from sim.study.run.cell import KEYS
from sim.study.store.files import StoreError, write_safely
from sim.study.store.journal import POINT
from sim.study.store.reading import check_tables, read_manifest, read_results

if TYPE_CHECKING:
    import pandas as pd

WORKBOOK = "results.xlsx"
DRAWN = ("loss_rate", "delinquent_30")
DRAWN_AT_MOST = 6
"""Figures whose paths are drawn, and economies that have charts."""

FONTS = {CHINESE: "Microsoft YaHei"}


def write_workbook(folder: Path, language: str = "") -> Path:
    """Write ``results.xlsx`` into a study folder and return its path; the same files give the same bytes.

    Parameters
    ----------
    language : str
        Of heads and sentences; that of the study where it is empty.

    Raises
    ------
    StoreError
        No study, a damaged or missing file, more months than a sheet holds, or a disk that takes no more.
    ExtraMissing
        A workbook needs the extra ``office``.
    """
    manifest = read_manifest(folder)
    say = told_in(manifest, language)
    book = Book(say("workbook.title"), FONTS.get(say.language, LATIN))
    months = read_results(folder)
    check_tables(folder)
    means = monthly_means(months)
    if len(means) + 2 >= LONGEST_SHEET:
        raise StoreError(f"{folder}: {len(means)} rows are more than a sheet holds; use --format csv")
    if "design" in manifest:
        _swept(book, folder, manifest, say)
    else:
        _compared(book, folder, manifest, means, say)
    names = in_order([name for name in means.columns if name not in (POINT, *KEYS)])
    said = contents(means, names)
    shown = [name for name in names if said[name] == SAYS]
    months_sheet(book.sheet(say("workbook.sheets.months")), means, shown, manifest["units"], say)
    if (folder / "summary.csv").exists():
        of_runs = read_table(folder / "summary.csv")
        said |= _contents_of(of_runs[~of_runs["metric"].isin(names)])
    units_sheet(book.sheet(say("workbook.sheets.units")), manifest["units"], said, say)
    path = folder / WORKBOOK
    write_safely(path, book.content())
    return path


def _contents_of(summary: pd.DataFrame) -> dict[str, str]:
    """Say of each figure of a summary whether it says anything."""
    return {str(name): contents(rows, ["mean"])["mean"] for name, rows in summary.groupby("metric", sort=False)}


def _compared(book: Book, folder: Path, manifest: Mapping[str, Any], means: pd.DataFrame, say: Words) -> None:
    """Write the sheets of a study that compares packages: verdict, scorecard, compare and segments."""
    summary = read_table(folder / "summary.csv")
    study = read_study(folder)
    verdict_sheet(book.sheet(say("workbook.sheets.verdict")), study, say)
    charts = scorecard_sheet(book.sheet(say("workbook.sheets.scorecard")), study, say)
    said = _contents_of(summary)
    kept = summary[summary["metric"].map(said) == SAYS]
    compare_sheet(book.sheet(say("workbook.sheets.compare")), kept, manifest["units"], say)
    sheet = book.sheet(say("workbook.sheets.charts"))
    _paths(book, sheet, means, say)
    _bars(book, sheet, study, charts, say)
    caps = gauges(study)
    if len(caps):
        gauges_sheet(book.sheet(say("workbook.sheets.gauges")), caps, say, study.scenarios)
    parts = segments(folder)
    if parts is not None:
        own = {name: {"unit": unit} for name, unit in parts.attrs.get("units", {}).items()}
        table_sheet(book.sheet(say("workbook.sheets.segments")), parts, manifest["units"] | own, say)


def _bars(book: Book, sheet: Sheet, study: Study, charts: Mapping[str, tuple[int, int]], say: Words) -> None:
    """Draw what lender and payers gain or pay under each package beside the paths of their economy."""
    source = say("workbook.sheets.scorecard")
    columns = range(BEFORE, BEFORE + len(study.arms))
    for down, scenario in enumerate(study.scenarios[:DRAWN_AT_MOST]):
        if scenario in charts:
            title = say("workbook.payers", where=Telling(say, study.scenarios).economy(scenario))
            bar_chart(book, sheet, (_row(down), 8 * len(DRAWN)), (source, *charts[scenario]), columns, title)


def _row(down: int) -> int:
    return 2 + down * (HIGH // 20 + 2)


def _paths(book: Book, sheet: Sheet, means: pd.DataFrame, say: Words) -> None:
    """Draw the paths of a few figures on a sheet of charts: an economy a row, a figure a column."""
    sheet.made.hide_gridlines(2)
    sheet.made.set_landscape()
    sheet.made.set_paper(9)
    sheet.made.fit_to_pages(1, 1)
    sheet.text(0, 0, say("workbook.charts"), "heading")
    names = in_order([name for name in means.columns if name not in KEYS])
    said = contents(means, names)
    columns = ["scenario", "arm", "month", *(name for name in names if said[name] == SAYS)]
    wanted = [name for name in DRAWN if name in columns]
    scenarios = list(dict.fromkeys(means["scenario"]))[:DRAWN_AT_MOST]
    for across, figure in enumerate(wanted):
        place = {"arm": 1, "month": 2, "figure": columns.index(figure)}
        for down, scenario in enumerate(scenarios):
            where = Telling(say, scenarios).economy(scenario)
            title = say(f"workbook.drawn.{figure}", where=where)
            words = (figure, scenario, say("workbook.sheets.months"), title, say("workbook.months_after"))
            spot = (_row(down), across * 8)
            path_chart(book, sheet, spot, means, place, words)


def _swept(book: Book, folder: Path, manifest: Mapping[str, Any], say: Words) -> None:
    """Write the sheets of a study with a design: its points with their figures, and the design itself."""
    texts = design_texts(manifest)
    for name in ("points", "design"):
        if (folder / f"{name}.csv").exists():
            sheet = book.sheet(say(f"workbook.sheets.{name}"))
            table_sheet(sheet, read_table(folder / f"{name}.csv", texts), manifest["units"], say)
