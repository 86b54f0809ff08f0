"""Every figure of the record from a small book worked by hand: no two tallies are alike, so none passes for another."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace

import numpy as np
import pytest

from sim.figures.catalog import METRICS
from sim.figures.firms import FIRMS
from sim.figures.formula import Month, all_of, asked_of, booked, both, compiled, entries, entry, if_any, in_order, tally
from sim.firms.measures import firm_stocks_at_start
from sim.lender.measures import lender_figures
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.ledger import Ledger
from sim.loan.postings import COUNTS, FIRM, POSTINGS, SCHEME, TALLIED, Flows, UnknownFlowError
from sim.loan.states import NEVER, PRODUCTS
from sim.month.measure import UnknownFigureError, count_defaults, median_cash, of_both, record_month, stocks_of, taken
from sim.month.own import OwnRules
from tests.laws.calling import act
from tests.laws.written import all_stages

PRIVATE = ("manufacturing", "wholesale_retail", "internet_services", "technology", "agriculture")


DECLARED = all_stages()  # what rules tally is known once they are


class Numbered(Flows):
    """Flows of a month: each name that is declared has a number of its own."""

    def __init__(self, without: str | tuple[str, ...] = "nobody"):
        names = sorted({*POSTINGS, *SCHEME, *COUNTS, *TALLIED, *(FIRM + name for name in TALLIED)})
        super().__init__(
            (name, 100_003 + 7_919 * place + place**3)
            for place, name in enumerate(names)
            if not name.startswith(without)
        )


def world(**changed) -> SimpleNamespace:
    """A month at its close: four persons of whom three enter default, one firm that does."""
    ledger = Ledger(True)
    ledger.flows = Numbered()
    ledger.stocks = {"trade_credit": 4_321}
    model = SimpleNamespace(
        month=30,
        ledger=ledger,
        bins={
            "balance": np.array([5_000, 400, 300, 200, 90, 80, 70, 60, 50, 40, 30, 20, 10, 5]),
            "firm.balance": np.array([900, 100, 50, 25, 12, 6, 0, 0, 0, 0, 0, 0, 0, 3]),
            "accounts": np.array([50, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1]),
            "firm.accounts": np.array([7, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
            "covered_balance": np.arange(14) * 3,
            "firm.covered_balance": np.arange(14) * 2,
            "recovered_by_age": np.arange(1, 37),
            "firm.recovered_by_age": np.arange(101, 137),
            "firm.balance_by_product": np.array([0, 500, 300, 200, 96]),
            "firm.overdue_by_product": np.array([0, 50, 60, 20, 0]),
            "firm.sales_by_sector": np.array([11, 22, 33, 44, 55]),
            "rule_hits": np.array([99, 5, 6, 7]),
        },
        lender=SimpleNamespace(
            equity=1_000, capital_ratio=0.21, provisions=333, funding=4_444, failed=0, appetite=2.5, complaints=1.25,
            notes=None, note_month=None,
            settings=SimpleNamespace(leverage_cap=4.0, loss_given_default=0.8, undrawn_weighed=False),
            experience=SimpleNamespace(stages=None, undrawn=0, conversion=0.3, told=lambda: {"undrawn_before_3": 7}),
            allowances=(590, 10, 40), allowance_changes=(9, -2, 5),
            profit=-77, rolls=np.full(4, 0.5), 
            last_balance=np.array([5_900, 500, *[0] * 11, 80]), classed=np.zeros(14), contaminated=0,
            balance_history=[
                np.array(row) for row in ([100, 0, 0, 0], [100, 30, 0, 0], [100, 0, 12, 0], [100, 0, 0, 6])
            ],
        ),
        sharing=SimpleNamespace(
            last={"loss_partner": 1_000, "loss_fund": 200, "fund_capital": 5, "not_told": 1, "loss_insurer": 0,
                  "coverage_won": 0.0, "premium_layers": 0},
            shares_anything=True, has_fund=True, falls_on={},
            scheme=SimpleNamespace(auction=SimpleNamespace(winners=0)),
            layers=[SimpleNamespace(participant=who, premium_rate=0.0) for who in ("partner_banks", "guarantee_fund")],
        ),
        persons={
            "cash": np.array([10, 20, 60, 1_000]), "community": np.array([0, 1, 1, 1]),
            "taught": np.array([0, 1, 0, 1]), "cause": np.array([1, 2, 2, 0]), "can_pay": np.array([1, 0, 0, 1]),
        },
        accounts={
            "alive": np.array([1, 1, 1, 0]), "default_month": np.array([30, 30, 30, NEVER]),
            "alert": np.array([0, 4, 0, 0]), "closed_month": np.array([26, 30, 27, 30]),
            "reliefs": np.array([0, 2, 1, 0]),
        },
        firms=SimpleNamespace(exist=True, accounts={"alert": np.array([9, 6]), "default_month": np.array([NEVER, 30])}),
        events=defaultdict(list),
        absent=frozenset(),
        records=[],
        environment={"default_share_by_community": np.array([0.1, 0.4])},
        config=SimpleNamespace(
            own=OwnRules(),
            study=SimpleNamespace(inclusion=False),
            policy=SimpleNamespace(education=SimpleNamespace(courses=("course",))),
        ),
        scores=SimpleNamespace(figures={"score_auc": 0.7}),
        firm_scores=SimpleNamespace(figures=dict.fromkeys(ScoreKeeper.NAMES, 0.0) | {"score_auc": 0.6, "refits": 2.0}),
    )  # fmt: skip
    model.people = SimpleNamespace(private=model.persons, accounts=model.accounts, size=4)
    for name, value in changed.items():
        setattr(model, name, value)
    return model


def record_of(model: SimpleNamespace) -> dict:
    act(record_month, model)
    return model.records[-1]


BOTH = {
    "drawn": ("loans_drawn.paid",),
    "repaid": ("principal_repaid.received",),
    "interest_received": ("interest_paid.received",),
    "charged_off": ("charged_off",),
    "recovered": ("recoveries.received", "debt_sold.received"),
    "limits_raised": ("limits_raised",),
    "limits_cut": ("limits_cut",),
    "limits_capped": ("limits_capped",),
    "draws_cut": ("draws_cut",),
    "limit_total": ("open_limits",),
    "alerts": ("alerts",),
    "debt_sold": ("debt_sold.received",),
    "face_sold": ("face_sold",),
}
"""Figures over persons and firms, and the tallies whose sum they are."""

SINGLE = {
    "persons": "persons",
    "applications": "applications",
    "applications_decided": "applications_decided",
    "applications_thin": "applications_thin",
    "approvals": "approvals",
    "closures_month": "closures",
    "open_lines": "open_lines",
    "other_debt": "sum_other_debt",
    "evergreened": "drawn_to_repay",
    "collections_cost": "collections_cost",
    "other_losses": "others_written_off",
    "check_cost": "check_cost",
    "fraud_loss": "fraud.paid",
    "fraud_on_persons": "fraud_on_book",
    **{name: name for name in (
        "reopenings", "freezes", "recalls", "lines_given_up", "lines_cut_elsewhere", "restructured", "holidays_begun",
        "warning_cost", "reviews", "review_cost", "contacts", "suits", "judgments_won", "judgments_lost",
        "pledges_enforced", "owners_called", "security_brought", "npl_new", "npl_cured", "npl_repaid",
        "npl_charged_off", "npl_restructured", "over_indebted", "several_lenders", "referrals", "lost_after_block",
        "lost_after_closing", "courses", "education_cost", "fraud_attempts", "fraud_stopped", "fraud_cases",
        "fraud_rings", "data_leaks", "draws_blocked", "lines_abandoned",
    )},
    "firms": "firm.firms",
    "firm_failures": "firm.failures",
    "firm_failures_by_customers": "firm.failures_by_customers",
    "firms_entered": "firms_entered",
    "output": "firm.sold",
    "unsold_for_capacity": "firm.unsold",
    "orders_forgone": "firm.orders_forgone",
    "staff": "firm.sum_staff",
    "vacancies": "firm.sum_vacancies",
    "layoffs": "firm.layoffs_planned",
    "firm_wages": "firm.wages.paid",
    "trade_credit_lost": "trade_credit_lost",
    "owner_guarantee_paid": "owner_guarantee",
    "firm_cash": "firm.sum_cash",
    "firm_inventory": "firm.sum_inventory",
    "firm_drawn": "firm.loans_drawn.paid",
    "firm_charged_off": "firm.charged_off",
    **{f"firm_npl_{name}": f"firm.npl_{name}" for name in ("new", "cured", "repaid", "charged_off", "restructured")},
    "projects_turned_away": "firm.projects_turned_away",
    "projects_turned_away_fen": "firm.projects_turned_away_fen",
    "projects_misused": "firm.projects_misused",
    "firm_draws_cut": "firm.draws_cut",
}  # fmt: skip
"""Figures that are one tally of the month."""


@pytest.fixture(scope="module", autouse=True)
def no_network():
    """The network of institutions has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.month.measure.systemic", lambda *_: {"reach_of_lender": 0.25})
        yield


@pytest.fixture(scope="module")
def month() -> SimpleNamespace:
    model = world()
    return SimpleNamespace(model=model, record=record_of(model), flows=model.ledger.flows)


@pytest.mark.parametrize("name", SINGLE)
def test_a_figure_is_its_own_tally(month, name):
    assert month.record[name] == month.flows[SINGLE[name]]


@pytest.mark.parametrize("name", BOTH)
def test_a_figure_of_the_book_counts_persons_and_firms(month, name):
    assert month.record[name] == sum(month.flows[f"{who}{tally}"] for tally in BOTH[name] for who in ("", "firm."))


def test_each_figure_of_a_tally_says_which():
    for name, single in SINGLE.items():
        assert METRICS[name].formula.text == single
    for name, tallies in BOTH.items():
        assert METRICS[name].formula.text == " + ".join(f"{who}{tally}" for tally in tallies for who in ("", "firm."))
    assert METRICS["loss_rate"].formula.text == (
        "12 * (charged_off + firm.charged_off - (recoveries.received + firm.recoveries.received + debt_sold.received "
        "+ firm.debt_sold.received)) / (balance + firm.balance)"
    )


def test_shares_of_the_book(month):
    record, flows = month.record, month.flows
    persons, firms = 6_355, 1_096
    assert (record["outstanding"], record["person_outstanding"], record["firm_outstanding"]) == (7_451, persons, firms)
    assert record["delinquent_30"] == (persons - 5_400 + firms - 1_000) / 7_451
    assert record["delinquent_90"] == (455 + 21) / 7_451
    assert record["person_delinquent_30"] == 955 / persons and record["person_delinquent_90"] == 455 / persons
    assert record["firm_delinquent_30"] == 96 / firms and record["firm_delinquent_90"] == 21 / firms
    assert record["delinquent_30_accounts"] == (40 + 5) / (99 + 14)
    assert (record["npl_stock"], record["firm_npl_stock"]) == (455, 21)
    assert [record[f"balance_m{k}"] for k in (0, 4, 12)] == [5_900, 102, 10]
    assert [record[f"accounts_m{k}"] for k in (0, 4, 12)] == [57, 7, 1]
    assert not {"balance_m13", "accounts_m13"} & set(record), "all are charged off by then"
    net = {who: flows[f"{who}charged_off"] - flows[f"{who}recoveries.received"] for who in ("", "firm.")}
    sold = {who: flows[f"{who}debt_sold.received"] for who in ("", "firm.")}
    assert record["loss_rate"] == pytest.approx(12 * (sum(net.values()) - sum(sold.values())) / 7_451)
    assert record["person_loss_rate"] == pytest.approx(12 * (net[""] - sold[""]) / persons)
    assert record["firm_loss_rate"] == pytest.approx(12 * (net["firm."] - sold["firm."]) / firms)
    assert record["firm_recovered"] == flows["firm.recoveries.received"] + sold["firm."]
    # What partners and the fund bear is not the lender's.
    assert record["loss_lender"] == sum(net.values()) - sum(sold.values()) - 1_200
    assert (record["loss_partner"], record["loss_fund"], record["fund_capital"]) == (1_000, 200, 5)
    assert not {"not_told", "loss_insurer", "coverage_won", "premium_layers"} & set(record), "the contract has none"
    assert record["reach_of_lender"] == 0.25


def test_ratios_of_tallies(month):
    record, flows = month.record, month.flows

    def of(part: str, whole: str) -> float:
        return flows[part] / flows[whole]

    def of_both(part: str, whole: str) -> float:
        return (flows[part] + flows[f"firm.{part}"]) / (flows[whole] + flows[f"firm.{whole}"])

    assert record["unemployment"] == of("jobless", "persons")
    assert record["approval_rate"] == of("approvals", "applications_decided")
    assert record["access_all"] == of("open_lines", "persons")
    assert record["access_thin_file"] == of("thin_open", "thin_persons")
    assert record["access_low_income"] == of("low_open", "low_persons")
    assert record["utilisation"] == of_both("open_principal", "open_limits")
    assert record["price"] == of_both("new_lending_rate", "loans_drawn.paid")
    assert record["firm_failure_rate"] == 12 * of("firm.failures", "firm.firms")
    assert record["firms_distressed"] == of("firm.distressed", "firm.firms")
    assert record["firm_approval_rate"] == of("firm.approvals", "firm.applications_decided")


def test_figures_of_others(month):
    record = month.record
    assert (record["lender_profit"], record["lender_equity"], record["capital_ratio"]) == (-77, 1_000, 0.21)
    assert (record["provisions"], record["funding"], record["lender_failed"]) == (333, 4_444, 0)
    assert (record["appetite_points"], record["complaints"], record["roe"]) == (2.5, 1.25, 12 * -77 / 1_000)
    assert record["debt_beyond_caps"] == 444 and record["trade_credit"] == 4_321
    assert [record[f"rule_hits_{k}"] for k in (1, 2, 3)] == [5, 6, 7] and "rule_hits_0" not in record
    assert (record["score_auc"], record["firm_score_auc"], record["firm_refits"]) == (0.7, 0.6, 2.0)
    assert "firm_score_psi_of_nobody" not in record
    assert [record[f"output_{name}"] for name in PRIVATE] == [11, 22, 33, 44, 55]
    assert [record[f"firm_delinquent_30_{name}"] for name in PRODUCTS[1:]] == [0.1, 0.2, 0.1, 0.0]


def test_allowances_by_stage(month):
    """Coverage is over the stage's principal; the cost of risk adds up to that of all loans."""
    record = month.record
    assert [record[f"coverage_stage_{k}"] for k in (1, 2, 3)] == [590 / 6_400, 0.0, 0.5]
    assert [record[f"allowance_change_{k}"] for k in (1, 2, 3)] == [9, -2, 5] and record["undrawn_before_3"] == 7
    costs = [record[f"cost_of_risk_{k}"] for k in (1, 2, 3)]
    assert costs[:2] == pytest.approx([12 * 9 / 7_451, 12 * -2 / 7_451])
    assert sum(costs) == pytest.approx(12 * (12 + record["loss_lender"]) / 7_451)
    assert "commitments" not in record and "stage_1_to_2" not in record


def test_recoveries_by_age(month):
    """Months 1 to 12, 13 to 24 and later of a series 1, 2, 3 ... 36; of firms 101 to 112 and later."""
    record = month.record
    assert [record[f"recovered_{when}"] for when in ("year_1", "year_2", "later")] == [78, 222, 366]
    assert (record["firm_recovered_year_1"], record["firm_recovered_later"]) == (1_278, 24 * 124.5)


def test_defaults_of_the_month(month):
    """Three persons: one closed in time, two not; one of them warned of; one of two neighbourhoods is worse."""
    record = month.record
    assert record["defaults"] == 3 and record["redefaults"] == 2 and record["defaults_taught"] == 1
    assert (record["default_job_loss"], record["default_expense_shock"], record["default_strategic"]) == (1, 2, 0)
    assert record["can_pay_defaults"] == 1 / 3
    # Closed in month 26: before the arrears began. Warned of: the second. Closed in month 27: too late.
    assert record["defaults_missed"] == 1
    assert record["neighbours_of_defaulters"] == pytest.approx(0.3) and record["neighbours_of_all"] == 0.25
    # The firm was warned of six months before, one of the persons four.
    assert (record["alerts_true"], record["warning_recall"], record["warning_lead"]) == (2, 0.5, 5.0)
    events = month.model.events
    assert events["default"][-1].tolist() == [0, 1, 2] and events["closure"][-1].tolist() == [1, 3]


def test_a_month_without_closures_has_no_such_event():
    model = world()
    model.ledger.flows["closures"] = 0
    record_of(model)
    assert model.events["closure"][-1].tolist() == []


def test_three_bucket_flows_in_a_row(month):
    """30 of 100, 12 of 30, 6 of 12; nothing is said before four months are known."""
    assert month.record["flow_to_m3"] == pytest.approx(0.3 * 0.4 * 0.5)
    young = world()
    young.lender.balance_history = young.lender.balance_history[1:]
    assert record_of(young)["flow_to_m3"] == 0.0


def test_median_cash_lies_between_the_middle_two():
    four = SimpleNamespace(size=4, private={"cash": np.array([10, 41, 20, 99])}, accounts={"alive": np.ones(4)})
    assert median_cash(four) == 30
    three = SimpleNamespace(
        size=4, private={"cash": np.array([10, 41, 20, 99])}, accounts={"alive": [1, 1, 1, 0] * np.ones(4)}
    )
    assert median_cash(three) == 20


def test_median_cash_of_the_living(month):
    assert month.record["median_cash"] == 20 == median_cash(month.model.people)
    model = world()
    model.accounts["alive"][:] = 0
    assert median_cash(model.people) == 0


def test_the_approval_gap_is_thick_less_thin():
    model = world()
    flows = model.ledger.flows
    flows |= {"applications_decided": 10, "applications_thin": 4, "approvals": 4, "approvals_thin": 1}
    assert act(lender_figures, model)["approval_gap_thin"] == pytest.approx(3 / 6 - 1 / 4)
    for thin in (0, 10):
        flows["applications_thin"] = thin
        assert act(lender_figures, model)["approval_gap_thin"] == 0.0


def test_who_has_been_to_a_course():
    model = world()
    assert act(lender_figures, model)["taught"] == 1, "the other one is gone"
    model.config.policy.education.courses = ()
    assert "taught" not in act(lender_figures, model) and "defaults_taught" not in record_of(model)


def test_stocks_from_the_tables():
    model = world()
    model.firms = SimpleNamespace(private={"claims": np.array([0, 5, 6]), "debts": np.array([0, 9, 30])})
    stocks, flows = act(stocks_of, model), model.ledger.flows
    assert (stocks["principal"], stocks["firm.principal"]) == (6_355, 1_096)
    assert (stocks["covered"], stocks["firm.covered"]) == (3 * 91, 2 * 91)
    assert (stocks["trade_credit"], stocks["supplier_debt"]) == (11, 28)
    for name in ("cash", "interest", "other_debt", "triggered", "written_off"):
        assert stocks[name] == flows[f"sum_{name}"], name
    for name in ("cash", "interest", "triggered", "written_off", "receivables", "inventory"):
        assert stocks[f"firm.{name}"] == flows[f"firm.sum_{name}"], name


def test_stocks_of_firms_as_they_are_founded():
    columns = {
        name: np.array([0, place, 10 * place]) for place, name in enumerate(("cash", "receivables", "inventory"), 1)
    }
    private = {**columns, "claims": np.array([0, 4, 4]), "debts": np.array([0, 20, 1])}
    assert firm_stocks_at_start(SimpleNamespace(private=private)) == {
        "firm.cash": 11, "firm.receivables": 22, "firm.inventory": 33, "trade_credit": 8, "supplier_debt": 13,
    }  # fmt: skip


def test_without_firms_there_is_nothing_of_them():
    model = world(firms=SimpleNamespace(exist=False, accounts={"alert": np.zeros(0), "default_month": np.zeros(0)}))
    model.bins = {name: value for name, value in model.bins.items() if not name.startswith("firm.")}
    model.ledger.flows = Numbered(without="firm.")
    record = record_of(model)
    assert record["outstanding"] == record["person_outstanding"] == 6_355
    assert not {figure.name for figure in FIRMS} & set(record)


def test_without_a_tally_there_are_no_figures_of_it_and_sums_go_on_without_it():
    model = world()
    model.ledger.flows = Numbered(without=("debt_sold", "firm.debt_sold", "alerts", "firm.alerts", "restructured",
                                           "holidays_begun"))  # fmt: skip
    record, flows = record_of(model), model.ledger.flows
    assert not {"debt_sold", "alerts", "alerts_true", "warning_recall", "warning_cost", "redefaults"} & set(record)
    assert record["recovered"] == flows["recoveries.received"] + flows["firm.recoveries.received"]


def test_a_misspelt_flow_and_an_undeclared_figure_are_refused():
    for formula in (tally("applicatoins"), both("limits_cutt"), entries("balanse"), entry("rule_hit", 1),
                    booked("warning_costs", "alerts"), if_any(tally("debt_sold")) + tally("persons")):  # fmt: skip
        month = Month(Numbered(), {"balance": np.ones(14)}, {})
        with pytest.raises(UnknownFlowError, match="no rule tallies such a flow and no step books it; did you mean"):
            formula(month)
    with pytest.raises(UnknownFigureError, match="loss_rat: is told at the month's close and is no figure"):
        taken(Month(Numbered(), {}, {"loss_rat": 0.1}))


def test_flows_are_summed_stocks_stand_at_the_end_and_ratios_are_averaged():
    """What happens in a month is summed; levels are those of the last month, but for median cash."""
    other = {"complaints": ("index", "mean"), "refits": ("index", "last"), "firm_refits": ("index", "last"),
             "median_cash": ("money", "mean")}  # fmt: skip
    pooled = {"approval_rate": "applications_decided", "approval_gap_thin": "applications_thin", "price": "drawn",
              "firm_approval_rate": "firm_applications_decided", "conversion_of_cohort": "undrawn_of_cohort",
              **{f"conversion_before_{k}": f"undrawn_before_{k}" for k in (3, 6, 12)},
              **{f"utilisation_before_{k}": f"limit_before_{k}" for k in (0, 1, 3, 6, 12)}}  # fmt: skip
    other |= dict.fromkeys(pooled, ("share", "pooled")) | {"loss_rate": ("share", "annual")}
    assert {name: metric.base for name, metric in METRICS.items() if metric.base} == pooled
    for name, metric in METRICS.items():
        a_flow = metric.unit.endswith(" a month") and "fraction" not in metric.unit
        kind = "money" if metric.unit.startswith("fen") else metric.kind
        over = "sum" if a_flow else "mean" if kind in ("share", "index") else "last"
        assert (metric.kind, metric.over) == other.get(name, (kind, over)), name
    assert METRICS["charged_off"].over == "sum" and METRICS["outstanding"].over == "last"
    assert METRICS["defaults"].kind == "count"


def test_months_that_differ_in_what_no_formula_asks_for_have_one_shape():
    """Steps book what happens to happen, and histograms by firm grow: neither makes a month of another kind."""
    told_of = {"lender_profit": 1.0}
    one = Month(Flows({"charged_off": 1}), {"balance": np.ones(14), "labour_by_firm": np.ones(9)}, told_of)
    other = Month(
        Flows({"charged_off": 2, "estate_sold": 3}), {"balance": np.ones(14), "labour_by_firm": np.ones(8)}, told_of
    )
    assert one.shape == other.shape
    for changed in (Month(Flows(), one.bins, told_of), Month(one.flows, {}, told_of), Month(one.flows, one.bins, {}),
                    Month(one.flows, {"balance": np.ones(13)}, told_of)):  # fmt: skip
        assert changed.shape != one.shape


def test_each_number_is_taken_of_a_month_once():
    """However many figures ask for it; one that only begins alike is another."""
    asked = []

    class Watched(dict):
        def __getitem__(self, name):
            asked.append(name)
            return super().__getitem__(name)

    month = Month(Watched(charged_off=7, charged_off_covered=2), Watched(balance=np.array([5, 0, 3])), {})
    some = [
        tally("charged_off"),
        tally("charged_off_covered"),
        entries("balance", 1),
        entries("balance"),
        entry("balance", 2),
    ]
    parts = [formula.code(month) for formula in (*some, some[0] / some[1], some[0] + some[4], some[3])]
    asked.clear()
    assert month.take(compiled(f"[{', '.join(parts)}]")) == [7, 2, 3, 8, 3, 3.5, 10, 8]
    assert sorted(asked) == ["balance", "charged_off", "charged_off_covered"]


def test_lengths_are_told_of_each_histogram_whatever_the_order():
    one, other = "balance", "firm.balance"
    both_ways = [(one, 14, other, 3), (other, 14, one, 3), (other, 3, one, 14)]
    shapes = [Month({}, {a: np.ones(m), b: np.ones(n)}, {}).shape for a, m, b, n in both_ways]
    assert shapes[0] == shapes[2] != shapes[1] and in_order(frozenset("cab")) == ("a", "b", "c")


def test_the_names_that_formulas_ask_for_are_found_once():
    assert asked_of(("charged_off", "nobody"), -1) == {"charged_off"} and all_of(("a", "b")) == {"a", "b"}
    assert asked_of(("charged_off", "nobody"), -1) is asked_of(("charged_off", "nobody"), -1)


def test_defaults_are_counted_by_cause_and_by_what_was_seen_of_them():
    """Rows 1, 3 and 4: two could pay; one was warned of, one closed in time, one too late."""
    counts = np.array([0, 10, 20, 30, 40])
    cause, can_pay, alert = np.array([0, 1, 2, 2, 1]), np.array([1, 1, 1, 0, 1]), np.array([0, 6, 0, 0, 0])
    count_defaults(np.array([1, 3, 4]), cause, can_pay, alert, np.array([9, 9, 9, 5, 6]), 5, counts)
    assert counts.tolist() == [0, 12, 21, 32, 41]
    count_defaults(np.array([3]), cause, can_pay, alert, np.array([9, 9, 9, NEVER, 6]), 5, counts)
    assert counts[-1] == 42


def test_a_histogram_of_both_books():
    bins = {"accounts": np.array([1, 2]), "firm.accounts": np.array([10, 20]), "balance": np.array([5, 6])}
    assert (of_both(bins, "accounts"), of_both(bins, "balance")) == (33, 11)
