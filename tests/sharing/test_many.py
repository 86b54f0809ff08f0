"""Many pools at once, claim by claim: 10 000 random schemes with random losses, to the fen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.loops.money import split
from sim.sharing.audit import by_claim
from sim.sharing.layers import Layer
from sim.sharing.many import Pools, Taken, allocate_many, pools_of
from sim.sharing.waterfall import Bases, Counters, allocate
from tests.sharing.strategies import guarantee_schemes, joint_schemes

POOLS = 20
amounts = st.integers(0, 10**15)
some_bases = st.tuples(*[amounts] * 7).map(lambda row: Bases(*row))


def conserves(scheme, losses, bases):
    """Losses of many pools in two years: parts sum, nothing is negative, and each pool is as if it were alone."""
    pools, taken = pools_of(bases), Taken(len(scheme.layers), len(losses))
    loss = np.array(losses, dtype=np.int64)
    counters = [tuple(Counters() for _ in scheme.layers) for _ in losses]
    for _ in range(2):
        borne = allocate_many(scheme.layers, taken, loss, pools)
        assert (sum(borne.values()) == loss).all()
        assert all((part >= 0).all() for part in borne.values())
        for place, (one, base) in enumerate(zip(losses, bases, strict=True)):
            alone = allocate(scheme.layers, counters[place], one, base)
            assert alone.borne == {name: int(part[place]) for name, part in borne.items()}
            counters[place] = tuple(count.new_year() for count in alone.counters)
        taken.open_year()


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(guarantee_schemes(), joint_schemes()),
    st.lists(st.tuples(amounts, some_bases), min_size=1, max_size=4),
)
def test_many_pools_are_settled_like_each_alone(scheme, rows):
    conserves(scheme, [loss for loss, _ in rows], [base for _, base in rows])


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(
    st.one_of(guarantee_schemes(), joint_schemes()),
    st.lists(st.tuples(amounts, some_bases), min_size=1, max_size=4),
)
def test_ten_thousand_random_schemes(scheme, rows):
    conserves(scheme, [loss for loss, _ in rows], [base for _, base in rows])


many_claims = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@given(many_claims, st.lists(st.integers(0, 10**6), min_size=2, max_size=6))
def test_claim_lines_lose_no_fen_in_rows_or_columns(claims, weights):
    if not any(weights):
        weights[0] = 1
    borne = {str(place): part for place, part in enumerate(split(sum(claims), weights))}
    lines = by_claim(claims, borne)
    assert [sum(line.values()) for line in lines] == claims
    for name, amount in borne.items():
        assert sum(line.get(name, 0) for line in lines) == amount
    assert all(part >= 0 for line in lines for part in line.values())


def test_claim_lines_refuse_what_does_not_sum():
    with pytest.raises(ValueError, match="claims of 3 fen cannot be borne by 2 fen"):
        by_claim([1, 2], {"lender": 2})


@given(st.lists(amounts, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_pools_and_of_claims_changes_nothing(losses, luck):
    """A month's claims are settled as one sum, so no loan is served before another."""
    fund = Layer(share=0.7, lifetime_cap=0.1, lifetime_cap_base="guaranteed_volume")
    layers = (fund, Layer(participant="lender", share=0.3))
    volume = Bases(volume=sum(losses))
    shuffled = luck.sample(losses, len(losses))
    results = [allocate(layers, (Counters(), Counters()), sum(order), volume).borne for order in (losses, shuffled)]
    assert results[0] == results[1]
    loss, order = np.array(losses, np.int64), np.argsort(losses, kind="stable")
    straight = allocate_many(layers, Taken(2, len(losses)), loss, Pools.of(loss))
    turned = allocate_many(layers, Taken(2, len(losses)), loss[order], Pools.of(loss[order]))
    for name, part in straight.items():
        assert (part[order] == turned[name]).all()
