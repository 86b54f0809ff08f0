"""What happened to an account, in words, and by which rule."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.config.compose import compose
from sim.loan.states import COURT_LOST, COURT_WON
from sim.study.follow.decisions import WATCHED, events_of, rule_of, told
from tests.study.follow.conftest import lived

NONE, APPLIED, OPEN, CLOSED, LOST, REFUSED, FROZEN = range(7)
QUIET = {name: 0 for name in WATCHED} | {"alive": 1, "line": OPEN, "limit": 50, "default_month": -1, "claim_month": -1}
NUMBERS = {"unemployment_gap": 0.0, "appetite_points": 0.0, "alert_hold": 6}


def words(was=None, now=None, month=7) -> list[tuple[str, str]]:
    before = {**QUIET, **(was or {})}
    return list(events_of(before, {**before, **(now or {})}, month))


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({}, {}, []),
        ({"line": NONE}, {"line": APPLIED}, [("applied for a line", "")]),
        ({"line": NONE, "limit": 0}, {"line": OPEN, "limit": 9},
         [("line approved", "approval"), ("limit set", "limit")]),
        ({"line": NONE}, {"line": REFUSED}, [("application refused", "approval")]),
        ({"line": REFUSED, "months_in_state": 3}, {"months_in_state": 0}, [("application refused", "approval")]),
        ({"line": REFUSED, "months_in_state": 3}, {"months_in_state": 4}, []),
        ({}, {"line": CLOSED, "limit": 0}, [("line closed", "closing")]),
        ({}, {"line": FROZEN}, [("line frozen", "closing")]),
        ({"line": FROZEN}, {"line": OPEN}, [("line given back", "closing")]),
        ({"line": CLOSED, "limit": 0}, {"line": OPEN, "limit": 5},
         [("line opened again", "closing"), ("limit set", "limit")]),
        ({}, {"limit": 60}, [("limit raised", "limit")]),
        ({}, {"limit": 40}, [("limit cut", "limit")]),
        ({"line": CLOSED, "limit": 3}, {"limit": 0}, []),
        ({}, {"line": LOST, "limit": 0}, [("charged off", "contract")]),
        ({"line": LOST}, {"line": NONE}, [("old debt given up", "contract")]),
        ({"line": LOST, "written_off": 9}, {"line": CLOSED, "written_off": 0}, [("old debt repaid", "")]),
        ({"line": LOST, "written_off": 9}, {"written_off": 0}, [("debt sold", "collections")]),
        ({"line": CLOSED}, {"line": NONE}, [("may apply again", "contract")]),
        ({}, {"line": NONE}, [("line given up", "")]),
        ({}, {"alive": 0, "line": NONE}, [("left", "")]),
        ({}, {"reliefs": 1, "holiday": 3}, [("payment holiday", "relief")]),
        ({}, {"reliefs": 1, "holiday": 3, "payment": 5}, [("payment holiday", "relief")]),
        ({"line": CLOSED}, {"reliefs": 1, "payment": 5, "holiday": 2}, [("restructured", "relief")]),
        ({}, {"reliefs": 1, "payment": 5, "line": FROZEN}, [("line frozen", "closing"), ("restructured", "relief")]),
        ({}, {"alert": 1}, [("warned", "warning")]),
        ({"alert": 1}, {"alert": 2}, []),
        ({}, {"default_month": 7}, [("90 days past due", "contract")]),
        ({}, {"claim_month": 7}, [("claimed under the scheme", "contract")]),
        ({"line": LOST, "written_off": 9}, {"court": 1}, [("sued", "collections")]),
        ({"line": LOST, "court": 5}, {"court": COURT_WON}, [("judgment won", "collections")]),
        ({"line": LOST, "court": 5}, {"court": COURT_LOST}, [("judgment lost", "collections")]),
        ({}, {"misuse": 1, "line": CLOSED}, [("line closed", "contract"), ("loan found misused", "contract")]),
        ({"trading": 1}, {"trading": 0, "line": CLOSED}, [("firm failed", "contract"), ("line closed", "contract")]),
        ({"trading": 1}, {"line": CLOSED}, [("line closed", "closing")]),
    ],
)  # fmt: skip
def test_events(was, now, expected):
    assert words(was, now) == expected


def config(*overrides: str):
    return compose(["population=tiny", *overrides])


def rule(event, group, now=None, was=None, of=None, numbers=NUMBERS):
    before = {**QUIET, **(was or {})}
    return rule_of(event, group, before, {**before, **(now or {})}, of or config("policy/closing=threshold"), numbers)


def test_closing_says_what_crossed_its_threshold():
    sound = {"score": 600.0, "inflow_fast": 100.0, "inflow_slow": 100.0}
    assert rule("line closed", "closing", sound | {"score": 509.9}) == "closing=threshold: score 509 below 510"
    assert rule("line closed", "closing", sound | {"inflow_fast": 39.0}) == "closing=threshold: inflow 39% of the usual"
    assert rule("line closed", "closing", sound | {"months_past_due": 3}) == "closing=threshold: 3 months past due"
    two = rule("line closed", "closing", sound | {"months_past_due": 4, "score": 400.0})
    assert two == "closing=threshold: score 400 below 510, 4 months past due"
    moved = NUMBERS | {"appetite_points": 20.0}
    assert rule("line closed", "closing", sound | {"score": 495.0}, numbers=moved) == "closing=threshold"
    tight = config("policy/closing=threshold", "policy.closing.closing_tightening=1000")
    gap = NUMBERS | {"unemployment_gap": 0.05}
    assert (
        rule("line closed", "closing", sound | {"score": 555.0}, of=tight, numbers=gap)
        == "closing=threshold: score 555 below 560"
    )


def test_freezing_first_closes_what_does_not_recover():
    sound = {"score": 600.0, "inflow_fast": 100.0, "inflow_slow": 100.0}
    first = config("policy/closing=freeze_first", "policy/warning=drop")
    assert rule("line frozen", "closing", sound | {"alert": 2}, of=first) == "closing=freeze_first: a warning in force"
    assert rule("line closed", "closing", sound, {"line": FROZEN}, of=first) == "closing=freeze_first: not recovered"


def test_security_that_is_called_closes_a_line_where_no_threshold_was_crossed():
    assert rule("line closed", "closing", of=config("policy/collections=secured")) == "collections=secured"
    assert rule("line closed", "closing", of=config()) == "closing=never"


def test_a_list_of_rules_is_named_by_the_rule_that_acted():
    listed = config("policy/engine=rules")
    assert rule("line closed", "closing", {"decided_by": 1}, of=listed) == "rule 1, serious arrears"
    assert rule("restructured", "relief", {"decided_by": 2}, of=listed) == "rule 2, early arrears, new plan"
    assert rule("line frozen", "closing", {"decided_by": 2}, of=listed) == "rule 2, early arrears, new plan"
    assert rule("limit raised", "limit", {"decided_by": 3}, of=listed) == "limit=fixed", "that rule freezes"
    assert rule("limit cut", "limit", {"decided_by": 5}, of=listed) == "rule 5, weak and drawn"
    assert rule("charged off", "contract", {"decided_by": 1}, of=listed) == ""


def columns(*rows) -> dict[str, np.ndarray]:
    return {name: np.array([{**QUIET, **row}[name] for row in rows]) for name in QUIET}


def test_only_what_moved_is_told_and_all_of_it():
    before = columns({}, {}, {"line": REFUSED, "months_in_state": 3}, {})
    after = columns({}, {"limit": 60, "alert": 1}, {"line": REFUSED}, {"decided_by": 6})
    found = told(before, after, 7, config("policy/engine=rules", "policy/warning=drop"), NUMBERS)
    assert found == {
        1: ("limit raised, warned", "limit=fixed; warning=drop"),
        2: ("application refused", "approval=profit"),
        3: ("referred to staff", "rule 6, weak"),
    }
    assert told(before, before, 7, SimpleNamespace(), NUMBERS) == {}


def test_a_lived_world_counts_as_many_decisions_as_its_months(world):
    panel = pd.DataFrame(world.tables["panel"])
    closed = panel["event"].str.contains("line closed") & panel["rule"].str.contains("closing=threshold: ")
    assert closed.sum() == sum(record["closures_month"] for record in world.records) > 20
    defaults = panel["event"].str.contains("90 days past due").sum()
    assert defaults == sum(record["defaults"] for record in world.records) > 10
    approved = panel["event"].str.contains("line approved").sum()
    assert approved == sum(record["approvals"] for record in world.records) > 10


def test_a_world_under_a_list_of_rules_names_them_all():
    found = lived("policy/engine=rules", "policy/closing=never", names=("panel",), months=18)
    panel = pd.concat([pd.DataFrame(found.tables[name]) for name in ("panel", "panel_firms")])
    acted = panel[(panel["decided_by"] > 0) & (panel["month"] >= 0)]
    assert len(acted) > 30 and set(acted["decided_by"]) >= {1, 2, 6}
    for number, name in ((1, "serious arrears"), (2, "early arrears, new plan"), (5, "weak and drawn"), (6, "weak")):
        mine = acted[acted["decided_by"] == number]
        assert mine["rule"].str.contains(f"rule {number}, {name}").all()
