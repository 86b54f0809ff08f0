"""Writes the loop of a pass as source and compiles it.

A pass is a list of stages run row by row in one loop: each column is read once, carried in a local
variable from rule to rule, and stored once.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.diskcache import keep
from sim.engine.loops.filling import words_of
from sim.engine.loops.philox import UNIT, philox
from sim.engine.loops.stage import Stage
from sim.engine.loops.wiring import Wiring

FOR_GOOD = 32_000  # a month that never comes keys the draws that a person keeps


def source_of(
    parts: tuple[tuple[Stage, Wiring], ...], layout: Wiring, dtypes: tuple[str, ...], local: frozenset[str]
) -> str:
    """Source text of ``loop(low, high, seed..., numbers..., columns..., lookups..., draws...)``.

    Parameters
    ----------
    parts : tuple of (Stage, Wiring)
        Stages in order, each with where its arguments come from.
    layout : Wiring
        The union of the wirings: what the loop is handed.
    dtypes : tuple of str
        Storage type of each column of the layout.
    local : frozenset of str
        Columns that start at 0 in each row and are neither read nor stored.
    """
    types = dict(zip(layout.columns, dtypes, strict=True))
    floating = [name for name, kind in layout.scalars if kind == "float"]
    whole = [name for name, kind in layout.scalars if kind == "int"]
    arrays = [f"c_{name}" for name in layout.columns if name not in local]
    arrays += [f"t_{name}" for name, *_ in layout.lookups]
    arrays += [f"u_{block}" for block in layout.blocks] + [f"n_{name}" for name, _ in layout.normals]
    head = "def loop(low, high, seed_low, seed_high, month, float_values, int_values, totals, "
    lines = [f"{head}{', '.join(arrays)}):"]
    lines += [f"    {name} = float64(float_values[{i}])" for i, name in enumerate(floating)]
    lines += [f"    {name} = int64(int_values[{i}])" for i, name in enumerate(whole)]
    count = sum(len(stage.tallies) for stage, _ in parts)
    lines += [f"    tally_{i} = 0" for i in range(count)]
    # Unsigned indices: a signed one would be tested for counting from the end at every read and store.
    lines += ["    for row in range(low, high):", "        i, k = unsigned(row), unsigned(row - low)"]
    lines += ["        if c_alive[i] == 0:", "            continue"]
    # Read before the first rule that asks, store after the last that writes: short lives spare registers.
    last = {name: number for number, (stage, _) in enumerate(parts) for name in stage.writes}
    read: set[str] = set()
    places = bin_places([item for stage, _ in parts for item in stage.bins], count)
    tally = 0
    users = Counter(name for _, wiring in parts for name in set(wiring.columns))
    for number, (stage, wiring) in enumerate(parts):
        # What only a rare rule touches is read and stored for the rows that pass its guard, not for all.
        own = [name for name in wiring.columns if stage.rare and users[name] == 1 and name not in stage.where]
        read.update(own)
        for name in [name for name in ("alive", *wiring.columns) if name not in read]:
            lines += [f"        v_{name} = {'0' if name in local else f'{_wide(types[name])}(c_{name}[i])'}"]
            read.add(name)
        body = _stage_lines(stage, wiring, types, number, tally, places)
        kept = [name for name in own if name not in local]
        lines += [body[0], *(f"            v_{name} = {_wide(types[name])}(c_{name}[i])" for name in kept)]
        lines += [f"            v_{name} = 0" for name in own if name in local]
        lines += [*body[1:], *(f"            c_{name}[i] = v_{name}" for name in stage.writes if name in kept)]
        shared = [name for name in stage.writes if last[name] == number and name not in own]
        lines += [f"        c_{name}[i] = v_{name}" for name in shared if name not in local]
        tally += len(stage.tallies)
    lines += [f"    totals[{i}] += tally_{i}" for i in range(count)]
    return "\n".join(lines) + "\n"


def bin_places(bins: list[tuple[str, int | str]], first: int) -> dict[str, str]:
    """Where each histogram starts in the totals, as an expression: fixed lengths first, then named ones."""
    places, fixed = {}, first
    for name, length in bins:
        if isinstance(length, int):
            places[name] = str(fixed)
            fixed += length
    before = str(fixed)
    for name, length in bins:
        if isinstance(length, str):
            places[name] = before
            before = f"{before} + {length}"
    return places


def _wide(dtype: str) -> str:
    return "float64" if np.dtype(dtype).kind == "f" else "int64"


def _stage_lines(
    stage: Stage, wiring: Wiring, types: Mapping[str, str], number: int, tally: int, places: dict[str, str]
) -> list[str]:
    """One stage inside the loop: its guard, its draws, the call, and what it returns."""
    indent = " " * 12
    lines = [f"        if {' and '.join(f'v_{name} != 0' for name in stage.where)}:"]
    if stage.rare:
        groups = {_group(name, place) for name, place in wiring.lucks}
        lines += [
            f"{indent}{kind}_{block} = words_of(v_ordinal, v_arrival_month, {when}, {block}, seed_low, seed_high)"
            for kind, block, when in sorted(groups)
        ]
    given = {name: f"(float64({_word(stage, name, place)}) + 0.5) * {UNIT!r}" for name, place in wiring.lucks}
    given |= {name: f"n_{name}[k]" for name, _ in wiring.normals}
    given |= {name: _looked_up(name, index, kind, width) for name, index, kind, width in wiring.lookups}
    given |= {name: name for name, _ in wiring.scalars} | {"month": "month"}
    count = len(stage.writes) + len(stage.tallies) + 2 * len(stage.bins)
    results = [f"r_{k}" for k in range(count)]
    # A rule of the package returns a tuple, one made of a configuration or of a user's function a bare number.
    left = f"({results[0]},)" if count == 1 and stage.is_named else ", ".join(results)
    lines.append(f"{indent}{left} = rule_{number}(")
    lines += [f"{indent}    {given.get(name) or f'v_{name}'}," for name in stage.arguments]
    lines.append(f"{indent})")
    returned = iter(results)
    for name in stage.writes:
        narrow = "float64(float32({}))" if types[name] == "float32" else "{}"
        lines.append(f"{indent}v_{name} = {narrow.format(next(returned))}")
    lines += [f"{indent}tally_{tally + k} += {next(returned)}" for k in range(len(stage.tallies))]
    for name, _ in stage.bins:
        lines.append(f"{indent}totals[unsigned({places[name]} + {next(returned)})] += {next(returned)}")
    return lines


def _looked_up(name: str, index: str, kind: str, width: int) -> str:
    """An entry of a table, or a row of it as a tuple."""
    if width == 0:
        return f"{kind}64(t_{name}[unsigned(v_{index})])"
    return f"({''.join(f'{kind}64(t_{name}[unsigned(v_{index}), {place}]), ' for place in range(width))})"


def _word(stage: Stage, name: str, place: int) -> str:
    kind, block, _ = _group(name, place)
    return f"{kind}_{block}[{place % 4}]" if stage.rare else f"u_{block}[{place % 4}, k]"


def _group(name: str, place: int) -> tuple[str, int, str]:
    """Local name of a draw's words, their group, and the month that keys them: a lasting draw has one of its own."""
    lasting = name.startswith("lasting_")
    return ("l", place // 4, str(FOR_GOOD)) if lasting else ("w", place // 4, "month")


def load(stages: tuple[Stage, ...], text: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The compiled loop and its plain twin for a generated source."""
    plain = _plain(stages, text)
    return (_compiled(stages, text) if COMPILING else plain), plain


# Every fork binds the same loops again; Python takes longer to read one than a small population to live a month.
@functools.cache
def _plain(stages: tuple[Stage, ...], text: str) -> Callable[..., Any]:
    space: dict[str, Any] = {f"rule_{k}": stage.rule for k, stage in enumerate(stages)}
    space |= {"int64": int, "float64": float, "float32": np.float32, "unsigned": int, "words_of": philox.py_func}
    exec(compile(text, "<pass>", "exec"), space)
    loop: Callable[..., Any] = space["loop"]
    return loop


@functools.cache
def _compiled(stages: tuple[Stage, ...], text: str) -> Callable[..., Any]:
    space: dict[str, Any] = {f"rule_{k}": stage.compiled for k, stage in enumerate(stages)}
    # numba must be able to import the module that a loop names when it loads it from disk.
    space |= {"__name__": __name__, "int64": np.int64, "float64": np.float64, "float32": np.float32}
    space["unsigned"] = np.uint64
    space["words_of"] = words_of
    names = " ".join(stage.rule.__qualname__ for stage in stages)
    loop: Callable[..., Any] = keep("loop", text, space, [*(stage.rule for stage in stages), source_of], names)
    return loop
