"""What may be lent in a month, and whom that serves when it is not enough."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.engine.tables.numbers import Numbers
from sim.engine.tables.table import Table
from sim.firms.firms import Firms
from sim.lender.lender import Lender
from sim.loan.ledger import Ledger

BANDS = 100  # score bands of ten points


class Scheme(Protocol):
    """What a lender asks of the scheme that it lends under."""

    def funding_share(self) -> float:
        """The lender's own share of each loan."""

    def capacity(self) -> int:
        """Fen of whole loans that may still come under cover."""


def room_to_lend(month: int, lender: Lender, sharing: Scheme, ledger: Ledger) -> int:
    """Fen of whole loans that may be drawn this month: the lender's own room over its funding share.

    Repayments of the month make room too; nine tenths of the last month's are counted on, less what goes to
    note holders.
    """
    own = sharing.funding_share()
    usual = 9 * lender.last_repaid // 10
    expected = lender.relent(usual)
    share = lender.funding_share()
    room = int(lender.capacity() / own) + expected if own > 0 else expected
    # Notes run off as they fall due; a lender on debt alone is held to its funders' share at once.
    if share < 1.0 and lender.notes is None:
        room = min(room, int(share * lender.draws_average))
    if month >= 0 and not lender.settings.grows_freely:
        room = min(room, lender.room_to_grow(month, ledger.both_stocks()["principal"]) + usual)
    return max(room - ledger.flows["firm.loans_drawn.paid"], 0)


def room_to_cover(sharing: Scheme, ledger: Ledger) -> int:
    """Fen of whole loans that may come under the scheme this month; what was lent to firms has taken its part."""
    return max(sharing.capacity() - ledger.flows["firm.drawn_covered"], 0)


def ration(month: int, environment: Numbers, accounts: Table, lender: Lender, sharing: Scheme, ledger: Ledger) -> None:
    """Cut requests that exceed funds: weakest scores first, the marginal band by a keyed draw.

    Also stops cover for the month when the scheme cannot take what would be lent.
    """
    room = 0 if lender.failed else room_to_lend(month, lender, sharing, ledger)
    _ration(environment, accounts, ledger.flows["requested"], room, room_to_cover(sharing, ledger))


def ration_firms(month: int, firms: Firms, lender: Lender, sharing: Scheme, ledger: Ledger) -> None:
    """Cut the firms' requests to their part of what may be lent this month."""
    requested = ledger.flows["firm.requested"]
    likely = lender.last_requested + requested
    room = 0
    if likely and not lender.failed:
        room = room_to_lend(month, lender, sharing, ledger) * requested // likely
    _ration(firms.environment, firms.accounts, requested, room, room_to_cover(sharing, ledger))


def _ration(numbers: Numbers, book: Table, requested: int, room: int, to_cover: int) -> None:
    if requested > room:
        numbers.give("rationing", cut_requests(book, room))
    # What is eligible is added up only where it could be too much.
    if numbers["covering"] and min(requested, room) > to_cover and min(eligible_requests(book), room) > to_cover:
        numbers.give("rationing", {"covering": 0})


def cut_requests(book: Table, room: int) -> dict[str, int | float]:
    """Find the score band below which requests wait, and the share of the marginal band that is served."""
    asking = book["request"] > 0
    band = book["score"][asking].astype(np.int64) // 10
    by_band = np.bincount(band, weights=book["request"][asking], minlength=BANDS)
    from_best = np.cumsum(by_band[::-1])[::-1]
    served = np.flatnonzero(from_best <= room)
    cut = int(served[0]) - 1 if len(served) else len(by_band) - 1
    above = float(from_best[cut + 1]) if cut + 1 < len(from_best) else 0.0
    share = (room - above) / by_band[cut] if by_band[cut] > 0 else 0.0
    return {"cut_band": cut, "marginal_share": float(share)}


def eligible_requests(book: Table) -> int:
    """Fen asked for this month that would come under cover if all of it were lent."""
    return int((book["request"] * book["cover_part"].astype(np.float64)).astype(np.int64).sum())
