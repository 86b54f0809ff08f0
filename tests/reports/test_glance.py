"""The grid at the head of the report: which figures, change and level, what counts as better, what is left open."""

import re

from sim.language.words import CHINESE, Words
from sim.reports.folder import Arm
from sim.reports.verdict import verdict_of
from sim.reports.verdict.glance import Column, columns, glance_table
from tests.reports.small import BOTH, given, same, study_of

SAY = Words()


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
    assert list(found) == ["Lender's profit, yuan", "Public side, yuan", "Defaults by closing, persons"]
    # 0.20 yuan a month more; in the recession the interval holds zero.
    assert found["Lender's profit, yuan"] == [("+2.0 → 52.0", "better"), ("−1.0 → 29.0", "neither")]  # noqa: RUF001
    assert found["Public side, yuan"] == [("+3.0 → −7.0", "better"), ("−15.0 → −55.0", "worse")]  # noqa: RUF001
    assert found["Defaults by closing, persons"] == [("+7", "worse"), ("+30", "worse")]


def test_what_is_less_of_something_bad_is_better_and_rates_are_in_points():
    figures = {"old": {"firm_failures": [given(9.0)] * 2, "approval_rate": [given(0.5)] * 2}}
    figures["new"] = {"firm_failures": [given(5.0, -4.0, 1.0)] * 2, "approval_rate": [given(0.4, -0.1, 0.01)] * 2}
    assert cells(figures) == {
        "Requests approved, %": [("−10.0 → 40.0", "worse")] * 2,  # noqa: RUF001
        "Firms that fail, firms": [("−40 → 50", "better")] * 2,  # noqa: RUF001
    }


def test_what_changes_nowhere_is_no_column_and_a_rounding_is_no_change():
    figures = {"old": {"staff": [given(80.0)] * 2, "approval_rate": [given(0.1)] * 2, "roe": [given(0.1)] * 2}}
    figures["new"] = {"staff": [same(80.0), given(70.0, -10.0, 1.0)], "roe": [given(0.2, 0.1, 0.01)] * 2,
                      "approval_rate": [given(0.1, 0.0001, 0.00005)] * 2}  # fmt: skip
    assert cells(figures) == {"Jobs at firms, persons": [("same", "neither"), ("−10 → 70", "worse")]}  # noqa: RUF001
    nothing = {"old": {"staff": [given(80.0)] * 2}, "new": {"staff": [same(80.0)] * 2}}
    assert cells(nothing) == {} and glance_table(verdict_of(study_of(nothing)), SAY, {}) == ""


def test_millions_are_told_with_their_unit_in_both_languages():
    figures = {"old": {"lender_profit": [given(9e7)] * 2}, "new": {"lender_profit": [given(1e8, 1e7, 1e6)] * 2}}
    assert cells(figures) == {"Lender's profit, million yuan": [("+1.0 → 10.0", "better")] * 2}
    made = glance_table(verdict_of(study_of(figures)), Words(CHINESE), {})
    assert "贷款机构利润, 万元" in made and "+100.0 → 1\N{NARROW NO-BREAK SPACE}000.0" in made


def test_the_table_groups_economies_by_package_and_says_how_sure_it_is():
    made = glance_table(verdict_of(study_of(BOTH)), SAY, {"new": "Better <b>.", "old": "Nothing is done."})
    assert "<span>against old. Better &lt;b&gt;.</span>" in made
    assert '<span class="name">old</span> <span>Nothing is done.</span>' in made
    assert made.count('<tr class="measure">') == 2 and "against old" in made
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', made) == ["Calm", "Severe recession"]
    assert '<td class="value better">+2.0 → 52.0</td>' in made and "mean over 8 runs" in made
    assert "95\N{NARROW NO-BREAK SPACE}% interval leaves out zero" in made or "95 % interval leaves out zero" in made
    assert "no difference can be told from luck" in glance_table(verdict_of(study_of(BOTH, runs=1)), SAY, {})
    alone = study_of({"old": {"lender_profit": [given(5.0)] * 2}}, arms=(Arm("old"),))
    assert glance_table(verdict_of(alone), SAY, {}) == ""
