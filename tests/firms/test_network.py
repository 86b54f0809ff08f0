"""Choosing suppliers: nobody, oneself and the closed are never chosen; size counts by its exponent."""

import numpy as np
import pytest

from sim.firms.network import add_weights, choose_suppliers

SIZE = np.array([0.0, 100.0, 100.0, 10_000.0, 0.0])


@pytest.mark.parametrize("concentration", [0.0, 0.5, 1.0, 3.0])
def test_only_firms_in_business_other_than_oneself(concentration):
    luck = (np.arange(3_000) + 0.5) / 3_000
    buyers = np.resize([1, 2, 3], 3_000)
    chosen = choose_suppliers(luck, buyers, SIZE, concentration)
    assert set(chosen) <= {0, 1, 2, 3} and not (chosen == buyers).any()


def test_size_counts_by_its_exponent():
    luck = (np.arange(10_000) + 0.5) / 10_000
    nobody = np.full(10_000, 4)
    share = [np.mean(choose_suppliers(luck, nobody, SIZE, power) == 3) for power in (0.0, 0.5, 1.0)]
    # 1/3; 100 against twice 10; 10 000 against twice 100.
    np.testing.assert_allclose(share, [1 / 3, 100 / 120, 10_000 / 10_200], atol=2e-4)


def test_without_firms_everything_comes_from_outside():
    assert choose_suppliers(np.array([0.3]), np.array([1]), np.zeros(3), 1.0).tolist() == [0]


def test_weights_add_up_over_those_that_can_be_chosen():
    upto = np.empty(5)
    add_weights(np.array([9.0, 16.0, 0.0, 0.25, 25.0]), 0.5, upto)
    assert upto.tolist() == [0.0, 4.0, 4.0, 5.0, 10.0]


def test_a_draw_falls_to_the_first_firm_beyond_its_share():
    """Weights of 0, 3, 0, 1: a draw of exactly three quarters is the last's; nobody is there without weight."""
    luck, size = np.array([0.0, 0.74, 0.75, 0.99, 0.5]), np.array([5.0, 3.0, 0.0, 1.0])
    assert choose_suppliers(luck, np.array([2, 2, 2, 2, 1]), size, 1.0).tolist() == [1, 1, 3, 3, 0]
