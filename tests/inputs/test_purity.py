"""What a user's rules may be made of, read as a tree; whole files are tried in test_plugin and test_behaviours."""

from __future__ import annotations

import ast

import pytest

from sim.inputs.errors import InputError
from sim.inputs.purity import brought, impurities, is_too_large, refuse_unlike_returns


def problems(text: str) -> list[str]:
    tree = ast.parse(text)
    functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return [problem for _, problem in impurities(tree, functions)]


def imported(text: str) -> tuple[str, ...]:
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ImportFrom)
    return brought(node)


def test_pure_functions_and_numbers_of_the_program_may_be_brought():
    assert imported("from sim.persons.elsewhere import due_elsewhere") == ("due_elsewhere",)
    assert imported("from sim.loan.states import LINE_OPEN, NEVER") == ("LINE_OPEN", "NEVER")
    assert problems("from sim.loan.states import NEVER\n\n\ndef mine(cash):\n    return min(cash, NEVER)\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "from sim.persons.consumption import consume",  # a stage, not a function of numbers
        "from sim.loan.states import LINE_OPEN as cash",
        "from sim.loan.states import nothing",
        "from sim.loan.no_such_file import NEVER",
        "from sim.study.run.cell import math",
        "from sim.personsx import a",
        "from .elsewhere import due_elsewhere",
        "from sim.loan.states import *",
    ],
)
def test_nothing_else_may(text):
    assert imported(text) == () and "imports from" in problems(text)[0]


def test_results_by_name_are_no_other_dict():
    assert problems("def mine(cash):\n    return dict(cash=cash)\n") == []
    (says,) = problems("def mine(a):\n    b = dict(a)\n    return b\n")
    assert "has a dict that is not what a behaviour returns" in says
    assert problems("def mine(a):\n    return max(key=a)\n")[0].startswith("has a keyword")
    assert "imports random" in problems("def mine(a):\n    import random\n    return dict(a=a)\n")[0]


def test_every_return_has_the_names_of_the_first():
    refuse_unlike_returns("f.py", ast.parse("def a(x):\n    return dict(x=x)\n\n\ndef b(x):\n    return x\n"))
    text = "def a(x):\n    if x > 0:\n        return x\n    return dict(x=x)\n"
    with pytest.raises(InputError, match=r"f.py, line 4: a returns x, above a value without names"):
        refuse_unlike_returns("f.py", ast.parse(text))


def test_what_is_too_large():
    assert not is_too_large(ast.parse("x = 1\n" * 100))
    assert is_too_large(ast.parse("x = 1\n" * 2000)) and is_too_large(ast.parse("x = " + "-" * 80 + "1\n"))
