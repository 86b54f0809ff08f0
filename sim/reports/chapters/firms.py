"""Firms: what they made, whom they employed, how many failed, what they owe."""

from __future__ import annotations

from sim.figures.catalog import FIRMS
from sim.reports.chapters.tables import means_table
from sim.reports.document import Page
from sim.reports.drawing import paths
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.words import findings, payers

AVERAGED = (
    "Each month counts alike: the loss rate on firms is so not the one over the whole horizon. Who has no job at a "
    "firm may work elsewhere, so that jobs at firms and unemployment need not move together."
)
COMPARED = (
    ("firm_failure_rate", "The share of firms that fail a year"),
    ("staff", "The number of persons employed by firms at the end"),
    ("unemployment", "The share of persons without work"),
)


def firm_findings(study: Study) -> list[str]:
    """Say what firms go through in the severest scenario, against the mildest, under the root package."""
    worst, root = findings.severest(study), study.root.name
    rates = {name: study.paths(name, root, "firm_failure_rate") for name in study.scenarios}
    if len(study.scenarios) < 2 or not rates[worst].size:
        return []
    mildest = min(study.scenarios, key=lambda name: float(mean_known(rates[name])))
    if mildest == worst:
        return []
    bad, good = (100 * float(mean_known(rates[name])) for name in (worst, mildest))
    lost, kept = (study.paths(name, root, "output") for name in (worst, mildest))
    months = min(lost.shape[1], kept.shape[1])
    fall = 100 * (1 - float(mean_known(lost[:, :months])) / max(float(mean_known(kept[:, :months])), 1.0))
    sentence = (
        f"In {study.place(worst)} under {payers.quoted(root)}, {bad:.1f}\u202f% of firms fail a year, against "
        f"{good:.1f}\u202f% in {study.place(mildest)}; "
        f"their sales are {abs(fall):.1f}\u202f% {'lower' if fall > 0 else 'higher'}."
    )
    return [sentence]


def differences(study: Study) -> list[str]:
    """Say in which packages failures, jobs and unemployment differ from the parent in the severest scenario."""
    worst = findings.severest(study)
    told = [findings.against_parents(study, worst, metric, what) for metric, what in COMPARED]
    return [text for text in told if text]


def alive(study: Study) -> bool:
    """Whether the study has firms: without them their figures stand at 0."""
    return any(study.paths(name, arm.name, "firms").any() for name in study.scenarios for arm in study.arms)


def write(page: Page, study: Study) -> None:
    """Write what firms made, whom they employed, and how many failed."""
    if not alive(study):
        return
    page.chapter("firms", "Firms, jobs and output")
    page.bullets(firm_findings(study) + differences(study))
    for picture in paths.path_figures(study, findings.severest(study), paths.FIRM_ROWS, "Firms and jobs"):
        page.figure(picture)


def append(page: Page, study: Study) -> None:
    """Write firms' figures as a table."""
    if not alive(study):
        return
    page.chapter("firms-table", "Firms and jobs")
    page.table(means_table(study, [name for name in FIRMS if study.has(name)], "Firms and jobs", AVERAGED))
