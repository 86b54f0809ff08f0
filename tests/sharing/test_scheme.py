"""Shipped schemes compose and read well; malformed ones are refused in one line each."""

import copy
import dataclasses

import pytest

from sim.config.compose import compose_groups
from sim.config.validate import build
from sim.sharing.analytics import break_even_rate
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.reading import layer_words, reading
from sim.sharing.scheme import Scheme
from sim.sharing.terms import Auction, Eligibility, Partner

SCHEMES = ("none", "joint_loan_30_70", "guarantee_80_20")
FUNDS = ("thin", "standard", "strong")


JOINT_LAYERS = (Layer(participant="lender", share=0.3), Layer(participant="partner_banks", share=0.7))


def plain(group, name):
    values = copy.deepcopy(compose_groups([(group, name)])[group])
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
    assert set(plain("fund", name)) == {field.name for field in dataclasses.fields(FundSettings)}


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
        "keeps 20 %, once the loan is 90 days past due, paid 3 months later. The guarantee fund starts with "
        "10 % of the guaranteed part of the loans on the book; the lender pays 1 % a year on the guaranteed part; "
        "new cover stops when a year's compensation exceeds 5 % of guaranteed liability released or "
        "when liabilities reach 10 times the fund's net assets; what the fund cannot pay falls on the lender."
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


def test_a_layer_alone_says_of_what_it_takes_its_share():
    assert layer_words(Layer(share=0.8)) == "the guarantee fund takes 80 % of each loss"
    assert layer_words(Layer(share=0.8), first=False) == "the guarantee fund takes 80 %"
    ceded = Layer(participant="insurer", of="lender", kind="excess_of_loss", share=0.5, attachment=0.1, detachment=0.2)
    text = "the insurer takes 50 % of cumulative losses from 10 % to 20 % of volume"
    assert layer_words(ceded, first=False) == text and layer_words(ceded) == f"{text} that the lender would bear"


def test_a_bank_may_return_at_the_loss_that_it_tolerates():
    partner = Partner(loss_tolerance=0.02, return_below=0.02)
    assert Scheme(layers=JOINT_LAYERS, funded=True, partners=(partner,)).check() == []


def test_trigger_never_comes_after_charge_off():
    assert Scheme().trigger_month(13) == 13
    assert Scheme(claim_trigger="months_past_due").trigger_month(13) == 4
    late = Scheme(claim_trigger="months_past_due", claim_months_past_due=9)
    assert late.check(13) == []
    assert late.check(7) == ["sharing.claim_months_past_due: 9 lies beyond the charge-off at 7 months past due"]


FUND_80 = {"participant": "guarantee_fund", "share": 0.8}
LENDER_20 = {"participant": "lender", "share": 0.2}
TRANCHE = {"kind": "excess_of_loss", "participant": "insurer", "attachment": 0.02, "detachment": 0.1}
JOINT = {"layers": [{"participant": "partner_banks", "share": 0.7}, {**LENDER_20, "share": 0.3}], "funded": True}
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
    "overlapping tranches": (
        {"layers": [TRANCHE, {**TRANCHE, "attachment": 0.05, "detachment": 0.2, "share": 0.5}]},
        "overlaps layers[0] between 0.05 and 0.1, where both together take 1.5",
    ),
    "overlapping first loss": (
        {"layers": [{"kind": "first_loss", "participant": "government", "detachment": 0.05}, TRANCHE]},
        "sharing.layers[1].attachment: 0.02 overlaps layers[0]",
    ),
    "rate without fund": ({"suspension": {"denominator": "released"}}, "released is a rate of the guarantee_fund"),
    "negative layer premium": (
        {"layers": [{**TRANCHE, "premium_rate": -0.01}]},
        "sharing.layers[0].premium_rate: -0.01",
    ),
    "layer premium to the fund": (
        {"layers": [{**FUND_80, "premium_rate": 0.01}, LENDER_20]},
        "guarantee_fund is paid otherwise",
    ),
    "borrower pays every year": (
        {"layers": [FUND_80, LENDER_20], "premium_basis": "annual", "premium_payer": "borrower"},
        "a borrower pays once",
    ),
    "unknown payer": ({"premium_payer": "bank"}, "sharing.premium_payer"),
    "subsidy of nothing": (
        {"layers": [FUND_80, LENDER_20], "premium_subsidy": 0.5},
        "sharing.premium_subsidy: 0.5 is part of a premium",
    ),
    "subsidy above one": ({"premium_subsidy": 1.5}, "sharing.premium_subsidy: 1.5"),
    "own premium of nothing": (
        {"layers": [FUND_80, LENDER_20], "premium_rate": 0.02},
        "sharing.premium_rate: 0.02 is part of a premium",
    ),
    "multiple without fund": ({"leverage_cap": 20.0}, "sharing.leverage_cap: 20 is the guarantee_fund's"),
    "size inverted": (
        {"layers": [FUND_80, LENDER_20], "eligible": {"smallest_line": 500, "largest_line": 100}},
        "sharing.eligible.smallest_line: 500 exceeds largest_line=100",
    ),
    "tier inverted": (
        {"layers": [FUND_80, LENDER_20], "eligible": {"lowest_score": 700.0, "highest_score": 600.0}},
        "sharing.eligible.lowest_score: 700 exceeds highest_score=600",
    ),
    "eligible for nothing": ({"eligible": {"products": ["card"]}}, "no layer covers any"),
    "unknown product": (
        {"layers": [FUND_80, LENDER_20], "eligible": {"products": ["mortgage"]}},
        "sharing.eligible.products: mortgage is not allowed: one of card, instalments",
    ),
    "sector twice": (
        {"layers": [FUND_80, LENDER_20], "eligible": {"sectors": ["technology", "technology"]}},
        "technology is named twice",
    ),
    "eligible joint loan": ({**JOINT, "eligible": {"smallest_line": 100}}, "a joint loan covers every new loan"),
    "auction of nothing": ({"auction": {"winners": 1}}, "bidders bid for cover by guarantee_fund"),
    "more winners than bidders": (
        {"layers": [FUND_80, LENDER_20], "auction": {"winners": 4, "rivals": 2}},
        "4 exceeds the bidders, 2 rivals and the lender",
    ),
    "partners without joint loan": (
        {"layers": [FUND_80, LENDER_20], "partners": [{"share": 1.0}]},
        "partner banks fund joint loans, but funded is false",
    ),
    "partners that do not sum": (
        {**JOINT, "partners": [{"share": 0.5}, {"share": 0.4}]},
        "sharing.partners: shares sum to 0.9, must be 1",
    ),
    "partner that never calms": (
        {**JOINT, "partners": [{"loss_tolerance": 0.02, "return_below": 0.05}]},
        "sharing.partners[0].return_below: 0.05 exceeds loss_tolerance=0.02",
    ),
    "backing of nobody": (
        {"layers": [FUND_80, LENDER_20], "backing": [{"participant": "insurer"}]},
        "sharing.backing[0].participant: insurer bears nothing",
    ),
    "backing twice": (
        {"layers": [TRANCHE], "backing": [{"participant": "insurer"}, {"participant": "insurer"}]},
        "insurer is named twice",
    ),
    "backing in a circle": (
        {
            "layers": [FUND_80, LENDER_20],
            "insolvent_share_falls_on": "re_guarantee_fund",
            "backing": [{"participant": "re_guarantee_fund", "falls_on": "guarantee_fund"}],
        },
        "would bear what it cannot pay itself",
    ),
    "cover that ends too soon": (
        {"layers": [FUND_80, LENDER_20], "wind_down": {"open_months": 24, "cover_months": 12}},
        "ends the cover before open_months=24",
    ),
    "cover that ends without a close": (
        {"layers": [FUND_80, LENDER_20], "wind_down": {"cover_months": 12}},
        "needs open_months too",
    ),
    "surplus without an end": (
        {"layers": [FUND_80, LENDER_20], "wind_down": {"surplus_to": "government"}},
        "but open_months is 0",
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
        ({"replenishment": "on_call"}, "on_call restores minimum_capital, which is 0"),
        ({"premium_floor": 0.05, "premium_ceiling": 0.01}, "fund.premium_floor: 0.05 exceeds premium_ceiling=0.01"),
    ],
)
def test_malformed_funds_are_refused_in_one_line(values, complaint):
    problems = refusals(values, FundSettings, "fund")
    assert len(problems) == 1
    assert complaint in problems[0]


def test_part_of_a_loan_can_stay_outside_by_its_terms_or_by_an_auction():
    assert not Scheme().in_part
    assert Scheme(eligible=Eligibility(larger_part=0.9)).in_part
    assert Scheme(auction=Auction(winners=1)).in_part


def test_break_even_compensation_rate():
    # (fee + y / m) / (1 - R), the worked figure and one more by hand
    assert break_even_rate(0.01, 0.03, 10.0, 0.30) == pytest.approx(0.01857, abs=5e-6)
    assert break_even_rate(0.01, 0.03, 10.0, 0.05) == pytest.approx(0.013 / 0.95)
    for leverage, recovery in ((0.0, 0.1), (10.0, 1.0)):
        with pytest.raises(ValueError, match="must be"):
            break_even_rate(0.01, 0.03, leverage, recovery)
