"""A thousand points of twenty parameters, four replications each: time, memory of the parent, time outside cells.

python benchmarks/thousand_cells.py FOLDER [POINTS] [OVERRIDES]

Overrides change the cells; ``firms=none`` leaves persons and the lender alone.

Prints the wall time, what a cell costs beside its months, and the growth of the parent's memory by 100 points.
"""

import sys
import threading
import time
from pathlib import Path

from sim.config.job import plan
from sim.study.run.runner import run_study
from sim.study.store.store import entries

AXES = [
    "fund.capital_share=interval(0.02,0.3)",
    "fund.premium_rate=interval(0.0,0.03)",
    "fund.leverage_cap=interval(5.0,20.0)",
    "economy.systematic.severity_mean=interval(0.5,2.0)",
    "economy.unemployment=interval(0.04,0.07)",
    "economy.labour.finding_calm=interval(0.2,0.3)",
    "behaviour.benefit_share=interval(0.1,0.4)",
    "behaviour.family_probability=interval(0.3,0.7)",
    "behaviour.expense_probability=interval(0.01,0.03)",
    "behaviour.expense_size=interval(1.0,3.0)",
    "behaviour.strategic_hazard=interval(0.001,0.004)",
    "behaviour.contagion=interval(0.0,20.0)",
    "behaviour.oversight=interval(0.005,0.02)",
    "behaviour.other_appetite=interval(0.2,0.4)",
    "behaviour.prepay_probability=interval(0.01,0.05)",
    "lender.funding_spread=interval(0.01,0.03)",
    "lender.operating_cost=interval(0.02,0.04)",
    "lender.loss_given_default=interval(0.8,0.95)",
    "population.essential_share=interval(0.45,0.52)",
    "population.mean_other_debt=interval(0.8,1.4)",
]


def memory() -> float:
    """Resident memory of this process, MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def main() -> None:
    folder, size = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    axes = ",".join(f"'{axis}'" for axis in AXES)
    began = time.perf_counter()
    study = plan(
        [
            "design=latin_hypercube",
            f"design.size={size}",
            f"design.vary=[{axes}]",
            "study.arms=[guaranteed]",
            "study.scenarios=[severe_recession]",
            "study.replications=4",
            "population.borrowers=10000",
            *sys.argv[3:],
        ]
    )
    print(f"planned and checked {study.task_count} cells in {time.perf_counter() - began:.1f} s", flush=True)
    seen: list[tuple[int, float]] = []

    def watch() -> None:
        while not done.wait(2.0):
            seen.append((len(list((folder / "journal").glob("*.json"))), memory()))

    done = threading.Event()
    threading.Thread(target=watch, daemon=True).start()
    began = time.perf_counter()
    run_study(study, folder)
    wall = time.perf_counter() - began
    done.set()
    cells = sum(entry.seconds for entry in entries(folder))
    print(f"wall {wall:.0f} s; cells {cells:.0f} core-seconds, {cells / study.task_count * 1000:.0f} ms each")
    chunks = max(count for count, _ in seen) or 1
    inside = [(count / chunks * size, size_) for count, size_ in seen if 0.1 < count / chunks < 1.0]
    (first, low), (last, high) = inside[0], inside[-1]
    print(
        f"memory of the parent {low:.0f} to {high:.0f} MB: {(high - low) / (last - first) * 100:.2f} MB by 100 points"
    )


if __name__ == "__main__":
    main()
