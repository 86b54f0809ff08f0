"""Estates of failed firms, gone through firm by firm: what they fetch, who is paid, who bears the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.engine.loops.compiled import scalar
from sim.engine.loops.diskcache import kept
from sim.firms.firm import NO_FIRM
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_OPEN


class Estate(NamedTuple):
    """What `sell_out` leaves: fen that the sale brought, that went elsewhere, and that creditors have."""

    sold: int
    overdraft_lost: int
    cost: int
    secured: int
    rest: int


@scalar
def sell_out(
    cash: int,
    pledge: int,
    inventory: int,
    receivables: int,
    claims: int,
    loan: int,
    price: float,
    claims_price: float,
    estate_cost: float,
) -> Estate:
    """Sell what a failed firm leaves, for a part of it; the pledge serves the lender first, as far as the estate goes.

    ``claims`` is what a factor pays for what customers owe. An overdraft outside that the sale does not cover is lost.
    """
    pledged, goods, owed_to = int(price * pledge), int(price * inventory), int(claims_price * receivables)
    sold = pledged + goods + owed_to + claims
    estate = cash + sold
    lost = max(-estate, 0)
    estate = max(estate, 0)
    cost = int(estate_cost * estate)
    estate -= cost
    secured = min(min(pledged, loan), estate)
    return Estate(sold=sold, overdraft_lost=lost, cost=cost, secured=secured, rest=estate - secured)


@kept
def sell_estates(
    failed: Any,
    slots: Any,
    price: Any,
    claims_price: Any,
    estate_cost: Any,
    sold_claims: Any,
    cash: Any,
    pledge: Any,
    inventory: Any,
    receivables: Any,
    overdraft: Any,
    vacancies: Any,
    orders: Any,
    principal: Any,
    interest: Any,
    written_off: Any,
    later: Any,
    due: Any,
    debts: Any,
    rest: Any,
    sums: Any,
) -> None:
    """Sell out each failed firm; what serves the lender first becomes its cash, and nothing else is left in it.

    ``sold_claims`` are by supplier. ``debts``, shape (failed, slots + 1), gets what each owes over its links and what
    of the loan no pledge secures, ``rest`` what these creditors share, ``sums`` what was sold, inventory, receivables,
    overdrafts lost, cost.
    """
    for place in range(failed.size):
        row = failed[place]
        loan = np.int64(principal[row]) + interest[row] + written_off[row]
        claims = int(claims_price * sold_claims[row])
        one = sell_out(cash[row], pledge[row], inventory[row], receivables[row], claims, loan,
                       price, claims_price, estate_cost)  # fmt: skip
        for slot in range(slots):
            debts[place, slot] = later[row * slots + slot] + due[row * slots + slot]
        debts[place, slots] = loan - one.secured
        rest[place], cash[row] = one.rest, one.secured
        sums[0] += one.sold
        sums[1] += inventory[row]
        sums[2] += receivables[row]
        sums[3] += one.overdraft_lost
        sums[4] += one.cost
        pledge[row] = inventory[row] = receivables[row] = overdraft[row] = vacancies[row] = orders[row] = 0


@kept
def call_in(
    failed: Any,
    principal: Any,
    interest: Any,
    written_off: Any,
    grace: Any,
    holiday: Any,
    limit: Any,
    overdue: Any,
    payment: Any,
    line: Any,
    cash: Any,
    short: Any,
) -> None:
    """Let the whole loan fall due: grace and holidays end, nothing more may be drawn, and no instalment is left.

    ``short`` gets what cash lacks to pay it and what of it is written off.

    So what an owner pays by and by does not make the loan younger, and it is charged off at the usual age. Else loans
    of failed firms stay on the book for years, and arrears of calm times rise for as long.
    """
    for place in range(failed.size):
        row = failed[place]
        short[place] = np.int64(principal[row]) + interest[row] + written_off[row] - cash[row]
        grace[row] = holiday[row] = limit[row] = 0
        owes = principal[row] > 0
        overdue[row] = principal[row] + interest[row] if owes else 0
        payment[row] = 1 if owes else 0
        if line[row] == LINE_APPLIED or line[row] == LINE_OPEN:
            line[row] = LINE_CLOSED


@kept
def pay_creditors(
    failed: Any,
    slots: Any,
    debts: Any,
    paid: Any,
    insured_part: Any,
    supplier: Any,
    later: Any,
    due: Any,
    cash: Any,
    hit: Any,
    owed: Any,
    owed_due: Any,
    claims: Any,
    claims_due: Any,
    sums: Any,
) -> None:
    """Pay lender and suppliers of failed firms their part, write off the rest of what suppliers are owed.

    A part of what suppliers lose is insured; one that is hit hard is in danger itself (Jacobson and von Schedvin,
    2015). ``sums`` gets what was paid over links, what of it firms and suppliers outside got, what firms and suppliers
    outside lost, and what was insured.
    """
    got, lost = np.zeros(cash.size, np.int64), np.zeros(cash.size, np.int64)
    for place in range(failed.size):
        cash[failed[place]] += paid[place, slots]
        owed[failed[place]] = owed_due[failed[place]] = 0
        for slot in range(slots):
            link = failed[place] * slots + slot
            sums[0] += paid[place, slot]
            got[supplier[link]] += paid[place, slot]
            lost[supplier[link]] += debts[place, slot] - paid[place, slot]
            if supplier[link] != NO_FIRM:
                claims[supplier[link]] -= later[link] + due[link]
                claims_due[supplier[link]] -= due[link]
            later[link] = due[link] = 0
    sums[2], sums[4] = got[NO_FIRM], lost[NO_FIRM]
    for row in range(NO_FIRM + 1, cash.size):
        insured = int(lost[row] * insured_part)
        sums[1] += got[row]
        sums[3] += lost[row]
        sums[5] += insured
        cash[row] += got[row] + insured
        hit[row] += lost[row] - insured


@kept
def owing(
    month: Any,
    trading: Any,
    failed_month: Any,
    principal: Any,
    interest: Any,
    written_off: Any,
    cash: Any,
    rows: Any,
    short: Any,
) -> int:
    """Collect firms that failed before and still owe the lender, and what they lack to pay it; returns how many."""
    count = 0
    for row in range(trading.size):
        if trading[row] != 0 or failed_month[row] >= month:
            continue
        owed = np.int64(principal[row]) + interest[row] + written_off[row]
        if owed > 0:
            rows[count], short[count] = row, owed - cash[row]
            count += 1
    return count


@kept
def take(rows: Any, short: Any, share: Any, base: Any, owner: Any, alive: Any, purse: Any, cash: Any) -> int:
    """Take from the owners of some firms what these are short of, up to a share of ``base``; returns the sum.

    ``purse`` is what each person has in cash; one person may stand for two firms that failed one after the other.
    """
    total, taken = 0, np.empty(rows.size, np.int64)
    for place in range(rows.size):
        person = owner[rows[place]]
        means = min(int(share * base[person]), purse[person])
        taken[place] = min(means, max(short[place], 0)) if alive[person] > 0 else 0
    for place in range(rows.size):
        person = owner[rows[place]]
        amount = min(taken[place], purse[person])
        purse[person] -= amount
        cash[rows[place]] += amount
        total += amount
    return total


@kept
def pursue(
    month: Any,
    share: Any,
    trading: Any,
    failed_month: Any,
    principal: Any,
    interest: Any,
    written_off: Any,
    cash: Any,
    base: Any,
    owner: Any,
    alive: Any,
    purse: Any,
) -> int:
    """Take from the owners of firms that failed before a share of ``base`` as `take` does; returns the sum."""
    rows, short = np.empty(trading.size, np.int64), np.empty(trading.size, np.int64)
    count = owing(month, trading, failed_month, principal, interest, written_off, cash, rows, short)
    return take(rows[:count], short[:count], share, base, owner, alive, purse, cash)


@kept
def forget_settled(
    trading: Any,
    cash: Any,
    principal: Any,
    interest: Any,
    written_off: Any,
    alive: Any,
    line: Any,
    limit: Any,
    overdue: Any,
    months_past_due: Any,
    payment: Any,
    covered: Any,
) -> None:
    """Clear the rows of failed firms whose loan is settled."""
    for row in range(trading.size):
        if alive[row] == 0 or trading[row] != 0:
            continue
        owed = np.int64(principal[row]) + interest[row] + written_off[row]
        if cash[row] == 0 and owed == 0:
            alive[row] = line[row] = limit[row] = overdue[row] = 0
            months_past_due[row] = payment[row] = covered[row] = 0
