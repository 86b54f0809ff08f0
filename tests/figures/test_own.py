"""Figures of a user's own: what a declaration must say, and what tables then know of them."""

from __future__ import annotations

import pytest

from sim.figures.figure import of_a_user
from sim.figures.formula import told
from sim.figures.own import OWN, FigureError, declare, declare_units, own_figures
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
        ({"loss_rate": ("a year", "mine")}, "loss_rate is the name of another figure"),
        ({"defaults_caused_by_closing": ("persons", "mine")}, "is the name of another figure"),
        ({"month": ("months", "mine")}, "month is the name of another figure or column"),
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


@pytest.mark.parametrize(
    ("unit", "over", "kind", "period"),
    [
        ("fen a person", "mean", "money", "a person"),
        ("fen", "last", "money", "at the end of the window"),
        ("fraction of persons", "mean", "share", "of persons"),
        ("fenced persons", "sum", "index", "fenced persons"),
        ("points", "mean", "index", "points"),
    ],
)
def test_its_unit_says_how_it_is_printed_and_it_is_stored_as_a_real_number(unit, over, kind, period):
    found = of_a_user("mine", unit, "what it is", over, told(""))
    assert (found.kind, found.period, found.over, found.is_whole) == (kind, period, over, False)


def test_a_manifest_declares_what_is_not_shipped_and_says_how_months_combine():
    entry = {"unit": "points", "meaning": "how people feel"}
    units = {
        "loss_rate": {"unit": "a year", "meaning": "not ours", "combined": "last"},
        "mood_by_test": {**entry, "combined": "last"},
        "older_by_test": entry,
    }
    try:
        assert declare_units(units) == ["mood_by_test"] and OWN["mood_by_test"].over == "last"
        assert "loss_rate" not in OWN and "older_by_test" not in OWN
    finally:
        del OWN["mood_by_test"]
