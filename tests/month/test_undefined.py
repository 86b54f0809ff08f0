"""A month in which a rule of a user's own goes on from what has no value: it stops, and says which rule."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

import sim
from sim.engine.tables.finite import check_columns
from sim.lender.policies.user import UserLimit, stage_of
from sim.month.agenda import Phase, agenda
from sim.month.declared import OwnFigure, figure_stage
from sim.month.own import OwnRules, own_stage
from sim.month.undefined import UndefinedError, of_stage, refuse_undefined, with_watch
from sim.persons.consumption import consume
from tests.month.test_own import WORLD, lived

RULES = """
def mine(cash, income, employed):
    spending = min(income // 2, cash)
    often = 7 // (employed + 1)
    return dict(cash=cash - spending, discretionary__paid=spending + 0 * often * (7 % {by}))
def capped(limit, months_past_due):
    return limit // (months_past_due - {least})
"""
OWN = OwnRules(RULES.format(by="employed", least=0), (("behaviour/consumption", "mine"),))


def test_a_division_by_0_on_rows_that_no_trial_saw_stops_the_month_by_name():
    """Compiled, a remainder by 0 is 0, and the results would be those of another rule."""
    with pytest.raises(UndefinedError) as found:
        lived(OWN, 1)
    said = str(found.value)
    assert said.startswith("month -6: mine (consume_of_a_user) comes to what has no value for ") and "\n" not in said
    assert "it is in line 4: 7 // (employed + 1); line 5: 7 % employed: guard it" in said


def test_the_lenders_own_rule_and_a_figure_are_looked_at_as_well():
    config = sim.compose([*WORLD])
    limit = UserLimit("capped", RULES.format(by="1", least=0))
    figure = OwnFigure("strange", "mean", "cash // (cash - cash)", ("cash",), "fen", "x")
    for part, says in (
        ({"policy": dataclasses.replace(config.policy, limit=limit)}, r"capped \(capped_of_a_user\) .*line 7"),
        ({"own": OwnRules("", (), (), (figure,))}, r"strange \(count_strange\) .* in its formula: cash // \(cash - c"),
    ):
        model = sim.Model(dataclasses.replace(config, **part))
        with pytest.raises(UndefinedError, match=says):
            for _ in range(7):
                model.step()


def test_a_month_looks_only_where_a_rule_may_lack_a_value():
    items = agenda(sim.compose([*WORLD]))
    assert with_watch(items, ()) == tuple(items) and of_stage(consume) == {}
    stage = own_stage("behaviour/consumption", "mine", OWN)
    assert list(of_stage(stage)) == ["own_mine_undefined"] and stage.tallies[-1] == "own_mine_undefined"
    assert stage_of("policy/limit", "capped", RULES).tallies[-1] == "own_capped_undefined"
    for found in (OWN.within(items), with_watch(items, (stage,)), with_watch([*items, Phase("x", (stage,))], ())):
        assert found.index(refuse_undefined) == found.index(check_columns) - 1
    sound = OwnFigure("purse", "mean", "cash", ("cash",), "fen", "x")
    assert of_stage(figure_stage(sound, "")) == {} and figure_stage(sound, "").tallies == sound.tallies


def test_firms_are_named_and_few_operations_of_many():
    source = "def mine(x):\n    return dict(a=1 // x + 2 // x + 3 // x + 4 // x)\n"
    stage = dataclasses.replace(own_stage("behaviour/consumption", "mine", OWN), name="plan")
    stage.rule.watched = {"own_mine_undefined": tuple(f"line {k}: 1 // x" for k in range(5))}

    books, settings = SimpleNamespace(flows={"firm.own_mine_undefined": 1}), SimpleNamespace(own=OwnRules(source))

    with pytest.raises(UndefinedError, match=r"for 1 firm: .* line 2: 1 // x and 2 more: guard it"):
        refuse_undefined(3, settings, [Phase("x", (stage,), firms=True)], books)  # type: ignore[arg-type]
    books.flows = {"firm.own_mine_undefined": 0}
    refuse_undefined(3, settings, [Phase("x", (stage,), firms=True)], books)  # type: ignore[arg-type]
