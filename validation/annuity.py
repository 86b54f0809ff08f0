"""The loan contract to the fen: every payment of real accounts is the annuity."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from validation import closed_forms as formula
from validation.checks import Case, Check
from validation.plain import NO_UNEMPLOYMENT, forks, holders, lent
from validation.size import Size

PRINCIPAL = 1_000_000  # fen: 10 000 yuan
TERMS = (3, 6, 12)
RATES = ("0", "0.073", "0.146", "0.24")


def annuities(size: Size) -> list[Check]:
    """Every payment of real accounts: the annuity to the fen, paid off in exactly as many months as agreed."""
    checks: list[Check] = []
    for rate in RATES:
        checks.extend(_annuity(rate))
    return checks


def plain_loans(rate: str) -> tuple[str, ...]:
    """Keys of loans of 10 000 yuan over 3, 6 and 12 months that everybody can pay."""
    return (
        "population.card_share=0",
        f"policy.pricing.flat_rate={rate}",
        f"policy.limit.limit_cap={PRINCIPAL}",
        f"behaviour.smallest_draw={PRINCIPAL}",
        *NO_UNEMPLOYMENT,
    )


def _annuity(rate: str) -> list[Check]:
    keys, persons, seed = plain_loans(rate), 200, 801
    book = lent(keys, persons, seed)
    rows = holders(book, keys, persons)
    model = next(forks(keys, persons, book, [seed]))
    terms = model.accounts["term"][rows].astype(np.int64)
    instalments = model.accounts["payment"][rows].copy()
    paid, owed = [], []
    for _ in range(max(TERMS) + 1):
        model.step()
        paid.append(model.accounts["paid"][rows].astype(np.int64))
        owed.append(model.accounts["principal"][rows] + model.accounts["interest"][rows])
    plan = np.zeros((len(paid), len(rows)), dtype=np.int64)
    for months in TERMS:  # the longest last
        exact = formula.payment_plan(PRINCIPAL, Fraction(rate), months)
        plan[: len(exact), terms == months] = np.array(exact)[:, None]
    late = np.count_nonzero(np.array(owed), axis=0) + 1 != terms
    longest = max(TERMS)
    case = Case(
        "annuity", "P i / (1 - (1+i)⁻ⁿ)",
        f"{PRINCIPAL // 100} yuan at {float(rate):.1%} a year, {len(rows)} accounts of 3, 6 and 12 months",
    )  # fmt: skip
    level = formula.annuity(PRINCIPAL, float(rate), longest)
    return [
        case.identity(
            f"instalment over {longest} months, fen ({level:.5f} rounded up)", exact[0],
            int(instalments[terms == longest].max()),
        ),
        case.identity("largest difference of any payment, fen", 0, int(np.abs(np.array(paid) - plan).max())),
        case.identity("accounts not paid off in exactly their term", 0, int(np.count_nonzero(late))),
    ]  # fmt: skip
