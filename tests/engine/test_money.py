"""Whole fen: splits lose nothing, favour nobody, and rules round alike compiled or not."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.engine.loops.money import part, split, times_in, to_fen

amounts = st.integers(-(10**15), 10**15)
weightings = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@given(amounts, weightings)
def test_a_split_gives_away_every_fen(amount, weights):
    assert sum(split(amount, weights)) == amount


@given(amounts, weightings)
def test_each_share_is_within_one_fen_of_the_exact_one(amount, weights):
    for share, weight in zip(split(amount, weights), weights, strict=True):
        assert abs(share - Fraction(amount * weight, sum(weights))) < 1


@given(st.integers(0, 10**15), weightings)
def test_more_weight_never_gets_less_and_equal_weight_favours_the_earlier(amount, weights):
    shares = split(amount, weights)
    ranked = sorted(range(len(weights)), key=lambda place: (-weights[place], place))
    assert all(shares[a] >= shares[b] for a, b in pairwise(ranked))
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


@given(amounts, weightings)
def test_a_negative_amount_mirrors(amount, weights):
    assert split(-amount, weights) == [-share for share in split(amount, weights)]


def test_largest_remainders_win_and_ties_go_to_the_first():
    assert split(101, [40, 30, 20, 10]) == [41, 30, 20, 10]
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(-10, [1, 1, 1]) == [-4, -3, -3]
    assert split(7, [1, 2, 4]) == [1, 2, 4]
    assert split(99, [8, 2]) == [79, 20]


def test_amounts_beyond_64_bits_split_exactly():
    assert split(10**30 + 1, [1, 1]) == [5 * 10**29 + 1, 5 * 10**29]


def test_nobody_can_take_nothing_only():
    assert split(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nobody takes 5 fen"):
        split(5, [0, 0])
    with pytest.raises(ValueError, match="-3 is below 0"):
        split(5, [4, -3])


@given(st.integers(-(2**31), 2**31), st.integers(0, 2**31), st.integers(1, 2**31))
@example(2**31, 2**31, 2**31)
@example(-(2**31), 2**31 - 1, 2**31)
@example(2**31 - 1, 3, 3)
def test_a_part_is_the_exact_share_rounded_down(amount, parts, whole):
    assume(abs(amount * parts) < 2**51 * whole)
    exact = math.floor(Fraction(amount * parts, whole))
    assert part(amount, parts, whole) == part.py_func(amount, parts, whole) == exact


def test_a_part_of_more_than_floats_hold_is_exact():
    """2**53 + 1 is no float: compiled code divides 2**53, falls a fen short and must see it by what is left."""
    assert (2**53 + 1) % 107 == 0
    assert part(2**53 + 1, 1, 107) == part.py_func(2**53 + 1, 1, 107) == (2**53 + 1) // 107


def test_a_part_next_to_a_whole_fen_is_exact():
    """Quotients of floats round these to the next whole number."""
    for whole in (3, 7, 2**31 - 1, 999_999_937):
        for fen in (0, 1, 2**30, 2**31):
            for rest in (0, 1, whole - 1):
                amount = fen * whole + rest
                assert part(amount, 1, whole) == part.py_func(amount, 1, whole) == fen
                assert part(-amount, 1, whole) == part.py_func(-amount, 1, whole) == -amount // whole


@given(st.integers(0, 2**52 - 1), st.integers(1, 2**52 - 1))
@example(2**52 - 1, 2**52 - 2)
@example(2**52 - 2, 2**51 - 1)
def test_times_are_rounded_up_exactly(amount, size):
    assert times_in(amount, size) == times_in.py_func(amount, size) == -(-amount // size)


@given(st.floats(-1e15, 1e15))
def test_to_fen_rounds_to_the_nearest_alike_in_python_and_compiled(amount):
    fen = to_fen(amount)
    assert type(fen) is int
    assert fen == to_fen.py_func(amount)
    assert abs(Fraction(fen) - Fraction(amount)) <= Fraction(1, 2) + Fraction(abs(amount)) / 2**52


def test_halves_round_upward():
    assert [to_fen(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, -2.5)] == [1, 2, 3, 0, -1, -2]
