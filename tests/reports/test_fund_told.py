"""What becomes of a guarantee fund: capital, claims unpaid, lending without cover, and who bears losses, by hand."""

import numpy as np
import pytest

from sim.language.words import LANGUAGES, Words
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.fund import fund_of, funds_of, sentence
from sim.reports.verdict.telling import Telling
from tests.reports.small import BOTH, PLACES, study_of

RUNS, MONTHS = 8, 10
SAY = Words()


def plain(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def rows(*values):
    """The same path in each run, of as many months."""
    return np.tile(np.array(values, dtype=float), (RUNS, 1))


def book(end, states, unpaid=0.0, put_in=1000.0, topped_up=0.0):
    """A fund's months: it falls in even steps to its end; each month lends 100, of which 60 are covered while open."""
    stopped = np.hstack([np.zeros((RUNS, 1)), states[:, :-1]]) >= 1
    start = put_in + topped_up * np.arange(1, MONTHS + 1)
    short = np.zeros((RUNS, MONTHS))
    short[:, -1] = unpaid
    return {
        "fund_put_in": np.tile(start, (RUNS, 1)),
        "fund_capital": np.tile(np.linspace(put_in, end, MONTHS), (RUNS, 1)),
        "replenishment": np.full((RUNS, MONTHS), topped_up),
        "fund_state": states,
        "compensation_unpaid": short,
        "drawn": np.full((RUNS, MONTHS), 100.0),
        "guaranteed_lending": np.where(stopped, 10.0, 60.0),
        "charged_off": np.full((RUNS, MONTHS), 50.0),
        "recovered": np.full((RUNS, MONTHS), 10.0),
        "loss_lender": np.full((RUNS, MONTHS), 30.0),
    }


@pytest.fixture
def study():
    """Calm: always open, 40 left of 1 000. Recession: suspended from month 4 on, in two runs exhausted, 300 short."""
    calm = np.zeros((RUNS, MONTHS))
    recession = rows(0, 0, 0, 0, 1, 1, 1, 1, 1, 1)
    recession[:2, 8:] = 2
    return study_of(
        BOTH,
        paths={
            (PLACES[0], "new"): book(4000.0, calm, topped_up=20.0),
            (PLACES[1], "new"): book(-30000.0, recession, unpaid=np.where(np.arange(RUNS) < 2, 800.0, 0.0)),
        },
    )


def test_figures_are_those_of_the_months(study):
    calm, recession = (fund_of(study, place, "new") for place in PLACES)
    assert (calm.start, calm.added, calm.end, calm.lasted, calm.runs) == (1000.0, 200.0, 4000.0, 8, 8)
    assert (recession.start, recession.added, recession.end, recession.lasted) == (1000.0, 0.0, -30000.0, 6)
    assert (calm.unpaid, recession.unpaid) == (0.0, 200.0)
    # new cover is stopped in months 5 to 9, in which 90 of 100 go without; while it is open 40 do, which is not told
    assert (calm.lent, calm.uncovered) == (1000.0, 0.0) and (recession.lent, recession.uncovered) == (1000.0, 450.0)
    assert (recession.lost, recession.kept) == (400.0, 300.0)
    assert fund_of(study, "calm", "old") is None and list(funds_of(study)) == ["new"]


def test_the_sentence_says_what_is_left_and_on_whom_the_rest_falls(study):
    text = plain(sentence("new", funds_of(study)["new"], "government", Telling(SAY, PLACES)))
    assert text == (
        "`new`: the fund starts with 10 yuan and the government adds 2 yuan. At the end: in calm years 40 yuan "
        "left (8 of "
        "8 runs pay all claims); in a severe recession 300 yuan less than it still owes on claims (6 of 8 runs pay all "
        "claims). What it cannot pay falls on the government: in a severe recession 2 yuan. 45.0 % of new lending goes "
        "without cover because that is stopped; its losses are the lender's. Of all net losses, those on earlier loans "
        "too, the lender bears 75.0 %."
    )
    assert "falls on others by contract" in sentence("new", funds_of(study)["new"], "", Telling(SAY, PLACES))
    calm = sentence("new", funds_of(study)["new"][:1], "lender", Telling(SAY, PLACES[:1]))
    assert "No claim goes unpaid." in calm and "without cover" not in calm


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_has_it_in_both_languages(study, language):
    say = Words(language)
    (text,) = dict(sentences(verdict_of(study), say))[say("verdict.fund")]
    assert say("unit.yuan", amount="300") in text and say("unit.yuan", amount="40") in text


def test_a_fund_whose_capital_was_not_kept_is_not_told():
    path = {"fund_capital": rows(*range(MONTHS)), "fund_state": rows(*[0] * MONTHS)}
    assert funds_of(study_of(BOTH, paths={(PLACES[0], "new"): path})) == {}
