"""The report in Chinese up to its appendix: no English is left, every number is that of the English page."""

from __future__ import annotations

import copy
import html
import json
import re

import pytest

from sim.figures.catalog import BEARERS
from sim.figures.naming import bearer_of
from sim.figures.scales import UNITS, measure_of, scale_of
from sim.language.words import CHINESE, ENGLISH, Words
from sim.reports.arms import Arm, arm_of
from sim.reports.chapters import bearers, firms, inclusion, protection
from sim.reports.chapters.packages import package_table
from sim.reports.chapters.tables import months_of, table
from sim.reports.document import Page, told
from sim.reports.drawing import alluvial, diverging, paths
from sim.reports.drawing.figures import band_words, in_panel, letters
from sim.reports.drawing.style import sheet
from sim.reports.folder import read_study
from sim.reports.page import render, title_of
from sim.reports.words.formats import in_words, listing, place_of, scenario_title
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study

SAY, ENGLISH_SAY = Words(CHINESE), Words(ENGLISH)
STOP, COLON, COMMA, AND = "\u3002", "\uff1a", "\u3001", "\u548c"
NAMES = {
    *(package[0] for package in PACKAGES), *(scenario[0] for scenario in SCENARIOS), "CreditCycle",
    "docs/plausibility.md",
    "configs/", "summary.csv", "scorecard.csv", "p_holm", "policy/limit", "behavioural", "fixed", "policy/closing",
    "threshold", "never", "sharing", "joint_loan_30_70", "guarantee_80_20", "none", "n/a",
}  # fmt: skip
"""What stays as it is: the program, its files, keys and values of settings, packages."""


def study_of(folder, language: str):
    study = read_study(folder)
    study.manifest = copy.deepcopy(study.manifest) | {"config": {"report": {"language": language}}}
    for arm in study.arms:
        object.__setattr__(arm, "meaning", ENGLISH_SAY(f"memo.packages.{arm.name}"))
    study.scenario_meaning = {name: ENGLISH_SAY(f"memo.economies.{name}") for name in study.scenarios}
    return study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("chinese") / "study", replications=10)


@pytest.fixture(scope="module")
def pages(folder):
    return {language: render(study_of(folder, language)) for language in (ENGLISH, CHINESE)}


def front_of(page: str) -> str:
    """The page up to its appendix, without the contents, which name chapters of the appendix."""
    body = page[page.index("<body>") : page.index('<section class="appendix">')]
    return re.sub(r"<nav.*?</nav>", "", body, flags=re.DOTALL)


def english_in(text: str) -> list[str]:
    """Words of two and more Latin letters, but for names, code, and what is marked as English."""
    text = re.sub(r"<(pre|code)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r'<div lang="en">.*?</div>|<span class="name">.*?</span>', " ", text, flags=re.DOTALL)
    attributes = re.findall(r'aria-label="([^"]*)"', text)
    words = html.unescape(" ".join([re.sub(r"<[^>]*>", " ", text), *attributes]))
    for name in sorted(NAMES, key=len, reverse=True):
        words = words.replace(name, " ")
    return re.findall(r"[A-Za-z][A-Za-z]+", re.sub(r"\b[0-9a-f]{12}\b", " ", words))


def test_no_english_is_left_in_front(pages):
    front = front_of(pages[CHINESE])
    assert english_in(front) == []
    assert len(english_in(front_of(pages[ENGLISH]))) > 1000  # the search would find it
    assert 'lang="zh-Hans"' in pages[CHINESE] and front.count("<figure") >= 6


def test_both_pages_hold_the_same_numbers_and_figures(pages):
    stored = [re.findall(r'<data value="([^"]*)"', page) for page in pages.values()]
    assert stored[0] == stored[1] and len(stored[0]) > 100
    keys = [re.findall(r'<title id="([^"]*)"|<h2 id="([^"]*)"', page) for page in pages.values()]
    assert keys[0] == keys[1]


def test_figures_hold_text_that_the_readers_fonts_draw(pages):
    drawings = re.findall(r"<svg.*?</svg>", front_of(pages[CHINESE]), flags=re.DOTALL)
    text = " ".join(re.findall(r"<text.*?</text>", " ".join(drawings), flags=re.DOTALL))
    for key in ("front_figure.months", "front_party.partner", "front_closures.wrong", "front_access.access_thin_file"):
        assert SAY(key) in text
    for metric in paths.PATH_ROWS:
        assert SAY(f"front_rows.{metric}", unit="%") in text or metric == "outstanding"
    assert "Songti SC" in sheet(CHINESE) and "Songti SC" not in sheet(ENGLISH) == sheet()


@pytest.mark.parametrize("fen", [0, 99, 12_345, 999_999, 1_000_000, 31_600_000, 9_999_999_999, 10**10, 7 * 10**14])
def test_money_counts_as_the_language_does(fen):
    scale = scale_of(measure_of("lender_profit"), [fen], say=SAY)
    size = {SAY(f"front_unit.{name}"): size for _, size, name in UNITS[CHINESE]}[scale.unit]
    assert fen * scale.factor * size * 100 == pytest.approx(fen)
    assert scale.unit == scale.difference_unit
    assert 1 <= fen * scale.factor < 10_000 or fen < 100 or fen >= 10**14
    assert scale.unit == SAY("front_unit." + ("hundred_million" if fen >= 10**10 else "ten_thousand" if fen >= 10**6
                                              else "yuan"))  # fmt: skip


def test_shares_and_counts_have_units_of_the_language():
    assert scale_of(measure_of("loss_rate"), [0.03], say=SAY).difference_unit == SAY("front_unit.points")
    counts = scale_of(measure_of("closures"), [50.0], 20_000, SAY)
    assert (counts.unit, counts.difference_unit) == (SAY("front_unit.per_thousand_borrowers"),
                                                     SAY("front_unit.per_thousand"))  # fmt: skip
    assert counts.factor == 1000 / 20_000


def test_names_of_economies_and_listings():
    assert scenario_title("severe_recession", SAY) == SAY("economy.severe_recession")
    assert scenario_title("severe_recession") == "Severe recession" == scenario_title("severe_recession", ENGLISH_SAY)
    assert scenario_title("my_own", SAY) == "My own"
    assert listing(["a", "b", "c"], SAY) == f"a{COMMA}b {AND} c" and listing(["a"], SAY) == "a"
    late = {"scenarios": [{"name": "severe_recession", "stays_calm": True}]}
    assert place_of(late, "severe_recession", SAY) == SAY("front_place.before", place=SAY("economy.severe_recession"))
    assert place_of({}, "severe_recession", SAY) == SAY("economy.severe_recession")
    assert place_of({}, "severe_recession") == "a severe recession"


def test_the_title_counts_packages(folder):
    study = study_of(folder, CHINESE)
    assert title_of(study).startswith(SAY("front_counts.5"))
    study.arms = study.arms[:1]
    assert title_of(study).startswith(SAY("front_counts.1")) and COLON in title_of(study)
    english = study_of(folder, ENGLISH)
    english.arms = [english.arms[0]] * 13
    assert title_of(english).startswith("13 policy packages compared in calm years")


def test_what_shipped_things_mean_is_translated_and_what_a_user_wrote_is_not():
    meaning = ENGLISH_SAY("memo.economies.calm")
    assert told("calm", f"{meaning} Here: nothing.", SAY) == SAY("memo.economies.calm")
    assert told("calm", meaning) == meaning
    assert told("mine", "A flood", SAY) == f"Mine{COLON}A flood" and told("mine", "A flood") == "Mine: A flood"
    assert in_words("memo.packages.limits", ENGLISH_SAY("memo.packages.limits"), SAY) == SAY("memo.packages.limits")
    assert in_words("memo.packages.limits", "another thing", SAY) == "another thing"
    assert in_words("memo.packages.configured", "The baseline with sharing=x.", SAY) == SAY("memo.packages.configured")


def test_a_meaning_in_english_alone_is_marked(folder):
    study = study_of(folder, CHINESE)
    for arm, meaning in zip(study.arms, ("Tom & Jerry's.", "\u6211\u7684", "", "", ""), strict=True):
        object.__setattr__(arm, "meaning", meaning)
    text = package_table(study)
    assert text.count('<span lang="en">') == 1 and '<span lang="en">Tom &amp; Jerry&#x27;s.</span>' in text
    english = study_of(folder, ENGLISH)
    assert 'lang="en"' not in package_table(english)


def test_a_scheme_is_told_in_the_language_where_the_manifest_has_it(folder, monkeypatch):
    study = study_of(folder, CHINESE)
    for arm in study.arms:
        object.__setattr__(arm, "scheme", "On all loans, a fund.")
    sharing = ["platform", "guaranteed"]
    monkeypatch.setattr(protection, "sharing_of", lambda study: sharing)
    monkeypatch.setattr(protection, "gains_table", lambda study, arms: "")
    page = Page(SAY)
    bearers.write(page, study)
    assert "".join(page.parts).count("On all loans") == len(sharing) == 2
    for arm in study.arms:
        object.__setattr__(arm, "scheme_told", "\u7532\u4e59\u4e19")
    page = Page(SAY)
    bearers.write(page, study)
    text = "".join(page.parts)
    assert "On all loans" not in text and text.count("\u7532\u4e59\u4e19") == 2 and 'lang="en"' not in text
    assert arm_of({"name": "a", "scheme_told": "x"}).scheme_told == "x"


def test_a_change_is_told_with_both_values():
    entry = {"name": "a", "changes": [{"key": "fund.capital", "value": 2, "parent_value": 1}]}
    arm = arm_of(entry)
    assert arm.change == arm.told(ENGLISH_SAY) == "fund.capital: 2 instead of 1"
    assert arm.told(SAY) == SAY("front_packages.changed", setting="fund.capital", value=2, parent=1)
    assert Arm("b", change="by hand").told(SAY) == "by hand"


def test_what_is_told_in_english_alone_is_marked():
    page, english = Page(SAY), Page()
    page.untranslated(["A fund pays 80 %."])
    english.untranslated(["A fund pays 80 %."])
    page.untranslated([])
    text = "".join(page.parts)
    assert SAY("front_page.untranslated") in text and text.count('<div lang="en">') == 1 and text.endswith("</div>")
    assert english_in(text) == [] and "".join(english.parts).startswith('<ul class="findings">')


def test_figures_and_tables_are_numbered_in_the_language():
    page = Page(SAY)
    page.table("<table><caption><b>x</b></caption></table>")
    page.figure(paths.Picture("key", "T", "<svg></svg>", "C"))
    page.appendix("behind")
    text = "".join(page.parts)
    assert f"<b>{SAY('front_page.table', number=1)}x</b>" in text
    assert SAY("front_page.figure", number=1, title="T", caption="C") in text and SAY("front_page.appendix") in text


def test_what_is_alike_in_all_rows_is_told_in_the_language():
    rows = [f'<tr><th scope="row">{name}</th><td>7</td><td>{name}</td></tr>' for name in "abc"]
    assert SAY("front_table.same", items="x 7") in table("<b>t</b>", ["n", "x", "y"], rows, say=SAY)
    alone = [f'<tr><th scope="row">{name}</th><td>7</td></tr>' for name in "abc"]
    assert f'<th scope="row">{SAY("front_table.all")}</th>' in table("<b>t</b>", ["n", "x"], alone, say=SAY)


def test_months_and_bands(folder):
    assert months_of(study_of(folder, CHINESE), "us_2007_2012") == SAY("front_table.months", months=72)
    said = [band_words(runs, SAY) for runs in (10, 9, 2)]
    assert len(set(said)) == 3 and "10" in said[0] and "9" in said[1]


def test_wide_signs_take_twice_the_room():
    wide = SAY("economy.stochastic")
    assert letters(wide) == 2 * len(wide) and in_panel(wide, 1.0) == wide
    lines = in_panel(wide, 0.2).split("\n")
    assert len(lines) > 1 and in_panel("stochastic", 0.2, 3) == "stochastic"


def test_guarantors_go_by_the_names_and_colours_of_bearers():
    for say in (SAY, ENGLISH_SAY):
        names = alluvial.guarantors(say)
        assert list(names) == list(alluvial.GUARANTORS) and list(names.values()) == list(alluvial.colours(say))
    assert [bearer_of(name, ENGLISH_SAY) for name in BEARERS] == list(BEARERS.values())
    assert len({bearer_of(name, SAY) for name in BEARERS}) == len(BEARERS)


def test_panels_of_gains_have_two_lines_that_fit():
    for panel in diverging.PANELS:
        lines = SAY(f"front_gains.panel.{panel}").split("\n")
        assert len(lines) == 2 and max(map(letters, lines)) <= 18


def test_every_row_of_a_drawing_has_its_words():
    rows = [f"front_income.{key}" for key, _ in inclusion.ROWS] + [f"front_firms.{key}" for key in firms.COMPARED]
    for key in rows:
        assert SAY(key) != ENGLISH_SAY(key)
    for metric in (*paths.PATH_ROWS, *paths.FIRM_ROWS):
        assert SAY(f"front_rows.{metric}", unit="%") != ENGLISH_SAY(f"front_rows.{metric}", unit="%")


def test_a_stored_page_is_told_as_its_manifest_says(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "config" not in manifest and read_study(folder).say.language == ENGLISH
    assert SAY("front_findings.stop") == STOP
