"""A scheme in a run: every fen reconciles, the fund lives and dies as its contract says."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.loops.money import split
from sim.sharing.figures import SHORT
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.scheme import Scheme
from sim.sharing.scheme_terms import SuspensionRule
from sim.sharing.state import EXHAUSTED, OPEN, SUSPENDED, RiskSharing
from sim.sharing.terms import BILLION
from tests.sharing.strategies import funds, guarantee_schemes, joint_schemes, months, pool_of, schemes

EXAMPLES = settings(max_examples=120)
BOOK = 10**10
LOSSES = tuple(f"loss_{name}" for name in SHORT.values())
CLAIMED = tuple(f"claimed_{name}" for name in SHORT.values())
EIGHTY = (Layer(share=0.8), Layer(participant="lender", share=0.2))
GUARANTEE = Scheme(
    layers=EIGHTY,
    claim_trigger="months_past_due",
    payment_lag=3,
    premium_basis="annual",
)
JOINT = Scheme(
    layers=(Layer(participant="lender", share=0.3), Layer(participant="partner_banks", share=0.7)),
    funded=True,
    minimum_lender_share=0.3,
)
QUIET = (10**8, 10, 100, 1, 2, 10, 3, 1)
STORM = (10**8, 5, 100, 30, 0, 20, 1, 5)


def run(sharing, rows, respect_capacity=False):
    """Close a month for each row; returns flows, postings and figures of each."""
    pool = pool_of(sharing.scheme)
    story = []
    for row in rows:
        if respect_capacity:
            row = (min(row[0], sharing.capacity()), *row[1:])
        flows = pool.month(row)
        postings = sharing.close_month(flows)
        story.append((flows, postings, dict(sharing.last)))
    return story


def moved(story, flow):
    return [sum(posting.amount for posting in postings if posting.flow == flow) for _, postings, _ in story]


@EXAMPLES
@given(schemes, funds, months)
def test_every_fen_reconciles(scheme, fund, rows):
    assert scheme.check() == []
    sharing = RiskSharing(scheme, fund, BOOK)
    story = run(sharing, rows)
    cash = Counter({name: purse.initial for name, purse in sharing.purses.items()})
    for flows, postings, figures in story:
        lost = flows.written_off - flows.recovered_written_off
        assert sum(figures[name] for name in LOSSES) == lost
        claimed = flows.triggered - flows.recovered - flows.recovered_written_off
        assert sum(figures[name] for name in CLAIMED) == claimed
        for posting in postings:
            assert posting.amount > 0
            assert posting.payer != posting.receiver
            if posting.instrument == "cash":
                cash[posting.payer] -= posting.amount
                cash[posting.receiver] += posting.amount
        assert cash["guarantee_fund"] == figures["fund_cash"] >= 0
        assert figures["fund_state"] == EXHAUSTED or figures["compensation_unpaid"] == 0
    for name, purse in sharing.purses.items():
        # subsidies and capital come from another budget of the government than its layers
        assert name == "government" or (cash[name] == purse.cash and (purse.unlimited or purse.cash >= 0))
        assert purse.payable == sum(sharing.queue[name])
    assert sum(cash.values()) == sum(purse.initial for purse in sharing.purses.values())
    stocks = [*sharing.claims.live.values(), *sharing.claims.written_off.values(), sharing.joint.claim]
    assert min(stocks) >= 0
    guarantors = {"guarantee_fund", "re_guarantee_fund", "insurer", "government"}
    borne = sum(figures[f"claimed_{SHORT[name]}"] for _, _, figures in story for name in guarantors)
    assert sharing.receivable == borne + passed_on_to(guarantors, story) - sum(moved(story, "compensation"))
    assert 0 <= sharing.lender_share() <= 1
    assert 0 <= sharing.covered_loss_share() <= 1


def passed_on_to(names, story):
    return sum(
        posting.amount
        for _, postings, _ in story
        for posting in postings
        if posting.flow == "recovery_passed_on" and posting.receiver in names
    )


@EXAMPLES
@given(schemes, funds, months)
def test_sharing_moves_losses_and_never_changes_their_sum(scheme, fund, rows):
    alone = Scheme(claim_trigger=scheme.claim_trigger)
    shared = run(RiskSharing(scheme, fund, BOOK), rows)
    unshared = run(RiskSharing(alone, fund, BOOK), rows)
    for (_, _, with_scheme), (_, postings, without) in zip(shared, unshared, strict=True):
        assert sum(with_scheme[name] for name in LOSSES) == without["loss_lender"]
        assert postings == []


@EXAMPLES
@given(schemes, funds, months, st.integers(0, 30))
def test_a_run_resumed_from_its_saved_state_is_the_same(scheme, fund, rows, cut):
    flows = [flows for flows, _, _ in run(RiskSharing(scheme, fund, BOOK), rows)]
    whole = RiskSharing(scheme, fund, BOOK)
    first = RiskSharing(scheme, fund, BOOK)
    for flow in flows[:cut]:
        assert whole.close_month(flow) == first.close_month(flow)
    resumed = RiskSharing(scheme, fund)
    resumed.restore(json.loads(json.dumps(first.save())))
    for flow in flows[cut:]:
        assert whole.close_month(flow) == resumed.close_month(flow)
    assert whole.save() == resumed.save()
    assert whole.capacity() == resumed.capacity()


@pytest.mark.parametrize("lag, rule", [(0, SuspensionRule()), (3, SuspensionRule("outstanding", 0.1, 0.05))])
def test_months_without_cover_leave_what_the_long_way_leaves(monkeypatch, lag, rule):
    """Where nothing was ever covered the books go on by a month and nothing else; cover ends the short way."""
    scheme = Scheme(claim_trigger="months_past_due", payment_lag=lag, suspension=rule)
    long_way, short_way = RiskSharing(scheme, FundSettings(), BOOK), RiskSharing(scheme, FundSettings(), BOOK)
    lent = PoolFlows(lent=10**6, risk=10**4, covered_outstanding=10**6)
    claimed = PoolFlows(triggered=10**5, covered_outstanding=9 * 10**5, triggered_outstanding=10**5)
    still = PoolFlows(covered_outstanding=9 * 10**5, triggered_outstanding=10**5)
    shares, went = RiskSharing._share_claims, Counter()
    monkeypatch.setattr(RiskSharing, "_share_claims", lambda self, *rest: [went.update([self]), shares(self, *rest)])
    monkeypatch.setattr(PoolFlows, "are_nothing", property(lambda flows: quick and not any(vars(flows).values())))
    nothing, repaid = PoolFlows(), PoolFlows(repaid=10**6)
    for flows in (*[nothing] * 26, lent, repaid, *[nothing] * 13, lent, claimed, *[still] * 13):
        quick = False
        long_posted = long_way.close_month(flows)
        quick = True
        assert long_posted == short_way.close_month(flows)
        assert long_way.save() == short_way.save()
    assert went == {long_way: 56, short_way: 1 + 30}


@EXAMPLES
@given(joint_schemes(), months)
def test_partners_own_the_exact_split_of_the_covered_pool(scheme, rows):
    sharing = RiskSharing(scheme, FundSettings())
    partner = round(scheme.quota("partner_banks") * BILLION)
    story = run(sharing, rows)
    covered = story[-1][0].covered_outstanding
    assert sharing.joint.claim == split(covered, [partner, BILLION - partner])[0]
    lent = sum(flows.lent for flows, _, _ in story)
    interest = sum(flows.interest for flows, _, _ in story)
    share = scheme.quota("partner_banks")
    assert abs(sum(moved(story, "joint_funding")) - share * lent) <= len(rows) * 1.5 + 1
    assert abs(sum(moved(story, "joint_interest")) - share * interest) <= 0.51 + 1e-9 * interest
    fee = scheme.facilitation_fee * sum(moved(story, "joint_interest"))
    assert fee - 1 - 1e-9 * fee <= sum(moved(story, "facilitation_fee")) <= fee + 1e-6 * fee


few_fen = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=30)


@EXAMPLES
@given(joint_schemes(), few_fen)
def test_the_partners_account_closes_each_month_also_on_single_fen(scheme, rows):
    sharing = RiskSharing(scheme, FundSettings())
    covered = written_off = 0
    for lent, repaid, triggered in rows:
        covered += lent
        repaid = min(repaid, covered)
        triggered = min(triggered, covered - repaid)
        covered -= repaid + triggered
        written_off += triggered
        opening, held = sharing.joint.claim, sharing.claims.written_off["partner_banks"]
        flows = PoolFlows(
            lent=lent,
            repaid=repaid,
            triggered=triggered,
            written_off=triggered,
            covered_outstanding=covered,
            triggered_outstanding=written_off,
        )
        paid = {posting.flow: posting.amount for posting in sharing.close_month(flows)}
        claimed = sharing.claims.written_off["partner_banks"] - held
        closing = opening + paid.get("joint_funding", 0) - paid.get("joint_principal", 0) - claimed
        assert sharing.joint.claim == closing >= 0


def test_joint_loan_30_70_to_the_fen():
    sharing = RiskSharing(JOINT, FundSettings(), BOOK)
    story = [
        PoolFlows(lent=1_000_001, covered_outstanding=1_000_001),
        PoolFlows(repaid=101, interest=11, covered_outstanding=999_900),
        PoolFlows(
            triggered=33,
            written_off=33,
            repaid=67,
            interest=12,
            covered_outstanding=999_800,
            triggered_outstanding=33,
        ),
        PoolFlows(recovered_written_off=13, abandoned=20, covered_outstanding=999_800),
    ]
    postings = [{posting.flow: posting.amount for posting in sharing.close_month(flows)} for flows in story]
    assert postings == [
        {"joint_funding": 700_001},
        {"joint_principal": 71, "joint_interest": 8},
        # 70 % of 33 is 23.1; the claim falls from 699930 to 699860; interest in all 16.1 of 23
        {"joint_principal": 47, "joint_interest": 8, "joint_write_off": 23},
        {"recovery_passed_on": 9},
    ]
    assert sharing.joint.claim == 699_860
    assert sharing.last["loss_partner"] == -9
    assert sharing.last["loss_lender"] == -4


def test_a_joint_lender_keeps_its_share_of_loss_and_funding():
    sharing = RiskSharing(JOINT, FundSettings(), BOOK)
    assert sharing.accepting
    assert sharing.lender_share() == 0.3
    assert sharing.funding_share() == 0.3
    run(sharing, [QUIET] * 12)
    assert sharing.lender_share() == 0.3
    assert sharing.others_stake == sharing.partner_claim > 0


def test_none_accepts_nothing_and_moves_nothing():
    sharing = RiskSharing(Scheme(), FundSettings(), BOOK)
    assert not sharing.accepting
    assert (sharing.capacity(), sharing.lender_share(), sharing.funding_share()) == (0, 1.0, 1.0)
    assert all(postings == [] for _, postings, _ in run(sharing, [QUIET] * 5))


@EXAMPLES
@given(months, st.integers(0, 6))
def test_claims_of_a_solvent_fund_are_paid_in_full_after_the_lag(rows, lag):
    sharing = RiskSharing(replace(GUARANTEE, payment_lag=lag), FundSettings(capital=10**15), BOOK)
    story = run(sharing, rows)
    paid = moved(story, "compensation")
    claims = [split(flows.triggered, [800, 200])[0] for flows, _, _ in story]
    assert paid[:lag] == [0] * min(lag, len(rows))
    assert paid[lag:] == claims[: max(0, len(rows) - lag)]
    assert sharing.receivable == sum(claims) - sum(paid)


@EXAMPLES
@given(months, st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 3))
def test_a_larger_fund_is_exhausted_later_and_pays_more(rows, small, more, lag):
    scheme = replace(GUARANTEE, payment_lag=lag)
    ends, paid = [], []
    for capital in (small + 1, small + 1 + more):
        sharing = RiskSharing(scheme, FundSettings(capital=capital), BOOK)
        paid.append(sum(moved(run(sharing, rows), "compensation")))
        ends.append(sharing.exhaustion_month if sharing.exhaustion_month >= 0 else 10**6)
    assert ends[1] >= ends[0]
    assert paid[1] >= paid[0]


def test_an_exhausted_fund_leaves_its_part_to_the_lender():
    sharing = RiskSharing(replace(GUARANTEE, payment_lag=0), FundSettings(capital=10_000_000), BOOK)
    story = run(sharing, [STORM] * 6)
    flows, _, figures = story[0]
    # of 28.5 m claimed the fund owes 22.8 m; it has 10 m and its part of 57 000 recovered
    assert (flows.triggered, flows.recovered_written_off) == (28_500_000, 57_000)
    assert sum(moved(story[:1], "compensation")) == 10_000_000 + 45_600
    assert figures["compensation_unpaid"] == 22_800_000 - 10_045_600
    assert figures["claimed_fund"] == 10_000_000
    assert figures["claimed_lender"] == 28_500_000 - 57_000 - 10_000_000
    first = RiskSharing(sharing.scheme, FundSettings(capital=10_000_000), BOOK)
    run(first, [STORM])
    assert first.fund.payable == 0, "what it cannot pay it no longer owes"
    held = first.claims.live["guarantee_fund"] + first.claims.written_off["guarantee_fund"]
    assert 0 < held < 10_045_600, "it holds claims only on what it paid for, less what was recovered or abandoned"
    assert figures["fund_state"] == EXHAUSTED
    assert sharing.exhaustion_month == 0
    assert not sharing.accepting
    assert sharing.lender_share() == 1.0
    assert sharing.covered_loss_share() == 1.0


def test_government_can_stand_behind_the_fund():
    scheme = replace(GUARANTEE, payment_lag=0, insolvent_share_falls_on="government")
    sharing = RiskSharing(scheme, FundSettings(capital=1), BOOK)
    flows, postings, figures = run(sharing, [STORM])[0]
    owed = split(flows.triggered, [800, 200])[0]
    by_payer = {posting.payer: posting.amount for posting in postings if posting.flow == "compensation"}
    has = 1 + split(flows.recovered_written_off, [800, 200])[0]
    assert by_payer == {"guarantee_fund": has, "government": owed - has}
    assert figures["claimed_government"] == owed - has
    assert figures["claimed_fund"] == 1


def test_no_cover_beyond_the_leverage_cap():
    sharing = RiskSharing(GUARANTEE, FundSettings(capital=8_000_000, leverage_cap=10.0, premium_rate=0.0), BOOK)
    assert sharing.capacity() == 100_000_000
    sharing.close_month(PoolFlows(lent=60_000_000, covered_outstanding=60_000_000))
    assert sharing.capacity() == 40_000_000
    assert sharing.liabilities() == 48_000_000
    sharing.close_month(PoolFlows(lent=40_000_000, covered_outstanding=100_000_000))
    assert sharing.capacity() == 0
    assert not sharing.accepting
    sharing.close_month(PoolFlows(triggered=1_000_000, covered_outstanding=99_000_000, triggered_outstanding=1_000_000))
    # the claim of 800 000 lowers net assets to 7.2 m and stays a liability until it is paid
    assert sharing.last["fund_capital"] == 7_200_000
    assert sharing.last["fund_leverage"] == pytest.approx(80_000_000 / 7_200_000)
    assert not sharing.accepting


@EXAMPLES
@given(months, st.integers(1, 20))
def test_leverage_by_new_cover_stays_within_its_cap(rows, cap):
    sharing = RiskSharing(GUARANTEE, FundSettings(leverage_cap=float(cap), capital_share=0.02), BOOK)
    pool = pool_of(GUARANTEE)
    for row in rows:
        room = sharing.capacity()
        before = sharing.liabilities()
        lent = min(row[0], room)
        assert before + lent * 8 // 10 <= cap * max(0, sharing.fund.net_assets) or lent == 0
        sharing.close_month(pool.month((lent, *row[1:])))


@pytest.mark.parametrize("denominator", ["outstanding", "released", "cumulative"])
def test_a_high_compensation_rate_stops_new_cover(denominator):
    rule = SuspensionRule(denominator=denominator, above=0.03)
    sharing = RiskSharing(replace(GUARANTEE, suspension=rule), FundSettings(capital=10**12), BOOK)
    run(sharing, [QUIET] * 2)
    assert sharing.status == OPEN
    sharing = RiskSharing(replace(GUARANTEE, suspension=rule), FundSettings(capital=10**12), BOOK)
    story = run(sharing, [STORM] * 8, respect_capacity=True)
    name = f"compensation_rate_{denominator}"
    first = next(month for month, (_, _, figures) in enumerate(story) if figures[name] > 0.03)
    assert first >= 3, "compensation follows its lag"
    assert sharing.suspension_month == first
    assert story[first][2]["fund_state"] == SUSPENDED
    assert all(flows.lent == 0 for flows, _, _ in story[first + 1 :])
    assert sharing.covered_loss_share() == 0.2, "loans already covered stay so"


def test_cover_resumes_when_the_rule_says_so():
    rule = SuspensionRule(denominator="released", above=0.05, resume_below=0.02)
    scheme = replace(GUARANTEE, suspension=rule, payment_lag=0)
    sharing = RiskSharing(scheme, FundSettings(capital=10**12), BOOK)
    calm_after = (10**8, 10, 100, 0, 0, 0, 0, 0)
    states = [figures["fund_state"] for _, _, figures in run(sharing, [STORM] * 2 + [calm_after] * 30)]
    assert states[1] == SUSPENDED
    assert states[-1] == OPEN
    assert sharing.suspension_month == 0


def test_three_compensation_rates_have_three_denominators():
    sharing = RiskSharing(replace(GUARANTEE, payment_lag=0, premium_basis="none"), FundSettings(capital=10**9), BOOK)
    sharing.close_month(PoolFlows(lent=1_000_000, covered_outstanding=1_000_000))
    sharing.close_month(
        PoolFlows(repaid=300_000, triggered=50_000, covered_outstanding=650_000, triggered_outstanding=50_000)
    )
    rates = sharing.compensation_rates()
    assert rates["outstanding"] == pytest.approx(40_000 / 520_000)
    assert rates["released"] == pytest.approx(40_000 / 280_000)
    assert rates["cumulative"] == pytest.approx(40_000 / 800_000)


def test_premium_is_exact_over_a_year_and_upfront_on_new_lending():
    settings_of_fund = FundSettings(capital=10**12, premium_rate=0.01)
    sharing = RiskSharing(GUARANTEE, settings_of_fund, BOOK)
    flows = [PoolFlows(lent=1_000_003, covered_outstanding=1_000_003)]
    flows += [PoolFlows(covered_outstanding=1_000_003)] * 12
    for flow in flows:
        sharing.close_month(flow)
    assert sharing.fund.premiums == int(1_000_003 * 0.8 * 0.01)
    upfront = RiskSharing(replace(GUARANTEE, premium_basis="upfront", premium_on="total"), settings_of_fund, BOOK)
    for flow in flows:
        upfront.close_month(flow)
    assert upfront.fund.premiums == int(1_000_003 * 0.01)


def test_yield_and_replenishment_reach_the_fund():
    settings_of_fund = FundSettings(capital=1_200_000, investment_yield=0.03, replenishment="annual", premium_rate=0.0)
    sharing = RiskSharing(GUARANTEE, settings_of_fund, BOOK)
    postings = sharing.close_month(PoolFlows())
    assert [(posting.flow, posting.payer, posting.amount) for posting in postings] == [
        ("investment_income", "outside", 3_000)
    ]
    sharing.close_month(PoolFlows(lent=1_000_000, covered_outstanding=1_000_000))
    claim = PoolFlows(triggered=500_000, covered_outstanding=500_000, triggered_outstanding=500_000)
    sharing.close_month(claim)
    waiting = PoolFlows(covered_outstanding=500_000, triggered_outstanding=500_000)
    for _ in range(9):
        sharing.close_month(waiting)
    assert sharing.fund.top_ups == 0
    postings = sharing.close_month(waiting)
    assert sharing.fund.net_assets == 1_200_000
    assert "replenishment" in [posting.flow for posting in postings]


def test_capital_scales_with_the_guaranteed_book():
    assert RiskSharing(GUARANTEE, FundSettings(capital_share=0.1), BOOK).fund.cash == BOOK * 8 // 100
    assert RiskSharing(GUARANTEE, FundSettings(capital=77, capital_share=0.1), BOOK).fund.cash == 77
    assert RiskSharing(JOINT, FundSettings(capital_share=0.1), BOOK).fund.cash == 0


def test_a_year_cap_renews_and_a_lifetime_cap_does_not():
    for key, years_paid in (("period_cap", 2), ("lifetime_cap", 1)):
        layer = replace(EIGHTY[0], **{key: 0.01, f"{key}_base": "guaranteed_volume"})
        scheme = Scheme(layers=(layer, EIGHTY[1]), claim_trigger="months_past_due")
        sharing = RiskSharing(scheme, FundSettings(capital=10**12), BOOK)
        still = 10_000_000
        sharing.close_month(PoolFlows(lent=still, covered_outstanding=still))
        claimed = 0
        for _ in range(23):
            claimed += 100_000
            still -= 100_000
            sharing.close_month(PoolFlows(triggered=100_000, covered_outstanding=still, triggered_outstanding=claimed))
        # 1 % of 8 m guaranteed in the first year; of what still stands, 8.9 m x 80 %, in the second
        expected = 80_000 + (71_200 if years_paid == 2 else 0)
        assert sharing.fund.compensation == expected


@pytest.mark.parametrize(
    ("flows", "complaint"),
    [
        (PoolFlows(lent=-1), "PoolFlows.lent: -1 fen is negative"),
        (PoolFlows(lent=5), "PoolFlows.covered_outstanding: accounts hold 0 fen, flows lead to 5 fen"),
        (PoolFlows(repaid=1), "covered pool"),
        (PoolFlows(recovered=1), "recovery: 1 fen"),
    ],
)
def test_flows_that_contradict_the_stocks_are_refused(flows, complaint):
    with pytest.raises(ValueError, match=complaint):
        RiskSharing(GUARANTEE, FundSettings(), BOOK).close_month(flows)


def paid_by_fund(story, flow):
    return sum(
        posting.amount
        for _, postings, _ in story
        for posting in postings
        if posting.flow == flow and posting.payer == "guarantee_fund"
    )


@EXAMPLES
@given(guarantee_schemes(), funds, months)
def test_a_fund_never_pays_out_more_than_it_ever_had(scheme, fund, rows):
    sharing = RiskSharing(scheme, fund, BOOK)
    initial = sharing.fund.cash
    story = run(sharing, rows)
    had = initial + sum(moved(story, "premium")) + sum(moved(story, "premium_subsidy")) + sharing.fund.recoveries
    had += sharing.fund.income + sharing.fund.top_ups
    given_on = sum(moved(story, "surplus")) + paid_by_fund(story, "layer_premium")
    assert sharing.fund.compensation + given_on <= had
    assert sharing.fund.cash == had - sharing.fund.compensation - given_on
