"""The stage: a rule's argument names are its wiring, and every way to run it leaves the same bits."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
import pytest

from sim.engine.loops.bound import Bound
from sim.engine.loops.compiled import COMPILING
from sim.engine.loops.draws import PURPOSES, purpose
from sim.engine.loops.philox import UNIT, philox
from sim.engine.loops.stage import Places, Stage, StageError, Tally, stage
from sim.engine.tables.declare import column
from tests.engine.running import found

ROWS, KEY = 9, (7, 3, 11)
COLUMNS = {
    "alive": column("int8", 0, 1, "", ""),
    "arrival_month": column("int16", -30000, 30000, "month", ""),
    "ordinal": column("int32", 0, None, "", ""),
    "sector": column("int8", 0, 2, "", ""),
    "cash": column("int64", 0, None, "fen", ""),
    "wage": column("int32", 0, None, "fen", ""),
    "mood": column("float32", None, None, "", ""),
    "bonus": column("int32", 0, None, "fen", "", passing=True),
}
PRIVATE = {name: declared for name, declared in COLUMNS.items() if name != "cash"}


def arrays() -> dict[str, np.ndarray]:
    """Nine persons, of whom two are gone, in arrays with room for twelve."""
    made = {name: np.zeros(12, dtype=declared.dtype) for name, declared in COLUMNS.items()}
    made["alive"][:ROWS] = [1, 1, 0, 1, 1, 1, 0, 1, 1]
    made["arrival_month"][:ROWS] = [-3, -3, -3, 0, 0, 1, 1, 1, 2]
    made["ordinal"][:ROWS] = [0, 1, 2, 0, 1, 0, 1, 2, 0]
    made["sector"][:ROWS] = np.arange(ROWS) % 3
    made["cash"][:ROWS] = np.arange(ROWS) * 100
    made["wage"][:ROWS] = 1_000 + np.arange(ROWS)
    made["mood"][:ROWS] = np.linspace(-1, 1, ROWS)
    return made


ENVIRONMENT = {"tax": 0.1, "fee": 3, "raise_by_sector": np.array([1.0, 1.5, 2.0]), "cut_by_sector": np.arange(3),
               "ladder_by_sector": np.arange(6).reshape(3, 2)}  # fmt: skip


def run(declared: Stage | list[Stage], block: int = 100, plain: bool = False, crossing=None, seen=COLUMNS):
    """Run stages over the nine rows; returns the arrays, the tallies and the histograms."""
    stages = declared if isinstance(declared, list) else [declared]
    held = arrays()
    bound = Bound([(each, seen) for each in stages], held, ENVIRONMENT, crossing)
    return held, *found(bound, ROWS, KEY, block, plain)


class Earn(NamedTuple):
    """What `earn` leaves."""

    cash: int
    mood: float
    wages: Tally
    taxes: Tally
    by_sector_place: Annotated[int, Places(3)]
    by_sector_amount: int


@stage()
def earn(
    cash: int,
    wage: int,
    mood: float,
    sector: int,
    month: int,
    tax: float,
    fee: int,
    raise_by_sector: float,
    cut_by_sector: int,
    luck_income: float,
    normal_job: float,
) -> Earn:
    paid = int(wage * raise_by_sector * (1.0 + luck_income)) - cut_by_sector
    taxes = int(paid * tax) + fee + month
    return Earn(
        cash=cash + paid - taxes,
        mood=mood / 3.0 + normal_job,
        wages=paid,
        taxes=taxes,
        by_sector_place=sector,
        by_sector_amount=paid,
    )


class Climb(NamedTuple):
    """What `climb` leaves."""

    bonus: int


@stage()
def climb(wage: int, ladder_by_sector: tuple[int, int]) -> Climb:
    step, height = ladder_by_sector
    return Climb(bonus=wage * step + height)


class Reward(NamedTuple):
    """What `reward` leaves."""

    bonus: int
    bonuses: Tally


@stage(where="alive sector", rare=True)
def reward(wage: int, luck_income: float, luck_pay: float, luck_leave: float) -> Reward:
    bonus = int(wage * (luck_income + 2.0 * luck_pay + 4.0 * luck_leave))
    return Reward(bonus=bonus, bonuses=bonus)


class Spend(NamedTuple):
    """What `spend` leaves."""

    cash: int
    spent: Tally


@stage()
def spend(cash: int, bonus: int, luck_expense: float) -> Spend:
    spent = int((cash + bonus) * luck_expense)
    return Spend(cash=cash + bonus - spent, spent=spent)


def assert_same(one, other) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(one[0][name], other[0][name], name)
    assert one[1:] == other[1:]


def luck_of(name: str, row: int) -> float:
    held, number = arrays(), purpose(name)
    words = philox.py_func(
        int(held["ordinal"][row]), int(held["arrival_month"][row]), KEY[2], number // 4, KEY[0], KEY[1]
    )
    return (float(words[number % 4]) + 0.5) * UNIT


def test_names_are_the_wiring():
    held, tallies, bins = run(earn)
    before = arrays()
    wages = 0
    for row in range(ROWS):
        if not before["alive"][row]:
            assert held["cash"][row] == before["cash"][row], "rows that are gone are left alone"
            continue
        sector = int(before["sector"][row])
        paid = int(int(before["wage"][row]) * (1.0 + 0.5 * sector) * (1.0 + luck_of("income", row))) - sector
        wages += paid
        assert held["cash"][row] - before["cash"][row] == paid - int(paid * 0.1) - 3 - KEY[2]
    assert tallies["wages"] == wages == sum(bins["by_sector"]) > 0
    assert tallies["taxes"] == wages - int(held["cash"].sum() - before["cash"].sum())
    assert not held["cash"][ROWS:].any(), "spare rows are left alone"


def test_a_rare_stage_draws_the_same_luck_as_any_other():
    """Each of three draws from three groups of purposes reaches its own argument."""
    held, tallies, _ = run(reward)
    for row in range(ROWS):
        expected = 0
        if held["alive"][row] and held["sector"][row]:
            share = luck_of("income", row) + 2.0 * luck_of("pay", row) + 4.0 * luck_of("leave", row)
            expected = int(int(held["wage"][row]) * share)
        assert held["bonus"][row] == expected, f"row {row}"
    assert tallies["bonuses"] == int(held["bonus"].sum()) > 0
    often = Stage(reward.name, reward.rule, reward.writes, reward.tallies, where=reward.where)
    assert_same(run(often), run(reward))


@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
def test_a_table_of_two_dimensions_gives_a_row(plain):
    held, _, _ = run(climb, plain=plain)
    sector = held["sector"][:ROWS].astype(int)
    made = np.where(held["alive"][:ROWS] > 0, held["wage"][:ROWS] * 2 * sector + 2 * sector + 1, 0)
    assert held["bonus"][:ROWS].tolist() == made.tolist()


@pytest.mark.parametrize("block", [1, 2, 4, 100])
@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
def test_blocks_and_drivers_leave_the_same_bits(block, plain):
    stages = [earn, reward, spend]
    assert_same(run(stages, block, plain), run(stages))


@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
def test_stages_in_one_loop_leave_the_same_bits_as_one_after_the_other(plain):
    together = run([earn, reward, spend], plain=plain)
    held = arrays()
    found: dict[str, int] = {}
    for each in (earn, reward, spend):
        bound = Bound([(each, COLUMNS)], held, ENVIRONMENT)
        found |= dict(bound.named(bound.run(0, ROWS, KEY, ROWS))[0])
    assert found == together[1]
    for name in COLUMNS:
        np.testing.assert_array_equal(held[name], together[0][name], name)


def test_passing_columns_that_no_other_loop_touches_are_not_stored():
    stages = [earn, reward, spend]
    stored, local = run(stages), run(stages, crossing=frozenset())
    assert stored[0]["bonus"].any() and not local[0]["bonus"].any()
    assert run(stages, crossing=frozenset({"bonus"}))[0]["bonus"].any()
    assert stored[1:] == local[1:]
    np.testing.assert_array_equal(stored[0]["cash"], local[0]["cash"])


class Mood(NamedTuple):
    """What `despair` and `recover` leave."""

    mood: float
    bonus: int


@stage()
def despair(mood: float, cash: int) -> Mood:
    """Leaves more than a column can hold with three of the seven, who have 500 and more."""
    return Mood(mood + 1e39 * (cash >= 500), 0)


@stage()
def recover(mood: float) -> Mood:
    """Leaves what a column can hold."""
    return Mood(min(mood, 1.0), 0)


def test_what_loops_leave_in_columns_of_real_numbers_is_looked_at_after_the_last_of_them():
    for stages, wanted in (
        ([despair], {"mood": 3}),
        ([despair, recover], {"mood": 0}),
        ([recover, despair, spend], {"mood": 3}),
        ([spend], {}),
    ):
        parts = [(each, COLUMNS) for each in stages]
        for chunk in (100, 4):
            bound = Bound(parts, arrays(), ENVIRONMENT, frozenset())
            totals = bound.run(0, ROWS, KEY, chunk)
            assert bound.not_finite(totals) == (wanted if COMPILING else {})
        assert not Bound(parts, arrays(), ENVIRONMENT).counted, "other steps may write, too"


def test_float_columns_are_rounded_where_they_are_stored():
    """What the next rule reads must not depend on whether it runs in the same loop."""

    held, _, _ = run(earn)
    assert held["mood"].dtype == np.float32 and np.isfinite(held["mood"]).all()
    assert len(set(held["mood"][held["alive"] != 0].tolist())) == 7


class Peep(NamedTuple):
    """What `peep` leaves."""

    mood: float


@stage()
def peep(mood: float, cash: int) -> Peep:
    return Peep(mood=mood + cash)


class Take(NamedTuple):
    """What `take` leaves."""

    cash: int


@stage()
def take(mood: float) -> Take:
    return Take(cash=int(mood))


class Misspell(NamedTuple):
    """What `misspell` leaves."""

    mood: float


@stage()
def misspell(mood: float, lucky_income: float) -> Misspell:
    return Misspell(mood=mood)


class Bell(NamedTuple):
    """What `bell` leaves."""

    mood: float


@stage(where="alive", rare=True)
def bell(mood: float, normal_income: float) -> Bell:
    return Bell(mood=normal_income)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (peep, "rule peep: argument cash is neither a column it may see"),
        (take, "rule take: column cash is not one it may touch"),
        (misspell, "rule misspell: argument lucky_income"),
        (bell, "rule bell: a rare stage draws uniforms only, not normal_income"),
    ],
)
def test_a_rule_gets_only_what_it_may_see(declared, words):
    with pytest.raises(StageError, match=words):
        run(declared, seen=PRIVATE)


def test_an_undeclared_draw_names_the_nearest():
    @stage()
    def draw(luck_incom: float) -> Peep:
        return Peep(mood=luck_incom)

    with pytest.raises(KeyError, match=r"incom.*nearest: 'income'"):
        run(draw)
    assert "income" in PURPOSES


def test_a_result_has_a_name():
    def nameless(cash: int) -> int:
        return cash

    class Mixed(NamedTuple):
        wages: Tally
        cash: int

    def mixed(cash: int) -> Mixed:
        return Mixed(wages=0, cash=cash)

    Mixed.__annotations__.update(wages=Tally, cash=int)
    mixed.__annotations__["return"] = Mixed
    for rule, words in ((nameless, "nameless: must return a NamedTuple"), (mixed, "mixed: columns come first, then")):
        with pytest.raises(StageError, match=words):
            stage()(rule)


def test_a_dot_in_the_name_of_a_tally_is_written_as_two_lines():
    assert repay.tallies == ("repaid.received",) and run(repay)[1] == {"repaid.received": 7}


class Repay(NamedTuple):
    """What `repay` leaves."""

    repaid__received: Tally


@stage()
def repay(cash: int) -> Repay:
    return Repay(repaid__received=1)


def test_a_stage_is_the_rule_that_it_holds():
    assert reward(100, 0.5, 0.25, 0.0) == (100, 100)
    assert (reward.name, reward.writes, reward.tallies) == ("reward", ("bonus",), ("bonuses",))
    assert reward.where == ("alive", "sector") and reward.rare and not earn.rare
    assert earn.bins == (("by_sector", 3),) and "luck_income" in earn.arguments


class Count(NamedTuple):
    """What `count` leaves."""

    seen: Tally
    cash_by_group_place: Annotated[int, Places("groups")]
    cash_by_group_amount: int
    by_mood_place: Annotated[int, Places(2)]
    by_mood_amount: int
    heads_by_group_place: Annotated[int, Places("groups")]
    heads_by_group_amount: int


@stage()
def count(cash: int, sector: int, tax: float) -> Count:
    return Count(
        seen=1,
        cash_by_group_place=sector + 2,
        cash_by_group_amount=cash,
        by_mood_place=0,
        by_mood_amount=1,
        heads_by_group_place=sector + 1,
        heads_by_group_amount=1,
    )


@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
@pytest.mark.parametrize("groups", [5, 7])
def test_histograms_may_be_as_long_as_the_environment_says(plain, groups, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "groups", groups)
    held, tallies, bins = run([earn, count], plain=plain)
    living = held["alive"] != 0
    heads = np.bincount(held["sector"][living] + 1, minlength=groups)
    cash = np.bincount(held["sector"][living] + 2, held["cash"][living], groups)
    assert bins["heads_by_group"] == heads.tolist() and bins["cash_by_group"] == cash.astype(int).tolist()
    assert bins["by_mood"] == [tallies["seen"], 0] and sum(bins["by_sector"]) == tallies["wages"]


def is_lucky(luck_pay: float) -> bool:
    return luck_pay > 0.5


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"when": lambda cash: cash > 0}, "rule reward: its condition asks for cash, which the rule does not read"),
        (
            {"when": is_lucky, "rare": True},
            "rule reward: a rare stage draws after its condition, which asks for luck_pay",
        ),
    ],
)
def test_a_condition_asks_for_what_the_rule_reads_and_has(given, words):
    with pytest.raises(StageError, match=words):
        run(stage(**given)(reward.rule))
    chosen = stage(when=is_lucky)(reward.rule)
    assert chosen.asked == ("luck_pay",) and not chosen.rare
