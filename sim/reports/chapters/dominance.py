"""Which package is better in every respect, and for whom it is not: ``dominance.csv`` as sentences and a table."""

from __future__ import annotations

import html
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.figures.naming import label_of
from sim.figures.scales import measure_of
from sim.language.words import Words
from sim.reports.chapters.tables import group_heading, name_of, row, table
from sim.reports.folder import Study
from sim.reports.glossary.links import figured
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
    say, sentences = study.say, []
    for scenario in study.scenarios:
        found = [_dominates(rows, say) for _, rows in _pairs(study, scenario) if rows["dominates"].iloc[0]]
        if found:
            sentences.append(say("back_dominance.told", place=study.place(scenario), parts=listing(found, say)))
    return sentences or [say("back_dominance.none")]


def _dominates(rows: pd.DataFrame, say: Words) -> str:
    """Say of one pair who dominates, in what, and where it is worse within the margin."""
    first = rows.iloc[0]
    winner, turned = first["dominates"], first["dominates"] != first["arm"]
    beaten = first["arm"] if turned else first["other"]
    verdicts = rows["verdict"].map(lambda said: REVERSED.get(said, said)) if turned else rows["verdict"]
    better, worse = (_labels(rows["figure"][verdicts == said], say) for said in (BETTER, WORSE))
    pair = {"winner": f"`{winner}`", "beaten": f"`{beaten}`", "better": better}
    if worse:
        return say("back_dominance.dominates_within", **pair, worse=worse)
    return say("back_dominance.dominates", **pair)


def margins(study: Study) -> str:
    """Say what dominance asks for, with its margins as the study set them."""
    values = {name: find_key(study.manifest, f"margin_{name}") for name in ("outstanding", "access", "persons")}
    outstanding, access, persons = (float(value) if value is not None else None for value in values.values())
    return study.say(
        "back_dominance.margins",
        level=percent(LEVEL, 0),
        coverage=study.coverage,
        outstanding=percent(outstanding, 2),
        access=number(100 * access if access is not None else None, 2),
        persons=number(1000 * persons if persons is not None else None, 2),
    )


def dominance_table(study: Study) -> str | None:
    """Return a sign for each pair and figure: better, worse, alike or open; None where no pair has a sure one."""
    if study.dominance.empty:
        return None
    always = _always_identical(study.dominance)
    figures = [str(name) for name in dict.fromkeys(study.dominance["figure"]) if name not in always]
    say = study.say
    names = [_upright(name, label_of(measure_of(name), say)) for name in figures]
    heads = [
        say("front_table.package"),
        say("back_dominance.other"),
        *names,
        _upright("back_dominance.head", say("back_dominance.head")),
    ]
    rows: list[str] = []
    left_out = 0
    for scenario in study.scenarios:
        shown = []
        for (arm, other), pair in _pairs(study, scenario):
            if set(pair["verdict"]) & {BETTER, WORSE}:
                shown.append(row(arm, _cells(other, pair, figures)))
            else:
                left_out += 1
        rows += [group_heading(scenario_title(scenario, say), "", len(heads)), *shown] if shown else []
    if not rows:
        return None
    said = {"level": percent(LEVEL, 0), "coverage": study.coverage}
    caption = say("back_dominance.caption", **said, left_out=left_out)
    if always:
        caption += say("back_dominance.always", figures=html.escape(_labels(always, say)))
    return table(caption, heads, rows, kind=' class="matrix grouped"', say=say)


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


def _upright(figure: str, label: str) -> str:
    """Return the head of a column as wide as a sign."""
    return f"<span>{figured(figure, html.escape(label))}</span>"


def _sign(one: Mapping[Hashable, Any]) -> str:
    said = one["verdict"]
    return f"({SIGNS[said]})" if said == WORSE and one["not_worse"] else SIGNS[said]


def _labels(names: Iterable[str], say: Words) -> str:
    return listing([label_of(measure_of(name), say) for name in names], say)


def _words(inner: str) -> str:
    return f'<td class="words">{inner}</td>'
