"""How more firms may fail and more persons have jobs: only where both are sure, with the firms and staff of the end."""

import pytest

from sim.language.words import LANGUAGES, Words
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.jobs import Crew, crews_of
from sim.reports.verdict.jobs import sentences as told
from sim.reports.verdict.telling import Telling
from tests.reports.small import PLACES, given, study_of

OLD = {"firm_failures": [given(4.0)] * 2, "staff": [given(900.0)] * 2, "firms": [given(100.0)] * 2}


def study(failures=(1.0, 0.1), staff=(50.0, 5.0), firms=80.0):
    """The new package: only in the recession do failures and staff differ for sure."""
    new = {
        "firm_failures": [given(4.0, 0.0, 1.0), given(5.0, *failures)],
        "staff": [given(900.0, 0.0, 1.0), given(950.0, *staff)],
        "firms": [given(100.0, 0.0, 1.0), given(firms, firms - 100.0, 0.1)],
    }
    return study_of({"old": OLD, "new": new})


def test_firms_and_persons_each_are_those_of_the_end():
    assert crews_of(study(), "new", "old") == (Crew(PLACES[1], 80.0, 20.0, 950.0 / 80.0, 9.0),)


@pytest.mark.parametrize(
    "gaps", [{"failures": (1.0, 2.0)}, {"staff": (50.0, 60.0)}, {"failures": (-1.0, 0.1)}, {"staff": (-9.0, 1.0)}]
)
def test_nothing_is_said_where_either_is_not_sure(gaps):
    assert crews_of(study(**gaps), "new", "old") == ()
    assert verdict_of(study(**gaps)).crews == {} != verdict_of(study()).crews


def test_the_sentence_says_fewer_or_more_firms():
    telling = Telling(Words(), PLACES)
    (text,) = told({("new", "old"): crews_of(study(), "new", "old")}, telling)
    assert text == (
        "Under `new` in a severe recession more firms fail than under `old`, yet more persons have jobs at firms at "
        "the end: 80 firms are left, 20 fewer, and employ 11.88 persons each, not 9.00. Where unemployment is a given "
        "path, the staff of a firm that fails moves on to others."
    )
    (more,) = told({("new", "old"): crews_of(study(firms=110.0), "new", "old")}, telling)
    assert "110 firms are there, 10 more, and employ 8.64 persons each, not 9.00" in more


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_says_it_in_both_languages(language):
    say = Words(language)
    texts = dict(sentences(verdict_of(study()), say))[say("verdict.short")]
    assert "11.88" in texts[-1] and "9.00" in texts[-1]
