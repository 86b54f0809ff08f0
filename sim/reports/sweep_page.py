"""The page of a study with a design: what was swept, what moves the figures, where things break."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.scales import Scale
from sim.language.words import ENGLISH, MARKS
from sim.reports.chapters import tables
from sim.reports.document import DOCUMENT, Page
from sim.reports.drawing import style
from sim.reports.drawing.sweep import (
    FITTED,
    KINDS,
    MATCHED,
    SHOWN,
    Sweep,
    heat_map,
    kinds_words,
    named,
    read_sweep,
    tornado,
)
from sim.reports.glossary import chapter as glossary
from sim.reports.glossary.links import figured, known
from sim.reports.sweep_found import case_words, findings, measure_words
from sim.reports.words.formats import number, percent, scenario_title
from sim.reports.words.standing import provenance

MOST_PAIRS = 10
LEVELS = ("lowest", "median", "highest")
MOST_KEYS, MOST_VALUES = 3, 8
"""Axes that a title names, and values of an axis that the table has."""


def render_sweep(folder: Path, manifest: dict[str, Any]) -> str:
    """Return the report of a study folder with a design as an HTML document."""
    sweep = read_sweep(folder, manifest)
    say, title = sweep.say, title_of(sweep)
    front, page = Page(say), Page(say)
    front.add(f'<section class="summary"><p class="kicker">{say("sweep.kicker")}</p><h1>{html.escape(title)}</h1>')
    counts = {"points": manifest["design"]["points"], "runs": manifest["replications"], "count": len(sweep.keys)}
    front.add(f'<p class="facts">{say("sweep.facts_one" if len(sweep.keys) == 1 else "sweep.facts", **counts)}</p>')
    if manifest.get("status") == "partial":
        front.paragraph(say("sweep.partial"))
    for warning in manifest.get("warnings") or ():
        front.paragraph(say("sweep.warning", text=warning))
    front.untranslated(sweep.search)
    front.bullets(findings(sweep))
    front.add(f'<p class="note">{html.escape(say("sweep.caution"))}</p>')
    page.chapter("axes", say("sweep.axes"))
    page.table(_axes_table(sweep))
    _boxes(page, sweep)
    for number_, (arm, scenario, rows) in enumerate(sweep.blocks()):
        page.chapter(f"block-{number_}", say("sweep.block", arm=arm, place=sweep.place(scenario)))
        page.figure(heat_map(sweep, arm, scenario, rows, f"heat-{number_}"))
        for name in ("loss_rate", "lender_profit"):
            page.figure(tornado(sweep, arm, scenario, name, f"tornado-{number_}-{name.replace('_', '-')}"))
    page.appendix(say("sweep.behind"))
    _tables(page, sweep)
    _pairs(page, sweep)
    glossary.append(page, [*front.parts, *page.parts])
    page.chapter("provenance", say("sweep.provenance"))
    facts, command = provenance(sweep)  # type: ignore[arg-type]
    page.table(tables.facts_table(say("back_provenance.caption"), facts))
    page.add(f"<pre><code>{html.escape(command)}</code></pre></section>")
    front.add(f"{page.contents()}</section>")
    body, mark = glossary.explained("\n".join(front.parts + page.parts), say), MARKS[say.language]
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(say.language), body=body, language=mark)


def title_of(sweep: Sweep) -> str:
    """Return what was swept or searched, the first keys by name."""
    kind = "title_search" if sweep.search else "title"
    keys, more = sweep.say("list.comma").join(sweep.keys[:MOST_KEYS]), len(sweep.keys) - MOST_KEYS
    return sweep.say(f"sweep.{kind}_more", keys=keys, count=more) if more > 0 else sweep.say(f"sweep.{kind}", keys=keys)


def _tables(page: Page, sweep: Sweep) -> None:
    """Write the ends of each figure, and what each option does, for every package and scenario."""
    page.chapter("ranges", sweep.say("sweep.ranges"))
    for arm, scenario, rows in sweep.blocks():
        page.table(_range_table(sweep, arm, scenario, rows))
        page.table(_options_table(sweep, arm, scenario) or "")


def _axes_table(sweep: Sweep) -> str:
    say, rows = sweep.say, []
    for axis in sweep.axes:
        span = say("list.comma").join(map(str, axis["values"][:MOST_VALUES]))
        if not axis["values"]:
            span = say("unit.range", low=f"{axis['low']:g}", high=f"{axis['high']:g}")
        span = say("sweep.more_values", values=span) if len(axis["values"]) > MOST_VALUES else span
        span = say("sweep.log_scale", values=span) if axis["log"] else span
        rows.append(tables.row(axis["key"], [tables.cell(span, kind="text")]))
    return tables.table(say("sweep.axes_caption"), [say("sweep.parameter"), say("sweep.values")], rows, say=say)


def _range_table(sweep: Sweep, arm: str, scenario: str, rows: pd.DataFrame) -> str:
    say, made = sweep.say, []
    for name in SHOWN:
        if name not in rows or rows[name].isna().all():
            continue
        scale = sweep.scale(name, rows[name])
        figures = (rows[name].min(), rows[name].median(), rows[name].max(), rows[f"{name}.error"].median())
        words = [tables.cell(scale.text(value)) for value in figures]
        label = known(name, html.escape(sweep.head(name, scale.unit)))
        made.append(f'<tr><th scope="row">{label}</th>{"".join(words)}</tr>')
    heads = [say("sweep.figure"), *(figured("sweep.levels", say(f"sweep.{text}")) for text in LEVELS)]
    heads.append(figured("sweep.error", say("sweep.error")))
    caption = say("sweep.range_caption", arm=html.escape(arm), scenario=html.escape(scenario_title(scenario, say)))
    return tables.table(caption, heads, made, say=say)


def _options_table(sweep: Sweep, arm: str, scenario: str) -> str | None:
    """Return the effect of each option on the main figures, against the first of its axis; None without options."""
    if not sweep.options or sweep.sensitivity.empty:
        return None
    rows = sweep.sensitivity[sweep.sensitivity["measure"].isin((MATCHED, FITTED))]
    rows = rows[(rows["arm"] == arm) & (rows["scenario"] == scenario)]
    if rows.empty:
        return None
    say = sweep.say
    found = rows.set_index(["figure", "key", "option"])[["value", "error"]].sort_index()
    values = dict(iter(rows.groupby("figure")["value"]))
    scales = {name: sweep.scale(name, values[name]) for name in SHOWN if name in values}
    made = []
    for key, options in sweep.options.items():
        made.append(tables.group_heading(key, say("sweep.against", option=options[0]), 1 + len(scales)))
        for option in options[1:]:
            cells = [_effect(found, (name, key, option), scale) for name, scale in scales.items()]
            made.append(tables.row(option, cells))
    heads = [known(name, html.escape(sweep.head(name, scale.difference_unit))) for name, scale in scales.items()]
    kinds = kinds_words([kind for kind in KINDS if kind in (MATCHED, FITTED) and kind in set(rows["measure"])], say)
    title = {"arm": html.escape(arm), "scenario": html.escape(scenario_title(scenario, say))}
    caption = say("sweep.options_caption", kinds=kinds, **title)
    return tables.table(caption, [say("sweep.option"), *heads], made, kind=' class="grouped"', say=say)


def _effect(found: pd.DataFrame, place: tuple[str, str, str], scale: Scale) -> str:
    if place not in found.index:
        return tables.cell("\N{EN DASH}")
    value, error = (float(found.loc[place, name]) for name in ("value", "error"))
    finer = scale.refined([(value - error, value + error)])
    half = f" \N{PLUS-MINUS SIGN} {finer.text(error)}" if np.isfinite(error) else ""
    kind = "clear" if np.isfinite(error) and abs(value) > error else "unclear"
    return tables.cell(finer.text(value, signed=True) + half, value, kind)


def _boxes(page: Page, sweep: Sweep) -> None:
    """Say where the cases lie: the boxes of scenario discovery."""
    if sweep.boxes.empty:
        return
    say, sentences = sweep.say, []
    page.chapter("boxes", say("sweep.boxes"))
    for (arm, scenario, figure), rows in sweep.boxes.groupby(["arm", "scenario", "figure"], sort=False):
        limits = [
            say("sweep.box_options", parameter=row["key"], options=row["options"]) if row["options"] else
            say("sweep.box_range", parameter=row["key"], low=f"{row['low']:.3g}", high=f"{row['high']:.3g}")
            for row in rows.to_dict("records")
        ]  # fmt: skip
        first = rows.iloc[0]
        shares = {name: percent(first[name], 0) for name in ("coverage", "density")}
        place, case = sweep.place(str(scenario)), case_words(str(figure), say)
        told = say("sweep.box", arm=arm, place=place, case=case, limits=say("list.comma").join(limits), **shares)
        sentences.append(told)
    page.paragraph(say("sweep.boxes_about"))
    page.bullets(sentences)


def _pairs(page: Page, sweep: Sweep) -> None:
    """Table of the strongest interactions in the loss rate."""
    rows, say = sweep.interactions, sweep.say
    if rows.empty or "figure" not in rows:
        return
    rows = rows[(rows["figure"] == "loss_rate") & rows["value"].notna()]
    rows = rows.sort_values("value", key=abs, ascending=False).head(MOST_PAIRS)
    if rows.empty:
        return
    page.chapter("pairs", say("sweep.pairs"))
    made = []
    for row in rows.to_dict("records"):
        names = named(row["key"], row["option"]), named(row["other"], row["other_option"])
        where = row["scenario"] if say.language == ENGLISH else scenario_title(row["scenario"], say)
        cells = [
            tables.cell(say("sweep.pairs_of", arm=row["arm"], scenario=where), kind="text"),
            tables.cell(measure_words(row["measure"], say), kind="text"),
            tables.cell(number(row["value"], 4, signed=True)), tables.cell(number(row["error"], 4)),
        ]  # fmt: skip
        made.append(tables.row(say("sweep.pair", first=names[0], second=names[1]), cells))
    plain = [say(f"sweep.pairs_{name}") for name in ("pair", "where", "measure")]
    heads = [*plain, *(figured("sweep.interaction", say(f"sweep.pairs_{name}")) for name in ("value", "error"))]
    page.table(tables.table(say("sweep.pairs_caption"), heads, made, say=say))
