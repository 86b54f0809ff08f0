"""Five classes with contamination: the worst class of an obligor, debts elsewhere, restructured loans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.classification import BY_MONTHS, COLUMNS, Classification
from sim.lender.observation import AMOUNTS
from sim.lender.provisioning import FiveCategories

NOBODY = np.array([-1])


def book(**columns):
    rows = max(len(values) for values in columns.values())
    return {name: np.array(columns.get(name, [0] * rows)) for name in COLUMNS}


def classes(books, owners=NOBODY, **settings):
    return [found.tolist() for found in Classification(FiveCategories(**settings), True).classes(books, owners)]


def test_an_owner_and_the_firm_share_the_worst_class():
    persons = book(months_past_due=[0, 0, 5, 0], principal=[900, 900, 500, 0])
    firms = book(months_past_due=[0, 10, 4, 0, 11], principal=[0, 200, 50, 500, 300])
    owners = np.array([-1, 0, 1, 2, 3])
    # Owner 0: 200 of 1 100 are doubtful, so all is. Owner 1: 50 of 950 is under a tenth. Owner 2: half is bad.
    # Owner 3 owes nothing: only the firm does.
    assert classes([persons, firms], owners) == [[3, 0, 2, 0], [0, 3, 2, 2, 3]]
    assert classes([persons, firms], owners, obligor_share=1.0) == [[0, 0, 2, 0], [0, 3, 2, 0, 3]]
    assert classes([persons, firms], owners, obligor_share=0.0) == [[3, 2, 2, 0], [0, 3, 2, 2, 3]]


def test_late_elsewhere_is_late_here():
    """Over a fifth of all that is owed, as the bureau shows it, is 90 days late."""
    persons = book(principal=[750, 850, 750, 0], bureau_debt=[250, 150, 250, 900], bureau_past_due=[4, 4, 3, 9])
    assert classes([persons]) == [[2, 0, 0, 0]]
    assert classes([persons], elsewhere_share=1.0) == [[0, 0, 0, 0]]


def test_a_restructured_loan_is_watched():
    settings = Classification(FiveCategories(observation_months=2, elsewhere_share=1.0), True)
    at = [settings.classes([book(principal=[9, 9, 9], months_past_due=[1, 5, 0])], NOBODY)[0].tolist()]
    for _ in range(3):
        at.append(settings.classes([book(principal=[9, 9, 9], reliefs=[1, 1, 0])], NOBODY)[0].tolist())
    # Bad before: substandard for two months; only late before: special-mention.
    assert at == [[1, 2, 0], [1, 2, 0], [1, 2, 0], [0, 0, 0]]
    holiday = Classification(FiveCategories(), watches=False)
    assert holiday.classes([book(principal=[9], reliefs=[1])], NOBODY)[0].tolist() == [0]


amounts = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 10**8), st.integers(0, 12)), min_size=1, max_size=20)


@given(amounts, amounts, st.floats(0, 1), st.data())
def test_nobody_is_classed_better_than_by_arrears_and_every_fen_is_classed(people, firms, share, data):
    persons = book(months_past_due=[p[0] for p in people], principal=[p[1] for p in people], covered=[0] * len(people))
    others = book(months_past_due=[f[0] for f in firms], principal=[f[1] for f in firms])
    owners = np.array(data.draw(st.lists(st.integers(-1, len(people) - 1), min_size=len(firms), max_size=len(firms))))
    both = [persons, others]
    settings = FiveCategories(obligor_share=share)
    for one, found in zip(both, Classification(settings, True).classes(both, owners), strict=True):
        assert (found >= BY_MONTHS[one["months_past_due"]]).all()
    own = [sum(np.bincount(one["months_past_due"], one[name], 14).astype(int) for one in both) for name in AMOUNTS]
    (balance, covered, _), contaminated = Classification(settings, True).balances(both, owners, *own)
    assert balance.sum() == sum(p[1] for p in people) + sum(f[1] for f in firms) and covered.sum() == 0
    plain = Classification(FiveCategories(obligor_share=1.0, elsewhere_share=1.0), True).balances(both, owners, *own)
    assert plain[1] == 0 <= contaminated <= balance.sum()
    assert (np.cumsum(balance[::-1]) >= np.cumsum(plain[0][0][::-1])).all()


WORLD = ("population=tiny", "population.borrowers=1500", "economy=severe_recession", "economy.shock_lag=0",
         "machine.threads=1", "study.burn_in=6", "firms.per_person=0.15")  # fmt: skip


def told(*overrides: str, months: int = 30):
    model = sim.Model(sim.compose([*WORLD, *overrides]))
    for _ in range(months):
        model.step()
    return model


@pytest.mark.parametrize(
    ("overrides", "off"),
    [
        ((), ()),
        (("bureau=full",), ("provisioning.elsewhere_share=1",)),
        (
            ("policy/relief=restructuring", "policy.relief.relief_latest=13"),
            ("provisioning.observation_months=0",),
        ),
    ],
)
def test_contamination_costs_provisions(overrides, off):
    alone = told("provisioning=five_category", "provisioning.obligor_share=1", *off, *overrides)
    joined = told("provisioning=five_category", *overrides)
    contaminated = [record["contaminated"] for record in joined.records]
    assert sum(contaminated) > 0 == sum(record["contaminated"] for record in alone.records)
    assert sum(joined.lender.classed) == joined.record["outstanding"]
    # Provisions are higher from the first contaminated month on; before the two runs are the same.
    first = next(place for place, fen in enumerate(contaminated) if fen > 0)
    assert joined.records[first]["provisions"] > alone.records[first]["provisions"]
    assert joined.records[first]["class_pass"] <= alone.records[first]["class_pass"]


def test_classes_survive_a_checkpoint(tmp_path):
    model = told("provisioning=five_category", "policy/relief=restructuring", months=14)
    assert any((kept["left"] != 0).any() for kept in model.lender.classes.kept)
    again = sim.Model.fork(model.config, model.save(tmp_path / "kept"))
    for _ in range(2):
        model.step()
        again.step()
    assert again.record == model.record


@pytest.mark.parametrize("overrides", [(), ("policy/relief=restructuring", "policy.relief.relief_latest=13")])
def test_the_table_of_firms_bad_loans_closes_every_month(overrides):
    """Opening + new - cured - repaid - charged off - restructured = closing, to the fen, firms apart."""
    model, moved = told(*overrides), 0
    for before, now in zip(model.records, model.records[1:], strict=False):
        left = sum(now[f"firm_npl_{name}"] for name in ("cured", "repaid", "charged_off"))
        left += before.get("firm_npl_restructured", 0)
        assert before["firm_npl_stock"] + now["firm_npl_new"] - left == now["firm_npl_stock"]
        moved += now["firm_npl_new"] + left
    assert moved > 0
