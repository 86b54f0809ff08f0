"""The generator gives the published words, twice over, and a draw depends on its key alone."""

import numba
import numpy as np
import pytest

from sim.engine.loops.philox import MASK, philox, philox_words, uniform, uniforms

# Random123 1.09, tests/kat_vectors, lines "philox4x32 10": counter, key, answer (Salmon et al., 2011).
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@numba.njit
def many_words(inputs, outputs):
    for i in range(inputs.shape[1]):
        outputs[0, i], outputs[1, i], outputs[2, i], outputs[3, i] = philox_words(
            inputs[0, i], inputs[1, i], inputs[2, i], inputs[3, i], inputs[4, i], inputs[5, i]
        )


def words_of(inputs):
    outputs = np.empty((4, inputs.shape[1]), np.uint32)
    many_words(inputs, outputs)
    return outputs


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers(counter, key, answer):
    assert philox.py_func(*counter, *key) == answer
    assert philox(*counter, *key) == answer
    column = np.array([*counter, *key], np.uint32).reshape(6, 1)
    assert tuple(words_of(column)[:, 0].tolist()) == answer


def test_both_versions_agree_on_random_inputs():
    inputs = np.random.default_rng(1).integers(0, 2**32, (6, 3000), dtype=np.uint32)
    plain = [philox.py_func(*map(int, column)) for column in inputs.T]
    assert np.array_equal(words_of(inputs), np.array(plain, np.uint32).T)


def test_only_the_low_32_bits_of_a_counter_count():
    assert philox.py_func(-1, 2**32 + 5, -24, 3, -7, 2**40) == philox.py_func(MASK, 5, MASK - 23, 3, MASK - 6, 0)


def test_uniforms_stay_inside_the_unit_interval():
    assert uniform.py_func(0) == 2.0**-33
    assert uniform.py_func(MASK) == 1.0 - 2.0**-33
    assert uniform(MASK) == uniform.py_func(MASK)


def test_each_part_of_the_key_changes_the_draw():
    base = uniforms(7, 2, 3, 4, 5)
    assert base == uniforms(7, 2, 3, 4, 5)
    others = [
        uniforms(8, 2, 3, 4, 5),
        uniforms(7 + 2**32, 2, 3, 4, 5),
        uniforms(7, 3, 3, 4, 5),
        uniforms(7, 2, 4, 4, 5),
        uniforms(7, 2, 3, 5, 5),
        uniforms(7, 2, 3, 4, 6),
        uniforms(7, 2, 3, 4, -5),
    ]
    values = {value for draw in (base, *others) for value in draw}
    assert len(values) == 4 * (1 + len(others))


def test_counter_and_key_stand_where_they_should():
    seed = 0xA4093822 + (0x299F31D0 << 32)
    words = KNOWN_ANSWERS[2][2]
    assert uniforms(seed, 0x03707344, 0x243F6A88, 0x85A308D3, 0x13198A2E) == tuple(map(uniform.py_func, words))


def test_uniforms_are_uniform_and_uncorrelated():
    inputs = np.zeros((6, 200_000), np.uint32)
    inputs[0] = np.arange(200_000)
    draws = (words_of(inputs) + 0.5) * 2.0**-32
    # Bounds are five standard errors: 1/sqrt(12 n) for a mean, 1/sqrt(n) for a correlation.
    assert np.abs(draws.mean(axis=1) - 0.5).max() < 5 / np.sqrt(12 * 200_000)
    lagged = np.corrcoef(np.vstack([draws[:, 1:], draws[:, :-1]]))
    assert np.abs(lagged - np.eye(8)).max() < 5 / np.sqrt(200_000)
