"""Who bears the loss: each party, in money and as a share."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

from sim.figures.naming import bearer_of
from sim.figures.scales import measure_of, scale_of
from sim.language.words import Words
from sim.reports.chapters import funds, protection
from sim.reports.chapters.tables import cell, group_heading, months_of, row, table
from sim.reports.document import Page
from sim.reports.drawing import bars
from sim.reports.drawing.bars import borne
from sim.reports.folder import Study
from sim.reports.glossary.links import WHOLE, figured, told_head
from sim.reports.words.formats import percent, scenario_title


def bearer_table(study: Study, columns: Sequence[str]) -> str:
    """Return who bears the loss, in money and as a share, with the check of the sum."""
    say = study.say
    parts = {(s, a.name): borne(study, s, a.name) for s in study.scenarios for a in study.arms}
    sums = {key: sum(part.values()) for key, part in parts.items()}
    scale = scale_of(measure_of("loss_lender"), sums.values(), say=say)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), months_of(study, scenario), 3 + 2 * len(columns)))
        for arm in study.arms:
            whole = sums[scenario, arm.name]
            cells = []
            for column in columns:
                value = parts[scenario, arm.name][column]
                cells.append(cell(scale.text(value) if value else "\N{EN DASH}", value))
                share = value / whole if whole else math.nan
                cells.append(cell(percent(share, 0) if value else "\N{EN DASH}"))
            gap = _gap(study, scenario, arm.name, columns)
            cells += [cell(scale.text(whole), whole, "clear"), cell(scale.text(gap, signed=True), gap)]
            rows.append(row(arm.name, cells))
    heads = [say("front_table.package")]
    for column in columns:
        party = say("front_table.head", label=bearer_of(column, say), unit=scale.unit)
        heads += [figured(f"{WHOLE}{column}", html.escape(party)), told_head(say, "back_bearers.share")]
    heads += [told_head(say, "back_bearers.sum"), told_head(say, "back_bearers.gap")]
    caption = say("back_bearers.caption", unit=scale.unit.capitalize())
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def _gap(study: Study, scenario: str, arm: str, columns: Sequence[str]) -> float:
    """Return what all bearers bear less the net charge-off, fen, exact within each replication."""
    charged, recovered = (study.totals(scenario, arm, name) for name in ("charged_off", "recovered"))
    parts = [part for part in (study.totals(scenario, arm, column) for column in columns) if part.size]
    if charged.size == 0 or recovered.size == 0 or not parts:
        return math.nan
    return float(np.mean(np.sum(parts, axis=0) - charged + recovered))


def _scheme(name: str, words: str, say: Words) -> str:
    return say("front_page.told", title=f"`{name}`", meaning=words)


def write(page: Page, study: Study) -> None:
    """Write who bears the loss, what each party gains or pays under a scheme, and how funds fare."""
    columns, sharing = bars.bearers_of(study), protection.sharing_of(study)
    alone = not columns or len(columns) == len(study.arms) == 1  # nothing lost, or a lender alone in one package
    if alone and not sharing:
        return
    page.chapter("bearers", study.say("front_bearers.chapter"))
    schemes = [arm for arm in study.arms if arm.name in sharing and arm.scheme]
    page.bullets([_scheme(arm.name, arm.scheme_told, study.say) for arm in schemes if arm.scheme_told])
    page.untranslated([_scheme(arm.name, arm.scheme, study.say) for arm in schemes if not arm.scheme_told])
    page.figure(bars.bearers_figure(study))
    page.table(protection.gains_table(study, sharing))
    funds.fared(page, study)


def append(page: Page, study: Study) -> None:
    """Write the loss by bearer as a table, where somebody besides the lender bears any."""
    columns = bars.bearers_of(study)
    if len(columns) < 2:
        return
    page.chapter("loss-by-bearer", study.say("back_bearers.chapter"))
    page.table(bearer_table(study, columns))
