"""Purposes keep their numbers for ever, and a misspelt one is answered with the nearest."""

import hashlib

import numpy as np
import pytest

from sim.engine.loops.draws import OWN_BLOCKS, PURPOSES, WORDS, block, own_block, purpose, word
from sim.engine.loops.filling import AT_ONCE, fill_by_purpose, fill_uniforms
from sim.engine.loops.philox import uniforms

# sha256 of all purposes up to `path_spare_4th`, in their order and separated by blanks.
PUBLISHED = (104, "ec200044c3c8ce68b00c089e5fa6d178fc3dd8abc24c7841c7664848e090244f")

FIRST_PURPOSES = (
    *("job", "income", "income_noise", "expense", "help", "want", "want_size", "arrival_transitory"),
    *("pay", "resume", "leave", "other_credit", "inflow_noise", "outflow_noise", "prepay", "apply"),
    *("collect", "recover", "score_noise", "ration"),
    *("arrival_income", "arrival_cash", "arrival_type", "arrival_footprint"),
    *("arrival_debt", "arrival_sector", "arrival_need", "arrival_signal"),
    *("arrival_community", "arrival_patience", "arrival_honesty", "arrival_product"),
    *("economy_severity", "economy_timing", "economy_sector", "economy_regime"),
)


def test_published_purposes_never_move():
    assert PURPOSES[: len(FIRST_PURPOSES)] == FIRST_PURPOSES
    count, digest = PUBLISHED
    assert hashlib.sha256(" ".join(PURPOSES[:count]).encode()).hexdigest() == digest


def test_purposes_are_distinct():
    assert len(set(PURPOSES)) == len(PURPOSES)


@pytest.mark.parametrize("name", PURPOSES)
def test_block_and_word_make_up_the_purpose(name):
    assert block(name) * WORDS + word(name) == purpose(name) == PURPOSES.index(name)
    assert 0 <= word(name) < WORDS


def test_unknown_purpose_names_the_nearest():
    with pytest.raises(KeyError, match="'incom' is not declared; nearest: 'income'"):
        purpose("incom")


@pytest.mark.parametrize("month", [-3, 0, 40])
def test_draws_of_some_rows_are_those_of_who_stands_there(month):
    ordinal, arrival = np.arange(9, dtype=np.int32) * 7, np.array([-24, 0, 5] * 3, dtype=np.int16)
    rows, seed = np.array([8, 0, 3]), (5 << 32) + 11
    for lane in range(WORDS):
        found = np.empty(3)
        fill_uniforms(ordinal, arrival, rows, month, 2, lane, seed & 0xFFFFFFFF, seed >> 32, found)
        assert found.tolist() == [uniforms(seed, 2, int(ordinal[k]), int(arrival[k]), month)[lane] for k in rows]


def test_draws_of_many_rows_go_on_where_some_end():
    ordinal, arrival = np.arange(2 * AT_ONCE + 40, dtype=np.int32), np.zeros(2 * AT_ONCE + 40, dtype=np.int16)
    rows, found = np.arange(len(ordinal))[::-1].copy(), np.empty(len(ordinal))
    fill_uniforms(ordinal, arrival, rows, 3, 2, 1, 7, 0, found)
    some = [0, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE, len(rows) - 1]
    assert [found[k] for k in some] == [uniforms(7, 2, int(rows[k]), 0, 3)[1] for k in some]


def test_draws_by_purpose_are_those_of_each():
    ordinal, arrival = np.arange(9, dtype=np.int32) * 7, np.array([-24, 0, 5] * 3, dtype=np.int16)
    rows, purposes, found = np.array([8, 0, 3, 8]), np.array([9, 4, 11, 30]), np.empty(4)
    fill_by_purpose(ordinal, arrival, rows, purposes, -3, 11, 5, found)
    told = [uniforms((5 << 32) + 11, number // 4, int(ordinal[k]), int(arrival[k]), -3)[number % 4]
            for k, number in zip(rows, purposes.tolist(), strict=True)]  # fmt: skip
    assert found.tolist() == told


def test_purposes_of_a_users_own_lie_apart_from_ours_and_never_move():
    assert own_block("who answers") == 4203348627 and own_block("who asks") != own_block("who answers")
    assert min(own_block(name) for name in PURPOSES) >= OWN_BLOCKS > max(block(name) for name in PURPOSES)
    for name in ("", " ", 3, None):
        with pytest.raises(ValueError, match=r"draw: the purpose .* must be a text"):
            own_block(name)
