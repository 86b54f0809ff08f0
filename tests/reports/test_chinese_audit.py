"""The audit pack in Chinese: every sentence and table head, and what the program declares marked as English."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

import sim
from sim.language.words import CHINESE, ENGLISH, LANGUAGES, Words, texts
from sim.reports import audit_tables
from sim.reports.audit_figures import calibration, estimates, monitored
from sim.reports.audit_page import WRITERS, render
from sim.reports.audit_tables import source_of, where_of
from sim.reports.words.audit_standing import HEADINGS, PLACES
from sim.reports.words.auditing import economy_of, population, runs_of, statements
from tests.reports.test_audit_page import FACTS, FILE, PARAMETER, ROW
from tests.reports.test_chinese_appendix import plain

IN_CHINESE = Words(CHINESE)
EXTREME = {
    ("inputs", "files"): [FILE, FILE | {"as_recorded": False}],
    ("inputs", "own_rules_sha256"): "0a",
    ("inputs", "own_models"): [{"package": "7", "model": "8", "sha256": "9"}],
    ("inputs", "assumptions"): ["1"],
    ("inputs", "control_totals"): ["2"],
    ("design",): {"points": 3, "axes": [{"key": "seed"}]},
    ("worlds",): [{"key": "a", "lowest": 1, "highest": 2, "worlds": 4}],
    ("limits", "worlds"): 4,
    ("limits", "warnings"): ["3"],
    ("limits", "stays_calm"): ["calm", "severe_recession"],
    ("limits", "foreign_preset"): ["4"],
    ("limits", "unclean"): 1,
    ("limits", "without_commit"): 2,
    ("limits", "cells"): {"finished": 3, "of": 16, "failed": []},
    ("calibrated_and_changed",): ["seed"],
    ("tests", "problems"): ["5"],
    ("tests", "computed_again"): 1,
    ("tests", "ledger_checked"): False,
    ("tests", "cells"): {"finished": 3, "of": 16, "failed": ["6"]},
    ("outcomes", "replications"): 1,
    ("outcomes", "interval"): "bootstrap",
    ("outcomes", "calibration"): [
        ROW, ROW | {"whom": "persons, thin files"}, ROW | {"whom": "persons, thick files"},
        ROW | {"whom": "firms", "ratio": None, "low": -0.01, "high": 0.01},
    ],
    ("environment", "versions_now"): {"numpy": "9"},
    ("sources",): {"source": 1, "calibrated": 2, "assumption": 3, "none named": 4, "changed by the study": 5},
}  # fmt: skip
BARE = {("outcomes", "calibration"): [], ("outcomes", "monitored"): [], ("outcomes", "estimates"): []}
FIRMS_OFF = {("outcomes", "calibration"): [ROW | {"low": -0.01, "high": 0.01}, ROW | {"whom": "firms"}]}
EXTREMES = ({}, EXTREME, BARE, FIRMS_OFF)
NAMES = {
    *("CreditCycle", "SR", "OCC", "Bulletin", "json", "audit", "csv", "points", "design", "sha", "ODD", "docs", "odd"),
    *(
        "md",
        "fit",
        "plausibility",
        "Wilson",
        "make",
        "test",
        "ARGS",
        "slow",
        "machine",
        "check",
        "false",
        "creditcycle",
    ),
    *("verify", "results", "config", "program", "UTC", "numpy", "python", "agent", "based", "seed", "tape", "lenient"),
    *("own", "inputs", "Lu", "et", "al", "Carroll", "Linux", "complete", "abc", "rule", "quiet"),
}  # of files, keys, commands, packages and authors, and what a user says of an economy


def facts_of(changes: dict) -> dict:
    """Facts of a study of which something else is said."""
    facts = copy.deepcopy(FACTS)
    for (*path, last), value in changes.items():
        node = facts
        for key in path:
            node = node[key]
        node[last] = value
    return facts


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Keys of the texts that were asked for while ``pages`` were made."""
    return set()


@pytest.fixture(scope="module")
def pages(said) -> dict[str, list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        call = Words.__call__
        patch.setattr(Words, "__call__", lambda self, key, **values: said.add(key) or call(self, key, **values))
        return {one: [render(facts_of(changes), Words(one)) for changes in EXTREMES] for one in LANGUAGES}


def body(page: str) -> str:
    """Words of a page without what is marked as English."""
    return plain(re.sub(r'<td[^>]*lang="en">.*?</td>', " ", page[page.index("<body>") :], flags=re.S))


@pytest.mark.parametrize("place", range(len(EXTREMES)))
def test_no_english_stays_in_a_chinese_audit_pack(pages, place):
    assert set(re.findall(r"[A-Za-z]{2,}", body(pages[CHINESE][place]))) <= NAMES
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff]", body(pages[ENGLISH][place]))
    assert 'lang="en"' in pages[CHINESE][place] and '<td class="words" lang' not in pages[ENGLISH][place]
    assert '<html lang="zh-Hans">' in pages[CHINESE][place]


@pytest.mark.parametrize("place", range(len(EXTREMES)))
def test_a_chinese_pack_has_the_numbers_and_the_shape_of_the_english_one(pages, place):
    english, chinese = (pages[one][place] for one in (ENGLISH, CHINESE))
    assert re.findall(r'<data value="[^"]*"', chinese) == re.findall(r'<data value="[^"]*"', english)
    for tag in ("<h2", "<table", "<tr", "<th", "<td", "<li"):
        assert chinese.count(tag) == english.count(tag), tag
    shown = [re.sub(r"<[^>]*>", " ", text[text.index("<body>") :]) for text in (english, chinese)]
    found = [set(re.findall(r"\d+(?:\.\d+)?", text)) for text in shown]
    assert found[0] <= found[1] and len(found[0]) > 30, "months of a date are figures in Chinese"


def test_every_text_of_the_pack_is_asked_for(pages, said):
    """A text is said of these studies, or its key stands whole in the program: what is said of others."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(sim.__file__).parent.rglob("*.py"))
    keys = [key for key in texts(ENGLISH) if key.startswith("audit.")]
    counted = {key for key in keys if key.startswith("audit.count.")}
    assert len(keys) > 150
    assert [key for key in keys if key not in said and f'"{key}"' not in source and key not in counted] == []
    nouns = {key.removeprefix("audit.count.").removesuffix("s") for key in counted if not key.endswith("_one")}
    said_of = (Path(sim.__file__).parent / "reports" / "words" / "auditing.py").read_text(encoding="utf-8")
    assert nouns == set(re.findall(r'many\(.*?, "(\w+)", say\)', said_of)), "nouns that are counted"


def test_headings_places_and_tables_have_words_in_every_language():
    for key in (*(f"audit.heading.{one}" for one in HEADINGS), *(f"audit.part.{one}" for one in PLACES)):
        assert all(key in texts(one) for one in LANGUAGES), key
    assert set(WRITERS) <= set(HEADINGS)
    for made in (estimates, calibration, monitored):
        assert made in WRITERS["outcomes"] + WRITERS["monitoring"]
    for name in ("packages", "economies", "rooms", "files", "seeds", "named", "log", "package_changes", "worlds",
                 "marks", "calls", "register", "month"):  # fmt: skip
        assert any(getattr(audit_tables, name) in writers for writers in WRITERS.values()), name
    assert audit_tables.places(IN_CHINESE).count("<tr>") == 1 + len(PLACES)


def test_a_scheme_is_told_in_chinese_where_the_study_was():
    facts = copy.deepcopy(FACTS)
    facts["use"]["packages"][1]["scheme_told"] = "担保基金承担"
    page = render(facts, IN_CHINESE)
    assert '<td class="words">担保基金承担</td>' in page and ">a fund<" not in page
    assert '<td class="words" lang="en">a fund</td>' in render(FACTS, IN_CHINESE)
    assert ">a fund<" in render(facts) and "担保基金" not in render(facts)


def test_what_a_study_sets_is_told_in_its_language():
    assert "随附" in source_of(PARAMETER, IN_CHINESE) and source_of(PARAMETER, IN_CHINESE).endswith("calibrated")
    assert where_of(PARAMETER, IN_CHINESE) == "全部方案和情景" and where_of(PARAMETER, Words()) == PARAMETER["where"]
    for where, told in (
        ("own in calm, own in mild", "calm 情景下的 own, mild 情景下的 own"),
        ("in calm, mild", "calm, mild 情景下"),
        ("own, other", "own, other"),
    ):
        assert where_of(PARAMETER | {"where": where}, IN_CHINESE) == told
        assert where_of(PARAMETER | {"where": where}, Words()) == where
    assert economy_of("severe_recession", IN_CHINESE) == "严重衰退" and economy_of("calm", Words()) == "calm"
    assert runs_of(FACTS, IN_CHINESE) == "8 次运行" and "20,000" in population(FACTS, IN_CHINESE)
    assert statements(FACTS, IN_CHINESE).keys() == statements(FACTS).keys()
