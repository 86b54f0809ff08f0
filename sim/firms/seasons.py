"""What a season takes before it gives: cash that a usual firm must hold by calendar month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

YEAR = 12
MONTH_DAYS = 30.0


def season_buffers(standing: Mapping[str, Any], season: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cash that a usual firm must hold for what its season takes before it gives, by sector and calendar month.

    Sales come in at once or after the receivable days, purchases (for sale and for stocks ahead of the season) are
    paid after the payable days, wages and fixed cost every month.

    Parameters
    ----------
    standing : mapping
        Shares and times by sector.
    season : ndarray of float, shape (sectors, 12)
        Sales over their mean.

    Returns
    -------
    ndarray of float, shape (sectors, 12)
        Months of normal sales; entry ``m`` is what to hold at the end of calendar month ``m``.
    """
    share = {name: standing[f"{name}_by_sector"][:, None] for name in ("input_share", "wage_share", "fixed_share")}
    stocks = standing["inventory_months_by_sector"][:, None] * np.roll(season, -1, axis=1)
    bought = np.maximum(season + stocks - np.roll(stocks, 1, axis=1), 0.0)
    part = standing["cash_part"]
    came = np.stack(
        [_delayed(row, 1.0 / pace - 1.0) for row, pace in zip(season, standing["collected_by_sector"], strict=True)]
    )
    paid = np.stack(
        [_delayed(row, 1.0 / pace) for row, pace in zip(bought, standing["matured_by_sector"], strict=True)]
    )
    net = part * season + (1.0 - part) * came - share["input_share"] * paid - share["wage_share"] - share["fixed_share"]
    net -= standing["research_share_by_sector"][:, None] * season
    buffers = np.zeros_like(season)
    for month in range(YEAR):
        ahead = net[:, (month + 1 + np.arange(YEAR)) % YEAR]
        buffers[:, month] = np.maximum(-np.cumsum(ahead, axis=1).min(axis=1), 0.0)
    return buffers


def paid_in_a_month(days: NDArray[np.float64], later: float = 0.0) -> NDArray[np.float64]:
    """Share of what customers owe that they pay in a month, so that its mean age is so many days, ``later`` more."""
    return np.asarray(1.0 / (1.0 + days * (1.0 + later) / MONTH_DAYS))


def _delayed(flow: NDArray[np.float64], months: float) -> NDArray[np.float64]:
    """A yearly cycle so many months later, between whole months by interpolation."""
    whole = int(months)
    part = months - whole
    later: NDArray[np.float64] = (1.0 - part) * np.roll(flow, whole) + part * np.roll(flow, whole + 1)
    return later
