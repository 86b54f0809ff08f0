"""Firms: what they made, whom they employed, how many failed, what they owe."""

from __future__ import annotations

from sim.figures.catalog import FIRMS
from sim.reports.chapters.tables import means_table
from sim.reports.document import Page
from sim.reports.drawing import paths
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.words import findings, payers

COMPARED = ("firm_failure_rate", "staff", "unemployment")


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
    sales = study.say("front_firms.lower" if fall > 0 else "front_firms.higher", share=f"{abs(fall):.1f}")
    return [
        study.say(
            "front_firms.fail", place=study.place(worst), arm=payers.quoted(root), bad=f"{bad:.1f}",
            mildest=study.place(mildest), good=f"{good:.1f}", sales=sales,
        )
    ]  # fmt: skip


def differences(study: Study) -> list[str]:
    """Say in which packages failures, jobs and unemployment differ from the parent in the severest scenario."""
    worst = findings.severest(study)
    told = [findings.against_parents(study, worst, metric, study.say(f"front_firms.{metric}")) for metric in COMPARED]
    return [text for text in told if text]


def alive(study: Study) -> bool:
    """Whether the study has firms: without them their figures stand at 0."""
    return any(study.paths(name, arm.name, "firms").any() for name in study.scenarios for arm in study.arms)


def write(page: Page, study: Study) -> None:
    """Write what firms made, whom they employed, and how many failed."""
    if not alive(study):
        return
    page.chapter("firms", study.say("front_firms.chapter"))
    page.bullets(firm_findings(study) + differences(study))
    for picture in paths.path_figures(study, findings.severest(study), paths.FIRM_ROWS, paths.FIRMS):
        page.figure(picture)


def append(page: Page, study: Study) -> None:
    """Write firms' figures as a table."""
    if not alive(study):
        return
    title = study.say("front_firms.table")
    page.chapter("firms-table", title)
    metrics = [name for name in FIRMS if study.has(name)]
    page.table(means_table(study, metrics, title, study.say("front_firms.averaged")))
