"""Everything that is told of results, in another currency: the words of one, the figures of fen over its rate."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import sim
from sim.config.tape import told_in
from sim.figures.catalog import FIGURES
from sim.figures.scales import scale_of
from sim.inputs.mapping import TapeMapping
from sim.language.words import CHINESE, CNY, ENGLISH, LANGUAGES, YUAN, Money, Words, money_of
from sim.office.shapes import shape_of
from sim.reports import tell
from sim.reports.chapters.closing import whole
from sim.reports.columns import amount
from sim.reports.glossary.entries import unit_of
from sim.reports.manifest import words_of
from sim.sharing.reading import capital_words
from sim.study.plan.settings import ReportSettings
from sim.study.plan.telling import words_for
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study

DOLLARS = Money("USD", 7.25)
WORD = {ENGLISH: re.compile(r"\byuan\b"), CHINESE: re.compile("(?<!\u5355)\u5143")}  # not the word of a cell


def told(folder, language, **money):
    """Tell a study folder; return its page, its sentences and its scorecard."""
    file = folder / "manifest.json"
    kept = json.loads(file.read_text())
    kept["config"] = {"report": {"language": language, **money}}
    file.write_text(json.dumps(kept))
    sentences = [text for _, texts in tell(folder) for text in texts]
    return (folder / "report.html").read_text(), sentences, (folder / "scorecard.csv").read_text().splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("currency") / "s"
    return write_study(where, packages=PACKAGES[:2], scenarios=SCENARIOS[:1], replications=3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_the_words_of_its_currency_alone(folder, language):
    """At the rate of the yuan itself the page is the same to the last sign, but for the currency's name."""
    page, sentences, _ = told(folder, language)
    other, others, _ = told(folder, language, currency="USD", exchange_rate=1.0)
    assert WORD[language].search(page) and not WORD[language].search(other)
    assert WORD[language].sub("USD", page) == other
    assert [WORD[language].sub("USD", text) for text in sentences] == others
    assert "1 USD = 100 " in other


def test_the_scorecard_holds_fen_over_the_rate(folder):
    rows = [line.split(",") for line in told(folder, ENGLISH)[2]]
    others = [line.split(",") for line in told(folder, ENGLISH, currency="USD", exchange_rate=7.25)[2]]
    head, seen = rows[0], 0
    for row, other in zip(rows[1:], others[1:], strict=True):
        money = row[head.index("unit")] == "yuan over the months"
        seen += money
        assert other[head.index("unit")] == ("USD over the months" if money else row[head.index("unit")])
        for name in ("value", "low", "high", "difference", "difference_low", "difference_high"):
            at = head.index(name)
            if row[at] != "n/a":
                rate = 7.25 if money else 1.0
                assert float(other[at]) == pytest.approx(float(row[at]) / rate, rel=1e-8)
        assert other[head.index("percent_of_loans")] == row[head.index("percent_of_loans")]
    assert seen


def test_one_scale_for_every_amount():
    say, profit = Words(ENGLISH, DOLLARS), FIGURES["lender_profit"]
    scale = scale_of(profit, [725 * 12_345.0], say=say)
    assert (scale.unit, scale.text(725 * 12_345.0)) == ("thousand USD", "12.3")
    assert scale_of(profit, [100 * 12_345.0]).unit == "thousand yuan"
    assert unit_of(profit, say) == "USD a month" and "USD" in unit_of(profit, Words(CHINESE, DOLLARS))
    shape = shape_of("lender_profit", "fen a month", DOLLARS)
    assert (shape.unit, shape.factor) == ("USD a month", 1 / 725)
    assert shape_of("lender_profit", "fen a month").unit == "yuan a month"
    assert whole(725_000.0, say) == "1\u202f000" and whole(float("nan"), say) == "n/a"

    class Study:
        say = Words(ENGLISH, DOLLARS)
        paths = staticmethod(lambda *_: np.full((2, 3), 1450.0))

    assert amount("warning_cost")(Study, "calm", "a") == pytest.approx(2.0)


def test_a_scheme_is_told_in_the_currency_too():
    given = ["sharing=guarantee_80_20", "fund.capital=725000000", "currency=USD", "report.exchange_rate=7.25"]
    config = sim.compose(given)
    words = capital_words(config.sharing, config.fund, words_for(config))
    assert words == "the guarantee fund starts with 1,000,000.00 USD"
    assert capital_words(config.sharing, config.fund, Words()) == "the guarantee fund starts with 7,250,000.00 yuan"


def test_words_know_their_money():
    assert Words().money == YUAN == money_of(None, None) == money_of("", 0.0) and YUAN.code == CNY
    assert (Words().currency, Words(CHINESE).currency, Words(CHINESE, DOLLARS).currency) == ("yuan", "\u5143", "USD")
    assert Words(ENGLISH, DOLLARS).fen == DOLLARS.fen == 725 and Words()("unit.million", amount="2") == "2 million yuan"
    stored = {"config": {"report": {"language": "zh", "currency": "USD", "exchange_rate": 7.25}}}
    assert words_of(stored).money == DOLLARS == words_of(stored, "en").money and words_of({}).money == YUAN


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (["currency=USD"], "report.exchange_rate: is missing: USD needs its rate, yuan for one unit"),
        (["report.currency=usd", "report.exchange_rate=7"], "report.currency: usd is not allowed: a code of"),
        (["report.exchange_rate=7"], "report.exchange_rate: 7 is not allowed: report.currency names no other currency"),
        (["report.curency=USD"], "did you mean report.currency?"),
    ],
)  # fmt: skip
def test_a_currency_without_a_rate_is_refused(given, line):
    with pytest.raises(ValueError, match=r"report\.") as refused:
        sim.compose(given)
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_what_is_made_of_a_study_has_its_currency():
    from sim.config.errors import UsageError
    from sim.saying import language_in

    with pytest.raises(UsageError, match=r"^report\.currency: is the study's: creditcycle report DIR"):
        language_in(["report.currency=USD"])


def test_a_tape_tells_its_currency_unless_another_is_named():
    dollars, plain = TapeMapping(currency="USD", yuan=7.1), ReportSettings()
    assert told_in(plain, dollars) == ReportSettings(currency="USD", exchange_rate=7.1)
    assert told_in(ReportSettings(currency="USD", exchange_rate=7.0), dollars).exchange_rate == 7.0
    for named in (ReportSettings(currency="EUR", exchange_rate=8.0), ReportSettings(currency=CNY)):
        assert told_in(named, dollars) == named
    assert told_in(plain, TapeMapping()) == plain
