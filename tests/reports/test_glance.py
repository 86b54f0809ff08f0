"""The grid at the head of the report: which figures, which signs, what counts as better, what is left open."""

import re

from sim.language.words import CHINESE, Words
from sim.reports.folder import Arm
from sim.reports.verdict import verdict_of
from sim.reports.verdict.glance import DOWN, UP, columns, glance_table, signed, told
from sim.reports.verdict.telling import Telling
from tests.reports.small import BOTH, given, same, study_of

SAY = Words()


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def cells(figures, **more):
    verdict = verdict_of(study_of(figures, **more))
    telling = Telling(SAY, verdict.scenarios)
    return {one.figure: told(verdict.pairs[0].of(one.figure), telling) for one in columns(verdict)}


def test_it_shows_lender_payers_and_people_with_anything_to_show():
    verdict = verdict_of(study_of(BOTH))
    names = [one.figure for one in columns(verdict)]
    assert names == ["lender_profit", "public_result", "defaults_caused_by_closing"]  # partner banks have nothing


def test_signs_better_and_worse():
    found = cells(BOTH)
    # The lender gains 20 fen a month in calm years; in the recession its interval holds zero.
    assert found["lender_profit"] == (f"{UP} +2 yuan (in 1 of 2)", 1)
    # The public side is 0.30 yuan a month better off in one economy and 1.50 worse in the other, over 10 months.
    assert found["public_result"] == (f"{UP}{DOWN} \N{MINUS SIGN}15 to +3 yuan", 0)
    assert found["defaults_caused_by_closing"] == (f"{UP} +7 to +30", -1)


def test_what_is_less_of_something_bad_is_better_and_rates_are_in_points():
    figures = {
        "old": {"firm_failures": [given(9.0)] * 2, "approval_rate": [given(0.5)] * 2, "staff": [given(80.0)] * 2}
    }
    figures["new"] = {"firm_failures": [given(5.0, -4.0, 1.0)] * 2, "approval_rate": [given(0.4, -0.1, 0.01)] * 2,
                      "staff": [given(70.0, -10.0, 1.0)] * 2}  # fmt: skip
    found = cells(figures)
    assert found["firm_failures"] == (f"{DOWN} \N{MINUS SIGN}40", 1)
    assert found["approval_rate"] == (f"{DOWN} \N{MINUS SIGN}10.0 points", -1)
    assert found["staff"] == (f"{DOWN} \N{MINUS SIGN}10", -1)


def test_same_and_open_are_told_apart():
    figures = {"old": {"staff": [given(80.0)] * 2, "borrowers_cost": [given(0.1)] * 2}}
    figures["new"] = {"staff": [same(80.0)] * 2, "borrowers_cost": [given(0.1, 0.001, 0.01)] * 2}
    assert cells(figures) == {"borrowers_cost": ("no clear difference", 0), "staff": ("same", 0)}
    one = verdict_of(study_of(figures)).pairs[0].of("borrowers_cost")
    assert signed(one, Telling(SAY, ("calm",))) == "+0.1 points"


def test_the_table_has_a_row_a_pair_in_both_languages_and_is_empty_without_one():
    made = plain(glance_table(verdict_of(study_of(BOTH)), SAY))
    assert re.findall(r'<th scope="col">(.*?)</th>', made) == [
        "Package", "Lender&#x27;s profit", "Public side", "Defaults caused by closing"
    ]  # fmt: skip
    assert '<th scope="row"><span class="name">new</span> against old</th>' in made
    assert f'<td class="words better">{UP} +2 yuan (in 1 of 2)</td>' in made
    assert f'<td class="words worse">{UP} +7 to +30</td>' in made
    assert "贷款机构利润" in glance_table(verdict_of(study_of(BOTH)), Words(CHINESE))
    alone = study_of({"old": {"lender_profit": [given(5.0)] * 2}}, arms=(Arm("old"),))
    assert glance_table(verdict_of(alone), SAY) == ""
