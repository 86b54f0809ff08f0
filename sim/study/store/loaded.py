"""Whether this process would simulate by the same rules as a fresh start of the program.

Workers import the program from its files, and results are kept under a hash of these. A rule that was exchanged in
a running Python, or a file that was edited since it was loaded, would be left out by the one and hidden by the other.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from sim.study.store.provenance import decides_results

Codes = dict[str, list[CodeType]]

PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Name, ast.Load, ast.UnaryOp, ast.BinOp)
"""What the value of a constant may be made of, so that it can be made again."""


class ProgramChanged(Exception):
    """The program in this process is not that of its files; one line names what differs and says what to do."""


def refuse_changes() -> None:
    """Refuse to begin where something that decides results is not as the program's files say.

    Raises
    ------
    ProgramChanged
        Nothing was done.
    """
    package = Path(__file__).resolve().parents[2]
    for name, module in sorted(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "").resolve()
        if file.is_relative_to(package) and decides_results(file.relative_to(package).parts):
            for found in changes_of(module):
                raise ProgramChanged(
                    f"{name}.{found} is not what the program's files say, and a study runs what these say: "
                    "a lender's rule of yours is a --plugin FILE (from Python: plugin=FILE), any other change is run "
                    "by stepping sim.Model; if a file was edited, start Python anew"
                )


def changes_of(module: ModuleType) -> Iterator[str]:
    """Names in a module that are not what its file defines or imports there."""
    origin = Path(getattr(module, "__file__", None) or "")
    if not origin.is_file():
        return
    body, known = _read(module.__name__, origin, origin.stat().st_mtime_ns)
    for node in body:
        if isinstance(node, ast.ImportFrom):
            for entry in node.names:
                if _imported(node.module or "", entry.name) is not vars(module).get(entry.asname or entry.name):
                    yield entry.asname or entry.name
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _changed(node, vars(module), "", known)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _differs(node.value, _target(node), module):
            yield _target(node)


@functools.cache
def _read(name: str, file: Path, _: int) -> tuple[list[ast.stmt], Codes]:
    """What stands at the top of a module's file, and the code of all its functions, by name."""
    tree = ast.parse(file.read_bytes())
    known: Codes = {}
    loader: Any = importlib.util.spec_from_file_location(name, file).loader  # type: ignore[union-attr]
    _collect(loader.get_code(name), known)  # compiled beforehand, as a rule
    grown = {ast.unparse(node.target) for node in tree.body if isinstance(node, ast.AugAssign)}
    return [node for node in tree.body if not (_of_a_library(node) or _target(node) in grown)], known


def _of_a_library(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != "sim"


def _target(node: ast.stmt) -> str:
    """Name that a statement gives a value."""
    found = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return found.id if isinstance(found, ast.Name) else ""


def _imported(module: str, name: str) -> Any:
    found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    return sys.modules.get(f"{module}.{name}") if found is None else found


def _changed(node: ast.AST, space: Any, above: str, known: Codes) -> Iterator[str]:
    """Yield a function whose code is another one, or the methods of a class that are."""
    if isinstance(node, ast.ClassDef):
        owner = space.get(node.name)
        for inner in node.body:
            yield from _changed(inner, getattr(owner, "__dict__", {}), f"{above}{node.name}.", known)
    elif isinstance(node, ast.FunctionDef):
        code = _code_of(space.get(node.name))
        path = f"{above}{node.name}"
        if code is None:
            if node.name not in space:
                yield path
        elif not (_is_kept(code, node.name) or any(_same(code, one) for one in known.get(path, []))):
            yield path


def _is_kept(code: CodeType, name: str) -> bool:
    """Whether a function was made from its own text again, to be kept compiled."""
    return code.co_name == name and code.co_filename.startswith(f"<{name} ")


def _code_of(value: Any) -> CodeType | None:
    """Code of the function under whatever it is wrapped into: a stage, a compiled function, a property, a cache."""
    for _ in range(8):
        inner = next(
            (
                getattr(value, name)
                for name in ("rule", "py_func", "__wrapped__", "__func__", "fget", "func")
                if getattr(value, name, None) not in (None, value)
            ),
            None,
        )
        if inner is None:
            break
        value = inner
    found = getattr(value, "__code__", None)
    return found if isinstance(found, CodeType) else None


def _collect(code: CodeType, known: Codes) -> None:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            known.setdefault(inner.co_qualname, []).append(inner)
            _collect(inner, known)


def _same(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same; Python's own comparison looks at line numbers as well."""
    if (one.co_code, one.co_names, one.co_varnames) != (other.co_code, other.co_names, other.co_varnames):
        return False
    pairs = list(zip(one.co_consts, other.co_consts, strict=False))
    return len(one.co_consts) == len(other.co_consts) and all(
        _same(a, b) if isinstance(a, CodeType) and isinstance(b, CodeType) else type(a) is type(b) and a == b
        for a, b in pairs
    )


def _differs(value: ast.expr | None, name: str, module: ModuleType) -> bool:
    """Whether a constant is not what its expression gives in the module as it stands."""
    if value is None or not name.isupper():
        return False
    if isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]"):
        return False  # filled later
    if not all(isinstance(node, (*PLAIN, ast.operator, ast.unaryop)) for node in ast.walk(value)):
        return False
    with contextlib.suppress(Exception):  # what cannot be made again cannot be compared
        fresh = eval(compile(ast.Expression(value), "<constant>", "eval"), dict(vars(module)))
        return not bool(fresh == vars(module).get(name))
    return False
