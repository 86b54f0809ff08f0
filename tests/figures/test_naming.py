"""What figures are called in each language."""

import re

import pytest

from sim.figures.catalog import ACCESS, BEARERS, FIGURES, FIRMS, MAIN
from sim.figures.figure import Figure, of_a_user
from sim.figures.formula import told
from sim.figures.naming import headed, label_of, period_of, span_of
from sim.language.words import CHINESE, ENGLISH, Words, texts
from sim.reports.drawing import forest, memo, paths
from sim.reports.verdict.measures import MEASURES
from sim.study.compare.dominance import RESPECTS

COMMA, OPEN, CLOSE = "\uff0c\uff08\uff09"
CHINESE_WORDS, ENGLISH_WORDS = Words(CHINESE), Words(ENGLISH)
SHOWN = {
    *MAIN, *ACCESS, *FIRMS, *BEARERS, *RESPECTS, *forest.METRICS, *memo.DRAWN,
    *paths.PATH_ROWS, *paths.FIRM_ROWS,
    *(name for name, figure in FIGURES.items() if figure.called),
}  # fmt: skip
"""Figures that a page may name by their label: those of its tables and drawings, and all that have one of their own."""


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_every_figure_that_a_page_names_has_its_chinese_words(name):
    for words in (label_of(FIGURES[name], CHINESE_WORDS), period_of(FIGURES[name], CHINESE_WORDS)):
        assert words and not re.search("[A-Za-z]{2}", words), words
    assert f"figure_label.{name}" in CHINESE_WORDS and f"figure_period.{name}" in CHINESE_WORDS
    assert label_of(FIGURES[name], ENGLISH_WORDS) == FIGURES[name].label
    assert period_of(FIGURES[name], ENGLISH_WORDS) == FIGURES[name].period


def test_every_word_belongs_to_a_figure():
    kinds = {kind: set() for kind in ("figure_label", "figure_period")}
    for key in texts(CHINESE):
        kind, _, name = key.partition(".")
        if kind in kinds:
            kinds[kind].add(name)
    assert kinds["figure_label"] == kinds["figure_period"] <= FIGURES.keys()
    labels = [label_of(FIGURES[name], CHINESE_WORDS) for name in kinds["figure_label"]]
    assert len(set(labels)) == len(labels)
    assert {measure.figure for measure in MEASURES} <= {key.partition(".")[2] for key in texts(CHINESE)}


def test_a_figure_of_a_user_keeps_its_own_words():
    own = Figure("my_rate", "fraction of mine", "", "share", "mean", told(""))
    given = of_a_user("given", "fen a month", "", "sum", told(""))
    assert headed(given, "yuan", ENGLISH_WORDS) == "Given, yuan a month"
    assert label_of(own, CHINESE_WORDS) == "My rate" and period_of(own, CHINESE_WORDS) == "fraction of mine"


@pytest.mark.parametrize(
    ("name", "unit", "english", "chinese"),
    [
        ("loss_rate", "%", "Loss rate, % a year", f"损失率{COMMA}%/年"),
        ("price", "%", "Price of new lending, % a year", f"新发放贷款利率{COMMA}%/年"),
        ("access_all", "%", "Open line, %", f"有可用额度的人数占比{COMMA}%"),
        ("defaults", "", "Defaults (90+ reached), a month", f"违约{OPEN}达到逾期 90 天{CLOSE}{COMMA}/月"),
        ("staff", "", "Employed by firms", "企业就业人数"),
    ],
)
def test_heads_say_unit_and_period(name, unit, english, chinese):
    assert headed(FIGURES[name], unit, ENGLISH_WORDS) == english
    assert headed(FIGURES[name], unit, CHINESE_WORDS) == chinese


def test_spans_are_those_at_the_ends_of_a_period():
    assert span_of(FIGURES["lender_profit"], ENGLISH_WORDS) == " a month"
    assert span_of(FIGURES["loss_rate"], CHINESE_WORDS) == "/年"
    assert span_of(FIGURES["outstanding"], ENGLISH_WORDS) == ""
