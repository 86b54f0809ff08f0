"""Who bears which loss under twenty real schemes? ``python experiments/risk_sharing/run.py``.

Runs ``creditcycle experiment=risk_sharing`` into a study folder (or takes a finished one, ``--study FOLDER``) and
writes ``table.csv``, ``bearers.svg`` and ``claims.csv`` beside this file. An interrupted study goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

import sim
from experiments.paired import Experiment
from experiments.paired import Figure as Compared
from sim.figures.catalog import BEARERS
from sim.reports.chapters import guarantee
from sim.reports.drawing.bars import borne
from sim.reports.drawing.style import BEARER_COLOURS
from sim.reports.folder import Study, read_study

HERE = Path(__file__).resolve().parent
BASE = "lenient"
COMPARED = ("approval_rate", "price", "access_thin_file", "drawn", "delinquent_90", "lender_profit")
AUDITED = ("sharing=scheme_4321", "economy=severe_recession", "population.borrowers=5000", "study.burn_in=24")
TWO_SIDED = 1.959964
BORROWERS, RUNS = 8000, 10
NET = "(charged_off - recovered + 1e-9)"

CLAIMED = Experiment(
    folder=HERE,
    arms={BASE: ""}
    | dict.fromkeys(("guarantee_80_20", "capped_80_3", "scheme_4321", "joint_loan_30_70", "joint_loan_banks"), BASE)
    | dict.fromkeys(("sba_7a", "stop_loss", "inclusive_85"), BASE),
    worlds={"persons": ("policy/pricing=risk_based", "firms=none")},
    scenarios=("calm", "severe_recession"),
    borrowers=BORROWERS,
    runs=RUNS,
    figures=(
        Compared("loss that the fund bears", f"loss_fund / {NET}", "points", 100, "%"),
        Compared("loss that the lender bears", f"loss_lender / {NET}", "points", 100, "%"),
        Compared("loss that the government bears", f"loss_government / {NET}", "points", 100, "%"),
        Compared("price", "price", "points", 100, "%"),
        Compared("applications approved", "approvals / applications", "points", 100, "%"),
        Compared("new lending", "drawn", mean_unit="fen a month"),
        Compared("90 days past due and more, of principal", "delinquent_90", "points", 100, "%"),
        Compared("lender's profit", "lender_profit", mean_unit="fen a month"),
        Compared("premium, a year of what stands covered", "1200 * premium_paid / covered_outstanding", "%"),
        Compared("compensation, a year of what stands covered", "1200 * compensation_paid / covered_outstanding", "%"),
    ),
    strokes=(),
)


def table(study: Study) -> list[dict[str, str]]:
    """One row for each scheme and scenario."""
    rows = []
    for scenario in study.scenarios:
        for arm in study.arms:
            row = {"scheme": arm.name, "scenario": scenario}
            parts = borne(study, scenario, arm.name)
            whole = sum(parts.values())
            row |= {f"{BEARERS[name].lower()} bears, %": f"{100 * value / whole:.1f}" for name, value in parts.items()}
            row["net loss, million yuan"] = f"{whole / 1e8:.3f}"
            row |= compared(study, scenario, arm.name)
            row |= price_of_protection(study, scenario, arm.name)
            rows.append(row)
    return rows


def compared(study: Study, scenario: str, arm: str) -> dict[str, str]:
    """Paired differences to the study's base, with half the 95 % interval."""
    found = {}
    for name in COMPARED:
        estimate = study.estimate(scenario, arm, name)
        half = (estimate.difference_high - estimate.difference_low) / 2
        money = name in ("drawn", "lender_profit")
        factor, unit, decimals = (1e-8, "million yuan a month", 4) if money else (100, "points", 2)
        found[f"{name}, {unit}"] = f"{estimate.mean * factor:.{decimals}f}"
        if arm != BASE:
            found[f"{name}, change"] = f"{estimate.difference * factor:+.{decimals}f}"
            found[f"{name}, half interval"] = f"{half * factor:.{decimals}f}"
    return found


def price_of_protection(study: Study, scenario: str, arm: str) -> dict[str, str]:
    """Premium and compensation on what stands covered, additionality, public cost, the fate of the fund."""
    if arm == BASE or not guarantee.shares(study, arm):
        return {}
    covered = float(np.nansum(study.paths(scenario, arm, "covered_outstanding"))) / 12
    rates = {
        name: 100 * sum(float(study.totals(scenario, arm, one).sum()) for one in parts) / covered
        for name, parts in (
            ("premium, % a year", ("premium_paid", "premium_layers")),
            ("compensation, % a year", ("compensation_paid",)),
        )
    }
    more, error = guarantee.additionality(study, scenario, arm, BASE)
    cost, cost_error = guarantee.cost_of_credit(study, scenario, arm, BASE)
    states = study.paths(scenario, arm, "fund_state")
    found = {name: f"{rate:.2f}" for name, rate in rates.items()}
    found["additional, % of guaranteed"] = f"{100 * more:.1f}"
    found["additional, half interval"] = f"{100 * TWO_SIDED * error:.1f}"
    found["public cost, yuan an additional yuan"] = "n/a" if math.isnan(cost) else f"{cost:.2f}"
    found["public cost, half interval"] = "n/a" if math.isnan(cost_error) else f"{TWO_SIDED * cost_error:.2f}"
    found["runs suspended"] = found["ruin, %"] = "n/a"
    if states.size:  # where there is a fund
        share, low, high = guarantee.ruin(states, states.shape[1])
        found["runs suspended"] = str(int(np.isfinite(guarantee.first_months(states, guarantee.SUSPENDED)).sum()))
        found["ruin, %"] = f"{100 * share:.0f} ({100 * low:.0f} to {100 * high:.0f})"
    return found


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write rows as CSV; what a row lacks stays empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.DictWriter(sink, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def figure(study: Study, path: Path) -> None:
    """Draw who bears the loss, and what each scheme does to approval and to the lender's profit."""
    scenario = study.scenarios[-1]
    names = [arm.name for arm in study.arms]
    with matplotlib.rc_context({"font.size": 7, "svg.hashsalt": "risk_sharing", "svg.fonttype": "none"}):
        drawn = Figure(figsize=(8.2, 5.2))
        FigureCanvasSVG(drawn)
        axes = drawn.subplots(1, 3, sharey=True, gridspec_kw={"width_ratios": [2.2, 1, 1], "left": 0.16, "right": 0.99,
                                                              "top": 0.86, "bottom": 0.09, "wspace": 0.08})  # fmt: skip
        for row, name in enumerate(names):
            parts, left = borne(study, scenario, name), 0.0
            whole = sum(parts.values())
            for key, value in parts.items():
                axes[0].barh(row, 100 * max(value, 0) / whole, left=left, color=BEARER_COLOURS[key], height=0.7)
                left += 100 * max(value, 0) / whole
            for place, metric, factor in ((1, "approval_rate", 100), (2, "lender_profit", 1e-6)):
                estimate = study.estimate(scenario, name, metric)
                if name != BASE:
                    ends = [[estimate.difference_low * factor, estimate.difference_high * factor]]
                    axes[place].plot(*ends, [row, row], color="#17406d", linewidth=1)
                    axes[place].plot(estimate.difference * factor, row, "o", color="#17406d", markersize=3)
        axes[0].set_yticks(range(len(names)), names)
        axes[0].set_ylim(len(names) - 0.5, -0.5)
        axes[0].set_xlabel("share of net loss, %")
        axes[1].set_xlabel("approval, points against none")
        axes[2].set_xlabel("lender's profit, 10 000 yuan a month")
        for one in axes[1:]:
            one.axvline(0, color="#9aa3ab", linewidth=0.7)
        shown = [key for key in BEARERS if study.has(key) and (study.monthly[key] != 0).any()]
        handles = [matplotlib.patches.Patch(color=BEARER_COLOURS[key], label=BEARERS[key]) for key in shown]
        drawn.legend(handles=handles, ncols=6, loc="upper center", frameon=False)
        drawn.savefig(path, metadata={"Date": None})


def audited(path: Path) -> None:
    """Write one line for each claim of one run under 4321: loan, month, amount and parts, in fen."""
    model = sim.Model(sim.compose(AUDITED))
    names = ("guarantee_fund", "re_guarantee_fund", "lender", "government")
    with path.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(["month", "customer", "loan", "claimed", *names])
        for _ in range(24 + 24):
            model.step()
            for line in model.claims():
                writer.writerow(
                    [line.month, line.customer, line.loan, line.amount, *(line.borne.get(name, 0) for name in names)]
                )


def main() -> None:
    """Run or read the study and write what the page shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=HERE / "study")
    parser.add_argument("--replications", type=int, default=RUNS)
    parser.add_argument("--to", type=Path, default=HERE)
    given = parser.parse_args()
    sim.run(
        ["experiment=risk_sharing", f"study.replications={given.replications}", f"population.borrowers={BORROWERS}"],
        out=given.study,
    )
    study = read_study(given.study)
    given.to.mkdir(parents=True, exist_ok=True)
    write(table(study), given.to / "table.csv")
    figure(study, given.to / "bearers.svg")
    audited(given.to / "claims.csv")


if __name__ == "__main__":
    main()
