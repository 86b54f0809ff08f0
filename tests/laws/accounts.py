"""The month's accounts, made a second time: sums of columns by NumPy, flows by hand."""

from __future__ import annotations

import numpy as np

PERSONS_IN = (
    *("wages.received", "benefits.received", "family_help.received", "arrivals_cash.received"),
    *("loans_drawn.received", "others_drawn"),
)
PERSONS_OUT = (
    *("essentials.paid", "expenses.paid", "purchases.paid", "discretionary.paid", "leavers_cash.paid"),
    *("paid_platform", "recoveries.paid", "paid_others"),
)

# What raises and what lowers each stock: written down here again, not taken from the ledger.
MOVES = {
    "cash": (PERSONS_IN, PERSONS_OUT),
    "principal": (("loans_drawn.paid", "fraud_on_book"), ("principal_repaid.received", "charged_off")),
    "interest": (("interest_accrued",), ("interest_paid.received", "interest_charged_off")),
    "other_debt": (
        ("others_drawn", "arrivals_debt"),
        ("others_repaid.received", "others_written_off", "leavers_debt"),
    ),
    "covered": (("drawn_covered",), ("repaid_covered", "newly_triggered")),
    "triggered": (
        ("newly_triggered",),
        ("repaid_triggered", "recovered_triggered", "abandoned_triggered"),
    ),
    "written_off": (("charged_off",), ("recoveries.received", "debt_sold.received", "abandoned")),
}
SCHEME_FLOWS = (
    *(
        "premium",
        "compensation",
        "recovery_passed_on",
        "investment_income",
        "investment_loss",
        "replenishment",
    ),
    *("joint_funding", "joint_principal", "joint_interest", "facilitation_fee", "joint_write_off"),
)
LENDER_FLOWS = (
    "warning_cost",
    "review_cost",
    "check_cost",
    *("operating_cost", "funding_interest", "collections_cost", "dividends"),
    *("funding_drawn", "funding_repaid"),
)
POSTINGS = sorted(
    {name for raised, lowered in MOVES.values() for name in (*raised, *lowered)}
    | {"loans_drawn.received", "others_interest.received", "drawn_to_repay", "interest_covered"}
    | {"charged_off_covered", *SCHEME_FLOWS, *LENDER_FLOWS}
)


def stocks(model) -> dict[str, int]:
    """Sum every stock over the tables, and read the aggregates' own cash."""
    columns = {"cash": model.persons, "other_debt": model.persons}
    found = {name: int(columns.get(name, model.accounts)[name].sum(dtype=np.int64)) for name in MOVES}
    found["lender_cash"] = model.lender.cash
    found["fund_cash"] = model.sharing.fund.cash
    found["outside"] = model.ledger.outside
    return found


def assert_month(model, before: dict[str, int]) -> dict[str, int]:
    """Check every account of the month just lived; returns the closing stocks."""
    closing, ledger = stocks(model), model.ledger
    flows = ledger.flows
    where = f"month {model.month - 1}"
    if model.month == 1:
        before = policy_date(model, before)
    for pair, (paid, received) in ledger.matrix().items():
        assert paid == received, f"{where}: {pair}"
    for name, (raised, lowered) in MOVES.items():
        assert ledger.stocks[name] == closing[name], f"{where}: {name} of the ledger"
        change = sum(flows[flow] for flow in raised) - sum(flows[flow] for flow in lowered)
        assert before[name] + change == closing[name], f"{where}: {name}"
    assert closing["cash"] - before["cash"] == net(ledger, {"persons"}), where
    assert closing["lender_cash"] - before["lender_cash"] == net(ledger, {"lender"}), where
    assert closing["outside"] - before["outside"] == net(ledger, {"outside", "government"}), where
    assert closing["fund_cash"] - before["fund_cash"] == net(ledger, {"guarantee_fund"}), where
    assert_lender(model, where)
    assert_rows(model, where)
    return closing


def policy_date(model, before: dict[str, int]) -> dict[str, int]:
    """Stocks as the scheme opens them: the fund is founded, old loans may come under cover."""
    covered = before["principal"] if model.config.sharing.covers_existing else 0
    return {**before, "fund_cash": model.sharing.fund.initial, "covered": covered}


def net(ledger, sectors: set[str]) -> int:
    """Cash that reached the sectors less cash that left them, from the flow matrix."""
    total = 0
    for (instrument, payer, receiver), (paid, received) in ledger.matrix().items():
        if instrument == "cash":
            total += received * (receiver in sectors) - paid * (payer in sectors)
    return total


def assert_lender(model, where: str) -> None:
    """Assets less debts are equity, to the fen."""
    lender, sharing = model.lender, model.sharing
    principal = int(model.accounts["principal"].sum(dtype=np.int64))
    interest = int(model.accounts["interest"].sum(dtype=np.int64))
    assert lender.own_loans == principal - sharing.others_stake, where
    assets = lender.cash + lender.own_loans + interest + sharing.receivable - lender.provisions
    assert lender.equity == assets - lender.funding, where
    assert lender.cash >= 0 and lender.funding >= 0, where


def assert_rows(model, where: str) -> None:
    """What must hold for every single person."""
    book, private = model.accounts, model.persons
    for table in (private, book):
        for name, column in table.columns.items():
            if column.unit.startswith("fen") and not column.is_float:
                assert table[name].min() >= 0, f"{where}: {name}"
    principal, written_off = book["principal"].astype(np.int64), book["written_off"].astype(np.int64)
    claims = book["covered"].astype(np.int64) + book["triggered"]
    assert (claims <= principal + written_off).all(), f"{where}: more covered than owed"
    assert (book["overdue"].astype(np.int64) <= principal + book["interest"]).all(), f"{where}: overdue"
    assert not book["interest"][principal == 0].any(), f"{where}: interest on nothing"
    assert not book["months_past_due"][book["overdue"] == 0].any(), f"{where}: late with nothing overdue"
    gone = book["alive"] == 0
    for name in ("principal", "interest", "written_off", "limit", "line"):
        assert not book[name][gone].any(), f"{where}: {name} of those who left"
    assert not private["cash"][gone].any() and not private["other_debt"][gone].any(), where
