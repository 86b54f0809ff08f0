"""What the lender could not see: what its score got wrong, whom it missed, whom it wrongly turned away."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.language.words import Words
from sim.reports.columns import Column, Value, columns_table, digits, last, mean, ratio, share, weighted
from sim.reports.document import Page
from sim.reports.drawing import style
from sim.reports.drawing.figures import ROW_HEAD, Picture, canvas, grid, months_label, row_head, signs_of, to_svg
from sim.reports.folder import Study
from sim.reports.words import findings
from sim.reports.words.formats import listing, number, percent, wrapped

DECILES = range(1, 11)
SECTORS = ("manufacturing", "wholesale_retail", "internet_services", "technology", "agriculture", "public_other")
MOST = 5  # packages in a figure


def _error(file: str) -> Value:
    predicted, realised = last(f"score_predicted_{file}"), last(f"score_realised_{file}")
    return lambda study, scenario, arm: predicted(study, scenario, arm) - realised(study, scenario, arm)


def _wrong(group: str = "") -> Value:
    return ratio(f"wrong_rejections{group}", f"rejections_judged{group}")


def _poor(study: Study, scenario: str, arm: str) -> float:
    parts = [[np.nansum(study.paths(scenario, arm, f"{what}_decile_{k}")) for k in (1, 2, 3)]
             for what in ("wrong_rejections", "rejections_judged")]  # fmt: skip
    return float(sum(parts[0]) / sum(parts[1])) if sum(parts[1]) else math.nan


def _points(value: float) -> str:
    return number(100 * value, 2, signed=True)


SCORE = (
    Column("back_blind.auc", last("score_auc"), digits(3)),
    Column("back_blind.auc_thin", last("score_auc_thin"), digits(3)),
    Column("back_blind.auc_thick", last("score_auc_thick"), digits(3)),
    Column("back_blind.gini", last("score_gini"), digits(3)),
    Column("back_blind.ks", last("score_ks"), digits(3)),
    Column("back_blind.error_thin", _error("thin"), _points),
    Column("back_blind.error_thick", _error("thick"), _points),
    Column("back_blind.hosmer_lemeshow", last("score_hosmer_lemeshow"), digits(0)),
    Column("back_blind.psi", last("score_psi"), digits(3)),
    Column("back_blind.firms_auc", last("firm_score_auc"), digits(3)),
)
BY_SECTOR, BY_SECTOR_OF_FIRMS = (
    tuple(
        Column(f"back_blind.{name}", last(f"{who}score_gini_{name}"), digits(2), entry="back_blind.sector")
        for name in SECTORS
    )
    for who in ("", "firm_")
)
MISSED = (
    Column("back_blind.missed", ratio("defaults_missed", "defaults"), share(0)),
    Column("back_blind.could_pay", weighted("can_pay_defaults", "defaults"), share(0)),
    Column("back_blind.neighbours", weighted("neighbours_of_defaulters", "defaults"), share(2)),
    Column("back_blind.neighbours_of_all", mean("neighbours_of_all"), share(2)),
    Column("back_blind.refused", _wrong(), share(0)),
    Column("back_blind.refused_thin", _wrong("_thin"), share(0)),
    Column("back_blind.refused_poor", _poor, share(0)),
    Column("back_blind.price_thin", mean("price_thin_file"), share(2)),
    Column("back_blind.price_thick", mean("price_thick_file"), share(2)),
)
CAPTIONS = (
    (SCORE, "back_blind.score"),
    (BY_SECTOR, "back_blind.by_sector"),
    (BY_SECTOR_OF_FIRMS, "back_blind.by_sector_of_firms"),
    (MISSED, "back_blind.turned_away"),
)


def judged(study: Study) -> bool:
    """Whether the results hold a judgement of the score."""
    return study.has("score_auc") and bool((study.monthly["score_auc"] > 0).any())


def blind_tables(study: Study) -> list[str]:
    """Return the tables of the score, of sectors, and of those missed and turned away."""
    made = [columns_table(study, columns, key) for columns, key in CAPTIONS]
    return [text for text in made if text is not None]


def blind_findings(study: Study, scenario: str) -> list[str]:
    """Return sentences on the root package and on wrong closures, in the scenario that loses most."""
    say, root, place = study.say, study.root.name, study.place(scenario)
    sentences = []
    acting = [arm.name for arm in study.arms if _warns_or_closes(study, scenario, arm.name)]
    missed = {name: ratio("defaults_missed", "defaults")(study, scenario, name) for name in acting}
    if told := _shares(missed, say):
        key = "back_blind.told_missed" if len(acting) == len(study.arms) else "back_blind.told_missed_rest"
        sentences.append(say(key, place=place, shares=told))
    gaps = {file: _error(file)(study, scenario, root) for file in ("thin", "thick")}
    if all(map(math.isfinite, gaps.values())) and any(gaps.values()):
        points = {file: _points(gap) for file, gap in gaps.items()}
        sentences.append(say("back_blind.told_error", place=place, root=f"`{root}`", **points))
    wrong = {arm.name: study.estimate(scenario, arm.name, "wrong_closure_share").mean for arm in study.arms}
    if told := _shares({name: value for name, value in wrong.items() if value > 0}, say):
        sentences.append(say("back_blind.told_wrong", shares=told))
    turned = {arm.name: _wrong()(study, scenario, arm.name) for arm in study.arms}
    if told := _shares(turned, say):
        sentences.append(say("back_blind.told_refused", shares=told))
    return sentences


def _shares(values: Mapping[str, float], say: Words) -> str:
    """List the packages whose share is known, each with it; empty where none is."""
    known = {name: percent(value, 0) for name, value in values.items() if math.isfinite(value)}
    return listing([say("back_blind.item", arm=f"`{name}`", share=share) for name, share in known.items()], say)


def _warns_or_closes(study: Study, scenario: str, arm: str) -> bool:
    """Whether a package gives a warning or closes a line at all: else all its defaults are missed by construction."""
    return any(study.totals(scenario, arm, name).sum() > 0 for name in ("alerts", "closures_month"))


def calibration_figure(study: Study, scenario: str) -> Picture | None:
    """Draw predicted and realised default rates by decile of the score, a panel for each of up to five packages."""
    say = study.say
    names = [f"score_{what}_{k}" for what in ("predicted", "realised") for k in DECILES]
    if not all(study.has(name) for name in names):
        return None
    arms = study.arms[:MOST]
    rates = {
        (arm.name, what): np.array([last(f"score_{what}_{k}")(study, scenario, arm.name) for k in DECILES])
        for arm in arms
        for what in ("predicted", "realised")
    }
    top = 105.0 * max(float(np.nanmax(values, initial=0.0)) for values in rates.values())
    height = 2.0
    titles = [wrapped(arm.name, signs_of(0.88 / len(arms)), 3) for arm in arms]
    with canvas(height) as figure:
        panels = grid(figure, 1, len(arms), left=0.08, top=1 - 0.62 / height, bottom=0.42 / height, wspace=0.14)[0]
        for place, (axes, arm) in enumerate(zip(panels, arms, strict=True)):
            axes.plot(DECILES, 100 * rates[arm.name, "predicted"], color=style.OCHRE, linewidth=1.2)
            axes.plot(DECILES, 100 * rates[arm.name, "realised"], "o", color=style.NAVY, markersize=3.0)
            axes.set_title(titles[place], pad=ROW_HEAD)
            axes.set_ylim(0.0, top or 1.0)
            axes.set_xticks([1, 5, 10])
            axes.tick_params(axis="y", labelleft=place == 0)
        row_head(figure, panels[0], say("back_blind.calibration_rate"))
        months_label(figure, say("back_blind.calibration_decile"))
        title = say("back_blind.calibration")
        svg = to_svg(figure, "calibration", title, say("back_blind.calibration_about"))
    caption = say("back_blind.calibration_caption", place=study.place(scenario))
    if len(arms) < len(study.arms):
        caption = say("back_blind.calibration_first", caption=caption, count=MOST)
    return Picture("calibration", title, svg, caption, ("back_blind.calibration",))


def append(page: Page, study: Study) -> None:
    """Write what the lender could not see, where its score was judged."""
    if not judged(study):
        return
    scenario = findings.severest(study)
    page.chapter("blind", study.say("back_blind.chapter"))
    page.paragraph(study.say("back_blind.unseen"))
    page.bullets(blind_findings(study, scenario))
    page.figure(calibration_figure(study, scenario))
    for text in blind_tables(study):
        page.table(text)
