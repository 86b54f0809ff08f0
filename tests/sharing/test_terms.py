"""Terms around the layers: partners, backing, premiums, reserves, auction, the end of a scheme, who is eligible."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.sharing.auction import coverage_needed, winning_bid
from sim.sharing.eligibility import JUDGE_COVER, cover_is_given, judge_cover, judge_eligibility, register_cover
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import HIGHEST_LEVERAGE, FundBook, FundSettings
from sim.sharing.layers import Layer
from sim.sharing.partners import BY_FEAR, BY_LOSS, PartnerBooks
from sim.sharing.scheme import Scheme
from sim.sharing.state import EXHAUSTED, RiskSharing
from sim.sharing.terms import Auction, Backing, Eligibility, Partner, WindDown
from tests.laws.calling import call

BOOK = 10**9
EIGHTY = (Layer(share=0.8), Layer(participant="lender", share=0.2))
GUARANTEE = Scheme(layers=EIGHTY, claim_trigger="months_past_due")
RICH = FundSettings(capital=10**12, leverage_cap=1000.0)


def lent(amount):
    return PoolFlows(lent=amount, covered_outstanding=amount)


def claimed(left, claim, so_far):
    return PoolFlows(triggered=claim, covered_outstanding=left, triggered_outstanding=so_far)


def amounts(postings):
    return {(posting.flow, posting.payer, posting.receiver): posting.amount for posting in postings}


# ---- partner banks -----------------------------------------------------------------------------------------

TWO = (Partner(share=0.6, tier_one=1.0), Partner(share=0.4, tier_one=2.0))
fen = st.integers(0, 10**7)
NOTHING = {"repaid": 0, "charged_off": 0, "recovered": 0, "abandoned": 0}


def test_caps_on_capital_and_on_all_loans_bound_a_partner():
    banks = PartnerBooks((*TWO, Partner(tier_one=9.0, total_loans=2.0, other_joint=0.9)), BOOK)
    # a quarter of tier-1; half of all loans less what other platforms have
    assert banks.rooms() == [BOOK // 4, BOOK // 2, BOOK // 10]
    banks.stake[0] = BOOK
    assert banks.rooms()[0] == 0


def test_what_one_partner_cannot_fund_falls_to_the_other():
    banks = PartnerBooks(TWO, BOOK)
    assert banks.fund(100) == [60, 40]
    assert banks.fund(BOOK // 4 + BOOK // 2) == [BOOK // 4, BOOK // 2]
    banks.withdrawn[0] = BY_LOSS
    assert banks.fund(100) == [0, 100]


@given(st.lists(st.tuples(fen, fen, fen, fen, fen), max_size=12))
def test_stakes_follow_the_flows_to_the_fen(rows):
    banks = PartnerBooks(TWO, BOOK)
    stake = lost = 0
    for number, (funded, repaid, charged, recovered, abandoned) in enumerate(rows):
        stake += funded
        repaid = min(repaid, stake)
        charged = min(charged, stake - repaid)
        lost += charged
        recovered = min(recovered, lost)
        abandoned = min(abandoned, lost - recovered)
        stake, lost = stake - repaid - charged, lost - recovered - abandoned
        flows = {"repaid": repaid, "charged_off": charged, "recovered": recovered, "abandoned": abandoned}
        banks.month(number, funded, flows, 17, 1.0)
        assert (sum(banks.stake), sum(banks.lost)) == (stake, lost)
        assert min(*banks.stake, *banks.lost) >= 0


def test_a_bank_withdraws_for_its_losses_and_returns_when_they_are_over():
    nervous = Partner(tier_one=10.0, loss_tolerance=0.05, return_below=0.01)
    banks = PartnerBooks((nervous,), BOOK)
    banks.month(0, 10**6, NOTHING, 0, 1.0)
    assert banks.withdrawn == [0]
    banks.month(1, 0, {**NOTHING, "charged_off": 50_000}, 0, 1.0)
    assert banks.withdrawn == [BY_LOSS] and banks.rooms() == [0]
    for number in range(2, 12):
        banks.month(number, 0, NOTHING, 0, 1.0)
    assert banks.withdrawn == [BY_LOSS], "the loss is still within twelve months"
    for number in range(12, 15):
        banks.month(number, 0, NOTHING, 0, 1.0)
    assert banks.withdrawn == [0]


def test_a_bank_leaves_a_lender_that_it_no_longer_trusts_and_comes_back():
    banks = PartnerBooks((Partner(lender_capital_floor=0.10),), BOOK)
    moods = []
    for ratio in (0.2, 0.09, 0.2):
        banks.month(0, 0, NOTHING, 0, ratio)
        moods.append(banks.withdrawn[0])
    assert moods == [0, BY_FEAR, 0]


def test_losses_eat_capital_and_with_it_the_room():
    banks = PartnerBooks((Partner(tier_one=1.0),), BOOK)
    banks.month(0, 10**8, NOTHING, 0, 1.0)
    before = banks.rooms()[0]
    banks.month(1, 0, {**NOTHING, "charged_off": 10**8}, 0, 1.0)
    assert banks.tier_one == [BOOK - 10**8]
    # a quarter of the capital lost is room lost, the stake written off is room won
    assert banks.rooms()[0] == before - 10**8 // 4 + 10**8


# ---- who stands behind whom --------------------------------------------------------------------------------


def test_a_failing_re_guarantor_falls_on_the_fund_and_the_fund_on_the_government():
    scheme = replace(
        GUARANTEE,
        layers=(*EIGHTY, Layer(participant="re_guarantee_fund", of="guarantee_fund", share=0.5)),
        insolvent_share_falls_on="government",
        backing=(Backing("re_guarantee_fund", 0.0001, "guarantee_fund"),),
    )
    sharing = RiskSharing(scheme, FundSettings(capital=50_000, leverage_cap=1000.0), BOOK)
    sharing.close_month(lent(1_000_000))
    postings = amounts(sharing.close_month(claimed(800_000, 200_000, 200_000)))
    # 160 000 guaranteed, half of it re-guaranteed by one with 40 000; the fund owes 80 000 + 40 000 and has 50 000
    paid = {payer: amount for (flow, payer, _), amount in postings.items() if flow == "compensation"}
    assert paid == {"re_guarantee_fund": 40_000, "guarantee_fund": 50_000, "government": 70_000}
    assert sharing.status == EXHAUSTED
    held = {name: amount for name, amount in sharing.claims.live.items() if amount}
    assert held == {"lender": 40_000, "guarantee_fund": 50_000, "re_guarantee_fund": 40_000, "government": 70_000}


def test_without_a_fund_a_failing_insurer_exhausts_the_scheme():
    layer = Layer(kind="first_loss", participant="insurer", detachment=0.5)
    scheme = Scheme(layers=(layer,), backing=(Backing("insurer", 0.00001, "lender"),))
    sharing = RiskSharing(scheme, FundSettings(), BOOK)
    sharing.close_month(lent(1_000_000))
    sharing.close_month(claimed(900_000, 100_000, 100_000))
    assert sharing.status == EXHAUSTED and sharing.last["compensation_insurer"] == 5_000
    assert sharing.last["claimed_lender"] == 95_000


# ---- premiums and reserves ---------------------------------------------------------------------------------


def test_who_pays_the_premium():
    terms = replace(RICH, premium_rate=0.012)
    half = replace(GUARANTEE, premium_basis="annual", premium_subsidy=0.5)
    sharing = RiskSharing(half, terms, BOOK)
    sharing.close_month(lent(1_000_000))
    postings = amounts(sharing.close_month(PoolFlows(covered_outstanding=1_000_000)))
    assert postings == {
        ("premium", "lender", "guarantee_fund"): 400,
        ("premium_subsidy", "government", "guarantee_fund"): 400,
    }
    once = replace(GUARANTEE, premium_basis="upfront", premium_payer="borrower")
    sharing = RiskSharing(once, terms, BOOK)
    assert sharing.cover_terms()["contribution_rate"] == pytest.approx(0.012 * 0.8)
    assert sharing.close_month(PoolFlows(lent=1_000_000, contribution=9_600, covered_outstanding=1_000_000)) == []
    assert sharing.fund.premiums == 9_600 and sharing.premium_cost() == 0.0


def test_a_layer_has_its_price():
    layers = (*EIGHTY, Layer(participant="re_guarantee_fund", of="guarantee_fund", share=0.5, premium_rate=0.012))
    sharing = RiskSharing(replace(GUARANTEE, layers=layers), RICH, BOOK)
    sharing.close_month(lent(1_000_000))
    postings = amounts(sharing.close_month(PoolFlows(covered_outstanding=1_000_000)))
    assert postings == {("layer_premium", "guarantee_fund", "re_guarantee_fund"): 400}


def test_the_contracts_own_terms_come_before_those_of_the_fund():
    own = replace(GUARANTEE, premium_rate=0.02, leverage_cap=20.0, capital_share=0.5, premium_basis="annual")
    terms = RiskSharing(own, FundSettings(), BOOK).fund.settings
    assert (terms.premium_rate, terms.leverage_cap, terms.capital_share) == (0.02, 20.0, 0.5)
    assert RiskSharing(GUARANTEE, FundSettings(), BOOK).fund.settings == FundSettings()


def test_premium_by_risk_and_by_experience():
    fund = FundBook(FundSettings(premium_rule="risk_based", premium_loading=1.5, premium_ceiling=0.05), 0)
    fund.reprice(0.02, 0.9)
    assert fund.premium_billionths == 30_000_000
    fund.reprice(0.2, 0.0)
    assert fund.premium_billionths == 50_000_000, "the ceiling"
    rated = FundSettings(premium_rule="experience_rated", premium_rate=0.01, premium_loading=1.0, credibility=0.25)
    fund = FundBook(rated, 0)
    fund.reprice(0.0, 0.03)
    assert fund.premium_billionths == 15_000_000, "a quarter of 3 %, three quarters of 1 %"


def test_reserves_leave_less_room_and_are_used_first():
    terms = FundSettings(capital=10**6, leverage_cap=10.0, compensation_reserve=0.01, reserve_ceiling=0.015,
                         unearned_reserve=0.5)  # fmt: skip
    fund = FundBook(terms, 10**6)
    assert fund.room(0) == 10**7
    fund.set_aside(10**7)
    assert fund.reserve == 10**5 and fund.room(0) == 9 * 10**6
    fund.set_aside(10**7)
    assert fund.reserve == 150_000, "the ceiling"
    assert fund.room(0, recent_premium=20_000) == 10 * (10**6 - 150_000 - 10_000)
    fund.payable = 120_000
    fund.pay(120_000)
    assert fund.reserve == 30_000


def test_leverage_is_nothing_without_liabilities_and_has_a_ceiling():
    fund = FundBook(FundSettings(), 10**6)
    assert (fund.leverage(5 * 10**6), fund.leverage(1)) == (5.0, 1e-6)
    poor = FundBook(FundSettings(), 0)
    assert (poor.leverage(0), poor.leverage(1)) == (0.0, HIGHEST_LEVERAGE)


@pytest.mark.parametrize(
    ("cash", "share", "too_small"), [(1, 0.0, False), (0, 0.0, True), (50, 0.5, False), (49, 0.5, True)]
)
def test_a_fund_below_its_minimum_or_without_a_fen_covers_nothing_new(cash, share, too_small):
    fund = FundBook(FundSettings(minimum_capital=share), 100)
    fund.cash = cash
    assert fund.too_small is too_small


def test_capital_on_call_restores_the_minimum_each_month_within_its_limit():
    terms = FundSettings(capital=1_000_000, minimum_capital=0.8, replenishment="on_call", replenishment_limit=0.5)
    fund = FundBook(terms, 1_000_000)
    paid = []
    for loss in (100_000, 300_000, 200_000, 100_000):
        fund.cash -= loss
        paid.append(fund.top_up(begins_year=False))
    assert paid == [0, 200_000, 200_000, 100_000], "half of the capital a year at most"
    assert fund.top_up(begins_year=True) == 0 and fund.net_assets == 800_000


# ---- auction -----------------------------------------------------------------------------------------------


def test_the_coverage_that_is_needed_breaks_even():
    assert coverage_needed(0.2, 0.1, 0.9, 0.02, 0.8) == 0.0, "the margin covers the loss"
    share = coverage_needed(0.05, 0.15, 0.88, 0.02, 0.8)
    assert 0.05 - share * 0.02 == pytest.approx(0.15 * 0.88 * (1 - share))
    assert coverage_needed(-0.1, 0.15, 0.88, 0.02, 0.8) == 0.8
    assert coverage_needed(0.0, 0.02, 0.5, 0.05, 0.8) == 0.8, "a guarantee dearer than the loss"


def test_the_lowest_coverage_wins_and_luck_is_keyed():
    rule = Auction(winners=1, rivals=3, rival_spread=0.02)
    bids = [winning_bid(rule, 0.05, 0.88, 0.02, 0.8, seed, 0) for seed in range(200)]
    won = sum(bid is not None for bid in bids)
    assert 11 <= won <= 39, "all three rivals ask for more in one of eight years: 25 of 200, standard deviation 4.7"
    assert bids == [winning_bid(rule, 0.05, 0.88, 0.02, 0.8, seed, 0) for seed in range(200)]
    assert len({bid for bid in bids if bid is not None}) == 1, "the own bid does not depend on luck"
    assert winning_bid(replace(rule, winners=4), 0.05, 0.88, 0.02, 0.8, 1, 0) is not None


def test_rights_are_used_up_and_renewed_each_year():
    scheme = replace(GUARANTEE, auction=Auction(winners=6, rivals=5, rights=0.001))
    sharing = RiskSharing(scheme, RICH, BOOK)
    assert not sharing.accepting
    sharing.hold_auction(0.05, 0.88, 1)
    assert sharing.capacity() == 10**6
    assert 0 < sharing.cover_terms()["cover_part_won"] <= 1
    sharing.close_month(lent(10**6))
    assert sharing.capacity() == 0 and not sharing.auction_due
    for _ in range(11):
        sharing.close_month(PoolFlows(covered_outstanding=10**6))
    assert sharing.auction_due


# ---- the end -----------------------------------------------------------------------------------------------


def test_a_scheme_closes_ends_and_hands_over_what_is_left():
    scheme = replace(GUARANTEE, wind_down=WindDown(open_months=1, cover_months=3, surplus_to="government"))
    sharing = RiskSharing(scheme, FundSettings(capital=1_000_000), BOOK)
    assert sharing.accepting
    sharing.close_month(lent(1_000_000))
    assert sharing.closed and not sharing.accepting and not sharing.ended
    postings = sharing.close_month(PoolFlows(triggered=100_000, written_off=100_000, abandoned=100_000,
                                             covered_outstanding=900_000))  # fmt: skip
    assert [posting.flow for posting in postings] == ["compensation"]
    postings = amounts(sharing.close_month(PoolFlows(covered_outstanding=900_000)))
    assert sharing.ended and sharing.covered_loss_share() == 1.0
    assert postings == {("surplus", "guarantee_fund", "government"): 920_000}
    sharing.close_month(claimed(800_000, 100_000, 100_000))
    assert sharing.last["claimed_lender"] == 100_000, "after its end nothing is shared"


def test_an_exhausted_fund_that_is_cut_off_bears_nothing_more():
    terms = FundSettings(capital=1_000, leverage_cap=1000.0, premium_rate=0.5)
    for rule, fund_bears in (("run_off", True), ("cut_off", False)):
        scheme = replace(GUARANTEE, premium_basis="annual", wind_down=WindDown(at_exhaustion=rule))
        sharing = RiskSharing(scheme, terms, BOOK)
        sharing.close_month(lent(1_000_000))
        sharing.close_month(claimed(900_000, 100_000, 100_000))
        assert sharing.status == EXHAUSTED
        sharing.close_month(claimed(800_000, 100_000, 200_000))
        assert (sharing.last["claimed_fund"] > 0) is fund_bears
        assert sharing.last["claimed_lender"] + sharing.last["claimed_fund"] == 100_000


# ---- eligibility -------------------------------------------------------------------------------------------

TERMS = {
    "limit": 500_000,
    "score": 640.0,
    "term": 12,
    "product": 0,
    "sector_covered_by_stated_sector": 1.0,
    "covered_by_product": 1.0,
}


ALL = Eligibility()


def part(rule=ALL, part_won=1.0, **changed):
    numbers = RiskSharing(replace(GUARANTEE, eligible=rule), RICH, BOOK).cover_terms()
    given_ = {**numbers, **TERMS, "cover_part_won": part_won, **changed}
    assert (judge_eligibility, judge_cover) == JUDGE_COVER
    return call(JUDGE_COVER, **given_)["cover_part"]


def test_which_loans_are_covered_and_in_which_part():
    assert part() == 1.0
    assert part(sector_covered_by_stated_sector=0.0) == part(covered_by_product=0.0) == 0.0
    assert part(Eligibility(lowest_score=641.0)) == part(Eligibility(highest_score=639.0)) == 0.0
    assert part(Eligibility(smallest_line=500_001)) == part(Eligibility(largest_line=499_999)) == 0.0
    assert part(Eligibility(smallest_line=500_001), limit=0) == 1.0, "a limit that is not yet set"
    assert part(Eligibility(smallest_line=500_001), limit=1) == 0.0
    assert part(Eligibility(products=("instalments",)), term=0) == 0.0
    assert part(Eligibility(products=("card",)), term=0) == 1.0
    assert part(Eligibility(larger_from=400_000, larger_part=0.9, better_from=600.0, better_part=0.5)) == 0.45
    assert part(part_won=0.625) == 0.625


@given(st.integers(1, 10**8), st.floats(0, 1), st.integers(0, 1), st.floats(0, 0.2), st.floats(350, 950))
def test_what_comes_under_cover(drawn, share, covering, rate, score):
    after = call(register_cover, covered=7, drawn=drawn, cover_part=share, covering=covering,
                 contribution_rate=rate, score=score, score_intercept=3.0)  # fmt: skip
    assert after["covered"] - 7 == after["drawn_covered"] == (int(drawn * share) if cover_is_given(covering) else 0)
    assert after["contribution"] == after["contribution.received"] <= drawn
    assert 0 <= after["covered_risk"] <= after["drawn_covered"]


def test_a_client_cap_follows_the_funds_means():
    terms = FundSettings(capital=8_000_000, client_cap=0.1, leverage_cap=1000.0)
    sharing = RiskSharing(GUARANTEE, terms, BOOK)
    assert sharing.cover_terms()["cover_largest_part"] == 1_000_000, "a tenth of 8 m guaranteed is 1 m lent"
    sharing.fund.cash //= 2
    assert sharing.cover_terms()["cover_largest_part"] == 500_000
    assert part(limit=500_000, cover_largest_part=400_000) == 0.0
    in_part = Eligibility(larger_from=400_000, larger_part=0.8)
    assert part(in_part, limit=500_000, cover_largest_part=400_000) == 0.8, "only what is covered counts"
