"""Every parameter with its source, unit and range: the register, the change log and where they stand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sim.config.auditing import worlds_of
from sim.config.job import plan
from sim.config.options import GROUPS, option_names
from sim.config.parameters import (
    EVERYWHERE,
    OF_THE_RUN,
    allowed,
    calibrated_and_changed,
    change_log,
    count_kinds,
    options_chosen,
    register,
    run_settings,
    shipped_option,
    where_of,
)
from sim.config.sources import ASSUMED, CALIBRATED, CITED, UNNAMED, notes_of, references_in, source_of
from sim.config.validate import fields_of
from sim.persons.behaviour import BehaviourSettings

WORDS = ["study.arms=[lenient,guaranteed]", "study.scenarios=[calm,own.csv]", "study.replications=2", "study.months=4",
         "study.burn_in=14", "population.borrowers=400", "firms=none", "behaviour.oversight=0.03",
         "fund.capital_share=0.2", "economy.units=percent"]  # fmt: skip
LOCKED = "study.replications"


def by_key(entries, where: str = "") -> dict:
    return {entry.key: entry for entry in entries if not where or entry.where == where}


@pytest.fixture(scope="module")
def shipped():
    """The plan of the default study."""
    return plan([])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The plan of a study with a path of the user's and changed keys."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path_factory.mktemp("parameters"))
        rows = [f"2020-{month:02d},{5 + month / 10}" for month in range(1, 6)]
        Path("own.csv").write_text("month,unemployment\n" + "\n".join(rows) + "\n")
        return plan(WORDS)


# ---- sources ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("meaning", "note", "kind", "said"), [
    ("sd of shocks (assumption)", "", ASSUMED, ""),
    ("essentials, mean (calibrated)", "", CALIBRATED, ""),
    ("pace of cash (Carroll, 1997)", "", CITED, "Carroll, 1997"),
    ("rise with income (Engel curve)", "", CITED, "Engel curve"),
    ("weight (20 % over 75 %: Basel III, CRE20)", "", UNNAMED, ""),
    ("drawn (Basel III: other commitments)", "", CITED, "Basel III: other commitments"),
    ("loan tape (CSV, xlsx or Parquet)", "", UNNAMED, ""),
    ("an open line serves (1) or not (0)", "", UNNAMED, ""),
    ("provision for M1 (1-29 days)", "", UNNAMED, ""),
    ("help (assumption; many lenders)", "", ASSUMED, "assumption; many lenders"),
    ("a leverage", "Order 683, in force 2017-10-01", CITED, "Order 683, in force 2017-10-01"),
    ("a chance (Gruber, 1997)", "Near flows of 2007. Assumption", ASSUMED, "Near flows of 2007. Assumption"),
    ("a key", "Others: balance", UNNAMED, "Others: balance"),
])  # fmt: skip
def test_the_source_of_a_value_is_what_its_declaration_or_the_comment_above_it_says(meaning, note, kind, said):
    assert source_of(meaning, note) == (kind, said)


def test_publications_are_found_in_both_ways_of_writing():
    text = (
        "x (Storesletten, Telmer and Yaron, 2004; assumption), Shimer (2012): y; (de Mel, McKenzie and Woodruff, 2008)"
    )
    assert references_in(text) == [
        "Storesletten, Telmer and Yaron, 2004", "Shimer, 2012", "de Mel, McKenzie and Woodruff, 2008",
    ]  # fmt: skip
    assert references_in("(Lu et al., 2012) in August 2020, a rule of 2020-11-02") == ["Lu et al., 2012"]


def test_comments_by_hand_belong_to_the_key_below_them():
    notes = notes_of("fund", "standard")
    assert notes["leverage_cap"] == "State Council Order 683, in force 2017-10-01"
    assert notes[""].startswith("Guarantee fund, standard")
    assert "premium_rate" in notes and "capital" not in notes
    assert notes_of("sectors", "default")["agriculture.season"].startswith("One harvest")
    assert notes_of("economy", "mine") == {}
    declared = [key for group in ("behaviour", "lender") for key in notes_of(group, option_names(group)[0])]
    assert not {"limit_response", "guarantor_weight"} & set(
        declared
    )  # what repeats a declaration is no comment by hand


# ---- parameters --------------------------------------------------------------------------------


def test_the_default_study_changes_options_alone(shipped):
    entries = register(shipped)
    assert not [entry.key for entry in entries if entry.changed] and run_settings(shipped) == []
    log = change_log(shipped)
    assert {(entry.key, entry.value, entry.where) for entry in log} >= {
        ("policy/limit", "behavioural", "limits, closing, platform"),
        ("sharing", "guarantee_80_20", "guaranteed"),
        ("behaviour", "us_cards", "in us_2007_2012"),
    }
    assert all(entry.kind == "option" for entry in log) and calibrated_and_changed(entries) == []
    assert by_key(options_chosen(shipped))["bureau"].default == "none"


def test_every_key_of_the_model_stands_in_the_register(shipped):
    config = shipped.root.configs["calm"]

    def keys(part, above):
        for name in fields_of(type(part)):
            value = getattr(part, name)
            if dataclasses.is_dataclass(value):
                yield from keys(value, f"{above}.{name}")
            elif name != "name":
                yield f"{above}.{name}"

    found = {entry.key for entry in register(shipped)}
    for group in GROUPS:
        if group.name in OF_THE_RUN:
            continue
        node = config
        for part in group.node.split("."):
            node = getattr(node, part)
        assert set(keys(node, group.node)) <= found, group.name
    entry = by_key(register(shipped))["behaviour.buffer_return"]
    assert (entry.value, entry.unit, entry.kind, entry.source) == (0.12, "share a month", CITED, "Carroll, 1997")
    assert entry.where == EVERYWHERE and entry.allowed.startswith("a number from 0") and entry.acts


def test_the_log_names_value_default_unit_range_and_where(own):
    log = by_key(change_log(own))
    entry = log["behaviour.oversight"]
    assert (entry.value, entry.default, entry.unit, entry.where) == (0.03, 0.0228, "a month", EVERYWHERE)
    assert entry.kind == CALIBRATED and entry.allowed == "a number from 0 to 0.5"
    assert calibrated_and_changed(register(own)) == ["behaviour.oversight"]
    assert log["fund.capital_share"].default == 0.1
    assert log["economy"].value == "own" and log["economy"].where == "in own"
    assert log["firms"].value == "none" and log[LOCKED].default == 8 and log[LOCKED].value == 2
    assert "study.months" in log and "behaviour.buffer_return" not in log
    assert "seed" in by_key(run_settings(plan(["seed=7"])))


def test_kinds_count_keys_that_act_and_each_once(own):
    entries = register(own)
    counts = count_kinds(entries)
    changed = {entry.key for entry in entries if entry.acts and entry.changed}
    assert counts["changed by the study"] == len(changed) and "behaviour.oversight" in changed
    assert sum(count_kinds([entry for entry in entries if not entry.changed]).values()) > 200
    twice = [dataclasses.replace(entries[0], acts=True, changed=False, kind=kind) for kind in (CITED, UNNAMED, ASSUMED)]
    assert count_kinds(twice) == {UNNAMED: 1}  # one key, as its worst founded value
    idle = [entry for entry in entries if not entry.acts]
    assert idle and count_kinds(idle) == {}


def test_where_names_packages_economies_or_pairs():
    everywhere = [(arm, scenario) for arm in "ab" for scenario in "xyz"]
    assert where_of(everywhere, everywhere) == EVERYWHERE
    assert where_of([("a", one) for one in "xyz"], everywhere) == "a"
    assert where_of([("a", "y"), ("b", "y")], everywhere) == "in y"
    assert where_of([("a", "x"), ("b", "z")], everywhere) == "a in x, b in z"


@pytest.mark.parametrize("group", [group.name for group in GROUPS if group.name not in OF_THE_RUN])
def test_shipped_options_are_typed(group):
    for option in option_names(group):
        assert dataclasses.is_dataclass(shipped_option(group, option))


def test_what_is_allowed_is_said_without_the_unit():
    kind, declared, _ = fields_of(BehaviourSettings)["oversight"]
    assert allowed(kind, declared) == "a number from 0 to 0.5"
    assert allowed(bool, declared) == "true or false" and allowed(tuple, declared) == "a list"


def test_worlds_have_a_range_for_each_key():
    assert worlds_of([{"a": 2.0, "b": 1.0}, {"a": 1.0, "b": 1.0}]) == [
        {"key": "a", "lowest": 1.0, "highest": 2.0, "worlds": 2},
        {"key": "b", "lowest": 1.0, "highest": 1.0, "worlds": 2},
    ]  # fmt: skip
