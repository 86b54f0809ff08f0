"""Which followers a study has."""

from __future__ import annotations

from types import SimpleNamespace

from sim.study.follow import follower
from sim.study.follow.follower import ASKED_FOR, FOLLOWERS, GAINS, followers, tables_of
from sim.study.follow.panel import Panel


def test_usual_followers_watch_where_no_design_visits_many_points():
    usual = tuple(name for name in FOLLOWERS if name not in ASKED_FOR)
    assert {"rolls", "vintages", "defaults"} <= set(usual) and ASKED_FOR == ("panel",)
    assert tables_of("auto", has_design=False) == (*usual, GAINS) == tables_of("all", has_design=True)
    assert tables_of("auto", has_design=True) == tables_of("none", has_design=False) == ()


def test_a_panel_is_kept_where_it_is_asked_for_and_nowhere_else():
    assert tables_of("none", has_design=True, asked=("panel",)) == ("panel",)
    assert set(tables_of("auto", has_design=False, asked=("panel",))) == {*FOLLOWERS, GAINS}


def test_each_begins_with_the_model(monkeypatch):
    monkeypatch.setattr(follower, "FOLLOWERS", {"a": lambda model: ("a", model), "b": lambda model: ("b", model)})
    model = SimpleNamespace()
    assert followers(("b", "a"), model) == [("b", model), ("a", model)]


def test_a_panel_begins_with_the_model(world):
    assert isinstance(follower.panel(world.model), Panel)
