"""Who gains and who loses: the same persons and firms under each package and its parent; results by segment."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

import pandas as pd

from sim.figures.scales import measure_of, number, scale_of
from sim.language.words import Words
from sim.reports.chapters.tables import cell, group_heading, table
from sim.reports.document import Page
from sim.reports.drawing.diverging import gains_figure
from sim.reports.folder import Study
from sim.reports.glossary.links import figured
from sim.reports.words import findings, gainers
from sim.reports.words.formats import percent

SENTENCES = (gainers.defaults, gainers.lines, gainers.price, gainers.departures, gainers.failures)
OF_PERSONS = ("file", "income_decile")
OF_FIRMS = ("sector_size",)
YEAR = 12.0
Column = tuple[str, Callable[[pd.Series], float], Callable[[float], str]]
"""Name of the words of its head, what it holds for the sums of a segment, and how that is written."""
SHARES: tuple[Column, ...] = (
    ("past_due", lambda one: quotient(one["past_due_30_month_ends"], one["outstanding_month_ends"]), percent),
    ("loss_rate", lambda one: YEAR * quotient(one["charged_off"] - one["recovered"], one["outstanding_month_ends"]),
     percent),
    ("approved", lambda one: quotient(one["approvals"], one["applications_decided"]), lambda value: percent(value, 0)),
    ("price", lambda one: quotient(one["rate_of_draws"], one["drawn"]), lambda value: percent(value, 2)),
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
    return [_joined([text for text in of_arm if text], study.say) for of_arm in told]


def _joined(texts: list[str], say: Words) -> str:
    return texts[0] + "".join(say("front_gains.then", text=text) for text in texts[1:])


def by_segment(study: Study, scenario: str, arm: str, dimension: str) -> pd.DataFrame:
    """Return the sums of a package by segment over all years, mean of the replications."""
    found = study.segments
    found = found[(found["scenario"] == scenario) & (found["arm"] == arm)]
    runs = max(found["replication"].nunique(), 1)  # one without firms is a run, too
    sums = found[found["dimension"] == dimension].groupby("segment", sort=False).sum(numeric_only=True) / runs
    return sums.assign(months=study.months(scenario))


def part_of(name: str, say: Words) -> str:
    """Return what a part of a segment's name is called; one that a language has no word for keeps its own."""
    key = f"front_segment.name.{name}"
    return say(key) if key in say else name.replace("_", " ")


def named(dimension: str, segment: str, say: Words) -> str:
    """Return what a segment is called."""
    if dimension == "sector_size":
        sector, _, size = segment.rpartition(" ")
        text = say("front_segment.sector_size", sector=part_of(sector, say), size=part_of(size, say))
    else:
        text = say(f"front_segment.{dimension}", segment=part_of(segment, say))
    return text[:1].upper() + text[1:]


def segment_table(study: Study, scenario: str, borrower: str, dimensions: tuple[str, ...]) -> str:
    """Return loans, arrears, losses, claims, access, price and jobs by segment, a group of rows for each package."""
    say = study.say
    groups = {
        arm.name: [
            (named(dimension, str(segment), say), one)
            for dimension in dimensions
            for segment, one in by_segment(study, scenario, arm.name, dimension).iterrows()
        ]
        for arm in study.arms
    }
    columns = columns_of(borrower, [one for rows in groups.values() for _, one in rows], say)
    rows = []
    for arm, of_arm in groups.items():
        rows.append(group_heading(arm, "", 1 + len(columns)))
        for words, one in of_arm:
            cells = [cell(show(value(one)), value(one)) for _, value, show in columns]
            rows.append(f'<tr><th scope="row">{html.escape(words)}</th>{"".join(cells)}</tr>')
    caption = say(
        "front_segment.caption", kind=say(f"front_segment.{borrower}"), place=html.escape(study.place(scenario))
    )
    heads = [say("front_segment.segment"), *(head for head, _, _ in columns)]
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def columns_of(borrower: str, rows: list[pd.Series], say: Words) -> list[Column]:
    """Return the columns on persons or firms, with the words of their heads; claims only where there are any."""
    firms = borrower == "firms"
    owed = scale_of(measure_of("outstanding"), [at_month_ends("outstanding")(one) for one in rows], say=say)
    claimed = scale_of(measure_of("charged_off"), [one["claims"] for one in rows], say=say)
    ended = "failures" if firms else "defaults"
    jobs = at_month_ends("jobs") if firms else lambda one: quotient(one["jobs_month_ends"], one["customers_month_ends"])

    def head(key: str, **blanks: str) -> str:
        return figured(f"front_segment.{key}", html.escape(say(f"front_segment.head.{key}", **blanks)))

    claims: Column = (head("claims", unit=claimed.unit), lambda one: one["claims"], claimed.text)
    return [
        (head(borrower), at_month_ends("customers"), counted),
        (head("outstanding", unit=owed.unit), at_month_ends("outstanding"), owed.text),
        *((head(key), value, show) for key, value, show in SHARES),
        *((claims,) if any(one["claims"] for one in rows) else ()),
        (head("employed" if firms else "at_work"), jobs, counted if firms else percent),
        (head(ended), lambda one: YEAR * quotient(one[ended], one["customers_month_ends"]), percent),
    ]


def write(page: Page, study: Study) -> None:
    """Write who gains and who loses by each package, against its parent."""
    scenario = findings.severest(study)
    told = sentences(study, scenario)
    if not told:
        return
    page.chapter("gains", study.say("front_gains.chapter"))
    page.paragraph(study.say("front_gains.opening", place=study.place(scenario), coverage=study.coverage))
    page.bullets(told)
    page.figure(gains_figure(study, scenario))


def append(page: Page, study: Study) -> None:
    """Write the results by segment in the severest scenario."""
    if study.segments.empty:
        return
    scenario = findings.severest(study)
    page.chapter("segments", study.say("front_segment.chapter"))
    for borrower, dimensions in (("persons", OF_PERSONS), ("firms", OF_FIRMS)):
        if (study.segments["borrower"] == borrower).any():
            page.table(segment_table(study, scenario, borrower, dimensions))
