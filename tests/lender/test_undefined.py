"""A user's rule with a mark beside its values: the same values, and a mark wherever plain Python would raise."""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import pkgutil
import textwrap

import pytest

from sim.inputs.purity import HELPERS
from sim.lender.policies.undefined import (
    FEWEST,
    GO_ROUND,
    HELD,
    beyond,
    held_between,
    no_whole,
    operations_of,
    sudden,
    watched,
)
from sim.lender.policies.user import executed, marked, space_of

HEAD = """
import math
from sim.loan.annuity import annuity
PARTS = 4
def half(a, b):
    if a > 5:
        return a // (b - 3)
    return b
"""
# Each in a function of x and n. Python raises at some of the rows, or goes round for ever at months of 0.
EXPRESSIONS = (
    "x / n",
    "n // (n - 3)",
    "x % n",
    "int(1e300 * x * 1e300)",
    "round(x * 1e308 * 10.0)",
    "math.floor(x * 1e308 * 10.0)",
    "math.sqrt(x)",
    "math.log(n)",
    "math.log1p(x)",
    "math.exp(x * 100.0)",
    "math.pow(x, n - 2.5)",
    "half(n, n + 1)",
    "half(n, n + 1) + half(6, n)",
    "1 if n == 0 else 7 // n",
    "n == 0 or 7 // n > 2",
    "0 < n < 8 // n",
    "n != 0 and (x > 1.0 or 3 // (n - 2) > 0)",
    "(5 // n if n > 2 else 5 // (n - 1)) + PARTS",
    "n // PARTS + int(x > 1.0)",
    "max(3 // n, -(4 // (n - 2)))",
)
ROWS = [(x, n) for n in (0, 1, 2, 3, 7) for x in (-2.0, 0.0, 0.5, 8.0)]


def stage_text(expressions: tuple[str, ...]) -> str:
    lines = [HEAD]
    for number, expression in enumerate(expressions):
        lines.append(f"def rule{number}(x, n):\n    return {expression}\n")
    return marked("\n".join(lines))


@pytest.mark.parametrize("first", [0, 10])
def test_the_mark_stands_where_plain_python_raises_and_values_are_the_same(first):
    """A stage for each expression, compiled."""
    expressions = EXPRESSIONS[first : first + 10]
    text = stage_text(expressions)
    stages = "\n".join(
        f"@scalar\ndef stage{k}(x, n):\n    return rule{k}(x, n), 5, 9\n" for k, _ in enumerate(expressions)
    )
    for number, expression in enumerate(expressions):
        made = executed(watched(f"{text}\n{stages}", f"stage{number}", 2))
        as_written = eval(f"lambda x, n: {expression}", executed(text))
        for x, n in ROWS:
            value, five, mark, nine = made[f"stage{number}"](x, n)
            try:
                expected = as_written(x, n)
            except (ArithmeticError, ValueError):
                expected = None
            if expression.startswith("int(1e300") and expected is None:
                assert x != 0.0
            if "half" in expression and ((n + 1 == 3 and n > 5) or ("half(6" in expression and n == 3)):
                expected = None  # compiled, a division by 0 within raises nothing
            assert (five, nine) == (5, 9) and mark == (expected is None), (expression, x, n, mark)
            assert expected is None or value == expected, (expression, x, n)


def test_statements_and_loops_are_looked_at_as_well():
    body = """
    found = 0
    for k in range(PARTS):
        if n // (k + x) > 2:
            found += 10 // (n - k)
        elif k == 2:
            found -= 1
        found //= (n + 1)
    return found
"""
    text = marked(f"{HEAD}\ndef rule(x, n):{body}")
    made = executed(watched(f"{text}\n@scalar\ndef stage(x, n):\n    return rule(x, n)\n", "stage", 1))["stage"]
    written = {"PARTS": 4}
    exec(f"def rule(x, n):{body}", written)
    seen = set()
    for x in (-3, -1, 1, 5):
        for n in (-1, 2, 3, 9):
            try:
                expected = written["rule"](x, n)  # type: ignore[operator]
            except ZeroDivisionError:
                expected = None
            value, mark = made(x, n)
            assert mark == (expected is None) and expected in (None, value), (x, n)
            seen.add(bool(mark))
    assert seen == {True, False}


def test_what_goes_round_is_held_where_it_ends():
    """Without a month, no payment repays a loan, and the search for one would not end."""
    text = marked(f"{HEAD}\ndef rule(x, n):\n    return annuity(months=n, principal=1200, rate=x)\n")
    made = executed(watched(f"{text}\n@scalar\ndef stage(x, n):\n    return rule(x, n)\n", "stage", 1))["stage"]
    plain = space_of(f"{HEAD}\ndef rule(x, n):\n    return annuity(1200, x, n)\n")["rule"]
    assert made(0.12, 12) == (plain(0.12, 12), False)
    for x, n, like in ((0.12, 0, (0.12, 1)), (0.12, 10**12, (0.12, 600)), (1e300, 12, (10.0, 12)), (-5.0, 3, (0.0, 3))):
        assert made(x, n) == (plain(*like), True)
    assert made(math.nan, 12)[1]


def test_every_function_of_the_program_that_goes_round_is_known():
    found = {}
    for room in HELPERS:
        package = importlib.import_module(room)
        places = [f"{room}.{one.name}" for one in pkgutil.iter_modules(getattr(package, "__path__", []))]
        for module in map(importlib.import_module, [room, *places]):
            for name, value in vars(module).items():
                rule = getattr(value, "py_func", None)
                if rule is not None and "Any" not in str(inspect.signature(rule)) and goes_round(rule):
                    found[name] = tuple(inspect.signature(rule).parameters)
    assert found == dict(GO_ROUND)
    assert {"months", "term"} <= HELD.keys() and FEWEST["annuity"]["months"] == 1


def goes_round(rule) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    if any(isinstance(one, ast.While) or not is_fixed(one.iter) for one in loops):
        return True
    called = [rule.__globals__.get(name) for name in rule.__code__.co_names]
    return any(goes_round(one.py_func) for one in called if hasattr(one, "py_func"))


def is_fixed(over: ast.expr) -> bool:
    return isinstance(over, ast.Call) and all(isinstance(one, ast.Constant) for one in over.args)


def test_operations_are_named_with_their_line_and_only_those_that_can_lack_a_value():
    source = (
        "N = 3\nZERO = 0\ndef f(a):\n    return a % a\ndef g(a, N):\n    return a / N\n"
        "def rule(a, b):\n    b //= a\n    return f(a / N) + a // 7 + a / ZERO + int(a > b) + round(a * 0.5)\n"
        "def other(a):\n    return g(a, 1)\n"
    )
    assert operations_of(source, "rule") == (
        "line 4: a % a",
        "line 8: b //= a",
        "line 9: a / ZERO",
        "line 9: round(a * 0.5)",
    )
    assert operations_of(source, "other") == ("line 6: a / N",)
    assert operations_of("def rule(a):\n    return min(a, 3)\n", "rule") == ()


def test_what_the_marks_ask():
    assert not no_whole.py_func(9e18) and not no_whole.py_func(-3) and no_whole.py_func(1e19)
    assert no_whole.py_func(math.nan) and no_whole.py_func(-math.inf)
    assert sudden.py_func(math.inf, 0.0) and sudden.py_func(math.nan, -1.0) and sudden.py_func(math.nan, math.inf)
    assert not sudden.py_func(math.inf, math.inf) and not sudden.py_func(math.nan, math.nan)
    assert not sudden.py_func(2.0, 4.0)
    assert [beyond.py_func(value, 1, 600) for value in (0, 1, 600, 601, math.nan)] == [True, False, False, True, True]
    assert [held_between.py_func(value, 1, 600) for value in (0, 5, 601, math.nan)] == [1, 5, 600, 1]
