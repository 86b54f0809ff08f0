"""Configurations drawn at random, the same ones on every machine."""

from __future__ import annotations

import random

from tests.laws.policies import BUNDLES

SCHEMES = {
    "none": ("sharing=none",),
    "joint": ("sharing=joint_loan_30_70",),
    "guarantee": ("sharing=guarantee_80_20",),
    "existing": ("sharing=guarantee_80_20", "sharing.covers_existing=true", "fund.leverage_cap=1000"),
    "parties": (
        "sharing=guarantee_80_20",
        "sharing.layers=[{participant: guarantee_fund, share: 0.4},"
        "{participant: re_guarantee_fund, share: 0.3},"
        "{participant: lender, share: 0.2},{participant: government, share: 0.1}]",
        "sharing.claim_trigger=charge_off",
        "sharing.payment_lag=1",
        "sharing.premium_basis=upfront",
        "sharing.premium_payer=borrower",
        "sharing.premium_subsidy=0.3",
        "sharing.eligible.larger_from=300000",
        "sharing.eligible.larger_part=0.7",
        "sharing.eligible.sectors=[manufacturing,wholesale_retail,agriculture,public_other]",
    ),
    "banks": (
        "sharing=joint_loan_30_70",
        "sharing.partners=[{share: 0.6, tier_one: 1, loss_tolerance: 0.03, return_below: 0.01},"
        "{share: 0.4, tier_one: 2, total_loans: 10, lender_capital_floor: 0.1}]",
    ),
    "ends": (
        "sharing=guarantee_80_20",
        "sharing.wind_down={open_months: 10, cover_months: 18, at_exhaustion: cut_off, surplus_to: government}",
        "sharing.payment_lag=1",
        "fund.leverage_cap=1000",
    ),
    "layers": (
        "sharing.layers=[{kind: first_loss, participant: lender, detachment: 0.0001},"
        "{participant: guarantee_fund, share: 0.7, lifetime_cap: 0.2, lifetime_cap_base: guaranteed_volume},"
        "{participant: lender, share: 0.3},"
        "{kind: stop_loss, participant: insurer, of: lender, attachment: 0.0002, detachment: 0.1},"
        "{participant: re_guarantee_fund, of: guarantee_fund, share: 0.5, premium_rate: 0.008}]",
        "sharing.backing=[{participant: re_guarantee_fund, capital_share: 0.02, falls_on: government}]",
        "sharing.claim_trigger=months_past_due",
        "sharing.insolvent_share_falls_on=government",
        "fund.leverage_cap=1000",
    ),
}
ECONOMIES = (
    *("calm", "mild_recession", "severe_recession", "v_shape", "stochastic", "us_2007_2012"),
    *(
        "l_shape",
        "w_shape",
        "sector_shock",
        "rate_shock",
        "sinusoidal",
        "harvest_failure",
        "funding_freeze",
        "fraud_wave",
    ),
)


def firms(luck: random.Random) -> dict[str, object]:
    """Settings of firms and of the links between them and the others; every second configuration has firms."""
    pick, between = luck.choice, luck.uniform
    return {
        "firms.per_person": between(0.02, 0.2),
        "firms.degree": pick((1, 2, 4, 8)),
        "firms.concentration": pick((0.0, 0.5, 2.0)),
        "firms.network_share": between(0.1, 1.0),
        "firms.small_share": pick((0.0, 0.15, 1.0)),
        "firms.productivity_sd": pick((0.05, 0.15, 0.6)),
        "firms.accident_hazard": pick((0.0, 0.01, 0.1)),
        "firms.liquidity_months": pick((0.1, 0.7)),
        "firms.entry_hazard": pick((0.0, 0.1, 1.0)),
        "firms.credit_share": pick((0.6, 1.0)),
        "firms.demand_share": pick((0.0, 0.25, 0.9)),
        "firms.credit_sales": pick((0.0, 0.6, 1.0)),
        "firms.owner_guarantee": pick((0.0, 0.6, 1.0)),
        "firms.project_hazard": pick((0.0, 0.3)),
        "firms.project_size": pick((0.3, 1.5)),
        "firms.diversion": pick((0.0, 1.0)),
        "firms.unpaid_months": pick((1, 3)),
        "firms.charge_off_months": pick((2, 5, 7)),
        "firms.limit_cap": pick((1_000_000, 30_000_000, 30_000_000)),
        "firms.opening_multiple": pick((0.4, 3.0)),
        "feedback.credit": pick((0.0, 1.0)),
        "feedback.jobs": pick((0.0, 0.5, 1.0)),
        "feedback.demand": pick((0.0, 1.0)),
        "feedback.trade_credit": pick((0.0, 0.5, 1.0)),
        "feedback.fire_sale": pick((0.0, 2.0)),
        "feedback.funding": pick((0.0, 2.0)),
    }


def later_settings(luck: random.Random, place: int) -> dict[str, object]:
    """Settings that came later, from a sequence of their own, so that the others stay as they were.

    What adds rules goes with the bundle, so that no more loops are compiled than there are bundles.
    """
    walks_out, counted, supported = place % 3 == 1, place % 3 == 2, place == 3
    return {
        **({"economy": "us_2020"} if supported else {}),
        "behaviour.block_churn": luck.choice((0.2, 1.0)) if walks_out else 0.0,
        "behaviour.closing_churn": luck.choice((0.05, 0.5)) if walks_out else 0.0,
        "study.inclusion": "true" if counted else "false",
        "firms.research_spread": luck.choice((0.0, 1.0)),
        "firms.thrift_spread": luck.choice((0.0, 1.0, 3.0)),
        "firms.line_cover": luck.choice((0.0, 0.3, 1.0)),
        "firms.payout": luck.choice((0.0, 0.9, 1.0)),
        "firms.recession_variance": luck.choice((0.0, 1.5, 10.0)),
        "firms.lender_first": luck.choice((0.0, 0.5, 1.0)),
    }


def drawn(number: int) -> list[str]:
    """Return the overrides of random configuration ``number``."""
    # A text as seed: the same sequence on every platform and Python.
    luck = random.Random(f"configuration {number}")
    pick, between = luck.choice, luck.uniform
    chosen: dict[str, object] = {
        "seed": luck.randrange(2**63),
        "population.borrowers": luck.randrange(100, 301),
        "population.community_size": pick((5, 20, 100)),
        "population.card_share": pick((0.0, 0.1, 0.5, 1.0)),
        "population.arrival_rate": pick((0.0, 0.003, 0.03)),
        "population.initial_line_share": pick((0.3, 0.95, 1.0)),
        "population.mean_appetite": between(0.3, 4.0),
        "population.median_patience": between(0.1, 3.0),
        "population.multi_lender_share": pick((0.0, 0.44, 1.0)),
        "population.thin_file_share": between(0.0, 1.0),
        "population.essential_share": between(0.3, 0.8),
        "behaviour.evergreening": pick((0, 1)),
        "behaviour.liquidity_draws": pick((0, 1, 1)),
        "behaviour.contagion": pick((0.0, 10.0, 100.0)),
        "behaviour.strategic_hazard": pick((0.0, 0.004, 0.05)),
        "behaviour.expense_probability": pick((0.0, 0.02, 0.15)),
        "behaviour.prepay_probability": pick((0.0, 0.03, 0.9)),
        "behaviour.family_probability": pick((0.0, 0.5, 1.0)),
        "behaviour.other_due_share": pick((0.02, 0.08, 0.6)),
        "behaviour.other_charge_off_months": pick((1, 3, 6)),
        "behaviour.smallest_draw": pick((1, 10_000, 200_000)),
        "behaviour.want_probability": pick((0.05, 0.15, 0.8)),
        "behaviour.leave_without_line": pick((0.0, 0.02, 0.2)),
        "lender.equity_per_borrower": pick((0, 3_000, 90_000, 90_000, 10_000_000)),
        "lender.leverage_cap": pick((0.0, 2.0, 5.0, 100.0)),
        "lender.minimum_capital_ratio": pick((0.0, 0.10, 0.5)),
        "lender.charge_off_months": pick((4, 5, 7, 13)),
        "lender.exclusion_months": pick((1, 6, 24)),
        "lender.accrual_stops": pick((1, 4, 14)),
        "lender.minimum_payment_share": pick((0.01, 0.1, 1.0)),
        "behaviour.same_engine_share": pick((0.0, 0.0, 0.5, 1.0)),
        "behaviour.give_up_hazard": pick((0.0, 0.02, 0.5)),
        "policy.approval.highest_default": pick((0.05, 0.25, 1.0)),
        "policy.approval.cooling_months": pick((0, 6)),
        "policy.collections.recovery_hazard": pick((0.03, 0.5)),
        "economy": pick(ECONOMIES),
        "economy.shock_lag": pick((0, 12)),
        "economy.credit_feedback.strength": pick((0.0, 5.0)),
        "fund": pick(("thin", "standard", "strong")),
        "fund.investment_yield": pick((-0.2, 0.0, 0.03)),
        "fund.capital": pick((0, 0, 30_000)),
        "fund.replenishment": pick(("none", "annual")),
        **(firms(luck) if number % 2 else {"firms": "none"}),
        "study.burn_in": pick((0, 6, 12)),
        "machine.threads": 1,
        "machine.block": pick((7, 64, 16_384)),
    }
    scheme = SCHEMES[pick(tuple(SCHEMES))]
    bundle = list(pick(BUNDLES))
    chosen |= later_settings(random.Random(f"more of configuration {number}"), BUNDLES.index(tuple(bundle)))
    if float(str(chosen["lender.leverage_cap"])) > 5.0 or scheme != SCHEMES["none"]:
        # The rules of 2021 refuse such leverage, and most shares of partners.
        bundle = [choice for choice in bundle if not choice.startswith("regulation=")]
    return ["population=tiny", *bundle, *(f"{key}={value}" for key, value in chosen.items()), *scheme]
