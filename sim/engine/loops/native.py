"""Loops as native functions: each compiled once for all configurations, run one after the other on chunk after chunk.

A native loop takes the address of its context, an array of addresses and lengths, so that all have one signature and a
few compiled lines call them without Python. What a loop computes it takes from its text (`chained`) and its rule.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import from_dtype, types
from numba.core import cgutils, cpu, options
from numba.core.ccallback import CFunc
from numba.core.typing import signature  # type: ignore[attr-defined]
from numba.extending import intrinsic

from sim.engine.loops.chained import writer_of
from sim.engine.loops.compiled import NATIVE
from sim.engine.loops.diskcache import Native, as_native, kept, native_code
from sim.engine.loops.normals import height_at, segment_of
from sim.engine.loops.philox import UNIT, philox_words
from sim.engine.loops.sources import mark_of, run_text
from sim.engine.loops.stage import Stage
from sim.engine.loops.text import HEAD, LISTS, Text

SIGNATURE = types.void(*[types.int64] * 6)
# Arrays that a loop is handed share no memory (`Bound` asserts it); told so, the compiler need not test for it.
cpu.CPUTargetOptions.noalias = options._mapping("noalias")
APART: dict[str, Any] = {**NATIVE, "noalias": True}


def _arrays_of(kinds: tuple[tuple[str, int], ...]) -> Any:
    """Make a function that takes arrays of these kinds from a context; one by one they take long to compile."""
    each = [types.Array(from_dtype(np.dtype(name)), 2 if width else 1, "C") for name, width in kinds]

    @intrinsic
    def take(_context: Any, _address: Any) -> Any:
        def made(context: Any, builder: Any, _: Any, given: Any) -> Any:
            from numba.np.arrayobj import make_array, populate_array  # loads what only compiling needs

            words = builder.inttoptr(given[0], context.get_data_type(types.intp).as_pointer())
            number = functools.partial(context.get_constant, types.intp)
            arrays = []
            for k, (kind, (name, width)) in enumerate(zip(each, kinds, strict=True)):
                address, size = (builder.load(builder.gep(words, [number(2 * k + part)])) for part in (0, 1))
                one, item = make_array(kind)(context, builder), number(np.dtype(name).itemsize)
                shape, strides = [size], [item]
                if width:
                    shape = [builder.sdiv(size, number(width)), number(width)]
                    strides = [builder.mul(item, number(width)), item]
                data = builder.inttoptr(address, context.get_data_type(kind.dtype).as_pointer())
                populate_array(one, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None)
                arrays.append(one._getvalue())
            return context.make_tuple(builder, types.Tuple(each), arrays)

        return signature(types.Tuple(each), types.int64), made

    return take


@intrinsic
def _call(
    _typing: Any, _function: Any, _context: Any, _start: Any, _size: Any, _month: Any, _seed_low: Any, _seed_high: Any
) -> Any:
    """Call the native loop at an address."""

    def made(context: Any, builder: Any, _: Any, given: Any) -> Any:
        code = cgutils.ir  # type: ignore[attr-defined]
        loop = code.FunctionType(code.VoidType(), [code.IntType(64)] * 6).as_pointer()
        builder.call(builder.inttoptr(given[0], loop), given[1:])
        return context.get_dummy_value()

    return signature(types.void, *[types.int64] * 7), made


@intrinsic(prefer_literal=True)
def _entry(_context: Any, table: Any, place: Any, count: Any, width: Any) -> Any:
    """Entry number ``place`` of a table that has few, compared one by one; of one with rows all ``width`` numbers."""

    def made(context: Any, builder: Any, signed: Any, given: Any) -> Any:
        from numba.np.arrayobj import make_array

        number = functools.partial(context.get_constant, types.intp)
        data = make_array(table)(context, builder, given[0]).data
        rows = [
            [builder.load(builder.gep(data, [number(k * each + part)])) for part in range(each)]
            for each in (max(width.literal_value, 1),)
            for k in range(count.literal_value)
        ]
        found = rows[0]
        for k, row in enumerate(rows[1:], start=1):
            here = builder.icmp_signed("==", given[1], number(k))
            found = [builder.select(here, *pair) for pair in zip(row, found, strict=True)]
        return context.make_tuple(builder, signed.return_type, found) if width.literal_value else found[0]

    found = types.UniTuple(table.dtype, width.literal_value) if width.literal_value else table.dtype
    return signature(found, table, place, count, width), made


@intrinsic
def _pick(_context: Any, _condition: Any, one: Any, _other: Any) -> Any:
    """One value where a condition holds, else the other, without a branch: that would turn stores into masked ones."""

    def made(_: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return builder.select(*given)

    return signature(one, types.boolean, one, one), made


@intrinsic
def _one_by_one(_context: Any) -> Any:
    """Nothing, but a loop around it works on one row at a time: to look up for eight at once takes longer."""

    def made(context: Any, builder: Any, _signature: Any, _given: Any) -> Any:
        code = cgutils.ir  # type: ignore[attr-defined]
        builder.asm(code.FunctionType(code.VoidType(), []), "", "", (), side_effect=True)
        return context.get_dummy_value()

    return signature(types.void), made


@kept
def drive(
    functions: Any, contexts: Any, low: Any, high: Any, chunk: Any, month: Any, seed_low: Any, seed_high: Any
) -> None:
    """Run every loop on a chunk of rows, then on the next."""
    for start in range(low, high, chunk):
        size = min(chunk, high - start)
        for k in range(functions.size):
            _call(functions[k], contexts[k], start, size, month, seed_low, seed_high)  # type: ignore[call-arg]


@numba.njit(**NATIVE)
def _list(eights: Any, index: Any, size: Any) -> Any:
    """List the rows that are flagged; flags are read eight at a time, for most are 0.

    Which eights have any is listed first, behind the place of the rows: a branch on each would be guessed wrong often.
    """
    words = (size + 7) // 8
    first, found, count = 8 * words + 8, np.int64(0), np.int64(0)
    for word in range(words):
        index[np.uint64(first + found)] = word
        found += np.int64(eights[np.uint64(word)] != 0)
    for place in range(found):
        word = index[np.uint64(first + place)]
        flags = eights[np.uint64(word)]
        for k in range(8):
            index[np.uint64(count)] = 8 * word + k
            count += np.int64((flags >> np.uint64(8 * k)) & np.uint64(1))
    return count


WORDS = Text(
    (
        (
            "_fill",
            f"def _fill({', '.join((*HEAD, *LISTS))}, c_ordinal, c_arrival_month, u_0, u_1, u_2, u_3):\n"
            "    group = uint32(_ints[0])\n"
            "    for _row in range(_size):\n"
            "        _k = unsigned(_row); _i = unsigned(_start + _row)\n"
            "        u_0[_k], u_1[_k], u_2[_k], u_3[_k] = philox_words(uint32(c_ordinal[_i]), "
            "uint32(c_arrival_month[_i]), uint32(month & 0xFFFFFFFF), group, uint32(_seed_low), uint32(_seed_high))\n",
        ),
    ),
    "_fill({all})\n",
    ("c_ordinal", "c_arrival_month", "u_0", "u_1", "u_2", "u_3"),
)
NORMALS = Text(
    (
        (
            "_segments",
            "def _segments(_size, _index, u_0, n_0):\n"
            "    for _row in range(_size):\n"
            "        _k = unsigned(_row)\n"
            f"        _index[_k], n_0[_k] = segment_of((float64(u_0[_k]) + 0.5) * {UNIT!r})\n",
        ),
        (
            "_heights",
            "def _heights(_size, _index, u_0, n_0):\n"
            "    for _row in range(_size):\n"
            "        _k = unsigned(_row)\n"
            "        one_by_one()\n"
            "        _z = height_at(unsigned(_index[_k]), n_0[_k])\n"
            f"        n_0[_k] = pick(u_0[_k] < {1 << 31}, _z, -_z)\n",
        ),
    ),
    "_segments(_size, {_index}, {u_0}, {n_0})\n_heights(_size, {_index}, {u_0}, {n_0})\n",
    ("u_0", "n_0"),
)
SPACE: dict[str, Any] = {
    "__name__": __name__, "int64": np.int64, "float64": np.float64, "uint32": np.uint32, "unsigned": np.uint64,
    "philox_words": philox_words, "segment_of": segment_of, "height_at": height_at, "entry": _entry,
    "pick": _pick, "one_by_one": _one_by_one, "_list": _list,
}  # fmt: skip


@functools.cache
def native(stage: Stage | None, text: Text, kinds: tuple[tuple[str, int], ...]) -> Native:
    """Native code of a loop, compiled where it does not stand on the disk.

    Parameters
    ----------
    stage : Stage, optional
        The rule that the text calls.
    text : Text
    kinds : tuple of (str, int)
        Storage type of every array that it is handed, and the width of a table's rows or 0.
    """
    rules = [one for one in (stage.rule, stage.when) if one is not None] if stage is not None else []
    salt = "".join((f"{kinds} ", *(source for _, source in text.parts), *(one.__qualname__ for one in rules)))
    origins: list[Callable[..., Any]] = [writer_of.__wrapped__, kind_of, *rules]
    stem = f"native_{mark_of(_whole(text), origins, salt)}"
    return native_code(stem, SIGNATURE, functools.partial(compiled, stage, text, kinds))


def compiled(stage: Stage | None, text: Text, kinds: tuple[tuple[str, int], ...]) -> CFunc:
    """Compile a loop; see `native`."""
    space = {**SPACE, "_take": _arrays_of(kinds)}
    if stage is not None:
        space |= {"rule": stage.compiled, "when": stage.condition}
    for name, source in text.parts:
        run_text(name, source, space)
        space[name] = numba.njit(**APART)(space[name])
    return as_native("native", _whole(text), space, SIGNATURE)


def _whole(text: Text) -> str:
    """Source of the function that calls the parts of a text."""
    names = ("_floats", "_ints", "_totals", *LISTS, *text.arguments)
    handed = {name: f"_given[{k}]" for k, name in enumerate(names)}
    handed["all"] = "_start, _size, month, _seed_low, _seed_high, *_given"
    lines = ["def native(_context, _start, _size, month, _seed_low, _seed_high):", "    _given = _take(_context)"]
    lines += [f"    {line}" for line in text.call.format_map(handed).splitlines()]
    return "\n".join(lines) + "\n"


def kind_of(array: np.ndarray) -> tuple[str, int]:
    """Storage type of an array, and the width of its rows or 0."""
    return _name_of(array.dtype), array.shape[1] if array.ndim == 2 else 0


@functools.cache
def _name_of(dtype: np.dtype[Any]) -> str:
    return dtype.name
