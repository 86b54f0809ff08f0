"""What has no value in a user's rules: in plain Python it raises, compiled it goes on, so it is counted there.

A division by 0, a whole number of what is none, a root or a logarithm of what they are not for: compiled, each gives
something. The text that is compiled therefore carries a mark beside every value; the stage tallies it, and a month in
which it is not 0 stops. Where all have a value, the text computes what was written, operation by operation.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence

from sim.engine.loops.compiled import scalar

TALLY = "own_{}_undefined"
"""Name of the total of rows on which a function of the user's went on from what has no value."""
MARK, KEPT = "_undefined_here", "_kept_"
TO_WHOLE = ("int", "round", "math.floor", "math.ceil")
OF_SOME = ("math.sqrt", "math.log", "math.log1p", "math.exp", "math.pow", "math.sin", "math.cos")
HELD: Mapping[str, tuple[float, float]] = {
    "months": (0, 600),
    "term": (0, 600),
    "rate": (0.0, 10.0),
    **dict.fromkeys(("principal", "balance", "payment"), (-(10**12), 10**12)),
}
"""Arguments within which functions of the program that go round come to an end: months, a year, fen."""
GO_ROUND: Mapping[str, tuple[str, ...]] = {
    "annuity": ("principal", "rate", "months"),
    "annuity_factor": ("rate", "months"),
    "left_after": ("principal", "rate", "payment", "months"),
    "_near_factor": ("rate", "months"),
    "_instalment": ("balance", "rate", "term", "minimum_payment_share"),
}
"""Functions of numbers that go round as often as they are told, with their arguments: compiled, nobody stops them."""
FEWEST = {"annuity": {"months": 1}}
"""Without a month, no payment repays a loan, however long it is looked for."""


@scalar
def no_whole(value):  # type: ignore[no-untyped-def]
    """Whether a number has no whole part of 64 bits: infinite, or no number."""
    return not abs(value) <= 9.223372036854775807e18


@scalar
def sudden(result, of):  # type: ignore[no-untyped-def]
    """Whether a result is infinite or no number, and what it was made of is not."""
    return (result != result and of == of) or (result - result != 0 and of - of == 0)


@scalar
def beyond(value, low, high):  # type: ignore[no-untyped-def]
    """Whether a value lies outside a range, or is no number."""
    return not low <= value <= high


@scalar
def held_between(value, low, high):  # type: ignore[no-untyped-def]
    """The nearest value of a range; of what is no number its lowest."""
    return low if not value >= low else high if value > high else value


@functools.cache
def operations_of(source: str, function: str) -> tuple[str, ...]:
    """Operations that may have no value in a function of a file and in those that it calls, each with its line."""
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    numbers, found, left = _numbers(tree), dict[tuple[int, str], None](), [function]
    for name in left:
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call) and _called(node) in functions and _called(node) not in left:
                left.append(_called(node))
            if _may_lack_value(node, numbers - _stored(functions[name])):
                found[node.lineno, f"line {node.lineno}: {ast.unparse(node):.60}"] = None  # type: ignore[attr-defined]
    return tuple(said for _, said in sorted(found))


def watched(text: str, stage: str, place: int) -> str:
    """A text whose functions carry a mark beside what they return; ``stage`` appends it to its results.

    Parameters
    ----------
    text : str
        Functions that call those above them alone, as they are to be compiled.
    stage : str
        The function that a stage calls: among what it returns stands the mark, 0 or 1.
    place : int
        Results before the mark: columns and totals stand there, histograms behind it.
    """
    tree = ast.parse(text)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    numbers = _numbers(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            watch = _Watch(names, numbers - _stored(node), place if node.name == stage else None)
            node.body = [*ast.parse(f"{MARK} = False").body, *watch.block(node.body)]
    bring = "from sim.lender.policies.undefined import beyond, held_between, no_whole, sudden\n"
    return f"{bring}{ast.unparse(ast.fix_missing_locations(tree))}\n"


class _Watch:
    """Puts the mark into one function: what may have no value is computed in statements of its own, and looked at."""

    def __init__(self, names: set[str], numbers: set[str], place: int | None) -> None:
        self.names, self.numbers, self.place, self.count = names, numbers, place, 0
        self.before: list[ast.stmt] = []

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Statements with all that they need before them."""
        found: list[ast.stmt] = []
        for node in body:
            self.before = []
            if isinstance(node, ast.If):
                node.test = self.lowered(node.test)
                before = self.before
                node.body, node.orelse = self.block(node.body), self.block(node.orelse)
                self.before = before
            elif isinstance(node, ast.For):
                node.body, node.orelse, self.before = self.block(node.body), self.block(node.orelse), []
            elif isinstance(node, ast.Return):
                node.value = self._results(self.lowered(node.value or ast.Constant(0)))
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr) and node.value is not None:
                watch = _may_lack_value(node, self.numbers)
                node.value = self.lowered(node.value)
                if watch:
                    node.value = self._by(node.value)
            found += [*self.before, node]
        self.before = []
        return found

    def _results(self, value: ast.expr) -> ast.Tuple:
        results = value.elts if self.place is not None and isinstance(value, ast.Tuple) else [value]
        place = len(results) if self.place is None else self.place
        return ast.Tuple([*results[:place], ast.Name(MARK, ast.Load()), *results[place:]], ast.Load())

    def lowered(self, node: ast.expr) -> ast.expr:
        """An expression without what may have no value, which has been computed before it."""
        if not any(self._is_watched(one) for one in ast.walk(node)):
            return node
        if isinstance(node, ast.IfExp):
            return self._chosen(self.lowered(node.test), node.body, node.orelse)
        if isinstance(node, ast.BoolOp):
            kept = self._kept(self.lowered(node.values[0]))
            for value in node.values[1:]:
                stops = ast.UnaryOp(ast.Not(), kept) if isinstance(node.op, ast.Or) else kept
                kept = self._chosen(stops, value, kept)
            return kept
        if isinstance(node, ast.Compare) and len(node.ops) > 1:  # the later part only where the first is true
            middle = self._kept(self.lowered(node.comparators[0]))
            first = ast.Compare(self.lowered(node.left), node.ops[:1], [middle])
            rest = ast.Compare(middle, node.ops[1:], node.comparators[1:])
            return self._chosen(first, rest, ast.Constant(False))
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and name != "func":
                setattr(node, name, self.lowered(value))
            elif isinstance(value, list):
                setattr(node, name, [self._part(one) for one in value])
        return self._looked_at(node)

    def _part(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.keyword):
            node.value = self.lowered(node.value)
        return self.lowered(node) if isinstance(node, ast.expr) else node

    def _is_watched(self, node: ast.AST) -> bool:
        return _may_lack_value(node, self.numbers) or (isinstance(node, ast.Call) and _called(node) in self.names)

    def _looked_at(self, node: ast.expr) -> ast.expr:
        if not self._is_watched(node):
            return node
        if isinstance(node, ast.BinOp):
            node.right = self._by(node.right)
        if not isinstance(node, ast.Call):
            return node
        name = _called(node)
        if name in self.names:
            kept = self._kept(node)
            self._mark(f"{kept.id}[1]")
            return ast.Subscript(kept, ast.Constant(0), ast.Load())
        if name in GO_ROUND:
            given = {str(one.arg): one.value for one in node.keywords}
            given |= dict(zip(GO_ROUND[name], node.args, strict=False))
            node.args, node.keywords = [self._held(name, one, given[one]) for one in GO_ROUND[name]], []
        elif name in TO_WHOLE:
            kept = self._kept(node.args[0])
            self._mark(f"no_whole({kept.id})")
            node.args = [kept]
        else:
            given_to = [self._kept(one) for one in node.args]
            node.args = list(given_to)
            result = self._kept(node)
            self._mark(" & ".join(f"sudden({result.id}, {one.id})" for one in given_to))
            return result
        return node

    def _by(self, divisor: ast.expr) -> ast.Name:
        kept = self._kept(divisor)
        self._mark(f"({kept.id} == 0)")
        return kept

    def _held(self, function: str, argument: str, value: ast.expr) -> ast.expr:
        """An argument of a function that goes round, held where that comes to an end."""
        if argument not in HELD:
            return value
        low, high = HELD[argument]
        low = FEWEST.get(function, {}).get(argument, low)
        kept = self._kept(value)
        self._mark(f"beyond({kept.id}, {low}, {high})")
        return ast.parse(f"held_between({kept.id}, {low}, {high})", mode="eval").body

    def _chosen(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> ast.Name:
        """One of two values; of the other nothing is computed."""
        self.count += 1
        name, outside = f"{KEPT}{self.count}", self.before
        branches: list[list[ast.stmt]] = []
        for value in (body, orelse):
            self.before = []
            lowered = self.lowered(value)
            branches.append([*self.before, ast.Assign([ast.Name(name, ast.Store())], lowered)])
        self.before = [*outside, ast.If(test, *branches)]
        return ast.Name(name, ast.Load())

    def _kept(self, value: ast.expr) -> ast.Name:
        self.count += 1
        name = f"{KEPT}{self.count}"
        self.before.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(name, ast.Load())

    def _mark(self, test: str) -> None:
        self.before += ast.parse(f"{MARK} = {MARK} | {test}").body


def _may_lack_value(node: ast.AST, numbers: set[str]) -> bool:
    """Whether an operation raises in plain Python where compiled code goes on."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        by = node.right if isinstance(node, ast.BinOp) else node.value
        fixed = (isinstance(by, ast.Constant) and by.value != 0) or (isinstance(by, ast.Name) and by.id in numbers)
        return isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and not fixed
    if not isinstance(node, ast.Call) or not node.args:
        return isinstance(node, ast.Call) and _called(node) in GO_ROUND
    name, first = _called(node), node.args[0]
    truth = isinstance(first, ast.Compare | ast.BoolOp) or (
        isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.Not)
    )
    return (name in TO_WHOLE and not truth) or name in OF_SOME or name in GO_ROUND


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def _numbers(tree: ast.Module) -> set[str]:
    """Names of numbers at the top of a text that are not 0, whichever of two counts."""
    found: dict[str, bool] = {}
    for name, value in _assigned(tree.body):
        number = value.operand if isinstance(value, ast.UnaryOp) else value
        other = isinstance(number, ast.Constant) and number.value != 0
        found[name] = found.get(name, True) and other
    return {name for name, other in found.items() if other}


def _assigned(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node.value) for one in targets if isinstance(one, ast.Name))


def _stored(function: ast.FunctionDef) -> set[str]:
    """Names that are a function's own: its arguments, and what it sets."""
    stored = {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
