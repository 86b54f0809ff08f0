"""The page of a study with a design: what was swept, what moves the figures, where things break."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.reports import style, tables
from sim.reports.formats import in_sentence, number, percent, scenario_title
from sim.reports.measures import measure_of, scale_of
from sim.reports.page import DOCUMENT, Page
from sim.reports.sweep import SHOWN, Sweep, heat_map, read_sweep, tornado
from sim.reports.words import provenance

MOST_PAIRS = 10
CAUTION = (
    "Results of a simulation, not forecasts. Spread over the points is what the parameters do within the ends that "
    "were chosen for them; spread at a point is Monte Carlo error. Neither says whether the model is right."
)


def render_sweep(folder: Path, manifest: dict[str, Any]) -> str:
    """Return the report of a study folder with a design as an HTML document."""
    sweep = read_sweep(folder, manifest)
    count, title = manifest["design"]["points"], f"A sweep over {', '.join(sweep.keys[:3])}"
    title += f" and {len(sweep.keys) - 3} more parameters" if len(sweep.keys) > 3 else ""
    page = Page()
    page.add(
        '<section class="summary"><p class="kicker">CreditCycle &middot; Simulation report</p>'
        f"<h1>{html.escape(title)}</h1>"
    )
    runs = manifest["replications"]
    page.add(f'<p class="facts">{count} points, {runs} replications each, {len(sweep.keys)} parameters.</p>')
    if manifest.get("status") == "partial":
        page.paragraph("This study is partial: only the cells finished so far are in the figures.")
    page.bullets(_findings(sweep))
    page.add(f'<p class="note">{html.escape(CAUTION)}</p></section>')
    page.chapter("axes", "What was swept", new_page=False)
    page.table(_axes_table(sweep))
    for number_, (arm, scenario, rows) in enumerate(sweep.blocks()):
        page.chapter(f"block-{number_}", f"{arm} in {in_sentence(scenario)}", new_page=False)
        page.table(_range_table(sweep, arm, scenario, rows))
        page.figure(heat_map(sweep, arm, scenario, rows, f"heat-{number_}"))
        for name in ("loss_rate", "lender_profit"):
            page.figure(tornado(sweep, arm, scenario, name, f"tornado-{number_}-{name.replace('_', '-')}"))
    _boxes(page, sweep)
    _pairs(page, sweep)
    page.chapter("provenance", "Provenance, and how to do it again", new_page=False)
    facts, command = provenance(sweep)  # type: ignore[arg-type]
    page.table(tables.facts_table("<b>Provenance.</b> From the study's manifest.", facts))
    page.add(f"<pre><code>{html.escape(command)}</code></pre>")
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(), body="\n".join(page.parts))


def _findings(sweep: Sweep) -> list[str]:
    """What moves the loss rate most, in every arm and scenario, in a sentence."""
    sentences = []
    for arm, scenario, rows in sweep.blocks():
        scale = scale_of(measure_of("loss_rate"), rows["loss_rate"])
        if np.ptp(rows["loss_rate"]) == 0:
            same = f"{scale.text(rows['loss_rate'].iloc[0])}{scale.spaced_unit}"
            sentences.append(
                f"`{arm}` in {in_sentence(scenario)}: no point changes this package; its loss rate is {same} a year."
            )
            continue
        low, high = rows.loc[rows["loss_rate"].idxmin()], rows.loc[rows["loss_rate"].idxmax()]
        first = sweep.main_keys(arm, scenario)[0]
        sentences.append(
            f"`{arm}` in {in_sentence(scenario)}: the loss rate lies between {scale.text(low['loss_rate'])} and "
            f"{scale.text(high['loss_rate'])}{scale.spaced_unit} a year (points {low['point'] + 1} and "
            f"{high['point'] + 1}); `{first}` moves it most." + _shares(sweep, arm, scenario)
        )
    return sentences


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
        made.append(tables.row(f"{measure.label}, {scale.unit}".rstrip(", "), words))
    heads = ["figure", "lowest", "median", "highest", "standard error (Monte Carlo, median)"]
    return tables.table(f"<b>{html.escape(scenario_title(scenario))}.</b> Means of the points.", heads, made)


def _boxes(page: Page, sweep: Sweep) -> None:
    """Say where the cases lie: the boxes of scenario discovery."""
    if sweep.boxes.empty:
        return
    page.chapter("boxes", "Where it breaks", new_page=False)
    sentences = []
    for (arm, scenario, figure), rows in sweep.boxes.groupby(["arm", "scenario", "figure"], sort=False):
        limits = [
            f"`{row['key']}` {row['options']}" if isinstance(row["options"], str) else
            f"`{row['key']}` from {row['low']:.3g} to {row['high']:.3g}"
            for row in rows.to_dict("records")
        ]  # fmt: skip
        first = rows.iloc[0]
        sentences.append(
            f"`{arm}` in {in_sentence(str(scenario))}, {figure}: {', '.join(limits)}. The box holds "
            f"{percent(first['coverage'], 0)} of the cases; {percent(first['density'], 0)} of its points are cases."
        )
    page.paragraph(
        "The box of parameters in which a case is common (PRIM); parameters without limits do not matter for it."
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
    page.chapter("pairs", "Parameters that work together", new_page=False)
    made = [
        tables.row(f"{row['key']} and {row['other']}", [
            tables.cell(f"{row['arm']}, {row['scenario']}", kind="text"), tables.cell(row["measure"], kind="text"),
            tables.cell(number(row["value"], 4, signed=True)), tables.cell(number(row["error"], 4)),
        ])
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = ["pair", "package, scenario", "measure", "value", "half a 95 % interval"]
    page.table(tables.table("<b>Interactions in the loss rate.</b> The strongest first.", heads, made))
