"""Guarantees against theory, through the books that the model uses: each within three standard errors."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from sim.sharing.analytics import break_even_rate
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.many import Pools, Taken, allocate_many
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing

WHOLE = (Layer(share=1.0), Layer(participant="lender", share=0.0))
POOL = 12 * 10**9  # fen that stand covered, month after month


def fund_without_limits(**terms):
    return FundSettings(leverage_cap=1000.0, **terms)


def claim_each_month(sharing, claims):
    """Replace every claimed loan by a new one, so that what stands covered stays; returns the sharing."""
    sharing.close_month(PoolFlows(lent=POOL, covered_outstanding=POOL))
    written = 0
    for claim in claims:
        written += claim
        flows = PoolFlows(
            lent=claim,
            triggered=claim,
            written_off=claim,
            covered_outstanding=POOL,
            triggered_outstanding=written,
        )
        sharing.close_month(flows)
        if sharing.exhaustion_month >= 0:
            break
    return sharing


# ---- ruin in discrete time: compound Poisson claims on a lattice, exactly --------------------------------------

UNIT = 10**6  # fen: claims, premium and capital are multiples of it
RATE, SEVERITY, PREMIUM, CAPITAL, HORIZON = 2.0, 0.35, 7, 15, 36


def lattice_claims(rate, success, largest):
    """Probabilities of a month's sum: Poisson many claims, each geometric on 1, 2, ... (Panjer, 1981)."""
    one = success * (1 - success) ** np.arange(largest)
    total = np.zeros(largest + 1)
    total[0] = math.exp(-rate)
    for amount in range(1, largest + 1):
        sizes = np.arange(1, amount + 1)
        total[amount] = rate / amount * np.sum(sizes * one[:amount] * total[amount - sizes])
    return total


def ruin_by_recursion(capital, premium, claims, months):
    """Probability that capital falls below zero at the end of some month (De Vylder and Goovaerts, 1988)."""
    top = capital + premium * months
    survive = np.ones(top + 1)
    for _ in range(months):
        after = np.zeros(top + 1)
        for have in range(top - premium + 1):
            reach = min(have + premium, len(claims) - 1)
            after[have] = claims[: reach + 1] @ survive[have + premium - np.arange(reach + 1)]
        after[top - premium + 1 :] = 1.0
        survive = after
    return 1.0 - survive[capital]


def ruined(runs, seed):
    """How many funds are exhausted, claims drawn from the same law."""
    luck = np.random.default_rng(seed)
    scheme = Scheme(layers=WHOLE, premium_basis="annual")
    terms = fund_without_limits(capital=CAPITAL * UNIT, premium_rate=PREMIUM * UNIT * 12 / POOL)
    count = 0
    for _ in range(runs):
        numbers = luck.poisson(RATE, HORIZON)
        claims = [int(luck.geometric(SEVERITY, number).sum()) * UNIT for number in numbers]
        count += claim_each_month(RiskSharing(scheme, terms, POOL), claims).exhaustion_month >= 0
    return count


@pytest.mark.parametrize("runs", [400, pytest.param(6000, marks=pytest.mark.slow)])
def test_ruin_agrees_with_the_discrete_recursion(runs):
    expected = ruin_by_recursion(CAPITAL, PREMIUM, lattice_claims(RATE, SEVERITY, 400), HORIZON)
    assert 0.1 < expected < 0.6
    error = math.sqrt(expected * (1 - expected) / runs)
    assert abs(ruined(runs, 20) / runs - expected) < 3 * error


# ---- Cramer-Lundberg at claim epochs: a month stands for the time between two claims ---------------------------


def lundberg(capital, loading):
    """Ruin probability with exponential claims of mean 1 (Cramer, 1930)."""
    return math.exp(-loading * capital / (1 + loading)) / (1 + loading)


@pytest.mark.parametrize("runs", [250, pytest.param(3000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("capital", "loading"), [(2.0, 0.5), (4.0, 0.3)])
def test_ruin_at_claim_epochs_agrees_with_cramer_and_lundberg(capital, loading, runs):
    unit, luck = 10**8, np.random.default_rng(7)
    scheme = Scheme(layers=WHOLE, premium_basis="upfront", premium_on="total", covers_existing=True)
    terms = fund_without_limits(capital=int(capital * unit), premium_rate=0.1)
    plenty = 10**15  # stands covered from the start, so that claims never lack a loan
    far = 12 / loading  # from here on ruin is rarer than one in ten thousand
    count = 0
    for _ in range(runs):
        sharing, lent, written = RiskSharing(scheme, terms, POOL, plenty), 0, 0
        while sharing.exhaustion_month < 0 and sharing.fund.cash < far * unit:
            premium, claim = (int(draw * unit) for draw in luck.exponential([1 + loading, 1.0]))
            new = 10 * premium
            lent, written = lent + new, written + claim
            covered = plenty + lent - written
            flows = PoolFlows(lent=new, triggered=claim, written_off=claim,
                              covered_outstanding=covered, triggered_outstanding=written)  # fmt: skip
            sharing.close_month(flows)
        count += sharing.exhaustion_month >= 0
    expected = lundberg(capital, loading)
    assert abs(count / runs - expected) < 3 * math.sqrt(expected * (1 - expected) / runs)


# ---- one factor -------------------------------------------------------------------------------------------------

FACTOR = np.linspace(-8.0, 8.0, 200_001)
DENSITY = norm.pdf(FACTOR) * (FACTOR[1] - FACTOR[0])


def losses_by_factor(default, correlation, severity, volume):
    threshold = norm.ppf(default)
    share = norm.cdf((threshold - math.sqrt(correlation) * FACTOR) / math.sqrt(1 - correlation))
    return np.round(volume * severity * share).astype(np.int64)


def paid(layers, loss, volume, participant="guarantee_fund"):
    pools = Pools.of(np.full_like(loss, volume))
    return allocate_many(layers, Taken(len(layers), len(loss)), loss, pools)[participant]


def test_annual_fund_ruin_under_one_factor():
    """Capital 0.02 and fee 0.018 against 0.56 of Vasicek's loss, p = 3 %, correlation 0.12: 0.0823883."""
    volume = 10**12
    loss = losses_by_factor(0.03, 0.12, 1.0, volume)
    claim = paid((Layer(share=0.56), Layer(participant="lender", share=0.44)), loss, volume)
    assert np.sum(DENSITY * (claim > 0.038 * volume)) == pytest.approx(0.0823883, abs=2e-5)
    edge = next(place for place in range(len(loss)) if claim[place] <= 0.038 * volume)
    for place, expected in ((edge - 1, True), (edge, False)):
        sharing = RiskSharing(
            Scheme(layers=(Layer(share=0.56), Layer(participant="lender", share=0.44)), premium_basis="upfront",
                   premium_on="total"),
            fund_without_limits(capital=int(0.02 * volume), premium_rate=0.018),
        )  # fmt: skip
        sharing.close_month(PoolFlows(lent=volume, covered_outstanding=volume))
        gone = int(loss[place])
        sharing.close_month(PoolFlows(triggered=gone, written_off=gone, covered_outstanding=volume - gone,
                                      triggered_outstanding=gone))  # fmt: skip
        assert (sharing.exhaustion_month >= 0) is expected


def test_capped_guarantee_under_one_factor():
    """80 % capped at 3 % of volume, p = 2 %, correlation 0.12, severity 0.7: payout 0.0100212, binds in 10.1 %."""
    volume = 10**12
    loss = losses_by_factor(0.02, 0.12, 0.7, volume)
    cap = Layer(share=0.8, lifetime_cap=0.03, lifetime_cap_base="guaranteed_volume")
    payout = paid((cap, Layer(participant="lender", share=0.2)), loss, volume)
    assert np.sum(DENSITY * payout) / volume == pytest.approx(0.0100212, abs=2e-7)
    assert np.sum(DENSITY * (payout == 24 * volume // 1000)) == pytest.approx(0.101, abs=5e-4)


def test_comonotone_and_independent_limits():
    volume, default = 10**12, 0.04
    cap = Layer(share=0.8, lifetime_cap=0.2, lifetime_cap_base="guaranteed_volume")
    layers = (cap, Layer(participant="lender", share=0.2))
    all_or_none = losses_by_factor(default, 1 - 1e-12, 1.0, volume)
    expected = default * 0.8 * 0.2
    assert np.sum(DENSITY * paid(layers, all_or_none, volume)) / volume == pytest.approx(expected, rel=2e-3)
    alike = losses_by_factor(default, 1e-14, 1.0, volume)
    assert np.sum(DENSITY * paid(layers, alike, volume)) / volume == pytest.approx(0.8 * default, rel=1e-5)


@pytest.mark.parametrize(
    ("fee", "investment", "leverage", "recovery"),
    [(0.01, 0.03, 10.0, 0.3), (0.012, 0.02, 5.0, 0.05), (0.02, 0.0, 8.0, 0.5)],
)
def test_a_fund_at_its_break_even_rate_neither_gains_nor_loses(fee, investment, leverage, recovery):
    rate = break_even_rate(fee, investment, leverage, recovery)
    claim, capital = int(POOL * rate / 12), int(POOL / leverage)
    back = int(claim * recovery)
    terms = fund_without_limits(capital=capital, premium_rate=fee, investment_yield=investment)
    results = []
    for claims in (claim, claim * 11 // 10, claim * 9 // 10):
        sharing = RiskSharing(Scheme(layers=WHOLE, premium_basis="annual"), terms, POOL, 0)
        sharing.close_month(PoolFlows(lent=POOL, covered_outstanding=POOL))
        start, open_claims = sharing.fund.net_assets, 0
        for _ in range(12):
            open_claims += claims - back
            sharing.close_month(
                PoolFlows(lent=claims, triggered=claims, written_off=claims, recovered_written_off=back,
                          covered_outstanding=POOL, triggered_outstanding=open_claims)
            )  # fmt: skip
        results.append((sharing.fund.net_assets - start) / POOL)
    assert abs(results[0]) < 6e-5, "interest on premium and recoveries within the month"
    assert results[1] < -5e-4 and results[2] > 5e-4
