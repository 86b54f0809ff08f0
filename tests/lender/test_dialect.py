"""What a user's file says beyond functions of numbers, and what stands there when it is run."""

from __future__ import annotations

import ast

from sim.lender.policies.dialect import declared_name, is_named_result, names_of, returned, returns_of, runnable

SOURCE = """COLUMNS = {"advised": (0, 0, 1, "x")}
HALF = 0.5


def mine(cash):
    if cash > 9:
        return dict(cash=cash - 9, paid=9)
    return dict(paid=0, cash=cash)


def plain(cash):
    return cash * HALF
"""


def test_results_by_name_become_tuples_in_the_order_of_the_first_return():
    space: dict = {}
    exec(runnable(SOURCE), space)
    assert space["mine"](10) == (1, 9) and space["mine"](4) == (4, 0) and space["plain"](4) == 2.0
    assert "COLUMNS" not in space and space["HALF"] == 0.5
    assert dict(returned(SOURCE)) == {"mine": ("cash", "paid"), "plain": ()}


def test_a_file_without_either_is_run_as_it_stands():
    text = "def plain(cash):  # as it is\n    return cash\n"
    assert runnable(text) is text


def test_what_is_a_result_by_name_and_what_declares():
    mine, plain = (node for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef))
    assert [is_named_result(node.value) for node in returns_of(mine)] == [True, True]
    assert [node.lineno for node in returns_of(mine)] == [7, 8]
    assert names_of(mine) == ("cash", "paid") and names_of(plain) == ()
    for text in ("dict()", "dict(1)", "dict(**x)", "list(a=1)", "1"):
        assert not is_named_result(ast.parse(text, mode="eval").body)
    assert [declared_name(node) for node in ast.parse(SOURCE).body[:2]] == ["COLUMNS", ""]
    assert declared_name(ast.parse("COLUMNS = FIGURES = {}").body[0]) == ""
