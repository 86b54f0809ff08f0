"""How much capital does a guarantee fund need? ``python experiments/guarantee_fund/run.py``.

Runs a fund whose means never bind through many severe recessions and reads from every run the least capital with which
all claims would have been paid: ruin at any capital follows from it. Beside it stand other terms, books of other sizes,
and the closed form of a one-factor loss with the same mean and variance. Writes ``ruin.csv``, ``capital.csv``,
``size.csv`` and ``ruin.svg`` beside this file; an interrupted study goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from experiments.findings import CHECKS, Change, Estimate, Part, estimate
from experiments.paired import lived
from sim.config.errors import UsageError, nearest, refusal
from sim.reports.chapters import guarantee
from sim.reports.folder import Study, read_study
from sim.reports.words.formats import wilson
from sim.study.compare.intervals import quantile_interval

HERE = Path(__file__).resolve().parent
ARMS = ("base", "fee_half", "cover_half", "cap_year")
SCENARIO = "severe_recession"
CAPITALS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.30)  # of the guaranteed part of the book
FUND_OF_THE_RUN = 3.0  # fund.capital_share of the packages
BORROWERS, MONTHS = 20_000, 84
RUNS, TERMS_RUNS = 400, 15  # of base alone, and of all terms beside it
SIZES = {"a_tenth": 0.1, "the_book": 1.0}  # of the book
Floats = NDArray[np.float64]


def studied(folder: Path, arms: Sequence[str], overrides: Sequence[str]) -> Study:
    """Live some packages, or read them where they were lived."""
    files = ",".join(name if name == "lenient" else f"'{HERE / name}.yaml'" for name in arms)
    words = [f"study.arms=[{files}]", f"study.scenarios=[{SCENARIO}]", f"study.months={MONTHS}", "firms=none"]
    lived([*words, *overrides], folder)
    return read_study(folder)


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


def rows_of(many: Study, terms: Study) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Ruin at each capital, simulated and by the closed form, and the capital that survives at each level."""
    ruin, capital = [], []
    for arm in ARMS:
        study = many if arm == "base" else terms
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
        more, error = guarantee.additionality(terms, SCENARIO, arm, "lenient")
        line["additional, % of guaranteed"] = f"{100 * more:.1f}"
        line["additional, standard error"] = f"{100 * error:.1f}"
        capital.append(line)
    return ruin, capital


def figure(many: Study, terms: Study, path: Path) -> None:
    """Draw ruin against capital for each package."""
    with matplotlib.rc_context({"font.size": 8, "svg.hashsalt": "guarantee_fund", "svg.fonttype": "none"}):
        drawn = Figure(figsize=(7.0, 3.4))
        FigureCanvasSVG(drawn)
        axes = drawn.add_axes((0.08, 0.14, 0.9, 0.82))
        for arm in ARMS:
            wanted = np.sort(needs(many if arm == "base" else terms, arm))
            share = 1 - np.arange(1, len(wanted) + 1) / len(wanted)
            axes.step(100 * wanted, 100 * np.maximum(share, 0.5 / len(wanted)), where="post", label=arm, linewidth=1.1)
        axes.axhline(1, color="#9aa3ab", linewidth=0.7)
        axes.set_yscale("log")
        axes.set_xlabel("capital at the policy date, % of the guaranteed part of the book")
        axes.set_ylabel("ruin within 84 months, %")
        axes.legend(frameon=False, ncols=2)
        drawn.savefig(path, metadata={"Date": None})


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def closed_need(study: Study, arm: str, level: float) -> float:
    """Capital over the guaranteed book that the closed form asks for at a level of survival."""
    volume, book = study.totals(SCENARIO, arm, "guaranteed_lending"), study.paths(SCENARIO, arm, "fund_put_in")[:, 0]
    lost = (study.totals(SCENARIO, arm, "compensation_fund") - study.totals(SCENARIO, arm, "fund_recoveries")) / volume
    income = float(study.totals(SCENARIO, arm, "premium_paid").mean())
    means = brentq(lambda share: float(ruin_by_one_factor(lost, np.array([share]))[0]) - 1 + level, 1e-6, 0.9)
    return max(float(means * volume.mean() - income) / float(book.mean()) * FUND_OF_THE_RUN, 0.0)


def by_run(study: Study, arm: str) -> dict[str, Floats]:
    """Figures of every run, per cent or months."""
    paid, back = (study.totals(SCENARIO, arm, name) for name in ("compensation_fund", "fund_recoveries"))
    capital, put_in = (study.paths(SCENARIO, arm, name) for name in ("fund_capital", "fund_put_in"))
    liability = np.nansum(study.paths(SCENARIO, arm, "fund_liabilities"), axis=1) / 12
    return {
        "mean need": 100 * needs(study, arm),
        "month of the deepest fall": (put_in - capital).argmax(axis=1) + 1.0,
        "recovered of what was paid": 100 * back / np.maximum(paid, 1.0),
        "compensation, a year": 100 * paid / liability,
        "premium, a year": 100 * study.totals(SCENARIO, arm, "premium_paid") / liability,
    }


QUANTILES = {"need at 95 %": 0.95, "need at 99 %": 0.99}
AVERAGES = ("mean need", "month of the deepest fall", "recovered of what was paid", "compensation, a year")
ABOVE_CLOSED, ADDITIONAL = "need at 95 % less that of the closed form", "additional, of guaranteed"
FIGURES = (*AVERAGES, "premium, a year", *QUANTILES, ABOVE_CLOSED, ADDITIONAL)


class Fund:
    """The claims on the fund, measured again; quantiles have no worlds, for two runs have none."""

    folder = HERE

    def asked(self, part: Part) -> None:
        """Refuse a part that names what this experiment has not."""
        known = {"figure": FIGURES, "arm": ARMS, "against": ("", *ARMS), "world": ("", *SIZES), "than": ("", *SIZES)}
        for key, names in known.items():
            if getattr(part, key) not in names:
                raise UsageError(refusal(key, getattr(part, key), ", ".join(names), nearest(getattr(part, key), names)))

    def measure(self, parts: Sequence[Part], change: Change, to: Path, more: Sequence[str] = ()) -> list[Estimate]:
        """Estimates of the parts: levels, or paired differences to other terms or to a book of another size."""
        for part in parts:
            self.asked(part)
        many = RUNS if change == CHECKS[0] else 4 * TERMS_RUNS
        read: dict[tuple[str, bool], Study] = {}

        def study(part: Part, world: str) -> Study:
            alone = part.arm == "base" and not part.against and part.figure != ADDITIONAL
            size, arms = world or "the_book", ("base",) if alone else ("lenient", *ARMS)
            if (size, alone) not in read:
                runs = (many if size == "the_book" else 4 * TERMS_RUNS) if alone else TERMS_RUNS
                words = [*change.overrides(round(SIZES[size] * BORROWERS), runs), *more]
                read[size, alone] = studied(to / f"{size}_{'base' if alone else 'terms'}", arms, words)
            return read[size, alone]

        return [
            _estimate(part, study(part, part.world), study(part, part.than) if part.than else None, change)
            for part in parts
        ]


def _estimate(part: Part, study: Study, other: Study | None, change: Change) -> Estimate:
    arm, unit = part.arm, "months" if part.figure.startswith("month") else "%"
    if part.figure == ADDITIONAL:
        more, error = guarantee.additionality(study, SCENARIO, arm, "lenient")
        return Estimate(100 * more, 100 * (more - 2 * error), 100 * (more + 2 * error), unit)
    runs = by_run(study, arm)
    if part.figure in QUANTILES or part.figure == ABOVE_CLOSED:
        closed = 0.0 if part.figure in QUANTILES else 100 * closed_need(study, arm, 0.95)
        level = QUANTILES.get(part.figure, 0.95)
        value = float(
            np.quantile(runs["mean need"], level, method="inverted_cdf")
        )  # also where runs are too few to bound
        _, low, high = quantile_interval(runs["mean need"], level)
        return Estimate(value - closed, low - closed, high - closed, unit)
    if other is not None:
        mine, theirs = (estimate(by_run(one, arm)[part.figure], unit) for one in (study, other))
        half = float(np.hypot(mine.high - mine.low, theirs.high - theirs.low)) / 2
        return Estimate(gap := mine.value - theirs.value, gap - half, gap + half, "points")
    if part.against:
        return estimate(runs[part.figure] - by_run(study, part.against)[part.figure], "points", change.worlds)
    return estimate(runs[part.figure], unit, change.worlds)


CLAIMED = Fund()


def sizes(folder: Path, more: Sequence[str]) -> list[dict[str, str]]:
    """What the need depends on the size of the book: small books have luck of their own."""
    rows = []
    for borrowers, runs in ((2_000, 80), (20_000, 80), (200_000, 8)):
        words = [f"population.borrowers={borrowers}", f"study.replications={runs}", *more]
        wanted = 100 * needs(studied(folder / f"size_{borrowers}", ("base",), words), "base")
        row = {"borrowers": f"{borrowers}", "runs": f"{runs}", "mean need, %": f"{wanted.mean():.2f}"}
        rows.append(row | {"sd over runs, points": f"{wanted.std(ddof=1):.2f}", "largest, %": f"{wanted.max():.2f}"})
    return rows


def main() -> None:
    """Run or read the studies and write what the page shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overrides", nargs="*", help="of the machine, such as machine.workers=1")
    parser.add_argument("--study", type=Path, default=HERE / "study")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--to", type=Path, default=HERE)
    given = parser.parse_args()
    size = f"population.borrowers={BORROWERS}"
    words = [f"study.replications={given.runs}", size, *given.overrides]
    many = studied(given.study / "base", ("base",), words)
    words = [f"study.replications={min(given.runs, TERMS_RUNS)}", size, *given.overrides]
    terms = studied(given.study / "terms", ("lenient", *ARMS), words)
    given.to.mkdir(parents=True, exist_ok=True)
    ruin, capital = rows_of(many, terms)
    write(ruin, given.to / "ruin.csv")
    write(capital, given.to / "capital.csv")
    write(sizes(given.study, given.overrides), given.to / "size.csv")
    figure(many, terms, given.to / "ruin.svg")


if __name__ == "__main__":
    main()
