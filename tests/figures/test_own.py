"""Figures of a user's own: what a declaration must say, and what tables then know of them."""

from __future__ import annotations

import pytest

from sim.figures.own import OWN, FigureError, declare, own_figures
from sim.study.compare.figures import figures_of


def test_a_declaration_gives_name_unit_meaning_and_how_months_combine():
    declared = {"reached": ("persons a month", "called", "sum"), "mood": ("points", "how people feel")}
    assert own_figures(declared) == (
        ("reached", "persons a month", "called", "sum"),
        ("mood", "points", "how people feel", "mean"),
    )
    assert own_figures({}) == ()


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([("reached", "persons")], "must be a dictionary"),
        ({"Reached": ("persons", "called")}, "'Reached' is no name"),
        ({3: ("persons", "called")}, "3 is no name"),
        ({"loss_rate": ("a year", "mine")}, "loss_rate is the name of a shipped figure"),
        ({"defaults_caused_by_closing": ("persons", "mine")}, "is the name of a shipped figure"),
        ({"month": ("months", "mine")}, "month is the name of a shipped figure or column"),
        ({"reached": "persons"}, r"must be \(unit, meaning\)"),
        ({"reached": ("persons",)}, r"must be \(unit, meaning\)"),
        ({"reached": ("", "called")}, "unit and meaning are texts"),
        ({"reached": ("persons", "on two\nlines")}, "unit and meaning are texts"),
        ({"reached": ("persons", "x" * 201)}, "of 1 to 200 characters"),
        ({"reached": ("persons", "called", "max")}, "one of sum, mean, last, not 'max'"),
    ],
)
def test_what_is_no_declaration_is_one_line(declared, words):
    with pytest.raises(FigureError, match=words) as found:
        own_figures(declared)
    assert "\n" not in str(found.value)


def test_declared_figures_have_their_unit_in_tables_and_shipped_ones_stay(monkeypatch):
    monkeypatch.setattr("sim.figures.own.OWN", {})
    monkeypatch.setattr("sim.study.compare.figures.OWN", OWN | {})
    before = figures_of(["reached_by_test", "loss_rate"])
    assert before["reached_by_test"].unit == ""
    monkeypatch.undo()
    declare([("reached_by_test", "persons a month", "called", "sum"), ("paid_by_test", "fen", "paid", "last")])
    try:
        after = figures_of(["reached_by_test", "paid_by_test", "loss_rate"])
        assert (after["reached_by_test"].unit, after["reached_by_test"].over) == ("persons a month", "sum")
        assert after["paid_by_test"].kind == "money" and after["reached_by_test"].kind == "index"
        assert after["loss_rate"] is before["loss_rate"]
    finally:
        del OWN["reached_by_test"], OWN["paid_by_test"]
