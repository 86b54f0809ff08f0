"""What defaults begin with, and how many of the defaulters could have paid."""

from __future__ import annotations

import html
import math

import numpy as np

from sim.reports.chapters.tables import cell, group_heading, row, table
from sim.reports.folder import Study
from sim.reports.words.formats import number, percent, scenario_title

PREFIX = "default_"


def causes_of(study: Study) -> list[str]:
    """Return the columns that count defaults by cause and are not always zero."""
    return [
        name
        for name in study.monthly.columns
        if name.startswith(PREFIX) and study.has(name) and (study.monthly[name] != 0).any()
    ]


def cause_table(study: Study, causes: list[str]) -> str:
    """Return defaults a year, their causes as shares, and the share that could have paid."""
    width = 3 + len(causes)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario), f"{study.months(scenario)} months", width))
        for arm in study.arms:
            defaults = study.paths(scenario, arm.name, "defaults")
            whole = float(np.nansum(defaults))
            yearly = whole / defaults.size * 12 if defaults.size else math.nan
            per_thousand = 1000 * yearly / study.borrowers if study.borrowers else yearly
            cells = [cell(number(per_thousand, 1), yearly)]
            for cause in causes:
                share = float(study.totals(scenario, arm.name, cause).sum()) / whole if whole else math.nan
                cells.append(cell(percent(share, 0), share))
            could = _could_pay(study, scenario, arm.name, defaults)
            rows.append(row(arm.name, [*cells, cell(percent(could, 0), could)]))
    words = [html.escape(name.removeprefix(PREFIX).replace("_", " ").capitalize()) for name in causes]
    unit = "a year per 1\u202f000 borrowers" if study.borrowers else "a year in a run"
    caption = (
        "<b>What defaults begin with.</b> Persons who reach 90+, over all months after the policy date; "
        "causes as a share of them, by what led to the first missed payment. Could pay: cash and income less "
        "essentials would have covered the instalment."
    )
    return table(caption, ("Package", f"Defaults {unit}", *words, "Could pay"), rows, kind=' class="grouped"')


def _could_pay(study: Study, scenario: str, arm: str, defaults: np.ndarray) -> float:
    """Return the share of all defaulters who could have paid: months weighted by their defaults."""
    shares = study.paths(scenario, arm, "can_pay_defaults")
    if shares.shape != defaults.shape or not np.nansum(defaults):
        return math.nan
    known = np.isfinite(shares) & (defaults > 0)
    return float((shares[known] * defaults[known]).sum() / defaults[known].sum()) if known.any() else math.nan
