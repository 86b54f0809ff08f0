"""Judging closures with a paired run that never closes a line: pure functions on arrays of events.

Definitions (months counted from the policy date, ``t`` the month of a person's first closure):

- **wrong closure**: in the paired run the person is not 90+ days past due at the end of month ``t`` and does
  not enter 90+ in the months ``t + 1`` to ``t + 12``;
- **default caused by closing**: in the closing run the person enters 90+ in ``t + 1`` to ``t + 12``, and
  the same closure is a wrong one;
- **censored**: fewer than 12 months follow ``t``; such closures are counted and not judged;
- **loss avoided**: charge-offs net of recoveries on the persons of judged closures over the whole horizon, in the
  paired run less in the closing run;
- **margin forgone**: interest less the cost of funding on the same persons, in the paired run less in the closing run.

The paired run has the same persons in the same rows, because arrivals are exogenous.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

FOLLOW_UP = 12
"""Months after a closure within which a default counts."""


@dataclass
class Trace:
    """What one run tells about defaults and closures, month by month from the policy date.

    Attributes
    ----------
    entered : list of int64 arrays
        Rows that enter 90+ days past due in the month.
    closed : list of int64 arrays
        Rows whose line is closed for the first time in the month.
    overdue : list of int64 arrays
        Rows that are 90+ days past due (written-off accounts included) at the end of the month.
    open : list of bit-packed boolean arrays
        Whether each row's line is open at the end of the month (``numpy.packbits``).
    loss, margin : int64 arrays
        Fen that each row lost and brought over all months; empty where money was not followed.
    """

    entered: list[Rows] = field(default_factory=list)
    closed: list[Rows] = field(default_factory=list)
    overdue: list[Rows] = field(default_factory=list)
    open: list[NDArray[np.uint8]] = field(default_factory=list)
    loss: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    margin: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def months(self) -> int:
        """Number of months seen."""
        return len(self.entered)

    @property
    def rows(self) -> int:
        """A number of rows that no row of the trace reaches; rows are only ever added."""
        return 8 * max((len(packed) for packed in self.open), default=0)


@dataclass(frozen=True)
class ClosureFigures:
    """Figures of one run over all its months after the policy date: persons (or lines), and fen."""

    closures: int = 0
    censored_closures: int = 0
    wrong_closures: int = 0
    defaults_caused_by_closing: int = 0
    random_closures: int = 0
    random_wrong_closures: int = 0
    loss_avoided: int = 0
    margin_forgone: int = 0

    @property
    def judged(self) -> int:
        """Closures with a full follow-up."""
        return self.closures - self.censored_closures


def reaches(trace: Trace, month: int, rows: Rows, *, at_once: bool = True) -> NDArray[np.bool_]:
    """Whether each row enters 90+ within the follow-up after ``month``.

    Parameters
    ----------
    trace : Trace
        The run to look at.
    month : int
        Month of the closure.
    rows : int64[n]
        Persons asked about.
    at_once : bool
        Whether being 90+ already at the end of ``month``, or entering it in ``month``, counts as reached.

    Returns
    -------
    bool[n]
    """
    last = min(month + FOLLOW_UP, trace.months - 1)
    parts = [trace.entered[later] for later in range(month + 1, last + 1)]
    if at_once:
        parts += [trace.overdue[month], trace.entered[month]]
    reached = np.zeros(trace.rows, dtype=np.bool_)
    for part in parts:
        reached[part] = True
    return reached[rows]


def first_closures(trace: Trace) -> list[Rows]:
    """Rows closed for the first time after the policy date, month by month; a second closing is dropped."""
    return first_of(trace.closed, trace.rows)


def first_of(events: Sequence[Rows], count: int) -> list[Rows]:
    """Rows that an event befalls for the first time, month by month; ``count`` is above every row."""
    seen = np.zeros(count, dtype=np.bool_)
    found = []
    for rows in events:
        fresh = rows[~seen[rows]]
        seen[fresh] = True
        found.append(fresh)
    return found


def judge(closing: Trace, paired: Trace, draw: Callable[[int, int], Sequence[float]]) -> ClosureFigures:
    """Judge every first closure of a run by its paired run, and as many closures at random.

    Parameters
    ----------
    closing : Trace
        The run whose closures are judged.
    paired : Trace
        The same run with a closing policy that closes nothing.
    draw : callable
        ``draw(month, count)`` gives ``count`` uniform numbers; with them the benchmark picks as many lines as
        the rule closed, among those open in the paired run and not picked before.

    Raises
    ------
    ValueError
        If the two runs differ in length.
    """
    if closing.months != paired.months:
        raise ValueError(f"paired runs must be equally long: {closing.months} and {paired.months} months")
    total = censored = wrong = caused = random_total = random_wrong = avoided = forgone = 0
    taken = np.zeros(paired.rows, dtype=np.bool_)
    for month, rows in enumerate(first_closures(closing)):
        if not len(rows):
            continue
        total += len(rows)
        if month + FOLLOW_UP > closing.months - 1:
            censored += len(rows)
            continue
        sound = ~reaches(paired, month, rows)
        wrong += int(sound.sum())
        caused += int((sound & reaches(closing, month, rows, at_once=False)).sum())
        avoided += _less(paired.loss, closing.loss, rows)
        forgone += _less(paired.margin, closing.margin, rows)
        chosen = _at_random(paired, month, len(rows), taken, draw)
        taken[chosen] = True
        random_total += len(chosen)
        random_wrong += int((~reaches(paired, month, chosen)).sum())
    return ClosureFigures(total, censored, wrong, caused, random_total, random_wrong, avoided, forgone)


def _less(paired: Rows, closing: Rows, rows: Rows) -> int:
    """Fen by which some persons' total is higher in the paired run; 0 where money was not followed."""
    return int(paired[rows].sum() - closing[rows].sum()) if len(paired) else 0


def _at_random(
    paired: Trace,
    month: int,
    count: int,
    taken: NDArray[np.bool_],
    draw: Callable[[int, int], Sequence[float]],
) -> Rows:
    """Pick up to ``count`` open lines, none twice: the first steps of a Fisher-Yates shuffle."""
    is_open = np.unpackbits(paired.open[month]).astype(np.bool_)
    candidates = np.flatnonzero(is_open & ~taken[: len(is_open)]).astype(np.int64)
    count = min(count, len(candidates))
    moved: dict[int, int] = {}
    chosen = []
    for place, luck in enumerate(draw(month, count)):
        other = place + int(luck * (len(candidates) - place))
        chosen.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return candidates[np.sort(np.array(chosen, dtype=np.int64))]
