"""The page of a life in Chinese: all that a panel can say has words, and the numbers are those of English."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.language.words import CHINESE, ENGLISH, LANGUAGES, Words, WordsError, texts
from sim.loan.states import CAUSES as OF_PAYMENTS
from sim.loan.states import LINES
from sim.reports.drawing.life import ROWS, life_figures
from sim.reports.lives.choosing import NOT_COMPARED, choose
from sim.reports.lives.deciding import events_words, rule_words
from sim.reports.lives.page import render, told_of
from sim.reports.lives.telling import KINDS, listed
from sim.reports.lives.words import CAUSES, amount, month_words, who_words
from sim.study.follow import decisions
from sim.study.follow.panel import FAILURES, FIRMS, PERSONS
from tests.reports.test_chinese_appendix import plain
from tests.reports.test_lives import ARMS, FIRM, MANIFEST, QUIET, months_of, panel_of

IN_CHINESE = Words(CHINESE)
LOST_JOB = {2: {"employed": 0, "income": 100_000}, 3: {"principal": 80_000, "months_past_due": 1, "cause": "job_loss"}}
SHUT = {
    4: {"line": "closed", "limit": 0, "event": "line closed", "rule": "closing=threshold: score 500 below 510"},
    6: {"line": "charged off", "event": "90 days past due, charged off", "written_off": 9, "principal": 0},
}
FAILING = {3: {"trading": 0, "failure": "customers in default", "event": "firm failed, line closed"}}
NOT_TRANSLATED = {"CreditCycle", "threshold", *(name for name, _ in ARMS)}


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, str]]:
    """Pages of a person and of a firm in each language."""
    persons = panel_of(months_of("limits", 7, LOST_JOB), months_of("closing", 7, LOST_JOB | SHUT))
    firms = panel_of(*(months_of(arm, 4, FAILING, quiet=FIRM, who="firm") for arm in ("lenient", "limits")))
    manifest = MANIFEST | {"arms": [{"name": name, "meaning": ""} for name, _ in ARMS]}
    lives = {"person": choose(persons, "person", 7, ARMS), "firm": choose(firms, "firm", 4, ARMS)}
    return {who: {one: render(life, manifest, Words(one)) for one in LANGUAGES} for who, life in lives.items()}


@pytest.mark.parametrize("who", ["person", "firm"])
def test_no_english_stays_on_a_chinese_page_of_a_life(pages, who):
    chinese, english = pages[who][CHINESE], pages[who][ENGLISH]
    shown = re.sub(r"closing=\w+", " ", plain(chinese[chinese.index("<body>") :]))
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= NOT_TRANSLATED
    assert '<html lang="zh-Hans">' in chinese and "Songti" in chinese
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff]", plain(english[english.index("<body>") :]))


@pytest.mark.parametrize("who", ["person", "firm"])
def test_a_chinese_page_has_the_numbers_and_the_shape_of_the_english_one(pages, who):
    english, chinese = (pages[who][one] for one in (ENGLISH, CHINESE))
    for tag in ("<tr", "<td", "<th", "<p", "<svg", 'class="since"', 'class="same"'):
        assert chinese.count(tag) == english.count(tag), tag
    tables = [text[text.index("<tbody") :] for text in (english, chinese)]
    amounts = [sorted(re.findall(r"\d[\d\u202f]*(?:\.\d+)?", plain(text))) for text in tables]
    assert amounts[0] == amounts[1] and amounts[0]


def test_all_that_a_panel_can_say_has_words():
    said = {words for words, _ in decisions.LINE_EVENTS.values()} | set(decisions.UNSEEN.values())
    said |= {decisions.RAISED, decisions.CUT, decisions.RESTRUCTURED, decisions.REFUSED, decisions.CLOSED}
    named = {key.removeprefix("life.event.").replace("_", " ") for key in texts(ENGLISH) if "life.event." in key}
    source = Path(decisions.__file__).read_text(encoding="utf-8")
    assert said <= named and [event for event in named if f'"{event}"' not in source] == []
    for found, key in ((LINES, "line"), (FAILURES[1:], "failure"), (CAUSES, "cause")):
        assert {f"life.{key}.{one.replace(' ', '_')}" for one in found} <= texts(ENGLISH).keys()
    assert set(CAUSES) == set(OF_PAYMENTS) - {"none"}
    columns = {*PERSONS, *FIRMS} - {*NOT_COMPARED, "person", "firm", "month"}
    assert {key.removeprefix("life.column.") for key in texts(ENGLISH) if "life.column." in key} == columns
    drawn = {column for rows in ROWS.values() for _, lines in rows for column, _ in lines}
    assert {f"life.drawn.{column}" for column in drawn} <= texts(ENGLISH).keys()


def test_events_and_rules_are_told_in_their_language():
    events, rule = "warned, line closed", "closing=staged: score 500 below 510, 2 months past due; limit=behavioural"
    assert events_words(events, Words()) == events and rule_words(rule, Words()) == rule
    assert events_words(events, IN_CHINESE) == "发出预警、关闭额度"
    reasons = IN_CHINESE("life.reason.score", score=500, bound=510) + "、逾期 2 个月"
    closed = IN_CHINESE("life.reason.of_option", option="closing=staged", reasons=reasons)
    assert rule_words(rule, IN_CHINESE) == closed + IN_CHINESE("list.semicolon") + "limit=behavioural"
    of_list = rule_words("rule 3, late: payers; closing=staged: not recovered", IN_CHINESE)
    assert of_list.startswith(IN_CHINESE("life.reason.of_list", number=3, name="late: payers"))
    assert "closing=staged" in of_list and "未见好转" in of_list
    assert "40%、预警仍有效" in rule_words("closing=t: inflow 40% of the usual, a warning in force", IN_CHINESE)
    assert rule_words("closing=t: for no known reason", IN_CHINESE).count("for no known reason") == 1
    with pytest.raises(WordsError, match=r"did you mean 'life\.event\.line_closed'"):
        events_words("lines closed", IN_CHINESE)


def test_reasons_are_read_as_they_are_written():
    """Each reason that the panel writes for a closing is one that is told in Chinese."""
    option = type("Option", (), {"closing_score": 510.0, "closing_tightening": 0.0, "closing_inflow_drop": 0.4,
                                 "closing_months_past_due": 2, "thaw_points": 1})()  # fmt: skip
    now = {"score": 480.5, "inflow_fast": 100, "inflow_slow": 1000, "months_past_due": 3, "alert": 1}
    numbers = {"unemployment_gap": 0.0, "appetite_points": 0.0, "alert_hold": 6}
    why = list(decisions._closing_reasons(now, option, numbers))
    assert len(why) == 4
    told = rule_words(f"closing=staged: {', '.join(why)}", IN_CHINESE)
    assert re.findall(r"[A-Za-z]+", told) == ["closing", "staged"]


def test_sentences_of_a_month_in_chinese():
    def said(changes, who="person", quiet=QUIET):
        return list(month_words(who, quiet, {**quiet, **changes}, IN_CHINESE))

    assert amount(1_234_500, IN_CHINESE) == "12\u202f345 元"
    assert "由 5\u202f000 元降至 1\u202f000 元" in said({"employed": 0, "income": 100_000})[0]
    assert said({"unwilling": 1}) == ["不再愿意还款。"]
    assert said({"staff": 3}, "firm", FIRM) == ["员工由 5 人变为 3 人。"]
    (cut,) = said({"event": "limit cut", "rule": "limit=x", "limit": 50_000})
    assert re.findall(r"降低额度|授信额度为 500 元|limit=x|评分 600", cut) == [
        "降低额度",
        "授信额度为 500 元",
        "limit=x",
        "评分 600",
    ]
    assert "失业" in who_words("person", QUIET | {"employed": 0}, IN_CHINESE)
    assert "经营中" in who_words("firm", FIRM, IN_CHINESE) and "员工 5 人" in who_words("firm", FIRM, IN_CHINESE)


def test_telling_lives_are_listed_in_chinese():
    panel = panel_of(months_of("lenient", 9, SHUT), months_of("limits", 9))
    lines = listed({"person": panel}, ARMS, "out", IN_CHINESE)
    assert lines[0] == IN_CHINESE("life.listed.persons", low=1, high=1, runs=1)
    assert "避免的违约" in lines[1] and lines[2].startswith("    creditcycle life out --person 9")
    assert len(lines) == 2 + len(KINDS) and "始终正常" in lines[-1] and lines[-1].endswith("无")


def test_a_package_without_a_meaning_is_told_by_what_came_of_it():
    assert told_of("a", "", "x & y", Words()) == "<b>a.</b> x &amp; y"
    assert told_of("a", "m", "x", IN_CHINESE).endswith("</b>mx")


def test_names_of_wide_lines_do_not_run_into_each_other():
    side = {"a": pd.DataFrame(months_of("a", 1)).set_index("month")}
    (svg,) = life_figures("person", side, IN_CHINESE)
    (english,) = life_figures("person", side, Words())
    lefts = [[float(x) for x in re.findall(r'x="(-?[\d.]+)"[^>]*>\N{EM DASH}', one)] for one in (svg, english)]
    lefts = lefts if lefts[0] else [
        [float(x) for x in re.findall(r"translate\((-?[\d.]+) [^>]*>\N{EM DASH}", one)] for one in (svg, english)
    ]  # fmt: skip
    assert "其他机构欠款" in svg and len(lefts[0]) == len(lefts[1]) == 6
    assert lefts[0][1] - lefts[0][0] >= 4 * 7.5, "two Chinese signs and the dash before them"
