"""Earlier closes of a book in half the room: what is not 0, and of which rows that is.

A close is a dict of columns: ``owed`` and ``limit`` (int32, fen) and ``late`` (int8, months or places). One that is
packed has ``words`` (uint64, a bit for each row that owes or has a limit), ``before`` (int32, how many of these stand
before each word), ``owed`` and ``limit`` of these rows alone, and ``late_rows`` with ``late`` of the few that are late.
Limits are counted in `UNIT`, two bytes each, where all are whole multiples of it and none is too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
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
    words = np.zeros(-(-len(late) // ROWS), dtype=np.uint64)
    before = np.zeros(len(words), dtype=np.int32)
    count, exact = mark(principal, interest, limit, line, words, before)
    # One place more, which is written to and not shown.
    debts, limits = np.empty(count + 1, np.int32), np.empty(count + 1, np.uint16 if exact else np.int32)
    gather(principal, interest, limit, line, words, debts, limits, exact)
    late_rows = np.flatnonzero(late != 0).astype(np.int32)
    some = {"owed": debts[:count], "limit": limits[:count], "late": late[late_rows]}
    return {"size": len(late), "words": words, "before": before, "late_rows": late_rows, **some}


@kept
def mark(principal: Any, interest: Any, limit: Any, line: Any, words: Any, before: Any) -> Any:
    """Mark the rows that owe or have a line; return how many, and whether `UNIT` tells all limits in two bytes."""
    count, odd = np.int64(0), np.uint32(0)
    for word in range(words.size):
        first = 64 * word
        debts, dues = principal[first : first + 64], interest[first : first + 64]
        limits, lines = limit[first : first + 64], line[first : first + 64]
        bits, found = np.uint64(0), np.int64(0)
        for k in range(debts.size):
            told = np.uint32(limits[k] if lines[k] == LINE_OPEN else 0)  # below 0 it is more than can be told
            units = np.uint32(told // np.uint32(UNIT))
            odd |= np.uint32((told - units * np.uint32(UNIT)) | (units >> np.uint32(16)))
            shown = np.uint64((debts[k] + dues[k] != 0) | (told != 0))
            bits |= shown << np.uint64(k)
            found += np.int64(shown)
        words[word], before[word] = bits, count
        count += found
    return count, odd == 0


@kept
def gather(
    principal: Any, interest: Any, limit: Any, line: Any, words: Any, debts: Any, limits: Any, in_units: Any
) -> None:
    """Write down debts, and limits in units or fen, of the rows that are marked, one after the other."""
    at = np.uint64(0)
    # What a word's rows have is reckoned several at once first.
    owed, lines = np.empty(64, np.int32), np.empty(64, limits.dtype)
    for word in range(words.size):
        bits, first = words[word], 64 * word
        size = min(64, principal.size - first)
        for k in range(size):
            told = np.int64(limit[first + k] if line[first + k] == LINE_OPEN else 0)
            owed[k] = principal[first + k] + interest[first + k]
            # By a number that the compiler knows: a division by another takes longer than all else here.
            lines[k] = np.int64(np.uint32(told) // np.uint32(UNIT)) if in_units else told
        for k in range(size):
            debts[at], limits[at] = owed[k], lines[k]
            at += (bits >> np.uint64(k)) & np.uint64(1)


def unpacked(close: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a close that was packed."""
    if not is_packed(close):
        return dict(close)
    octets = close["words"].astype("<u8").view(np.uint8)
    shown = np.unpackbits(octets, bitorder="little")[: close["size"]].astype(bool)
    kinds = zip(COLUMNS, ("i4", "i4", "i1"), strict=True)
    found = {name: np.zeros(close["size"], dtype=kind) for name, kind in kinds}
    found["owed"][shown] = close["owed"]
    found["limit"][shown] = close["limit"].astype(np.int32) * unit_of(close)
    found["late"][close["late_rows"]] = close["late"]
    return found


def unit_of(close: Mapping[str, Any]) -> int:
    """Fen of one unit of the limits of a packed close."""
    return UNIT if close["limit"].dtype == np.uint16 else 1


def take_down(rows: Any, close: Mapping[str, Any], owed: Any, limit: Any, late: Any) -> None:
    """Write down what some rows, in order, looked like at a close; who came later was not there and stays as it is."""
    if not is_packed(close):
        look_up(rows, close["owed"], close["limit"], close["late"], owed, limit, late)
        return
    look_up_packed(rows, close["words"], close["before"], close["owed"], close["limit"], unit_of(close), owed, limit)
    places = np.minimum(np.searchsorted(close["late_rows"], rows), max(len(close["late_rows"]) - 1, 0))
    found = close["late_rows"][places] == rows if len(close["late_rows"]) else np.zeros(len(rows), dtype=bool)
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
def look_up_packed(
    rows: Any, words: Any, before: Any, owed: Any, limit: Any, unit: Any, owed_then: Any, limit_then: Any
) -> None:
    """Take down debts and limits of some rows, in order, from a close that is packed."""
    for place in range(rows.size):
        word, bit = rows[place] // 64, np.uint64(rows[place] % 64)
        if word >= words.size:
            break
        bits = words[word]
        if (bits >> bit) & np.uint64(1):
            ahead, at = bits & ((np.uint64(1) << bit) - np.uint64(1)), np.int64(before[word])
            while ahead:
                ahead &= ahead - np.uint64(1)
                at += 1
            owed_then[place], limit_then[place] = owed[at], np.int64(limit[at]) * unit


def of_rows(close: Mapping[str, Any], stay: Any) -> dict[str, Any]:
    """The close of a book that keeps some of its rows alone, bool[rows]."""
    whole = unpacked(close)
    some = {name: whole[name][stay[: len(whole[name])]] for name in COLUMNS}
    return packed(some) if is_packed(close) else some
