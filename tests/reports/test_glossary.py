"""What figures mean: every head of a table and every drawing of a page leads to it, in both languages."""

from __future__ import annotations

import dataclasses
import html
import re
from fnmatch import fnmatchcase

import pandas as pd
import pytest

from sim.figures.catalog import ACCESS, BEARERS, FIGURES, FIRMS, MAIN
from sim.language.words import CHINESE, ENGLISH, LANGUAGES, Words, WordsError, texts
from sim.reports.chapters import blind, causes, controls, exposure, rolls
from sim.reports.columns import YEARLY, Column, digits, yearly
from sim.reports.document import Page
from sim.reports.drawing.figures import Picture
from sim.reports.drawing.paths import FIRM_ROWS, PATH_ROWS
from sim.reports.drawing.sweep import SHOWN
from sim.reports.glossary.chapter import append, explained, shown
from sim.reports.glossary.entries import IN_PERCENT, Entry, entry_of, meaning_of, unit_of
from sim.reports.glossary.links import WHOLE, figured, known, of_head, told_head
from sim.reports.glossary.sources import SOURCES
from sim.reports.page import render
from sim.reports.verdict.measures import BY_FIGURE, MEASURES, RATE
from sim.study.compare.dominance import RESPECTS
from tests.reports.test_chinese_appendix import NOT_TRANSLATED, told_in
from tests.reports.test_chinese_appendix import study as appendix_study
from tests.reports.test_gainers import gains_row, segment_rows

months = appendix_study
"""The fixture of a study with every chapter of months, under a name of its own."""

SAY = Words()
PARTS = ("label", "unit", "period", "meaning")
ON_A_PAGE = {*MAIN, *ACCESS, *FIRMS, *BEARERS, *RESPECTS, *PATH_ROWS, *FIRM_ROWS, *(one.figure for one in MEASURES)}
NO_FIGURES = ("Other", "Scenario", "另一方案", "情景")
"""Heads beside the first one of a table under which names stand."""
COLUMNS = (
    *(column for columns, _ in (*blind.CAPTIONS, *controls.CAPTIONS, *exposure.CAPTIONS) for column in columns),
    *causes.SUPPORT,
)


@pytest.fixture(scope="module")
def study(months):
    """The study of the appendix, with results by segment and persons whom a package saves."""
    segments = pd.DataFrame(segment_rows())
    gains = [gains_row("1", "saved", 6), gains_row("10", "in neither", 94, line_months_gained=50)]
    gains = pd.DataFrame(gains).assign(parent="lenient")
    return dataclasses.replace(months, segments=segments, gains=gains)


@pytest.fixture(scope="module")
def pages(study) -> dict[str, str]:
    return {language: render(told_in(study, language)) for language in LANGUAGES}


def tables_of(page: str) -> list[str]:
    return re.findall(r"<table.*?</table>", page, flags=re.DOTALL)


def words_of(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


def linked(text: str) -> list[str]:
    return re.findall(r'<a class="figure" href="#meaning-([^"]+)"', text)


def unexplained(page: str) -> list[str]:
    """Heads of tables that name a figure and lead nowhere."""
    left = []
    for table in tables_of(page):
        kind = re.search(r"<table([^>]*)>", table)[1]
        heads = re.findall(r'<th scope="col">(.*?)</th>', table)[1:]
        rows = re.findall(r'<th scope="row">(.*?)</th>', table)
        groups = re.findall(r'<th scope="rowgroup"[^>]*>(.*?) <span>', table)
        of_packages = bool(heads) and all('class="name"' in head for head in heads)  # a scorecard: rows are figures
        texts_alone = kind == ' class="text"'
        looked_at = rows if of_packages else groups + heads if "main" in kind else [] if texts_alone else heads
        left += [words_of(head) for head in looked_at if not linked(head) and words_of(head) not in NO_FIGURES]
    return left


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_head_that_names_a_figure_leads_to_what_it_means(pages, language):
    page = pages[language]
    assert len(tables_of(page)) > 25 and unexplained(page) == []
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {f"meaning-{name}" for name in linked(page)} <= set(ids)


def test_a_head_without_a_link_is_seen():
    head = '<thead><tr><th scope="col">Package</th><th scope="col">{}</th></tr></thead>'
    assert unexplained(f"<table>{head.format('Losses')}</table>") == ["Losses"]
    assert unexplained(f"<table>{head.format(figured('loss_rate', 'Losses'))}</table>") == []
    card = '<table class="text grouped"><th scope="col">x</th><th scope="col"><span class="name">a</span></th>'
    assert unexplained(f'{card}<th scope="row">Profit</th></table>') == ["Profit"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_says_which_figures_it_holds(pages, language):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", pages[language], flags=re.DOTALL)
    assert len(captions) > 9
    assert [words_of(caption)[:60] for caption in captions if not linked(caption)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_holds_what_the_page_shows_each_once_and_nothing_else(pages, language):
    page = pages[language]
    glossary = re.search(r'<dl class="glossary">(.*?)</dl>', page, flags=re.DOTALL)[1]
    entries = re.findall(
        r'<dt id="meaning-([^"]+)">(.*?) <a class="back" href="#shown-([^"]+)".*?<dd>(.*?)</dd>', glossary
    )
    names = [name for name, *_ in entries]
    assert len(names) == len(set(names)) == glossary.count("<dt") > 100
    assert set(names) == set(linked(page)) and names == [back for _, _, back, _ in entries]
    assert all(page.count(f'id="shown-{name}"') == 1 for name in names)
    labels = [words_of(label).casefold() for _, label, _, _ in entries]
    code = "gb18030" if language == CHINESE else "utf-8"
    assert labels == sorted(labels, key=lambda label: label.encode(code)) and len(set(labels)) == len(labels)
    for name, _, _, told in entries:
        entry = entry_of(name, Words(language))
        assert all((entry.unit, entry.period, entry.meaning, entry.source)), name
        assert html.escape(entry.told(Words(language))) in told and f"<code>{html.escape(entry.source)}</code>" in told


def test_no_english_meaning_stands_on_a_chinese_page(pages):
    glossary = re.search(r'<dl class="glossary">(.*?)</dl>', pages[CHINESE], flags=re.DOTALL)[1]
    titles = " ".join(re.findall(r'<a class="figure"[^>]*title="([^"]*)"', pages[CHINESE]))
    plain = words_of(re.sub(r"<code>.*?</code>", " ", glossary)) + html.unescape(titles)
    assert set(re.findall(r"[A-Za-z]{2,}", plain)) <= NOT_TRANSLATED
    assert len(re.findall(r"[A-Za-z]{2,}", words_of(pages[ENGLISH]))) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_unit_period_and_meaning_in_every_language(language):
    for name in (*SOURCES, *ON_A_PAGE, *(f"{WHOLE}{one.figure}" for one in MEASURES)):
        entry = entry_of(name, Words(language))
        assert all(dataclasses.astuple(entry)), name
        chinese = re.search("[\u4e00-\u9fff]", entry.meaning)
        assert bool(chinese) == (language == CHINESE), name
    for name in SHOWN:
        assert entry_of(name, SAY).meaning  # pages of sweeps are in English


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_has_a_source_and_every_source_a_meaning(language):
    told = {key.removeprefix("meaning.") for key in texts(language) if key.startswith("meaning.")}
    assert told == {f"{name}.{part}" for name in SOURCES for part in PARTS}


def patterns(source: str) -> list[str]:
    """Names of columns in a source; ``*`` stands for any end."""
    return re.findall(r"[a-z][a-z0-9_]*_?\*?", source)


def test_sources_are_columns_of_the_results():
    functions = {"sum", "mean", "max", "argmax", "borrowers", "cap"}
    for name, source in SOURCES.items():
        if ":" in source or ".csv" in source:  # of another file
            continue
        unknown = [one for one in set(patterns(source)) - functions
                   if not any(fnmatchcase(column, one) for column in (*FIGURES, "default_job_loss"))]  # fmt: skip
        assert unknown == [], name


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.head)
def test_a_column_is_made_of_the_columns_that_its_source_names(study, monkeypatch, column):
    read: set[str] = set()
    paths = type(study).paths
    monkeypatch.setattr(type(study), "paths", lambda self, *key: read.add(key[2]) or paths(self, *key))
    column.value(study, "calm", "closing")
    named = patterns(SOURCES[column.entry or of_head(column.head)])
    assert read and [name for name in read if not any(fnmatchcase(name, one) for one in named)] == []


def test_columns_of_steps_and_stages_lead_to_one_figure(study):
    for column in (*COLUMNS, *rolls.columns_of({})):
        assert of_head(column.head) in SOURCES or column.entry in SOURCES
    assert of_head("back_exposure.from_1_to_2") == "back_exposure.from"
    assert of_head("back_blind.neighbours_of_all") == "back_blind.neighbours"
    assert of_head("back_causes.could_pay") == "back_causes.could_pay"


def test_a_head_of_a_column_has_its_unit(study):
    column = Column("back_controls.contacts", yearly("contacts"), digits(0), unit=YEARLY)
    told = told_in(study, ENGLISH)
    assert words_of(column.told(told)) == "Contacts, a year per 1\u202f000 borrowers"
    unknown = dataclasses.replace(told, manifest={"config": {"report": {"language": ENGLISH}}})
    assert words_of(column.told(unknown)) == "Contacts, a year in a run"
    for one in COLUMNS:
        counts = getattr(one.value, "__qualname__", "").startswith("yearly.")
        assert (one.unit == YEARLY) == counts, one.head


def test_a_link_leads_to_a_known_figure():
    assert figured("loss_rate", "Loss") == '<a class="figure" href="#meaning-loss_rate">Loss</a>'
    assert figured(f"{WHOLE}lender_profit", "P").startswith('<a class="figure" href="#meaning-whole.lender_profit"')
    assert told_head(SAY, "back_exposure.used_12") == figured("back_exposure.used", SAY("back_exposure.used_12"))
    assert known("loss_rate", "L") == figured("loss_rate", "L") and known("a_users_own", "Own") == "Own"
    with pytest.raises(KeyError, match="no_such_figure"):
        figured("no_such_figure", "x")
    with pytest.raises(KeyError):
        entry_of("no_such_figure", SAY)
    with pytest.raises(WordsError):
        meaning_of(FIGURES["flow_to_m3"], Words(CHINESE))  # on no page so far


@pytest.mark.parametrize(
    ("name", "whole", "english", "chinese"),
    [
        ("loss_rate", False, "% of outstanding a year", "占贷款余额的 %\uff08年\uff09"),
        ("lender_profit", False, "yuan a month", "元/月"),
        ("lender_profit", True, "yuan", "元"),
        ("firm_failures", True, "firms", "家"),
        ("roe", False, "% a year", "%\uff08年\uff09"),
        ("wrong_closures", False, "persons, or their number per 1\u202f000 borrowers", "人\uff0c或每千名借款人的数目"),
    ],
)
def test_units_are_those_that_are_printed(name, whole, english, chinese):
    assert unit_of(FIGURES[name], SAY, whole=whole) == english
    assert unit_of(FIGURES[name], Words(CHINESE), whole=whole) == chinese


def test_what_a_verdict_sums_is_told_as_a_sum():
    assert BY_FIGURE["lender_profit"].entry == "whole.lender_profit" and BY_FIGURE["staff"].entry == "staff"
    assert entry_of("whole.lender_profit", SAY).period == "sum over all months, mean over the runs"
    assert entry_of("lender_profit", SAY).period == "a month, mean over the months"
    rates = [one.figure for one in MEASURES if one.kind == RATE]
    assert all(FIGURES[name].is_share or name in IN_PERCENT for name in rates)


def test_labels_are_whole_words():
    assert entry_of("roe", SAY).label == "The lender's yearly return on equity"
    assert entry_of("whole.loss_reguarantee", SAY).label == "Loss borne: Re-guarantee fund, sum"
    assert entry_of("whole.firm_failures", Words(CHINESE)).label == "企业倒闭\uff0c合计"


def test_an_entry_says_unit_period_and_meaning_and_alike_ones_once():
    assert Entry("a", "A", "%", "a year", "what it is", "a").told(SAY) == "%; a year. What it is."
    assert Entry("a", "A", "as B", "as B", "what it is", "a").told(SAY) == "Unit and period: as B. What it is."


def test_the_first_link_is_where_the_glossary_leads_back_to():
    first, second = figured("roe", "ROE"), figured("borrowers_cost", "Cost")
    body = explained(first + second + first, SAY)
    assert re.findall(r' id="([^"]+)"', body) == ["shown-roe", "shown-borrowers_cost"]
    assert body.count(' title="') == 3 and "% of outstanding a year" in body
    assert explained("<p>none</p>", SAY) == "<p>none</p>"
    assert [entry.name for entry in shown([first + second, first], SAY)] == ["borrowers_cost", "roe"]


def test_a_page_without_figures_has_no_glossary():
    page = Page()
    append(page, ["<p>none</p>"])
    assert page.parts == [] and page.chapters == []
    append(page, [figured("roe", "ROE")])
    assert page.chapters == [("figures", "Figures of this report")] and 'id="meaning-roe"' in page.parts[-1]


def test_a_drawing_names_its_figures_in_the_caption():
    page = Page()
    page.figure(Picture("k", "Title", "<svg></svg>", "Caption.", ("roe", "loss_rate")))
    page.figure(Picture("k", "Title", "<svg></svg>", "Caption."))
    assert linked(page.parts[0]) == ["roe", "loss_rate"] and "yearly return on equity" in page.parts[0]
    assert linked(page.parts[1]) == [] and "drawn" not in page.parts[1]
