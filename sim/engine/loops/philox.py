"""Philox4x32-10: random numbers as a function of (seed, purpose, who, month), never of how many came before.

The generator is a keyed bijection of a 128-bit counter (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011). It stands here twice: :func:`philox` in masked whole numbers, which
Python runs, too, and :func:`philox_words` in unsigned 32-bit words for compiled loops. Both are inlined
there, so that several rows run at once; tests hold them equal.
"""

from typing import Any

import numba
import numpy as np

from sim.engine.loops.compiled import scalar

Words = tuple[int, int, int, int]
Uniforms = tuple[float, float, float, float]

MASK = 0xFFFFFFFF
MULTIPLIER_A = 0xD2511F53
MULTIPLIER_B = 0xCD9E8D57
STEP_A = 0x9E3779B9  # golden ratio in 32 bits: added to the first key word each round
STEP_B = 0xBB67AE85  # square root of 3, less 1: added to the second
UNIT = 2.0**-32

_LOW = np.uint64(MASK)
_HALF = np.uint64(32)
_MULTIPLIER_A = np.uint64(MULTIPLIER_A)
_MULTIPLIER_B = np.uint64(MULTIPLIER_B)
_STEP_A = np.uint64(STEP_A)
_STEP_B = np.uint64(STEP_B)


@scalar
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Words:
    """Return four random words for a counter and a key, in masked whole numbers.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        Counter words; only the low 32 bits count, so negative numbers are allowed.
    k0, k1 : int
        Key words; only the low 32 bits count.

    Returns
    -------
    tuple of 4 int
        Each 0 to 2**32 - 1.
    """
    c0, c1, c2, c3 = c0 & MASK, c1 & MASK, c2 & MASK, c3 & MASK
    k0, k1 = k0 & MASK, k1 & MASK
    for _ in range(10):
        # A product may pass 2**63: compiled it wraps, and the masks pick the same bits out of either form.
        product_a = MULTIPLIER_A * c0
        product_b = MULTIPLIER_B * c2
        c0 = ((product_b >> 32) & MASK) ^ c1 ^ k0
        c1 = product_b & MASK
        c2 = ((product_a >> 32) & MASK) ^ c3 ^ k1
        c3 = product_a & MASK
        k0 = (k0 + STEP_A) & MASK
        k1 = (k1 + STEP_B) & MASK
    return c0, c1, c2, c3


@numba.njit(forceinline=True, error_model="numpy")
def _turn(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Return the counter after one round; all words are uint32."""
    product_a = _MULTIPLIER_A * np.uint64(c0)
    product_b = _MULTIPLIER_B * np.uint64(c2)
    return (
        np.uint32(product_b >> _HALF) ^ c1 ^ k0,
        np.uint32(product_b & _LOW),
        np.uint32(product_a >> _HALF) ^ c3 ^ k1,
        np.uint32(product_a & _LOW),
    )


@numba.njit(forceinline=True, error_model="numpy")
def _step(key: Any, step: Any) -> Any:
    """Return a key word one round on, uint32."""
    return np.uint32((np.uint64(key) + step) & _LOW)


@numba.njit(forceinline=True, error_model="numpy")
def philox_words(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Return four random words for a counter and a key, in unsigned 32-bit words.

    Meant for a plain compiled loop over rows, which then runs 4 to 16 rows at once: the rounds are written
    out and the function is inlined, because a call inside the loop stops that.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1 : numpy.uint32
        Counter and key words; convert with ``numpy.uint32(x & MASK)``.

    Returns
    -------
    tuple of 4 numpy.uint32
        The same words as :func:`philox`.
    """
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    k0, k1 = _step(k0, _STEP_A), _step(k1, _STEP_B)
    c0, c1, c2, c3 = _turn(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@scalar
def uniform(word: int) -> float:
    """Return the uniform in (0, 1) that a 32-bit word stands for: (word + 1/2) / 2**32, exact in float64."""
    return (float(word) + 0.5) * UNIT


def uniforms(seed: int, purpose_block: int, who_a: int, who_b: int, month: int) -> Uniforms:
    """Return the four uniforms of a group of purposes, in plain Python.

    The key is the seed (low and high 32 bits); the counter is (who_a, who_b, month, purpose_block).

    Parameters
    ----------
    seed : int
        Only the low 64 bits count.
    purpose_block : int
        Group of purposes: ``sim.engine.loops.draws.block(name)``.
    who_a, who_b : int
        Who draws: for persons the arrival month and the ordinal within it, never a row number.
    month : int
        Counted from the policy date, negative in the burn-in.

    Returns
    -------
    tuple of 4 float
        Each inside (0, 1), 2**-33 away from either end at least.
    """
    words = philox.py_func(who_a, who_b, month, purpose_block, seed, seed >> 32)
    a, b, c, d = (uniform.py_func(word) for word in words)
    return a, b, c, d
