"""What a user's rules may be made of: read as a tree, before anything is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module

from sim.inputs.errors import InputError, nearest
from sim.inputs.turns import endless_loops
from sim.lender.policies.dialect import is_named_result, names_of, returns_of

BUILT_IN = ("abs", "bool", "float", "int", "max", "min", "range", "round")
MATH = ("ceil", "cos", "erf", "exp", "fabs", "floor", "log", "log1p", "pow", "sin", "sqrt", "tanh")
HELPERS = ("sim.engine.loops.transforms", "sim.economy", "sim.loan", "sim.persons", "sim.firms")
"""Where a user's file may take pure functions and numbers from."""
MOST_NODES, DEEPEST = 4_000, 60  # of the syntax tree; what is shipped has some hundred, and 15
TOO_LARGE = f"is too large for rules: at most {MOST_NODES} parts of a text, nested at most {DEEPEST} deep"
PURE = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign),
    *(ast.If, ast.For, ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp),
    *(ast.Compare, ast.Call, ast.Constant, ast.Name, ast.Attribute, ast.Load, ast.Store, ast.Tuple, ast.Import),
    *(ast.alias, ast.operator, ast.boolop, ast.unaryop, ast.cmpop),
)


def is_too_large(tree: ast.Module) -> bool:
    """Whether a text is longer or nested deeper than whoever reads it can follow; level by level, not by recursion."""
    level, nodes = [tree], 0
    for _ in range(DEEPEST):
        nodes += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]  # type: ignore[misc]
        if not level or nodes > MOST_NODES:
            break
    return bool(level)


def impurities(tree: ast.Module, functions: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield what a pure rule may not contain, with its line."""
    named = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and is_named_result(node.value)]
    results = {id(inner) for call in named for inner in (call, *call.keywords)}
    helpers = tuple(name for node in tree.body if isinstance(node, ast.ImportFrom) for name in brought(node))
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    looped = {id(node.iter) for node in ast.walk(tree) if isinstance(node, ast.For)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if id(node) in results:
            continue
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield line, f"writes a global ({', '.join(node.names)}): a rule is pure, it keeps no memory"
        elif isinstance(node, ast.Import):
            for name in [entry.name for entry in node.names if entry.name != "math"]:
                yield line, f"imports {name}: a rule may import math, and take what is pure from sim"
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
            if called == "dict":
                yield line, "has a dict that is not what a behaviour returns by name: return dict(cash=..., ...)"
            elif called not in (*BUILT_IN, *functions, *helpers, "math"):
                near = nearest(called, [*BUILT_IN, *functions])
                yield line, f"calls {called}: allowed are {', '.join(BUILT_IN)}, math and functions of the file{near}"
            elif called == "range" and id(node) not in looped:
                yield line, "has a range that is not what a loop goes over"
            elif called == "round" and len(node.args) + len(node.keywords) != 1:
                yield line, "rounds to digits: round takes one argument here"
        elif isinstance(node, ast.For):
            if not (isinstance(node.iter, ast.Call) and getattr(node.iter.func, "id", "") == "range"):
                yield line, "has a loop that is not over a range"
        elif isinstance(node, ast.ImportFrom):
            if node not in tree.body or not brought(node):
                yield (
                    line,
                    (
                        f"imports from {node.module}: a rule may import math, and at the top of the file pure "
                        f"functions and numbers of {', '.join(HELPERS)}, by their own names"
                    ),
                )
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
        if not text and not isinstance(
            node, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign
        ):
            yield node.lineno, "does something outside functions: only numbers and functions stand there"
    yield from endless_loops(tree)


def brought(node: ast.ImportFrom) -> tuple[str, ...]:
    """Names that an import brings from the program, where all are pure functions of numbers, or numbers."""
    module = node.module or ""
    if node.level or not any(module == room or module.startswith(f"{room}.") for room in HELPERS):
        return ()
    try:
        found = vars(import_module(module))
    except ImportError:
        return ()
    names = [entry.name for entry in node.names if entry.asname in (None, entry.name)]
    pure = [name for name in names if hasattr(found.get(name), "py_func") or type(found.get(name)) in (int, float)]
    return tuple(names) if len(pure) == len(node.names) else ()


def refuse_unlike_returns(file: str, tree: ast.Module) -> None:
    """Refuse a function that returns by name in one place and otherwise in another."""
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        names = names_of(function)
        for statement in returns_of(function):
            value = statement.value
            found = {str(keyword.arg) for keyword in value.keywords} if is_named_result(value) else set()
            if found != set(names):
                says = f"returns {', '.join(sorted(found)) or 'a value without names'}"
                raise InputError(
                    f"--plugin: {file}, line {statement.lineno}: {function.name} {says}, above "
                    f"{', '.join(sorted(names)) or 'a value without names'}: every return has the same names"
                )


def _is_number(node: ast.expr | None) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)
