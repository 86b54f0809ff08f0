"""Compiled functions kept on disk, and never served after an edit.

The file that holds a function's source is named by the hash of the files that it comes from and of every
file of the package that they import, because numba's own cache does not notice an edit in a function that
a cached function calls.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import os
import platform
import sys
import sysconfig
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
import numpy as np

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def cache_folder() -> Path:
    """Folder for generated functions: ``$CREDITCYCLE_CACHE`` or the user's cache."""
    home = os.environ.get("CREDITCYCLE_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(home).expanduser() / "creditcycle"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def _imports_of(path: Path) -> tuple[Path, ...]:
    """Files of the package, and of whoever wrote a rule, that a file imports from."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
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
    if path.is_relative_to(ROOT):
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
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


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
    paths = tuple(dict.fromkeys(Path(origin.__code__.co_filename).resolve() for origin in origins))
    mark = hashlib.sha256(f"{sources_digest(paths)} {salt} {text}".encode()).hexdigest()[:24]
    path = cache_folder() / f"{name}_{mark}.py"
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text)
        # Whoever comes first: numba's index goes by the file's time, which must not change any more.
        temporary.replace(path) if not path.exists() else temporary.unlink()
    exec(compile(text, str(path), "exec"), space)
    # No door for C: nobody knocks there, and it costs time to build.
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    return numba.njit(**options)(space[name])


def kept(function: Callable[..., Any]) -> Any:
    """Compile a function of the package through the cache, as a decorator."""
    text = textwrap.dedent(inspect.getsource(function))
    text = text[text.index("def ") :]
    return keep(
        function.__name__, "from __future__ import annotations\n" + text, dict(function.__globals__), [function]
    )
