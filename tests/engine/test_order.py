"""Sums, fits and scores have the same last bit whatever instructions the processor offers."""

import ast
import functools
import json
import math
import operator
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sim.engine.loops.compiled import plain
from sim.engine.loops.order import FEW, column_sums, dot, each, mean, solve, total
from sim.engine.loops.transforms import logistic

PACKAGE = Path(__file__).parents[2] / "sim"
# Rooms from which figures go into a study's hash.
HASHED = ("engine", "economy", "loan", "persons", "firms", "lender", "sharing", "figures", "month")
# Functions of NumPy whose last bit depends on the processor or on the linear algebra library.
MAY_DIFFER = re.compile(
    r"exp2?|expm1|log(1p|2|10)?|(float_)?power|sin|cos|tanh?|cbrt|arctan|v?dot|inner|matmul|tensordot|einsum|linalg|cov"
)
ALL_BUT_THE_LEAST = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR AVX2 FMA3"
OTHER_MACHINE = {"NPY_DISABLE_CPU_FEATURES": ALL_BUT_THE_LEAST, "OPENBLAS_CORETYPE": "Prescott"}

FIGURES = """
import json
import numpy as np
from sim.lender.capital import corporate_weight, risk_weighted
from sim.lender.impairment import Scenario, default_probabilities, moves_of, three_stage_rates
from sim.lender.macro import MacroModel, paths
from sim.firms.network import choose_suppliers
from sim.lender.policies.discrimination import area_under_curve, calibration, fit_logistic, hosmer_lemeshow
from sim.lender.policies.discrimination import population_stability
luck = np.random.Generator(np.random.Philox(7))
rolls, features = np.array([0.013, 0.44, 0.61, 0.77]), luck.random((700, 9))
bad = luck.random(700) < 0.1 + 0.3 * features[:, 0]
chance = 0.05 + 0.4 * features[:, 1]
macro, ways = MacroModel(np.full((5, 2), 0.05), 20.0), paths(2.3, 18.0, 3.0, 1.0, 12)
for gap in luck.random(40):
    macro.see(gap, luck.random(5))
three = [Scenario(1 / 3, [moves_of(rolls)] * 12, 0.5 + way / 20.0) for way in ways]
found = [
    *macro.shifts(ways[1]).ravel(),
    *default_probabilities(rolls), *risk_weighted(luck.integers(1, 10**9, 14), default_probabilities(rolls), 0.6),
    *three_stage_rates(three, 0.0123, 9), *corporate_weight(chance),
    *fit_logistic(features, bad), area_under_curve(chance, bad), hosmer_lemeshow(*calibration(chance, bad)),
    population_stability(chance[:300], chance[300:]),
    *choose_suppliers(luck.random(300), np.arange(300), luck.integers(0, 10**8, 300).astype(float), 0.7),
]
found = [float(value).hex() for value in found]
print(json.dumps(found))
"""


def printed(code, **changed):
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **changed}, capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout.splitlines()[-1])


def test_figures_are_the_same_bits_without_wide_registers():
    here: dict = {}
    exec(FIGURES, here)
    there = printed(FIGURES, **OTHER_MACHINE, NUMBA_DISABLE_JIT="1")
    assert len(here["found"]) > 300 and here["found"] == there


STUDY = """
import hashlib, json, sys
import sim
marks = []
for keys in (["policy/scoring=refitted", "policy.scoring.smallest_sample=5", "study.inclusion=true",
              "provisioning=ifrs9", "sharing=guarantee_80_20"],
             ["policy/scoring=segmented", "policy.scoring.smallest_sample=5", "policy/pricing=risk_based",
              "firms=none"]):
    model = sim.Model(sim.compose([*keys, "population.borrowers=1500", "study.burn_in=4"]))
    for _ in range(22):
        model.step()
    assert any(record["refits"] for record in model.records)
    marks.append(hashlib.sha256(repr([sorted(record.items()) for record in model.records]).encode()).hexdigest())
print(json.dumps(marks))
"""


@pytest.mark.slow
def test_records_are_the_same_bits_without_wide_registers():
    assert printed(STUDY) == printed(STUDY, **OTHER_MACHINE)


def test_no_room_that_enters_results_calls_what_may_differ():
    files = [path for room in HASHED for path in (PACKAGE / room).rglob("*.py")] + list(PACKAGE.glob("*.py"))
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            of_numpy = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "np"
            product = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult)
            if product or (of_numpy and MAY_DIFFER.fullmatch(node.attr)):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert len(files) > 100 and found == []


def test_a_sum_is_the_exact_one_rounded_once_in_any_order():
    luck = np.random.default_rng(3)
    values = luck.normal(size=999) * 10.0 ** luck.integers(-12, 12, 999)
    exact = float(sum(map(Fraction, values.tolist())))
    assert total(values) == total(values[::-1]) == total(luck.permutation(values)) == exact
    assert mean(values) == exact / 999 and total([]) == 0.0
    for whole in (luck.integers(-9, 9**15, 99), values > 0.0, luck.integers(0, 255, 99).astype(np.uint8)):
        assert total(whole) == float(sum(whole.tolist())) and type(total(whole)) is float
    assert dot([0.1, 0.2], [3.0, 4]) == math.fsum([0.1 * 3.0, 0.2 * 4.0])
    few, more = values[:20], np.append(np.arange(19), 2**60 + 1)
    assert dot(few, more) == dot(few.tolist(), more) == total(few * more)
    assert dot(few[:1], more) == total(few[0] * more), "of another shape"
    assert each(math.pow, np.array([[4.0, 9.0]]), 0.5).tolist() == [[2.0, 3.0]]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 3), (7, 2), (999, 1), (5_000, 2), (5_000, 10), (129, 64)])
def test_columns_are_added_from_the_first_row_to_the_last(rows, columns):
    luck = np.random.default_rng(4)
    values = luck.normal(size=(rows, columns)) * 10.0 ** luck.integers(-12, 12, (rows, columns))
    for laid_out in (values, np.asfortranarray(values), values[::-1], values[:, ::-1]):
        expected = [functools.reduce(operator.add, column) for column in laid_out.T.tolist()]
        assert column_sums(laid_out).tolist() == expected


def test_a_system_is_solved_and_an_indefinite_one_refused():
    luck = np.random.default_rng(5)
    root = luck.normal(size=(9, 9))
    matrix, wanted = root @ root.T + np.eye(9), luck.normal(size=9)
    np.testing.assert_allclose(solve(matrix, matrix @ wanted), wanted, rtol=1e-9)
    with pytest.raises(ValueError, match=r"^matrix: -3 is left in column 1, it is not positive definite"):
        solve(np.array([[1.0, 2.0], [2.0, 1.0]]), np.ones(2))


class Marked:
    """A marked function that must not be called compiled."""

    def __init__(self, function) -> None:
        self.py_func = function

    def __call__(self, *given):
        raise AssertionError("each process would compile it anew")


halved = Marked(lambda value: value / 2.0)


def quartered(value, more):
    return halved(value) / 2.0 + more


def test_few_values_compile_nothing():
    assert each(Marked(quartered), np.array([8.0, 4.0]), 1.0).tolist() == [3.0, 2.0]
    assert plain(math.sqrt) is math.sqrt
    assert plain(logistic)(0.3) == logistic(0.3) == each(logistic, np.full(FEW, 0.3))[0]
