"""What compiled code was made of: the hash of a file and of all that it imports, and source texts without a file."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import linecache
import platform
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from sim.engine.loops.checked import found_kept, keep_file

ROOT = Path(__file__).resolve().parents[2]
Names = list[tuple[int, list[str]]]  # of each import: dots before it, and what may be a module


@functools.cache
def _imports_of(path: Path) -> tuple[Path, ...]:
    """Files of the package, and of whoever wrote a rule, that a file imports from."""
    found: list[Path] = []
    for level, names in _names_imported(_content(path)):
        folders = (path.parents[level - 1],) if level else _folders_of(path)
        for name in names:
            inside = (ROOT.parent,) if name.split(".")[0] == ROOT.name else folders
            for folder in inside:
                target = folder.joinpath(*filter(None, name.split(".")))
                found += [file for file in (target.with_suffix(".py"), target / "__init__.py") if file.is_file()]
    return tuple(found)


def _names_imported(content: bytes) -> Names:
    """Names that a source imports; kept, for to parse all sources of a month took a tenth of its start."""
    name = f"imports_{hashlib.sha256(content).hexdigest()[:24]}.names"
    known = found_kept(name)
    if not known:
        known = json.dumps(_names_parsed(content)).encode()
        keep_file(name, known)
    names: Names = json.loads(known)
    return names


def _names_parsed(content: bytes) -> Names:
    found: Names = []
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.ImportFrom):
            above = node.module or ""
            found.append((node.level, [above, *(f"{above}.{entry.name}" for entry in node.names)]))
        elif isinstance(node, ast.Import):
            found.append((0, [entry.name for entry in node.names]))
    return found


@functools.cache
def _folders_of(path: Path) -> tuple[Path, ...]:
    """Where a file outside the package may import its own helpers from; libraries have versions instead."""
    if path.is_relative_to(ROOT) or _is_generated(path):
        return ()
    places = (Path(entry or ".").resolve() for entry in sys.path)
    libraries = [Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "purelib", "platlib")]
    own = [place for place in places if not any(place.is_relative_to(library) for library in libraries)]
    return tuple(dict.fromkeys([path.parent, *own]))


@functools.cache
def sources_digest(paths: tuple[Path, ...]) -> str:
    """Hash of source files and of every file of the package that they import, however indirectly."""
    waiting, seen = list(paths), set()
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += _imports_of(file)
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for file in sorted(seen):
        digest.update(file.name.encode() + _content(file))
    return digest.hexdigest()


def mark_of(text: str, origins: Iterable[Callable[..., Any]], salt: str = "") -> str:
    """Name a source text by what its compiled code depends on: the text, and the files of these functions.

    Parameters
    ----------
    text : str
    origins : iterable of callable
        Functions whose files, with all they import, decide whether kept code is still valid.
    salt : str
        Anything else that tells this text from others.
    """
    paths = tuple(dict.fromkeys(_path_of(origin.__code__.co_filename) for origin in origins))
    return hashlib.sha256(f"{sources_digest(paths)} {salt} {text}".encode()).hexdigest()[:24]


def run_text(name: str, text: str, space: dict[str, Any]) -> None:
    """Run a generated source text, under a label by which tracebacks and `sources_digest` find it."""
    label = f"<{name} {hashlib.sha256(text.encode()).hexdigest()[:24]}>"
    linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
    exec(compile(text, label, "exec"), space)


@functools.cache
def _path_of(name: str) -> Path:
    path = Path(name)
    return path if _is_generated(path) else path.resolve()


def _is_generated(path: Path) -> bool:
    return path.name.startswith("<")


def _content(path: Path) -> bytes:
    if _is_generated(path):
        return "".join(linecache.getlines(path.name)).encode()
    return _of_package(path) if ROOT in path.parents else path.read_bytes()


@functools.cache
def _of_package(path: Path) -> bytes:
    """Content of a file of the package, which stays while it runs; a user may edit a file and import it anew."""
    return path.read_bytes()
