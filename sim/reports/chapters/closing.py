"""Closures: how many, how many of them wrong, and which defaults came of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.figures.scales import measure_of, scale_of
from sim.language.words import Words
from sim.reports.chapters.tables import cell, group_heading, interval, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.glossary.links import figured, told_head
from sim.reports.words.formats import NOT_AVAILABLE, number, percent, scenario_title

OF_MONEY = ("loss_avoided", "margin_forgone")
COLUMNS = (("closures", "wrong", "not_judged", "share_wrong", "at_random", "caused"), ("avoided", "forgone"))
"""Columns before and after the interval, as keys of their heads."""
COUNTED = ("closures", "wrong", "not_judged", "caused")
"""Those in the unit of counts."""


def whole(fen: float, say: Words) -> str:
    """Write an amount of fen in whole units of the currency of `say`."""
    return number(fen / say.fen, 0) if math.isfinite(fen) else NOT_AVAILABLE


def closing_table(study: Study, closing: Sequence[str]) -> str:
    """Return closures, wrong ones, unjudged ones and defaults that closing caused."""
    say = study.say
    names = ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing")
    found = {(s, a): [study.estimate(s, a, name) for name in names] for s in study.scenarios for a in closing}
    scale = scale_of(measure_of("closures"), [part[0].mean for part in found.values()], study.borrowers, say)
    small = scale_of(measure_of("closures"), [part[3].mean for part in found.values()], study.borrowers, say)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), "", 10))
        for arm in closing:
            closures, wrong, censored, caused = found[scenario, arm]
            judged = closures.mean - censored.mean
            luck = study.estimate(scenario, arm, "random_wrong_closure_share").mean
            cells = [cell(scale.text(item.mean), item.mean) for item in (closures, wrong, censored)]
            cells.append(cell(percent(wrong.mean / judged if judged > 0 else math.nan, 0)))
            cells.append(cell(percent(luck, 0), luck))
            cells += [
                cell(small.text(caused.mean), caused.mean),
                cell(interval(caused.low, caused.high, small, say=say)),
                *(cell(whole(study.estimate(scenario, arm, f"{money}_per_closure").mean, say)) for money in OF_MONEY),
            ]
            rows.append(row(arm, cells))
    span = told_head(say, "back_tables.interval", coverage=study.coverage)
    unit = scale.difference_unit or say("back_closing.in_a_run")
    before, after = ([_head(key, unit, say) for key in keys] for keys in COLUMNS)
    caption = say("back_closing.caption", unit=scale.unit or say("back_closing.in_a_run"))
    heads = (say("front_table.package"), *before, span, *after)
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def _head(key: str, unit: str, say: Words) -> str:
    """Return the head of a column as a link; with the unit of counts, where it is one."""
    if key not in COUNTED:
        return told_head(say, f"back_closing.{key}")
    return figured(f"back_closing.{key}", say("front_table.head", label=say(f"back_closing.{key}"), unit=unit))


def append(page: Page, study: Study) -> None:
    """Write what closing lines did, where a package closes any."""
    closing = study.closing()
    if not closing:
        return
    page.chapter("closing", study.say("back_closing.chapter"))
    page.paragraph(study.say("back_closing.judged"))
    page.table(closing_table(study, closing))
