"""The grid at the head of the report: which figures, change and level, what counts as better, what is left open."""

import dataclasses
import re

from sim.language.words import CHINESE, Words
from sim.reports.folder import Arm
from sim.reports.verdict import verdict_of
from sim.reports.verdict.glance import Column, columns, glance_table
from tests.reports.small import BOTH, given, same, study_of

SAY = Words()
CAUSED = "Defaults caused by closing lines, persons"


def cells(figures, **more):
    verdict = verdict_of(study_of(figures, **more))
    found = {}
    for column in columns(verdict, SAY):
        assert isinstance(column, Column)
        found[column.head] = [column.cell(one) for one in verdict.pairs[0].of(column.measure.figure)]
    return found


def test_change_and_level_of_lender_payers_and_people():
    """Money is that of ten months in yuan; partner banks have nothing, and sales and joblessness are no columns."""
    found = cells(BOTH)
    assert list(found) == ["Lender's profit, yuan", "Public side, yuan", CAUSED]
    # 0.20 yuan a month more; in the recession the interval holds zero.
    assert found["Lender's profit, yuan"] == [("52.0 (+2.0)", "better"), ("29.0 (−1.0)", "neither")]  # noqa: RUF001
    assert found["Public side, yuan"] == [("−7.0 (+3.0)", "better"), ("−55.0 (−15.0)", "worse")]  # noqa: RUF001
    assert found[CAUSED] == [("7 (+7)", "worse"), ("30 (+30)", "worse")]


def test_what_is_less_of_something_bad_is_better_and_rates_are_in_points():
    figures = {"old": {"firm_failures": [given(9.0)] * 2, "approval_rate": [given(0.5)] * 2}}
    figures["new"] = {"firm_failures": [given(5.0, -4.0, 1.0)] * 2, "approval_rate": [given(0.4, -0.1, 0.01)] * 2}
    assert cells(figures) == {
        "Requests approved, %": [("40.0 (−10.0)", "worse")] * 2,  # noqa: RUF001
        "Firms that fail, firms": [("50 (−40)", "better")] * 2,  # noqa: RUF001
    }


def test_what_changes_nowhere_is_no_column_and_a_rounding_is_no_change():
    figures = {"old": {"staff": [given(80.0)] * 2, "approval_rate": [given(0.1)] * 2, "roe": [given(0.1)] * 2}}
    figures["new"] = {"staff": [same(80.0), given(70.0, -10.0, 1.0)], "roe": [given(0.2, 0.1, 0.01)] * 2,
                      "approval_rate": [given(0.1, 0.0001, 0.00005)] * 2}  # fmt: skip
    assert cells(figures) == {"Jobs at firms, persons": [("same", "neither"), ("70 (−10)", "worse")]}  # noqa: RUF001
    nothing = {"old": {"staff": [given(80.0)] * 2}, "new": {"staff": [same(80.0)] * 2}}
    assert cells(nothing) == {} and glance_table(verdict_of(study_of(nothing)), SAY, {}) == ""


def test_millions_are_told_with_their_unit_in_both_languages():
    figures = {"old": {"lender_profit": [given(9e7)] * 2}, "new": {"lender_profit": [given(1e8, 1e7, 1e6)] * 2}}
    assert cells(figures) == {"Lender's profit, million yuan": [("10.0 (+1.0)", "better")] * 2}
    made = glance_table(verdict_of(study_of(figures)), Words(CHINESE), {})
    assert "贷款机构利润\uff0c万元" in made and "1\N{NARROW NO-BREAK SPACE}000 (+100)" in made


def test_the_table_groups_economies_by_package_and_says_how_sure_it_is():
    made = glance_table(verdict_of(study_of(BOTH)), SAY, {"new": "Better <b>.", "old": "Nothing is done."})
    assert "<span>against old. Better &lt;b&gt;.</span>" in made
    assert '<span class="name">old</span> <span>Nothing is done.</span>' in made
    assert made.count('<tr class="measure">') == 2 and "against old" in made
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', made) == 2 * ["Calm", "Severe recession"]
    assert '<td class="value better">52.0 (+2.0)</td>' in made and "means over 8 runs" in made
    assert "95\N{NARROW NO-BREAK SPACE}% interval leaves out zero" in made or "95 % interval leaves out zero" in made
    assert "no difference can be told from luck" in glance_table(verdict_of(study_of(BOTH, runs=1)), SAY, {})
    alone = study_of({"old": {"lender_profit": [given(5.0)] * 2}}, arms=(Arm("old"),))
    assert glance_table(verdict_of(alone), SAY, {}) == ""


def test_what_a_package_is_set_against_has_its_levels_and_small_changes_stay_grey():
    made = glance_table(verdict_of(study_of(BOTH)), SAY, {})
    first = re.search(r'<tr><th scope="row">Calm</th>(.*?)</tr>', made).group(1)
    assert re.findall(r'<td class="value neither">(.*?)</td>', first) == ["50.0", "−10.0", "–"]  # noqa: RUF001
    figures = {"old": {"staff": [given(1000.0)] * 2, "lender_profit": [given(5.0)] * 2}}
    figures["new"] = {"staff": [given(1004.0, 4.0, 1.0), given(1006.0, 6.0, 1.0)]}
    assert [kind for _, kind in cells(figures)["Jobs at firms, persons"]] == ["neither", "better"]


def test_lengths_are_told_once_where_all_economies_have_as_many_months():
    verdict = verdict_of(study_of(BOTH))
    assert "add up over the months (10 months)" in glance_table(verdict, SAY, {})
    other = dataclasses.replace(verdict, months={"calm": 60, "severe_recession": 72})
    assert "(Calm: 60 months, Severe recession: 72 months)" in glance_table(other, SAY, {})
