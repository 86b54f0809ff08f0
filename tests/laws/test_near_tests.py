"""Every rule has a test near it: a file of its name in its room that names the rule and each of its results."""

from __future__ import annotations

import ast

import pytest

from tests.laws.calling import results_of
from tests.laws.written import ROOT, stages_of

# Files of a room without decisions of their own: numbers, names, agents, tables and steps, which others test.
WITHOUT = {
    "loan": {"account", "ledger", "postings"},
    "persons": {"behaviour", "borrower", "tape"},
    "firms": {"clearing", "clearing_loops", "firm", "labour", "network", "settings"},
    "lender/policies": set(),
}
FILES = [
    (room, path.stem)
    for room, without in WITHOUT.items()
    for path in sorted((ROOT / "sim" / room).glob("*.py"))
    if path.stem not in {"__init__", *without}
]


def near(room: str, name: str) -> set[str]:
    """Names and texts in the tests of a file: those that begin with its name."""
    folder = room.split("/")[0]
    paths = sorted((ROOT / "tests" / folder).glob(f"test_{name}*.py"))
    assert paths, f"sim/{room}/{name}.py has no tests/{folder}/test_{name}.py"
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return used | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def functions(room: str, name: str) -> set[str]:
    """Functions of a file that others may call, rules among them."""
    tree = ast.parse((ROOT / "sim" / room / f"{name}.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


@pytest.mark.parametrize(("room", "name"), FILES, ids=[f"{room}/{name}" for room, name in FILES])
def test_each_function_and_each_result_of_a_rule_is_named_nearby(room, name):
    named = near(room, name)
    assert not functions(room, name) - named
    for found in stages_of(room, name):
        missing = [result for result in results_of(found) if result not in named]
        assert not missing, f"no test near {found.name} names {', '.join(missing)}"
