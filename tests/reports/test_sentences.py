"""What a verdict says, in both languages: every sentence follows from the figures."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from sim.language.words import CHINESE, LANGUAGES, Words
from sim.reports.folder import Arm
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.cautions import TAILS, cautions, stopped_cover
from sim.reports.verdict.differing import change, paid, sign_of
from sim.reports.verdict.measures import BY_FIGURE
from sim.reports.verdict.sentences import TOLD
from sim.reports.verdict.telling import Telling
from tests.reports.small import BOTH, PLACES, given, same, study_of
from tests.reports.test_gauges import CAPS, rates

SAY = Words()


def told(study, say=SAY):
    return dict(sentences(verdict_of(study), say))


def plain(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_it_says_what_each_payer_pays_under_both_and_by_economy():
    (text,) = told(study_of(BOTH))["Who gains and who pays"]
    text = plain(text)
    assert text.startswith("`new` against `old`, over 10 months: costs the public side (")
    assert "costs the public side (guarantee fund, re-guarantee fund and government together) 7 to 55 yuan" in text
    assert "(`old`: a cost of 10 to 40 yuan; 3 yuan better off (0.03 % of mean loans) in calm years" in text
    assert "and 15 yuan worse off (0.15 % of mean loans) in a severe recession)" in text
    assert "costs the government 3 to 20 yuan (0.03 to 0.20 % of mean loans)" in text
    assert "costs the guarantee fund 4 to 35 yuan (`old`: a cost of 10 to 40 yuan; 6 yuan better off" in text
    assert "the lender's profit 2 yuan higher (0.02 % of mean loans) in calm years" in text
    assert text.index("public side") < text.index("costs the government") < text.index("the lender's profit")


def test_borrowers_firms_and_what_did_not_differ():
    found = told(study_of(BOTH))
    assert found["Borrowers, firms and jobs"] == ["`new` against `old`: defaults caused by closing: 7.0 to 30.0 more."]
    alike, unsure = map(plain, found["What did not differ, as far as can be told"])
    assert alike == "Identical in every run: `new` against `old`: unemployment."
    assert unsure.endswith("it may still be): `new` against `old`: sales of firms (1.0 %).")


def test_a_result_above_zero_is_a_gain_and_one_public_payer_is_said_to_be_alone():
    figures = {
        "old": {"fund_result": [given(0.0), given(0.0)], "public_result": [given(0.0), given(0.0)]},
        "new": {"fund_result": [given(40.0, 40.0, 1.0), given(-60.0, -60.0, 1.0)]},
    }
    figures["new"]["public_result"] = figures["new"]["fund_result"]
    (text,) = told(study_of(figures))["Who gains and who pays"]
    assert "costs the guarantee fund, the only public payer, 6 yuan in a severe recession" in text
    assert "in a severe recession and a gain of 4 yuan in calm years (0.04 to 0.06 % of mean loans)" in plain(text)
    assert "public side" not in text


def test_a_cost_that_may_be_nothing_is_said_to_be_so():
    figures = {"old": {"insurer_result": [given(0.0)] * 2}}
    figures["new"] = {"insurer_result": [given(-40.0, -40.0, 50.0), given(-60.0, -60.0, 1.0)]}
    (text,) = told(study_of(figures))["Who gains and who pays"]
    assert "costs the insurer 4 to 6 yuan" in text and "(its interval holds zero in calm years)" in text


def test_with_one_run_what_was_seen_is_told_and_nothing_is_sure():
    figures = {"old": {"roe": [given(0.1)] * 2}, "new": {"roe": [given(0.13, 0.03), given(0.12, 0.02)]}}
    found = told(study_of(figures, runs=1))
    assert (
        "the lender's yearly return on equity 2.0 to 3.0 percentage points higher" in found["Who gains and who pays"][0]
    )
    assert found["How sure this is"] == [SAY("verdict.one_run")]
    one = verdict_of(study_of(figures, runs=1)).pairs[0].findings[0]
    assert sign_of(one) == 1 and sign_of(dataclasses.replace(one, low=-1.0, high=1.0)) == 0
    assert sign_of(dataclasses.replace(one, low=0.01, high=1.0)) == 1


def test_changes_of_both_signs_stand_beside_each_other():
    telling = Telling(SAY, PLACES)
    found = verdict_of(study_of(BOTH)).pairs[0].of("public_result")
    assert plain(change(found, telling, "changed")) == (
        "3 yuan higher (0.03 % of mean loans) in calm years and 15 yuan lower (0.15 % of mean loans) "
        "in a severe recession"
    )
    assert change(verdict_of(study_of(BOTH)).pairs[0].of("output"), telling, "changed") == ""
    assert paid(found, lambda one: -abs(one.level), telling) == "a cost of 7 to 55 yuan"
    assert paid(found, lambda one: 0.0, telling, "the fund") == "costs the fund nothing"
    assert paid(found, lambda one: 0.0, telling) == "nothing"


def test_the_largest_differences_are_told_and_the_others_named():
    names = ["borrowers_cost", "access_all", "approval_rate", "firm_failures", "staff", "unemployment"]
    new = {name: [given(1.0, -0.01 * (place + 1), 0.001)] * 2 for place, name in enumerate(names)}
    (text,) = told(study_of({"old": {name: [given(1.0)] * 2 for name in names}, "new": new}))[
        "Borrowers, firms and jobs"
    ]
    assert text.count(" lower") + text.count(" fewer") == TOLD
    order = ["unemployment", "jobs at firms", "failures of firms", "requests approved", "persons with an open line"]
    assert [text.index(name) for name in order] == sorted(text.index(name) for name in order)
    assert text.endswith(
        "the share of requests approved, the share of persons with an open line and the yearly cost of credit to "
        "borrowers, too."
    )


def test_an_unsure_profit_is_told_with_what_may_hide_and_an_identical_one_so():
    figures = {
        "old": {"lender_profit": [given(1.0)] * 2},
        "new": {"lender_profit": [given(2.0, 1.0, 3.0), given(3.0, 2.0, 7.0)]},
    }
    (text,) = told(study_of(figures, months=100))["Who gains and who pays"]
    assert text.endswith("the lender's profit too close to tell, the difference may be up to 9 yuan.")
    figures["new"]["lender_profit"] = [same(1.0)] * 2
    assert "profit identical in every run" in told(study_of(figures))["Who gains and who pays"][0]


def test_without_a_parent_levels_are_told_and_how_to_compare():
    found = told(study_of(BOTH, arms=[Arm("old"), Arm("new")]))
    levels = found["Who gains and who pays"]
    assert found["In short"] == [SAY("short.no_pair")]
    assert levels[0] == (
        "Under `old`, over 10 months: brings the lender 30 to 50 yuan; costs the guarantee fund, the only "
        "public payer, "
        "10 to 40 yuan."
    )
    assert SAY("party.public_side") in levels[1] and "the only" not in levels[1]
    found = told(study_of({"old": BOTH["old"]}, arms=[Arm("old")]))
    assert found["Who gains and who pays"] == levels[:1]
    assert found["In short"] == [SAY("short.alone", arm="`old`")]


def test_worlds_say_how_many_signs_hold():
    rows = [
        {"scenario": "calm", "arm": "new", "metric": "lender_profit", "sign_holds": 3, "worlds": 4},
        {"scenario": "calm", "arm": "new", "metric": "fund_result", "sign_holds": 4, "worlds": 4},
        {"scenario": "calm", "arm": "new", "metric": "output", "sign_holds": 1, "worlds": 4},
    ]
    first, second = told(study_of(BOTH, worlds=pd.DataFrame(rows)))["How sure this is"]
    assert "8 runs in 4 plausible worlds" in first and "doubt about parameters" in first
    assert second == (
        "The sign of 1 of 2 differences named holds in all 4 worlds; that of the lender's profit under `new` in calm "
        "years holds in 3."
    )


def caution(**more):
    arms = more.pop("arms", [Arm("old"), Arm("new", "old")])
    study = study_of(more.pop("figures", BOTH), arms=arms, runs=more.pop("runs", TAILS), **more)
    return [plain(text) for text in cautions(verdict_of(study), Telling(SAY, PLACES))]


def test_nothing_to_beware_of_is_nothing():
    assert caution() == [] and "What to beware of" not in told(study_of(BOTH, runs=TAILS))


def test_an_unfinished_study_other_prices_many_settings_few_runs_and_warnings():
    figures = {**BOTH, "new": BOTH["new"] | {"price": [given(0.14, 0.01, 0.1), given(0.14, -0.02, 0.1)]}}
    arms = [Arm("old"), Arm("new", "old", changes=("sharing", "fund.capital"))]
    found = caution(figures=figures, arms=arms, runs=8, status="partial", warnings=["the shock comes late"])
    assert found[0] == SAY("caution.partial")
    assert found[1].endswith("`new` against `old` \N{MINUS SIGN}2.00 to +1.00 percentage points.")
    assert found[2].startswith("`new` differs from `old` in 2 settings (sharing, fund.capital)")
    assert "8 runs say nothing" in found[3] and "up to 32.4 %" in found[3] and f"needs {TAILS} runs" in found[3]
    assert found[4] == "Warning. the shock comes late." and len(found) == 5


def test_totals_over_other_lengths_do_not_compare():
    verdict = dataclasses.replace(verdict_of(study_of(BOTH, runs=TAILS)), months={"calm": 60, "severe_recession": 72})
    (text,) = cautions(verdict, Telling(SAY, PLACES))
    assert text.endswith("calm years 60 months and a severe recession 72 months.")


def scheme(states, runs=TAILS):
    """A study whose both packages have a fund, with a compensation rate and a state of it in the recession."""
    path = {"compensation_rate_released": np.repeat(rates(0.08), runs, axis=0), "fund_state": states}
    path |= {"fund_capital": np.ones_like(states)}
    arms = [Arm("old", caps=CAPS), Arm("new", "old", caps=CAPS)]
    return study_of(BOTH, arms=arms, runs=runs, paths={(PLACES[1], arm.name): path for arm in arms})


def test_a_cap_that_stopped_cover_is_told_with_its_months_once_for_packages_alike():
    states = np.zeros((TAILS, 10))
    states[:4, 5:], states[4, 7:] = 1, 1
    study = scheme(states)
    (text,) = map(plain, stopped_cover(verdict_of(study).gauges, Telling(SAY, PLACES)))
    assert text == (
        "Under `old` and `new` new loans are covered no more once compensation exceeds 5.0 % of guaranteed liability "
        "released in the same twelve months; at its highest it was 8.0 %. New cover stopped: in a severe recession in "
        f"5 of {TAILS} runs, months 5 to 7, for good."
    )
    states[0, 8:] = 0
    (text,) = stopped_cover(verdict_of(scheme(states)).gauges, Telling(SAY, PLACES))
    assert text.endswith("months 5 to 7, opened again in 1 of them, month 8.")
    (text,) = stopped_cover(verdict_of(scheme(np.zeros((TAILS, 10)))).gauges, Telling(SAY, PLACES))
    assert text.endswith("New cover never stopped.")


UNITS = [
    ("en", [99_900], "999 yuan"),
    ("en", [1_234_500_00], "1.23 million yuan"),
    ("en", [-12_345_00, 99_000_00], "12.3 to 99.0 thousand yuan"),
    ("en", [2.5e11], "2.50 billion yuan"),
    ("zh", [12_345_00], "1.23 万元"),
    ("zh", [9_999_00], "9 999 元"),
    ("zh", [-1_234_567_00, 452_000_00], "45.2 至 123.5 万元"),
    ("zh", [12_345_678_900], "1.23 亿元"),
]


@pytest.mark.parametrize(("language", "fen", "text"), UNITS)
def test_money_has_the_unit_of_its_language(language, fen, text):
    assert plain(Telling(Words(language), PLACES).money(fen)) == text


def test_figures_are_written_with_their_unit_and_never_as_a_false_zero():
    telling = Telling(SAY, PLACES)
    assert plain(telling.percent([0.0123, -0.2])) == "1.2 to 20.0 %" and plain(telling.percent([0.0012])) == "0.12 %"
    assert telling.points([0.00001]) == "less than 0.01 percentage points"
    assert telling.points([0.0]) == "0.00 percentage points"
    assert telling.span([1]) == "1 month" and telling.span([60, 72, 60]) == "60 to 72 months"
    assert telling.when([5.0, 5.0]) == "month 5" and telling.when([5.0, 7.0]) == "months 5 to 7"
    assert plain(telling.within(7_120_000.0, 3_140_000.0)) == "71.2 \N{PLUS-MINUS SIGN} 31.4 thousand yuan"
    assert plain(telling.within(150_000.0, 240_000.0)) == "1 500 \N{PLUS-MINUS SIGN} 2 400 yuan"
    assert telling.at("x", PLACES) == "x" and telling.at("x", PLACES[:1]) == "in calm years x"
    assert telling.range([2.0, math.nan, -2.0], 0) == "2" and telling.range([], 0) == "n/a"
    assert telling.range([1.0, -2.0], 1, signed=True) == "\N{MINUS SIGN}2.0 to +1.0"
    assert telling.level(BY_FIGURE["fund_result"], -4520000.0) == "\N{MINUS SIGN}45.2 thousand yuan"
    assert plain(telling.level(BY_FIGURE["roe"], -0.05)) == "\N{MINUS SIGN}5.0 %"
    assert (
        telling.level(BY_FIGURE["staff"], 250.4) == "250"
        and telling.amount(BY_FIGURE["staff"], [3.0, -5.0]) == "3.0 to 5.0"
    )
    assert telling.signed(BY_FIGURE["roe"], -0.00001) == "0.00" and telling.signed(BY_FIGURE["staff"], 3.0) == "+3.0"
    assert telling.signed(BY_FIGURE["roe"], 0.021) == "+2.1"
    assert telling.signed(BY_FIGURE["fund_result"], -4520000.0) == "\N{MINUS SIGN}45.2 thousand yuan"
    assert telling.months([12.0, 24.0]) == "12 to 24" and telling.joined(["a", "b"]) == "a; b"
    assert telling.listing(["a", "b", "c"]) == "a, b and c" and telling.party("insurer") == "the insurer"
    assert telling.economy("calm") == "calm years" and telling.economy("my_own_path") == "My own path"
    assert telling.placed("x", PLACES) == "x" and telling.placed("x", PLACES[1:]) == "x in a severe recession"
    assert telling.package("new") == "`new`" and telling.figure(BY_FIGURE["roe"]).endswith("return on equity")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_say_the_same_headings_and_as_many_sentences(language):
    states = np.zeros((TAILS, 10))
    states[:2, 3:] = 2
    english, other = (sentences(verdict_of(scheme(states)), Words(name)) for name in ("en", language))
    assert [len(texts) for _, texts in english] == [len(texts) for _, texts in other]
    assert sum(len(texts) for _, texts in other) <= 12


def test_chinese_says_who_pays():
    say = Words(CHINESE)
    (text,) = told(study_of(BOTH), say)[say("verdict.who_pays")]
    assert say("verdict.costs", who=say("party.public_side"), amount="7 至 55 元") in text
    assert "政府净支出 3 至 20 元" in text and "在平稳年份下结果好 3 元" in text


def test_an_economy_without_a_payment_is_in_no_range_of_them():
    figures = {
        "old": {"insurer_result": [given(0.0)] * 2},
        "new": {"insurer_result": [same(0.0), given(-60.0, -60.0, 1.0)]},
    }
    (text,) = told(study_of(figures))["Who gains and who pays"]
    assert plain(text).endswith(": costs the insurer 6 yuan in a severe recession (0.06 % of mean loans).")
