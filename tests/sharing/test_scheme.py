"""Shipped schemes compose and read well; malformed ones are refused in one line each."""

from pathlib import Path

import pytest
import yaml

from sim.config.validate import build
from sim.sharing.analytics import break_even_rate
from sim.sharing.fund import FundSettings
from sim.sharing.reading import reading
from sim.sharing.scheme import Layer, Scheme

CONFIGS = Path(__file__).parents[2] / "configs"
SCHEMES = ("none", "joint_loan_30_70", "guarantee_80_20")
FUNDS = ("thin", "standard", "strong")


def plain(group, name):
    values = yaml.safe_load((CONFIGS / group / f"{name}.yaml").read_text(encoding="utf-8"))
    assert values.pop("name") == name
    return values


def refusals(values, owner=Scheme, path="sharing"):
    problems = []
    build(owner, values, path, problems)
    return problems


def shipped(group, name, owner):
    problems = []
    made = build(owner, plain(group, name), group, problems)
    assert problems == []
    return made


@pytest.mark.parametrize("name", SCHEMES)
def test_shipped_schemes_carry_every_key(name):
    made = shipped("sharing", name, Scheme)
    assert set(plain("sharing", name)) == set(Scheme.__dataclass_fields__)
    assert made.check() == []
    assert not made.covers_existing


@pytest.mark.parametrize("name", FUNDS)
def test_shipped_funds_carry_every_key(name):
    assert shipped("fund", name, FundSettings).leverage_cap == 10.0
    assert set(plain("fund", name)) == set(FundSettings.__dataclass_fields__)


def test_funds_are_ordered_by_capital():
    capitals = [shipped("fund", name, FundSettings).initial_capital(10**9) for name in FUNDS]
    assert capitals == [50_000_000, 100_000_000, 300_000_000]


def test_the_floor_of_30_percent_binds_the_platform():
    values = plain("sharing", "joint_loan_30_70")
    values["layers"][0]["share"], values["layers"][1]["share"] = 0.2, 0.8
    assert refusals(values) == [
        "sharing.layers: the lender funds 0.2 of each joint loan, its own minimum is 0.3 "
        "(the floor binds the platform, not the bank)"
    ]


def test_readings():
    fund = shipped("fund", "standard", FundSettings)
    assert reading(shipped("sharing", "none", Scheme), fund) == "The lender bears every loss itself."
    assert reading(shipped("sharing", "joint_loan_30_70", Scheme), fund) == (
        "On loans made after the policy date, the lender funds 30 % and partner banks fund 70 %; each side "
        "earns the interest and bears the losses of its own part, and the partners pay the lender 20 % of "
        "their interest for its service."
    )
    assert reading(shipped("sharing", "guarantee_80_20", Scheme), fund) == (
        "On loans made after the policy date, the guarantee fund takes 80 % of each loss and the lender "
        "keeps 20 %, once the loan is 90 days past due, paid 3 months later. The lender pays 1 % a year on "
        "the guaranteed part; new cover stops when a year's compensation exceeds 5 % of guaranteed liability "
        "released or when liabilities reach 10 times the fund's net assets; what the fund cannot pay falls "
        "on the lender."
    )


def test_reading_names_caps_and_tranches():
    scheme = Scheme(
        layers=(
            Layer(kind="first_loss", participant="lender", detachment=0.02),
            Layer(share=0.8, period_cap=0.03, period_cap_base="guaranteed_volume"),
            Layer(participant="lender", share=0.2),
            Layer(kind="stop_loss", participant="insurer", of="lender", attachment=0.03, detachment=0.05),
        ),
        claim_trigger="months_past_due",
        claim_months_past_due=1,
    )
    text = reading(scheme)
    assert "the lender keeps the first losses, up to 2 % of volume" in text
    assert "80 % of each loss until it has paid 3 % of guaranteed volume a year" in text
    assert "a year's losses from 3 % to 5 % of the year's volume that the lender would bear" in text
    assert "as soon as the loan is overdue" in text


def test_trigger_never_comes_after_charge_off():
    assert Scheme().trigger_month(13) == 13
    assert Scheme(claim_trigger="months_past_due").trigger_month(13) == 4
    late = Scheme(claim_trigger="months_past_due", claim_months_past_due=9)
    assert late.check(13) == []
    assert late.check(7) == ["sharing.claim_months_past_due: 9 lies beyond the charge-off at 7 months past due"]


FUND_80 = {"participant": "guarantee_fund", "share": 0.8}
LENDER_20 = {"participant": "lender", "share": 0.2}
MALFORMED = {
    "shares below one": ({"layers": [FUND_80, {**LENDER_20, "share": 0.1}]}, "shares sum to 0.9, must be 1"),
    "shares above one": ({"layers": [FUND_80, {**LENDER_20, "share": 0.3}]}, "shares sum to 1.1, must be 1"),
    "lender not named": ({"layers": [FUND_80]}, "shares sum to 0.8, must be 1"),
    "negative share": ({"layers": [{**FUND_80, "share": -0.1}, LENDER_20]}, "sharing.layers[0].share: -0.1"),
    "share above one": ({"layers": [{**FUND_80, "share": 1.5}, LENDER_20]}, "sharing.layers[0].share: 1.5"),
    "share as text": ({"layers": [{**FUND_80, "share": "most"}, LENDER_20]}, "sharing.layers[0].share"),
    "share not finite": ({"layers": [{**FUND_80, "share": float("nan")}]}, "sharing.layers[0].share"),
    "unknown participant": (
        {"layers": [{**FUND_80, "participant": "banks"}]},
        "sharing.layers[0].participant",
    ),
    "unknown kind": ({"layers": [{**FUND_80, "kind": "quota"}, LENDER_20]}, "sharing.layers[0].kind"),
    "unknown key": (
        {"layers": [{**FUND_80, "shares": 0.8}]},
        "sharing.layers[0].shares: there is no such key",
    ),
    "layers not a list": ({"layers": {"share": 1.0}}, "sharing.layers"),
    "layer not a mapping": ({"layers": ["guarantee_fund"]}, "sharing.layers[0]"),
    "inverted bounds": (
        {"layers": [{"kind": "excess_of_loss", "participant": "insurer", "attachment": 0.2, "detachment": 0.1}]},
        "attachment: 0.2 must lie below detachment 0.1",
    ),
    "first loss that begins later": (
        {"layers": [{"kind": "first_loss", "participant": "insurer", "attachment": 0.1, "detachment": 0.2}]},
        "a first loss begins at 0",
    ),
    "quota share with bounds": (
        {"layers": [{**FUND_80, "detachment": 0.5}, LENDER_20]},
        "a quota share has no bounds",
    ),
    "yearly cap without base": (
        {"layers": [{**FUND_80, "period_cap": 0.03}, LENDER_20]},
        "period_cap: 0.03 needs a base",
    ),
    "lifetime cap without base": (
        {"layers": [{**FUND_80, "lifetime_cap": 0.2}, LENDER_20]},
        "lifetime_cap: 0.2 needs a base",
    ),
    "cession to itself": (
        {
            "layers": [
                FUND_80,
                LENDER_20,
                {"participant": "guarantee_fund", "of": "guarantee_fund", "share": 0.5},
            ]
        },
        "guarantee_fund cannot cede to itself",
    ),
    "cession before its layer": (
        {
            "layers": [
                {"participant": "re_guarantee_fund", "of": "guarantee_fund", "share": 0.5},
                FUND_80,
                LENDER_20,
            ]
        },
        "guarantee_fund bears nothing yet",
    ),
    "circular re-guarantee": (
        {
            "layers": [
                FUND_80,
                LENDER_20,
                {"participant": "re_guarantee_fund", "of": "guarantee_fund", "share": 0.5},
                {"participant": "guarantee_fund", "of": "re_guarantee_fund", "share": 0.5},
            ]
        },
        "circular cession",
    ),
    "cessions above one": (
        {
            "layers": [
                FUND_80,
                LENDER_20,
                {"participant": "re_guarantee_fund", "of": "guarantee_fund", "share": 0.6},
                {"participant": "insurer", "of": "guarantee_fund", "share": 0.6},
            ]
        },
        "bears sum to 1.2, at most 1",
    ),
    "trigger beyond the last bucket": ({"claim_months_past_due": 14}, "sharing.claim_months_past_due: 14"),
    "unknown trigger": ({"claim_trigger": "default"}, "sharing.claim_trigger"),
    "negative lag": ({"payment_lag": -1}, "sharing.payment_lag: -1"),
    "premium to nobody": ({"premium_basis": "annual"}, "annual needs a layer of guarantee_fund"),
    "partners without funding": (
        {"layers": [{"participant": "partner_banks", "share": 0.7}, {**LENDER_20, "share": 0.3}]},
        "partner_banks share a loss only through the loans they fund",
    ),
    "funding by a guarantor": (
        {"layers": [FUND_80, LENDER_20], "funded": True},
        "a joint loan is funded by plain quota shares",
    ),
    "joint loan of existing loans": (
        {
            "layers": [{"participant": "partner_banks", "share": 0.7}, {**LENDER_20, "share": 0.3}],
            "funded": True,
            "covers_existing": True,
        },
        "a joint loan cannot cover existing loans",
    ),
    "fee without joint loan": ({"facilitation_fee": 0.2}, "paid on joint loans only"),
    "floor without joint loan": ({"minimum_lender_share": 0.3}, "binds joint loans only"),
    "resumes above the threshold": (
        {"suspension": {"denominator": "released", "above": 0.03, "resume_below": 0.05}},
        "sharing.suspension.resume_below: 0.05 exceeds above=0.03",
    ),
    "unknown denominator": ({"suspension": {"denominator": "total"}}, "sharing.suspension.denominator"),
}


@pytest.mark.parametrize("values, complaint", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_schemes_are_refused_in_one_line(values, complaint):
    problems = refusals(values)
    assert any(complaint in line for line in problems), problems
    assert all(line.startswith("sharing.") and "\n" not in line for line in problems)


@pytest.mark.parametrize(
    "values, complaint",
    [
        ({"premium_rate": -0.01}, "fund.premium_rate: -0.01"),
        ({"capital": 0.5}, "fund.capital: 0.5"),
        ({"leverage_cap": float("inf")}, "fund.leverage_cap"),
        ({"replenishment": "monthly"}, "fund.replenishment"),
        ({"replenishment_limit": 0.5}, "replenishment is none"),
    ],
)
def test_malformed_funds_are_refused_in_one_line(values, complaint):
    problems = refusals(values, FundSettings, "fund")
    assert len(problems) == 1
    assert complaint in problems[0]


def test_break_even_compensation_rate():
    # (fee + y / m) / (1 - R), the worked figure and one more by hand
    assert break_even_rate(0.01, 0.03, 10.0, 0.30) == pytest.approx(0.01857, abs=5e-6)
    assert break_even_rate(0.01, 0.03, 10.0, 0.05) == pytest.approx(0.013 / 0.95)
    for leverage, recovery in ((0.0, 0.1), (10.0, 1.0)):
        with pytest.raises(ValueError, match="must be"):
            break_even_rate(0.01, 0.03, leverage, recovery)
