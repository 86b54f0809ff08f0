"""A class of the user's as the model of an arm: how it is loaded, and what is said when it fails."""

from __future__ import annotations

import dataclasses
import hashlib
from types import SimpleNamespace

import pytest

from sim.loan.ledger import LedgerError
from sim.month.own import OwnRules
from sim.study.plan.differences import changes, digest, model_part
from sim.study.plan.own_model import OwnModel, own_of
from sim.study.run.cell import default_engine, engine_of, engine_of_own
from sim.study.run.own_model import OwnModelError, OwnRuleError, class_of, told, words_of

GOOD = """import mesa
import sim

class Caller(mesa.Agent):
    def step(self):
        self.model.called[self.unique_id]

class Mine(sim.Model):
    def before_month(self):
        self.called = {}
        self.agents.do("step")
"""


def own(source: str = GOOD, name: str = "Mine", file: str = "mine.py") -> OwnModel:
    return OwnModel(f"{file}:{name}", source, hashlib.sha256(source.encode()).hexdigest(), file=f"/home/{file}")


def test_a_class_is_loaded_once_a_process_and_is_the_one_named():
    found = class_of(own(), default_engine())
    assert found.__name__ == "Mine" and issubclass(found, default_engine())
    assert engine_of_own(own()) is found
    assert class_of(dataclasses.replace(own(), figures=(("a", "b", "c", "sum"),)), default_engine()) is found
    assert class_of(own(GOOD + "\n"), default_engine()) is not found


def test_a_configuration_chooses_its_class_unless_another_is_asked_for():
    @dataclasses.dataclass
    class Config:
        model: OwnModel | None = None

    assert engine_of(Config()) is engine_of(object()) is default_engine()
    assert engine_of(Config(own())) is engine_of_own(own())
    assert engine_of(Config(own()), int) is int
    assert own_of(Config(own())) == own() and own_of(object()) is None


@pytest.mark.parametrize(
    ("source", "name", "words"),
    [
        (GOOD, "Mein", r"^mine\.py: Mein is no subclass of sim\.Model in it; did you mean Mine\?$"),
        (GOOD, "Caller", r"Caller is no subclass of sim\.Model in it; it has Mine$"),
        ("from sim import Model", "Model", r"Model is no subclass of sim\.Model in it; it has none$"),
        ("x = (", "Mine", r"^mine\.py, line 1: is not Python: "),
        ("import sim\n\n1 / 0\n", "Mine", r"^mine\.py, line 3: ZeroDivisionError: division by zero$"),
        ("import nowhere_at_all", "Mine", r"line 1: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit", "Mine", r"^mine\.py, line 1: SystemExit$"),
        (
            GOOD + "    FIGURES = {'loss_rate': ('a', 'b')}\n",
            "Mine",
            r"^mine\.py: Mine: FIGURES: loss_rate is the name",
        ),
    ],
)
def test_a_file_without_such_a_class_is_one_line(source, name, words):
    with pytest.raises(OwnModelError, match=words) as found:
        class_of(own(source, name), default_engine())
    assert "\n" not in str(found.value)


def test_a_loose_module_beside_the_file_is_refused_and_installed_ones_are_not(tmp_path, monkeypatch):
    (tmp_path / "loose_helper.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for line in ("import loose_helper\n", "from loose_helper import f\n"):
        with pytest.raises(OwnModelError, match="imports loose_helper, a file that the study does not keep"):
            class_of(own(line + GOOD), default_engine())
    class_of(own("import json, math, scipy.stats\nimport numpy as np\nimport pandas\n" + GOOD), default_engine())


def raised(source: str, act: str = "act") -> BaseException:
    """What a function of a file raises that was loaded as a user's."""
    given = own(source + "\n" + GOOD)
    class_of(given, default_engine())
    try:
        with told(SimpleNamespace(model=given), "mine in calm"):
            vars(__import__(f"creditcycle_own_{given.sha256[:12]}"))[act]()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def test_an_error_names_file_line_class_function_and_where():
    error = raised("def act():\n    return 1 / 0")
    assert isinstance(error, OwnModelError)
    assert str(error) == "mine.py, line 2, Mine, act: ZeroDivisionError: division by zero (mine in calm)"
    assert str(raised("def act():\n    raise SystemExit(3)")).startswith("mine.py, line 2, Mine, act: SystemExit: 3 (")
    many = raised("def act():\n    raise ValueError('a\\n\\nb' * 200)")
    assert "\n" not in str(many) and len(str(many)) < 300


def test_the_agent_that_failed_is_named_and_a_cause_leads_to_its_line():
    lines = "class A:\n    unique_id = 7\n    def step(self):\n        raise KeyError(1)\n\ndef act():\n    A().step()"
    assert str(raised(lines)) == "mine.py, line 4, Mine, A.step of agent 7: KeyError: 1 (mine in calm)"
    given = own()
    inner = raised(lines)
    outer = RuntimeError("outside")
    outer.__cause__ = inner.__cause__
    found = own(lines + "\n" + GOOD)
    assert words_of(found, outer) == "mine.py, line 4, Mine, A.step of agent 7: RuntimeError: outside"
    assert words_of(given, RuntimeError("")) == "mine.py, Mine: RuntimeError"


def test_what_befalls_the_machine_goes_through_and_what_a_class_brings_on_itself_does_not():
    with pytest.raises(MemoryError), told(SimpleNamespace(model=own()), "mine in calm"):
        raise MemoryError
    with pytest.raises(KeyError), told(None, "ours in calm"):
        raise KeyError
    assert isinstance(raised("def act():\n    open('/nowhere/at/all')"), OwnModelError)


MONEY = """
def careful(cash, careful_months):
    return dict(cash=cash, discretionary__paid=0)

def moody(unwilling):
    return dict(unwilling=unwilling)
"""


def test_books_that_do_not_close_name_the_rules_that_move_money():
    """Without such rules it is a defect of the engine, which a traceback tells."""
    both = OwnRules(MONEY, (("behaviour/consumption", "careful"), ("behaviour/willingness", "moody")))
    assert both.of_money == ["careful in the place of behaviour/consumption"]
    words = (
        "careful in the place of behaviour/consumption makes or loses money, for the books do not close: cash: 3 fen"
    )
    with pytest.raises(OwnRuleError) as raised, told(SimpleNamespace(own=both), "mine in calm"):
        raise LedgerError("cash: 3 fen")
    assert str(raised.value) == f"{words} (mine in calm)"
    for config in (SimpleNamespace(own=OwnRules(MONEY, both.replaced[1:])), SimpleNamespace(own=OwnRules()), None):
        with pytest.raises(LedgerError), told(config, "mine in calm"):
            raise LedgerError("cash: 3 fen")
    with pytest.raises(KeyError), told(SimpleNamespace(own=both), "mine in calm"):
        raise KeyError


def test_packages_differ_by_the_name_of_their_model_and_by_its_text_alone():
    @dataclasses.dataclass
    class Config:
        model: OwnModel | None = None
        chosen: dict = dataclasses.field(default_factory=dict)

    mine, other = Config(own()), Config(own(GOOD + "\n", file="other.py"))
    assert changes(Config(), mine) == [("model", "mine.py:Mine", "nothing")]
    assert changes(mine, other) == [("model", "other.py:Mine", "mine.py:Mine")]
    moved = Config(dataclasses.replace(own(), file="/elsewhere/mine.py"))
    assert digest(model_part(mine)) == digest(model_part(moved)) != digest(model_part(other))
    assert changes(mine, moved) == []
