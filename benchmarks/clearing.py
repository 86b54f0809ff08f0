"""Milliseconds to clear the debts of many firms, as JSON on standard output.

    python benchmarks/clearing.py [--firms 50000] [--suppliers 8]

Firms owe random others random amounts; before the shock each could just pay, with up to a tenth to spare. A share
of them then loses what it has. ``short`` counts those who do not pay in full, those struck later included;
``reference_ms`` is one pass over the links in NumPy in the same run. The least of several repeats is kept.
"""

import argparse
import json
import math
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from sim.firms.clearing import clear, debtrank

REPEATS = 15


def least_ms(work: Callable[[], Any]) -> float:
    """Return the least time over all repeats, compiling first."""
    work()
    best = math.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return round(best * 1e3, 2)


def network(firms: int, suppliers: int, struck: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return debts and funds after a share of the firms has been struck."""
    generator = np.random.default_rng(1)
    first = np.arange(firms + 1) * suppliers
    creditor = generator.integers(0, firms, firms * suppliers).astype(np.int32)
    owed = generator.integers(10_000, 5_000_000, creditor.size)
    due = np.add.reduceat(owed, first[:-1])
    income = np.bincount(creditor, owed, firms).astype(np.int64)
    funds = np.maximum(0, due - income) + (generator.random(firms) * 0.1 * due).astype(np.int64)
    funds[generator.random(firms) < struck] //= 4
    return first, creditor, owed, funds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=50_000)
    parser.add_argument("--suppliers", type=int, default=8)
    given = parser.parse_args()
    result: dict[str, Any] = {"machine": platform.machine(), "firms": given.firms, "suppliers": given.suppliers}
    for struck in (0.0, 0.01, 0.05, 0.2):
        first, creditor, owed, _funds = links = network(given.firms, given.suppliers, struck)
        cleared = clear(*links)
        result[f"struck_{struck:g}"] = {
            "clear_ms": least_ms(lambda links=links: clear(*links)),
            "short": int((cleared.spent < np.add.reduceat(owed, first[:-1])).sum()),
            "rounds": cleared.rounds,
        }
    shocked = np.zeros(given.firms)
    shocked[: given.firms // 20] = 1.0
    capital = np.add.reduceat(owed, first[:-1]) * 2
    result["debtrank_ms"] = least_ms(lambda: debtrank(first, creditor, owed, capital, shocked))
    result["reference_ms"] = least_ms(lambda: np.bincount(creditor, owed, given.firms))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
