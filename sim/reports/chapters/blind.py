"""What the lender could not see: what its score got wrong, whom it missed, whom it wrongly turned away."""

from __future__ import annotations

import math

import numpy as np

from sim.reports.columns import Column, Value, columns_table, digits, last, mean, ratio, share, weighted
from sim.reports.document import Page
from sim.reports.drawing import style
from sim.reports.drawing.figures import ROW_HEAD, Picture, canvas, grid, months_label, row_head, signs_of, to_svg
from sim.reports.folder import Study
from sim.reports.words import findings
from sim.reports.words.formats import listing, number, percent, wrapped
from sim.reports.words.standing import UNSEEN

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
    Column("AUC", last("score_auc"), digits(3)),
    Column("thin files", last("score_auc_thin"), digits(3)),
    Column("thick files", last("score_auc_thick"), digits(3)),
    Column("Gini", last("score_gini"), digits(3)),
    Column("KS", last("score_ks"), digits(3)),
    Column("Predicted less realised, thin", _error("thin"), _points),
    Column("thick", _error("thick"), _points),
    Column("Hosmer-Lemeshow", last("score_hosmer_lemeshow"), digits(0)),
    Column("PSI", last("score_psi"), digits(3)),
    Column("Firms' AUC", last("firm_score_auc"), digits(3)),
)
BY_SECTOR, BY_SECTOR_OF_FIRMS = (
    tuple(Column(name.replace("_", " ").capitalize(), last(f"{who}score_gini_{name}"), digits(2)) for name in SECTORS)
    for who in ("", "firm_")
)
MISSED = (
    Column("Defaults neither warned of nor closed in time", ratio("defaults_missed", "defaults"), share(0)),
    Column("Could have paid", weighted("can_pay_defaults", "defaults"), share(0)),
    Column("Neighbours in default, of defaulters", weighted("neighbours_of_defaulters", "defaults"), share(2)),
    Column("of all", mean("neighbours_of_all"), share(2)),
    Column("Refusals that were wrong", _wrong(), share(0)),
    Column("thin files", _wrong("_thin"), share(0)),
    Column("lowest three incomes in ten", _poor, share(0)),
    Column("Price, thin files", mean("price_thin_file"), share(2)),
    Column("thick files", mean("price_thick_file"), share(2)),
)
CAPTIONS = (
    (
        SCORE,
        "<b>The score against what came.</b> Accounts in order, a year on, as last judged. Predicted less realised is "
        "the error of the default rate that the score stood for, in points; Hosmer-Lemeshow the misfit over its "
        "deciles (10 is what chance gives); PSI how far the scores have moved since the first sample (above 0.25 is "
        "usually called a shift).",
    ),
    (
        BY_SECTOR,
        "<b>Gini of the score by sector, persons.</b> As last judged; 0 is a score that says nothing, or "
        "a sector in which nothing could be judged.",
    ),
    (
        BY_SECTOR_OF_FIRMS,
        "<b>Gini of the score by sector, firms.</b> As last judged; few firms default in a year, and 0 "
        "also stands where nothing could be judged.",
    ),
    (
        MISSED,
        "<b>Missed, and turned away.</b> Persons who reach 90+; in time is before the arrears that led there. "
        "Neighbours are those online, 90+ with the same lender. A refusal, where they were judged, is wrong when "
        "the same person, in the paired run that approves everybody, borrows and does not reach 90+ within 12 months.",
    ),
)


def judged(study: Study) -> bool:
    """Whether the results hold a judgement of the score."""
    return study.has("score_auc") and bool((study.monthly["score_auc"] > 0).any())


def blind_tables(study: Study) -> list[str]:
    """Return the tables of the score, of sectors, and of those missed and turned away."""
    made = [columns_table(study, columns, caption) for columns, caption in CAPTIONS]
    return [text for text in made if text is not None]


def blind_findings(study: Study, scenario: str) -> list[str]:
    """Return sentences on the root package and on wrong closures, in the scenario that loses most."""
    root, place = study.root.name, study.place(scenario)
    sentences = []
    acting = [name for name in (arm.name for arm in study.arms) if _warns_or_closes(study, scenario, name)]
    missed = [(name, ratio("defaults_missed", "defaults")(study, scenario, name)) for name in acting]
    told = [f"`{name}` {percent(value, 0)}" for name, value in missed if math.isfinite(value)]
    if told:
        rest = "" if len(acting) == len(study.arms) else "; the other packages neither warn nor close"
        sentences.append(
            f"In {place} these shares of defaults came without warning or closure in time: {listing(told)}{rest}. "
            "A default that the closure itself caused counts as closed in time."
        )
    gaps = [_error(file)(study, scenario, root) for file in ("thin", "thick")]
    if all(math.isfinite(gap) for gap in gaps) and any(gaps):
        words = [f"{number(100 * gap, 2, signed=True)} points for {file} files"
                 for gap, file in zip(gaps, ("thin", "thick"), strict=True)]  # fmt: skip
        sentences.append(
            f"In {place} the default rate that the score of `{root}` stood for was off by {listing(words)} "
            "(predicted less realised)."
        )
    wrong = [(arm.name, study.estimate(scenario, arm.name, "wrong_closure_share").mean) for arm in study.arms]
    told = [f"`{name}` {percent(value, 0)}" for name, value in wrong if math.isfinite(value) and value > 0]
    if told:
        sentences.append(
            "Of closures that can be judged these were of persons who, with an open line, would not have come to 90+ "
            f"days past due within 12 months: {listing(told)}."
        )
    turned = [(arm.name, _wrong()(study, scenario, arm.name)) for arm in study.arms]
    told = [f"`{name}` {percent(value, 0)}" for name, value in turned if math.isfinite(value)]
    if told:
        sentences.append(f"Of refusals that can be judged these would have borrowed and paid: {listing(told)}.")
    return sentences


def _warns_or_closes(study: Study, scenario: str, arm: str) -> bool:
    """Whether a package gives a warning or closes a line at all: else all its defaults are missed by construction."""
    return any(study.totals(scenario, arm, name).sum() > 0 for name in ("alerts", "closures_month"))


def calibration_figure(study: Study, scenario: str) -> Picture | None:
    """Draw predicted and realised default rates by decile of the score, a panel for each of up to five packages."""
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
        row_head(figure, panels[0], "In default within 12 months, %")
        months_label(figure, "Decile of the score, 1 the safest")
        svg = to_svg(
            figure, "calibration", "Calibration of the score", "Predicted and realised default rate by decile."
        )
    caption = (
        f"Default rate within 12 months by decile of the score in {study.place(scenario)}, as last judged, mean of "
        "the replications. Ochre line: what the score stood for. Dots: what came. Dots above the line are risks "
        "that the lender priced too low." + ("" if len(arms) == len(study.arms) else f" The first {MOST} packages.")
    )
    return Picture("calibration", "Calibration of the score", svg, caption)


def append(page: Page, study: Study) -> None:
    """Write what the lender could not see, where its score was judged."""
    if not judged(study):
        return
    scenario = findings.severest(study)
    page.chapter("blind", "What the lender could not see")
    page.paragraph(UNSEEN)
    page.bullets(blind_findings(study, scenario))
    page.figure(calibration_figure(study, scenario))
    for text in blind_tables(study):
        page.table(text)
