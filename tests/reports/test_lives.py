"""One life as a page: who is found, what is told, and that the page holds it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from sim.reports.drawing.life import drawn_values, life_figures
from sim.reports.lives.choosing import (
    NotInThePanelError,
    arms_of,
    choose,
    different_months,
    first_difference,
    most_different,
)
from sim.reports.lives.page import events_table, render, write
from sim.reports.lives.telling import Telling, course_of, kind_of, listed, options, telling
from sim.reports.lives.words import amount, differs_words, events_of, month_words, who_words

ARMS = [("lenient", ""), ("limits", "lenient"), ("closing", "limits")]
QUIET = {
    "line": "open", "limit": 100_000, "principal": 0, "interest": 0, "payment": 0, "overdue": 0, "paid": 0,
    "months_past_due": 0, "written_off": 0, "score": 600.0, "offer_rate": 0.146, "inflow_fast": 30_000.0,
    "inflow_slow": 50_000.0, "bureau_debt": 0, "alert": 0, "decided_by": 0, "employed": 1, "income": 500_000,
    "essential": 200_000, "cash": 90_000, "other_debt": 0, "other_past_due": 0, "can_pay": 1, "unwilling": 0,
    "honesty": 0.5, "cause": "none", "event": "", "rule": "",
}  # fmt: skip
FIRM = {
    **QUIET,
    "trading": 1,
    "staff": 5,
    "sales": 800_000,
    "profit_average": 5,
    "debts": 7,
    "failure": "none",
    "diverted": 0,
}


def months_of(arm: str, number: int, changes=None, *, months: int = 16, scenario="calm", quiet=QUIET, who="person"):
    """Rows of one life; ``changes`` hold from their month on, texts of events in it alone."""
    rows, state = [], dict(quiet)
    for month in range(-1, months):
        here = (changes or {}).get(month, {})
        state |= {name: value for name, value in here.items() if name not in ("event", "rule")}
        texts = {name: here.get(name, "") for name in ("event", "rule")}
        rows.append({"arm": arm, "scenario": scenario, "replication": 0, who: number, "month": month, **state, **texts})
    return rows


def panel_of(*lives) -> pd.DataFrame:
    frame = pd.DataFrame([row for life in lives for row in life])
    for name, order in (("arm", [arm for arm, _ in ARMS]), ("scenario", ["calm", "crisis"])):
        frame[name] = pd.Categorical(frame[name], categories=order, ordered=True)
    return frame


LATE = {2: {"principal": 80_000, "months_past_due": 1}, 5: {"months_past_due": 4, "event": "90 days past due"}}
CLOSED = {3: {"line": "closed", "limit": 0, "event": "line closed", "rule": "closing=threshold: score 500 below 510"}}


@pytest.fixture
def panel():
    return panel_of(
        *(months_of(arm, 7) for arm, _ in ARMS[:2]),
        months_of("closing", 7, CLOSED | {4: {"cash": 5}}),
        months_of("lenient", 9, LATE),
        months_of("limits", 9, {4: {"limit": 50_000, "event": "limit cut", "rule": "limit=behavioural"}}),
        months_of("closing", 9, LATE),
    )


def test_a_life_is_chosen_beside_the_parent_from_which_it_differs_most(panel):
    life = choose(panel, "person", 7, ARMS)
    assert list(life.sides) == ["limits", "closing"] and life.scenario == "calm"
    assert (life.differs, life.differs_in, life.truly_differs) == (3, ("line", "limit"), 4)
    other = choose(panel, "person", 9, ARMS)
    assert list(other.sides) == ["lenient", "limits"] and other.differs == 2 and other.truly_differs == -1
    asked = choose(panel, "person", 7, ARMS, packages=["lenient", "limits"])
    assert asked.differs == -1 and asked.differs_in == ()
    alone = choose(panel, "person", 9, ARMS, packages=["closing"])
    assert list(alone.sides) == ["closing"] and alone.differs == -1 and differs_words(alone) == ""
    assert alone.sides["closing"].index.tolist() == list(range(-1, 16))


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ({"number": 8}, "person: 8 is not in the panel of 2 in calm, replication 0: 7, 9 are, for example; a larger"),
        (
            {"number": 7, "scenario": "crises"},
            "economy: crises is not allowed: one of calm, crisis; did you mean crisis?",
        ),
        (
            {"number": 7, "packages": ["limit"]},
            "packages: limit is not allowed: one of lenient, limits, closing; did you",
        ),
        ({"number": 7, "packages": ["limits"] * 2}, "packages: limits,limits is not allowed: one package, or two that"),
        ({"number": 7, "replication": 1}, "replication: 1 is not allowed: from 0 to 0"),
    ],
)
def test_who_is_not_there_is_one_line(panel, asked, line):
    with pytest.raises(NotInThePanelError, match=f"^{re.escape(line)}"):
        choose(panel, "person", asked.pop("number"), ARMS, **asked)


def test_who_is_not_there_under_a_package():
    panel = panel_of(months_of("lenient", 7), months_of("lenient", 8), months_of("closing", 8))
    with pytest.raises(NotInThePanelError, match="person: 7 is not there under closing; it is under lenient"):
        choose(panel, "person", 7, ARMS, packages=["closing"])
    assert list(choose(panel, "person", 7, ARMS).sides) == ["lenient"]


def test_a_firm_founded_later_stands_alone():
    later = [
        [row for row in months_of(arm, 7, quiet=FIRM, who="firm") if row["month"] > 2] for arm in ("lenient", "limits")
    ]
    panel = panel_of(*later)
    with pytest.raises(NotInThePanelError, match=r"firm: 7 was founded after the policy date, .* such as limits"):
        choose(panel, "firm", 7, ARMS)
    assert choose(panel, "firm", 7, ARMS, packages=["limits"]).sides["limits"].index[0] == 3


def test_differences_are_those_of_what_is_noted():
    def side(**changes):
        return pd.DataFrame(
            [{"month": month, "cash": 1, "limit": 2, "rule": "a"} | changes.get(f"m{month}", {}) for month in range(4)]
        ).set_index("month")

    same, other = side(), side(m2={"limit": 3}, m3={"cash": 0, "rule": "b"})
    assert different_months(same, side(m1={"rule": "b"})) == []
    assert different_months(same, other) == [2, 3] and different_months(same, other, ["cash"]) == [3]
    assert different_months(same, other.loc[:2]) == [2, 3], "who has left is not the same"
    assert first_difference({"a": same, "b": other}) == 2 and first_difference({"a": same}) == -1
    assert first_difference({"a": same, "b": same}) == -1
    assert most_different({"lenient": same, "limits": same, "closing": other}, ARMS) == ("limits", "closing")
    assert most_different({"limits": same}, ARMS) == ("limits",)
    assert arms_of({"arms": [{"name": "a", "parent": ""}, {"name": "b", "parent": "a"}]}) == [("a", ""), ("b", "a")]


def course(changes=None, months=16):
    rows = months_of("a", 1, changes, months=months)
    return course_of(
        *([row[name] for row in rows] for name in ("month", "months_past_due", "line", "principal", "event"))
    )


def test_kinds_of_lives():
    good, bad, shut = course(), course(LATE), course(CLOSED)
    assert kind_of(bad, good) == "default saved" and kind_of(good, bad) == "default caused"
    assert kind_of(bad, bad) == "" and kind_of(bad, course(months=9)) == "", "who has left early was not saved"
    assert kind_of(good, shut) == "closed wrongly"
    assert kind_of(course({9: {"months_past_due": 4}}), shut) == ""
    assert kind_of(course(months=15), shut) == "" and kind_of(shut, shut) == ""
    fine = course({2: {"principal": 5}})
    assert kind_of(fine, fine) == "always fine" and kind_of(good, good) == "", "who never owed anything"
    assert kind_of(fine, course({2: {"principal": 5, "months_past_due": 1}})) == ""
    lost = course({1: {"line": "charged off", "event": "charged off"}})
    assert lost.defaulted == 1 and lost.late == frozenset(range(1, 16))


def test_telling_lives_are_listed_with_how_to_see_them(panel):
    found = list(telling(panel, "person", ARMS))
    assert found == [
        Telling("default saved", 9, "calm", ("lenient", "limits"), 0),
        Telling("default caused", 9, "calm", ("limits", "closing"), 0),
        Telling("closed wrongly", 7, "calm", ("limits", "closing"), 0),
    ]
    lines = listed({"person": panel}, ARMS, "out")
    assert lines[0] == "2 to 2 persons in each of 1 replications"
    assert "    creditcycle life out --person 7 --economy calm --packages limits,closing --replication 0" in lines
    assert lines[-1] == "  always fine: none" and options("person", found[0]).startswith("--person 9 --economy calm")
    # What they lead to is what they say.
    for one in found:
        life = choose(panel, "person", one.number, ARMS, scenario=one.scenario, packages=one.packages)
        assert list(life.sides) == list(one.packages)


def test_no_more_than_three_lives_of_a_kind():
    lives = [months_of(arm, k, {1: {"principal": 5}}) for k in range(5) for arm in ("lenient", "limits")]
    assert [one.number for one in telling(panel_of(*lives), "person", ARMS)] == [0, 1, 2]


def said(changes, who="person", quiet=QUIET):
    """Sentences of a month in which some columns change."""
    return list(month_words(who, quiet, {**quiet, **changes}))


def test_months_in_plain_words():
    assert amount(1_234_500) == "12\u202f345 yuan"
    assert said({}) == []
    assert said({"employed": 0, "income": 100_000}) == [
        "Loses the job; income falls from 5\u202f000 yuan to 1\u202f000 yuan a month."
    ]
    assert list(month_words("person", {**QUIET, "employed": 0}, QUIET)) == ["Finds work."]
    assert said({"cause": "expense_shock"}) == ["Misses a payment: an unexpected bill."]
    assert said({"unwilling": 1}) == ["Stops paying by choice."]
    assert said({"principal": 300_000}) == ["Draws; owes 3\u202f000 yuan at 14.6\u202f% a year."]
    assert said({"months_past_due": 1, "overdue": 4_000}) == ["Is behind: 40 yuan overdue."]
    owing = {**QUIET, "principal": 9, "months_past_due": 2}
    assert list(month_words("person", owing, {**owing, "months_past_due": 0})) == ["Has caught up."]
    assert list(month_words("person", owing, {**owing, "principal": 0})) == ["Has repaid the loan."]
    assert list(month_words("person", owing, {**owing, "principal": 0, "written_off": 9, "event": "charged off"})) == [
        "Charged off."
    ]
    assert said({"event": "line closed", "rule": "closing=threshold: score 500 below 510"}) == [
        "Line closed. Decided by closing=threshold: score 500 below 510. The lender saw: score 600, inflow seen "
        "300 yuan of the usual 500 yuan a month."
    ]
    assert said({"event": "limit cut", "rule": "limit=x", "limit": 50_000})[0].startswith(
        "Limit cut to 500 yuan. Decided by"
    )
    assert said({"staff": 3}, "firm", FIRM) == ["Staff goes from 5 to 3."]
    assert said({"trading": 0, "failure": "illiquid"}, "firm", FIRM) == ["Fails: illiquid."]
    assert list(month_words("person", None, QUIET)) == []


def test_limits_that_move_step_by_step_are_told_once():
    raised = {"event": "limit raised", "rule": "limit=b"}
    rows = months_of(
        "a",
        1,
        {1: {**raised, "limit": 1}, 2: {**raised, "limit": 2}, 3: {**raised, "limit": 300}, 5: {**raised, "limit": 4}},
    )
    told = events_of("person", pd.DataFrame(rows).set_index("month"))
    assert list(told) == [3, 5]
    assert told[3][0].startswith("Since month 1, step by step: limit raised to 3 yuan.") and told[5][0].startswith(
        "Limit raised"
    )


def test_who_they_are():
    person = who_words("person", QUIET | {"principal": 1_000, "employed": 0})
    assert person == (
        "Out of work, with 5\u202f000 yuan a month; essentials take 2\u202f000 yuan, cash is 900 yuan. The line is "
        "open with a limit of 1\u202f000 yuan; 10 yuan are owed here and 0 yuan to other lenders."
    )
    assert "staff of 5, sales of 8\u202f000 yuan a month" in who_words("firm", FIRM)


MANIFEST = {"seed": 3, "arms": [{"name": "limits", "meaning": "Limits <move>."}, {"name": "closing", "meaning": ""}]}


def test_the_page_holds_the_life_and_nothing_from_elsewhere(panel, tmp_path):
    life = choose(panel, "person", 7, ARMS)
    page = render(life, MANIFEST)
    assert "<title>Person 7 in calm years</title>" in page and "Limits &lt;move&gt;." in page
    assert page.count("<svg") == 2 and page.count('class="since"') == 1
    assert "from month 3 on, at first in: line, limit." in page and "differs from month 4 on" in page
    assert "line closed in month 3" in page
    assert not re.search(r"<script|https?://(?!www.w3.org)|<link|@import", page)
    table = events_table(life)
    assert "<td>\N{EN DASH}</td><td><p>Line closed. Decided by closing=threshold" in table
    path = write(life, MANIFEST, tmp_path)
    assert path.name == "life-7.html" and path.read_text(encoding="utf-8") == page
    assert [one.name for one in tmp_path.iterdir()] == ["life-7.html"]


def test_what_is_the_same_under_both_stands_once():
    same = {2: {"employed": 0, "income": 5}}
    life = choose(panel_of(months_of("lenient", 7, same), months_of("limits", 7, same)), "person", 7, ARMS)
    assert events_table(life).count("Loses the job") == 1 and 'colspan="2"' in events_table(life)
    assert "the same under lenient and under limits" in differs_words(life)


def test_a_firm_has_a_page_too(tmp_path):
    failing = {3: {"trading": 0, "failure": "illiquid", "event": "firm failed"}}
    sides = [
        months_of(arm, 4, changes, quiet=FIRM, who="firm") for arm, changes in (("lenient", {}), ("limits", failing))
    ]
    life = choose(panel_of(*sides), "firm", 4, ARMS)
    page = write(life, MANIFEST, tmp_path).read_text(encoding="utf-8")
    assert (tmp_path / "life-firm-4.html").exists() and "Fails: illiquid." in page and "sales" in page


def test_drawings_share_their_axes_and_shade_what_is_late(panel):
    life = choose(panel, "person", 9, ARMS)
    one, other = life_figures("person", life.sides)
    ticks = [re.findall(r">(\d+(?:\.\d+)?)</text>", text) for text in (one, other)]
    assert ticks[0] == ticks[1] and "owed elsewhere" in one
    # Under the first: behind from month 2 and 90 days from month 5; under the second never.
    assert one.count("#f6e3c5") > 0 and one.count("#d08a6a") > 0 and "#f6e3c5" not in other
    rows = pd.DataFrame(months_of("a", 1, {3: {"trading": 0}}, quiet=FIRM, who="firm")).set_index("month")
    sales = drawn_values(rows, "sales")
    assert sales[0] == 800_000 / 100_000 and pd.isna(sales[-1]) and drawn_values(rows, "cash")[-1] == 90_000 / 100_000
