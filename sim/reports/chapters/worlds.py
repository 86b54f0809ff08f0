"""Plausible worlds: whether a difference keeps its sign where published figures leave parameters open."""

from __future__ import annotations

import html

from sim.figures.catalog import MAIN
from sim.figures.scales import measure_of, scale_of
from sim.reports.chapters.tables import cell, group_heading, interval, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import percent, scenario_title
from sim.reports.words.worlds import whose_doubt


def append(page: Page, study: Study) -> None:
    """Write what worlds are, whose the doubt is, and the signs of the main differences; nothing without worlds."""
    if study.worlds.empty:
        return
    page.chapter("worlds", "Plausible worlds")
    page.paragraph(
        f"Published figures do not settle every number of the model. Each package was run in {study.world_count} "
        "worlds: sets of values drawn given those figures. A world is the same for all packages of a run, and so is "
        "luck; a difference within a run is due to the packages. The "
        f"{study.coverage} intervals of the tables are for one plausible world more and hold both doubts."
    )
    page.paragraph(whose_doubt(study))
    for scenario in study.scenarios:
        shown = signs_table(study, scenario)
        if shown:
            page.table(shown)


def signs_table(study: Study, scenario: str) -> str:
    """Return each main difference with its interval, its sign in the worlds and whose its doubt is; empty if none."""
    here = study.worlds[(study.worlds["scenario"] == scenario) & (study.worlds["difference"] != 0)]
    rows: list[str] = []
    for metric in MAIN:
        found = here[(here["metric"] == metric) & here["luck_sd"].notna()].to_dict("records")
        if not found:
            continue
        measure = measure_of(metric)
        scale = scale_of(measure, [one["difference"] for one in found], study.borrowers)
        rows.append(group_heading(measure.label, scale.difference_unit or scale.unit, 5))
        for one in found:
            signs = f"{one['sign_holds']} of {one['worlds']}"
            cells = [
                cell(scale.text(one["difference"], signed=True), one["difference"]),
                cell(interval(one["low"], one["high"], scale, signed=True), None, "range"),
                cell(signs, float(one["sign_holds"])),
                cell(percent(one["worlds_share"], 0), one["worlds_share"]),
            ]
            rows.append(row(one["arm"], cells))
    if not rows:
        return ""
    heads = ("Package", "Difference to parent", f"{study.coverage} interval", "Sign holds in", "Doubt between worlds")
    caption = (
        f"<b>Signs in plausible worlds: {html.escape(scenario_title(scenario))}.</b> Sign holds in: worlds whose mean "
        "difference has the sign of the whole. Doubt between worlds: its share of the variance of the difference; the "
        "rest is Monte Carlo error. All figures stand in worlds.csv."
    )
    return table(caption, heads, rows, kind=' class="grouped"')
