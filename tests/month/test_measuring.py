"""One row measured at a time, groups by income, and how far an institution's failure reaches, all by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.loops.stage import Stage
from sim.figures.catalog import METRICS
from sim.figures.formula import Month
from sim.firms.measures import MEASURE_FIRM
from sim.loan.ratios import ratio
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_OPEN, LINE_REFUSED
from sim.persons.inclusion import concentration, count_applicants, find_decile, inclusion_figures, measure_inclusion
from sim.sharing.institutions import systemic
from sim.sharing.terms import BILLION, GUARANTEE_FUND, RE_GUARANTEE_FUND
from tests.laws.calling import act, call

FIRM = {
    "trading": 1, "sector": 3, "cash": 11, "receivables": 13, "inventory": 17, "staff": 19, "vacancies": 23,
    "months_short": 1, "sales": 29, "interest": 31, "triggered": 37, "written_off": 41, "line": LINE_OPEN, "limit": 43,
    "principal": 47, "covered": 53, "months_past_due": 2, "product": 4,
}  # fmt: skip


def told(declared: Stage | tuple[Stage, ...], row: dict[str, int | float], **changed: int | float) -> dict[str, int]:
    return call(declared, **{**row, **changed})


def test_a_firm():
    found = told(MEASURE_FIRM, FIRM)
    assert found == {
        "firms": 1, "sum_cash": 11, "sum_interest": 31, "sum_triggered": 37, "sum_written_off": 41,
        "sum_receivables": 13, "sum_inventory": 17, "sum_staff": 19, "sum_vacancies": 23, "open_lines": 1,
        "open_limits": 43, "open_principal": 47, "distressed": 1, "balance place": 2, "balance amount": 47,
        "accounts place": 2, "accounts amount": 1, "covered_balance place": 2, "covered_balance amount": 53,
        "claimed_balance place": 2, "claimed_balance amount": 37,
        "firms_by_sector place": 3, "firms_by_sector amount": 1, "sales_by_sector place": 3,
        "sales_by_sector amount": 29, "balance_by_product place": 4, "balance_by_product amount": 47,
        "overdue_by_product place": 4, "overdue_by_product amount": 47,
    }  # fmt: skip
    gone = told(MEASURE_FIRM, FIRM, trading=0, line=LINE_CLOSED, months_past_due=1)
    zero = ("firms", "sum_staff", "sum_vacancies", "open_lines", "open_limits", "open_principal", "distressed")
    assert [gone[name] for name in (*zero, "sales_by_sector amount", "overdue_by_product amount")] == [0] * 9
    assert gone["sum_cash"] == 11 and gone["balance amount"] == 47
    assert (gone["claimed_balance place"], gone["claimed_balance amount"]) == (1, 37)
    assert told(MEASURE_FIRM, FIRM, months_short=0)["distressed"] == 0
    assert told(MEASURE_FIRM, FIRM, principal=0)["accounts amount"] == 0


def test_a_part_of_nothing_is_nothing():
    assert ratio(3, 4) == 0.75 and ratio(3, 0) == 0.0


# ---- inclusion --------------------------------------------------------------------------------------

CUTS = {f"income_cut_{k}": 100 * k for k in range(1, 10)}


@pytest.mark.parametrize(
    ("income", "place"), [(0, 0), (99, 0), *((100 * k, k) for k in range(1, 10)), (199, 1), (10**6, 9)]
)
def test_the_decile_of_an_income(income, place):
    """A bound belongs to the decile above it."""
    found = call((find_decile, count_applicants), line=LINE_APPLIED, income_permanent=income, **CUTS)
    assert found == {
        "income_decile": place, "applicants_by_decile place": place, "applicants_by_decile amount": 1
    }  # fmt: skip
    assert call(count_applicants, line=LINE_OPEN, income_decile=place)["applicants_by_decile amount"] == 0


def test_inclusion_of_one_person():
    row = {"line": LINE_OPEN, "months_in_state": 0, "principal": 1_000, "rate": 0.15, "thin_file": 1,
           "income_decile": 2}  # fmt: skip
    names = ("persons", "open", "refused", "balance", "interest")
    found = call(measure_inclusion, **row)
    assert [found[f"{name}_by_decile place"] for name in names] == [2] * 5
    assert [found[f"{name}_by_decile amount"] for name in names] == [1, 1, 0, 1_000, 150]
    assert (found["thin_balance"], found["thin_interest"]) == (1_000, 150)
    refused = call(measure_inclusion, **{**row, "line": LINE_REFUSED, "thin_file": 0})
    assert [refused[f"{name}_by_decile amount"] for name in names[1:3]] == [0, 1] and refused["thin_balance"] == 0
    assert (
        call(measure_inclusion, **{**row, "line": LINE_REFUSED, "months_in_state": 1})["refused_by_decile amount"] == 0
    )


def test_figures_of_inclusion():
    steps = np.arange(1, 11)
    model = SimpleNamespace(
        config=SimpleNamespace(study=SimpleNamespace(inclusion=True)),
        ledger=SimpleNamespace(flows={"thin_interest": 100, "thin_balance": 500}),
        bins={"persons_by_decile": np.full(10, 20), "open_by_decile": steps, "applicants_by_decile": 3 * steps,
              "refused_by_decile": steps, "balance_by_decile": 100 * steps, "interest_by_decile": 11 * steps},
    )  # fmt: skip
    found = act(inclusion_figures, model)
    month = Month(model.ledger.flows, model.bins, found)
    prices = [METRICS[f"price_{file}_file"].formula(month) for file in ("thin", "thick")]
    assert prices == [0.2, pytest.approx((605 - 100) / 5_000)]
    assert [found[f"access_decile_{k}"] for k in (1, 10)] == [0.05, 0.5]
    assert [found[f"applications_decile_{k}"] for k in (1, 10)] == [3, 30]
    assert [found[f"approvals_decile_{k}"] for k in (1, 10)] == [2, 20]
    assert found["price_decile_4"] == 0.11
    assert found["credit_concentration"] == pytest.approx(concentration(np.ones(10), steps))
    model.config.study.inclusion = False
    assert act(inclusion_figures, model) == {}


def test_concentration_by_hand():
    """Two groups of equal size, a quarter and three quarters: 1 - (.5 x .25 + .5 x 1.25) = .25."""
    assert concentration(np.array([10, 10]), np.array([1, 3])) == pytest.approx(0.25)
    assert concentration(np.array([10, 10]), np.array([3, 1])) == pytest.approx(-0.25)
    assert concentration(np.array([10, 30]), np.array([1, 3])) == pytest.approx(0.0)
    assert concentration(np.zeros(2), np.ones(2)) == 0.0 == concentration(np.ones(2), np.zeros(2))


# ---- institutions -----------------------------------------------------------------------------------


def purse(net_assets: int, cash: int, unlimited: bool = False) -> SimpleNamespace:
    return SimpleNamespace(net_assets=net_assets, cash=cash, unlimited=unlimited)


def contract(backed: bool = False, **changed) -> SimpleNamespace:
    """A fund of 400 that bears half, two banks with 300 and 100 of a joint book; 1 000 is at risk in a year."""
    made = SimpleNamespace(
        queue={GUARANTEE_FUND: [30, 20], RE_GUARANTEE_FUND: [10]},
        purses={GUARANTEE_FUND: purse(400, 45), RE_GUARANTEE_FUND: purse(1_000, 100)},
        partners=SimpleNamespace(partners=(1, 2), stake=[300, 100], tier_one=[2_000, 4_000]),
        cover=SimpleNamespace(risk=1_000),
        leans_on=lambda name: name == GUARANTEE_FUND or backed,
        weight_of=lambda name: BILLION // 2 if name == GUARANTEE_FUND else BILLION // 5,
        falls_on={RE_GUARANTEE_FUND: GUARANTEE_FUND} if backed else {},
    )
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def test_how_far_a_fund_and_a_lender_reach():
    found = systemic(contract(), 5_000)
    # The fund fails: the lender loses 50 that wait and 500 to come of 5 000; the banks lean on it for 750 and 250.
    lost = 0.11 * 5_000 + 0.11 * (750 + 250)
    assert found["reach_of_fund"] == pytest.approx(lost / (5_000 + 2_000 + 4_000))
    assert found["reach_of_lender"] == pytest.approx((750 + 250) / (400 + 6_000))
    assert found["clearing_shortfall"] == 50 - 45
    thin = contract(partners=SimpleNamespace(partners=(1, 2), stake=[300, 100], tier_one=[400, 4_000]))
    # The first bank would lose 750 and has 400.
    assert systemic(thin, 5_000)["reach_of_lender"] == pytest.approx((400 + 250) / (400 + 4_400))
    assert systemic(contract(purses={GUARANTEE_FUND: purse(400, -9)}), 5_000)["clearing_shortfall"] == 50


def test_a_fund_leans_on_its_own_guarantor():
    found = systemic(contract(backed=True), 5_000)
    # The re-guarantee fund is nobody's debtor but the fund's; 10 wait there, and it can pay.
    assert found["clearing_shortfall"] == 5
    assert found["reach_of_fund"] == pytest.approx(0.11 * 6_000 / (5_000 + 1_000 + 6_000))


def test_without_a_fund_or_capital_nothing_is_reached():
    bare = contract(queue={}, purses={}, leans_on=lambda name: False, cover=SimpleNamespace(risk=0))
    assert systemic(bare, -5) == {"reach_of_lender": 0.0, "clearing_shortfall": 0}
    endless = contract(purses={GUARANTEE_FUND: purse(400, 45, unlimited=True)})
    assert "reach_of_fund" not in systemic(endless, 5_000)
