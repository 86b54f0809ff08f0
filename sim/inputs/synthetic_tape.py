"""A made-up loan tape with the columns of the public Taiwanese one, for tests and first steps.

``python -m sim.inputs.synthetic_tape examples/tape.csv`` writes the file that is shipped. Nobody in it exists:
limits are log-normal-like, a third of the accounts pay in full, the rest revolve, and statuses follow a small
chain with about the roll rates of the original (4 % a month fall two months behind, a third of those come back).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from sim.engine.loops.philox import uniforms

MONTHS = 6
HEADER = (
    *("ID", "LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE"),
    *("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"),
    *(f"BILL_AMT{k}" for k in range(1, MONTHS + 1)),
    *(f"PAY_AMT{k}" for k in range(1, MONTHS + 1)),
)
LIMITS = (10_000, 20_000, 30_000, 50_000, 80_000, 100_000, 150_000, 200_000, 260_000, 360_000, 500_000)
PERSON, MONTH = 0, 1  # groups of draws of this generator alone


def synthetic_tape(accounts: int = 500, seed: int = 2005) -> list[tuple[int, ...]]:
    """Make the rows of a tape; the same arguments give the same rows on every machine.

    Parameters
    ----------
    accounts : int
        Number of rows.
    seed : int
        Of every draw.

    Returns
    -------
    list of tuple of int
        In the order of `HEADER`; money in whole NT dollars.
    """
    return [_account(number, seed) for number in range(1, accounts + 1)]


def _account(number: int, seed: int) -> tuple[int, ...]:
    u_limit, u_kind, u_age, u_other = uniforms(seed, PERSON, number, 0, 0)
    limit = LIMITS[int(u_limit * len(LIMITS))]
    kind = "unused" if u_kind < 0.08 else "full" if u_kind < 0.36 else "revolving"
    status, bill, paid = _history(number, seed, limit, kind, u_other)
    person = (number, limit, 1 + (u_other < 0.6), 1 + int(3 * u_age), 1 + (u_other < 0.4), 21 + int(45 * u_age * u_age))
    return (*person, *reversed(status), *reversed(bill), *reversed(paid))


def _history(number: int, seed: int, limit: int, kind: str, use: float) -> tuple[list[int], list[int], list[int]]:
    """Status, bill and payment of one account, oldest month first."""
    current = {"unused": -2, "full": -1, "revolving": 0}[kind]
    share = {"unused": 0.0, "full": 0.1, "revolving": 0.3 + 0.6 * use}[kind]
    status, bill, paid = [current], [int(limit * share)], [int(limit * share * 0.05)]
    for month in range(1, MONTHS):
        u_roll, u_spend, u_pay, _ = uniforms(seed, MONTH, number, 0, month)
        late = status[-1] > 0
        if kind == "unused":
            now = -2
        elif late:
            now = current if u_roll < 0.32 else status[-1] if u_roll < 0.93 else min(status[-1] + 1, 8)
        else:
            now = 2 if u_roll < (0.05 if kind == "revolving" else 0.02) else current
        due = bill[-1] if kind == "full" else int(bill[-1] * (0.04 + 0.06 * u_pay))
        pay = 0 if now > max(status[-1], 0) else due
        status.append(now)
        paid.append(pay)
        bill.append(min(int(limit * share * (0.8 + 0.4 * u_spend)) + max(bill[-1] - pay, 0) // 20, int(1.1 * limit)))
    return status, bill, paid


def write_tape(file: Path, accounts: int = 500, seed: int = 2005) -> None:
    """Write a synthetic tape as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(synthetic_tape(accounts, seed))


if __name__ == "__main__":
    write_tape(Path(sys.argv[1] if len(sys.argv) > 1 else "examples/tape.csv"))
