"""A checkpoint without those who have left: the same months to the bit, and rows that name who they named."""

import gc
import weakref

import numpy as np
import pytest

import sim
from sim.engine.tables import table as tables
from sim.engine.tables.room import put, taken
from sim.lender.closes import COLUMNS, unpacked
from sim.loan.states import NEVER
from sim.month import departed as leaving
from sim.month.departed import lender_without, on_disk, remembered, rows_in_use, without_departed
from sim.study.run.burn_in import release

WORLD = (
    *("population.borrowers=1500", "study.burn_in=24", "machine.threads=1", "firms.per_person=0.1"),
    *("provisioning=ifrs9", "policy/relief=restructuring", "policy/scoring=refitted"),
)
LATER = {
    "as before": (),
    "recession, weak lines closed": ("economy=severe_recession", "policy/closing=threshold"),
    "guarantee, courts": ("sharing=guarantee_80_20", "policy/collections=litigation"),
}
SHARES = ("neighbours_of_all", "neighbours_of_defaulters")


def memory_of(*books):
    """What each column lies in, as weak references."""
    arrays = [book.array(name) for book in books for name in book.columns]
    return [weakref.ref(array if array.base is None else array.base) for array in arrays]


@pytest.fixture(scope="module")
def burnt_in():
    model = sim.Model(sim.compose([*WORLD]))
    for _ in range(24):
        model.step()
    return model


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_months_are_the_same_to_the_bit(burnt_in, later):
    config = sim.compose([*WORLD, *later])
    whole = sim.Model.fork(config, burnt_in.save())
    living = sim.Model.fork(config, burnt_in.save(departed=False))
    assert living.people.size < 0.85 * whole.people.size  # else nothing is tried
    for _ in range(15):  # past the year after which samples and lines of the burn-in have their outcome
        whole.step(), living.step()
        assert {name: repr(value) for name, value in living.record.items()} == {
            name: repr(value) for name, value in whole.record.items()
        }
    assert all(max(month[name] for month in whole.records) > 0.0 for name in SHARES)


def test_a_model_that_is_done_with_hands_over_the_same(burnt_in, monkeypatch):
    """Column by column, so that there is never room for both; and the last to begin from it takes them along."""
    model = sim.Model.fork(burnt_in.config, burnt_in.save())
    model.step()
    whole, there = model.save(departed=False), []
    held = memory_of(model.persons, model.accounts)
    close = weakref.ref(model.lender.experience.lines[0].past[-1]["owed"])
    lasting = [not one.passing for book in (model.persons, model.accounts) for one in book.columns.values()]

    def watched(values, rows):
        there.append(sum(one() is not None for one in held))
        return taken(values, rows)

    monkeypatch.setattr(leaving, "taken", watched)
    gc.collect()
    gc.disable()
    try:
        saved = model.save(departed=False, last=True)
        assert there == [sum(lasting[place:]) for place in range(len(lasting))]
        assert not any(one() is not None for one in held) and close() is None
    finally:
        gc.enable()
    assert all(table.size == 0 for table in model.tables.values())
    for name, columns in whole["tables"].items():
        assert all(np.array_equal(saved["tables"][name][one], values) for one, values in columns.items()), name
    first, last = (sim.Model.fork(burnt_in.config, saved, last=one) for one in (False, True))
    assert not any(saved["tables"].values())
    first.step(), last.step()
    assert repr(first.record) == repr(last.record)


@pytest.mark.parametrize("asked", [{"departed": False}, {"last": True}], ids=str)
def test_a_folder_holds_all_rows_of_a_model_that_goes_on(burnt_in, tmp_path, asked):
    with pytest.raises(ValueError, match="keeps all rows; departed=False and last=True are without"):
        burnt_in.save(tmp_path / "kept", **asked)
    assert not list(tmp_path.iterdir())
    assert on_disk(tmp_path / "kept", burnt_in.tables, {"month": 0}, whole=True).is_dir()


def test_a_book_that_outgrows_its_room_is_never_there_twice(burnt_in, monkeypatch):
    """Loops, and views that somebody fetched, hold no column that has moved."""
    model = sim.Model.fork(burnt_in.config, burnt_in.save())
    model.step()
    held, there = memory_of(model.persons, model.accounts), []

    def watched(array, values):
        there.append(sum(one() is not None for one in held))
        put(array, values)

    monkeypatch.setattr(tables, "put", watched)
    gc.collect()
    gc.disable()
    try:
        rows = model.people.append(model.persons.capacity - model.people.size + 1)
        assert all(alive <= len(held) - place + 1 for place, alive in enumerate(there))
        assert len(there) == len(held) and not any(one() is not None for one in held)
    finally:
        gc.enable()
    assert rows.stop == model.persons.size == model.accounts.size <= model.accounts.capacity


def test_a_model_that_has_lived_leaves_no_columns_behind(burnt_in):
    """Whether or not Python looks for rings: loops, what they work on and columns must not hold each other."""
    model = sim.Model.fork(burnt_in.config, burnt_in.save())
    model.step()
    held = memory_of(*model.tables.values())
    gc.collect()
    gc.disable()
    try:
        release(model)
        assert not [one for one in held if one() is not None]
    finally:
        gc.enable()


def test_nobody_who_is_remembered_is_left_out(burnt_in):
    saved = burnt_in.save()
    accounts, alive = saved["tables"]["accounts"], saved["tables"]["accounts"]["alive"] > 0
    saved["scores"]["waiting"][0]["rows"] = gone = np.flatnonzero(~alive)[:3]
    less = without_departed(saved)
    mine, there = less["tables"]["accounts"], saved["scores"]["waiting"][0]["rows"]
    assert alive.sum() < len(mine["alive"]) < len(alive)
    for name in ("ordinal", "arrival_month"):
        again = [mine[name][rows] for rows in remembered(less)]
        before = [accounts[name][rows] for rows in remembered(saved)]
        assert all(np.array_equal(one, other) for one, other in zip(again, before, strict=True))
    assert there is gone  # what was saved is not written to
    assert np.array_equal(mine["ordinal"][less["scores"]["waiting"][0]["rows"]], accounts["ordinal"][gone])


def test_what_is_saved_shares_no_memory_with_the_model(burnt_in):
    for departed in (True, False):
        saved = burnt_in.save(departed=departed)["tables"]
        for name, table in burnt_in.tables.items():
            assert not any(np.shares_memory(values, table[one]) for one, values in saved[name].items()), name
    alive = burnt_in.accounts["alive"]
    assert rows_in_use(burnt_in.accounts, copied=False)["alive"] is alive
    assert rows_in_use(burnt_in.accounts, copied=True)["alive"] is not alive


def test_what_the_lender_remembers_keeps_its_rows(burnt_in):
    saved = burnt_in.save()
    stay = np.ones(burnt_in.people.size, bool)
    stay[: len(stay) // 2] = False
    saved["lender"]["classes"] = saved["lender"]["experience"]["stages"]["watched"]  # kept the same way
    less = lender_without(saved["lender"], stay)
    whole, half = saved["lender"]["experience"], less["experience"]
    past, kept = whole["lines"][0]["past"], half["lines"][0]["past"]
    assert len(past) == len(kept)
    for month in range(len(past)):
        before, after = unpacked(past[month:]), unpacked(kept[month:])
        assert all(np.array_equal(after[name], before[name][len(stay) // 2 :]) for name in COLUMNS)
    assert half["lines"][1:] == whole["lines"][1:]
    for mine, firms in (half["stages"]["watched"], less["classes"]):
        assert np.array_equal(mine["was_bad"], whole["stages"]["watched"][0]["was_bad"][len(stay) // 2 :])
        assert firms is whole["stages"]["watched"][1]
    assert (saved["tables"]["accounts"]["default_month"] != NEVER).any()
