"""Copies of shipped rules as a user would write them into a file of their own."""

from __future__ import annotations

import ast
import inspect
import textwrap

from sim.engine.loops.stage import Stage


class _Results(ast.NodeTransformer):
    """Results by name where the shipped rule makes a NamedTuple."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        if isinstance(node.value, ast.Call) and node.value.keywords:
            node.value.func = ast.Name("dict", ast.Load())
        return node


def copy_of(stage: Stage, name: str) -> str:
    """Text of a file with a copy of a shipped rule under another name, and the imports that it needs."""
    rule = stage.rule
    node = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    assert isinstance(node, ast.FunctionDef)
    node.name, node.decorator_list, node.returns = name, [], None
    node.body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    for argument in node.args.args:
        argument.annotation = None
    _Results().visit(node)
    read = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    helpers = sorted(name for name in read if _is_pure(rule.__globals__.get(name)))
    lines = [f"from {rule.__module__} import {helper}" for helper in helpers]
    return "\n".join(lines) + "\n\n\n" + ast.unparse(ast.fix_missing_locations(node)) + "\n"


def _is_pure(value: object) -> bool:
    return hasattr(value, "py_func") or type(value) in (int, float)
