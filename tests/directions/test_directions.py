"""Switching a mechanism on moves the right output in the right direction, by more than its sampling error.

Every comparison is paired: the same seeds, the same persons, the same luck; seeds are fixed in advance.
The bound is one-sided at three standard errors of the paired mean.
"""

from functools import cache

import numpy as np
import pytest

import sim
from sim.figures.catalog import METRICS

SEEDS = (11, 12, 13, 14)
PERSONS = "population.borrowers=4000"
ALONE = "firms=none"  # what persons and the lender do; the links of firms stand under test in tests/firms
MONTHS = 60


@cache
def records(seed: int, *overrides: str) -> dict[str, np.ndarray]:
    """Records by metric of one run of 24 months of burn-in and 36 after."""
    model = sim.Model(sim.compose([f"seed={seed}", PERSONS, ALONE, *overrides]))
    for _ in range(MONTHS):
        model.step()
    return {name: np.array([record.get(name, 0) for record in model.records]) for name in METRICS}


def paired(metric: str, base: tuple[str, ...], changed: tuple[str, ...], first: int = 24) -> tuple[float, float, float]:
    """Mean under the base, mean paired difference, and its standard error."""
    before = np.array([records(seed, *base)[metric][first:].mean() for seed in SEEDS])
    after = np.array([records(seed, *changed)[metric][first:].mean() for seed in SEEDS])
    difference = after - before
    return float(before.mean()), float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(SEEDS)))


SEVERE = ("economy=severe_recession",)
CASES = [
    # what is switched on, metric, sign, least relative effect
    ("a higher price lowers new lending", (), ("policy.pricing.flat_rate=0.22",), "drawn", -1, 0.05),
    ("a higher price lowers applications", (), ("policy.pricing.flat_rate=0.22",), "applications", -1, 0.02),
    ("a recession raises arrears", (), SEVERE, "delinquent_30", 1, 0.15),
    ("a mild recession raises arrears", ("population.borrowers=12000",),
     ("population.borrowers=12000", "economy=mild_recession"), "delinquent_30", 1, 0.03),
    # Most accounts stand between 650 and 750 points: a limit moves where its line lies among them.
    ("behavioural limits cut what is owed", ("policy/limit=behavioural",),
     ("policy/limit=behavioural", "policy.limit.cut_score=660"), "outstanding", -1, 0.10),
    ("raises that come easily let more be owed", (), ("policy/limit=behavioural",), "outstanding", 1, 0.01),
    ("a high line of the low tier lowers what is owed", ("policy/limit=tiered",),
     ("policy/limit=tiered", "policy.limit.low_tier_score=675"), "outstanding", -1, 0.05),
    ("limits of a high tier raise what is owed", (), ("policy/limit=tiered",), "outstanding", 1, 0.02),
    ("light collections leave more arrears", ("population.borrowers=12000", "behaviour.resume_hazard=0.03"),
     ("population.borrowers=12000", "behaviour.resume_hazard=0.03", "policy/collections=light"),
     "delinquent_90", 1, 0.01),
    ("light collections recover less", (), ("policy/collections=light", "policy.collections.recovery_hazard=0.003"),
     "recovered", -1, 0.05),
    ("threshold closing takes lines away", (), ("policy/closing=threshold",), "access_all", -1, 0.005),
    ("pricing by risk asks more where more default is expected", ("policy/pricing=risk_based",),
     ("policy/pricing=risk_based", "policy.scoring.bias=1"), "price", 1, 0.02),
    # A card that expects too much default: where nearly all are approved, a guarantee has little to loosen.
    ("a guarantee loosens approval", ("policy.scoring.bias=1",),
     ("policy.scoring.bias=1", "sharing=guarantee_80_20"), "approval_rate", 1, 0.05),
    ("a guarantee leaves approval alone when its loss is not weighed",
     ("policy.approval.weighs_retained_loss=false",),
     ("policy.approval.weighs_retained_loss=false", "fund.premium_rate=0", "sharing=guarantee_80_20"),
     "approval_rate", 0, 0.01),
    ("neighbours' defaults spread", ("behaviour.contagion=0",), ("behaviour.contagion=200",), "delinquent_90", 1, 0.02),
    ("dishonesty raises the can-pay share", (), ("behaviour.strategic_hazard=0.008",), "can_pay_defaults", 1, 0.20),
    ("benefits keep the jobless paying", (), ("behaviour.benefit_share=0.6",), "delinquent_30", -1, 0.10),
    ("thin capital binds lending", (), ("lender.equity_per_borrower=10000", "lender.payout_pace=0"), "drawn", -1, 0.10),
    ("unexpected bills raise arrears", (), ("behaviour.expense_probability=0.06",), "delinquent_30", 1, 0.10),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "base", "changed", "metric", "sign", "least"), CASES, ids=[c[0] for c in CASES])
def test_mechanism_moves_its_output(
    claim: str, base: tuple[str, ...], changed: tuple[str, ...], metric: str, sign: int, least: float
) -> None:
    mean, difference, error = paired(metric, base, changed)
    said = f"{claim}: {metric} {mean:.5g} changes by {difference:.3g} (standard error {error:.2g})"
    if sign == 0:
        assert abs(difference) <= least * abs(mean) + 3 * error, said
    else:
        assert sign * difference > 3 * error, said
        assert sign * difference > least * abs(mean), said


def test_pricing_by_risk_spreads_the_price() -> None:
    """Who earns least pays most by risk; one price is the same for all but for rounding to whole fen."""
    flat, by_risk = (
        np.array([(run["price_decile_1"] - run["price_decile_10"])[24:].mean() for run in runs])
        for runs in (
            [records(seed, "study.inclusion=true", *policy) for seed in SEEDS]
            for policy in ((), ("policy/pricing=risk_based",))
        )
    )
    assert np.abs(flat).max() < 1e-4
    error = by_risk.std(ddof=1) / np.sqrt(len(SEEDS))
    assert by_risk.mean() > 0.003 + 3 * error, (by_risk.mean(), error)


def test_evergreening_is_visible_when_it_is_allowed_and_absent_otherwise() -> None:
    refused = ("behaviour.evergreening=0",)
    for seed in SEEDS[:2]:
        assert records(seed, *refused)["evergreened"].sum() == 0
        run = records(seed)
        assert run["evergreened"][24:].sum() > 0.001 * run["drawn"][24:].sum()
    _, difference, error = paired("delinquent_30_accounts", refused, ())
    assert difference < -3 * error, "evergreening hides arrears"


def test_drawing_in_need_does_not_happen_when_the_channel_is_off() -> None:
    """With appetite at zero every draw is liquidity insurance, and switching the channel off ends all draws."""
    no_appetite = ("behaviour.want_probability=0",)
    assert records(SEEDS[0], *no_appetite)["drawn"].sum() > 0
    assert records(SEEDS[0], *no_appetite, "behaviour.liquidity_draws=0")["drawn"].sum() == 0
