"""Regulatory capital: risk weights by internal ratings and by the standardised approach.

Functions of plain numbers or arrays, after Basel II (Basel Committee, June 2006, paragraphs 272-330), without
the scaling factor of 1.06.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from sim.engine.loops.order import each

Floats = NDArray[np.float64]

CONFIDENCE = 0.999
QUANTILE = float(ndtri(CONFIDENCE))  # that much of the common factor is withstood
LOWEST_PD = 0.0003
RETAIL_WEIGHT = 0.75  # standardised approach, regulatory retail
PAST_DUE_WEIGHT = 1.50  # unsecured part more than 90 days past due, provisions below 20 %
CANCELLABLE_CONVERSION = 0.10  # Basel III, CRE20.100: commitments that may be cancelled at any time without notice


def corporate_correlation(pd: ArrayLike, turnover: float = 50.0) -> Floats:
    """Asset correlation of corporates; ``turnover`` in million euro lowers it below 50 (SME), down to 5."""
    weight = each(math.expm1, -50.0 * np.asarray(pd, dtype=float)) / math.expm1(-50.0)
    size = 0.04 * (1.0 - (min(max(turnover, 5.0), 50.0) - 5.0) / 45.0)
    return np.asarray(0.12 * weight + 0.24 * (1.0 - weight) - size)


def retail_correlation(pd: ArrayLike) -> Floats:
    """Asset correlation of other retail exposures."""
    return _value_by_value(_retail_correlation, pd)


def _retail_correlation(pd: float) -> float:
    weight = math.expm1(-35.0 * pd) / math.expm1(-35.0)
    return 0.03 * weight + 0.16 * (1.0 - weight)


def capital_requirement(pd: ArrayLike, lgd: ArrayLike, correlation: ArrayLike) -> Floats:
    """Capital K for unexpected loss, a share of exposure.

    K = LGD (Phi((Phi^-1(PD) + sqrt(R) Phi^-1(0.999)) / sqrt(1 - R)) - PD).
    """
    return _value_by_value(_capital_requirement, pd, lgd, correlation)


def _capital_requirement(pd: float, lgd: float, rho: float) -> float:
    shifted = float(ndtri(pd)) + math.sqrt(rho) * QUANTILE
    return lgd * (float(ndtr(shifted / math.sqrt(1.0 - rho))) - pd)


def _value_by_value(function: Callable[..., float], *given: ArrayLike) -> Floats:
    """A function of numbers over arrays: a book has few rates, and an array is slower than four numbers."""
    arrays = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in given))
    found = [function(*values) for values in zip(*(array.ravel().tolist() for array in arrays), strict=True)]
    return np.array(found, dtype=float).reshape(arrays[0].shape)


def corporate_weight(pd: ArrayLike, lgd: float = 0.45, maturity: float = 2.5, turnover: float = 50.0) -> Floats:
    """Risk weight of corporates and SMEs, a share of exposure, with the maturity adjustment."""
    pd = np.asarray(pd, dtype=float)
    slope = (0.11852 - 0.05478 * each(math.log, pd)) ** 2
    adjustment = (1.0 + (maturity - 2.5) * slope) / (1.0 - 1.5 * slope)
    return np.asarray(12.5 * capital_requirement(pd, lgd, corporate_correlation(pd, turnover)) * adjustment)


def mortgage_weight(pd: ArrayLike, lgd: float = 0.45) -> Floats:
    """Risk weight of residential mortgages (correlation 0.15)."""
    return np.asarray(12.5 * capital_requirement(pd, lgd, 0.15))


def retail_weight(pd: ArrayLike, lgd: float = 0.45) -> Floats:
    """Risk weight of other retail exposures."""
    return _value_by_value(_retail_weight, pd, lgd)


def _retail_weight(pd: float, lgd: float) -> float:
    return 12.5 * _capital_requirement(pd, lgd, _retail_correlation(pd))


def revolving_weight(pd: ArrayLike, lgd: float = 0.45) -> Floats:
    """Risk weight of qualifying revolving retail exposures (correlation 0.04)."""
    return np.asarray(12.5 * capital_requirement(pd, lgd, 0.04))


def risk_weighted(
    balance: NDArray[np.int64],
    pd: Floats,
    lgd: float,
    default_bucket: int = 4,
    undrawn: int = 0,
    conversion: float = 0.0,
) -> tuple[float, float]:
    """Risk-weighted assets of unsecured retail loans in fen: by internal ratings, and standardised.

    Parameters
    ----------
    balance : int64[14]
        Principal by months past due.
    pd : float64[default_bucket]
        Default probability within a year by months past due before default.
    lgd : float
        Loss given default.
    undrawn : int
        Fen left on lines of accounts in order.
    conversion : float
        Own estimate of the part of it that is drawn before default; the standardised approach has its own.

    Notes
    -----
    In default the internal-ratings weight is 0: the loss is expected and provided for.
    """
    fen = balance.tolist()
    drawn = float(sum(fen[:default_bucket]))
    exposed = [fen[0] + conversion * undrawn, *map(float, fen[1:default_bucket])]
    weights = [_retail_weight(min(max(rate, LOWEST_PD), 1.0 - 1e-9), lgd) for rate in pd.tolist()]
    by_ratings = math.fsum([amount * weight for amount, weight in zip(exposed, weights, strict=True)])
    standard = RETAIL_WEIGHT * (drawn + CANCELLABLE_CONVERSION * undrawn)
    return by_ratings, standard + PAST_DUE_WEIGHT * float(sum(fen[default_bucket:]))
