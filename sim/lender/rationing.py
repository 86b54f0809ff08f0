"""What may be lent in a month, and whom that serves when it is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.engine.tables.table import Table
    from sim.month.model import Model

BANDS = 100  # score bands of ten points
WHOLE_LINES = 10  # drawn beyond what the last month lets expect


def room_to_lend(model: Model) -> int:
    """Fen of whole loans that may be drawn this month: the lender's own room over its funding share.

    Repayments of the month make room too; nine tenths of the last month's are counted on, less what goes to
    note holders.
    """
    own = model.sharing.funding_share()
    usual = 9 * model.last_repaid // 10
    expected = model.lender.relent(usual)
    room = int(model.lender.capacity() / own) + expected if own > 0 else expected
    share = model.lender.funding_share(model.economy.month(model.month).funding, model.config.feedback)
    # Notes run off as they fall due; a lender on debt alone is held to its funders' share at once.
    if share < 1.0 and model.lender.notes is None:
        room = min(room, int(share * model.lender.draws_average))
    if model.month >= 0 and not model.lender.settings.grows_freely:
        room = min(room, model.lender.room_to_grow(model.month) + usual)
    return max(room - model.ledger.flows["firm.loans_drawn.paid"], 0)


def room_to_cover(model: Model) -> int:
    """Fen of whole loans that may come under the scheme this month; what was lent to firms has taken its part."""
    return max(model.sharing.capacity() - model.ledger.flows["firm.drawn_covered"], 0)


def funds_are_ample(model: Model) -> bool:
    """Whether this month's draws cannot come near what may be lent or covered.

    Draws rarely grow by half from one month to the next, but for a few whole lines, which weigh among few
    persons; until there is a history, all opening limits are allowed for. Then nothing needs
    rationing and the month runs in one go.
    """
    population = model.config.population
    line = population.median_income * model.standing["opening_multiple"]
    likely = 3 * model.last_requested // 2 + int(WHOLE_LINES * line)
    if model.months_run < 3:
        likely = max(likely, int(population.borrowers * line))
    covers = not model.environment["covering"] or room_to_cover(model) >= likely
    return covers and not model.lender.failed and room_to_lend(model) >= likely


def ration(model: Model) -> None:
    """Cut requests that exceed funds: weakest scores first, the marginal band by a keyed draw.

    Also stops cover for the month when the scheme cannot take what would be lent.
    """
    requested, room = model.ledger.flows["requested"], room_to_lend(model)
    if model.lender.failed:
        room = 0
    if requested > room:
        model.environment.give("rationing", cut_requests(model.accounts, room))
    if model.environment["covering"] and min(eligible_requests(model.accounts), room) > room_to_cover(model):
        model.environment.give("rationing", {"covering": 0})


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


def ration_firms(model: Model) -> None:
    """Cut the firms' requests to their part of what may be lent this month."""
    numbers, requested = model.firms.environment, model.ledger.flows["firm.requested"]
    likely = model.last_requested + requested
    room = room_to_lend(model) * requested // likely if likely and not model.lender.failed else 0
    if requested > room:
        numbers.give("rationing", cut_requests(model.firms.accounts, room))
    if numbers["covering"] and min(eligible_requests(model.firms.accounts), room) > room_to_cover(model):
        numbers.give("rationing", {"covering": 0})


def eligible_requests(book: Table) -> int:
    """Fen asked for this month that would come under cover if all of it were lent."""
    return int((book["request"] * book["cover_part"].astype(np.float64)).astype(np.int64).sum())
