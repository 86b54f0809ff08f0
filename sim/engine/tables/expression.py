"""Selecting rows by a line of text over columns: ``"months_past_due >= 3 and cash < 100_000"``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def row_mask(text: str, read: Callable[[str], NDArray[Any]]) -> NDArray[np.bool_]:
    """Evaluate a condition over columns, row by row.

    Comparisons (also chained), ``and``, ``or``, ``not``, ``+ - * / // %``, numbers and column names; nothing
    else is accepted and nothing is executed. Columns are widened to 64 bits first, as rules see them.

    Parameters
    ----------
    text : str
        The condition.
    read : callable
        Column name to values, shape (n,); raises KeyError for an unknown name.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ValueError
        If the text is not such a condition; the message quotes the part that is not.
    KeyError
        If it names no column.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not a condition over columns: {error.msg}") from None

    def widen(name: str) -> NDArray[Any]:
        values = read(name)
        return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)

    mask = _value(tree.body, widen)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        raise ValueError(f"{text!r} is not true or false for each row")
    return mask


def _value(node: ast.expr, read: Callable[[str], NDArray[Any]]) -> Any:
    match node:
        case ast.Name():
            return read(node.id)
        case ast.Constant(value=bool() | int() | float()):
            return node.value
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, read)
        case ast.UnaryOp(op=ast.Not()):
            return np.logical_not(_value(node.operand, read))
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            return _ARITHMETIC[type(node.op)](_value(node.left, read), _value(node.right, read))
        case ast.BoolOp():
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return join.reduce([np.asarray(_value(part, read), dtype=bool) for part in node.values])
        case ast.Compare() if all(type(op) in _COMPARE for op in node.ops):
            return _chain(node, read)
    raise ValueError(f"{ast.unparse(node)!r} is not allowed in a condition over columns")


def _chain(node: ast.Compare, read: Callable[[str], NDArray[Any]]) -> Any:
    left, result = _value(node.left, read), np.True_
    for op, part in zip(node.ops, node.comparators, strict=True):
        right = _value(part, read)
        result = np.logical_and(result, _COMPARE[type(op)](left, right))
        left = right
    return result
