"""How much capital does a guarantee fund need? ``python experiments/guarantee_fund/run.py``.

Runs a fund whose means never bind through many severe recessions, once for each fee, coverage and cap, and reads from
every run the least capital with which all claims would have been paid: ruin at any capital follows from it. Beside
it stands the closed form of a one-factor loss with the same mean and variance. Writes ``ruin.csv``, ``capital.csv``
and ``ruin.svg`` beside this file; an interrupted study goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

import sim
from sim.reports.chapters import guarantee
from sim.reports.folder import Study, read_study
from sim.reports.words.formats import wilson

HERE = Path(__file__).resolve().parent
ARMS = ("base", "fee_double", "cover_half", "cap_year")
SCENARIO = "severe_recession"
CAPITALS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.30)  # of the guaranteed part of the book
FUND_OF_THE_RUN = 3.0  # fund.capital_share of the packages
RUNS = 400
Floats = NDArray[np.float64]


def needs(study: Study, arm: str) -> Floats:
    """Least capital of each run over the guaranteed part of the lender's book at the policy date."""
    book = study.paths(SCENARIO, arm, "fund_put_in")[:, 0] / FUND_OF_THE_RUN
    return guarantee.capital_needs(study, SCENARIO, arm) / book


def one_factor(losses: Floats) -> tuple[float, float]:
    """Default probability and correlation of Vasicek's law with the mean and variance of the losses."""
    mean, variance = float(losses.mean()), float(losses.var(ddof=1))
    edge = float(norm.ppf(mean))

    def excess(correlation: float) -> float:
        joint = multivariate_normal.cdf([edge, edge], cov=[[1, correlation], [correlation, 1]])
        return float(joint) - mean * mean - variance

    return mean, float(brentq(excess, 1e-6, 0.9))


def ruin_by_one_factor(losses: Floats, means: Floats) -> Floats:
    """Probability that the loss of the horizon exceeds the means, by Vasicek's law (2002)."""
    default, correlation = one_factor(losses)
    root = np.sqrt((1 - correlation) / correlation)
    inside = np.clip(means, 1e-9, 1 - 1e-9)
    return np.asarray(norm.cdf(norm.ppf(default) / np.sqrt(correlation) - root * norm.ppf(inside)))


def rows_of(study: Study) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Ruin at each capital, simulated and by the closed form, and the capital that survives at each level."""
    ruin, capital = [], []
    for arm in ARMS:
        wanted = needs(study, arm)
        book = study.paths(SCENARIO, arm, "fund_put_in")[:, 0] / FUND_OF_THE_RUN
        paid = study.totals(SCENARIO, arm, "compensation_fund") - study.totals(SCENARIO, arm, "fund_recoveries")
        income = study.totals(SCENARIO, arm, "premium_paid")
        # The closed form knows no months: net compensation of the horizon against capital and all income.
        volume = study.totals(SCENARIO, arm, "guaranteed_lending")
        means = (np.array(CAPITALS) * book.mean() + income.mean()) / volume.mean()
        theory = ruin_by_one_factor(paid / volume, means)
        for share, by_theory in zip(CAPITALS, theory, strict=True):
            count = int((wanted > share).sum())
            low, high = wilson(count, len(wanted))
            row = {"package": arm, "capital, % of guaranteed book": f"{100 * share:g}", "runs": str(len(wanted))}
            row |= {"ruined": str(count), "ruin, %": f"{100 * count / len(wanted):.2f}"}
            row |= {"low, %": f"{100 * low:.2f}", "high, %": f"{100 * high:.2f}"}
            ruin.append({**row, "one-factor closed form, %": f"{100 * by_theory:.2f}"})
        line = {"package": arm, "runs": str(len(wanted)), "mean need, %": f"{100 * wanted.mean():.2f}"}
        for level in guarantee.LEVELS:
            value, bound = guarantee.required_capital(wanted, level)
            known = np.isfinite(value)
            line[f"survives at {100 * level:g} %"] = f"{100 * value:.2f}" if known else "n/a"
            line[f"upper bound at {100 * level:g} %"] = f"{100 * bound:.2f}" if known else "n/a"
        balance = guarantee.break_even(study, SCENARIO, arm)
        line["break-even, % a year"] = f"{100 * balance.rate:.2f}"
        line["met, % a year"] = f"{100 * balance.compensation:.2f}"
        more, error = guarantee.additionality(study, SCENARIO, arm, "lenient")
        line["additional, % of guaranteed"] = f"{100 * more:.1f}"
        line["additional, standard error"] = f"{100 * error:.1f}"
        capital.append(line)
    return ruin, capital


def figure(study: Study, path: Path) -> None:
    """Draw ruin against capital for each package."""
    with matplotlib.rc_context({"font.size": 8, "svg.hashsalt": "guarantee_fund", "svg.fonttype": "none"}):
        drawn = Figure(figsize=(7.0, 3.4))
        FigureCanvasSVG(drawn)
        axes = drawn.add_axes((0.08, 0.14, 0.9, 0.82))
        for arm in ARMS:
            wanted = np.sort(needs(study, arm))
            share = 1 - np.arange(1, len(wanted) + 1) / len(wanted)
            axes.step(100 * wanted, 100 * np.maximum(share, 0.5 / len(wanted)), where="post", label=arm, linewidth=1.1)
        axes.axhline(1, color="#9aa3ab", linewidth=0.7)
        axes.set_yscale("log")
        axes.set_xlabel("capital at the policy date, % of the guaranteed part of the book")
        axes.set_ylabel("ruin within 60 months, %")
        axes.legend(frameon=False, ncols=2)
        drawn.savefig(path, metadata={"Date": None})


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Run or read the study and write what the page shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=HERE / "study")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--to", type=Path, default=HERE)
    given = parser.parse_args()
    folder, to = given.study.absolute(), given.to.absolute()
    os.chdir(HERE)  # the packages are named by their files
    arms = ",".join(["lenient", *(f"{name}.yaml" for name in ARMS)])
    sim.run(
        [f"study.arms=[{arms}]", f"study.scenarios=[{SCENARIO}]", f"study.replications={given.runs}",
         "study.months=60", "population.borrowers=2000", "firms=none"],
        out=folder,
    )  # fmt: skip
    study = read_study(folder)
    to.mkdir(parents=True, exist_ok=True)
    ruin, capital = rows_of(study)
    write(ruin, to / "ruin.csv")
    write(capital, to / "capital.csv")
    figure(study, to / "ruin.svg")


if __name__ == "__main__":
    main()
