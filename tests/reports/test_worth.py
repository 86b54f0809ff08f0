"""The public cost of each additional loan and each job kept, worked out by hand, and where none can be told."""

import math

import numpy as np
import pytest

from sim.language.words import LANGUAGES, Words
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.worth import AMOUNT, JOBS, LOANS, NO_COST, NONE_ADDED, approved, jobs, sentence, worth_of
from tests.reports.small import BOTH, PLACES, study_of

RUNS, MONTHS = 4, 10
SAY = Words()
STUDENT_95 = 3.182446  # three degrees of freedom
SPREAD = np.array([-3.0, -1.0, 1.0, 3.0])


def plain(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def flat(by_run):
    return np.repeat(np.asarray(by_run, dtype=float)[:, None], MONTHS, axis=1)


def lived(approvals, rates, decided, staff, cost):
    """Months of a package: each figure the same in all months of a run; the government pays ``cost`` a month."""
    figures = {
        "approvals": flat(approvals), "firm_approval_rate": flat(rates), "firm_applications_decided": flat(decided),
        "staff": flat(staff), "government_cost": flat(cost), "replenishment": flat([0.0] * RUNS),
    }  # fmt: skip
    return figures | {"net_reguarantee": flat([0.0] * RUNS)}


BEFORE = lived([20.0] * 4, [0.5] * 4, [4.0] * 4, [100.0] * 4, [0.0] * 4)


def made(new, runs=RUNS, **more):
    paths = {(place, "old"): BEFORE for place in PLACES} | {(place, "new"): new for place in PLACES}
    return study_of(BOTH, runs=runs, paths=paths, **more)


def test_loans_are_lines_of_persons_and_applications_of_firms_approved():
    study = made(lived([20.0, 22.0, 24.0, 26.0], [0.25] * 4, [8.0] * 4, [100.0] * 4, [1.0] * 4))
    assert approved(study, "calm", "new").tolist() == [220.0, 240.0, 260.0, 280.0]
    assert approved(study, "calm", "old").tolist() == [220.0] * 4
    assert jobs(study, "calm", "old").tolist() == [100.0] * 4 and jobs(study_of(BOTH), "calm", "old").size == 0
    without = {key: path for key, path in BEFORE.items() if not key.startswith("firm")}
    assert approved(study_of(BOTH, runs=4, paths={("calm", "old"): without}), "calm", "old").tolist() == [200.0] * 4
    old = {key: path for key, path in BEFORE.items() if key != "firm_applications_decided"}
    assert approved(study_of(BOTH, runs=4, paths={("calm", "old"): old}), "calm", "old").size == 0


def test_the_cost_of_each_is_the_ratio_of_sums_with_its_interval():
    # 10 to 16 more a month, the cost 100 000 fen a month: ten months cost 1 000 000 fen in each run, for 130 loans
    added = 13.0 + SPREAD
    study = made(lived(20.0 + added, [0.5] * 4, [4.0] * 4, [150.0, 150.0, 150.0, 150.0], [100_000.0] * 4))
    loans, staff, *_ = worth_of(study, "new", "old")
    assert (loans.what, loans.state, staff.what, staff.state) == (LOANS, AMOUNT, JOBS, AMOUNT)
    assert loans.each == pytest.approx(4_000_000 / 520) and staff.each == pytest.approx(1_000_000 / 50)
    left = np.array([3_000_000 / (520 - 10 * one) for one in added])
    half = STUDENT_95 * math.sqrt(3 / 4 * ((left - left.mean()) ** 2).sum())
    assert loans.half == pytest.approx(half, rel=1e-5) and staff.half == 0.0
    (narrow, *_) = worth_of(made(lived(20.0 + added, [0.5] * 4, [4.0] * 4, [150.0] * 4, [1e5] * 4), confidence=0.5),
                            "new", "old")  # fmt: skip
    assert narrow.half == pytest.approx(half * 0.764892 / STUDENT_95, rel=1e-5)


@pytest.mark.parametrize(
    ("added", "cost", "state"),
    [
        (1.9 + SPREAD, [100_000.0] * 4, NONE_ADDED),  # 1.9 on average, and the interval reaches 4.1 below
        (SPREAD - 9.0, [100_000.0] * 4, NONE_ADDED),
        (13.0 + SPREAD, [0.0, 0.0, 0.0, 100_000.0], NO_COST),
        (13.0 + SPREAD, [-100_000.0] * 4, NO_COST),
    ],
)
def test_nothing_is_divided_by_what_may_be_nothing(added, cost, state):
    loans, *_ = worth_of(made(lived(20.0 + added, [0.5] * 4, [4.0] * 4, [100.0] * 4, cost)), "new", "old")
    assert loans.state == state and math.isnan(loans.each)


def test_what_cannot_be_told_is_left_out():
    new = lived([30.0] * 4, [0.5] * 4, [4.0] * 4, [100.0] * 4, [1.0] * 4)
    assert worth_of(made(new), "new", "old")
    assert worth_of(study_of(BOTH, runs=1), "new", "old") == ()
    free = lived([30.0] * 4, [0.5] * 4, [4.0] * 4, [100.0] * 4, [0.0] * 4)
    assert worth_of(made(free), "new", "old") == ()
    assert worth_of(made(new | {"fund_capital": flat([1.0] * 4)}), "new", "old") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_says_it_in_both_languages(language):
    say = Words(language)
    new = lived([30.0] * 4, [0.5] * 4, [4.0] * 4, [100.0] * 4, [100_000.0] * 4)
    (text,) = dict(sentences(verdict_of(made(new)), say))[say("verdict.worth")]
    assert say("worth.none_added_jobs") in text and say("unit.yuan", amount="100 \N{PLUS-MINUS SIGN} 0") in text


def test_the_sentence_names_unit_span_and_interval():
    new = lived([30.0] * 4, [0.5] * 4, [4.0] * 4, [100.0] * 4, [100_000.0] * 4)
    found = worth_of(made(new), "new", "old")
    text = sentence({"arm": "`new`", "parent": "`old`"}, found, "95 %", Telling(SAY, PLACES))
    assert plain(text) == (
        "`new` against `old`: public cost per additional loan approved (to persons and firms) 100 "
        "\N{PLUS-MINUS SIGN} 0 yuan; per job kept (at firms, mean over the months) n/a: no jobs kept that can be told "
        "from none. \N{PLUS-MINUS SIGN}: half the 95 % interval."
    )
    none = [one for one in found if one.what == JOBS]
    assert "\N{PLUS-MINUS SIGN}" not in sentence(
        {"arm": "`new`", "parent": "`old`"}, none, "95 %", Telling(SAY, PLACES)
    )
