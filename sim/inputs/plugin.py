"""A user's own policy: a Python file with one function a rule, read and checked before any work.

A rule is pure: its arguments are columns of the lender's book and published numbers, its value is one number.
It may call ``math``, a few built-in functions and other functions of its file, and nothing else; what could
keep a memory, reach a file or differ between plain Python and compiled code is refused by reading the source.
Then the rule is tried on made-up accounts, corners included, in plain Python and compiled.
"""

from __future__ import annotations

import ast
import contextlib
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from sim.engine.loops.compiled import plain
from sim.engine.tables.declare import declared_columns
from sim.inputs.declared import own_names
from sim.inputs.errors import InputError, nearest
from sim.inputs.files import own_file
from sim.inputs.purity import TOO_LARGE, impurities, is_too_large, refuse_unlike_returns
from sim.inputs.text import text_of
from sim.lender.policies.dialect import declared_name
from sim.lender.policies.user import WRAPPERS, space_of
from sim.loan.account import Account
from sim.persons.borrower import PRIVATE_COLUMNS

# Numbers of the month that anybody can know, or that are the lender's own.
NUMBERS: dict[str, tuple[str, float, float]] = {
    "month": ("months since the policy date", -600, 600),
    "unemployment": ("fraction of persons, published", 0.0, 0.5),
    "unemployment_gap": ("unemployment above normal", 0.0, 0.5),
    "policy_rate": ("a year, published", 0.0, 0.2),
    "funding_rate": ("a year, what the lender's debt costs", 0.0, 0.3),
    "loss_share": ("loss given default times the share that the lender bears", 0.0, 1.0),
    "score_intercept": ("log-odds: probability of default is 1 / (1 + exp(it + (score - 650) / 60))", -10.0, 10.0),
    "appetite_points": ("points of risk appetite: above 0 supportive", -600.0, 600.0),
}
WHOLE_NUMBERS = ("month",)
COLUMNS = {name: column for name, column in declared_columns(Account).items() if not column.passing}
TRIALS = 400
EDGE = 0.15
"""Chance that an argument is a number that stands in the text, or one beside it."""
MOST_STEPS = 50_000  # lines of one call
WHOLE_LIMIT = 2**63  # compiled whole numbers have 64 bits
LARGE = 100_000_000  # fen


def read_rules(path: str) -> tuple[str, tuple[str, ...]]:
    """Text of a user's file and the names of its functions.

    Raises
    ------
    InputError
        One line: the file cannot be read, or something in it is not pure.
    """
    file, what = PurePath(path), "a Python file of rules"
    try:
        source = text_of(own_file(path, what), what)
        tree = ast.parse(source)
    except InputError as error:
        raise InputError(f"--plugin: {error}") from None
    except SyntaxError as error:
        raise InputError(f"--plugin: {file.name}, line {error.lineno}: is not Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise InputError(f"--plugin: {file.name}: {TOO_LARGE}") from None
    except ValueError as error:
        raise InputError(f"--plugin: {file.name}: is not Python that can be read: {type(error).__name__}") from None
    if is_too_large(tree):
        raise InputError(f"--plugin: {file.name}: {TOO_LARGE}")
    functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    declares = any(map(declared_name, tree.body))
    tree.body = [node for node in tree.body if not declared_name(node)]  # read as what they are, never run
    if not functions and not declares:
        raise InputError(f"--plugin: {file.name}: has no function: a rule is one, such as def my_rule(limit, score)")
    for line, problem in impurities(tree, functions):
        raise InputError(f"--plugin: {file.name}, line {line}: {problem}")
    if functions:
        refuse_unlike_returns(file.name, tree)
    return source, functions


def check_rule(group: str, name: str, source: str) -> None:
    """Check the signature of a rule, and try it.

    Raises
    ------
    InputError
        One line that names the rule, what it did, with which numbers, and what is allowed.
    """
    node = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    given = node.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults or given.posonlyargs or node.decorator_list:
        raise InputError(f"{group}={name}: takes plain arguments alone: no default, *, ** or decorator")
    asked = [argument.arg for argument in given.args]
    private = own_names(source)
    for argument in asked:
        if argument in private:
            raise InputError(
                f"{group}={name}: reads {argument}, a column of the file's own, which only those know whose it is; a "
                "lender sees its book, such as inflow_slow, score, months_past_due"
            )
        if argument in PRIVATE_COLUMNS:
            raise InputError(
                f"{group}={name}: reads {argument}, which only the person knows; a lender sees its book, "
                f"such as inflow_slow, score, months_past_due"
            )
        if argument not in COLUMNS and argument not in NUMBERS:
            near = nearest(argument, [*COLUMNS, *NUMBERS])
            raise InputError(f"{group}={name}: there is no column or number {argument}{near}")
    _try(group, name, source, asked)


def _try(group: str, name: str, source: str, asked: list[str]) -> None:
    rule = space_of(source)[name]
    as_written = plain(rule)
    wrapper = WRAPPERS[group]
    allowed = f"{wrapper.returns}, from {wrapper.low:g} to {wrapper.high:g}"
    for values in _accounts(asked, edges_of(source)):
        where = f" with {', '.join(f'{key}={value:g}' for key, value in zip(asked, values, strict=True))}"
        try:
            with bounded():
                got: Any = as_written(*values)
        except EndlessError as error:
            raise InputError(f"{group}={name}: {error}{where}") from None
        except Exception as error:
            raise InputError(f"{group}={name}: raises {type(error).__name__} ({error}){where}") from None
        if not isinstance(got, bool | int | float):
            raise InputError(f"{group}={name}: returns {got!r}{where}; allowed: {allowed}")
        if not math.isfinite(got) or not wrapper.low <= got <= wrapper.high:
            raise InputError(f"{group}={name}: returns {got:g}{where}; allowed: {allowed}")
        try:
            compiled = rule(*values)
        except Exception as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(f"{group}={name}: cannot be compiled: {first}") from None
        if float(compiled) != float(got):
            raise InputError(f"{group}={name}: compiled it gives {compiled}, plain {got}{where}")


class EndlessError(Exception):
    """A call that takes too long, or numbers too large for 64 bits."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Follow the lines of a user's rules, and end a call that goes on or whose numbers grow without bound."""
    left = [MOST_STEPS]

    def step(frame: Any, event: str, found: Any) -> Any:
        left[0] -= 1  # lines of what is brought from the program count as well
        if left[0] < 0:
            raise EndlessError(f"does not end within {MOST_STEPS} lines of a call")
        for value in (found, *frame.f_locals.values()):
            if isinstance(value, int) and not -WHOLE_LIMIT <= value < WHOLE_LIMIT:
                raise EndlessError("makes a whole number of more than 64 bits")
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        yield
    finally:
        sys.settrace(before)


def edges_of(source: str) -> tuple[float, ...]:
    """Numbers at which a text may turn another way: those that stand in it, either sign, and whole ones beside them."""
    values: list[Any] = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    signed = [sign * value for value in values if type(value) in (int, float) for sign in (1, -1)]
    found = [(value - 1, value, value + 1) if isinstance(value, int) else (value,) for value in signed]
    return tuple(dict.fromkeys(float(value) for several in found for value in several if abs(value) < WHOLE_LIMIT))


def at_edges(
    ranges: Sequence[tuple[float, float, bool]], edges: Sequence[float], luck: np.random.Generator
) -> Iterator[Mapping[int, float]]:
    """Yield, for row after row, which few arguments stand at an edge of the text, and at which.

    Parameters
    ----------
    ranges : sequence of (float, float, bool)
        Lowest and highest value of each argument, and whether it is whole.
    edges : sequence of float
        As `edges_of` gives them.
    luck : Generator
        Its own, so that the rest of a row does not depend on the text.
    """
    fitting = [
        [
            int(value) if whole else float(value)
            for value in edges
            if low <= value <= high and (not whole or value == int(value))
        ]
        for low, high, whole in ranges
    ]
    while True:
        draws = luck.random(len(ranges))
        yield {
            place: fitting[place][int(draws[place] / EDGE * len(fitting[place]))]
            for place in np.flatnonzero(draws < EDGE).tolist()
            if fitting[place]
        }


def _accounts(asked: list[str], edges: Sequence[float]) -> Iterator[list[float | int]]:
    """Made-up accounts: corners of every range first, then draws within it, mostly small, some at edges of the text."""
    luck = np.random.default_rng(1)
    ranges = [_range(name) for name in asked]
    at = at_edges(ranges, edges, np.random.default_rng(2))
    for corner in (0, 1):
        yield [(high if corner else low) if not whole else int(high if corner else low) for low, high, whole in ranges]
    for _ in range(TRIALS):
        values = [low + (high - low) * luck.random() ** luck.choice([1, 3, 12]) for low, high, _ in ranges]
        for place, edge in next(at).items():
            values[place] = edge
        yield [int(value) if whole else value for value, (_, _, whole) in zip(values, ranges, strict=True)]


def _range(name: str) -> tuple[float, float, bool]:
    if name in NUMBERS:
        _, low, high = NUMBERS[name]
        return low, high, name in WHOLE_NUMBERS
    column = COLUMNS[name]
    low = column.low if column.low is not None else -6.0
    high = 6.0 if column.high is None else column.high
    # A million yuan is more than any account of a person sees.
    return low, LARGE if column.unit.startswith("fen") else high, not column.is_float
