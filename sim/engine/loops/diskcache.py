"""Compiled functions kept on disk, and never served after an edit.

A file is named by the hash of the files that its function comes from and of every file of the package that
they import, because numba's own cache does not notice an edit in a function that a cached function calls. It
starts with a checksum, because numba would load a flipped bit as machine code: what is damaged counts as
missing, is compiled anew and replaced.

Functions of one name are told apart in machine code by a number. Numba counts from 1 in every process, and code that
two processes compiled is loaded into a third, where of two inner functions of one name the first one is called for
both. So every process counts from a place of its own.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import inspect
import itertools
import linecache
import os
import pickle
import platform
import shutil
import sys
import sysconfig
import textwrap
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import sigutils
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import _Cache
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.engine.loops.folder import cache_folder, folders_read, say_not_kept

ROOT = Path(__file__).resolve().parents[2]
MOST_KEPT = 2000  # files of compiled rules in a folder: those of a dozen versions of the program, 80 MB
SUM_BYTES = hashlib.sha256().digest_size


def count_from_own_place() -> None:
    """Number the functions that this process compiles as no other process does."""
    FunctionIdentity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "big") << 16)


count_from_own_place()
os.register_at_fork(after_in_child=count_from_own_place)


@functools.cache
def _imports_of(path: Path) -> tuple[Path, ...]:
    """Files of the package, and of whoever wrote a rule, that a file imports from."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(_content(path))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module or ''}.{entry.name}" for entry in node.names)]
            folders = (path.parents[node.level - 1],) if node.level else _folders_of(path)
        elif isinstance(node, ast.Import):
            names, folders = [entry.name for entry in node.names], _folders_of(path)
        else:
            continue
        for name in names:
            inside = (ROOT.parent,) if name.split(".")[0] == ROOT.name else folders
            for folder in inside:
                target = folder.joinpath(*filter(None, name.split(".")))
                found += [file for file in (target.with_suffix(".py"), target / "__init__.py") if file.is_file()]
    return tuple(found)


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


def run_text(name: str, text: str, space: dict[str, Any]) -> None:
    """Run a generated source text, under a label by which tracebacks and `sources_digest` find it."""
    label = f"<{name} {hashlib.sha256(text.encode()).hexdigest()[:24]}>"
    linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
    exec(compile(text, label, "exec"), space)


def _is_generated(path: Path) -> bool:
    return path.name.startswith("<")


def _content(path: Path) -> bytes:
    return "".join(linecache.getlines(path.name)).encode() if _is_generated(path) else path.read_bytes()


def keep(name: str, text: str, space: dict[str, Any], origins: Iterable[Callable[..., Any]], salt: str = "") -> Any:
    """Compile the function ``name`` of a source text, from disk where it stands already.

    Parameters
    ----------
    name, text : str
        The function and the source that defines it.
    space : dict
        Its globals; ``__name__`` must be importable.
    origins : iterable of callable
        Functions whose files, with all they import, decide whether a kept one is still valid.
    salt : str
        Anything else that tells this function from others of the same text.
    """
    mark = _mark_of(text, origins, salt)
    run_text(name, text, space)
    # No door for C: nobody knocks there, and it costs time to build.
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    made = numba.njit(**options)(space[name])
    made._cache = _Checked(f"{name}_{mark}")
    return made


def native_code(
    name: str, text: str, space: dict[str, Any], origins: Iterable[Callable[..., Any]], sig: Any, salt: str = ""
) -> CFunc:
    """Compile a function of a source text as native code with an address, from disk where it stands already."""
    run_text(name, text, space)
    options = {"error_model": "numpy", "_nrt": False}
    made = CFunc(space[name], sigutils.normalize_signature(sig), locals={}, options=options)
    made._cache = _Checked(f"{name}_{_mark_of(text, origins, salt)}")  # type: ignore[attr-defined]
    made.compile()
    return made


def _mark_of(text: str, origins: Iterable[Callable[..., Any]], salt: str) -> str:
    files = (Path(origin.__code__.co_filename) for origin in origins)
    paths = tuple(dict.fromkeys(file if _is_generated(file) else file.resolve() for file in files))
    return hashlib.sha256(f"{sources_digest(paths)} {salt} {text}".encode()).hexdigest()[:24]


class _Checked(_Cache):
    """What numba asks about kept machine code of one function: a file for each signature, with a checksum."""

    def __init__(self, stem: str) -> None:
        self._stem = stem

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def _name(self, signature: Any, codegen: Any) -> str:
        mark = hashlib.sha256(repr((signature, codegen.magic_tuple())).encode()).hexdigest()[:16]
        return f"{self._stem}_{mark}.code"

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        target_context.refresh()
        name = self._name(signature, target_context.codegen())
        content = next(filter(None, (read_checked(folder / name) for folder in folders_read())), b"")
        return CompileResult._rebuild(target_context, *pickle.loads(content)) if content else None

    def save_overload(self, signature: Any, result: Any) -> None:
        if not result.lifted and not result.library.has_dynamic_globals:
            write_checked(cache_folder() / self._name(signature, result.codegen), dumps(result._reduce()))

    def enable(self) -> None:
        """Numba asks for it; this cache is always on."""

    disable = flush = enable


def _checksum(path: Path, content: bytes) -> bytes:
    # With the name: a file of another function is whole and wrong.
    return hashlib.sha256(path.name.encode() + content).digest()


def read_checked(path: Path) -> bytes:
    """Content of a kept file; nothing where it is missing, unreadable or not what was written."""
    try:
        found = path.read_bytes()
    except OSError:
        return b""
    content = found[SUM_BYTES:]
    return content if found[:SUM_BYTES] == _checksum(path, content) else b""


def write_checked(path: Path, content: bytes) -> None:
    """Keep a file with its checksum, whole or not at all; what cannot be kept is compiled anew next time."""
    temporary = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        temporary.write_bytes(_checksum(path, content) + content)
        if path.is_dir():
            shutil.rmtree(path)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        say_not_kept(str(path.parent), error.strerror or str(error))


def prune(folder: Path, most: int = MOST_KEPT) -> None:
    """Delete the oldest files of compiled rules beyond so many, and what says that all of them are there."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.code"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in (*files[most:], *(folder.glob("warm-*") if len(files) > most else ())):
            file.unlink(missing_ok=True)


def kept(function: Callable[..., Any]) -> Any:
    """Compile a function of the package through the cache, as a decorator."""
    text = textwrap.dedent(inspect.getsource(function))
    text = text[text.index("def ") :]
    return keep(
        function.__name__, "from __future__ import annotations\n" + text, dict(function.__globals__), [function]
    )
