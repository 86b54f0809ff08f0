"""How often the loops of a user's rules go round: counted from the text, for compiled code cannot be interrupted."""

from __future__ import annotations

import ast
import contextlib
import operator
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

MOST_TURNS = 10_000
"""Turns of loops and calls of functions of the file, in one call of a rule."""
LARGEST = 10**15  # of what is told
ALLOWED = "allowed is a range of whole numbers of the file, as range(12), or range(MONTHS) with MONTHS = 12 at its top"
ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def endless_loops(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield loops whose turns the text does not fix, and functions that go round too often, each with its line.

    Parameters
    ----------
    tree : ast.Module
        A file in which functions call those above them alone.

    Yields
    ------
    (int, str)
        The line, and what is wrong there and what is allowed.
    """
    numbers, turns = numbers_of(tree), dict[str, int]()
    for node in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
        inner = next((one for one in ast.walk(node) if isinstance(one, ast.FunctionDef) and one is not node), None)
        if inner is not None:
            yield inner.lineno, f"defines {inner.name} within {node.name}: functions stand beside each other"
            return
        if node.name in turns:
            yield node.lineno, f"defines {node.name} a second time"
            return
        known = {name: value for name, value in numbers.items() if name not in names_within(node)}
        for loop in (one for one in ast.walk(node) if isinstance(one, ast.For)):
            if turns_of(loop, known) is None:
                yield loop.lineno, f"has a loop over {ast.unparse(loop.iter):.60}, whose turns are not fixed: {ALLOWED}"
                return
        turns[node.name] = rounds(node, known, turns)
        if turns[node.name] > MOST_TURNS:
            says = (
                f"goes round {min(turns[node.name], LARGEST):.5g} times or more, loops within loops and calls together"
            )
            yield node.lineno, f"{node.name} {says}: allowed are at most {MOST_TURNS}"
            return


def numbers_of(tree: ast.Module) -> dict[str, int]:
    """Whole numbers at the top of a file, its own and those that it brings from the program; of two the last."""
    found: dict[str, int | None] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("sim."):
            there: dict[str, Any] = {}
            with contextlib.suppress(ImportError):  # what is not there has been refused before
                there = vars(import_module(str(node.module)))
            found |= {entry.name: there[entry.name] for entry in node.names if type(there.get(entry.name)) is int}
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id: whole(node.value, {}) for one in targets if isinstance(one, ast.Name)}
    return {name: value for name, value in found.items() if value is not None}


def names_within(function: ast.FunctionDef) -> set[str]:
    """Names that are a function's own: its arguments, and what it sets."""
    stored = {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}


def whole(node: ast.expr, numbers: Mapping[str, int]) -> int | None:
    """Value of an expression of whole numbers; None of any other."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return numbers.get(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = whole(node.operand, numbers)
        return value if value is None or isinstance(node.op, ast.UAdd) else -value
    if not isinstance(node, ast.BinOp) or type(node.op) not in ARITHMETIC:
        return None
    left, right = whole(node.left, numbers), whole(node.right, numbers)
    if left is None or right is None or (right == 0 and isinstance(node.op, ast.FloorDiv)):
        return None
    return ARITHMETIC[type(node.op)](left, right)


def turns_of(loop: ast.For, numbers: Mapping[str, int]) -> int | None:
    """How often a loop goes round; None where its range is not one of whole numbers, or the step is 0."""
    call = loop.iter
    if not isinstance(call, ast.Call) or call.keywords or not 1 <= len(call.args) <= 3:
        return None
    ends = [whole(one, numbers) for one in call.args]
    given = [one for one in ends if one is not None]
    if len(given) < len(ends) or given[2:] == [0]:
        return None
    over = range(*given)
    return max(-((over.start - over.stop) // over.step), 0)


def rounds(node: ast.AST, numbers: Mapping[str, int], turns: Mapping[str, int]) -> int:
    """Turns of all loops within a part of a function and calls of functions above it, as if every branch were taken."""
    within = sum(rounds(child, numbers, turns) for child in ast.iter_child_nodes(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in turns:
        within += 1 + turns[node.func.id]
    return (turns_of(node, numbers) or 0) * (1 + within) if isinstance(node, ast.For) else within
