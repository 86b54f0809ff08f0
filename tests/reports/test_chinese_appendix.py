"""The appendix in Chinese: every chapter, table head and sentence, with the numbers of the English one."""

from __future__ import annotations

import dataclasses
import html
import json
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim.reports
from sim.figures.catalog import MAIN, METRICS
from sim.language.words import CHINESE, ENGLISH, LANGUAGES, Words, texts
from sim.reports.chapters import gainers, method, rolls, verdict
from sim.reports.chapters.blind import blind_findings
from sim.reports.chapters.closing import closing_table
from sim.reports.chapters.comparison import main_table
from sim.reports.chapters.controls import rule_table
from sim.reports.chapters.dominance import SIGNS
from sim.reports.chapters.funds import fund_table
from sim.reports.chapters.protection import price_table
from sim.reports.chapters.tails import HEADS
from sim.reports.document import Page
from sim.reports.folder import Estimate, Study, read_study
from sim.reports.page import APPENDIX
from sim.reports.words.findings import downturn, scenario_findings
from sim.reports.words.formats import percent
from sim.reports.words.standing import provenance
from sim.study.compare.dominance import dominance
from sim.study.compare.worlds import COLUMNS
from tests.reports.synthetic import RUN_METRICS, summary, unlinked, write_study
from tests.study.test_dominance import table

PACKAGES = (
    ("lenient", "", "", "Nothing.", 0.0, 0.0),
    ("closing", "lenient", "policy/closing: threshold", "Closes.", 0.003, -0.06),
    ("guaranteed", "lenient", "sharing: guarantee_80_20", "A fund pays.", 0.004, 0.05),
)
SCENARIOS = (("calm", 24, 0.0), ("severe_recession", 24, 1.0))
WRITTEN = [write for write in (*APPENDIX, method.append_provenance) if write not in (gainers.append, rolls.append)]
"""Chapters of the months' figures; those of tables that runs note have tests of their own."""

ROOT = Path(sim.reports.__file__).parents[1]
AMOUNTS = {"money": 1.0e7, "count": 400.0, "share": 0.2}
NOT_TRANSLATED = {
    *(
        "scorecard",
        "csv",
        "VaR",
        "ES",
        "Wilson",
        "Holm",
        "CCF",
        "EAD",
        "LEQ",
        "AUC",
        "KS",
        "PSI",
        "Hosmer",
        "Lemeshow",
        "GDP",
        "CreditCycle",
    ),
    *("study", "margin", "outstanding", "access", "persons"),  # study.margin_outstanding, margin_access, margin_persons
    *("behaviour", "liquidity", "draws", "closed", "line", "factor", "last", "docs", "worlds", "plausibility", "md"),
    *(
        "configs",
        "scorecard",
        "sharing",
        "fund",
        "dominance",
        "csv",
        "manifest",
        "json",
        "summary",
        "results",
        "holm",
        "sha",
    ),
    *(part for name, *_ in (*PACKAGES, *SCENARIOS) for part in name.split("_")),
}
"""Names, keys, files and abbreviations that Chinese keeps."""


def filled(frame: pd.DataFrame, packages: list[str]) -> pd.DataFrame:
    """Every figure that is recorded by month, above zero and other in each package: so that all tables have rows."""
    place = frame["arm"].map({name: number for number, name in enumerate(packages)})
    luck = 1.0 + 0.02 * frame["replication"] + 0.001 * frame["month"]
    missing = {
        name: AMOUNTS.get(figure.kind, 10.0) * (1.0 + number % 5) / 5 * (1.0 + 0.1 * place) * luck
        for number, (name, figure) in enumerate(METRICS.items())
        if name not in frame
    }
    made = pd.concat([frame, pd.DataFrame(missing)], axis=1)
    backed = made["arm"] == "guaranteed"
    for name in ("guaranteed_lending", "covered_outstanding", "fund_liabilities", "loss_insurer", "fund_put_in"):
        made[name] = np.where(backed, made[name], 0.0)
    made["loss_partner"] = np.where(backed, 5.0e6, 0.0)
    closes = made["arm"] == "closing"
    for name in ("alerts", "closures_month"):
        made[name] = np.where(closes, made[name], 0.0)
    return made


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    """A study whose appendix has every chapter."""
    folder = write_study(
        tmp_path_factory.mktemp("zh") / "study", packages=PACKAGES, scenarios=SCENARIOS, replications=3
    )
    names = [name for name, *_ in PACKAGES]
    frame = filled(pd.read_parquet(folder / "results" / "part-000.parquet"), names)
    frame.to_parquet(folder / "results" / "part-000.parquet")
    old = pd.read_csv(folder / "summary.csv")
    made = summary(frame, PACKAGES)
    kept = old[old["metric"].isin(RUN_METRICS)]
    made = pd.concat([made[~made["metric"].isin(RUN_METRICS)], kept], ignore_index=True)
    made["p_holm"] = np.where((made["metric"] == "loss_rate") & (made["parent"] != ""), 0.001, np.nan)
    made.to_csv(folder / "summary.csv", index=False, na_rep="n/a")
    risks = [
        (arm, scenario, f"the scenario {scenario}", measure, 0.03, 0.02, 0.05, 20, "Wilson")
        for arm in names for scenario, *_ in SCENARIOS for measure in HEADS
    ]  # fmt: skip
    columns = ["arm", "scenario", "conditional_on", "measure", "estimate", "low", "high", "replications", "interval"]
    pd.DataFrame(risks, columns=columns).to_csv(folder / "risk.csv", index=False)
    pairs = dominance(table(lenient={}, closing={"approval_rate": 1.0}), ["lenient", "closing"])
    pairs.to_csv(folder / "dominance.csv", index=False, na_rep="n/a")
    rows = [
        ("severe_recession", arm, "lenient", metric, "fraction", gap, 0.01, 0.05, 0.004, 0.003, 0.36, 3, 3)
        for arm, gap in (("closing", 0.03), ("guaranteed", -0.03))
        for metric in MAIN
    ]
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(folder / "worlds.csv", index=False, na_rep="n/a")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"worlds": [{"a": value} for value in (1.0, 2.0, 3.0)], "window": {"from": 2, "months": 20}}
    manifest |= {"program_sha256": "0f" * 32, "seeds_rule": "53 bits of the seed"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return read_study(folder)


def told_in(study: Study, language: str) -> Study:
    """The same study, told in a language."""
    config = {"report": {"language": language}, "study": {"margin_outstanding": 0.001}}
    return dataclasses.replace(study, manifest=study.manifest | {"config": config})


def appendix(study: Study, language: str) -> dict[str, str]:
    """HTML of what each function of the appendix writes."""
    told, found = told_in(study, language), {}
    for write in WRITTEN:
        page = Page(say=told.say)
        page.appendix_from = 0
        write(page, told)
        found[f"{write.__module__}.{write.__name__}"] = "\n".join(page.parts)
    return found


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Keys of the texts that were asked for while ``written`` was made."""
    return set()


@pytest.fixture(scope="module")
def written(study, said) -> dict[str, dict[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        call = Words.__call__
        patch.setattr(Words, "__call__", lambda self, key, **values: said.add(key) or call(self, key, **values))
        found = {language: appendix(study, language) for language in LANGUAGES}
        scenario_findings(dataclasses.replace(study, worlds=pd.DataFrame()), "severe_recession")
    return found


def plain(text: str) -> str:
    """Words of HTML, without names, code, what is marked as English, and drawings' marks."""
    text = re.sub(r'<span class="name">.*?</span>|<code>.*?</code>|<td[^>]*lang="en">.*?</td>', " ", text, flags=re.S)
    return html.unescape(re.sub(r"<(style|path|defs)\b.*?</\1>|<[^>]*>", " ", text, flags=re.S))


def test_every_chapter_of_the_appendix_is_written(written):
    assert [name for name, text in written[CHINESE].items() if not text] == []


@pytest.mark.parametrize("write", [f"{write.__module__}.{write.__name__}" for write in WRITTEN])
def test_no_english_stays_in_a_chinese_chapter(written, write):
    words = set(re.findall(r"[A-Za-z]{2,}", plain(written[CHINESE][write])))
    assert words <= NOT_TRANSLATED
    assert re.search(r"[\u4e00-\u9fff]", plain(written[CHINESE][write]))
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", plain(written[ENGLISH][write]))


@pytest.mark.parametrize("write", [f"{write.__module__}.{write.__name__}" for write in WRITTEN])
def test_chinese_has_the_numbers_and_the_shape_of_english(written, write):
    english, chinese = (written[language][write] for language in (ENGLISH, CHINESE))
    assert re.findall(r'<data value="[^"]*"', chinese) == re.findall(r'<data value="[^"]*"', english)
    for tag in ("<h2", "<h3", "<table", "<tr", "<th", "<td", "<li", "<p", "<figure", "<dt", "<dd"):
        assert chinese.count(tag) == english.count(tag), tag
    names = [re.findall(r'<span class="name">.*?</span>', text) for text in (english, chinese)]
    assert names[0] == names[1]


def test_shares_and_points_in_chinese_sentences_are_those_of_english(written):
    """Digits before a per cent sign: money has other units in Chinese, shares have not."""
    for chapter in ("verdict", "blind"):
        key = f"sim.reports.chapters.{chapter}.append"
        english, chinese = (
            sorted(re.findall(r"[\d.]+(?=\u202f%)", plain(written[language][key]))) for language in (ENGLISH, CHINESE)
        )
        assert english == chinese and len(english) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sign_of_the_matrix_is_explained(language):
    caption = Words(language)("back_dominance.caption", level="1 %", coverage="95 %", left_out=0)
    assert all(sign in caption for sign in SIGNS.values())


def test_rules_stand_as_they_are_configured_and_say_so(study):
    told = told_in(study, CHINESE)
    told.arms = [dataclasses.replace(arm, rules=("late: close when late",) * 12) for arm in told.arms]
    pages = {}
    for language in LANGUAGES:
        again = told_in(told, language)
        page = Page(say=again.say)
        next(write for write in APPENDIX if write.__module__.endswith("controls"))(page, again)
        pages[language] = "\n".join(page.parts)
    assert '<td class="words" lang="en">late: close when late</td>' in pages[CHINESE]
    assert '<td class="words">late: close when late</td>' in pages[ENGLISH]


def test_every_text_of_the_appendix_is_asked_for(written, said):
    """A text is said of this study, or its key stands whole in the program: what is said of other studies."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    keys = [key for key in texts(ENGLISH) if key.startswith("back_")]
    assert len(keys) > 200
    assert [key for key in keys if key not in said and f'"{key}"' not in source] == []


@pytest.mark.parametrize(
    ("key", "word"),
    [
        *(("back_loss.more", "高"), ("back_loss.less", "低"), ("back_loss.open", "不能确定")),
        *(("back_against.more", "多"), ("back_against.fewer", "少")),
        *(("back_worlds.higher", "高于"), ("back_worlds.lower", "低于")),
        *(("back_dominance.caption", "+ 更好"), ("back_dominance.caption", "≥ 不更差")),
        *(("back_schemes.exhausted_median", "耗尽"), ("back_schemes.suspended_median", "暂停")),
    ],
)
def test_directions_are_told_the_same_way_round(key, word):
    assert word in texts(CHINESE)[key]


@pytest.mark.parametrize(
    ("months", "english", "chinese"),
    [(20, "months from 2 to 21;", "第 2 至 21 个月"), (0, "months from 2 on;", "第 2 个月及以后")],
)
def test_the_months_that_a_table_averages_are_named(study, months, english, chinese):
    for language, words in ((ENGLISH, english), (CHINESE, chinese)):
        told = told_in(study, language)
        told.manifest["window"] = {"from": 2, "months": months}
        assert words in main_table(told, "calm", "Main").partition("</caption>")[0]


def test_the_downturn_is_told_with_the_loss_of_the_mildest_scenario(study):
    told = told_in(study, ENGLISH)
    bad, good = (percent(told.estimate(name, "lenient", "loss_rate").mean) for name in ("severe_recession", "calm"))
    assert bad != good
    text = downturn(told)[0]
    assert f"lose {bad} of outstanding a year in a severe recession, against {good} in calm years; 30+" in text


def test_years_of_a_rule_begin_with_the_first(study):
    heads = re.findall(r'<th scope="col">(.*?)</th>', unlinked(rule_table(told_in(study, ENGLISH), "calm") or ""))
    assert heads == ["Rule", "Year 1", "Year 2", "All"]


def test_packages_without_a_wrong_closure_are_not_told_among_them(study):
    told = told_in(study, ENGLISH)
    told._estimates = told._estimates | {
        ("calm", arm.name, "wrong_closure_share"): Estimate(share)
        for arm, share in zip(told.arms, (0.0, 0.25, math.nan), strict=True)
    }
    text = next(text for text in blind_findings(told, "calm") if text.startswith("Of closures"))
    assert text.endswith("within 12 months: `closing` 25\u202f%.")


def test_a_study_whose_origin_is_not_known_says_so(study):
    told = told_in(study, ENGLISH)
    told.manifest = {name: told.manifest[name] for name in ("config", "replications")}
    facts, command = provenance(told)
    unknown = [(name, "n/a") for name in ("Configuration (hash)", "Results (sha256)", "Seed")]
    assert facts == [*unknown, ("Replications", "3")] and not command


def test_one_run_says_that_it_has_no_interval(tmp_path):
    alone = read_study(write_study(tmp_path / "one", packages=PACKAGES[:1], scenarios=SCENARIOS[:1], replications=1))
    for language, words in ((ENGLISH, "One replication: no interval can be given"), (CHINESE, "只运行了一次")):
        page = Page()
        verdict.append(page, told_in(alone, language))
        assert words in page.parts[1]


@pytest.mark.parametrize(
    ("made", "heads"),
    [
        (
            lambda study: closing_table(study, ["closing"]),
            "Closures, per 1\u202f000|Wrong, per 1\u202f000|Not judged, per 1\u202f000|Share wrong|"
            "Share wrong at random|Defaults caused, per 1\u202f000|95\u202f% interval|"
            "Loss avoided, yuan a closure|Margin forgone, yuan a closure",
        ),
        (
            lambda study: fund_table(study, ["guaranteed"]),
            "Scenario|Capital, first month, million yuan|Capital, last month, million yuan|"
            "Runs suspended|Runs exhausted|Probability, 95&nbsp;% interval|Earliest month",
        ),
        (
            lambda study: price_table(study, ["guaranteed"]),
            "Premium, % a year|Compensation, % a year|Premium back, times|Break-even, % a year|Met, % a year|"
            "Additional, %|Public cost a yuan lent, yuan|Public cost a job, yuan|Price of loans, a year",
        ),
    ],
    ids=["closing", "fund", "price"],
)
def test_heads_stand_over_their_own_column(study, made, heads):
    """In the order of the cells; columns that say nothing may be left out."""
    found = re.findall(r'<th scope="col">(.*?)</th>', unlinked(made(told_in(study, ENGLISH))))
    assert found == ["Package", *(head for head in heads.split("|") if head in found)] and len(found) > 5
