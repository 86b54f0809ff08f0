"""A study never runs other rules than the process that asked for it: what was exchanged or edited is refused."""

from __future__ import annotations

import dataclasses
import importlib.util
import io
import sys
from types import FunctionType
from typing import NamedTuple

import pytest
from rich.console import Console

import sim.lender.lender
import sim.lender.policies.limit
import sim.month.agenda
import sim.month.closing
import sim.month.model
import sim.persons.consumption
from sim.engine.loops.stage import Tally, stage
from sim.sharing import fund
from sim.study.run.runner import run_study
from sim.study.store.loaded import ProgramChanged, changes_of, refuse_changes
from tests.study.fake import FakeModel, toy_plan


class Consume(NamedTuple):
    """What `consume` leaves."""

    cash: int
    purchases__paid: Tally


@stage()
def consume(cash: int) -> Consume:
    return Consume(cash=cash, purchases__paid=0)


def other(*_):
    return None


def with_other_code(function):
    return FunctionType(other.__code__, function.__globals__, function.__name__)


EXCHANGES = {
    "a rule by a rule of the user's": (sim.month.agenda, "consume", consume),
    "a rule in the file that defines it": (sim.persons.consumption, "consume", consume),
    "a rule by another one of the program": (sim.month.agenda, "consume", sim.month.agenda.earn),
    "a rule that writes elsewhere": (
        sim.month.agenda,
        "consume",
        dataclasses.replace(sim.month.agenda.consume, rare=True),
    ),
    "a settle step": (sim.month.closing, "share_losses", other),
    "the agenda": (sim.month.agenda, "agenda", other),
    "a method of the model": (sim.month.model.Model, "step", other),
    "a property of an agent": (sim.lender.lender.Lender, "capital_ratio", property(other)),
    "a number": (sim.engine.tables.population, "CHUNK", 7),
    "a table of options": (sim.lender.policies.limit, "OPTIONS", {}),
    "the code of a function": (fund, "premium", None),
}


def names_of(module):
    return [name for name, value in vars(module).items() if isinstance(value, FunctionType)]


def test_the_program_as_it_is_differs_nowhere():
    """In no file of the package, whether it decides results or not."""
    found = {
        name: list(changes_of(module)) for name, module in list(sys.modules.items()) if name.split(".")[0] == "sim"
    }
    assert len(found) > 100 and not any(found.values()), {name: names for name, names in found.items() if names}
    refuse_changes()


@pytest.mark.parametrize("kind", list(EXCHANGES))
@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_exchanged_is_refused_before_anything_is_written(kind, workers, monkeypatch, tmp_path):
    owner, name, value = EXCHANGES[kind]
    if value is None:
        name = next(one for one in names_of(owner) if vars(owner)[one].__module__ == owner.__name__)
        value = with_other_code(vars(owner)[name])
    assert hasattr(owner, name), "the case has aged"
    monkeypatch.setattr(owner, name, value)
    with pytest.raises(ProgramChanged, match=rf"{name} is not what .*--plugin FILE.*sim\.Model") as refused:
        run_study(toy_plan(workers=workers), tmp_path / "study", console=Console(file=io.StringIO()))
    assert "\n" not in str(refused.value) and not (tmp_path / "study").exists()


def test_an_engine_of_the_users_is_no_matter_of_the_program(monkeypatch, tmp_path):
    monkeypatch.setattr(sim.month.agenda, "consume", consume)
    run_study(toy_plan(replications=1), tmp_path, engine=FakeModel, console=Console(file=io.StringIO()))


def test_a_file_that_was_edited_since_it_was_loaded_is_named(tmp_path):
    file = tmp_path / "rules.py"
    text = (
        "LIMIT = 3\n\n\ndef rule(a):\n    return a + LIMIT\n\n\nclass Lender:\n    def act(self):\n        return 1\n"
    )
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("rules", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert list(changes_of(module)) == []
    for old, new, name in [("= 3", "= 4", "LIMIT"), ("a + ", "a - ", "rule"), ("return 1", "return 2", "Lender.act")]:
        file.write_text(text.replace(old, new) + "# longer\n" * len(name))
        assert list(changes_of(module)) == [name]
    file.write_text("# moved down\n" + text)
    assert list(changes_of(module)) == [], "only what it does counts"
