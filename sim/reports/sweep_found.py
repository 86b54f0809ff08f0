"""What a sweep has found, in sentences: which values the loss rate takes, and what moves it most."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sim.language.words import ENGLISH, Words
from sim.reports.drawing.sweep import SHOWN, Sweep, figure_words
from sim.reports.words.formats import percent

CASES = {
    "chance": re.compile(r"(?P<figure>\w+) in more than (?P<share>\d+%) of runs"),
    "worst": re.compile(r"(?P<figure>\w+) in its worst tenth"),
}
"""Cases whose boxes were looked for, as the table of boxes names them, by the key of their text."""

PAIRED = {"Sobol index, second order": "second_order", "joint swing, linear": "joint"}
"""Measures of interactions, as their table names them, by the key of their text."""


def findings(sweep: Sweep) -> list[str]:
    """What moves the loss rate most, in every arm and scenario, in a sentence."""
    sentences, say = [], sweep.say
    for arm, scenario, rows in sweep.blocks():
        scale = sweep.scale("loss_rate", rows["loss_rate"])
        where = {"arm": arm, "place": sweep.place(scenario)}
        if np.ptp(rows["loss_rate"]) == 0:
            others = any(np.ptp(rows[name]) > 0 for name in SHOWN if name in rows and rows[name].notna().all())
            rate = f"{scale.text(rows['loss_rate'].iloc[0])}{scale.spaced_unit}"
            sentences.append(say("sweep.same_rate" if others else "sweep.no_effect", rate=rate, **where))
            continue
        low, high = rows.loc[rows["loss_rate"].idxmin()], rows.loc[rows["loss_rate"].idxmax()]
        ends = {"low": scale.text(low["loss_rate"]), "high": f"{scale.text(high['loss_rate'])}{scale.spaced_unit}"}
        points = {"first": low["point"] + 1, "last": high["point"] + 1}
        more = {"strongest": _strongest(sweep, arm, scenario), "shares": _shares(sweep, arm, scenario)}
        sentences.append(say("sweep.between", **where, **ends, **points, **more))
    return sentences


def _strongest(sweep: Sweep, arm: str, scenario: str) -> str:
    """Say which of several parameters moves the loss rate most, where its interval excludes zero."""
    found = sweep.effects(arm, scenario, "loss_rate")
    if len(sweep.keys) < 2 or found.empty:
        return ""
    sure = found[found["value"].abs() > found["error"]]
    if sure.empty:
        return sweep.say("sweep.no_strongest")
    return sweep.say("sweep.strongest", parameter=sure["key"].iloc[0])


def _shares(sweep: Sweep, arm: str, scenario: str) -> str:
    if sweep.spread.empty:
        return ""
    rows = sweep.spread.set_index(["arm", "scenario", "figure"])
    if (arm, scenario, "loss_rate") not in rows.index:
        return ""
    row = rows.loc[(arm, scenario, "loss_rate")]
    if pd.isna(row["parameters"]):
        return sweep.say("sweep.one_run")
    shares = {"parameters": percent(row["parameters"], 0), "luck": percent(row["monte_carlo"], 0)}
    return sweep.say("sweep.shares", **shares)


def case_words(case: str, say: Words) -> str:
    """Tell the case that a box was looked for; the table names figures, a page in another language says its words."""
    for key, pattern in CASES.items():
        if found := pattern.fullmatch(case):
            name = found["figure"]
            told = name if say.language == ENGLISH else figure_words(name, say)
            return say(f"sweep.case_{key}", **(found.groupdict() | {"figure": told}))
    return case


def measure_words(measure: str, say: Words) -> str:
    """Tell a measure of interactions; one that is not known keeps its name."""
    return say(f"sweep.measure.{PAIRED[measure]}") if measure in PAIRED else measure
