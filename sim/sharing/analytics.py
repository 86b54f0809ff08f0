"""Closed forms for guarantees, to set beside what a run gives."""

from __future__ import annotations


def break_even_rate(fee: float, investment_yield: float, leverage: float, recovery: float) -> float:
    """Compensation rate at which a guarantee fund neither gains nor loses.

    ``(fee + y / m) / (1 - R)``: a fen guaranteed earns the fee and the yield on the capital behind it, and
    loses what is compensated and not recovered.

    Parameters
    ----------
    fee : float
        Premium a year on guaranteed liability.
    investment_yield : float
        Return a year on the fund's net assets.
    leverage : float
        Guaranteed liability over net assets, in times.
    recovery : float
        Share of compensation that is recovered, below 1.

    Returns
    -------
    float
        Fraction of guaranteed liability a year.

    Raises
    ------
    ValueError
        If ``leverage`` is not above 0 or ``recovery`` not below 1.
    """
    if leverage <= 0:
        raise ValueError(f"leverage: {leverage:g} must be above 0")
    if recovery >= 1:
        raise ValueError(f"recovery: {recovery:g} must be below 1")
    return (fee + investment_yield / leverage) / (1.0 - recovery)
