"""Demand for credit: applying for a line, drawing on it from need or opportunity."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import Tally, stage
from sim.loan.states import LINE_APPLIED, LINE_NONE, LINE_OPEN


@scalar
def _price_effect(offer_rate: float, reference_rate: float, price_response: float) -> float:
    """Demand at a price over demand at the reference price, linear, between 0 and 2."""
    return min(max(1.0 - price_response * (offer_rate - reference_rate), 0.0), 2.0)


class WantToBorrow(NamedTuple):
    """The balance that a person would like to have."""

    balance_wanted: int


@scalar
def response_to_limit(
    cash: int, income_permanent: int, patience: float, limit_response: float, ample_liquidity: float
) -> float:
    """Part of the limit that a person would like to owe (marginal propensity to borrow out of it).

    Falls from ``limit_response`` of whoever has nothing to 0 at ``ample_liquidity`` months of income, held or aimed
    at, whichever is less: the poor in cash and the impatient take what they are offered, others do not (Gross and
    Souleles, 2002). Persons do not know their score; that the response falls with it, from 0.59 for the weakest to
    about 0 for the best (Agarwal, Chomsisengphet, Mahoney and Stroebel, 2018), is a result.
    """
    liquidity = min(patience, cash / (income_permanent + 1.0))
    return limit_response * max(1.0 - liquidity / ample_liquidity, 0.0)


@stage(where="alive employed")
def want_to_borrow(
    limit: int,
    cash: int,
    offer_rate: float,
    income_permanent: int,
    patience: float,
    appetite: float,
    want_probability: float,
    limit_response: float,
    ample_liquidity: float,
    price_response: float,
    reference_rate: float,
    caution: float,
    season: float,
    luck_want: float,
) -> WantToBorrow:
    """Want something that a loan would buy, at work.

    The balance wanted is ``appetite`` months of income plus a part of the limit (`response_to_limit`). Wanting falls
    with the price and, by ``caution``, when unemployment is high (precautionary saving: Carroll, 1992).
    """
    if luck_want >= want_probability * caution * season * _price_effect(offer_rate, reference_rate, price_response):
        return WantToBorrow(balance_wanted=0)
    response = response_to_limit(cash, income_permanent, patience, limit_response, ample_liquidity)
    wanted = (appetite * income_permanent + response * limit) * _price_effect(
        offer_rate, reference_rate, price_response
    )
    return WantToBorrow(balance_wanted=int(wanted))


class AskToDraw(NamedTuple):
    """The draw asked for."""

    request: int
    requested: Tally


@stage()
def ask_to_draw(
    line: int,
    limit: int,
    principal: int,
    months_past_due: int,
    cash: int,
    due: int,
    shortfall: int,
    unwilling: int,
    balance_wanted: int,
    liquidity_draws: int,
    evergreening: int,
    smallest_draw: int,
    luck_want_size: float,
) -> AskToDraw:
    """Ask for a draw on an open line: first to cover a shortfall (liquidity insurance), then from appetite.

    With ``evergreening`` a draw may pay the same lender's instalment.
    """
    if balance_wanted == 0 and shortfall == 0 and not evergreening:
        return AskToDraw(request=0, requested=0)
    headroom = limit - principal
    if line != LINE_OPEN or months_past_due > 0 or unwilling or headroom < smallest_draw:
        return AskToDraw(request=0, requested=0)
    request = 0
    if liquidity_draws:
        request = shortfall
        if evergreening and due > cash:
            request += due - cash
    if balance_wanted > principal:
        request += int((balance_wanted - principal) * (0.5 + 0.5 * luck_want_size))
    request = min(request, headroom)
    if request < smallest_draw:
        request = 0
    return AskToDraw(request=request, requested=request)


class ApplyForLine(NamedTuple):
    """The state of the line of whoever may apply."""

    line: int
    applications: Tally


def has_no_line(line: int, principal: int) -> bool:
    """Whether somebody has no line and owes nothing."""
    return line == LINE_NONE and principal <= 0


@stage(when=has_no_line)
def apply_for_line(
    line: int,
    offer_rate: float,
    principal: int,
    shortfall: int,
    apply_probability: float,
    price_response: float,
    reference_rate: float,
    caution: float,
    luck_apply: float,
) -> ApplyForLine:
    """Apply when without a line; more when short of money, less when credit is dear.

    The riskier are less sensitive to the price (Stiglitz and Weiss, 1981): somebody who is short
    applies at any price.
    """
    if line != LINE_NONE or principal > 0:
        return ApplyForLine(line=line, applications=0)
    probability = apply_probability * caution * _price_effect(offer_rate, reference_rate, price_response)
    if shortfall > 0:
        probability = max(probability, 3.0 * apply_probability)
    if luck_apply < probability:
        return ApplyForLine(line=LINE_APPLIED, applications=1)
    return ApplyForLine(line=line, applications=0)
