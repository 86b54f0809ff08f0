"""Law 3: the same luck for every policy, and with the couplings off nobody's fate hangs on another's."""

from __future__ import annotations

import numpy as np
import pytest

import sim

MONTHS = 36
# No neighbours, no credit feedback, no scheme, and funds that never bind.
ALONE = (
    *("population=tiny", "population.borrowers=250", "population.community_size=100"),
    *("population.arrival_rate=0.02", "behaviour.contagion=0", "economy.credit_feedback.strength=0"),
    *("lender.equity_per_borrower=1000000000", "lender.leverage_cap=100", "sharing=none"),
    *("economy=severe_recession", "economy.shock_lag=0", "study.burn_in=6", "machine.threads=1"),
    *("policy/limit=behavioural", "policy/closing=threshold", "lender.charge_off_months=7"),
    # Firms stand beside and touch nobody: no link acts, and no owner is bound.
    *("feedback=none", "firms.owner_guarantee=0"),
)
# Who works where is the one thing that persons share: one more at work is one more for some firm.
SHARED = ("employer", "owns")
EXOGENOUS = ("sector", "community", "income_permanent", "income_transitory", "employed", "months_jobless",
             "essential", "patience", "honesty", "appetite", "footprint", "income", "shock")  # fmt: skip


def rows_by_person(model) -> dict[tuple[int, int], tuple]:
    """Return each person's whole row, all columns of both tables, by who they are."""
    columns = [table[name] for table in (model.persons, model.accounts) for name in table.columns if name not in SHARED]
    who = zip(model.accounts["arrival_month"].tolist(), model.accounts["ordinal"].tolist(), strict=True)
    return dict(zip(who, zip(*(column.tolist() for column in columns), strict=True), strict=True))


def columns_of(model) -> list[str]:
    return [name for table in (model.persons, model.accounts) for name in table.columns if name not in SHARED]


def test_one_more_borrower_changes_nobody_else():
    fewer = sim.Model(sim.compose([*ALONE]))
    more = sim.Model(sim.compose([*ALONE, "population.borrowers=251"]))
    assert fewer.config.population.communities == more.config.population.communities
    for month in range(MONTHS):
        fewer.step()
        more.step()
        one, other = rows_by_person(fewer), rows_by_person(more)
        assert set(one) < set(other)
        differing = [who for who, row in one.items() if other[who] != row]
        assert differing == [], f"month {month}"
    assert sum(record["drawn"] for record in fewer.records) > 0
    assert sum(record["draws_cut"] for record in fewer.records) == 0
    assert sum(record["closures_month"] for record in fewer.records) > 0
    assert sum(record["defaults"] for record in fewer.records) > 0


def test_nobody_shares_a_key():
    """Who comes in the first month is no twin of who was there from the start, and no firm one of another."""
    world = ("population.borrowers=900", "population.arrival_rate=0.02", "study.burn_in=3", "feedback=all")
    model = sim.Model(sim.compose([*world, "firms.entry_hazard=1", "economy=severe_recession", "economy.shock_lag=0"]))
    for _ in range(20):
        model.step()
    books = (model.accounts, slice(0, model.people.size)), (model.firms.accounts, slice(1, model.firms.rows))
    keys = [key for book, rows in books for key in zip(book["arrival_month"][rows], book["ordinal"][rows], strict=True)]
    assert len(set(keys)) == len(keys) > 1_000
    for book, rows in books:
        assert len(set(book["arrival_month"][rows].tolist())) > 1, "some came later"


@pytest.mark.parametrize("change", ["limit", "closed", "price"])
def test_a_policy_for_one_borrower_changes_nobody_else(change):
    plain, edited = sim.Model(sim.compose([*ALONE])), sim.Model(sim.compose([*ALONE]))
    for _ in range(12):
        plain.step()
        edited.step()
    book = edited.accounts
    row = int(np.flatnonzero((book["line"] == 2) & (book["principal"] > 0) & (book["months_past_due"] == 0))[0])
    if change == "limit":
        book["limit"][row] *= 2
    elif change == "closed":
        book["line"][row], book["limit"][row] = 3, 0
    else:
        book["rate"][row] += 0.05
    touched = 0
    for _ in range(MONTHS - 12):
        plain.step()
        edited.step()
        for table, other in ((plain.persons, edited.persons), (plain.accounts, edited.accounts)):
            for name in table.columns:
                differs = np.flatnonzero(table[name] != other[name])
                touched += len(differs)
                assert set(differs.tolist()) <= {row}, f"{name} of rows {differs}"
    assert touched > 0, "the edit did nothing"


ARMS = {
    "lenient": ("policy/limit=fixed", "policy/closing=never"),
    "strict": ("policy/limit=tiered", "policy/closing=threshold", "policy.closing.closing_score=700"),
    "dear": ("policy/pricing=risk_based", "policy/collections=light"),
    "poor": ("lender.equity_per_borrower=100", "lender.leverage_cap=1"),
    "shared": ("sharing=joint_loan_30_70",),
}


@pytest.fixture(scope="module")
def forked():
    """Every arm forked from one burn-in, month by month, couplings on."""
    coupled = [*ALONE, "behaviour.contagion=50"]
    start = sim.Model(sim.compose(coupled))
    for _ in range(6):
        start.step()
    checkpoint = start.save()
    return {name: sim.Model.fork(sim.compose([*coupled, *overrides]), checkpoint) for name, overrides in ARMS.items()}


def test_all_arms_meet_the_same_shocks(forked):
    reference = forked["lenient"]
    for _ in range(MONTHS):
        for model in forked.values():
            model.step()
        for name, model in forked.items():
            assert model.persons.size == reference.persons.size, f"{name}: other arrivals"
            both = (model.accounts["alive"] & reference.accounts["alive"]) != 0
            for column in ("arrival_month", "ordinal", "thin_file", "signal", "term"):
                np.testing.assert_array_equal(model.accounts[column], reference.accounts[column], column)
            for column in EXOGENOUS:
                np.testing.assert_array_equal(
                    model.persons[column][both], reference.persons[column][both], f"{name}: {column}"
                )
    outcomes = {(model.lender.equity, model.accounts.checksum()) for model in forked.values()}
    assert len(outcomes) == len(forked), "the arms do not differ at all"
    assert reference.persons.size > 250 + MONTHS


def test_arms_share_the_burn_in_and_part_only_afterwards():
    overrides = [*ALONE, "study.burn_in=12"]
    one = sim.Model(sim.compose([*overrides]))
    other = sim.Model(sim.compose([*overrides, "sharing=guarantee_80_20"]))
    for _ in range(12):
        one.step()
        other.step()
    assert one.records == other.records, "a scheme acts from the policy date on"
    one.step()
    other.step()
    assert one.record != other.record
