"""What may be lent in a month and whom it serves; what a scheme asks before anything is lent: by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.economy.sectors import SECTORS
from sim.engine.tables.numbers import Numbers
from sim.lender.rationing import cut_requests, ration, ration_firms, room_to_lend
from sim.sharing.cover_steps import bid_for_guarantees, collection_effort, sectors_covered
from tests.laws.calling import act


def world(**changed) -> SimpleNamespace:
    """A lender with room for 1 000 of its own, funding half of each loan; 200 were repaid last month."""
    lender = SimpleNamespace(
        capacity=lambda: 1_000, last_repaid=200, last_requested=300,
        relent=lambda usual: usual - 30, notes=None, draws_average=900.0, failed=0,
        funding_share=lambda: 1.0, settings=SimpleNamespace(grows_freely=True),
        room_to_grow=lambda month, book: 10 * month,
    )  # fmt: skip
    model = SimpleNamespace(
        month=4, months_run=30, lender=lender,
        sharing=SimpleNamespace(funding_share=lambda: 0.5, capacity=lambda: 5_000),
        config=SimpleNamespace(population=SimpleNamespace(median_income=100, borrowers=20)),
        ledger=SimpleNamespace(flows={f"{name}requested": 0 for name in ("", "firm.")}
                               | {"firm.loans_drawn.paid": 0, "firm.drawn_covered": 0},
                               both_stocks=lambda: {"principal": 0}),
        environment=Numbers(covering=1, opening_multiple=1.0),
        firms=SimpleNamespace(environment=Numbers(covering=1), accounts=None), accounts=None,
    )  # fmt: skip
    for name, value in changed.items():
        setattr(lender if hasattr(lender, name) else model, name, value)
    return model


def room(model: SimpleNamespace) -> int:
    return act(room_to_lend, model)


def test_room_is_own_room_over_the_own_share_and_what_is_repaid():
    # 1 000 / .5, and nine tenths of 200 less what note holders take.
    assert room(world()) == 2_000 + 150
    model = world()
    model.sharing.funding_share = lambda: 0.0
    assert room(model) == 150, "who funds nothing lends what comes back"
    model = world()
    model.ledger.flows["firm.loans_drawn.paid"] = 400
    assert room(model) == 1_750
    model.ledger.flows["firm.loans_drawn.paid"] = 4_000
    assert room(model) == 0


def test_funders_that_withdraw_hold_lending_to_their_share():
    assert room(world(funding_share=lambda: 0.5)) == 450
    assert room(world(funding_share=lambda: 0.5, notes=object())) == 2_150, "notes run off by themselves"


def test_a_growth_cap_binds_from_the_policy_date_on():
    capped = SimpleNamespace(grows_freely=False)
    assert room(world(settings=capped)) == 40 + 180
    assert room(world(settings=capped, month=0)) == 180
    assert room(world(settings=capped, month=-1)) == 2_150


BOOK = {
    "request": np.array([100, 100, 0, 100, 100, 100]),
    "score": np.array([655.0, 641.0, 990.0, 649.9, 640.0, 700.0]),
    "cover_part": np.ones(6, dtype=np.float32),
}


@pytest.mark.parametrize(
    ("room", "band", "share"),
    [
        (499, 64, 299 / 300), (350, 64, 0.5), (200, 64, 0.0), (199, 65, 0.99), (100, 65, 0.0), (99, 70, 0.99),
        (0, 70, 0.0),
    ],
)  # fmt: skip
def test_the_weakest_scores_wait(room, band, share):
    """100 are asked for at 700, 100 at 650 to 659, 300 at 640 to 649; who asks for nothing does not count."""
    assert cut_requests(BOOK, room) == {"cut_band": band, "marginal_share": pytest.approx(share)}


def test_rationing_cuts_only_what_is_beyond_the_room():
    model = world(accounts=BOOK)
    model.ledger.flows["requested"] = 2_150
    act(ration, model)
    assert model.environment == {"covering": 1, "opening_multiple": 1.0}
    model.ledger.flows["requested"] = 2_151
    act(ration, model)
    assert model.environment["cut_band"] == -1 and model.environment["covering"] == 1
    model = world(accounts=BOOK, failed=1)
    model.ledger.flows["requested"] = 500
    act(ration, model)
    assert (model.environment["cut_band"], model.environment["marginal_share"]) == (70, 0.0), "it serves nobody"


def book(*requests: int, part: float = 1.0) -> dict[str, np.ndarray]:
    """Accounts that ask, all of one score, each to be covered in part."""
    return {"request": np.array(requests), "score": np.full(len(requests), 700.0),
            "cover_part": np.full(len(requests), part, np.float32)}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "part", "capacity", "covering"),
    [
        ((500,), 1.0, 500, 1), ((501,), 1.0, 500, 0), ((9_000,), 1.0, 2_150, 1), ((9_000,), 1.0, 2_149, 0),
        ((2_001,), 0.5, 1_000, 1), ((2_002,), 0.5, 1_000, 0), ((9_000,), 0.0, 0, 1), ((9_000,), 0.25, 2_150, 1),
        ((9_000,), 0.25, 2_149, 0), ((3, 3), 0.5, 2, 1), ((3, 3), 0.5, 1, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("step", "who"), [(ration, ""), (ration_firms, "firm.")])
def test_cover_stops_when_the_scheme_cannot_take_what_will_be_lent(step, who, asked, part, capacity, covering):
    """What would come under cover of what is asked for, and no more than the room of 2 150, against the scheme's."""
    for stands in (1, 0):
        model = world(accounts=book(*asked, part=part), last_requested=0)
        model.firms.accounts = model.accounts
        numbers = model.firms.environment if who else model.environment
        numbers["covering"] = stands
        model.sharing.capacity = lambda: capacity
        model.ledger.flows[f"{who}requested"] = sum(asked)
        act(step, model)
        assert numbers["covering"] == (covering if stands else 0)


@pytest.mark.parametrize(("to_firms", "covering"), [(0, 1), (200, 1), (201, 0), (900, 0)])
def test_what_firms_put_under_cover_this_month_leaves_less_for_persons(to_firms, covering):
    model = world(accounts=book(300))
    model.sharing.capacity = lambda: 500
    model.ledger.flows |= {"requested": 300, "firm.drawn_covered": to_firms}
    act(ration, model)
    assert model.environment["covering"] == covering
    model = world(last_requested=200)
    model.sharing.capacity = lambda: 1_500
    model.ledger.flows["firm.drawn_covered"] = to_firms


def test_firms_get_their_part_of_the_room():
    model = world(last_requested=300)
    model.firms.accounts = {**book(1_000, 1_000), "score": np.array([700.0, 500.0])}
    model.ledger.flows["firm.requested"] = 2_000
    act(ration_firms, model)
    # 2 150 x 2 000 / 2 300 = 1 869: all of the better one, .869 of the other.
    assert model.firms.environment["cut_band"] == 50
    assert model.firms.environment["marginal_share"] == pytest.approx(0.869)
    model = world(last_requested=100)
    model.firms.accounts = book(2_000)
    model.ledger.flows["firm.requested"] = 2_000
    act(ration_firms, model)
    assert model.firms.environment == {"covering": 1}
    model = world(failed=1)
    model.firms.accounts = BOOK
    model.ledger.flows["firm.requested"] = 1
    act(ration_firms, model)
    assert (model.firms.environment["cut_band"], model.firms.environment["marginal_share"]) == (70, 0.0)
    quiet = world(last_requested=0)
    quiet.firms.accounts = book(0)
    act(ration_firms, quiet)
    assert quiet.firms.environment == {"covering": 1}


# ---- what a scheme asks first -----------------------------------------------------------------------


def covered(cap: float = 1.0, outstanding: int = 1_000, named: tuple[str, ...] = (), firms: bool = True) -> list[float]:
    persons = {"stated_sector": np.array([0, 0, 1, 5]), "covered": np.array([100, 100, 300, 100])}
    firm_book = {"stated_sector": np.array([0, 4]), "covered": np.array([101, 300])}
    sharing = SimpleNamespace(
        scheme=SimpleNamespace(eligible=SimpleNamespace(sectors=named)),
        fund=SimpleNamespace(settings=SimpleNamespace(sector_cap=cap)),
        cover=SimpleNamespace(outstanding=outstanding),
    )
    return sectors_covered(sharing, [persons, firm_book] if firms else [persons]).tolist()


def test_sectors_under_the_scheme():
    assert covered() == [1.0] * 6
    assert covered(named=("agriculture", SECTORS[0])) == [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    # Above three tenths: 301 of persons and firms in the first sector, not 300 in the second or fifth.
    assert covered(cap=0.3) == [0.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    assert covered(cap=0.3, firms=False) == [1.0] * 6
    assert covered(cap=0.3, outstanding=0) == [1.0] * 6
    assert covered(cap=0.299, named=("agriculture",)) == [0.0] * 6


def test_the_bid_is_made_with_the_margin_of_a_further_loan():
    bids = []
    sharing = SimpleNamespace(auction_due=True, hold_auction=lambda *given: bids.append(given))
    settings = SimpleNamespace(funding_spread=0.02, operating_cost=0.025, loss_given_default=0.88)
    bid_for_guarantees(sharing, settings, 0.15, 0.03, 7)
    assert bids == [(pytest.approx(0.075), 0.88, 7)]
    sharing.auction_due = False
    bid_for_guarantees(sharing, settings, 0.15, 0.03, 7)
    assert len(bids) == 1


def test_effort_weakens_with_what_others_bear():
    asked = []
    lender = SimpleNamespace(
        settings=SimpleNamespace(effort_follows_retention=0.5), best_effort=lambda *given: asked.append(given) or 0.7
    )
    sharing = SimpleNamespace(
        shares_anything=True, cover=SimpleNamespace(outstanding=60), covered_loss_share=lambda: 0.25
    )
    ledger = SimpleNamespace(both_stocks=lambda: {"principal": 100})
    assert collection_effort(lender, sharing, ledger) == 0.7 and asked == [(60, 100, 0.25)]
    sharing.shares_anything = False
    assert collection_effort(lender, sharing, ledger) == 1.0
    sharing.shares_anything, lender.settings.effort_follows_retention = True, 0.0
    assert collection_effort(lender, sharing, ledger) == 1.0 and len(asked) == 1
