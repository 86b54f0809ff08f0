"""The page of a study with a design: what was swept, what moves the figures, where things break."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.naming import headed
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import ENGLISH, MARKS
from sim.reports.chapters import tables
from sim.reports.document import DOCUMENT, Page
from sim.reports.drawing import style
from sim.reports.drawing.sweep import FITTED, KINDS, MATCHED, SHOWN, Sweep, heat_map, named, read_sweep, tornado
from sim.reports.glossary import chapter as glossary
from sim.reports.glossary.links import figured, known
from sim.reports.words.formats import number, percent, scenario_title
from sim.reports.words.standing import provenance

MOST_PAIRS = 10
BEHIND = "Ends of the figures over all points, effects as tables, interactions, and how to do it again."
CAUTION = (
    "Results of a simulation, not forecasts. Spread over the points is what the parameters do within the ends that "
    "were chosen for them; spread at a point is Monte Carlo error. Neither says whether the model is right."
)


def render_sweep(folder: Path, manifest: dict[str, Any]) -> str:
    """Return the report of a study folder with a design as an HTML document."""
    sweep = read_sweep(folder, manifest)
    count, title = (
        manifest["design"]["points"],
        f"A {'search' if sweep.search else 'sweep'} over {', '.join(sweep.keys[:3])}",
    )
    title += f" and {len(sweep.keys) - 3} more parameters" if len(sweep.keys) > 3 else ""
    front, page = Page(), Page()
    front.add(
        '<section class="summary"><p class="kicker">CreditCycle &middot; Simulation report</p>'
        f"<h1>{html.escape(title)}</h1>"
    )
    runs, plural = manifest["replications"], "" if len(sweep.keys) == 1 else "s"
    front.add(f'<p class="facts">{count} points, {runs} replications each, {len(sweep.keys)} parameter{plural}.</p>')
    if manifest.get("status") == "partial":
        front.paragraph("This study is partial: only the cells finished so far are in the figures.")
    for warning in manifest.get("warnings") or ():
        front.paragraph(f"Warning. {warning}.")
    front.bullets([*sweep.search, *_findings(sweep)])
    front.add(f'<p class="note">{html.escape(CAUTION)}</p>')
    page.chapter("axes", "What was swept")
    page.table(_axes_table(sweep))
    _boxes(page, sweep)
    for number_, (arm, scenario, rows) in enumerate(sweep.blocks()):
        page.chapter(f"block-{number_}", f"{arm} in {sweep.place(scenario)}")
        page.figure(heat_map(sweep, arm, scenario, rows, f"heat-{number_}"))
        for name in ("loss_rate", "lender_profit"):
            page.figure(tornado(sweep, arm, scenario, name, f"tornado-{number_}-{name.replace('_', '-')}"))
    page.appendix(BEHIND)
    _tables(page, sweep)
    _pairs(page, sweep)
    glossary.append(page, [*front.parts, *page.parts])
    page.chapter("provenance", "Provenance, and how to do it again")
    facts, command = provenance(sweep)  # type: ignore[arg-type]
    page.table(tables.facts_table("<b>Provenance.</b> From the study's manifest.", facts))
    page.add(f"<pre><code>{html.escape(command)}</code></pre></section>")
    front.add(f"{page.contents()}</section>")
    body = glossary.explained("\n".join(front.parts + page.parts), page.say)
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(), body=body, language=MARKS[ENGLISH])


def _tables(page: Page, sweep: Sweep) -> None:
    """Write the ends of each figure, and what each option does, for every package and scenario."""
    page.chapter("ranges", "Figures over the points")
    for arm, scenario, rows in sweep.blocks():
        page.table(_range_table(sweep, arm, scenario, rows))
        page.table(_options_table(sweep, arm, scenario) or "")


def _findings(sweep: Sweep) -> list[str]:
    """What moves the loss rate most, in every arm and scenario, in a sentence."""
    sentences = []
    for arm, scenario, rows in sweep.blocks():
        scale = scale_of(measure_of("loss_rate"), rows["loss_rate"])
        if np.ptp(rows["loss_rate"]) == 0:
            others = any(np.ptp(rows[name]) > 0 for name in SHOWN if name in rows and rows[name].notna().all())
            rate = f"its loss rate is {scale.text(rows['loss_rate'].iloc[0])}{scale.spaced_unit} a year"
            what = f"{rate} at every point; other figures change" if others else f"no point changes it; {rate}"
            sentences.append(f"`{arm}` in {sweep.place(scenario)}: {what}.")
            continue
        low, high = rows.loc[rows["loss_rate"].idxmin()], rows.loc[rows["loss_rate"].idxmax()]
        sentences.append(
            f"`{arm}` in {sweep.place(scenario)}: the loss rate lies between {scale.text(low['loss_rate'])} and "
            f"{scale.text(high['loss_rate'])}{scale.spaced_unit} a year (points {low['point'] + 1} and "
            f"{high['point'] + 1}).{_strongest(sweep, arm, scenario)}{_shares(sweep, arm, scenario)}"
        )
    return sentences


def _strongest(sweep: Sweep, arm: str, scenario: str) -> str:
    """Say which of several parameters moves the loss rate most, where its interval excludes zero."""
    found = sweep.effects(arm, scenario, "loss_rate")
    if len(sweep.keys) < 2 or found.empty:
        return ""
    sure = found[found["value"].abs() > found["error"]]
    if sure.empty:
        return " For no parameter can the direction of its effect be named."
    return f" `{sure['key'].iloc[0]}` moves it most."


def _shares(sweep: Sweep, arm: str, scenario: str) -> str:
    if sweep.spread.empty:
        return ""
    rows = sweep.spread.set_index(["arm", "scenario", "figure"])
    if (arm, scenario, "loss_rate") not in rows.index:
        return ""
    row = rows.loc[(arm, scenario, "loss_rate")]
    if pd.isna(row["parameters"]):
        return " One replication: parameters and luck cannot be told apart."
    return (
        f" Of its variance over cells, {percent(row['parameters'], 0)} is the parameters' and "
        f"{percent(row['monte_carlo'], 0)} Monte Carlo error."
    )


def _axes_table(sweep: Sweep) -> str:
    rows = []
    for axis in sweep.axes:
        span = ", ".join(map(str, axis["values"][:8])) if axis["values"] else f"{axis['low']:g} to {axis['high']:g}"
        span += ", \N{HORIZONTAL ELLIPSIS}" if len(axis["values"]) > 8 else ""
        rows.append(tables.row(axis["key"], [tables.cell(span + (", log scale" if axis["log"] else ""), kind="text")]))
    return tables.table("<b>Axes of the design.</b>", ["parameter", "values"], rows)


def _range_table(sweep: Sweep, arm: str, scenario: str, rows: pd.DataFrame) -> str:
    made = []
    for name in SHOWN:
        if name not in rows or rows[name].isna().all():
            continue
        measure = measure_of(name, sweep.unit(name))
        scale = scale_of(measure, rows[name])
        figures = (rows[name].min(), rows[name].median(), rows[name].max(), rows[f"{name}.error"].median())
        words = [tables.cell(scale.text(value)) for value in figures]
        label = known(name, html.escape(headed(measure, scale.unit, sweep.say)))
        made.append(f'<tr><th scope="row">{label}</th>{"".join(words)}</tr>')
    heads = ["figure", *(figured("sweep.levels", text) for text in ("lowest", "median", "highest"))]
    heads.append(figured("sweep.error", "standard error (Monte Carlo, median)"))
    caption = f"<b>{html.escape(arm)}, {html.escape(scenario_title(scenario))}.</b> Means of the points."
    return tables.table(caption, heads, made)


def _options_table(sweep: Sweep, arm: str, scenario: str) -> str | None:
    """Return the effect of each option on the main figures, against the first of its axis; None without options."""
    if not sweep.options or sweep.sensitivity.empty:
        return None
    known = sweep.sensitivity[sweep.sensitivity["measure"].isin((MATCHED, FITTED))]
    known = known[(known["arm"] == arm) & (known["scenario"] == scenario)]
    if known.empty:
        return None
    found = known.set_index(["figure", "key", "option"])[["value", "error"]].sort_index()
    values = dict(iter(known.groupby("figure")["value"]))
    names = [name for name in SHOWN if name in set(known["figure"])]
    scales = {name: scale_of(measure_of(name, sweep.unit(name)), values[name]) for name in names}
    made = []
    for key, options in sweep.options.items():
        made.append(tables.group_heading(key, f"against {options[0]}", 1 + len(names)))
        for option in options[1:]:
            cells = [_effect(found, (name, key, option), scale) for name, scale in scales.items()]
            made.append(tables.row(option, cells))
    units = {name: scale.difference_unit for name, scale in scales.items()}
    heads = [
        known(name, html.escape(f"{measure_of(name, sweep.unit(name)).label}, {unit}".rstrip(", ")))
        for name, unit in units.items()
    ]
    kinds = set(known["measure"])
    caption = (
        f"<b>What each option does: {html.escape(arm)}, {html.escape(scenario_title(scenario))}.</b> "
        f"{' '.join(KINDS[kind] for kind in (MATCHED, FITTED) if kind in kinds)} "
        "\N{PLUS-MINUS SIGN}: half the interval. \N{EN DASH}: identical at every point, or not known."
    )
    return tables.table(caption, ["option", *heads], made, kind=' class="grouped"')


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
    page.chapter("boxes", "Where it breaks")
    sentences = []
    for (arm, scenario, figure), rows in sweep.boxes.groupby(["arm", "scenario", "figure"], sort=False):
        limits = [
            f"`{row['key']}` {row['options']}" if row["options"] else
            f"`{row['key']}` from {row['low']:.3g} to {row['high']:.3g}"
            for row in rows.to_dict("records")
        ]  # fmt: skip
        first = rows.iloc[0]
        sentences.append(
            f"`{arm}` in {sweep.place(str(scenario))}, {figure}: {', '.join(limits)}. The box holds "
            f"{percent(first['coverage'], 0)} of the cases; {percent(first['density'], 0)} of its points are cases."
        )
    page.paragraph(
        "The box of parameters in which a case is common (PRIM). That a parameter has no limits here does not say that "
        "it has no effect: the box did without it."
    )
    page.bullets(sentences)


def _pairs(page: Page, sweep: Sweep) -> None:
    """Table of the strongest interactions in the loss rate."""
    rows = sweep.interactions
    if rows.empty or "figure" not in rows:
        return
    rows = rows[(rows["figure"] == "loss_rate") & rows["value"].notna()]
    rows = rows.sort_values("value", key=abs, ascending=False).head(MOST_PAIRS)
    if rows.empty:
        return
    page.chapter("pairs", "Parameters that work together")
    made = [
        tables.row(f"{named(row['key'], row['option'])} and {named(row['other'], row['other_option'])}", [
            tables.cell(f"{row['arm']}, {row['scenario']}", kind="text"), tables.cell(row["measure"], kind="text"),
            tables.cell(number(row["value"], 4, signed=True)), tables.cell(number(row["error"], 4)),
        ])
        for row in rows.to_dict("records")
    ]  # fmt: skip
    value = (figured("sweep.interaction", text) for text in ("value", "half a 95 % interval"))
    heads = ["pair", "package, scenario", "measure", *value]
    page.table(tables.table("<b>Interactions in the loss rate.</b> The strongest first.", heads, made))
