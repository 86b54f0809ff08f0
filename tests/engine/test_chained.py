"""The loops of a rule: what is listed and what is dense, short tables, histograms, and vectors that stay vectors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pytest
from numba.core.registry import cpu_target

import sim
from sim.engine.loops.bound import Bound
from sim.engine.loops.chained import Writer
from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.draws import purpose
from sim.engine.loops.native import compiled as compiled_loop
from sim.engine.loops.philox import UNIT, philox
from sim.engine.loops.stage import Places, Stage, Tally, stage
from sim.engine.loops.wiring import group_of, wire
from sim.engine.tables.declare import column
from tests.engine.running import found, told_by_linux

ROOT = Path(__file__).resolve().parents[2]
compiled = pytest.mark.skipif(not COMPILING, reason="compiled loops")
COLUMNS = {
    "alive": column("int8", 0, 1, "", ""),
    "arrival_month": column("int16", -30000, 30000, "month", ""),
    "ordinal": column("int32", 0, None, "", ""),
    "kind": column("int8", 0, 3, "", ""),
    "place": column("int32", 0, 50, "", ""),
    "cash": column("int64", 0, None, "fen", ""),
}
KEY = (7, 3, 11)


def held(rows: int) -> dict[str, np.ndarray]:
    luck = np.random.default_rng(1)
    made = {name: np.zeros(rows, dtype=one.dtype) for name, one in COLUMNS.items()}
    made["alive"][:] = luck.random(rows) < 0.8
    made["ordinal"][:] = np.arange(rows)
    made["kind"][:] = luck.integers(0, 4, rows)
    made["place"][:] = np.where(luck.random(rows) < 0.9, 0, luck.integers(0, 50, rows))
    made["cash"][:] = luck.integers(0, 1000, rows)
    return made


class Count(NamedTuple):
    """What `count` leaves."""

    cash: int
    seen: Tally
    by_place_place: Annotated[int, Places("places")]
    by_place_amount: int
    by_kind_place: Annotated[int, Places(4)]
    by_kind_amount: int
    by_turn_place: Annotated[int, Places(10)]
    by_turn_amount: int


def counted(place: int, kind: int, cash: int, gift_by_kind: int, half_by_place: float, luck_pay: float) -> Count:
    given = gift_by_kind if luck_pay < 0.5 else 0
    return Count(
        cash=cash + given + int(half_by_place),
        seen=1,
        by_place_place=place,
        by_place_amount=given,
        by_kind_place=kind,
        by_kind_amount=cash,
        by_turn_place=3 * kind,
        by_turn_amount=cash,
    )


def is_dear(kind: int, cash: int, gift_by_kind: int, luck_pay: float) -> bool:
    return cash > 300 and luck_pay * gift_by_kind < 50.0 and kind > 0


def is_rich(cash: int, half_by_place: float) -> bool:
    return cash + int(half_by_place) > 300


OFTEN, SELDOM = stage()(counted), stage(where="alive kind", rare=True)(counted)
# With a condition on a draw that is made for all, and with draws made for those who meet it.
CHOSEN, FOUND = stage(when=is_dear)(counted), stage(where="alive kind", rare=True, when=is_rich)(counted)
LISTED = (SELDOM, CHOSEN, FOUND)
NUMBERS = {"gift_by_kind": np.array([1, 20, 300, 4000]), "half_by_place": np.arange(51) / 2.0, "places": 51}


class Measure(NamedTuple):
    """What `measured` leaves: it changes nothing."""

    seen: Tally
    by_place_place: Annotated[int, Places("places")]
    by_place_amount: int
    by_turn_place: Annotated[int, Places(10)]
    by_turn_amount: int


def measured(place: int, kind: int, cash: int, counting: int, luck_pay: float) -> Measure:
    some = cash if luck_pay < 0.5 else 0
    return Measure(
        seen=counting, by_place_place=place, by_place_amount=some * counting, by_turn_place=3 * kind,
        by_turn_amount=cash * counting,
    )  # fmt: skip


def is_counted(counting: int) -> bool:
    return counting > 0


MEASURED = stage()(measured)
# With a condition on the month's numbers alone, of a rule that is dense and of one whose rows are listed.
IN_SEASON, IN_SEASON_SELDOM = (
    stage(when=is_counted)(measured),
    stage(where="alive kind", rare=True, when=is_counted)(measured),
)


def lived(declared: Stage, rows: int, chunk: int, plain: bool = False):
    arrays = held(rows)
    bound = Bound([(declared, COLUMNS)], arrays, NUMBERS)
    tallies, bins = found(bound, rows, KEY, chunk, plain)
    return arrays["cash"].tolist(), tallies, bins


@pytest.mark.parametrize("plain", [pytest.param(False, marks=compiled), True])
def test_loops_follow_the_numbers_of_a_month(plain):
    """What stands is left, what moves is written, also where it comes to what it once was."""
    arrays = held(100)
    bound, living = Bound([(MEASURED, COLUMNS)], arrays, {"counting": 1, "places": 51}), int(arrays["alive"].sum())
    for counting in (1, 1, 3, 0, 3):
        bound.set({"counting": counting, "places": 51})
        assert found(bound, 100, KEY, 64, plain)[0] == {"seen": counting * living}


@compiled
@pytest.mark.parametrize("declared", [OFTEN, SELDOM], ids=["dense", "listed"])
def test_loops_follow_tables_and_histograms_that_outgrow_their_room(declared):
    """Within a power of two nothing moves; beyond it the compiled loop must not go on with where things lay."""
    arrays = held(100)
    bound, versions = Bound([(declared, COLUMNS)], arrays, NUMBERS), []
    for month, (length, places) in enumerate(((51, 51), (64, 60), (65, 60), (65, 64), (60, 65), (300, 65))):
        numbers = {**NUMBERS, "half_by_place": np.arange(length) * (month + 1.0), "places": places}
        alone = {name: values.copy() for name, values in arrays.items()}
        bound.set(numbers)
        versions.append(bound.version)
        ours = found(bound, 100, KEY, 64, plain=False)
        assert ours == found(Bound([(declared, COLUMNS)], alone, numbers), 100, KEY, 64, plain=True), (length, places)
        assert arrays["cash"].tolist() == alone["cash"].tolist()
    first = versions[0]
    assert versions == [first, first, first + 1, first + 1, first + 2, first + 3]


def met(declared: Stage, before: dict[str, np.ndarray]) -> np.ndarray:
    """Which rows a rule is called for."""
    kind, cash, halves = before["kind"], before["cash"], before["place"] // 2
    group, word = divmod(purpose("pay"), 4)
    luck = [(philox.py_func(who, 0, KEY[2], group, *KEY[:2])[word] + 0.5) * UNIT for who in before["ordinal"].tolist()]
    gifts = NUMBERS["gift_by_kind"][kind]
    asked = {
        OFTEN: True,
        SELDOM: kind > 0,
        CHOSEN: (cash > 300) & (np.array(luck) * gifts < 50.0) & (kind > 0),
        FOUND: (kind > 0) & (cash + halves > 300),
    }
    return (before["alive"] > 0) & asked[declared]


@pytest.mark.parametrize("declared", [OFTEN, *LISTED], ids=["dense", "listed", "chosen", "found"])
@pytest.mark.parametrize("chunk", [1, 7, 8, 64, 1000])
def test_every_form_and_chunk_gives_the_same(declared, chunk):
    """Lengths that are no multiple of eight, chunks of one row, histograms of a fixed and of a named length."""
    rows = 203
    expected = lived(declared, rows, 1, plain=True)
    assert lived(declared, rows, chunk) == expected
    cash, tallies, bins = expected
    before = held(rows)
    lives = met(declared, before)
    assert 10 < tallies["seen"] == lives.sum() and sum(bins["by_kind"]) == before["cash"][lives].sum()
    assert [bins["by_turn"][3 * kind] for kind in range(4)] == bins["by_kind"]
    assert len(bins["by_place"]) == 51 and sum(bins["by_place"][1:]) > 0 and sum(bins["by_place"]) > 0
    halves = (before["place"][lives] // 2).sum()
    assert sum(cash) == before["cash"].sum() + sum(bins["by_place"]) + halves


@pytest.mark.parametrize("declared", [MEASURED, IN_SEASON, IN_SEASON_SELDOM], ids=["dense", "asked", "listed"])
@pytest.mark.parametrize("counting", [0, 1])
def test_what_changes_nothing_is_asked_again_and_a_condition_on_numbers_once(declared, counting):
    arrays, numbers = held(203), {**NUMBERS, "counting": counting}
    expected = found(Bound([(declared, COLUMNS)], arrays, numbers), 203, KEY, 1, plain=True)
    for chunk in (1, 7, 64, 1000):
        assert found(Bound([(declared, COLUMNS)], arrays, numbers), 203, KEY, chunk, plain=False) == expected
    tallies, bins = expected
    lives = (arrays["alive"] > 0) & ((arrays["kind"] > 0) | (declared is not IN_SEASON_SELDOM))
    assert tallies["seen"] == counting * lives.sum()
    assert sum(bins["by_turn"]) == counting * arrays["cash"][lives].sum()
    assert sum(bins["by_place"][1:]) > 0 or not counting


def test_a_condition_on_numbers_holds_for_a_whole_loop():
    numbers = {**NUMBERS, "counting": 1}
    for declared, names in (
        (IN_SEASON, ["_asked", "_dense", "_spread"]),
        (IN_SEASON_SELDOM, ["_asked", "_flag", "_body"]),
        (MEASURED, ["_dense", "_spread"]),
    ):
        writer = Writer(declared, wire(declared, COLUMNS, numbers), {name: one.dtype for name, one in COLUMNS.items()})
        parts = dict(writer.compiled.parts)
        assert list(parts) == names and not any(name.startswith("s_") for name in writer.arguments())
        assert "when" not in "".join(parts[name] for name in names[1:])
    keeps = Writer(OFTEN, wire(OFTEN, COLUMNS, NUMBERS), {name: one.dtype for name, one in COLUMNS.items()})
    assert keeps.arguments()[-4:] == ("s_0", "s_1", "s_4", "s_5"), "cash is another when it is asked again"


class Hand(NamedTuple):
    """What `handed` leaves."""

    place: int
    share: float
    seen: Tally


def handed(place: int, share: float, cash: int, least: int) -> Hand:
    rich = cash > least
    return Hand(place=place + 1 if rich else place, share=share + 0.1 if rich else share, seen=place)


def is_richer(cash: int, least: int) -> bool:
    return cash > least


SPARE = {
    **COLUMNS,
    "place": column("int32", 0, 50, "", "", spare=True),
    "share": column("float32", 0, 1, "", "", spare=True),
}


@pytest.mark.parametrize("least", [990, 5_000])
@pytest.mark.parametrize("declared", [stage()(handed), stage(when=is_richer)(handed)], ids=["dense", "listed"])
def test_of_spare_columns_what_has_changed_is_stored(declared, least):
    """Some chunks have a row that changes, most have none; the dead keep what they hold."""
    told = []
    for columns, chunk, plain in ((COLUMNS | {"share": column("float32", 0, 1, "", "")}, 64, False), (SPARE, 1, True),
                                  *((SPARE, chunk, False) for chunk in (1, 7, 64, 1000))):  # fmt: skip
        arrays = held(203) | {"share": np.linspace(0, 1, 203, dtype=np.float32)}
        bound = Bound([(declared, columns)], arrays, {"least": least})
        tallies, _ = found(bound, 203, KEY, chunk, plain)
        told.append((arrays["place"].tolist(), arrays["share"].tolist(), tallies))
    assert all(one == told[0] for one in told[1:])
    rich = int(((held(203)["cash"] > least) & (held(203)["alive"] > 0)).sum())
    assert sum(told[0][0]) - held(203)["place"].sum() == rich and (rich > 0) == (least == 990)


SPARE_PAGES = """
import json, sim
from tests.engine.running import pages
model = sim.Model(sim.compose(["population.borrowers=300000", "firms=none"]))
for _ in range(3):
    model.step()
tables = {"persons": model.persons, "accounts": model.accounts}
spare = {name: pages(table[name]) for table in tables.values() for name, one in table.columns.items() if one.spare}
print(json.dumps([spare, pages(model.persons["income"]), pages(model.accounts["line"])]))
"""


@compiled
@told_by_linux
def test_a_spare_column_that_holds_nothing_takes_no_memory():
    """Nothing is stored to it: its pages are still the one of zeros that all share, but for 128 kB malloc clears."""
    # In a process of its own: where others have lived before, malloc gives room that was used, and clears it.
    told = subprocess.run([sys.executable, "-c", SPARE_PAGES], capture_output=True, text=True, check=True, cwd=ROOT)
    spare, incomes, lines = json.loads(told.stdout)
    assert len(spare) == 5 and all(count <= 33 for count in spare.values()), spare
    assert incomes > 250 and lines > 60


def test_the_group_of_a_draw():
    assert group_of("luck_pay", 9) == ("w", 2, "month") and group_of("lasting_own", 9) == ("l", 2, "32000")


def test_few_rows_are_listed_and_many_are_not():
    visible = dict(COLUMNS)
    for declared, names in ((OFTEN, ["_dense", "_spread"]), *((listed, ["_flag", "_body"]) for listed in LISTED)):
        writer = Writer(declared, wire(declared, visible, NUMBERS), {name: one.dtype for name, one in COLUMNS.items()})
        assert [name for name, _ in writer.compiled.parts] == names


def test_tables_follow_the_month_in_value_and_in_length():
    arrays = held(50)
    bound = Bound([(OFTEN, COLUMNS)], arrays, NUMBERS)
    first = bound.named(bound.run(0, 50, KEY, 64))[1]
    bound.set({**NUMBERS, "gift_by_kind": 2 * NUMBERS["gift_by_kind"], "half_by_place": np.zeros(60), "places": 60})
    before = arrays["cash"].copy()
    second = bound.named(bound.run(0, 50, KEY, 64))[1]
    assert second["by_place"][:51].tolist() == (2 * first["by_place"]).tolist() and len(second["by_place"]) == 60
    assert (arrays["cash"] - before).sum() == second["by_place"].sum(), "halves are 0 now"


@compiled
def test_arrays_that_share_memory_are_refused():
    arrays = held(20)
    arrays["place"] = arrays["ordinal"]
    with pytest.raises(AssertionError, match="share memory"):
        Bound([(SELDOM, COLUMNS)], arrays, NUMBERS).run(0, 20, KEY, 8)


# Each with a shape of its own: money, rounding, a table, many results, histograms, what the lender scores.
VECTORS = ("earn", "bill", "live", "pay_debts", "consume", "count_persons", "observe", "score_by_card", "leave")
# A processor without AVX-512 has no instruction for several 64-bit whole numbers made floats: LLVM leaves these alone.
WIDE = "+avx512dq" in cpu_target.target_context.codegen().magic_tuple()[2]
NARROW = set() if WIDE else {"earn", "live", "pay_debts", "consume"}
ROW_BY_ROW = {"bill_firm"}  # an annuity goes through its months


def scalar_loops(config: str, wanted: tuple[str, ...] = ()) -> tuple[set[str], int]:
    """Rules of a month whose loops are no vectors, and how many were looked at; by default all."""
    model = sim.Model(sim.compose(["population.borrowers=300", "study.burn_in=1", *config.split()]))
    model.step()
    bounds = [*model.people._bound.values(), *model.firms.population._bound.values()]
    loops = {one.name: (one, *rest) for bound in bounds for one, *rest in bound.plan.chain.loops if one is not None}
    assert len(loops) > 50
    found = {name: compiled_loop(*loops[name][:3]).inspect_llvm() for name in wanted or loops}
    return {name for name, text in found.items() if "vector.body" not in text}, len(found)


@compiled
def test_loops_of_the_month_are_vectors():
    """What keeps a loop from working on several rows at once goes unseen otherwise: the bits stay the same."""
    scalar, count = scalar_loops("firms=none", VECTORS)
    assert scalar <= NARROW and count == len(VECTORS)


@compiled
@pytest.mark.slow
def test_every_loop_of_the_month_is_a_vector():
    """Of rules that few rows meet, the loop that looks for these."""
    if not WIDE:
        pytest.skip("this processor has no AVX-512, for which the rules are written")
    scalar, count = scalar_loops("")
    assert scalar == ROW_BY_ROW and count > 90


def test_tables_that_may_fall_short_are_looked_up():
    """Compared are tables with an entry for each value of their column; one that covers three of four may grow."""
    for entries, short in (
        (4, (("gift_by_kind", 4),)),
        (6, (("gift_by_kind", 4),)),
        (3, ()),
        (9, (("gift_by_kind", 4),)),
    ):
        numbers = {**NUMBERS, "gift_by_kind": np.arange(entries)}
        (writer,) = Bound([(OFTEN, COLUMNS)], held(5), numbers).writers
        assert tuple(writer.short.items()) == short, "places has 51 values"


@compiled
def test_scratch_is_no_larger_than_the_table():
    model = sim.Model(sim.compose(["population.borrowers=60", "firms=none", "machine.block=2147483647"]))
    model.step()
    chunks = {worker.chunk for bound in model.people._bound.values() for worker in bound._workers}
    assert max(chunks) <= model.persons.capacity
