"""What every account did in a month, to the fen: told from the book as the month before left it and as it stands now.

Flows are worked out row by row by the rules of the contract (interest before principal, a recovery before the
exclusion ends), so that a run need not carry them in columns of its own. Summed over rows they are the ledger's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.compiled import scalar
from sim.engine.loops.diskcache import kept
from sim.loan.annuity import month_interest
from sim.loan.states import (
    LARGEST,
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
    MONTHS_30,
    MONTHS_90,
)

Fen = NDArray[np.int64]

ROW_BY_ROW = (
    *("limits", "outstanding", "jobs", "drawn", "rate_of_draws", "interest_received"),
    *("charged_off", "recovered", "defaults", "sales", "failures"),
)
"""What is added up for each row, too, so that two runs can be compared person by person."""
SUMS = (
    *ROW_BY_ROW,
    *("customers", "open_lines", "past_due_30", "past_due_90", "claims", "applications_decided", "approvals"),
)
"""What is added up by cell: fen, and counts. ``rate_of_draws`` is each draw times its price a year."""
STOCKS = ("customers", "jobs", "open_lines", "limits", "outstanding", "past_due_30", "past_due_90")
"""Those of them that stand at a month's end, and so are sums over month ends."""
LIMITS, OUTSTANDING, JOBS, DRAWN, RATE_OF_DRAWS, INTEREST, CHARGED_OFF, RECOVERED, DEFAULTS, SALES, FAILURES = range(11)
CUSTOMERS, OPEN_LINES, PAST_DUE_30, PAST_DUE_90, CLAIMS, DECIDED, APPROVALS = range(11, len(SUMS))

BEFORE = ("line", "principal", "interest", "rate", "offer_rate", "months_past_due", "written_off", "months_in_state")
"""Columns of which the month before is remembered."""
NOW = (
    *("alive", "paid", "default_month", "claimed", "claim_month"),
    *("line", "principal", "months_past_due", "written_off", "months_in_state"),
)
WORD = 63  # months whose open lines one number holds, which stays above 0


@scalar
def interest_paid(paid: int, billed: int, unpaid: int, rate: float, late: int, accrual_stops: int) -> int:
    """Part of a payment that went to interest: what was unpaid, and the month's accrual on what was owed."""
    accrued = 0
    if billed > 0 and late < accrual_stops:
        accrued = min(month_interest(billed, rate), max(2 * LARGEST - billed - unpaid, 0))
    return min(paid, unpaid + accrued)


@scalar
def came_in(old: int, left: int, paid: int, line: int, alive: int, same_age: bool, sale_price: float) -> int:
    """What came in on an old debt: a payment, or what its sale fetched.

    A debt that is sold stays charged off with nothing left. Whoever leaves in that very month has no line any more, but
    the age of the debt stands still, which ends with the exclusion.
    """
    sold = paid == 0 and left == 0 and (line == LINE_CHARGED_OFF or (alive == 0 and same_age))
    return int(old * sale_price) if sold else paid


@scalar
def was_approved(before: int, line: int, abandoned: bool) -> bool:
    """Whether an application was approved: a line where there was none, or after the end of an exclusion.

    An application stands open at a month's end only on the first day of a world. A list of rules may freeze or close
    the line at once. Whoever repays an old debt in full has a closed line, too.
    """
    if before == LINE_CHARGED_OFF:
        return abandoned and line in (LINE_OPEN, LINE_FROZEN, LINE_CLOSED)
    return before in (LINE_NONE, LINE_APPLIED) and line in (LINE_OPEN, LINE_FROZEN, LINE_CLOSED)


@kept
def add_stocks(
    alive: Any,
    line: Any,
    limit: Any,
    principal: Any,
    counted: Any,
    jobs: Any,
    place: Any,
    totals: Any,
    open_months: Any,
) -> None:
    """Add how each row stands at the month's end: one loop without conditions, which runs several rows at once."""
    opens, bit = open_months[place // WORD], np.int64(1) << np.int64(place % WORD)
    customers, at_work, lines, limits, owing = (
        totals[CUSTOMERS],
        totals[JOBS],
        totals[OPEN_LINES],
        totals[LIMITS],
        totals[OUTSTANDING],
    )
    for k in range(len(alive)):
        there = np.int64(counted[k] != 0)
        is_open = np.int64(line[k] == LINE_OPEN) * np.int64(alive[k] != 0)
        customers[k] += there
        at_work[k] += there * jobs[k]
        lines[k] += is_open
        limits[k] += is_open * limit[k]
        owing[k] += principal[k]
        opens[k] |= is_open * bit


@kept
def add_flows(now: Any, before: Any, stolen: Any, month: Any, accrual_stops: Any, sale_price: Any, totals: Any) -> None:
    """Add what happened to each row in the month; to most that owe nothing, and have no new line, nothing has."""
    alive, paid, default_month, claimed, claim_month = now[:5]
    line, principal, late, written_off, age = now[5:]
    line_was, principal_was, interest_was, rate_was, offer_was, late_was, written_was, age_was = before
    for k in range(len(alive)):
        owed: Any = np.int64(principal[k])
        was: Any = np.int64(principal_was[k])
        old: Any = np.int64(written_was[k])
        state = line[k]
        idle = owed == 0 and was == 0 and old == 0 and (paid[k] == 0 or alive[k] == 0)  # who has left pays no more
        if idle and state == line_was[k] and state != LINE_REFUSED:
            continue
        left: Any = np.int64(written_off[k])
        to_interest: Any = np.int64(0)
        billed, lost = was + stolen[k], left if old == 0 else 0
        if billed > 0:
            came: Any = np.int64(paid[k])
            unpaid: Any = np.int64(interest_was[k])
            price: Any = np.float64(rate_was[k])
            to_interest = interest_paid(came, billed, unpaid, price, late_was[k], accrual_stops)
            totals[INTEREST, k] += to_interest
        drawn = owed + lost - billed + (paid[k] - to_interest if old == 0 else 0)
        if drawn > 0:
            totals[DRAWN, k] += drawn
            totals[RATE_OF_DRAWS, k] += int(drawn * np.float64(offer_was[k]))
        if late[k] >= MONTHS_30:
            totals[PAST_DUE_30, k] += owed
            totals[PAST_DUE_90, k] += owed if late[k] >= MONTHS_90 else 0
        if lost > 0:
            totals[CHARGED_OFF, k] += lost
        if old > 0:
            payment: Any = np.int64(paid[k])
            same_age = age[k] == age_was[k]
            totals[RECOVERED, k] += came_in(old, left, payment, state, alive[k], same_age, sale_price)
        if claim_month[k] == month:
            totals[CLAIMS, k] += claimed[k]
        if default_month[k] == month:
            totals[DEFAULTS, k] += 1
        if alive[k] and state != line_was[k] and was_approved(line_was[k], state, old > paid[k]):
            totals[APPROVALS, k] += 1
            totals[DECIDED, k] += 1
        elif alive[k] and state == LINE_REFUSED and age[k] == 0:
            totals[DECIDED, k] += 1


@kept
def add_business(trading: Any, sales: Any, failed_month: Any, month: Any, totals: Any) -> None:
    """Add what firms in business sold, and who failed this month."""
    for k in range(len(trading)):
        totals[SALES, k] += sales[k] if trading[k] else np.int64(0)
        totals[FAILURES, k] += 1 if failed_month[k] == month else 0


@kept
def add_by_cell(rows: Any, cells: Any, totals: Any, sign: Any, sums: Any) -> None:
    """Add the totals of some rows to those of their cells, or take them away."""
    for measure in range(len(totals)):
        of_rows, of_cells = totals[measure], sums[measure]
        for k in rows:
            of_cells[cells[k]] += sign * of_rows[k]


class Book:
    """One book followed: what happens to its rows comes together on each; by cell it is added up when it is asked for.

    Parameters
    ----------
    accounts : Table or mapping
        The book as it stands; rows are only ever added to it.
    cells : int32[rows]
        Cell of each row.
    count : int
        Number of cells.

    Attributes
    ----------
    totals : int64[SUMS, rows]
        Since the start; room for rows to come is at the end.
    open_months : int64[words, rows]
        A bit for each month at whose end the line was open.
    """

    def __init__(self, accounts: Any, cells: NDArray[np.int32], count: int) -> None:
        self.cells = cells
        self._taken, self._moved = np.zeros((2, len(SUMS), count), dtype=np.int64)
        self.totals = np.zeros((len(SUMS), 0), dtype=np.int64)
        self.open_months = np.zeros((1, 0), dtype=np.int64)
        self._before = tuple(np.zeros(0, dtype=accounts[name].dtype) for name in BEFORE)
        self._months = 0
        self._make_room(accounts)
        self._remember(accounts)

    def follow(self, accounts: Any, counted: Any, jobs: Any, month: int, numbers: Any, stolen: Any = None) -> None:
        """Add a month that has just been lived.

        Parameters
        ----------
        accounts : Table or mapping
            The book at the month's end.
        counted, jobs : integer[rows]
            Whether a row counts as a person or a firm in business; who is at work, or how many it employs.
        month : int
            Of the model's calendar: what was entered or claimed in it is the month's.
        numbers : mapping
            Numbers of that month: ``accrual_stops`` in months past due, ``sale_price`` as a share of what is owed.
        stolen : int32[rows], optional
            What strangers drew and left on the accounts, fen; nothing when left out.
        """
        self._make_room(accounts)
        stands = *(accounts[name] for name in ("alive", "line", "limit", "principal")), counted, jobs
        add_stocks(*stands, self._months, self.totals, self.open_months)
        now, terms = tuple(accounts[name] for name in NOW), (numbers["accrual_stops"], numbers["sale_price"])
        taken = np.zeros(len(counted), dtype=np.int32) if stolen is None else stolen
        add_flows(now, self._before, taken, month, *terms, self.totals)
        self._remember(accounts)
        self._months += 1

    def do_business(self, trading: Any, sales: Any, failed_month: Any, month: int) -> None:
        """Add what firms sold in the month, and who failed in it."""
        add_business(trading, sales, failed_month, month, self.totals)

    def come(self, cells: NDArray[np.int32]) -> None:
        """Take in the cells of rows that have come."""
        self.cells = np.concatenate([self.cells, cells])

    def move(self, cells: NDArray[np.int32]) -> None:
        """Put rows into other cells from now on; what they did before stays in the old ones."""
        moved = np.flatnonzero(self.cells != cells)
        if len(moved):
            add_by_cell(moved, self.cells, self.totals, 1, self._moved)
            add_by_cell(moved, cells, self.totals, -1, self._moved)
        self.cells = cells

    def take(self) -> NDArray[np.int64]:
        """What has come together in each cell since this was last asked, int64[cells, SUMS]."""
        whole = np.zeros_like(self._taken)
        add_by_cell(np.arange(len(self.cells)), self.cells, self.totals, 1, whole)
        fresh = whole - self._taken + self._moved
        self._taken, self._moved = whole, np.zeros_like(whole)
        return fresh.T

    def _remember(self, accounts: Any) -> None:
        for was, name in zip(self._before, BEFORE, strict=True):
            was[: len(accounts[name])] = accounts[name]

    def _make_room(self, accounts: Any) -> None:
        rows, words, room = len(accounts["line"]), self._months // WORD + 1, self.totals.shape[1]
        if rows > room or words > len(self.open_months):
            more = rows + rows // 4 - room if rows > room else 0
            self.totals = np.pad(self.totals, ((0, 0), (0, more)))
            self.open_months = np.pad(self.open_months, ((0, words - len(self.open_months)), (0, more)))
            self._before = tuple(np.pad(was, (0, more)) for was in self._before)
