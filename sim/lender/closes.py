"""Earlier closes of a book in half the room: what is not 0, and of which rows that is.

A close is a dict of columns: ``owed`` and ``limit`` (int32, fen) and ``late`` (int8, months or places). Of one that is
packed ``words`` (uint64) have a bit for each row that owes, ``before`` (int32) says how many of these stand before each
word, ``owed`` what they owe, and ``late_rows`` and ``late`` are of the few that are late. Limits seldom change:
``limit`` is of all rows at the last close, and at an earlier one of those alone that had another a month later: see
``changed`` and ``changed_before``, as ``words`` and ``before``. Limits are counted in `UNIT`, two bytes
each, where all are whole multiples of it and none is too large.

What limits were at a close is told by those that came after, too: to read one takes a list, of which it is the first
and the last one the latest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.engine.tables.room import room
from sim.loan.states import LINE_OPEN

COLUMNS = ("owed", "limit", "late")
UNIT = 10_000
"""Fen that limits are multiples of as a rule: 100 yuan."""
ROWS = 64  # a word has a bit for each


def is_packed(close: Mapping[str, Any]) -> bool:
    """Whether a close holds the rows that are not 0 alone."""
    return "words" in close


def size_of(close: Mapping[str, Any]) -> int:
    """Rows that the book had at a close."""
    return int(close["size"]) if is_packed(close) else len(close["owed"])


def packed(close: Mapping[str, Any]) -> dict[str, Any]:
    """Pack a close; nothing is lost, see `unpacked`."""
    owed, limit, late = (close[name] for name in COLUMNS)
    return packed_book(owed, np.zeros_like(owed), limit, np.full(len(owed), LINE_OPEN, np.int8), late)


def packed_book(principal: Any, interest: Any, limit: Any, line: Any, late: Any) -> dict[str, Any]:
    """Pack the close of a book by the columns of its accounts, without the whole one."""
    words, before = room_for(len(late))
    limits = room(len(late), np.uint16, filled=True)
    count, exact = mark(principal, interest, limit, line, words, before, limits)
    if not exact:
        limits = np.where(line == LINE_OPEN, limit, 0).astype(np.int32)
    owed = room(count + 1, np.int32, filled=True)  # one place more, which is written to and not shown
    gather(principal, interest, words, owed)
    late_rows = np.flatnonzero(late != 0).astype(np.int32)
    some = {"owed": owed[:count], "limit": limits, "late": late[late_rows]}
    return {"size": len(late), "words": words, "before": before, "late_rows": late_rows, **some}


def room_for(rows: int) -> tuple[Any, Any]:
    """A bit for each row, uint64[words], and room for how many stand before each word, int32[words]."""
    words = -(-rows // ROWS)
    return np.zeros(words, dtype=np.uint64), np.zeros(words, dtype=np.int32)


def lessened(close: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """A packed close with the limits of those rows alone that had another at the next close, which has all limits."""
    size, then, now = size_of(close), close["limit"], later["limit"]
    if then.dtype != now.dtype:
        then, now = (one.astype(np.int32) * unit_of(of) for one, of in ((then, close), (now, later)))
    words, before = room_for(size)
    limits = room(mark_changes(then, now, words, before) + 1, close["limit"].dtype, filled=True)
    gather_changes(close["limit"], words, limits)
    return {**close, "changed": words, "changed_before": before, "limit": limits[:-1]}


@kept
def mark(principal: Any, interest: Any, limit: Any, line: Any, words: Any, before: Any, limits: Any) -> Any:
    """Mark the rows that owe, and write down limits in `UNIT`; return how many owe, and whether no limit is lost."""
    count, odd = np.int64(0), np.uint32(0)
    for word in range(words.size):
        first = 64 * word
        debts, dues = principal[first : first + 64], interest[first : first + 64]
        granted, lines, told_of = limit[first : first + 64], line[first : first + 64], limits[first : first + 64]
        bits, found = np.uint64(0), np.int64(0)
        for k in range(debts.size):
            told = np.uint32(granted[k] if lines[k] == LINE_OPEN else 0)  # below 0 it is more than can be told
            units = np.uint32(told // np.uint32(UNIT))
            odd |= np.uint32((told - units * np.uint32(UNIT)) | (units >> np.uint32(16)))
            told_of[k] = units
            shown = np.uint64(debts[k] + dues[k] != 0)
            bits |= shown << np.uint64(k)
            found += np.int64(shown)
        words[word], before[word] = bits, count
        count += found
    return count, odd == 0


@kept
def gather(principal: Any, interest: Any, words: Any, debts: Any) -> None:
    """Write down debts of the rows that are marked, one after the other."""
    at = np.uint64(0)
    # What a word's rows owe is reckoned several at once first.
    owed = np.empty(64, np.int32)
    for word in range(words.size):
        bits, first = words[word], 64 * word
        size = min(64, principal.size - first)
        for k in range(size):
            owed[k] = principal[first + k] + interest[first + k]
        for k in range(size):
            debts[at] = owed[k]
            at += (bits >> np.uint64(k)) & np.uint64(1)


@kept
def mark_changes(then: Any, now: Any, words: Any, before: Any) -> Any:
    """Mark the rows whose limit is another now, of those that were there; return how many."""
    count = np.int64(0)
    for word in range(words.size):
        old, new = then[64 * word : 64 * word + 64], now[64 * word : 64 * word + 64]
        bits, found = np.uint64(0), np.int64(0)
        for k in range(old.size):
            shown = np.uint64(old[k] != new[k])
            bits |= shown << np.uint64(k)
            found += np.int64(shown)
        words[word], before[word] = bits, count
        count += found
    return count


@kept
def gather_changes(limit: Any, words: Any, limits: Any) -> None:
    """Write down the limits of the rows that are marked, one after the other; of most words there is none."""
    at = np.uint64(0)
    for word in range(words.size):
        bits = words[word]
        if bits != np.uint64(0):
            for k in range(min(64, limit.size - 64 * word)):
                limits[at] = limit[64 * word + k]
                at += (bits >> np.uint64(k)) & np.uint64(1)


def unpacked(past: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of the first of some closes."""
    close = past[0]
    if not is_packed(close):
        return dict(close)
    found = {name: np.zeros(close["size"], dtype=kind) for name, kind in zip(COLUMNS, ("i4", "i4", "i1"), strict=True)}
    found["owed"][is_marked(close["words"], close["size"])] = close["owed"]
    found["late"][close["late_rows"]] = close["late"]
    whole, *earlier = reversed(past[: whole_limits(past) + 1])
    found["limit"][:] = whole["limit"][: close["size"]]
    found["limit"] *= unit_of(whole)
    for one in earlier:
        shown = is_marked(one["changed"], one["size"])[: close["size"]]
        found["limit"][shown] = one["limit"][: shown.sum()].astype(np.int32) * unit_of(one)
    return found


def is_marked(words: Any, size: int) -> Any:
    """Whether each row is marked, bool[size]."""
    return np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")[:size].astype(bool)


def whole_limits(past: Sequence[Mapping[str, Any]]) -> int:
    """Place of the first of some closes that says the limits of all rows."""
    return next(place for place, close in enumerate(past) if "changed" not in close)


def unit_of(close: Mapping[str, Any]) -> int:
    """Fen of one unit of the limits of a close."""
    return UNIT if close["limit"].dtype == np.uint16 else 1


def take_down(rows: Any, past: Sequence[Mapping[str, Any]], owed: Any, limit: Any, late: Any) -> None:
    """Write down what some rows, in order, looked like at the first of some closes; of who came later nothing."""
    close = past[0]
    if not is_packed(close):
        look_up(rows, close["owed"], close["limit"], close["late"], owed, limit, late)
        return
    there = int(np.searchsorted(rows, close["size"]))
    rows, owed, limit, late = rows[:there], owed[:there], limit[:there], late[:there]
    owed.fill(0)
    look_up_marked(rows, close["words"], close["before"], close["owed"], 1, owed)
    whole, *earlier = reversed(past[: whole_limits(past) + 1])
    limit[:] = whole["limit"][rows]
    limit *= unit_of(whole)
    for one in earlier:
        look_up_marked(rows, one["changed"], one["changed_before"], one["limit"], unit_of(one), limit)
    places = np.minimum(np.searchsorted(close["late_rows"], rows), max(len(close["late_rows"]) - 1, 0))
    found = close["late_rows"][places] == rows if len(close["late_rows"]) else np.zeros(there, dtype=bool)
    late[:] = 0
    late[found] = close["late"][places[found]]


@kept
def look_up(rows: Any, owed: Any, limit: Any, late: Any, owed_then: Any, limit_then: Any, late_then: Any) -> None:
    """Take down what some rows, in order, looked like at a close; who came later stands behind and was not there."""
    for place in range(rows.size):
        row = rows[place]
        if row >= owed.size:
            break
        owed_then[place], limit_then[place], late_then[place] = owed[row], limit[row], late[row]


@kept
def look_up_five(
    rows: Any,
    owed_1: Any,
    limit_1: Any,
    late_1: Any,
    owed_2: Any,
    limit_2: Any,
    late_2: Any,
    owed_3: Any,
    limit_3: Any,
    late_3: Any,
    owed_4: Any,
    limit_4: Any,
    late_4: Any,
    owed_5: Any,
    limit_5: Any,
    late_5: Any,
    owed: Any,
    limit: Any,
    late: Any,
) -> None:
    """Take down what some rows, in order, looked like at each of five closes: one call where each would be one."""
    look_up(rows, owed_1, limit_1, late_1, owed[0], limit[0], late[0])
    look_up(rows, owed_2, limit_2, late_2, owed[1], limit[1], late[1])
    look_up(rows, owed_3, limit_3, late_3, owed[2], limit[2], late[2])
    look_up(rows, owed_4, limit_4, late_4, owed[3], limit[3], late[3])
    look_up(rows, owed_5, limit_5, late_5, owed[4], limit[4], late[4])


@kept
def look_up_marked(rows: Any, words: Any, before: Any, values: Any, unit: Any, found: Any) -> None:
    """Write down what is kept of those of some rows that are marked; the others are left as they are."""
    for place in range(rows.size):
        word, bit = rows[place] // 64, np.uint64(rows[place] % 64)
        bits = words[word]
        if (bits >> bit) & np.uint64(1):
            ahead, at = bits & ((np.uint64(1) << bit) - np.uint64(1)), np.int64(before[word])
            while ahead:
                ahead &= ahead - np.uint64(1)
                at += 1
            found[place] = np.int64(values[at]) * unit


def of_rows(past: list[dict[str, Any]], stay: Any, last: bool = False) -> list[dict[str, Any]]:
    """The closes of a book that keeps some of its rows alone, bool[rows]; the ``last`` time debts go once read."""
    found: list[dict[str, Any]] = []
    later: dict[str, Any] = {}
    for place in reversed(range(len(past))):
        whole = unpacked(past[place:])
        some = {name: whole[name][stay[: len(whole[name])]] for name in COLUMNS}
        if is_packed(past[place]):
            some = packed(some)
        found.insert(0, lessened(some, later) if "changed" in past[place] else some)
        later = some  # with the limits of all
        if last:
            past[place] = {name: values for name, values in past[place].items() if name != "owed"}
    return found
