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
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import numpy as np

from sim.engine.loops.compiled import plain
from sim.engine.tables.declare import declared_columns
from sim.inputs.errors import InputError, nearest
from sim.inputs.files import own_file
from sim.inputs.text import text_of
from sim.lender.policies.user import LABEL, WRAPPERS, space_of
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
BUILT_IN = ("abs", "bool", "float", "int", "max", "min", "range", "round")
MATH = ("ceil", "cos", "erf", "exp", "fabs", "floor", "log", "log1p", "pow", "sin", "sqrt", "tanh")
COLUMNS = {name: column for name, column in declared_columns(Account).items() if not column.passing}
TRIALS = 400
MOST_NODES, DEEPEST = 4_000, 60  # of the syntax tree; what is shipped has some hundred, and 15
MOST_STEPS = 5_000  # lines of one call
WHOLE_LIMIT = 2**63  # compiled whole numbers have 64 bits
LARGE = 100_000_000  # fen
TOO_LARGE = f"is too large for rules: at most {MOST_NODES} parts of a text, nested at most {DEEPEST} deep"
PURE = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign),
    *(ast.If, ast.For, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp),
    *(ast.Compare, ast.Call, ast.Constant, ast.Name, ast.Attribute, ast.Load, ast.Store, ast.Tuple, ast.Import),
    *(ast.alias, ast.operator, ast.boolop, ast.unaryop, ast.cmpop),
)


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
    if _is_too_large(tree):
        raise InputError(f"--plugin: {file.name}: {TOO_LARGE}")
    functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    if not functions:
        raise InputError(f"--plugin: {file.name}: has no function: a rule is one, such as def my_rule(limit, score)")
    for line, problem in _impurities(tree, functions):
        raise InputError(f"--plugin: {file.name}, line {line}: {problem}")
    return source, functions


def _is_too_large(tree: ast.Module) -> bool:
    """Whether a text is longer or nested deeper than whoever reads it can follow; level by level, not by recursion."""
    level, nodes = [tree], 0
    for _ in range(DEEPEST):
        nodes += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]  # type: ignore[misc]
        if not level or nodes > MOST_NODES:
            break
    return bool(level)


def _impurities(tree: ast.Module, functions: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield what a pure rule may not contain, with its line."""
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    looped = {id(node.iter) for node in ast.walk(tree) if isinstance(node, ast.For)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield line, f"writes a global ({', '.join(node.names)}): a rule is pure, it keeps no memory"
        elif isinstance(node, ast.Import):
            for name in [entry.name for entry in node.names if entry.name != "math"]:
                yield line, f"imports {name}: a rule may import math alone"
        elif isinstance(node, ast.Pow) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
            yield line, "uses **, which differs between compiled and plain code: write math.pow(a, b)"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.LShift):
            yield line, "uses <<, which differs between compiled and plain code: multiply"
        elif isinstance(node, ast.Constant) and not isinstance(node.value, int | float) and id(node) not in texts:
            yield line, f"has {node.value!r:.40}: a rule knows numbers alone"
        elif isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr in MATH):
                yield line, f"uses .{node.attr}: allowed are {', '.join(f'math.{name}' for name in MATH)}"
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", "math")
            if called not in (*BUILT_IN, *functions, "math"):
                near = nearest(called, [*BUILT_IN, *functions])
                yield line, f"calls {called}: allowed are {', '.join(BUILT_IN)}, math and functions of the file{near}"
            elif called == "range" and id(node) not in looped:
                yield line, "has a range that is not what a loop goes over"
            elif called == "round" and len(node.args) + len(node.keywords) != 1:
                yield line, "rounds to digits: round takes one argument here"
        elif isinstance(node, ast.For):
            if not (isinstance(node.iter, ast.Call) and getattr(node.iter.func, "id", "") == "range"):
                yield line, "has a loop that is not over a range"
        elif not isinstance(node, PURE):
            yield line, f"has a {type(node).__name__.lower()}: a rule is arithmetic, conditions and loops over a range"
    above: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            called = {getattr(inner.func, "id", "") for inner in ast.walk(node) if isinstance(inner, ast.Call)}
            for name in sorted(called & {*functions} - {*above}):
                yield node.lineno, f"calls {name}, which does not stand above it: no rule may end in a circle"
            above.append(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign) and not _is_number(node.value):
            yield node.lineno, "sets a name outside functions to what is not a number"
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not text and not isinstance(node, ast.FunctionDef | ast.Import | ast.Assign | ast.AnnAssign):
            yield node.lineno, "does something outside functions: only numbers and functions stand there"


def _is_number(node: ast.expr | None) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)


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
    for argument in asked:
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
    for values in _accounts(asked):
        where = f" with {', '.join(f'{key}={value:g}' for key, value in zip(asked, values, strict=True))}"
        try:
            with _bounded():
                got: Any = as_written(*values)
        except _EndlessError as error:
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


class _EndlessError(Exception):
    """A call that takes too long, or numbers too large for 64 bits."""


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Follow the lines of a user's rules, and end a call that goes on or whose numbers grow without bound."""
    left = [MOST_STEPS]

    def step(frame: Any, event: str, found: Any) -> Any:
        if not frame.f_code.co_filename.startswith(LABEL):
            return None
        left[0] -= 1
        if left[0] < 0:
            raise _EndlessError(f"does not end within {MOST_STEPS} lines of a call")
        for value in (found, *frame.f_locals.values()):
            if isinstance(value, int) and not -WHOLE_LIMIT <= value < WHOLE_LIMIT:
                raise _EndlessError("makes a whole number of more than 64 bits")
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        yield
    finally:
        sys.settrace(before)


def _accounts(asked: list[str]) -> Iterator[list[float | int]]:
    """Made-up accounts: corners of every range first, then draws within it, mostly small."""
    luck = np.random.default_rng(1)
    ranges = [_range(name) for name in asked]
    for corner in (0, 1):
        yield [(high if corner else low) if not whole else int(high if corner else low) for low, high, whole in ranges]
    for _ in range(TRIALS):
        values = [low + (high - low) * luck.random() ** luck.choice([1, 3, 12]) for low, high, _ in ranges]
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
