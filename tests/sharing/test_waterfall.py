"""The waterfall gives away every fen, within caps, and agrees with closed forms."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from sim.sharing.layers import Layer
from sim.sharing.terms import BILLION
from sim.sharing.waterfall import Bases, Counters, allocate, nominal_weights, share_recovery
from tests.sharing.strategies import guarantee_schemes, joint_schemes

amounts = st.integers(0, 10**12)
all_bases = st.tuples(*[amounts] * 7).map(lambda row: Bases(*row))
EXAMPLES = settings(max_examples=120)


def start(layers):
    return tuple(Counters() for _ in layers)


@EXAMPLES
@given(st.one_of(guarantee_schemes(), joint_schemes()), st.lists(amounts, min_size=1, max_size=6), all_bases)
def test_a_random_scheme_gives_away_every_loss_within_its_caps(scheme, losses, bases):
    counters = start(scheme.layers)
    for loss in losses:
        shared = allocate(scheme.layers, counters, loss, bases)
        assert sum(shared.borne.values()) == loss
        assert min(shared.borne.values()) >= 0
        assert min(shared.by_layer) >= 0
        counters = shared.counters
    weights = nominal_weights(scheme.layers)
    for layer, weight, count in zip(scheme.layers, weights, counters, strict=True):
        assert 0 <= count.taken <= count.met
        yearly = Bases(
            volume=bases.year_volume,
            outstanding=bases.outstanding,
            released=bases.year_released,
            premium=bases.year_premium,
        )
        for cap, base, whole in (
            (layer.lifetime_cap, layer.lifetime_cap_base, bases),
            (layer.period_cap, layer.period_cap_base, yearly),
        ):
            if base == "none":
                continue
            amount = {
                "guaranteed_volume": whole.volume,
                "outstanding": whole.outstanding,
                "released": whole.released,
            }
            promised = Fraction(weight, BILLION) * amount[base] if base in amount else Fraction(whole.premium)
            assert count.taken <= Fraction(round(cap * BILLION), BILLION) * promised


@EXAMPLES
@given(guarantee_schemes(), amounts, all_bases)
def test_a_tranche_never_takes_more_than_its_width(scheme, loss, bases):
    shared = allocate(scheme.layers, start(scheme.layers), loss, bases)
    for layer, taken in zip(scheme.layers, shared.by_layer, strict=True):
        if layer.kind != "quota_share":
            volume = bases.year_volume if layer.kind == "stop_loss" else bases.volume
            width = Fraction(round((layer.detachment - layer.attachment) * BILLION), BILLION) * volume
            assert taken <= width + 1


@EXAMPLES
@given(amounts, all_bases, st.integers(0, 1000))
def test_no_coverage_is_no_scheme_and_a_cap_of_everything_is_no_cap(loss, bases, thousandths):
    nothing = (Layer(share=0.0), Layer(participant="lender", share=1.0))
    assert allocate(nothing, start(nothing), loss, bases).borne == {"guarantee_fund": 0, "lender": loss}
    assert allocate((), (), loss, bases).borne == {"lender": loss}
    share = thousandths / 1000
    plain = (Layer(share=share), Layer(participant="lender", share=1 - share))
    capped = (
        Layer(share=share, lifetime_cap=1.0, lifetime_cap_base="guaranteed_volume"),
        Layer(participant="lender", share=1 - share),
    )
    loss = min(loss, bases.volume)
    without, within = (allocate(layers, start(layers), loss, bases) for layers in (plain, capped))
    # a cap of everything cuts at most the fen by which largest remainder rounds the fund's part up
    assert 0 <= without.borne["guarantee_fund"] - within.borne["guarantee_fund"] <= 1


def test_80_20_to_the_fen():
    layers = (Layer(share=0.8), Layer(participant="lender", share=0.2))
    for loss, fund in ((0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (99, 79), (1_000_003, 800_002)):
        borne = allocate(layers, start(layers), loss, Bases()).borne
        assert borne == {"guarantee_fund": fund, "lender": loss - fund}


def test_without_anything_lent_there_is_nothing_to_be_a_share_of():
    assert set(vars(Bases()).values()) == {0}
    tranche = (Layer(kind="first_loss", participant="insurer", detachment=1.0),)
    assert allocate(tranche, start(tranche), 10, Bases()).borne == {"insurer": 0, "lender": 10}


def test_4321_to_the_fen():
    layers = tuple(
        Layer(participant=name, share=share)
        for name, share in (
            ("guarantee_fund", 0.4),
            ("re_guarantee_fund", 0.3),
            ("lender", 0.2),
            ("government", 0.1),
        )
    )
    borne = allocate(layers, start(layers), 10_000_007, Bases()).borne
    # 4000002.8, 3000002.1, 2000001.4, 1000000.7: two fen left, to the two largest remainders
    assert list(borne.values()) == [4_000_003, 3_000_002, 2_000_001, 1_000_001]


def test_layers_are_served_in_order():
    volume = Bases(volume=100_000, year_volume=100_000)
    layers = (
        Layer(kind="first_loss", participant="lender", detachment=0.02),
        Layer(share=0.8, lifetime_cap=0.05, lifetime_cap_base="guaranteed_volume"),
        Layer(participant="lender", share=0.2),
        Layer(kind="stop_loss", participant="insurer", of="lender", attachment=0.03, detachment=0.05),
        Layer(participant="re_guarantee_fund", of="guarantee_fund", share=0.5),
    )
    shared = allocate(layers, start(layers), 10_000, volume)
    # first loss 2000; of the other 8000 the fund would take 6400 and may take 4000; the lender keeps 1600 and
    # bears what the cap leaves, 2400, so the insurer meets 6000 and takes what lies between 3000 and 5000
    assert shared.by_layer == (2_000, 4_000, 1_600, 2_000, 2_000)
    assert shared.borne == {
        "lender": 4_000,
        "guarantee_fund": 2_000,
        "insurer": 2_000,
        "re_guarantee_fund": 2_000,
    }
    again = allocate(layers, shared.counters, 10_000, volume)
    assert again.borne["guarantee_fund"] == 0, "its lifetime cap is used up"
    assert again.borne["insurer"] == 0, "the year's band is used up"
    later = allocate(layers, tuple(count.new_year() for count in shared.counters), 10_000, volume)
    assert later.borne["insurer"] == 2_000, "a stop-loss begins anew each year"


def test_a_tranche_whose_bounds_rise_still_pays_no_more_than_its_width():
    layers = (Layer(kind="excess_of_loss", participant="insurer", attachment=0.02, detachment=0.05),)
    first = allocate(layers, start(layers), 4_000, Bases(volume=100_000))
    assert first.borne["insurer"] == 2_000
    second = allocate(layers, first.counters, 6_000, Bases(volume=200_000))
    # between the new bounds, 4000 and 10000, lie all 6000; with the first 2000 that is 2000 too much
    assert second.borne["insurer"] == 4_000


def test_deductible_stays_with_the_lender_once():
    bases = Bases(volume=100_000)
    layers = (Layer(share=0.5, deductible=0.01), Layer(participant="lender", share=0.5))
    first = allocate(layers, start(layers), 800, bases)
    second = allocate(layers, first.counters, 800, bases)
    assert first.borne["guarantee_fund"] == 0
    assert second.borne["guarantee_fund"] == 300, "400 + 400 met, 500 deducted"


@EXAMPLES
@given(
    st.lists(amounts, min_size=2, max_size=5),
    st.integers(0, 10**6),
    st.sampled_from(("pari_passu", "senior", "guarantor_first")),
)
def test_recoveries_are_shared_exactly_and_within_each_claim(claims, millionths, order):
    held = dict(zip(("lender", "guarantee_fund", "insurer", "government", "partner_banks"), claims, strict=False))
    amount = sum(claims) * millionths // 10**6
    parts = share_recovery(amount, held, order)
    assert sum(parts.values()) == amount
    assert all(0 <= parts[name] <= held[name] for name in held)
    if order == "senior":
        assert parts["lender"] == min(amount, held["lender"])
    if order == "guarantor_first":
        assert sum(parts.values()) - parts["lender"] == min(amount, sum(claims) - held["lender"])


def test_recovering_more_than_is_owed_is_refused():
    with pytest.raises(ValueError, match=r"11 fen lies outside 0\.\.10"):
        share_recovery(11, {"lender": 10}, "pari_passu")


# ---- closed forms: Vasicek losses on a fine grid of the systematic factor ---------------------------------

POOL = 10**12  # fen, so that rounding to a fen is 1e-12 of the pool
FACTOR = np.linspace(-9.0, 9.0, 6001)
DENSITY = norm.pdf(FACTOR) * (FACTOR[1] - FACTOR[0])
TOLERANCE = 2e-6  # trapezoid over a kink: error of the order of the squared step, 9e-6, times the slope


def vasicek_losses(default, correlation, severity):
    threshold = norm.ppf(default)
    conditional = norm.cdf((threshold - np.sqrt(correlation) * FACTOR) / np.sqrt(1 - correlation))
    return [round(POOL * severity * value) for value in conditional]


def expected_minimum(default, correlation, severity, bound):
    """E[min(L, K)] of a Vasicek pool (Vasicek 2002; tranche expectation with the bivariate normal)."""
    threshold, root = norm.ppf(default), np.sqrt(correlation)
    edge = (threshold - np.sqrt(1 - correlation) * norm.ppf(bound / severity)) / root
    joint = multivariate_normal.cdf([threshold, edge], mean=[0, 0], cov=[[1, root], [root, 1]])
    return severity * (default - joint) + bound * norm.cdf(edge)


def expected_payout(layers, participant, losses):
    bases = Bases(POOL, POOL, POOL, POOL, POOL, POOL, POOL)
    paid = [allocate(layers, start(layers), loss, bases).borne[participant] for loss in losses]
    return float(np.dot(DENSITY, paid)) / POOL, np.array(paid)


def capped(share, cap):
    return (
        Layer(share=share, period_cap=cap, period_cap_base="guaranteed_volume"),
        Layer(participant="lender", share=round(1 - share, 9)),
    )


def test_capped_guarantee_pays_the_published_figure():
    losses = vasicek_losses(0.02, 0.12, 0.7)
    payout, paid = expected_payout(capped(0.8, 0.03), "guarantee_fund", losses)
    assert payout == pytest.approx(0.0100212, abs=TOLERANCE)
    uncapped, _ = expected_payout(capped(0.8, 1.0), "guarantee_fund", losses)
    assert uncapped == pytest.approx(0.0112, abs=TOLERANCE)
    assert float(DENSITY[paid >= 0.8 * 0.03 * POOL - 1].sum()) == pytest.approx(0.101, abs=0.001)


@pytest.mark.parametrize(
    ("default", "correlation", "severity", "share", "cap"),
    [(0.03, 0.08, 0.9, 0.8, 0.05), (0.05, 0.2, 0.6, 0.5, 0.2), (0.01, 0.15, 0.45, 0.7, 0.02)],
)
def test_capped_guarantee_agrees_with_its_closed_form(default, correlation, severity, share, cap):
    payout, _ = expected_payout(capped(share, cap), "guarantee_fund", vasicek_losses(default, correlation, severity))
    expected = share * expected_minimum(default, correlation, severity, cap)
    assert payout == pytest.approx(expected, abs=TOLERANCE)


def test_first_loss_tranche_loses_the_published_share_of_its_width():
    layers = (Layer(kind="first_loss", participant="insurer", detachment=0.03),)
    payout, _ = expected_payout(layers, "insurer", vasicek_losses(0.05, 0.15, 0.9))
    assert payout / 0.03 == pytest.approx(0.7912868, abs=TOLERANCE / 0.03)


@pytest.mark.parametrize(("low", "high"), [(0.03, 0.06), (0.06, 0.12), (0.12, 0.3)])
def test_mezzanine_tranches_agree_with_their_closed_form(low, high):
    layers = (Layer(kind="excess_of_loss", participant="insurer", attachment=low, detachment=high),)
    payout, _ = expected_payout(layers, "insurer", vasicek_losses(0.05, 0.15, 0.9))
    expected = expected_minimum(0.05, 0.15, 0.9, high) - expected_minimum(0.05, 0.15, 0.9, low)
    assert payout == pytest.approx(expected, abs=TOLERANCE)
