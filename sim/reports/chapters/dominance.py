"""Which package is better in every respect, and for whom it is not: ``dominance.csv`` as sentences and a table."""

from __future__ import annotations

import html
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.figures.scales import measure_of
from sim.reports.chapters.tables import group_heading, name_of, row, table
from sim.reports.folder import Study
from sim.reports.manifest import find_key
from sim.reports.words.formats import listing, number, percent, scenario_title

LEVEL = 0.01  # what Holm's adjustment is read at
IDENTICAL, BETTER, WORSE = "identical in every run", "better", "worse"
EQUIVALENT = "alike within the margin"
REVERSED = {BETTER: WORSE, WORSE: BETTER, "not worse": "not better", "not better": "not worse"}


def dominating(study: Study) -> list[str]:
    """Return who dominates whom in each scenario, or that nobody does; empty without ``dominance.csv``."""
    if study.dominance.empty:
        return []
    sentences = []
    for scenario in study.scenarios:
        found = [_dominates(rows) for _, rows in _pairs(study, scenario) if rows["dominates"].iloc[0]]
        if found:
            sentences.append(f"In {study.place(scenario)}, {listing(found)}.")
    return sentences or [
        "No package dominates another: of no pair, in no scenario, is one package both better in some figure and shown "
        "not to be worse in every other."
    ]


def _dominates(rows: pd.DataFrame) -> str:
    """Say of one pair who dominates, in what, and where it is worse within the margin."""
    first = rows.iloc[0]
    winner, turned = first["dominates"], first["dominates"] != first["arm"]
    beaten = first["arm"] if turned else first["other"]
    verdicts = rows["verdict"].map(lambda said: REVERSED.get(said, said)) if turned else rows["verdict"]
    better, worse = (_labels(rows["figure"][verdicts == said]) for said in (BETTER, WORSE))
    within = f"; worse, but by less than the margin, in {worse}" if worse else ""
    return f"`{winner}` dominates `{beaten}` (better in {better}{within})"


def margins(study: Study) -> str:
    """Say what dominance asks for, with its margins as the study set them."""
    values = {name: find_key(study.manifest, f"margin_{name}") for name in ("outstanding", "access", "persons")}
    outstanding, access, persons = (float(value) if value is not None else None for value in values.values())
    return (
        "One package dominates another when it is better in at least one figure, at "
        f"{percent(LEVEL, 0)} after Holm's adjustment over the figures of the pair, and not worse in any, whichever "
        f"party it concerns. Not worse: the {study.coverage} interval of the paired difference excludes a loss beyond "
        f"the margin, which is {percent(outstanding, 2)} of loans outstanding (a year, for flows) for losses, arrears, "
        "the borrowers' cost of credit and the money of each party, "
        f"{number(100 * access if access is not None else None, 2)} points for approval and access, and "
        f"{number(1000 * persons if persons is not None else None, 2)} in 1\N{NARROW NO-BREAK SPACE}000 borrowers for "
        "wrong closures and defaults caused by closing (study.margin_outstanding, margin_access, margin_persons). A "
        "party that a package does not have gains and pays nothing. Partner banks' result is before what their own "
        "funds cost, the lender's after."
    )


def dominance_table(study: Study) -> str | None:
    """Return a sign for each pair and figure: better, worse, alike or open; None where no pair has a sure one."""
    if study.dominance.empty:
        return None
    always = _always_identical(study.dominance)
    figures = [str(name) for name in dict.fromkeys(study.dominance["figure"]) if name not in always]
    heads = ["Package", "Other", *(_upright(measure_of(name).label) for name in figures), _upright("Dominates")]
    rows: list[str] = []
    left_out = 0
    for scenario in study.scenarios:
        shown = []
        for (arm, other), pair in _pairs(study, scenario):
            if set(pair["verdict"]) & {BETTER, WORSE}:
                shown.append(row(arm, _cells(other, pair, figures)))
            else:
                left_out += 1
        rows += [group_heading(scenario_title(scenario), "", len(heads)), *shown] if shown else []
    if not rows:
        return None
    caption = (
        "<b>Which package is better, and in what.</b> The package against the other one. + better, "
        f"\N{MINUS SIGN} worse: the paired difference keeps its direction at {percent(LEVEL, 0)} after Holm's "
        f"adjustment over the figures of the pair, (\N{MINUS SIGN}) by less than the margin; = alike: its "
        f"{study.coverage} interval lies within the margin on both sides; {SIGNS[IDENTICAL]} identical in every run; "
        f"? open: no direction can be named, {SIGNS['not worse']} not worse, {SIGNS['not better']} not better: it "
        "excludes a loss, or a gain, beyond the margin. Margin and interval of each figure stand in dominance.csv. "
        f"Pairs without a sure direction in any figure are left out ({left_out})."
    )
    if always:
        caption += f" Identical in every run of every pair, and left out: {html.escape(_labels(always))}."
    return table(caption, heads, rows, kind=' class="matrix grouped"')


SIGNS = {
    BETTER: "+",
    WORSE: "\N{MINUS SIGN}",
    EQUIVALENT: "=",
    IDENTICAL: "\N{IDENTICAL TO}",
    "open": "?",
    "not worse": "\N{GREATER-THAN OR EQUAL TO}",
    "not better": "\N{LESS-THAN OR EQUAL TO}",
}
"""What stands for each verdict in a cell."""


def _pairs(study: Study, scenario: str) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    here = study.dominance[study.dominance["scenario"] == scenario]
    for (arm, other), rows in here.groupby(["arm", "other"], sort=False):
        yield (str(arm), str(other)), rows


def _always_identical(rows: pd.DataFrame) -> list[str]:
    same = (rows["verdict"] == IDENTICAL).groupby(rows["figure"], sort=False).all()
    return [str(name) for name in same.index[same]]


def _cells(other: str, pair: pd.DataFrame, figures: Sequence[str]) -> list[str]:
    """Return the cells of one pair after the package's name."""
    found = {str(one["figure"]): _sign(one) for one in pair.to_dict("records")}
    winner = str(pair["dominates"].iloc[0] or "")
    signs = [f'<td class="sign">{found.get(name, NEITHER)}</td>' for name in figures]
    return [_words(name_of(other)), *signs, _words(name_of(winner) if winner else NEITHER)]


NEITHER = "\N{EN DASH}"


def _upright(label: str) -> str:
    """Return the head of a column as wide as a sign."""
    return f"<span>{html.escape(label)}</span>"


def _sign(one: Mapping[Hashable, Any]) -> str:
    said = one["verdict"]
    return f"({SIGNS[said]})" if said == WORSE and one["not_worse"] else SIGNS[said]


def _labels(names: Iterable[str]) -> str:
    return listing([measure_of(name).label for name in names])


def _words(inner: str) -> str:
    return f'<td class="words">{inner}</td>'
