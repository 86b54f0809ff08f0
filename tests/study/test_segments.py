"""What every account did, to the fen: by hand, against the ledger month by month, and by segment against the months."""

import numpy as np
import pytest

import sim
from sim.engine.loops.compiled import plain
from sim.loan.states import (
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
    MONTHS_30,
    MONTHS_90,
)
from sim.sharing.terms import PARTICIPANTS
from sim.study.follow import lives
from sim.study.follow.cells import (
    PERSONS,
    cells_of_firms,
    cells_of_persons,
    compared_cells,
    layout_of_firms,
    of_product,
)
from sim.study.follow.lives import BEFORE, NOW, SUMS, Book
from sim.study.follow.segments import MONTH_ENDS, STOCKS, Segments

interest_paid, came_in, was_approved = (
    plain(rule) for rule in (lives.interest_paid, lives.came_in, lives.was_approved)
)


# ---- the rules of a month, by hand --------------------------------------------------------------------


def test_a_payment_goes_to_interest_first():
    """1 000.00 at 12 % accrue 10.00; with 5.00 unpaid, 15.00 of a payment are interest, and no more than it."""
    assert interest_paid(5_000, 100_000, 500, 0.12, 0, 4) == 1_500
    assert interest_paid(1_400, 100_000, 500, 0.12, 3, 4) == 1_400
    assert interest_paid(5_000, 100_000, 500, 0.12, 4, 4) == 500, "none accrues from 90 days on"
    assert interest_paid(5_000, 0, 0, 0.12, 0, 4) == 0
    assert interest_paid(10**10, 1_999_999_990, 4, 0.12, 0, 4) == 10, "what is owed stays within what a column holds"


def test_what_comes_in_on_an_old_debt():
    assert came_in(1_000, 900, 100, LINE_CHARGED_OFF, 1, False, 0.3) == 100
    assert came_in(1_000, 1_000, 0, LINE_CHARGED_OFF, 1, False, 0.3) == 0
    assert came_in(1_000, 0, 70, LINE_NONE, 1, False, 0.3) == 70, "the last payment before the rest is given up"
    assert came_in(1_000, 0, 1_000, LINE_CLOSED, 1, False, 0.3) == 1_000
    assert came_in(1_001, 0, 0, LINE_CHARGED_OFF, 1, True, 0.3) == 300, "sold"
    assert came_in(1_001, 0, 0, LINE_NONE, 0, True, 0.3) == 300, "sold, and left in that month"
    assert came_in(1_000, 0, 0, LINE_NONE, 0, False, 0.3) == 0, "given up, and left in that month"
    assert came_in(1_000, 0, 0, LINE_NONE, 1, True, 0.3) == 0, "given up"


def test_a_line_where_there_was_none_was_approved():
    for line in (LINE_OPEN, LINE_FROZEN, LINE_CLOSED):
        assert was_approved(LINE_NONE, line, False) and was_approved(LINE_APPLIED, line, False)
        assert was_approved(LINE_CHARGED_OFF, line, True) and not was_approved(LINE_CHARGED_OFF, line, False)
        assert not was_approved(LINE_OPEN, line, False) and not was_approved(LINE_REFUSED, line, False)
    assert not was_approved(LINE_NONE, LINE_REFUSED, False) and not was_approved(LINE_CHARGED_OFF, LINE_NONE, True)
    assert not was_approved(LINE_APPLIED, LINE_REFUSED, False)


def book(**columns):
    given = {name: 0 for name in (*NOW, *BEFORE, "limit")} | {
        "alive": 1,
        "line": LINE_OPEN,
        "default_month": -9,
        "claim_month": -9,
    }
    kinds = {"rate": np.float32, "offer_rate": np.float32, "alive": np.int8, "line": np.int8}
    return {
        name: np.array(columns.get(name, [value]), dtype=kinds.get(name, np.int32)) for name, value in given.items()
    }


def test_months_of_a_loan_by_hand():
    """960.00 owed; 200.00 more at 25 %, 50.00 paid of which 9.60 are interest, 30 days late; then all is lost."""
    person = Book(book(principal=[96_000], rate=[0.12], offer_rate=[0.25], limit=[150_000]), np.zeros(1, np.int32), 1)
    terms = {"accrual_stops": 4, "sale_price": 0.1}
    counted, jobs = np.ones(1, np.int8), np.ones(1, np.int8)
    later = {"rate": [0.14], "limit": [150_000], "paid": [5_000], "months_past_due": [2]}
    person.follow(book(principal=[111_960], **later), counted, jobs, 3, terms)
    found = dict(zip(SUMS, person.take()[0].tolist(), strict=True))
    assert found == {
        "limits": 150_000, "outstanding": 111_960, "jobs": 1, "drawn": 20_000, "rate_of_draws": 5_000,
        "interest_received": 960, "charged_off": 0, "recovered": 0, "defaults": 0, "sales": 0, "failures": 0,
        "customers": 1, "open_lines": 1, "past_due_30": 111_960, "past_due_90": 0, "claims": 0,
        "applications_decided": 0, "approvals": 0,
    }  # fmt: skip
    gone = {"line": [LINE_CHARGED_OFF], "written_off": [111_960], "claim_month": [4], "claimed": [90_000]}
    person.follow(book(**gone, default_month=[4]), counted, jobs, 4, terms)
    person.follow(
        book(line=[LINE_CHARGED_OFF], written_off=[111_860], paid=[100]), counted, np.zeros(1, np.int8), 5, terms
    )
    person.follow(book(line=[LINE_CHARGED_OFF], months_in_state=[6]), counted, jobs, 6, terms)
    found = dict(zip(SUMS, person.take()[0].tolist(), strict=True))
    assert {name: value for name, value in found.items() if value} == {
        "customers": 3, "jobs": 2, "charged_off": 111_960, "recovered": 100 + 11_186, "claims": 90_000, "defaults": 1,
    }  # fmt: skip
    assert person.open_months[0, 0] == 0b0001 and person.totals[SUMS.index("customers"), 0] == 4
    refused = book(line=[LINE_REFUSED])
    person.follow(refused, counted, jobs, 7, terms)
    person.follow({**refused, "months_in_state": np.array([1])}, counted, jobs, 8, terms)
    person.follow(book(line=[LINE_NONE]), counted, jobs, 9, terms)
    person.follow(book(), counted, jobs, 10, terms)
    found = dict(zip(SUMS, person.take()[0].tolist(), strict=True))
    assert (found["applications_decided"], found["approvals"], found["open_lines"]) == (2, 1, 1)


def test_a_stranger_draws_before_interest_accrues():
    """Of 100.00 that a stranger took and the customer must pay, 1.00 of interest is due at once; nothing was lent."""
    person = Book(book(rate=[0.12]), np.zeros(1, np.int32), 1)
    now, terms = book(principal=[9_900], rate=[0.12], paid=[200]), {"accrual_stops": 4, "sale_price": 0.1}
    person.follow(now, np.ones(1), np.ones(1, np.int8), 3, terms, stolen=np.array([10_000], np.int32))
    found = dict(zip(SUMS, person.take()[0].tolist(), strict=True))
    assert (found["interest_received"], found["drawn"], found["outstanding"]) == (100, 0, 9_900)


def test_whoever_draws_and_repays_within_a_month_has_drawn():
    person = Book(book(offer_rate=[0.2]), np.zeros(1, np.int32), 1)
    terms = {"accrual_stops": 4, "sale_price": 0.1}
    person.follow(book(paid=[700]), np.ones(1), np.ones(1, np.int8), 3, terms)
    gone = book(paid=[800], alive=[0], line=[LINE_NONE])
    for month in range(4, 7):  # leaves at once, and keeps what was paid last
        person.follow(gone, np.zeros(1), np.ones(1, np.int8), month, terms)
    assert dict(zip(SUMS, person.take()[0].tolist(), strict=True))["drawn"] == 1_500


def test_rows_come_and_go_to_another_cell_with_what_they_do_from_then_on():
    firm = Book(book(principal=[100]), np.zeros(1, np.int32), 3)
    counted, jobs, terms = np.ones(2), np.ones(2, np.int32), {"accrual_stops": 4, "sale_price": 0.1}
    firm.come(np.array([2], np.int32))
    two = {name: np.repeat(column, 2) for name, column in book(principal=[100]).items()}
    firm.follow(two, counted, jobs, 0, terms)
    firm.do_business(np.array([1, 0]), np.array([50, 60]), np.array([-9, 0]), 0)
    firm.move(np.array([1, 2], np.int32))
    firm.follow(two, counted, jobs, 1, terms)
    outstanding, sales, failures = (SUMS.index(name) for name in ("outstanding", "sales", "failures"))
    found = firm.take()
    assert found[:, outstanding].tolist() == [100, 100, 200]
    assert found[:, sales].tolist() == [50, 0, 0] and found[:, failures].tolist() == [0, 0, 1]
    firm.follow(two, counted, jobs, 2, terms)
    assert firm.take()[:, outstanding].tolist() == [0, 100, 100], "only what has come since"
    for month in range(3, 70):
        firm.follow(two, counted, jobs, month, terms)
    assert [int(word).bit_count() for word in firm.open_months[:, 0]] == [63, 7]


# ---- cells --------------------------------------------------------------------------------------------


def test_cells_of_persons_and_firms():
    standing = {f"income_cut_{k}": 100 * k for k in range(1, 10)}
    persons = {"income_permanent": np.array([99, 100, 950]), "sector": np.array([0, 5, 4], np.int8)}
    cells = cells_of_persons(persons, {"thin_file": np.array([0, 1, 1], np.int8)}, standing)
    assert cells.tolist() == [0, (10 + 1) * 6 + 5, (10 + 9) * 6 + 4]
    firms = {"sector": np.array([4, 0], np.int8), "size_class": np.array([0, 1], np.int8), "region": np.array([7, 2])}
    cells = cells_of_firms(firms, {"product": np.array([2, 1], np.int8)}, 8)
    layout = layout_of_firms(8)
    sums = np.zeros((layout.cells, 1), dtype=np.int64)
    sums[cells[0]], sums[cells[1]] = 3, 5
    found = {
        dimension.name: {
            name: int(one[0]) for name, one in zip(dimension.segments, layout.by(dimension, sums), strict=True)
        }
        for dimension in layout.dimensions
    }
    assert {name: {segment: one for segment, one in of.items() if one} for name, of in found.items()} == {
        "sector_size": {"agriculture micro": 3, "manufacturing small": 5},
        "product": {"farm": 3, "working_capital": 5},
        "region": {"8": 3, "3": 5},
    }
    assert of_product(cells, np.array([4, 1], np.int8)).tolist() == [cells[0] + 2, cells[1]]
    assert compared_cells(cells, 8).tolist() == [4 * 2 + 0, 0 * 2 + 1]
    assert [one.name for one in layout_of_firms(1).dimensions] == ["sector_size", "product"]
    assert PERSONS.cells == 2 * 10 * 6


# ---- against the ledger -------------------------------------------------------------------------------

SMALL = ("population.borrowers=600", "study.burn_in=3")
HARD = ("economy=severe_recession", "economy.shock_lag=0", "lender.charge_off_months=5",
        "policy.collections.recovery_hazard=0.6")  # fmt: skip
WORLDS = {
    "firms": (
        "lender.charge_off_months=5",
        "policy.collections.recovery_hazard=0.6",
        "sharing=guarantee_80_20",
        "sharing.claim_trigger=months_past_due",
        "sharing.claim_months_past_due=2",
    ),
    "strangers draw": ("firms=none", "fraud=takeovers", "fraud.takeover_hazard=0.05", *HARD),
    "debts are sold": ("firms=none", "policy/collections=bulk_sale", "policy.collections.sale_months=0", *HARD[:3]),
    "debts are given up": ("firms=none", "lender.exclusion_months=5", *HARD),
    "a list of rules": ("firms=none", "policy/engine=rules", "policy/closing=hysteresis", *HARD),
}


def flows_of(model, prefix):
    """What the ledger and the record say of a month, by the names of what is followed."""
    flows, balance = model.ledger.flows, model.bins[f"{prefix}balance"]
    found = {
        "past_due_30": balance[MONTHS_30:].sum(), "past_due_90": balance[MONTHS_90:].sum(),
        "outstanding": balance.sum(),
        "drawn": flows[f"{prefix}loans_drawn.paid"], "rate_of_draws": flows[f"{prefix}new_lending_rate"],
        "interest_received": flows[f"{prefix}interest_paid.received"], "charged_off": flows[f"{prefix}charged_off"],
        "recovered": flows[f"{prefix}recoveries.received"] + flows[f"{prefix}debt_sold.received"],
        "claims": flows[f"{prefix}newly_triggered"], "approvals": flows[f"{prefix}approvals"],
        "applications_decided": flows[f"{prefix}applications_decided"],
    }  # fmt: skip
    if prefix:
        business = {"customers": "firms", "jobs": "sum_staff", "sales": "sold", "failures": "failures"}
        return found | {name: flows[prefix + flow] for name, flow in business.items()}
    persons = {"customers": flows["persons"], "jobs": flows["persons"] - flows["jobless"]}
    return found | persons | {"defaults": model.record["defaults"]}


@pytest.mark.parametrize("world", WORLDS)
def test_what_is_followed_is_what_the_ledger_books(world):
    """All that rows do adds up to the ledger's month, every month and to the fen, and none of it is always nothing."""
    model = sim.Model(sim.compose([*SMALL, *WORLDS[world]]))
    for _ in range(3):
        model.step()
    followed, seen = Segments(model), dict.fromkeys(SUMS, 0)
    for _ in range(26):
        before = [one.totals.sum(axis=1) for one in followed.books]
        model.step()
        followed.follow(model)
        for one, was, prefix in zip(followed.books, before, ("", "firm."), strict=False):
            found = dict(zip(SUMS, (one.totals.sum(axis=1) - was).tolist(), strict=True))
            booked = flows_of(model, prefix)
            assert {name: found[name] for name in booked} == booked
            seen |= {name: seen[name] + int(value) for name, value in booked.items()}
    never = {name for name, value in seen.items() if not value}
    assert never <= {"sales", "failures", "claims", "open_lines", "limits"}, "a sum of nothing proves nothing"
    assert world != "firms" or (seen["claims"] and seen["sales"] and seen["failures"])


def test_applications_of_those_who_come_with_the_world_are_decided_in_its_first_month():
    """Without a burn-in the policy date is the first day: everybody's application stands open then."""
    model = sim.Model(sim.compose(["population.borrowers=400", "study.burn_in=0"]))
    followed = Segments(model)
    model.step()
    followed.follow(model)
    for one, prefix in zip(followed.books, ("", "firm."), strict=True):
        found, booked = dict(zip(SUMS, one.totals.sum(axis=1).tolist(), strict=True)), flows_of(model, prefix)
        assert found["approvals"] == booked["approvals"] > 0
        assert found["applications_decided"] == booked["applications_decided"] > 0


def test_who_is_on_the_book_for_good_is_in_a_cell_for_good():
    """Nobody's file, sector or true income changes, so that a person is in one segment all along."""
    model = sim.Model(sim.compose([*SMALL, *HARD]))
    model.step()
    first = cells_of_persons(model.persons, model.accounts, model.standing)
    for _ in range(12):
        model.step()
    assert (cells_of_persons(model.persons, model.accounts, model.standing)[: len(first)] == first).all()


@pytest.fixture(scope="module")
def lived():
    """Twenty months under a scheme of several parties: the model, its records, claims by bearer, and the table."""
    scheme = ("sharing=scheme_4321", "sharing.claim_trigger=months_past_due", "sharing.claim_months_past_due=2")
    model = sim.Model(sim.compose(["population.borrowers=1500", "study.burn_in=3", *HARD, *scheme]))
    for _ in range(3):
        model.step()
    followed, borne = Segments(model), dict.fromkeys(PARTICIPANTS, 0)
    for _ in range(20):
        model.step()
        followed.follow(model)
        for claim in model.claims():
            for name, amount in claim.borne.items():
                borne[name] += amount
    return model, borne, followed.tables()["segments"]


def test_each_dimension_adds_up_to_the_months_of_its_year(lived):
    model, _, table = lived
    assert set(table["year"]) == {1, 2} and set(table["months"][table["year"] == 2]) == {8}
    for year, months in ((1, slice(3, 15)), (2, slice(15, 23))):
        records = model.records[months]
        total = {name: sum(record.get(name, 0) for record in records) for name in (
            "charged_off", "recovered", "outstanding", "applications_decided", "interest_received", "approvals",
            "drawn", "persons", "defaults", "firms", "firm_failures", "output", "staff",
            "firm_outstanding", "firm_charged_off",
            "firm_recovered", "firm_drawn", "firm_applications_decided",
        )}  # fmt: skip
        of = {}
        for borrower in ("persons", "firms"):
            dimensions = set(table["dimension"][table["borrower"] == borrower])
            assert dimensions == ({"file", "income_decile", "sector", "product"} if borrower == "persons" else
                                  {"sector_size", "product", "region"})  # fmt: skip
            each = [sums_of(table, year, borrower, dimension) for dimension in dimensions]
            assert all(one == each[0] for one in each)
            of[borrower] = each[0]
        persons, firms = of["persons"], of["firms"]
        for name in ("charged_off", "recovered", "interest_received", "drawn"):
            assert persons[name] + firms[name] == total[name] > 0, name
        assert persons["outstanding" + MONTH_ENDS] + firms["outstanding" + MONTH_ENDS] == total["outstanding"]
        for name in ("applications_decided", "approvals", "defaults"):
            assert persons[name] == total[name] > 0
        assert persons["customers" + MONTH_ENDS] == total["persons"]
        assert firms["applications_decided"] == total["firm_applications_decided"]
        for name in ("charged_off", "recovered", "drawn"):
            assert firms[name] == total[f"firm_{name}"]
        for name, figure in (("customers", "firms"), ("jobs", "staff"), ("outstanding", "firm_outstanding")):
            assert firms[name + MONTH_ENDS] == total[figure] > 0
        assert (firms["sales"], firms["failures"]) == (total["output"], total["firm_failures"])


def sums_of(table, year, borrower, dimension):
    rows = (table["year"] == year) & (table["borrower"] == borrower) & (table["dimension"] == dimension)
    names = [name for name in table if name not in ("year", "months", "borrower", "dimension", "segment")]
    assert [name for name in names if name.endswith(MONTH_ENDS)] == [name + MONTH_ENDS for name in STOCKS]
    return {name: int(table[name][rows].sum()) for name in names}


def test_claims_are_borne_as_the_contract_settles_them(lived):
    _, borne, table = lived
    for dimensions in (("file", "sector_size"), ("income_decile", "region")):
        rows = np.isin(table["dimension"], dimensions)
        found = {name: int(table[f"claims_on_{name}"][rows].sum()) for name in PARTICIPANTS}
        assert found == borne and sum(value > 0 for value in found.values()) > 2
        assert int(table["claims"][rows].sum()) == sum(borne.values())
    parts = sum(table[f"claims_on_{name}"] for name in PARTICIPANTS)
    assert (parts == table["claims"]).all()


def test_before_any_month_there_is_an_empty_table():
    model = sim.Model(sim.compose(["population.borrowers=50", "firms=none", "study.burn_in=0"]))
    table = Segments(model).tables()["segments"]
    assert {len(column) for column in table.values()} == {0}
