"""Auctioned coverage: whoever asks for the smallest guarantee gets the rights (FOGAPE, Chile)."""

from __future__ import annotations

from sim.engine.loops.compiled import plain
from sim.engine.loops.draws import block
from sim.engine.loops.philox import uniforms
from sim.engine.loops.transforms import normal_quantile
from sim.sharing.terms import Auction


def coverage_needed(margin: float, default: float, severity: float, premium: float, highest: float) -> float:
    """Smallest guaranteed share at which a lender breaks even on its marginal customers.

    The margin covers premium and retained loss: ``m - g f = p s (1 - g)``, so ``g = (p s - m) / (p s - f)``.

    Parameters
    ----------
    margin : float
        Price less funding and cost, a year.
    default, severity : float
        Default probability p of the marginal customer and loss given default s.
    premium : float
        Price f of the guarantee on the guaranteed part, a year.
    highest : float
        Highest share that may be bid.
    """
    loss = default * severity
    if margin >= loss:
        return 0.0
    if loss <= premium:
        return highest  # a guarantee that costs more than the loss never breaks even
    return min(max((loss - margin) / (loss - premium), 0.0), highest)


def winning_bid(
    auction: Auction, margin: float, severity: float, premium: float, highest: float, seed: int, year: int
) -> float | None:
    """Coverage that the lender has won for the year; None where rivals asked for less.

    Rivals bid by the same rule; their margins lie around the lender's by keyed draws, so that they depend on
    seed and year alone. Of equal bids the lender's is served last.
    """
    own = coverage_needed(margin, auction.marginal_default, severity, premium, highest)
    words = [uniforms(seed, block("rival_bid"), rival, 0, year)[0] for rival in range(auction.rivals)]
    others = [
        coverage_needed(
            margin + auction.rival_spread * plain(normal_quantile)(word),
            auction.marginal_default,
            severity,
            premium,
            highest,
        )
        for word in words
    ]
    return own if sum(bid <= own for bid in others) < auction.winners else None
