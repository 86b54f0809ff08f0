"""The audit pack: each sentence follows from the facts, and the page holds them all and escapes what others named."""

from __future__ import annotations

import copy
import json
import re

import pytest

from sim.language.words import Words
from sim.reports.audit_figures import points
from sim.reports.audit_page import as_json, render
from sim.reports.audit_tables import words_table
from sim.reports.words import auditing
from sim.reports.words.audit_standing import HEADINGS, OPEN, PLACES, PURPOSE
from sim.reports.words.auditing import many, miscalibrated, ratio, statements

PARAMETER = {
    "key": "behaviour.oversight", "value": 0.03, "default": 0.0228, "where": "all packages and economies",
    "unit": "a month", "allowed": "a number from 0 to 0.5", "meaning": "forgetting a payment (calibrated)",
    "kind": "calibrated", "source": "", "acts": True, "changed": True,
}  # fmt: skip
PLAIN = PARAMETER | {"key": "behaviour.stacking", "kind": "assumption", "changed": False, "value": [1, 2], "acts": True}
IDLE = PLAIN | {"key": "behaviour.idle_key", "acts": False}
ROW = {"package": "<b>own</b>", "economy": "calm", "whom": "persons", "predicted": 0.02, "realised": 0.04, "ratio": 0.5,
       "difference": -0.02, "low": -0.03, "high": -0.01, "runs": 8, "runs_without": 1}  # fmt: skip
ESTIMATE = {"package": "<b>own</b>", "economy": "calm", "figure": "loss_rate", "unit": "fraction of outstanding a year",
            "period": "over the window, annualised", "parent": "lenient", "runs": 8, "mean": 0.0345, "low": 0.03,
            "high": 0.04, "difference": 0.0012, "difference_low": -0.001, "difference_high": None,
            "variance_reduction": 4.25, "p_value": 0.1, "p_holm": None}  # fmt: skip
OWN_MODEL = {"package": "agents", "model": "mine.py:A", "sha256": "abc"}
FACTS = {
    "format": 1,
    "study": {"status": "complete", "results_sha256": "r" * 64, "config_sha256": "c" * 64, "program_sha256": "p" * 64,
              "command": "creditcycle seed=7", "overrides": ["seed=7"], "started": "2026-01-01T00:00:00+00:00",
              "ended": "2026-01-02T00:00:00+00:00"},
    "use": {
        "packages": [
            {"name": "lenient", "parent": "", "meaning": "m", "change": "", "changes": [], "scheme": "", "rules": []},
            {"name": "<b>own</b>", "parent": "lenient", "meaning": "m2", "scheme": "a fund", "rules": ["r1"],
             "changes": [{"key": "sharing", "value": "fund", "parent_value": "none"}]},
        ],
        "economies": [{"name": "calm", "meaning": "quiet", "months": 60, "outlook": "flat", "stays_calm": False}],
        "borrowers": 20000, "burn_in": 24,
    },
    "model": {"rooms": [{"name": "loan", "meaning": "The loan."}], "references": ["Carroll, 1997", "Lu et al., 2012"],
              "month": [{"name": "bill", "by": "loan", "phase": "billing", "meaning": "Bill what is due."}]},
    "inputs": {"files": [], "control_totals": [], "assumptions": [], "own_rules_sha256": "", "own_models": [],
               "seed": 7, "seeds": [1, 2], "seeds_rule": "a rule"},
    "parameters": [PARAMETER, PLAIN, IDLE],
    "sources": {"calibrated": 3, "assumption": 4, "changed by the study": 1},
    "change_log": [PARAMETER],
    "calibrated_and_changed": [],
    "worlds": [], "design": None,
    "limits": {"warnings": [], "stays_calm": [], "cells": {"finished": 16, "of": 16, "failed": []}, "worlds": 0,
               "foreign_preset": [], "unclean": 0, "without_commit": 0, "calls": 1},
    "tests": {"ledger_checked": True, "cells": {"finished": 16, "of": 16, "failed": []}, "asked": 5,
              "computed_again": 5,
              "problems": []},
    "outcomes": {"confidence": 0.95, "window": {"from": 0, "months": 0}, "replications": 8, "interval": "t",
                 "estimates": [ESTIMATE], "calibration": [ROW],
                 "monitored": [{"package": "lenient", "economy": "calm", "figure": "score_gini", "unit": "2 AUC - 1",
                                "meaning": "Gini", "mean": 0.61234, "low": None, "high": None, "runs": 1}]},
    "environment": {"machine": "Linux", "versions": {"python": "3.11.7"}, "versions_now": {},
                    "configurations_sha256": "f" * 64,
                    "calls": [{"began": "b", "ended": "e", "platform": "Linux", "commit": "abc", "clean": True,
                               "lock_sha256": "l", "cells": 16}]},
}  # fmt: skip


def changed(*path_and_value) -> dict:
    """The facts with one of them another."""
    *path, last, value = path_and_value
    found = copy.deepcopy(FACTS)
    node = found
    for key in path:
        node = node[key]
    node[last] = value
    return found


def said(facts, heading: str) -> str:
    return " ".join(statements(facts)[heading])


FILE = {"name": "tape.csv", "file": "inputs/t", "sha256": "x", "bytes": 5, "rows": 2, "as_recorded": True}


@pytest.mark.parametrize(("change", "heading", "words"), [
    (("inputs", "files", [FILE]), "inputs", "Copies of 1 file of the user's lie in the study folder; all are what was"),
    (("inputs", "files", [FILE, FILE | {"as_recorded": False}]), "inputs", "no longer what was recorded: tape.csv."),
    (("inputs", "own_rules_sha256", "abc"), "inputs", "own decide in it (sha256 of their text: abc)"),
    (("inputs", "own_models", [OWN_MODEL]), "inputs", "agents runs a model of the user's own, mine.py:A (sha"),
    (("inputs", "own_models", [OWN_MODEL]), "limits", "speaks for a model of the user's own, and its code"),
    (("inputs", "own_rules_sha256", "abc"), "limits", "No test of the program speaks for rules of the user's own"),
    (("inputs", "assumptions", ["ages"]), "inputs", "Assumed about the loan tape: ages"),
    (("inputs", "control_totals", ["5 loans"]), "inputs", "Control total of the loan tape: 5 loans"),
    (("design", {"points": 3, "axes": [{"key": "seed"}]}), "changes", "A design varies seed over 3 points"),
    (("worlds", [{"key": "a", "lowest": 1, "highest": 2, "worlds": 4}]), "changes", "worlds differ in 1 parameter"),
    (("limits", "worlds", 4), "limits", "this study has 32 runs of each package in each economy"),
    (("limits", "worlds", 4), "limits", "Monte Carlo error and doubt about the parameters"),
    (("outcomes", "replications", 1), "limits", "One replication: no interval can be given"),
    (("limits", "cells", {"finished": 3, "of": 16, "failed": []}), "limits", "partial: 3 of 16 cells are finished"),
    (("limits", "warnings", ["too late"]), "limits", "Warning of the study: too late."),
    (("limits", "stays_calm", ["mild"]), "limits", "calm throughout: mild."),
    (("limits", "foreign_preset", ["us (x)"]), "limits", "another market than the scenario is made for: us (x)."),
    (("calibrated_and_changed", ["k1", "k2"]), "limits", "no longer speaks for them: k1 and k2."),
    (("tests", "computed_again", 0), "tests", "Of 16 cells, none was computed again"),
    (("tests", "computed_again", 1), "tests", "Of 16 cells, 1 was computed again"),
    (("tests", "problems", ["x is damaged"]), "tests", "1 problem found; the study is not as it was written: x is"),
    (("tests", "ledger_checked", False), "tests", "machine.check=false: nothing checked each month that no fen"),
    (("tests", "cells", {"finished": 15, "of": 16, "failed": ["boom"]}), "tests", "A cell failed: boom"),
    (("outcomes", "estimates", []), "outcomes", "by point in points.csv"),
    (("outcomes", "calibration", []), "outcomes", "No score was judged in this study"),
    (("outcomes", "replications", 9), "outcomes", "within a run (9 runs of each package in each economy)"),
    (("outcomes", "interval", "bootstrap"), "outcomes", "(bias-corrected and accelerated bootstrap)"),
    (("outcomes", "confidence", 0.9), "outcomes", "a coverage of 90%"),
    (("outcomes", "monitored", []), "monitoring", "none was judged in this study"),
    (("environment", "versions_now", {"numpy": "9"}), "reproduction", "other versions than the study: numpy 9."),
    (("limits", "unclean", 2), "reproduction", "2 calls ran from a checkout whose sources were not those"),
    (("limits", "without_commit", 1), "reproduction", "1 call ran without a known commit"),
    (("use", "borrowers", 123456), "purpose", "123,456 borrowers"),
])  # fmt: skip
def test_a_sentence_is_said_where_its_fact_holds_and_only_there(change, heading, words):
    assert words in said(changed(*change), heading)
    assert words not in said(FACTS, heading)


def test_what_was_not_run_is_not_claimed():
    assert "The program's own tests were not run for this pack" in said(FACTS, "tests")
    assert "Of 16 cells, 5 were computed again" in said(FACTS, "tests") and "No difference was found." in said(
        FACTS, "tests"
    )
    assert "No difference was found." not in said(changed("tests", "problems", ["x"]), "tests")
    assert "this is no back-test" in said(FACTS, "outcomes") and "not a validation" not in said(FACTS, "limits")
    assert "for somebody to make who is independent" in said(FACTS, "guidance")
    assert statements(FACTS)["open"] == [Words()(f"audit.open.{key}") for key in OPEN]
    assert statements(FACTS)["purpose"][:2] == [Words()(f"audit.purpose.{key}") for key in PURPOSE]


def test_scores_that_are_off_are_named_with_their_ratio():
    (line,) = miscalibrated([ROW])
    assert line == "Of persons, the interval of the difference leaves out 0 in 1 of 1: <b>own</b> in calm (0.50)."
    (line,) = miscalibrated([ROW | {"low": -0.01, "high": 0.01}])
    assert line == "Of persons, the interval of the difference holds 0 in each of 1."
    assert points(-0.03) == "\N{MINUS SIGN}3.00" and points(0.001) == "+0.10"
    assert miscalibrated([ROW | {"low": None}]) == [] and miscalibrated([ROW | {"whom": "persons, decile 1"}]) == []
    assert "firms" in miscalibrated([ROW | {"whom": "firms", "low": 0.01, "high": 0.02}])[0]
    assert (
        ratio(ROW | {"ratio": None}) == "no default"
        and many(1, "call") == "1 call"
        and many(2000, "item") == "2,000 entries"
    )


def test_counts_of_sources_add_up():
    assert "Of 8 parameters that act in this study" in said(FACTS, "assumptions")
    assert "1: set by this study" in said(FACTS, "assumptions")


def test_the_page_answers_every_part_and_escapes_names():
    page = render(FACTS)
    found = re.findall(r'<h2 id="(\w+)"', page)
    assert found == list(HEADINGS) and {key for keys in PLACES.values() for key in keys} == set(HEADINGS)
    assert "<b>own</b>" not in page and "&lt;b&gt;own&lt;/b&gt;" in page
    assert "<script" not in page and page.count("<!DOCTYPE") == 1
    for sentences in statements(FACTS).values():
        for sentence in sentences:
            plain = sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            assert plain in page, sentence
    for text in ("set by this study; of the shipped value: calibrated", "0.0228", "3.45", "+0.12", "Loss rate",
                 "\N{MINUS SIGN}3.00 to \N{MINUS SIGN}1.00", "0.612", "creditcycle seed=7", "r" * 64,
                 "f" * 64):  # fmt: skip
        assert text in page, text
    assert "behaviour.stacking" in page and "behaviour.idle_key" not in page


def test_the_json_holds_the_facts_and_the_sentences():
    found = json.loads(as_json(FACTS))
    assert found.pop("statements") == statements(FACTS) and found == FACTS
    with pytest.raises(ValueError, match="Out of range"):
        as_json(changed("outcomes", "confidence", float("nan")))


def test_a_long_value_is_cut_and_a_table_without_rows_is_none():
    assert words_table("log", ("key",), [], Words()) == ""
    heads = ("key", "value", "unit")
    made = words_table("log", heads, [([1] * 900, None, "t" * 900), ("x", 1, "y")], Words())
    assert "(in full in audit.json)" in made and "t" * 900 in made and '<td class="words">–</td>' in made


def test_each_heading_has_a_function_of_its_own():
    for name in ("population", "model", "inputs", "assumptions", "changes", "limits", "tests", "outcomes", "monitoring",
                 "reproduction"):  # fmt: skip
        assert callable(getattr(auditing, name))
