"""Whose loans claims are on: parts of all claims by segment and economy, and the sentence of it."""

import pandas as pd
import pytest

from sim.language.words import CHINESE, Words
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.landing import LARGEST, claimants, sentence
from sim.reports.verdict.telling import Telling
from tests.reports.small import BOTH, PLACES, study_of

CLAIMS = {  # by borrower, dimension and segment: fen in calm years and in a recession, of one run
    ("firms", "sector_size", "agriculture micro"): (10, 60),
    ("firms", "sector_size", "manufacturing small"): (20, 30),
    ("firms", "sector_size", "manufacturing micro"): (0, 5),
    ("firms", "sector_size", "technology micro"): (0, 0),
    ("firms", "region", "1"): (30, 95),  # the same claims once more
    ("persons", "product", "person"): (70, 5),
    ("persons", "file", "thin"): (70, 5),
}


@pytest.fixture
def study():
    found = study_of(BOTH)
    rows = [
        (arm, place, run, 1, *key, amounts[number] * (arm == "new"))
        for arm in ("old", "new")
        for number, place in enumerate(PLACES)
        for run in (0, 1)
        for key, amounts in CLAIMS.items()
    ]
    names = ["arm", "scenario", "replication", "year", "borrower", "dimension", "segment", "claims"]
    found.segments = pd.DataFrame(rows, columns=names)
    return found


def test_parts_add_up_and_the_largest_comes_first(study):
    parts = claimants(study, "new")
    assert list(parts) == ["persons", "agriculture micro", "manufacturing small", "manufacturing micro"]
    assert parts["persons"] == {"calm": 0.7, "severe_recession": 0.05}
    assert parts["agriculture micro"] == {"calm": 0.1, "severe_recession": 0.6}
    for place in PLACES:
        assert sum(part[place] for part in parts.values()) == pytest.approx(1.0)


def test_nothing_claimed_or_nothing_kept_is_nothing_said(study):
    assert claimants(study, "old") == {} == claimants(study_of(BOTH), "new")
    assert list(verdict_of(study).claimants) == ["new"]


def test_the_sentence_names_the_largest_in_both_languages(study):
    (text,) = dict(sentences(verdict_of(study), Words()))["Whose loans the claims are on"]
    assert text.replace("\N{NARROW NO-BREAK SPACE}", " ") == (
        "Of what is claimed under `new`, lowest to highest of the economies: 5.0 to 70.0 % on loans to persons; "
        "10.0 to 60.0 % on loans to micro firms in agriculture; 20.0 to 30.0 % on loans to small firms in "
        "manufacturing; the rest on loans to 1 other group of borrowers."
    )
    few = dict(list(claimants(study, "new").items())[:LARGEST])
    assert "other group" not in sentence("new", few, Telling(Words(), PLACES))
    more = few | {"technology micro": {"calm": 0.01}, "technology small": {"calm": 0.01}}
    assert sentence("new", more, Telling(Words(), PLACES)).endswith("on loans to 2 other groups of borrowers.")
    alone = {"persons": {"calm": 1.0}}
    assert sentence("new", alone, Telling(Words(), PLACES[:1])).startswith("Of what is claimed under `new`: 100.0")
    chinese = sentence("new", few, Telling(Words(CHINESE), PLACES))
    assert "个人占 5.0 至 70.0%" in chinese and "微型企业占 10.0 至 60.0%" in chinese
