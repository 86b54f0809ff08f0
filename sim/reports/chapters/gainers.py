"""Who gains and who loses: the same persons and firms under each package and its parent; results by segment."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

import pandas as pd

from sim.figures.scales import measure_of, number, scale_of
from sim.reports.chapters.tables import cell, group_heading, table
from sim.reports.document import Page
from sim.reports.drawing.diverging import gains_figure
from sim.reports.folder import Study
from sim.reports.words import findings, gainers
from sim.reports.words.formats import percent

SENTENCES = (gainers.defaults, gainers.lines, gainers.price, gainers.departures, gainers.failures)
OF_PERSONS = (("file", "{} file"), ("income_decile", "Income, tenth {}"))
OF_FIRMS = (("sector_size", "{}"),)
YEAR = 12.0
OPENING = (
    "Each person and firm under a package and under its parent, with the same luck, in {place}; after ± the {coverage} "
    "interval of the mean over runs. Whoever leaves the platform defaults there no more. Among firms that buy from "
    "each other small causes move much: of their failures only the net tells of a package."
)
Column = tuple[str, Callable[[pd.Series], float], Callable[[float], str]]
"""A head, what it holds for the sums of a segment, and how that is written."""
SHARES: tuple[Column, ...] = (
    ("30+ days past due, of loans", lambda one: quotient(one["past_due_30_month_ends"], one["outstanding_month_ends"]),
     percent),
    ("Loss rate, a year",
     lambda one: YEAR * quotient(one["charged_off"] - one["recovered"], one["outstanding_month_ends"]), percent),
    ("Approved, of applications", lambda one: quotient(one["approvals"], one["applications_decided"]),
     lambda value: percent(value, 0)),
    ("Price of draws, a year", lambda one: quotient(one["rate_of_draws"], one["drawn"]),
     lambda value: percent(value, 2)),
)  # fmt: skip


def counted(value: float) -> str:
    """Write a number of persons or firms."""
    return number(value, 0)


def at_month_ends(name: str) -> Callable[[pd.Series], float]:
    """Mean of a stock over month ends."""
    return lambda one: float(one[f"{name}_month_ends"] / one["months"])


def quotient(part: float, whole: float) -> float:
    """A ratio; not-a-number of nothing."""
    return part / whole if whole > 0 else math.nan


def sentences(study: Study, scenario: str) -> list[str]:
    """Say who gains and who loses by each package that changes anything for somebody."""
    told = [[write(study, scenario, arm) for write in SENTENCES] for arm in gainers.compared(study, scenario)]
    return [" ".join(filter(None, of_arm)) for of_arm in told]


def by_segment(study: Study, scenario: str, arm: str, dimension: str) -> pd.DataFrame:
    """Return the sums of a package by segment over all years, mean of the replications."""
    found = study.segments
    found = found[(found["scenario"] == scenario) & (found["arm"] == arm) & (found["dimension"] == dimension)]
    sums = found.groupby("segment", sort=False).sum(numeric_only=True) / max(found["replication"].nunique(), 1)
    return sums.assign(months=study.months(scenario))


def segment_table(study: Study, scenario: str, borrower: str, dimensions: tuple[tuple[str, str], ...]) -> str:
    """Return loans, arrears, losses, claims, access, price and jobs by segment, a group of rows for each package."""
    groups = {
        arm.name: [
            (words.format(segment.replace("_", " ")), one)
            for dimension, words in dimensions
            for segment, one in by_segment(study, scenario, arm.name, dimension).iterrows()
        ]
        for arm in study.arms
    }
    columns = columns_of(borrower, [one for rows in groups.values() for _, one in rows])
    rows = []
    for arm, of_arm in groups.items():
        rows.append(group_heading(arm, "", 1 + len(columns)))
        for words, one in of_arm:
            cells = [cell(show(value(one)), value(one)) for _, value, show in columns]
            rows.append(f'<tr><th scope="row">{html.escape(words[:1].upper() + words[1:])}</th>{"".join(cells)}</tr>')
    kind = "Firms by sector and size" if borrower == "firms" else "Persons by thickness of the file and true income"
    caption = (
        f"<b>{kind}.</b> In {html.escape(study.place(scenario))}, over all months after the policy date, mean of the "
        "replications; numbers and loans are means of month ends, claims a sum. Who bears what is claimed stands in "
        "tables/segments; what is charged off is shared in a pool, of which no segment has a part of its own."
    )
    return table(caption, ["Segment", *(head for head, _, _ in columns)], rows, kind=' class="grouped"')


def columns_of(borrower: str, rows: list[pd.Series]) -> list[Column]:
    """Return the columns on persons or firms; claims only where there are any."""
    firms = borrower == "firms"
    owed = scale_of(measure_of("outstanding"), [at_month_ends("outstanding")(one) for one in rows])
    claimed = scale_of(measure_of("charged_off"), [one["claims"] for one in rows])
    claims = (f"Claimed under the scheme, {claimed.unit}", lambda one: one["claims"], claimed.text)
    ended, event = (
        ("failures", "Failed, of firms, a year") if firms else ("defaults", "Defaults (90+), of persons, a year")
    )
    at_work = (
        at_month_ends("jobs") if firms else lambda one: quotient(one["jobs_month_ends"], one["customers_month_ends"])
    )
    return [
        ("Firms" if firms else "Persons", at_month_ends("customers"), counted),
        (f"Loans outstanding, {owed.unit}", at_month_ends("outstanding"), owed.text),
        *SHARES,
        *((claims,) if any(one["claims"] for one in rows) else ()),
        ("Employed, persons" if firms else "At work, of persons", at_work, counted if firms else percent),
        (event, lambda one: YEAR * quotient(one[ended], one["customers_month_ends"]), percent),
    ]


def write(page: Page, study: Study) -> None:
    """Write who gains and who loses by each package, against its parent."""
    scenario = findings.severest(study)
    told = sentences(study, scenario)
    if not told:
        return
    page.chapter("gains", "Who gains and who loses")
    page.paragraph(OPENING.format(place=study.place(scenario), coverage=study.coverage))
    page.bullets(told)
    page.figure(gains_figure(study, scenario))


def append(page: Page, study: Study) -> None:
    """Write the results by segment in the severest scenario."""
    if study.segments.empty:
        return
    scenario = findings.severest(study)
    page.chapter("segments", "By segment")
    for borrower, dimensions in (("persons", OF_PERSONS), ("firms", OF_FIRMS)):
        if (study.segments["borrower"] == borrower).any():
            page.table(segment_table(study, scenario, borrower, dimensions))
