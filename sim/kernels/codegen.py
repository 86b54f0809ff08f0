"""Writes the block loop of a stage as source, compiles it once and keeps it on disk.

The file's name holds the hash of the rule's source file and of every file that it imports from, because
numba's own cache does not notice an edit in a function that a cached function calls.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.compiled import COMPILING
from sim.kernels.filling import words_of
from sim.kernels.philox import UNIT, philox

if TYPE_CHECKING:
    from sim.kernels.stage import Stage, Wiring

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def cache_folder() -> Path:
    """Folder for generated loops: ``$CREDITCYCLE_CACHE`` or the user's cache."""
    home = os.environ.get("CREDITCYCLE_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(home).expanduser() / "creditcycle"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def _imports_of(path: Path) -> tuple[Path, ...]:
    """Files of the package that a file imports from."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{entry.name}" for entry in node.names)]
        elif isinstance(node, ast.Import):
            names = [entry.name for entry in node.names]
        for name in names:
            if name.split(".")[0] == ROOT.name:
                target = ROOT.joinpath(*name.split(".")[1:])
                found += [
                    file for file in (target.with_suffix(".py"), target / "__init__.py") if file.is_file()
                ]
    return tuple(found)


@functools.cache
def sources_digest(path: Path) -> str:
    """Hash of a rule's file and of every file of the package that it imports, however indirectly."""
    waiting, seen = [path, Path(__file__)], set()
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += _imports_of(file)
    import numba

    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for file in sorted(seen):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def source_of(declared: Stage, wiring: Wiring, floats: Mapping[str, bool]) -> str:
    """Source text of ``loop(low, high, seed..., numbers..., columns..., lookups..., draws...)``."""
    floating = [name for name, kind in wiring.scalars if kind == "float"]
    whole = [name for name, kind in wiring.scalars if kind == "int"]
    arrays = [f"c_{name}" for name in wiring.columns] + [f"t_{name}" for name, _, _ in wiring.lookups]
    if not declared.rare:
        arrays += [f"u_{block}" for block in wiring.blocks] + [name for name, _ in wiring.normals]
    lines = [
        "def loop(low, high, seed_low, seed_high, month, float_values, int_values, totals, "
        + ", ".join(arrays)
        + "):"
    ]
    lines += [f"    {name} = float64(float_values[{i}])" for i, name in enumerate(floating)]
    lines += [f"    {name} = int64(int_values[{i}])" for i, name in enumerate(whole)]
    lines += [f"    tally_{i} = 0" for i in range(len(declared.tallies))]
    lines += ["    for i in range(low, high):"]
    lines += [f"        if {' and '.join(f'c_{name}[i] != 0' for name in declared.where)}:"]
    if declared.rare:
        lines += [
            f"            u_{block} = words_of(int64(c_ordinal[i]), int64(c_arrival_month[i]), "
            f"month, {block}, seed_low, seed_high)"
            for block in wiring.blocks
        ]
    lines += _call_lines(declared, wiring, floats)
    lines += [f"    totals[{i}] += tally_{i}" for i in range(len(declared.tallies))]
    return "\n".join(lines) + "\n"


def _call_lines(declared: Stage, wiring: Wiring, floats: Mapping[str, bool]) -> list[str]:
    place = "" if declared.rare else ", i - low"
    given = {
        name: f"(float64(u_{number // 4}[{number % 4}{place}]) + 0.5) * {UNIT!r}"
        for name, number in wiring.lucks
    }
    given |= {name: f"{name}[i - low]" for name, _ in wiring.normals}
    given |= {name: f"{kind}64(t_{name}[int64(c_{index}[i])])" for name, index, kind in wiring.lookups}
    given |= {name: name for name, _ in wiring.scalars} | {"month": "month"}
    indent = " " * 12
    count = len(declared.writes) + len(declared.tallies) + 2 * len(declared.bins)
    results = ", ".join(f"r_{k}" for k in range(count))
    lines = [f"{indent}{results} = rule("]
    for name in declared.arguments:
        read = given.get(name) or f"{'float64' if floats[name] else 'int64'}(c_{name}[i])"
        lines.append(f"{indent}    {read},")
    lines.append(f"{indent})")
    lines += [f"{indent}c_{name}[i] = r_{k}" for k, name in enumerate(declared.writes)]
    first = len(declared.writes)
    lines += [f"{indent}tally_{k} += r_{first + k}" for k in range(len(declared.tallies))]
    first += len(declared.tallies)
    offset = len(declared.tallies)
    for k, (_, length) in enumerate(declared.bins):
        lines.append(f"{indent}totals[{offset} + int64(r_{first + 2 * k})] += r_{first + 2 * k + 1}")
        offset += length
    return lines


@functools.cache
def load(declared: Stage, text: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The compiled loop and its plain twin for a generated source.

    The source is written to the cache folder, so that numba can keep the machine code beside it.
    """
    plain_space: dict[str, Any] = {
        "rule": declared.rule,
        "int64": int,
        "float64": float,
        "words_of": philox.py_func,
    }
    exec(compile(text, f"<{declared.name}>", "exec"), plain_space)
    if not COMPILING:
        return plain_space["loop"], plain_space["loop"]
    sources = sources_digest(Path(declared.rule.__code__.co_filename).resolve())
    mark = hashlib.sha256(f"{sources} {declared.rule.__qualname__} {text}".encode()).hexdigest()[:20]
    path = cache_folder() / f"{declared.name}_{mark}.py"
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text)
        temporary.replace(path) if not path.exists() else temporary.unlink()
    space: dict[str, Any] = {
        "__name__": __name__,  # numba must be able to import the module when it loads from disk
        "rule": declared.compiled,
        "int64": np.int64,
        "float64": np.float64,
        "words_of": words_of,
    }
    exec(compile(text, str(path), "exec"), space)
    import numba

    return numba.njit(cache=True, nogil=True, error_model="numpy")(space["loop"]), plain_space["loop"]
