"""Writes the loops of one rule from the names of its arguments: over a chunk for compiled code, and in plain Python.

Three forms. *Dense*: the rule is called for every row, and what it returns is taken where the row lives, so that the
processor works on eight rows at once. *Listed*, for rules that few rows meet: those rows are flagged, eight at once
also where the rule has a condition, and listed, then the rule runs on the list. *Plain*: row by row in Python, what a
Mesa agent's step does. All three give the same bits.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from sim.engine.loops.philox import UNIT
from sim.engine.loops.stage import Stage
from sim.engine.loops.text import HEAD, LISTS, Text
from sim.engine.loops.wiring import Wiring, group_of

# The flags are read eight at a time.
NO_MORE = ("    for _row in range(_size, (_size + 7) // 8 * 8):", "        _flags[unsigned(_row)] = 0")
FEW = 8  # entries of a table or a histogram that are compared one by one, which is quicker than looking up


class Writer:
    """Writes the loops of one rule.

    Parameters
    ----------
    stage, wiring : Stage, Wiring
        The rule, and where its arguments come from.
    types : mapping of str to str
        Storage type of each column.
    local : frozenset of str
        Columns that are kept for a chunk alone.
    short : mapping of str to int
        Number of entries of tables that have few.
    spare : frozenset of str
        Columns of which no chunk is stored that stays as it was, so that one that holds nothing takes no memory.
    """

    def __init__(
        self,
        stage: Stage,
        wiring: Wiring,
        types: Mapping[str, str],
        local: frozenset[str] = frozenset(),
        short: Mapping[str, int] | None = None,
        spare: frozenset[str] = frozenset(),
    ) -> None:
        self.stage, self.wiring, self.types, self.local, self.short = stage, wiring, types, local, short or {}
        self.spare = [name for name in stage.writes if name in spare]
        self.floats = [name for name, kind in wiring.scalars if kind == "float"]
        self.ints = [name for name, kind in wiring.scalars if kind == "int"]
        self.columns = tuple(dict.fromkeys(["alive", *wiring.columns]))
        self.guards = tuple(dict.fromkeys(["alive", *stage.where]))
        # A condition on the month's numbers holds for all rows or for none: it is asked once, and no row listed for it.
        self.once = stage.when is not None and {*self.floats, *self.ints}.issuperset(stage.asked)
        self.listed = stage.rare or (stage.when is not None and not self.once)
        self.groups = tuple(sorted({group_of(name, place) for name, place in wiring.lucks})) if stage.rare else ()
        count = len(stage.writes) + len(stage.tallies) + 2 * len(stage.bins)
        self.results = [f"_r{k}" for k in range(count)]
        # Of each histogram so many places are added up like tallies; rows that stand beyond the first are listed.
        self.summed = [length if isinstance(length, int) and length <= FEW else 1 for _, length in stage.bins]
        self.spread = [k for k, (_, length) in enumerate(stage.bins) if self.summed[k] != length]
        # A rule that changes nothing is asked again for what is listed; of any other, places and amounts are kept.
        self.asks_again = not stage.writes

    # ---- what a loop is handed ------------------------------------------------------------------

    def arguments(self) -> tuple[str, ...]:
        """Arguments after the head, in order."""
        if self.stage.rare:
            words = [f"{kind}{group}_{q}" for kind, group, _ in self.groups for q in range(4)]
        else:
            words = [f"u{place // 4}_{place % 4}" for place in sorted({place for _, place in self.wiring.lucks})]
        kept = self.spread if not self.listed and not self.asks_again else []
        scratch = [f"s_{2 * k + part}" for k in kept for part in (0, 1)]
        scratch += [f"k_{name}" for name in self.spare if not self.listed]
        return (
            *(f"c_{name}" for name in self.columns),
            *(f"t_{name}" for name, *_ in self.wiring.lookups),
            *words,
            *(f"n_{name}" for name, _ in self.wiring.normals),
            *scratch,
        )

    def places(self) -> list[str]:
        """Where each histogram starts in the totals of the rule: fixed lengths first, then named ones."""
        first, named, places = len(self.stage.tallies), "", {}
        for name, length in self.stage.bins:
            if isinstance(length, int):
                places[name] = str(first)
                first += length
        for name, length in self.stage.bins:
            if isinstance(length, str):
                places[name] = f"{first}{named}"
                named += f" + _ints[{self.ints.index(length)}]"
        return [places[name] for name, _ in self.stage.bins]

    # ---- the three forms ------------------------------------------------------------------------

    @functools.cached_property
    def compiled(self) -> Text:
        """Loops over a chunk for compiled code."""
        given = ", ".join((*HEAD, *LISTS, *self.arguments()))
        listing = "_count = _list({_eights}, {_index}, _size)"
        parts, call = [], []
        if self.once:
            asked = [f"def _asked({given}):", *self._scalars(), f"    return {self._met()[0]}"]
            parts, call = [("_asked", _lines(asked))], ["if not _asked({all}): return"]
        if self.listed:
            parts += [("_flag", self._flagging(given)), ("_body", self._body(given))]
            call += ["_flag({all})", listing, "_body(_count, {all})"]
        else:
            parts, call = [*parts, ("_dense", self._dense(given))], [*call, "_dense({all})"]
            if self.spread:
                parts, call = [*parts, ("_spread", self._spreading(given))], [*call, listing, "_spread(_count, {all})"]
        return Text(tuple(parts), _lines(call), self.arguments())

    @functools.cached_property
    def plain(self) -> Text:
        """One loop in plain Python, over rows ``_start`` to ``_start + _size``."""
        lines = [
            f"def _plain({', '.join((*HEAD, *self.arguments()))}):",
            *self._scalars(),
            "    for _k in range(_size):",
        ]
        lines += ["        _i = _start + _k", *self._skipping()]
        lines += [
            f"        {kind}{group} = words_of(int64(c_ordinal[{self._at('ordinal')}]), "
            f"int64(c_arrival_month[{self._at('arrival_month')}]), {when}, {group}, _seed_low, _seed_high)"
            for kind, group, when in self.groups
        ]
        lines.append(self._called(plain=True))
        left = iter(self.results)
        lines += [f"        c_{name}[{self._at(name)}] = {next(left)}" for name in self.stage.writes]
        lines += [f"        _totals[{k}] += {next(left)}" for k in range(len(self.stage.tallies))]
        lines += [f"        _totals[{place} + {next(left)}] += {next(left)}" for place in self.places()]
        return Text((("_plain", _lines(lines)),), "", self.arguments())

    def _dense(self, given: str) -> str:
        sums = [(k, p) for k, length in enumerate(self.summed) for p in range(length)]
        lines = [f"def _dense({given}):", *self._scalars(), *self._tallies("    _t{0} = 0")]
        lines += [*(f"    _h{k}_{p} = 0" for k, p in sums), *(f"    _new_{name} = False" for name in self.spare)]
        lines += [*self._rows(), f"        _live = {self._lives()}", self._called()]
        left = iter(self.results)
        for name in self.stage.writes:
            at = f"c_{name}[{self._at(name)}]"
            wide = _wide(self.types[name])
            to = f"k_{name}[_k]" if name in self.spare else at
            lines.append(f"        {to} = pick(_live, {wide}({next(left)}), {wide}({at}))")
            lines += [f"        _new_{name} |= {to} != {at}"] if to != at else []
        lines += [
            f"        _t{k} += pick(_live, int64({next(left)}), int64(0))" for k in range(len(self.stage.tallies))
        ]
        pairs = self._pairs()
        lines += [f"        _h{k}_{p} += {pairs[k][1]} * (_live & ({pairs[k][0]} == {p}))" for k, p in sums]
        for k in self.spread if not self.asks_again else ():
            lines += [f"        s_{2 * k + part}[_k] = {pairs[k][part]}" for part in (0, 1)]
        if self.spread:
            beyond = " | ".join(f"({pairs[k][0]} != 0) & ({pairs[k][1]} != 0)" for k in self.spread)
            lines += [f"        _flags[_k] = _live & ({beyond})", *NO_MORE]
        lines += [f"    _totals[{self.places()[k]} + {p}] += _h{k}_{p}" for k, p in sums]
        for name in self.spare:
            stored = f"c_{name}[unsigned(_start + _row)] = k_{name}[unsigned(_row)]"
            lines += [f"    if _new_{name}:", "        for _row in range(_size):", f"            {stored}"]
        return _lines([*lines, *self._tallies("    _totals[{0}] += _t{0}")])

    def _pairs(self) -> list[tuple[str, str]]:
        """Place and amount of each histogram among the results."""
        left = iter(self.results[len(self.stage.writes) + len(self.stage.tallies) :])
        return list(zip(left, left, strict=True))

    def _spreading(self, given: str) -> str:
        """The listed rows' part of histograms beyond the first place."""
        lines = [f"def _spread(_count, {given}):", *self._scalars()]
        lines += ["    for _row in range(_count):", "        _k = unsigned(_index[unsigned(_row)])"]
        pairs = [(f"s_{2 * k}[_k]", f"s_{2 * k + 1}[_k]") for k in range(len(self.stage.bins))]
        if self.asks_again:
            lines, pairs = [*lines, "        _i = unsigned(_start) + _k", self._called()], self._pairs()
        for k in self.spread:
            place, amount = pairs[k]
            lines.append(f"        _totals[unsigned({self.places()[k]} + {place})] += {amount} if {place} != 0 else 0")
        return _lines(lines)

    def _flagging(self, given: str) -> str:
        met = self._met() if not self.once else []
        lines = [f"def _flag({given}):", *(self._scalars() if met else []), *self._rows()]
        return _lines([*lines, f"        _flags[_k] = {' & '.join([self._lives(), *met])}", *NO_MORE])

    def _body(self, given: str) -> str:
        lines = [f"def _body(_count, {given}):", *self._scalars(), *self._tallies("    _t{0} = 0")]
        for kind, group, when in self.groups:
            words = ", ".join(f"{kind}{group}_{q}[_j]" for q in range(4))
            lines += ["    for _row in range(_count):", "        _j = unsigned(_row)"]
            lines += ["        _k = unsigned(_index[_j]); _i = unsigned(_start) + _k"]
            lines += [
                f"        {words} = philox_words(uint32(c_ordinal[{self._at('ordinal')}]), "
                f"uint32(c_arrival_month[{self._at('arrival_month')}]), uint32({when} & 0xFFFFFFFF), uint32({group}), "
                "uint32(_seed_low), uint32(_seed_high))"
            ]
        lines += ["    for _row in range(_count):", "        _j = unsigned(_row)"]
        lines += ["        _k = unsigned(_index[_j]); _i = unsigned(_start) + _k", self._called()]
        left = iter(self.results)
        for name in self.stage.writes:
            at, result = f"c_{name}[{self._at(name)}]", next(left)
            lines.append(f"        {f'if {result} != {at}: ' if name in self.spare else ''}{at} = {result}")
        lines += [f"        _t{k} += {next(left)}" for k in range(len(self.stage.tallies))]
        lines += [f"        _totals[unsigned({place} + {next(left)})] += {next(left)}" for place in self.places()]
        return _lines([*lines, *self._tallies("    _totals[{0}] += _t{0}")])

    # ---- pieces ---------------------------------------------------------------------------------

    def _scalars(self) -> list[str]:
        lines = [f"    {name} = float64(_floats[{k}])" for k, name in enumerate(self.floats)]
        return lines + [f"    {name} = int64(_ints[{k}])" for k, name in enumerate(self.ints)]

    def _rows(self) -> list[str]:
        return ["    for _row in range(_size):", "        _k = unsigned(_row); _i = unsigned(_start + _row)"]

    def _tallies(self, form: str) -> list[str]:
        return [form.format(k) for k in range(len(self.stage.tallies))]

    def _at(self, column: str) -> str:
        return "_k" if column in self.local else "_i"

    def _lives(self) -> str:
        return " & ".join(f"(c_{name}[{self._at(name)}] != 0)" for name in self.guards)

    def _skipping(self) -> list[str]:
        none = " or ".join(f"c_{name}[{self._at(name)}] == 0" for name in self.guards)
        return [f"        if {none}: continue", *(f"        if not {met}: continue" for met in self._met(plain=True))]

    def _met(self, plain: bool = False) -> list[str]:
        """Call of the condition, if there is one."""
        return [f"when({self._told(self.stage.asked, plain)})"] if self.stage.when is not None else []

    def _called(self, plain: bool = False) -> str:
        """The call of the rule."""
        # A rule of the package returns a tuple, one made of a configuration or of a user's function a bare number.
        results = self.results
        left = f"({results[0]},)" if len(results) == 1 and self.stage.is_named else ", ".join(results)
        return f"        {left} = rule({self._told(self.stage.arguments, plain)})"

    def _told(self, names: tuple[str, ...], plain: bool) -> str:
        """What a call with these arguments is given."""
        wiring = self.wiring
        given = {name: self._draw(name, place, plain) for name, place in wiring.lucks}
        given |= {name: f"n_{name}[_k]" for name, _ in wiring.normals}
        given |= {name: name for name, _ in wiring.scalars} | {"month": "month"}
        for name, index, kind, width in wiring.lookups:
            place = f"int64(c_{index}[{self._at(index)}])"
            if name in self.short and not plain:
                given[name] = f"entry(t_{name}, {place}, {self.short[name]}, {width})"
            elif width == 0:
                given[name] = f"{kind}64(t_{name}[unsigned({place})])"
            else:
                row = "".join(f"{kind}64(t_{name}[unsigned({place}), {k}]), " for k in range(width))
                given[name] = f"({row})"
        return ", ".join(given.get(name) or f"{_wide(self.types[name])}(c_{name}[{self._at(name)}])" for name in names)

    def _draw(self, name: str, place: int, plain: bool) -> str:
        if not self.stage.rare:
            word = f"u{place // 4}_{place % 4}[_k]"
        else:
            kind, group, _ = group_of(name, place)
            word = f"{kind}{group}[{place % 4}]" if plain else f"{kind}{group}_{place % 4}[_j]"
        return f"(float64({word}) + 0.5) * {UNIT!r}"


@functools.cache
def writer_of(
    stage: Stage,
    wiring: Wiring,
    types: tuple[tuple[str, str], ...],
    local: frozenset[str],
    short: tuple[tuple[str, int], ...],
    spare: frozenset[str],
) -> Writer:
    """The writer of a rule: every fork binds the same loops again, and reads the same texts."""
    return Writer(stage, wiring, dict(types), local, dict(short), spare)


def _wide(dtype: str) -> str:
    return "float64" if np.dtype(dtype).kind == "f" else "int64"


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
