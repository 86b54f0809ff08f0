"""Plausible worlds: whether a difference keeps its sign where published figures leave parameters open."""

from __future__ import annotations

import html

from sim.figures.catalog import MAIN
from sim.figures.naming import label_of
from sim.figures.scales import measure_of, scale_of
from sim.reports.chapters.tables import cell, group_heading, interval, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.glossary.links import told_head
from sim.reports.words.formats import percent, scenario_title
from sim.reports.words.worlds import whose_doubt


def append(page: Page, study: Study) -> None:
    """Write what worlds are, whose the doubt is, and the signs of the main differences; nothing without worlds."""
    if study.worlds.empty:
        return
    say = study.say
    page.chapter("worlds", say("back_worlds.chapter"))
    page.paragraph(say("back_worlds.about", worlds=study.world_count, coverage=study.coverage))
    page.paragraph(whose_doubt(study))
    for scenario in study.scenarios:
        shown = signs_table(study, scenario)
        if shown:
            page.table(shown)


def signs_table(study: Study, scenario: str) -> str:
    """Return each main difference with its interval, its sign in the worlds and whose its doubt is; empty if none."""
    say = study.say
    here = study.worlds[(study.worlds["scenario"] == scenario) & (study.worlds["difference"] != 0)]
    rows: list[str] = []
    for metric in MAIN:
        found = here[(here["metric"] == metric) & here["luck_sd"].notna()].to_dict("records")
        if not found:
            continue
        measure = measure_of(metric)
        scale = scale_of(measure, [one["difference"] for one in found], study.borrowers, say)
        rows.append(group_heading(label_of(measure, say), scale.difference_unit or scale.unit, 5, metric))
        for one in found:
            signs = say("back_worlds.signs", holds=one["sign_holds"], worlds=one["worlds"])
            cells = [
                cell(scale.text(one["difference"], signed=True), one["difference"]),
                cell(interval(one["low"], one["high"], scale, signed=True, say=say), None, "range"),
                cell(signs, float(one["sign_holds"])),
                cell(percent(one["worlds_share"], 0), one["worlds_share"]),
            ]
            rows.append(row(one["arm"], cells))
    if not rows:
        return ""
    span = told_head(say, "back_tables.interval", coverage=study.coverage)
    heads = (say("front_table.package"), told_head(say, "back_tables.difference"), span,
             told_head(say, "back_worlds.holds_in"), told_head(say, "back_worlds.doubt"))  # fmt: skip
    caption = say("back_worlds.caption", scenario=html.escape(scenario_title(scenario, say)))
    return table(caption, heads, rows, kind=' class="grouped"', say=say)
