"""How often loops go round, counted from the text; whole files are tried in test_plugin."""

from __future__ import annotations

import ast
import textwrap

import pytest

from sim.inputs.turns import MOST_TURNS, endless_loops, names_within, numbers_of, rounds, turns_of, whole


def function(body: str, head: str = "") -> ast.Module:
    return ast.parse(f"{head}\ndef mine(cash):\n{textwrap.indent(body, '    ')}\n    return cash\n")


def loop(over: str) -> ast.For:
    (found,) = ast.parse(f"for _ in {over}: pass").body
    assert isinstance(found, ast.For)
    return found


@pytest.mark.parametrize(
    "over", ["12", "0, 12", "12, 0, -1", "0, 24, 2", "1, 24, 2", "N", "N * 2 - 12", "2 * N // 2", "-N, 0"]
)
def test_turns_that_the_text_fixes(over):
    assert turns_of(loop(f"range({over})"), {"N": 12}) == 12 == len(eval(f"range({over})", {"N": 12}))


@pytest.mark.parametrize(
    "over", ["cash", "N + cash", "1.5", "N // 0", "0, 9, 0", "min(cash, 3)", "1, 2, 3, 4", "", "True"]
)
def test_turns_that_it_does_not(over):
    assert turns_of(loop(f"range({over})"), {"N": 12}) is None


def test_a_range_that_is_empty_or_too_long_for_the_machine():
    assert turns_of(loop("range(5, 3)"), {}) == 0 and turns_of(loop(f"range({10**30})"), {}) == 10**30


def test_numbers_at_the_top_and_names_of_a_function():
    text = "from sim.loan.states import LINE_OPEN\nN = 3\nN = 4\nX: int = -5\nHALF = 0.5\nfrom os import path\n"
    assert numbers_of(ast.parse(text)) == {"LINE_OPEN": 2, "N": 4, "X": -5}
    assert numbers_of(ast.parse("N = 3\nN = 0.5\n")) == {}, "the last holds"
    assert names_within(function("for k in range(3):\n    x = k").body[0]) == {"cash", "k", "x"}  # type: ignore[arg-type]
    assert whole(ast.parse("+(N - 1)", mode="eval").body, {"N": 3}) == 2


@pytest.mark.parametrize(
    ("body", "head", "says"),
    [
        ("for _ in range(100):\n    for _ in range(100): pass", "", "goes round 10100 times or more"),
        ("for _ in range(9999):\n    cash = h(cash)", "def h(a):\n    return a", "goes round 19998 times"),
        ("N = cash\nfor _ in range(N): pass", "N = 3", "line 4: has a loop over range(N), whose turns are not fixed"),
        ("for _ in range(10):\n    for k in range(cash): pass", "", "line 4: has a loop over range(cash)"),
        ("def h(a):\n    return a", "", "defines h within mine"),
        ("pass", "def mine(a):\n    return a", "defines mine a second time"),
    ],
)
def test_what_is_refused(body, head, says):
    ((line, found),) = endless_loops(function(body, head))
    assert says in f"line {line}: {found}"


def test_calls_that_double_are_counted():
    """Forty functions, each calling the one above it twice, go round as often as a loop of a million million."""
    twice = "".join(f"def f{k}(a):\n    return f{k - 1}(a) + f{k - 1}(a)\n" for k in range(1, 40))
    ((line, found),) = endless_loops(ast.parse(f"def f0(a):\n    return a\n{twice}"))
    assert "goes round" in found and line == 2 * 13 + 1


def test_what_is_allowed():
    assert list(endless_loops(function("for _ in range(60):\n    if cash > 3: break", "N = 3"))) == []
    assert list(endless_loops(function(f"for _ in range({MOST_TURNS}): pass"))) == []
    tree = function("for _ in range(10):\n    for _ in range(20): pass\nh(cash)")
    assert rounds(tree, {}, {"h": 5}) == 10 * (1 + 20) + 6
