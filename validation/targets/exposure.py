"""Exposure at default, rolls and recoveries: what the persons' book shows of accounts in arrears.

What is gathered from a run is found once; measures pool what they gather over all seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim.loan.states import LINE_OPEN, MONTHS_90
from validation.plausible import arrears_and_losses
from validation.targets.pooling import Floats, Measure, Worlds, enters, joined, ratio, remembered, summed
from validation.targets.runs import YEAR, Run

PATH = 6  # months of utilisation up to the arrears
LATE = 2  # months past due that end it
OVER = 7  # 180 days past due
LEAST_UNDRAWN = 0.05  # share of the limit: a smaller line left says nothing about how it is drawn


def paths(late: NDArray[np.float32], bucket: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Last months and accounts that are ``bucket`` months past due then, never late from 5 to 2 months before.

    Yeh and Lien (2009): in order from April to July, two months late in September.
    """
    for end in range(PATH - 1, len(late)):
        yield end, (late[end] >= bucket) & ~late[end - PATH + 1 : end - 1].any(axis=0)


@remembered
def before_arrears(run: Run) -> Floats:
    """Owed over limit, 5 months before the arrears to the arrears, float64[PATH, n], of the accounts of `paths`."""
    limit, owed = run.panel["limit"], run.owed
    found = [np.empty((PATH, 0))]
    for end, late in paths(run.panel["months_past_due"], LATE):
        months = slice(end - PATH + 1, end + 1)
        rows = late & (limit[months] > 0).all(axis=0)
        found.append((owed[months][:, rows] / limit[months][:, rows]).astype(np.float64))
    return joined(found)


@remembered
def when_late(run: Run) -> Floats:
    """Owed over limit in every month in which an account is 3 months past due and more, float64[n]."""
    rows = (run.panel["months_past_due"] >= 3) & (run.panel["limit"] > 0)
    return (run.owed[rows] / run.panel["limit"][rows]).astype(np.float64)


@remembered
def conversion(run: Run, months: int, bucket: int) -> Floats:
    """Balance added until default and the line undrawn before, float64[2, n].

    Of accounts in order ``months`` before with at least `LEAST_UNDRAWN` of the limit left; over three months of the
    accounts of `paths`, as the source has them.
    """
    late, limit, owed = run.panel["months_past_due"], run.panel["limit"], run.owed
    near = months < PATH
    ends = paths(late, bucket) if near else ((end, enters(late, end, bucket)) for end in range(months, len(late)))
    found = [np.empty((2, 0))]
    for end, defaulted in ends:
        start = end - months
        left = limit[start] - owed[start]
        rows = defaulted & (late[start] == 0) & (left > LEAST_UNDRAWN * limit[start]) & (left > 0)
        found.append(np.stack([(owed[end] - owed[start])[rows], left[rows]]).astype(np.float64))
    return joined(found)


def utilisation_before(month: int, statistic: Callable[[Floats], float]) -> Measure:
    """Statistic of the utilisation so many months before the arrears."""

    def measure(worlds: Worlds) -> float:
        values = joined([before_arrears(world.calm)[PATH - 1 - month] for world in worlds])
        return float(statistic(values)) if values.size else np.nan

    return measure


def utilisation_late(statistic: Callable[[Floats], float]) -> Measure:
    """Statistic of the utilisation of accounts 3 months past due and more."""

    def measure(worlds: Worlds) -> float:
        values = joined([when_late(world.calm) for world in worlds])
        return float(statistic(values)) if values.size else np.nan

    return measure


def conversion_factor(months: int, bucket: int, statistic: Callable[[Floats], float]) -> Measure:
    """Statistic of the credit conversion factors, (owed at default - owed before) / line left before."""

    def measure(worlds: Worlds) -> float:
        added, left = joined([conversion(world.calm, months, bucket) for world in worlds])
        return float(statistic(added / left)) if left.size else np.nan

    return measure


def conversion_by_line(worlds: Worlds) -> float:
    """Conversion factor over 3 months, all balances added over all lines left."""
    added, left = joined([conversion(world.calm, 3, LATE) for world in worlds])
    return ratio(added.sum(), left.sum())


def below_half(values: Floats) -> float:
    """Share of values below one half."""
    return float((values < 0.5).mean())


def near_limit(values: Floats) -> float:
    """Share of values above nine tenths."""
    return float((values > 0.9).mean())


def utilisation_of_book(worlds: Worlds) -> float:
    """Owed over limits of open lines of persons."""
    totals = np.array([_open_lines(world.calm) for world in worlds]).sum(axis=0)
    return ratio(totals[0], totals[1])


@remembered
def _open_lines(run: Run) -> tuple[float, float]:
    rows = run.panel["line"] == LINE_OPEN
    return float(run.owed[rows].sum(dtype=np.float64)), float(run.panel["limit"][rows].sum(dtype=np.float64))


@remembered
def buckets(run: Run, of: str = "panel") -> Floats:
    """Principal by months past due over all months, of persons' accounts or of firms', float64[14]."""
    book = getattr(run, of)
    late = book["months_past_due"].astype(np.int64)
    weights = book["principal"].ravel()
    return np.asarray(np.bincount(late.ravel(), weights=weights, minlength=14), dtype=np.float64)


def stock_ratio(bucket: int, of: str = "panel") -> Measure:
    """Balance of a bucket over that of the one before: the monthly roll by balance where the book stands still.

    ``of`` is ``panel``, the persons' accounts, or ``firms``, those of firms, failed ones among them.
    """

    def measure(worlds: Worlds) -> float:
        total = np.sum([buckets(world.calm, of) for world in worlds], axis=0)
        return ratio(total[bucket], total[bucket - 1])

    return measure


def calm_level(figure: str) -> Measure:
    """Arrears or losses of persons' loans, calm, as `arrears_and_losses` defines them; mean of the seeds."""
    return lambda worlds: float(arrears_and_losses([world.calm.told for world in worlds], slice(None))[figure].mean())


def ninety_to_179(worlds: Worlds) -> float:
    """Balance 90-179 days past due over all balance up to 179 days."""
    total = np.sum([buckets(world.calm) for world in worlds], axis=0)
    return ratio(total[MONTHS_90:OVER].sum(), total[:OVER].sum())


@remembered
def left_early(run: Run) -> tuple[float, float]:
    """Balance that came to be 90 days past due, and of this what left that state before 180 days."""
    late, owed = run.panel["months_past_due"], run.owed
    entered = left = 0.0
    for month in range(1, len(late) - YEAR):
        rows = np.flatnonzero(enters(late, month, MONTHS_90))
        path = late[month : month + YEAR + 1, rows]
        over = (path >= OVER).cumsum(axis=0) > 0
        early = ((path < MONTHS_90) & ~over).any(axis=0)
        entered += float(owed[month, rows].sum())
        left += float(owed[month, rows[early]].sum())
    return entered, left


def leaves_before_180(worlds: Worlds) -> float:
    """Share by balance of what is 90 days past due that leaves before 180 days."""
    entered, left = np.sum([left_early(world.calm) for world in worlds], axis=0)
    return ratio(left, entered)


def received(run: Run) -> Floats:
    """Paid by each account in each month, on old debts too, float64[months, rows].

    The row of whoever has left goes on showing the last payment, which counts once.
    """
    paid, there = run.panel["paid"].astype(np.float64), run.panel["alive"] > 0
    paid[1:] *= there[1:] | there[:-1]
    return paid


@remembered
def paid_back(run: Run, years: int) -> tuple[float, float]:
    """Owed on coming to be 90 days past due, and of this what was paid within so many years; at most all of it."""
    late, owed = run.panel["months_past_due"], run.owed
    paid = np.cumsum(received(run), axis=0)
    due = back = 0.0
    for month in range(1, len(late) - years * YEAR):
        rows = enters(late, month, MONTHS_90)
        exposure = owed[month, rows].astype(np.float64)
        due += float(exposure.sum())
        back += float(np.minimum((paid[month + years * YEAR] - paid[month])[rows], exposure).sum())
    return due, back


def recovered_within(years: int) -> Measure:
    """Share of the exposure at default that is paid within so many years."""

    def measure(worlds: Worlds) -> float:
        due, back = np.sum([paid_back(world.calm, years) for world in worlds], axis=0)
        return ratio(back, due)

    return measure


def recovered_of_charged_off(worlds: Worlds) -> float:
    """Recoveries over gross charge-offs of the same months, persons."""
    charged, *recovered = summed(
        worlds, "calm", "npl_charged_off", "recovered_year_1", "recovered_year_2", "recovered_later"
    )
    return ratio(sum(recovered), charged)


def loss_at_charge_off(worlds: Worlds) -> float:
    """One less recoveries over charge-offs."""
    return 1.0 - recovered_of_charged_off(worlds)


def loss_from_90(worlds: Worlds) -> float:
    """Loss given 90 days past due: the part that is charged off times what is lost of it, by flows."""
    charged, entered = summed(worlds, "calm", "npl_charged_off", "npl_new")
    return ratio(charged, entered) * loss_at_charge_off(worlds)
