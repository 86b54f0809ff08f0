"""Grains carried along links, rounding to whole fen and what is held back, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.whole_fen import GRAINS, WITHIN_FEN, balance, hold_back, in_whole_fen, round_trips, shift, start_from


@pytest.mark.parametrize(
    ("grains", "left", "fen", "part"),
    [
        (0, 0, 5, 100),
        (50, 0, 5, 150),
        (GRAINS - 100, 0, 6, 0),  # to the fen
        (3 * GRAINS - 101, 0, 7, WITHIN_FEN),
        (-101, 0, 4, WITHIN_FEN),
        (-5 * GRAINS - 100, 0, 0, 0),  # to nothing
        (-5 * GRAINS - 107, -7, 0, 0),  # below nothing
        (5 * GRAINS - 100, 0, 10, 0),  # to all of it
        (5 * GRAINS - 93, 7, 10, 0),  # more than is owed
        (7 * GRAINS, 2 * GRAINS + 100, 10, 0),
    ],
)
def test_a_link_carries_what_it_can(grains, left, fen, part):
    """10 fen are owed, 5 and 100 grains are paid; creditor 1 has got 20 fen and 300 grains."""
    paid, parts, got, got_part = np.array([5]), np.array([100]), np.array([0, 20]), np.array([0, 300])
    assert shift(0, grains, 1, np.array([10]), paid, parts, got, got_part) == left
    assert (paid[0], parts[0]) == (fen, part)
    assert got.tolist() == [0, 20 + fen - 5] and got_part.tolist() == [0, 300 + part - 100]


def test_members_start_from_their_proportion_to_the_grain():
    """0 pays a third of 10 and 5 fen, 1 in full."""
    first, creditor, owed = np.array([0, 2, 3, 3]), np.array([1, 2, 2]), np.array([10, 5, 8])
    paid, part, got, got_part = owed.copy(), np.zeros(3, np.int64), np.array([0, 10, 13]), np.zeros(3, np.int64)
    start_from(first, creditor, owed, np.array([15, 8, 0]), np.array([5.0, 8.0, 0.0]), np.array([0, 1]),
               paid, part, got, got_part)  # fmt: skip
    thirds = [round(GRAINS / 3), round(2 * GRAINS / 3)]
    assert paid.tolist() == [3, 1, 8] and part.tolist() == [*thirds, 0]
    assert got.tolist() == [0, 3, 9] and got_part.tolist() == [0, *thirds]


def test_what_rounds_up_to_a_whole_fen_is_one():
    paid, part, got, got_part = np.array([3]), np.zeros(1, np.int64), np.array([0, 3]), np.zeros(2, np.int64)
    start_from(np.array([0, 1, 1]), np.array([1]), np.array([3]), np.array([3, 0]), np.array([2.99999, 0.0]),
               np.array([0]), paid, part, got, got_part)  # fmt: skip
    assert (paid[0], part[0]) == (3, 0) and got.tolist() == [0, 3] and got_part.tolist() == [0, 0]


def test_what_is_over_goes_along_the_ways_out_to_those_who_are_nearer_first():
    """0 and 1 pay 2, and 2 pays 3; what 0 has too much and what 1 lacks meet in 2, which has a fen of its own."""
    first, creditor, owed = np.array([0, 1, 2, 3, 3]), np.array([2, 2, 3]), np.array([10, 10, 20])
    paid, part = np.array([4, 4, 8]), np.array([0, 0, GRAINS // 2])
    got, got_part = np.array([0, 0, 8, 8]), np.array([0, 0, 0, GRAINS // 2])
    over = balance(first, creditor, owed, np.array([5, 3, 1, 0]), np.arange(3), np.array([0, 1, 2, -1]),
                   np.array([0, 1, 2]), paid, part, got, got_part)  # fmt: skip
    assert over.tolist() == [0, 0, 0]
    assert paid.tolist() == [5, 3, 9] and part.tolist() == [0, 0, 0]
    assert got.tolist() == [0, 0, 8, 9] and got_part.tolist() == [0, 0, 0, 0]


def test_nobody_settles_before_all_whose_ways_lead_to_it():
    """0 pays 3; 1 pays 2, which pays 3; the fen that 1 has too much reaches 4."""
    first, creditor, owed = np.array([0, 1, 2, 3, 4, 4]), np.array([3, 2, 3, 4]), np.full(4, 10)
    paid, got = np.full(4, 4), np.array([0, 0, 4, 8, 4])
    over = balance(first, creditor, owed, np.array([4, 5, 0, 0, 0]), np.arange(4), np.array([0, 1, 2, 3, -1]),
                   np.arange(4), paid, np.zeros(4, np.int64), got, np.zeros(5, np.int64))  # fmt: skip
    assert over.tolist() == [0] * 4 and paid.tolist() == [4, 5, 5, 9] and got.tolist() == [0, 0, 5, 9, 9]


def test_what_a_way_out_cannot_take_goes_along_the_other_links_and_what_nobody_takes_is_kept():
    """0 has 5 fen; its way out takes 2, the link of nothing nothing and the last one 1: 2 fen are over."""
    first, creditor, owed = np.array([0, 3, 3, 3, 3]), np.array([1, 2, 3]), np.array([2, 0, 1])
    paid, part, got, got_part = (np.zeros(size, np.int64) for size in (3, 3, 4, 4))
    over = balance(first, creditor, owed, np.array([5, 0, 0, 0]), np.array([0]), np.array([0, -1, -1, -1]),
                   np.array([0]), paid, part, got, got_part)  # fmt: skip
    assert over.tolist() == [2 * GRAINS] and paid.tolist() == [2, 0, 1] and got.tolist() == [0, 2, 0, 1]


def balances(ends, value, corners):
    net = np.zeros(corners, np.int64)
    np.add.at(net, ends[::2], -value)
    np.add.at(net, ends[1::2], value)
    return net.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_round_trips_end_in_whole_fen_and_keep_every_corner_balanced(seed):
    """Arcs of some circles: each corner is left by as much as comes to it, before and after."""
    generator = np.random.default_rng(seed)
    corners, ends, value = 7, [], []
    for _ in range(12):
        circle = generator.permutation(corners)[: generator.integers(2, corners + 1)]
        grains = int(generator.integers(1, GRAINS // 12))
        for one, other in zip(circle, np.roll(circle, -1), strict=True):
            ends += [one, other]
            value.append(grains)
    ends, value = np.array(ends, np.int32), np.array(value, np.int32)
    assert balances(ends, value, corners) == [0] * corners
    round_trips(ends, value, corners)
    assert set(value.tolist()) <= {0, GRAINS} and balances(ends, value, corners) == [0] * corners


def test_halves_become_a_fen_and_nothing_and_a_node_in_between_stays_even():
    """0 pays 1 and 2 half a fen each and has one fen; 1 pays half a fen on to 2."""
    first, creditor = np.array([0, 2, 3, 3]), np.array([1, 2, 2])
    half = GRAINS // 2
    paid, part = np.array([0, 0, 4]), np.array([half, half, half])
    in_whole_fen(first, creditor, np.array([0, 1]), np.array([0, 1, -1]), paid, part,
                 np.array([0, half, GRAINS]), np.zeros(2, np.int64))  # fmt: skip
    assert paid[0] + paid[1] == 1, "all of the fen that it has"
    assert paid[0] == paid[2] - 4, "1 hands on what it gets"


def test_who_would_pay_more_than_it_has_cuts_those_first_who_have_most_to_spare():
    """0 pays 1, 2 and 3; it lacks 4 fen: 3 has most to spare and gets only 3, so 1 fen is taken from 2."""
    first, creditor = np.array([0, 3, 3, 3, 3]), np.array([1, 2, 3])
    paid, got, out = np.array([5, 5, 3]), np.full(4, 99), np.full(4, 99)
    hold_back(first, creditor, np.array([9, 0, 2, 9]), paid, got, out)
    assert paid.tolist() == [5, 4, 0] and got.tolist() == [0, 5, 4, 0] and out.tolist() == [9, 0, 0, 0]
