"""Nanoseconds of the kernels in a compiled loop, beside their library twins, as JSON on standard output.

    python benchmarks/kernels.py

``loop_ns`` is the cost where the loop is free to run several rows at once, ``row_ns`` where it must go row
by row (a rule with branches). Everything is timed in one run and the least of many repeats is kept, so that
ratios hold on a busy machine, too. What a ratio compares stands in its name.
"""

import json
import math
import platform
import time
from collections.abc import Callable

import numba
import numpy as np

from sim.engine.loops.normals import normal_draw
from sim.engine.loops.philox import UNIT, philox, philox_words, uniform
from sim.engine.loops.transforms import (
    exponential_draw,
    exponential_function,
    logarithm,
    logistic,
    normal_cdf,
    normal_quantile,
)

ROWS = 8192
REPEATS = 200


def least_ns(loop: Callable[..., None], *arguments: object) -> float:
    """Return the least time per row over all repeats, compiling first."""
    loop(*arguments)
    best = math.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        loop(*arguments)
        best = min(best, time.perf_counter() - start)
    return best / ROWS * 1e9


def free_loop(function: Callable[[float], float]) -> Callable[..., None]:
    """Return a loop whose rows are independent."""

    @numba.njit(error_model="numpy")
    def loop(inputs, outputs):
        for i in range(inputs.shape[0]):
            outputs[i] = function(inputs[i])

    return loop


def row_loop(function: Callable[[float], float]) -> Callable[..., None]:
    """Return a loop that cannot be vectorised, because where a row stores depends on its value."""

    @numba.njit(error_model="numpy")
    def loop(inputs, outputs):
        for i in range(inputs.shape[0]):
            value = function(inputs[i])
            outputs[1 if value > 0.5 else 0] = value

    return loop


@numba.njit
def words_loop(who, arrival, key, outputs):
    for i in range(who.shape[0]):
        a, b, c, d = philox_words(np.uint32(who[i]), np.uint32(arrival[i]), key[0], key[1], key[2], key[3])
        outputs[0, i], outputs[1, i], outputs[2, i], outputs[3, i] = a, b, c, d


@numba.njit
def uniforms_loop(who, arrival, key, outputs):
    for i in range(who.shape[0]):
        a, b, c, d = philox_words(np.uint32(who[i]), np.uint32(arrival[i]), key[0], key[1], key[2], key[3])
        outputs[0, i], outputs[1, i] = uniform(a), uniform(b)
        outputs[2, i], outputs[3, i] = uniform(c), uniform(d)


@numba.njit
def masked_loop(who, arrival, key, outputs):
    for i in range(who.shape[0]):
        a, b, c, d = philox(who[i], arrival[i], key[0], key[1], key[2], key[3])
        outputs[0, i], outputs[1, i], outputs[2, i], outputs[3, i] = a, b, c, d


@numba.njit
def library_exponential(x):
    return math.exp(x)


@numba.njit
def library_logarithm(x):
    return math.log(x)


def measure() -> dict[str, object]:
    """Time every kernel and return nanoseconds and ratios."""
    generator = np.random.default_rng(1)
    who = np.arange(ROWS, dtype=np.int32), generator.integers(-24, 60, ROWS).astype(np.int32)
    key = tuple(np.uint32(part) for part in (3, 2, 5, 6))  # month, purposes, seed
    uniforms = (generator.integers(0, 2**32, ROWS) + 0.5) * UNIT
    spread = generator.normal(0.0, 1.0, ROWS)
    positive = np.exp(spread)
    words = np.empty((4, ROWS), np.uint32)
    numbers = np.empty((4, ROWS))
    loop_ns = {
        "philox_words": least_ns(words_loop, *who, key, words),
        "philox_uniforms": least_ns(uniforms_loop, *who, key, numbers),
        "philox_masked": least_ns(masked_loop, *who, tuple(map(int, key)), words),
    }
    row_ns: dict[str, float] = {}
    scalars = [
        (exponential_function, spread),
        (library_exponential, spread),
        (logarithm, positive),
        (library_logarithm, positive),
        (logistic, spread),
        (normal_cdf, spread),
        (normal_quantile, uniforms),
        (normal_draw, uniforms),
        (exponential_draw, uniforms),
    ]
    outputs = np.empty(ROWS)
    for function, inputs in scalars:
        name = function.py_func.__name__
        loop_ns[name] = least_ns(free_loop(function), inputs, outputs)
        row_ns[name] = least_ns(row_loop(function), inputs, outputs)
    ratios = {
        "philox_masked_over_words": loop_ns["philox_masked"] / loop_ns["philox_words"],
        "library_over_own_exponential_loop": loop_ns["library_exponential"] / loop_ns["exponential_function"],
        "library_over_own_exponential_row": row_ns["library_exponential"] / row_ns["exponential_function"],
        "quantile_over_draw_loop": loop_ns["normal_quantile"] / loop_ns["normal_draw"],
        "quantile_over_draw_row": row_ns["normal_quantile"] / row_ns["normal_draw"],
    }
    return {"loop_ns": loop_ns, "row_ns": row_ns, "ratios": ratios}


def rounded(value: object) -> object:
    """Return nested numbers with three significant digits."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    return float(f"{value:.3g}") if isinstance(value, float) else value


if __name__ == "__main__":
    features = numba.config.CPU_FEATURES or ""
    machine = {
        "processor": platform.machine(),
        "widest_vectors": "-prefer-256-bit" in features,
        "numba": numba.__version__,
    }
    print(json.dumps({"machine": machine, "rows": ROWS, **rounded(measure())}, indent=2))
