"""What a book shows from month to month, in shares and ratios: of a tape, and of a run that starts from it.

Both are counted by the same lines, over accounts that are there in both of two months. A moment is a sum over a sum;
its sampling error is that of a ratio of sums over accounts (Cochran, 1977), so that an account which is late for
several months counts once. Shares are compared by their log-odds, ratios by their logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

SHARE, RATIO = "share", "ratio"
FEWEST = 30.0
"""Account-months below which a share of them is no moment, and cases: a rate of one case is luck."""
FEWEST_CASES = 5.0
MUCH, FULL = 0.25, 0.999  # of a bill
USED, FREE, USED_UP = 0.8, 0.4, 0.9  # of the limit
A_DRAW = 0.05  # of the limit, by which a balance rises


class Months(Protocol):
    """What is counted; arrays have shape (months, accounts)."""

    @property
    def late(self) -> NDArray[np.int64]:
        """Months past due."""

    @property
    def owed(self) -> NDArray[np.int64]:
        """Balances in fen."""

    @property
    def paid(self) -> NDArray[np.int64]:
        """Payments of a month in fen; no month where they are not known."""

    @property
    def there(self) -> Marks:
        """Whether an account is in the book."""

    @property
    def limit(self) -> NDArray[np.int64]:
        """Limits in fen, int64[accounts]."""


@dataclass(frozen=True)
class Book:
    """Months of a run, as `sim.inputs.tape_history.History` has those of a tape."""

    late: NDArray[np.int64]
    owed: NDArray[np.int64]
    paid: NDArray[np.int64]
    there: Marks
    limit: NDArray[np.int64]


class Counted(NamedTuple):
    """A moment: its value, on the scale on which it is compared, and the sampling error on that scale.

    ``cases`` of ``among`` account-months; both are amounts in fen of a ratio.
    """

    value: float
    level: float
    error: float
    cases: float
    among: float


class Steps:
    """Pairs of months of a book, from month ``first`` to month ``last``; marks have shape (months - 1, accounts)."""

    def __init__(self, book: Months, first: int, last: int) -> None:
        span = slice(first, last + 1)
        late, owed, there = book.late[span], book.owed[span], book.there[span]
        self.limit = np.maximum(book.limit, 1)
        self.both = there[:-1] & there[1:]
        self.before, self.after, self.owed = late[:-1], late[1:], owed[:-1]
        self.owing = self.both & (self.owed > 0)
        self.used = self.owed / self.limit
        self.rise = (owed[1:] - self.owed) / self.limit
        self.has_payments = len(book.paid) > 0
        self.paid = book.paid[first + 1 : last + 1] if self.has_payments else np.zeros_like(self.owed)
        self.late_before = np.logical_or.accumulate(late > 0, axis=0)[:-1]
        self.end_late, self.end_owed, self.end_there = late[-1], owed[-1], there[-1]
        self.start_owed = owed[0]


Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
"""What is counted and among what, summed by account, float64[accounts] each."""


def _of(cases: Marks, among: Marks) -> Pair:
    return (cases & among).sum(axis=0).astype(np.float64), among.sum(axis=0).astype(np.float64)


def _roll(start: Callable[[Steps], Marks], end: Callable[[Steps], Marks]) -> Callable[[Steps], Pair]:
    return lambda steps: _of(end(steps), start(steps) & steps.owing)


def _paid(end: Callable[[Steps], Marks]) -> Callable[[Steps], Pair]:
    return lambda steps: _of(end(steps), steps.owing)


def _of_bill(steps: Steps) -> Pair:
    paid = np.where(steps.owing, np.minimum(steps.paid, steps.owed), 0)
    return paid.sum(axis=0).astype(np.float64), np.where(steps.owing, steps.owed, 0).sum(axis=0).astype(np.float64)


def _use(steps: Steps) -> Pair:
    there = steps.end_there
    return np.where(there, steps.end_owed, 0).astype(np.float64), np.where(there, steps.limit, 0).astype(np.float64)


def _growth(steps: Steps) -> Pair:
    there = steps.end_there
    return tuple(np.where(there, owed, 0).astype(np.float64) for owed in (steps.end_owed, steps.start_owed))  # type: ignore[return-value]


def _at_end(mark: Callable[[Steps], Marks]) -> Callable[[Steps], Pair]:
    return lambda steps: _of(mark(steps)[None], steps.end_there[None])


def current(steps: Steps) -> Marks:
    """Who is not past due at the start of a step."""
    return steps.before == 0


@dataclass(frozen=True)
class Moment:
    """A moment.

    Attributes
    ----------
    key : str
        By which languages name it.
    kind : str
        `SHARE` or `RATIO`.
    seated : float
        By how much a book whose private state is drawn from a tape differs from one that has lived, on the scale of
        comparison: root mean square at the true values, measured by ``python -m validation.fit --seating``.
    pair : callable
        What is counted among what.
    by_payments : bool
        Whether it takes a tape with payments.
    """

    key: str
    kind: str
    seated: float
    pair: Callable[[Steps], Pair]
    by_payments: bool = False


ROLLS = (
    Moment("entry", SHARE, 0.03, _roll(current, lambda s: s.after >= 1)),
    Moment("cure_1", SHARE, 0.15, _roll(lambda s: s.before == 1, lambda s: s.after == 0)),
    Moment("worse_1", SHARE, 0.6, _roll(lambda s: s.before == 1, lambda s: s.after >= 2)),
    Moment("better_2", SHARE, 0.2, _roll(lambda s: s.before == 2, lambda s: s.after <= 1)),
    Moment("worse_2", SHARE, 0.35, _roll(lambda s: s.before == 2, lambda s: s.after >= 3)),
    Moment("better_3", SHARE, 0.8, _roll(lambda s: s.before >= 3, lambda s: s.after < s.before)),
)
"""Rolls of a month, by months past due; these are counted in the months held out, too."""

MOMENTS = (
    *ROLLS,
    Moment("out_3", SHARE, 0.5, _roll(lambda s: s.before >= 3, lambda s: s.after == 0)),
    Moment("entry_used", SHARE, 0.22, _roll(lambda s: current(s) & (s.used > USED), lambda s: s.after >= 1)),
    Moment("entry_free", SHARE, 0.03, _roll(lambda s: current(s) & (s.used <= FREE), lambda s: s.after >= 1)),
    Moment("entry_again", SHARE, 0.1, _roll(lambda s: current(s) & s.late_before, lambda s: s.after >= 1)),
    Moment("late_1", SHARE, 0.05, _at_end(lambda s: s.end_late == 1)),
    Moment("late_2", SHARE, 0.2, _at_end(lambda s: s.end_late == 2)),
    Moment("late_3", SHARE, 0.3, _at_end(lambda s: s.end_late >= 3)),
    Moment("use", RATIO, 0.08, _use),
    Moment("growth", RATIO, 0.08, _growth),
    Moment("used_up", SHARE, 0.3, _at_end(lambda s: s.end_owed > USED_UP * s.limit)),
    Moment("drew", SHARE, 0.065, lambda s: _of(s.rise > A_DRAW, s.both & current(s))),
    Moment("paid_bill", RATIO, 0.015, _of_bill, by_payments=True),
    Moment("paid_full", SHARE, 0.12, _paid(lambda s: s.paid >= FULL * s.owed), by_payments=True),
    Moment("paid_much", SHARE, 0.06, _paid(lambda s: s.paid >= MUCH * s.owed), by_payments=True),
    Moment("paid_nothing", SHARE, 0.04, _paid(lambda s: s.paid == 0), by_payments=True),
)
"""What a fit looks at."""


def counted(moment: Moment, steps: Steps) -> Counted:
    """Count one moment over the steps of a book."""
    cases, among = moment.pair(steps)
    top, bottom = float(cases.sum()), float(among.sum())
    if moment.kind == RATIO:
        value = (top + 1.0) / (bottom + 1.0)
        slope = 1.0 / value
        level = float(np.log(value))
    else:
        value = (top + 0.5) / (bottom + 1.0)  # so that none of none has log-odds, too
        slope = 1.0 / (value * (1.0 - value))
        level = float(np.log(value / (1.0 - value)))
    spread = float(np.sqrt(((cases - value * among) ** 2).sum())) / max(bottom, 1.0)
    return Counted(top / bottom if bottom else float("nan"), level, slope * spread, top, bottom)


def levels(moments: tuple[Moment, ...], book: Months, first: int, last: int) -> Floats:
    """Moments of a book on the scale on which they are compared, float64[moments]."""
    steps = Steps(book, first, last)
    return np.array([counted(moment, steps).level for moment in moments])


def told(moments: tuple[Moment, ...], book: Months, first: int, last: int) -> tuple[tuple[Moment, Counted], ...]:
    """Moments that a tape can tell: those of enough account-months and enough cases on either side."""
    steps = Steps(book, first, last)
    found = [(one, counted(one, steps)) for one in moments if steps.has_payments or not one.by_payments]
    return tuple((one, count) for one, count in found if enough(one, count))


def enough(moment: Moment, count: Counted) -> bool:
    """Whether a moment was counted often enough."""
    if moment.kind == RATIO:
        return count.cases > 0.0 and count.among > 0.0
    return count.among >= FEWEST and min(count.cases, count.among - count.cases) >= FEWEST_CASES


def value_of(moment: Moment, level: Floats | float) -> Floats:
    """Turn values on the scale of comparison back into shares and ratios."""
    grown = np.exp(np.asarray(level, dtype=np.float64))
    return grown if moment.kind == RATIO else grown / (1.0 + grown)
