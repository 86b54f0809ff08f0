"""The scorecard in numbers and as a table of the page, beside the gauges."""

import csv
import io
import json
import math
import re

import numpy as np
import pytest

from sim.language.words import LANGUAGES, Words
from sim.reports import build, tell
from sim.reports.document import Page
from sim.reports.folder import Arm
from sim.reports.manifest import words_of
from sim.reports.verdict import scorecard, shown, verdict_of
from sim.reports.verdict.measures import BY_FIGURE
from sim.reports.verdict.scorecard import COLUMNS, as_csv, unit_of
from sim.reports.verdict.scorecard import shown as figures_shown
from tests.reports.small import BOTH, LOANS, study_of
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study
from tests.reports.test_gauges import CAPS, rates


@pytest.fixture
def study():
    paths = {("severe_recession", "new"): {"compensation_rate_released": rates(*[0.08] * 8)[:, :10]}}
    paths["severe_recession", "new"]["fund_state"] = np.repeat([[0] * 6 + [1] * 4], 8, axis=0)
    return study_of(BOTH, arms=[Arm("old"), Arm("new", "old", caps=CAPS)], paths=paths)


def test_money_is_in_yuan_over_the_months_and_in_per_cent_of_the_loans(study):
    card = scorecard(study)
    assert list(card.columns) == list(COLUMNS)
    row = card.set_index(["scenario", "figure", "arm"]).loc[("severe_recession", "government_result", "new")]
    assert (row["unit"], row["months"], row["party"], row["parent"]) == (
        "yuan over the months", 10, "government", "old"
    )  # fmt: skip
    assert [row["value"], row["low"], row["high"]] == pytest.approx([-20.0, -20.1, -19.9])
    assert (row["difference"], row["difference_low"], row["difference_high"]) == (-20.0, -25.0, -15.0)
    assert row["percent_of_loans"] == pytest.approx(-100 * 2000 / LOANS)
    assert row["difference_percent_of_loans"] == pytest.approx(-100 * 2000 / LOANS)
    profit = card.set_index(["scenario", "figure", "arm"]).loc[("calm", "lender_profit", "new")]
    assert profit["difference_percent_of_parent"] == pytest.approx(4.0)


def test_rates_are_in_per_cent_and_counts_are_cases(study):
    card = scorecard(study).set_index(["scenario", "figure", "arm"])
    assert card.loc[("calm", "unemployment", "old"), "value"] == 5.0
    assert math.isnan(card.loc[("calm", "unemployment", "old"), "percent_of_loans"])
    assert math.isnan(card.loc[("calm", "output", "old"), "percent_of_loans"])
    assert card.loc[("calm", "defaults_caused_by_closing", "new"), "value"] == 7.0
    units = [unit_of(BY_FIGURE[name]) for name in ("roe", "firm_failures", "wrong_closures", "staff")]
    assert units == ["per cent", *["cases over the months"] * 2, "persons at the end of the months"]


def test_who_is_in_no_package_has_no_row(study):
    assert "partner_result" not in set(scorecard(study)["figure"])
    places = [one.scenario for one in figures_shown(study)]
    assert places[:4] == ["calm", "severe_recession"] * 2 and list(scorecard(study)["scenario"])[:2] == ["calm"] * 2


def test_as_text_it_says_what_is_not_known(study):
    rows = list(csv.DictReader(io.StringIO(as_csv(study))))
    assert len(rows) == len(scorecard(study)) and rows[0]["arm"] == "old" and rows[0]["difference"] == "n/a"
    assert rows[0]["worlds"] == "n/a"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_and_first_screen_stand_on_the_page(study, language):
    say, verdict = Words(language), verdict_of(study)
    card, caps = shown.scorecard_table(study, verdict, say), shown.gauges_table(verdict, say)
    cells = re.findall(r'<data value="([^"]+)">([^<]+)</data><br><span class="apart">([^<]+)</span>', card)
    yuan = {"en": "yuan", "zh": "元"}[language]
    assert ("5200.0", f"52 {yuan}", f"(+2 {yuan})") in cells
    assert ("2900.0", f"29 {yuan}", f"(\N{MINUS SIGN}1 {yuan}{say('scorecard.open')})") in cells
    assert any(f"({say('scorecard.same')})" == apart for *_, apart in cells)
    assert "8.0" in caps and "5.0" in caps and say("gauges.from", months="6", count=8, runs=8) in caps
    study.manifest["config"] = {"report": {"language": language}}
    page = Page()
    shown.first_screen(page, verdict, say, {})
    shown.append(page, study)
    assert page.tables == 2 and page.chapters == [("whole-scorecard", say("scorecard.whole"))]
    assert page.parts[0] == f"<h2>{say('report.bottom_line')}</h2>" and 'class="lead"' in page.parts[1]
    grid = next(place for place, part in enumerate(page.parts) if "glance" in part)
    assert grid > 1 and say("verdict.who_pays") in page.parts[grid + 1]


def test_without_a_scheme_there_is_no_table_of_caps():
    study, page = study_of(BOTH), Page()
    shown.append(page, study)
    assert page.tables == 1


def test_a_folder_from_before_there_was_another_language_is_told_in_english():
    assert words_of({}).language == words_of({"config": {}}).language == "en"
    assert words_of({"config": {"report": {"language": "zh"}}}).language == "zh"


def test_a_report_in_chinese_begins_so_and_leaves_the_tables(tmp_path):
    folder = write_study(tmp_path / "s", packages=PACKAGES[:2], scenarios=SCENARIOS[:1], replications=3)
    manifest = json.loads((folder / "manifest.json").read_text())
    english, page = tell(folder), (folder / "report.html").read_text()
    card = (folder / "scorecard.csv").read_bytes()
    (folder / "manifest.json").write_text(json.dumps(manifest | {"config": {"report": {"language": "zh"}}}))
    chinese = tell(folder)
    assert [len(texts) for _, texts in chinese] == [len(texts) for _, texts in english] and english != chinese
    assert (folder / "scorecard.csv").read_bytes() == card
    assert '<html lang="en">' in page and '<html lang="zh-Hans">' in (folder / "report.html").read_text()
    assert chinese[1][0] in (folder / "report.html").read_text() and build(folder) == folder / "report.html"
    assert not list(folder.glob("*.partial"))
