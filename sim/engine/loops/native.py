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
from numba.np.arrayobj import make_array, populate_array

from sim.engine.loops.chained import HEAD, LISTS, Text, writer_of
from sim.engine.loops.compiled import NATIVE
from sim.engine.loops.diskcache import kept, native_code, run_text
from sim.engine.loops.normals import normal_draw
from sim.engine.loops.philox import UNIT, philox_words
from sim.engine.loops.stage import Stage

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
    """List the rows that are flagged; flags are read eight at a time, for most are 0."""
    count: Any = 0
    for word in range((size + 7) // 8):
        flags = eights[np.uint64(word)]
        if flags != 0:
            for k in range(8):
                index[np.uint64(count)] = 8 * word + k
                count += np.int64((flags >> np.uint64(8 * k)) & np.uint64(1))
    return count


@numba.njit(**APART)
def _usual(size: Any, places: Any, amounts: Any, flags: Any) -> Any:
    """Sum of the amounts at place 0; the rows of the others are flagged."""
    total = 0
    for row in range(size):
        k = np.uint64(row)
        total += amounts[k] if places[k] == 0 else 0
        flags[k] = (places[k] != 0) & (amounts[k] != 0)
    for row in range(size, (size + 7) // 8 * 8):
        flags[np.uint64(row)] = 0
    return total


@numba.njit(**NATIVE)
def _spread(size: Any, places: Any, amounts: Any, totals: Any, first: Any, index: Any, flags: Any, eights: Any) -> None:
    """Add amounts to a histogram that begins at ``first``."""
    totals[np.uint64(first)] += _usual(size, places, amounts, flags)
    for j in range(_list(eights, index, size)):
        k = np.uint64(index[np.uint64(j)])
        totals[np.uint64(first + places[k])] += amounts[k]


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
            "_normals",
            "def _normals(_size, u_0, n_0):\n"
            "    for _row in range(_size):\n"
            "        _k = unsigned(_row)\n"
            f"        n_0[_k] = normal_draw((float64(u_0[_k]) + 0.5) * {UNIT!r})\n",
        ),
    ),
    "_normals(_size, {u_0}, {n_0})\n",
    ("u_0", "n_0"),
)
CLEAR = Text(
    (
        (
            "_clear",
            "def _clear(_size, c_0):\n    for _row in range(_size):\n        c_0[unsigned(_row)] = 0\n",
        ),
    ),
    "_clear(_size, {c_0})\n",
    ("c_0",),
)

SPACE: dict[str, Any] = {
    "__name__": __name__, "int64": np.int64, "float64": np.float64, "uint32": np.uint32, "unsigned": np.uint64,
    "philox_words": philox_words, "normal_draw": normal_draw, "_list": _list, "_spread": _spread,
}  # fmt: skip


@functools.cache
def native(stage: Stage | None, text: Text, kinds: tuple[tuple[str, int], ...]) -> CFunc:
    """Compile a loop, from disk where it stands already.

    Parameters
    ----------
    stage : Stage, optional
        The rule that the text calls.
    text : Text
    kinds : tuple of (str, int)
        Storage type of every array that it is handed, and the width of a table's rows or 0.
    """
    names = ("_floats", "_ints", "_totals", *LISTS, *text.arguments)
    handed = {name: f"_given[{k}]" for k, name in enumerate(names)}
    handed["all"] = "_start, _size, month, _seed_low, _seed_high, *_given"
    lines = ["def native(_context, _start, _size, month, _seed_low, _seed_high):", "    _given = _take(_context)"]
    lines += [f"    {line}" for line in text.call.format_map(handed).splitlines()]
    space = {**SPACE, "_take": _arrays_of(kinds)}
    if stage is not None:
        space["rule"] = stage.compiled
    for name, source in text.parts:
        run_text(name, source, space)
        space[name] = numba.njit(**APART)(space[name])
    whole = "\n".join(lines) + "\n"
    salt = (
        f"{kinds} "
        + "".join(source for _, source in text.parts)
        + (stage.rule.__qualname__ if stage is not None else "")
    )
    origins: list[Callable[..., Any]] = [writer_of.__wrapped__, kind_of, *([stage.rule] if stage is not None else [])]
    return native_code("native", whole, space, origins, SIGNATURE, salt)


def kind_of(array: np.ndarray) -> tuple[str, int]:
    """Storage type of an array, and the width of its rows or 0."""
    return _name_of(array.dtype), array.shape[1] if array.ndim == 2 else 0


@functools.cache
def _name_of(dtype: np.dtype[Any]) -> str:
    return dtype.name
