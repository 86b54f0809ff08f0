"""Writes the block loop of a stage as source, compiles it once and keeps it on disk.

The cache folder is named by the hash of every source file of the package, because numba's own
cache does not notice an edit in a function that a cached function calls.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.compiled import COMPILING
from sim.kernels.philox import philox, philox_words

if TYPE_CHECKING:
    from sim.kernels.stage import Stage, Wiring

CHUNK = 512  # rows whose draws are made together: they stay in the first-level cache
_extra_sources: list[Path] = []


def add_sources(*paths: Path) -> None:
    """Let the cache folder depend on further files, a user's own rules for instance."""
    _extra_sources.extend(path for path in paths if path not in _extra_sources)
    cache_folder.cache_clear()


@functools.cache
def cache_folder() -> Path:
    """Folder for generated loops: ``$CREDITCYCLE_CACHE`` or the user's cache, by source hash."""
    import numba

    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {platform.python_version()}".encode())
    for path in [*sorted(root.rglob("*.py")), *_extra_sources]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    home = os.environ.get("CREDITCYCLE_CACHE") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(home).expanduser() / "creditcycle" / digest.hexdigest()[:20]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def source_of(declared: Stage, wiring: Wiring, floats: Mapping[str, bool]) -> str:
    """Source text of ``loop(low, high, seed..., columns..., lookups...)`` for one stage."""
    blocks = sorted({number // 4 for _, number in wiring.lucks})
    words = {(number // 4, number % 4) for _, number in wiring.lucks}
    floating = [name for name, kind in wiring.scalars if kind == "float"]
    whole = [name for name, kind in wiring.scalars if kind == "int"]
    lines = [
        "def loop(low, high, seed_low, seed_high, month, float_values, int_values, totals, "
        + ", ".join([f"c_{name}" for name in wiring.columns] + [f"t_{name}" for name, _, _ in wiring.lookups])
        + "):"
    ]
    lines += [f"    {name} = float64(float_values[{i}])" for i, name in enumerate(floating)]
    lines += [f"    {name} = int64(int_values[{i}])" for i, name in enumerate(whole)]
    lines += [f"    tally_{i} = 0" for i in range(len(declared.tallies))]
    if blocks:
        lines += ["    word_month = uint32(month & 4294967295)"]
        lines += ["    word_low, word_high = uint32(seed_low), uint32(seed_high)"]
        lines += [f"    block_{b} = uint32({b})" for b in blocks]
    if not declared.rare:
        lines += [f"    u_{b}_{w} = empty({CHUNK}, uint32)" for b, w in sorted(words)]
    lines += [f"    for start in range(low, high, {CHUNK}):", f"        stop = min(start + {CHUNK}, high)"]
    if wiring.lucks and not declared.rare:
        lines += ["        for k in range(stop - start):"]
        lines += _draw_lines(blocks, words, "start + k", "[k]", "            ")
    lines += ["        for i in range(start, stop):"]
    lines += [f"            if {' and '.join(f'c_{name}[i] != 0' for name in declared.where)}:"]
    if wiring.lucks and declared.rare:
        lines += _draw_lines(blocks, words, "i", "", "                ")
    lines += _call_lines(declared, wiring, floats)
    lines += [f"    totals[{i}] += tally_{i}" for i in range(len(declared.tallies))]
    return "\n".join(lines) + "\n"


def _draw_lines(blocks: list[int], words: set, row: str, suffix: str, indent: str) -> list[str]:
    lines = []
    for block in blocks:
        names = [f"u_{block}_{w}{suffix}" if (block, w) in words else f"unused_{w}" for w in range(4)]
        lines.append(
            f"{indent}{', '.join(names)} = philox_words(uint32(c_ordinal[{row}]), "
            f"uint32(c_arrival_month[{row}]), word_month, block_{block}, word_low, word_high)"
        )
    return lines


def _call_lines(declared: Stage, wiring: Wiring, floats: Mapping[str, bool]) -> list[str]:
    position = "" if declared.rare else "[i - start]"
    luck = {name: f"(float64(u_{n // 4}_{n % 4}{position}) + 0.5) * 2.3283064365386963e-10"
            for name, n in wiring.lucks}  # fmt: skip
    lookup = {name: f"{kind}64(t_{name}[int64(c_{index}[i])])" for name, index, kind in wiring.lookups}
    scalars = {name for name, _ in wiring.scalars}
    arguments = []
    for name in declared.arguments:
        if name == "month" or name in scalars:
            arguments.append(name)
        elif name in luck:
            arguments.append(luck[name])
        elif name in lookup:
            arguments.append(lookup[name])
        else:
            arguments.append(f"{'float64' if floats[name] else 'int64'}(c_{name}[i])")
    indent = " " * 16
    count = len(declared.writes) + len(declared.tallies) + 2 * len(declared.bins)
    results = ", ".join(f"r_{k}" for k in range(count))
    lines = [f"{indent}{results} = rule(", *(f"{indent}    {argument}," for argument in arguments), f"{indent})"]
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
        "empty": lambda count, _: [0] * count,
        "uint32": lambda value: int(value) & 0xFFFFFFFF,
        "philox_words": philox.py_func,
    }
    exec(compile(text, f"<{declared.name}>", "exec"), plain_space)
    if not COMPILING:
        return plain_space["loop"], plain_space["loop"]
    mark = hashlib.sha256((text + declared.rule.__module__).encode()).hexdigest()[:12]
    path = cache_folder() / f"{declared.name}_{mark}.py"
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text)
        temporary.replace(path) if not path.exists() else temporary.unlink()
    space: dict[str, Any] = {
        "__name__": path.stem,
        "rule": declared.compiled,
        "int64": np.int64,
        "float64": np.float64,
        "empty": np.empty,
        "uint32": np.uint32,
        "philox_words": philox_words,
    }
    exec(compile(text, str(path), "exec"), space)
    import numba

    return numba.njit(cache=True, nogil=True, error_model="numpy")(space["loop"]), plain_space["loop"]
