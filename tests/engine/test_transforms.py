"""Transforms are as accurate as they say, and give the same bits compiled, in a loop and in Python."""

import hashlib
import math
import os
import subprocess
import sys
from decimal import Decimal, getcontext
from pathlib import Path

import numba
import numpy as np
import pytest
from scipy import special

from sim.engine.loops import normals, transforms
from sim.engine.loops.compiled import plain, scalar

getcontext().prec = 50
TINY = 2.0**-33

# Name -> how to draw its argument from a generator.
ARGUMENTS = {
    "exponential_function": lambda rng, n: rng.normal(0.0, 30.0, n),
    "logarithm": lambda rng, n: np.exp(rng.normal(0.0, 40.0, n)),
    "logistic": lambda rng, n: rng.normal(0.0, 30.0, n),
    "exponential_draw": lambda rng, n: (rng.integers(0, 2**32, n) + 0.5) * 2.0**-32,
    "normal_quantile": lambda rng, n: (rng.integers(0, 2**32, n) + 0.5) * 2.0**-32,
    "normal_cdf": lambda rng, n: rng.normal(0.0, 5.0, n),
    "normal_draw": lambda rng, n: (rng.integers(0, 2**32, n) + 0.5) * 2.0**-32,
}


def function(name):
    return getattr(transforms, name, None) or getattr(normals, name)


def compiled_loop(name):
    transform = function(name)

    @numba.njit(error_model="numpy")
    def loop(inputs, outputs):
        for i in range(inputs.shape[0]):
            outputs[i] = transform(inputs[i])

    return loop


def through_loop(name, inputs):
    outputs = np.empty_like(inputs)
    compiled_loop(name)(inputs, outputs)
    return outputs


def digest(names=tuple(ARGUMENTS), count=2000):
    """Hash of the bits that every transform gives in plain Python on fixed inputs."""
    bits = hashlib.sha256()
    for name in names:
        inputs = ARGUMENTS[name](np.random.default_rng(5), count)
        bits.update(np.array([plain(function(name))(x) for x in inputs.tolist()]).tobytes())
    return bits.hexdigest()


def worst(got, expected):
    return max(abs(Decimal(a) / b - 1) for a, b in zip(got, expected, strict=True))


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_vectorised_loop_and_plain_python_give_the_same_bits(name):
    inputs = ARGUMENTS[name](np.random.default_rng(11), 100_000)
    in_python = plain(function(name))
    expected = np.array([in_python(x) for x in inputs.tolist()])
    assert np.array_equal(through_loop(name, inputs).view(np.int64), expected.view(np.int64))
    assert type(in_python(0.25)) is float
    assert function(name)(0.25) == in_python(0.25)


def test_nothing_is_contracted():
    @numba.njit
    def multiply_add(a, b, c, out):
        for i in range(a.shape[0]):
            out[i] = a[i] * b[i] + c[i]

    small = 2.0**-30
    out = np.ones(64)
    multiply_add(np.full(64, 1 + small), np.full(64, 1 - small), np.full(64, -1.0), out)
    assert not out.any(), "a fused multiply-add would leave -2**-60"


def test_same_bits_with_numba_disabled():
    code = "import test_transforms; print(test_transforms.digest())"
    here = Path(__file__).parent
    environment = dict(os.environ, NUMBA_DISABLE_JIT="1", PYTHONPATH=f"{here}{os.pathsep}{here.parents[1]}")
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == digest()


def test_generator_is_right_with_numba_disabled():
    code = """if True:
        import warnings
        import numpy as np
        warnings.simplefilter("error")
        from sim.engine.loops.philox import philox, philox_words
        from sim.engine.loops.compiled import COMPILING
        assert not COMPILING and philox.py_func is philox
        rows = np.random.default_rng(3).integers(0, 2**32, (300, 6), dtype=np.uint32)
        for row in rows:
            assert philox(*map(int, row)) == tuple(map(int, philox_words(*row)))
        print(philox(0, 0, 0, 0, 0, 0)[0])"""
    environment = dict(os.environ, NUMBA_DISABLE_JIT="1", PYTHONPATH=str(Path(__file__).parents[2]))
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert int(run.stdout) == 0x6627E8D5


def test_exponential_against_50_digits():
    inputs = np.concatenate([np.linspace(-700, 700, 1501), np.random.default_rng(2).uniform(-40, 40, 1500)])
    expected = [Decimal(x).exp() for x in inputs.tolist()]
    assert worst(through_loop("exponential_function", inputs).tolist(), expected) < Decimal("5e-16")


def test_logarithm_against_50_digits():
    rng = np.random.default_rng(3)
    inputs = np.concatenate([np.exp(rng.uniform(-690, 690, 1500)), 1 + rng.normal(0, 1e-3, 1500)])
    expected = [Decimal(x).ln() for x in inputs.tolist()]
    assert worst(through_loop("logarithm", inputs).tolist(), expected) < Decimal("2.3e-16")


def test_logistic_against_50_digits():
    inputs = np.random.default_rng(4).uniform(-60, 60, 1500)
    expected = [1 / (1 + (-Decimal(x)).exp()) for x in inputs.tolist()]
    assert worst(through_loop("logistic", inputs).tolist(), expected) < Decimal("6e-16")


def test_normal_quantile_against_scipy():
    inputs = np.concatenate([np.geomspace(1e-290, 0.5, 2000), 1 - np.geomspace(2.0**-53, 0.5, 500)])
    inputs = inputs[inputs != 0.5]
    got = through_loop("normal_quantile", inputs)
    # Two good routines differ by a few units in the last place.
    assert np.abs(got / special.ndtri(inputs) - 1).max() < 2e-15


def test_normal_cdf_against_scipy():
    inputs = np.linspace(-8, 8, 4001)
    assert np.abs(through_loop("normal_cdf", inputs) / special.ndtr(inputs) - 1).max() < 2e-14
    far = np.linspace(-37, -8, 1001)  # compared as logarithms, whose own last place is 1e-13 here
    assert np.abs(np.log(through_loop("normal_cdf", far)) - special.log_ndtr(far)).max() < 3e-13
    assert transforms.normal_cdf(0.0) == 0.5


def test_normal_quantile_inverts_the_cdf():
    for x in np.linspace(-6, 5, 23).tolist():
        assert transforms.normal_quantile(transforms.normal_cdf(x)) == pytest.approx(x, abs=1e-9)


def test_normal_draw_is_close_symmetric_and_never_jumps_back():
    words = np.unique(np.concatenate([np.arange(4000), np.geomspace(4000, 2**31 - 1, 100_000).astype(np.int64)]))
    inputs = (words + 0.5) * 2.0**-32
    got = through_loop("normal_draw", inputs)
    assert np.abs(got - special.ndtri(inputs)).max() < 2e-9
    assert np.array_equal(through_loop("normal_draw", 1.0 - inputs), -got)
    assert (np.diff(got) > 0).all()
    edges = np.array([2.0**-k * (1 + j / 32) for k in range(2, 33) for j in range(32)])
    assert (
        np.abs(through_loop("normal_draw", np.nextafter(edges, 0)) - through_loop("normal_draw", edges)).max() < 1e-13
    )


def test_moments_of_normal_draws():
    # A midpoint grid integrates the tail to a few parts in a million; symmetry makes the mean zero.
    draws = through_loop("normal_draw", (np.arange(2**20) + 0.5) * 2.0**-20)
    assert abs(draws.mean()) < 1e-12
    assert draws.var() == pytest.approx(1.0, abs=1e-5)
    assert (draws**4).mean() == pytest.approx(3.0, abs=1e-3)


def test_arguments_beyond_the_range_are_clamped():
    assert transforms.exponential_function(1e9) == transforms.exponential_function(700.0) < math.inf
    assert transforms.exponential_function(-1e9) == transforms.exponential_function(-700.0) > 0.0
    assert transforms.logarithm(0.0) == transforms.logarithm(-1.0) == transforms.logarithm(1e-300)
    assert transforms.normal_quantile(0.0) == pytest.approx(special.ndtri(1e-300))
    assert normals.normal_draw(0.0) == normals.normal_draw(TINY) == -normals.normal_draw(1.0)
    assert 0.0 < transforms.logistic(-1e6) < 1e-300 and transforms.logistic(1e6) == 1.0


def test_exact_values():
    assert transforms.exponential_function(0.0) == 1.0
    assert transforms.logarithm(1.0) == 0.0
    assert transforms.logistic(0.0) == 0.5
    assert transforms.normal_quantile(0.5) == 0.0


def test_compiled_code_goes_on_where_python_raises_on_a_division_by_zero():
    def divide(a, b):
        return a / b

    assert scalar(divide)(1.0, 0.0) == math.inf and plain(scalar(divide))(6.0, 3.0) == 2.0
    with pytest.raises(ZeroDivisionError):
        plain(scalar(divide))(1.0, 0.0)


def test_the_whole_number_below():
    for x in (-2.5, -2.0, -0.1, 0.0, 0.9, 1.0, 2.0**52 + 1.0):
        whole = transforms.whole_below.py_func(x)
        assert type(whole) is float and whole == transforms.whole_below(x) == math.floor(x)


def test_multiples():
    for size in (1, 2, 3, 7, 12, 120, 2**31 - 1):
        for number in (*range(-30, 30), *(size * times + step for times in (-5, 1, 2**21) for step in (-1, 0, 1))):
            found = transforms.is_multiple(number, size)
            assert found == transforms.is_multiple.py_func(number, size) == (number % size == 0)
