"""Figures that need an option: absent where they could be nothing but 0, and nowhere else, by the options alone."""

from __future__ import annotations

import functools

import pytest

import sim
from sim.config.describe import describe
from sim.config.errors import UsageError
from sim.config.options import GROUPS, option_names
from sim.engine.tables.conditions import parsed, present
from sim.figures.catalog import FIGURES, METRICS, absent_from
from sim.figures.formula import Absent, Month
from tests.laws.configurations import SCHEMES, drawn

WORLD = (
    "population.borrowers=400", "firms.per_person=0.15", "study.burn_in=6", "machine.threads=1",
    "economy=severe_recession", "economy.shock_lag=0", "lender.charge_off_months=6",
)  # fmt: skip
TAPE = ("population.file=examples/tape.csv", "population.mapping=taiwan_2005", "study.burn_in=0")
LONG = (
    "economy=path",
    "population=platform",
    "population=city",
)  # a file of a user's, and more persons than a test has
NEEDING = [name for name, figure in METRICS.items() if figure.needs]
FACE = ("policy/authentication=face",)
NEAR = [
    (), ("firms=none",), FACE, ("policy.authentication.access_control=0.9",), ("policy/limit=behavioural",),
    ("policy/approval=everyone",), ("policy/appetite=target",), ("provisioning=five_category",),
    ("fraud=organised",), ("fraud=takeovers",), ("feedback=none",), ("lender.charge_off_months=13",),
    ("sharing=guarantee_80_20",), ("sharing=scheme_4321",), ("sharing=mutual_pool",), ("sharing=joint_loan_banks",),
    ("sharing=joint_loan_30_70",), ("sharing=stop_loss",), ("sharing=cbils",), ("sharing=inclusive_85",),
    ("policy/relief=restructuring", "policy.relief.relief_latest=5"),
]  # fmt: skip
"""Small compositions whose figures differ."""


@functools.cache
def lived(overrides: tuple[str, ...], months: int = 16) -> list[dict]:
    """Months of a composition with every figure that is taken, whatever it needs."""
    config = sim.compose([*WORLD, *overrides], idle=True)
    model = sim.Model(config)
    model.absent = frozenset()
    for _ in range(config.study.burn_in + months):
        model.step()
    return model.records


def not_zero(records: list[dict]) -> set[str]:
    return {name for record in records for name, value in record.items() if value}


@pytest.mark.parametrize("overrides", NEAR, ids=" ".join)
def test_what_is_absent_is_0_in_every_month(overrides):
    absent = absent_from(sim.compose([*WORLD, *overrides], idle=True))
    assert not absent & not_zero(lived(overrides))


def shipped() -> dict[str, list[str]]:
    """Every option of every group, the schemes with limits of their own, and mixtures of all."""
    found = {}
    for group in GROUPS:
        for option in option_names(group.name) if group.name not in ("study", "design", "machine", "report") else ():
            given = f"{group.name}={option}"
            if given not in LONG:
                found[given] = [*WORLD, given, *(TAPE if option == "tape" else ())]
            if group.name == "sharing":
                found[f"{given} firms=none"] = [*WORLD, given, "firms=none", "fund=strong"]
    found |= {name: [*WORLD, *scheme] for name, scheme in SCHEMES.items()}
    return found | {f"mixture {number}": drawn(number) for number in range(40)}


@pytest.mark.slow
def test_nothing_is_absent_where_it_is_not_0_under_any_option():
    refused, seen = [], set()
    for name, overrides in shipped().items():
        try:
            config = sim.compose(overrides, idle=True)
        except UsageError:
            refused.append(name)
            continue
        model = sim.Model(config)
        model.absent = frozenset()
        for _ in range(config.study.burn_in + 20):
            model.step()
        absent, other = absent_from(config), not_zero(model.records)
        assert not absent & other, name
        seen |= absent & set(model.record)
    assert len(refused) < 10 and seen == set(NEEDING) & set(METRICS)


PAID = (
    "sharing=guarantee_80_20", "fund.compensation_reserve=0.05", "fund.investment_yield=0.03",
    "fund.replenishment=annual", "sharing.premium_subsidy=0.3",
)  # fmt: skip
MET = {
    ("behaviour.give_up_hazard=0.05",): ["lines_given_up"],
    FACE: ["draws_blocked", "check_cost"],
    ("policy.authentication.access_control=0.9",): ["check_cost"],
    ("policy/appetite=target",): ["appetite_points"],
    ("policy/limit=behavioural",): ["limits_raised", "limits_cut"],
    ("provisioning=five_category", "bureau=full"): ["contaminated", "class_substandard"],
    ("sharing=mutual_pool",): ["premium_borrowers", "premium_paid", "compensation_paid"],
    ("sharing=joint_loan_banks",): ["partner_tier_one", "reach_of_lender"],
    ("sharing=cbils",): ["government_cost", "compensation_paid"],
    PAID: ["fund_reserve", "fund_income", "replenishment", "premium_subsidy", "government_cost", "premium_paid",
           "compensation_rate_outstanding", "compensation_rate_released", "compensation_rate_cumulative"],
    ("lender.charge_off_months=13",): [f"balance_m{k}" for k in range(2, 13)] + ["class_doubtful"],
    ("fraud=organised", "fraud.leak_hazard=0.5", "fraud.ring_hazard=0.5"): ["fraud_rings", "data_leaks"],
}  # fmt: skip
"""What meets a need, and figures that are then there and not 0."""


@pytest.mark.parametrize("overrides", MET, ids=" ".join)
def test_what_is_needed_brings_the_figure(overrides):
    wanted = set(MET[overrides])
    assert not wanted & absent_from(sim.compose([*WORLD, *overrides], idle=True))
    assert wanted <= not_zero(lived(overrides))


def test_recoveries_are_late_where_debts_are_pursued_for_long():
    late = {"recovered_year_2", "recovered_later", "firm_recovered_later"}
    pressed = ("policy.collections.recovery_hazard=0.4", "policy.collections.recovery_decay=1")
    pursued = (
        "lender.exclusion_months=60", "lender.charge_off_months=2", "firms.charge_off_months=2", *pressed,
    )  # fmt: skip
    assert late <= not_zero(lived(pursued, 40))
    for months, absent in ((12, late), (24, {"recovered_later"}), (25, set())):
        config = sim.compose([*WORLD, f"lender.exclusion_months={months}"])
        assert late & absent_from(config) == absent
        assert not absent & not_zero(lived((*pursued[1:], f"lender.exclusion_months={months}"), 40))


def test_a_record_has_no_figure_whose_need_is_not_met():
    plain, checked = (sim.Model(sim.compose([*WORLD, *own])) for own in ((), FACE))
    plain.step()
    checked.step()
    assert {"draws_blocked", "check_cost"} <= set(checked.record)
    assert not plain.absent & set(plain.record) and "draws_blocked" in plain.absent
    with_all = lived(())[0]
    assert plain.record == {name: value for name, value in with_all.items() if name not in plain.absent}


def test_what_was_done_before_the_policy_date_may_still_show():
    """A lender whose appetite stood elsewhere begins there: an arm lacks what its options and earlier ones rule out."""
    root = sim.Model(sim.compose([*WORLD, "policy/appetite=target"]))
    for _ in range(6):
        root.step()
    arm = sim.Model.fork(sim.compose([*WORLD, *FACE]), root.save())
    arm.step()
    assert arm.record["appetite_points"] != 0.0
    assert {"draws_blocked", "appetite_points"} <= set(arm.record) and "contaminated" not in arm.record
    other = sim.Model.fork(sim.compose(list(WORLD)), arm.save())
    assert "draws_blocked" not in other.absent and "contaminated" in other.absent


def test_a_need_is_told_of_the_options_and_not_of_what_happened():
    quiet = sim.compose([*WORLD, "economy=calm", "behaviour.strategic_hazard=0"], idle=True)
    assert absent_from(quiet) == absent_from(sim.compose(list(WORLD)))
    assert not FIGURES["lender_failed"].needs, "any lender may fail"


def test_every_need_is_about_keys_that_exist_in_the_composition_that_it_speaks_of():
    config = sim.compose(["policy/relief=restructuring"])
    for name in NEEDING:
        for one in parsed(METRICS[name].needs):
            for clause in one:
                present(config, clause.key)
    assert not any(figure.needs for name, figure in FIGURES.items() if name not in METRICS)


def test_an_absent_figure_is_refused_by_name_and_its_sum_goes_on():
    month = Month({}, {}, {"premium_subsidy": 3}, frozenset({"premium_subsidy"}))
    with pytest.raises(Absent, match="premium_subsidy"):
        METRICS["premium_subsidy"].code(month)
    assert METRICS["premium_subsidy"].code(Month({}, {}, {"premium_subsidy": 3})) == "told['premium_subsidy']"


def test_show_metrics_tells_what_a_figure_needs():
    assert "  needs    policy.authentication.draw_blocked>0" in describe(["metrics", "draws_blocked"]).splitlines()
    assert "  needs" not in describe(["metrics", "lender_failed"])
