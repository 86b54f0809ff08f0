"""Closures: how many, how many of them wrong, and which defaults came of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.figures.scales import measure_of, scale_of
from sim.reports.chapters.tables import cell, group_heading, interval, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import NOT_AVAILABLE, number, percent, scenario_title
from sim.reports.words.standing import JUDGED

IN_YUAN = ("loss_avoided", "margin_forgone")


def yuan(fen: float) -> str:
    """Write an amount of fen in whole yuan."""
    return number(fen / 100.0, 0) if math.isfinite(fen) else NOT_AVAILABLE


def closing_table(study: Study, closing: Sequence[str]) -> str:
    """Return closures, wrong ones, unjudged ones and defaults that closing caused."""
    names = ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing")
    found = {(s, a): [study.estimate(s, a, name) for name in names] for s in study.scenarios for a in closing}
    scale = scale_of(measure_of("closures"), [part[0].mean for part in found.values()], study.borrowers)
    small = scale_of(measure_of("closures"), [part[3].mean for part in found.values()], study.borrowers)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario), "", 10))
        for arm in closing:
            closures, wrong, censored, caused = found[scenario, arm]
            judged = closures.mean - censored.mean
            luck = study.estimate(scenario, arm, "random_wrong_closure_share").mean
            cells = [cell(scale.text(item.mean), item.mean) for item in (closures, wrong, censored)]
            cells.append(cell(percent(wrong.mean / judged if judged > 0 else math.nan, 0)))
            cells.append(cell(percent(luck, 0), luck))
            cells += [
                cell(small.text(caused.mean), caused.mean),
                cell(interval(caused.low, caused.high, small)),
                *(cell(yuan(study.estimate(scenario, arm, f"{money}_per_closure").mean)) for money in IN_YUAN),
            ]
            rows.append(row(arm, cells))
    caption = (
        f"<b>Closures.</b> First closures over the horizon, {scale.unit or 'number in a run'}, mean of the "
        "replications. Share wrong: of the closures that could be judged; beside it, had as many lines been "
        "closed at random. In yuan a judged closure, over the horizon: charge-offs net of recoveries, and interest "
        "less funding cost, of the same persons had no line been closed, less with closing."
    )
    heads = ("Package", "Closures", "Wrong", "Not judged", "Share wrong", "Share wrong at random",
             "Defaults caused", f"{study.coverage} interval", "Loss avoided", "Margin forgone")  # fmt: skip
    return table(caption, heads, rows, kind=' class="grouped"')


def append(page: Page, study: Study) -> None:
    """Write what closing lines did, where a package closes any."""
    closing = study.closing()
    if not closing:
        return
    page.chapter("closing", "Wrong closures, and defaults that closing causes")
    page.paragraph(JUDGED)
    page.table(closing_table(study, closing))
