"""Asset-backed notes: revolving periods, the trigger, rollover, caps, and every fen of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.securitisation import MONTHS_LEFT, OUTSTANDING, SIZE, Notes, Pool, Securitised
from tests.laws.accounts import assert_month, stocks

GOOD = Pool(loans=1_000_000, eligible=950_000, collected=100_000, interest=12_000, defaulted=3_000, servicing=2_000)
BAD = Pool(loans=1_000_000, eligible=900_000, collected=100_000, interest=12_000, defaulted=30_000, servicing=2_000)
RICH = 10**9


def programme(**settings) -> Notes:
    """A programme of 600 000 fen, one twelfth of it due each month."""
    notes = Notes(Securitised(**settings))
    notes.month(GOOD, 600_000, RICH, 0.03, 1.0)
    return notes


def test_a_revolving_series_stays_and_then_rolls_over():
    notes = programme()
    assert notes.outstanding == 600_000 and len(notes.series) == 12
    moved = notes.month(GOOD, 0, RICH, 0.03, 1.0)
    assert (moved.due, moved.rolled, moved.repaid, notes.outstanding) == (50_000, 50_000, 0, 600_000)
    moved = notes.month(GOOD, 0, RICH, 0.03, 0.4)
    assert (moved.due, moved.rolled, moved.repaid) == (50_000, 20_000, 0) and notes.amortising == 30_000
    # From the next month a fixed share of collections, by what stood behind the series: 30 000 / .85 of 1.1 million.
    assert notes.claimed(100_000, 1_100_000) == int(30_000 / 0.85 / 1_100_000 * 100_000)
    assert notes.month(GOOD, 0, RICH, 0.03, 1.0).repaid == notes.claimed(0, 1) + int(30_000 / 0.85 / 1.1e6 * 1e5)


def test_excess_spread_by_hand():
    """12 (12 - 3 - 2) / 1000 = 8.4 % a year, less .85 x 3 %."""
    assert Notes(Securitised()).excess_spread(GOOD, 0.03) == pytest.approx(0.084 - 0.0255)


def test_the_trigger_ends_the_revolving_period_for_good():
    notes = programme()
    issued = [notes.month(BAD, 10_000, RICH, 0.03, 1.0).issued for _ in range(4)]
    assert notes.early == 1 and issued[:1] == [10_000] and issued[-1] == 0 == notes.room(RICH, 10**9)
    assert (notes.series[:, SIZE] > 0).all() and notes.amortising == notes.outstanding
    held = notes.outstanding
    for _ in range(40):
        moved = notes.month(GOOD, 10_000, RICH, 0.03, 1.0)
        held += moved.issued - moved.repaid
        assert held == notes.outstanding
    assert notes.early == 0 and moved.issued == 10_000, "all repaid and the spread is back: a new programme"


def test_caps_and_the_pool_bind():
    notes = programme()
    assert notes.room(200_000, RICH) == 4 * 200_000 - 600_000 and notes.room(100_000, RICH) == 0
    assert notes.room(RICH, 800_000) == 680_000 - 600_000
    moved = notes.month(Pool(600_000, 500_000, 60_000, 7_000, 0, 0), 0, RICH, 0.03, 1.0)
    assert moved.repaid == 60_000, "the pool is too small for its notes: collections go to their holders"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9), st.floats(0, 1), st.floats(0, 1), st.floats(-0.05, 0.1), st.integers(0, 10**9),
            st.integers(0, 10**9), st.floats(0, 1),
        ),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 24),
)  # fmt: skip
def test_every_fen_of_any_programme(months, revolving):
    notes, held = Notes(Securitised(revolving_months=revolving)), 0
    for loans, good, part, net, wish, equity, rolled in months:
        pool = Pool(loans, int(good * loans), int(part * loans), int(max(net, 0) * loans), int(max(-net, 0) * loans), 0)
        room = notes.settings.note_cap * equity
        moved = notes.month(pool, wish, equity, 0.03, rolled)
        held += moved.issued - moved.repaid
        assert held == notes.outstanding >= notes.amortising >= 0
        assert (notes.series[:, OUTSTANDING] > 0).all() and (notes.series[:, MONTHS_LEFT] >= 0).all()
        assert moved.repaid <= pool.collected and 0 <= moved.rolled <= moved.due and moved.issued <= wish
        assert moved.issued == 0 or notes.outstanding <= room
        assert 0 <= notes.claimed(pool.collected, loans) <= pool.collected
        assert len(notes.series) <= 40 + revolving


# A young book loses more than it earns for some months, which would end the first programme: here it goes on.
NO_TRIGGER = "funding.least_excess=-1"


def told(*overrides: str, months: int = 36):
    given_ = ["population=tiny", "population.borrowers=1500", "firms=none", "feedback=none", "machine.threads=1"]
    model = sim.Model(
        sim.compose(
            [
                *given_,
                "study.burn_in=12",
                "economy.shock_lag=0",
                "lender.equity_per_borrower=40000",
                "funding=abs",
                *overrides,
            ],
            idle=True,  # the calm year has no shock that could come at once
        )
    )
    for _ in range(months):
        model.step()
    return model


def total(model, name: str) -> float:
    return sum(record[name] for record in model.records[12:])


def test_a_freeze_is_felt_as_series_fall_due():
    """Of a lender whose capital and notes just carry its book; for half a year nobody rolls over."""
    thin = (NO_TRIGGER, "funding.loan_cap=0.2", "lender.equity_per_borrower=70000")
    freeze = ("economy=funding_freeze", "economy.path.funding=[1.0,0.0,0.0,0.5,1.0]")
    calm = told(*thin)
    frozen, short = (told(*thin, *freeze, f"funding.revolving_months={months}") for months in (3, 1))
    # Early losses take some notes above the cap.
    assert total(calm, "notes_rolled") > 0.95 * total(calm, "notes_due") > 0
    assert total(frozen, "notes_rolled") < 0.9 * total(frozen, "notes_due")
    assert total(calm, "draws_cut") == 0 < total(frozen, "draws_cut") < 0.5 * total(short, "draws_cut")
    assert total(frozen, "outstanding") < 0.97 * total(calm, "outstanding")
    assert total(short, "outstanding") < 0.95 * total(frozen, "outstanding")


def test_usual_lending_is_remembered_while_nobody_funds():
    model = told("economy=funding_freeze", months=13)
    usual = model.lender.draws_average
    model.lender.rolled_over = 0.0
    model.lender.remember(model.record)
    assert model.lender.draws_average == usual > 0


def test_the_trigger_stops_new_notes_and_shrinks_the_book():
    calm, hit = told(), told("funding.least_excess=0.5")
    assert calm.record["early_amortisation"] == 0 and calm.record["debt_beyond_caps"] < 0.01 * calm.record["funding"]
    told_by_month = [record["early_amortisation"] for record in hit.records]
    assert 1 in told_by_month
    assert total(hit, "outstanding") < 0.7 * total(calm, "outstanding")
    assert total(hit, "draws_cut") > 50


@pytest.mark.parametrize("growth", [0.0, -0.3, 0.05])
def test_a_static_balance_sheet_does_not_grow(growth):
    """Lending is what was repaid, in a year as in two; a book that must shrink shrinks by so much.

    It is told at the end of a month; lending was decided before some payments failed: within 2 %, made up for later.
    """
    model = told(f"lender.growth_cap={growth}", "funding=debt", "policy.limit.opening_multiple=4", months=37)
    start, later = model.records[11]["outstanding"], [model.records[at]["outstanding"] for at in (23, 35)]
    allowed = [start * (1 + growth), start * (1 + growth) ** 2]
    assert all(owed < 1.02 * most for owed, most in zip(later, allowed, strict=True))
    assert growth != -0.3 or min(owed / most for owed, most in zip(later, allowed, strict=True)) > 0.95
    free = told("funding=debt", "policy.limit.opening_multiple=4", months=37)
    assert later[1] < free.records[35]["outstanding"] and total(model, "draws_cut") > total(free, "draws_cut")


def test_notes_are_cheaper_than_debt():
    """Of a lender whose capital never binds, so that all three lend alike."""
    rich = "lender.equity_per_borrower=100000"
    notes, dear = told(rich, NO_TRIGGER), told(rich, NO_TRIGGER, "funding.note_spread=0.06")
    debt = told(rich, "funding=debt")
    lent = [total(model, "outstanding") for model in (dear, debt, notes)]
    assert max(lent) < 1.02 * min(lent)
    assert total(dear, "lender_profit") < total(debt, "lender_profit") < total(notes, "lender_profit")


@pytest.mark.parametrize("overrides", [(), ("sharing=joint_loan_30_70",), ("lender.equity_per_borrower=3000",)])
def test_every_fen_in_a_freeze(overrides):
    model = told("economy=funding_freeze", "funding.revolving_months=4", *overrides, months=0)
    before, notes = stocks(model), 0
    for _ in range(30):
        model.step()
        before = assert_month(model, before)
        notes += model.ledger.flows["notes_issued"] - model.ledger.flows["notes_repaid"]
        assert notes == model.record["notes"] == model.lender.notes.outstanding <= model.lender.funding
    assert total(model, "notes_due") > total(model, "notes_rolled")


def test_notes_survive_a_checkpoint(tmp_path):
    model = told(NO_TRIGGER, "economy=funding_freeze", "funding.revolving_months=4", months=16)
    assert len(np.unique(model.lender.notes.series[:, MONTHS_LEFT])) > 1
    again = sim.Model.fork(model.config, model.save(tmp_path / "kept"))
    for _ in range(3):
        model.step()
        again.step()
    assert again.record == model.record
