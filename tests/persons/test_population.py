"""How many persons there are and come, and which settings contradict each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.persons.population import LEAST_INCOME, TAPE, PopulationSettings

USUAL = PopulationSettings(borrowers=1_050, arrival_rate=0.004, community_size=100)
OF_TAPE = replace(USUAL, name=TAPE, file="loans.csv", mapping="mine.yaml", median_income=0)


def test_arrivals_of_all_months_are_what_the_rate_says_and_find_room():
    """4.2 a month: 4 in most months, 5 in every fifth."""
    came = [USUAL.arrivals(month) for month in range(30)]
    assert came[:10] == [4, 4, 4, 4, 5] * 2 and sum(came) == 126
    for months in range(30):
        assert USUAL.borrowers + sum(came[:months]) <= USUAL.capacity(months) <= USUAL.borrowers + 4.2 * months + 11


def test_communities_are_of_a_size_and_one_at_least():
    assert USUAL.communities == 10 and replace(USUAL, borrowers=99).communities == 1
    told = USUAL.environment()
    assert told["communities"] == 10 and told["median_income"] == USUAL.median_income and "file" not in told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"median_income": LEAST_INCOME}, []),
        ({"median_income": LEAST_INCOME - 1}, ["median_income: 999 is not allowed"]),
        ({"median_income": 0}, ["median_income: 0 is not allowed"]),
        ({"footprint_low": 0.5, "footprint_high": 0.5}, []),
        ({"footprint_low": 0.6, "footprint_high": 0.5}, ["footprint_low: 0.6 is above footprint_high 0.5"]),
        ({"file": "x", "start": "y"}, ["file: is for population=tape", "start: is for population=tape"]),
    ],
)
def test_contradictions_are_one_line_each(changed, said):
    problems = replace(USUAL, **changed).check()
    assert len(problems) == len(said)
    assert all(problem.startswith(f"population.{line}") for problem, line in zip(problems, said, strict=True))


def test_a_tape_brings_its_own_income_and_needs_its_files():
    assert OF_TAPE.check() == []
    (income,) = replace(OF_TAPE, median_income=1).check()
    assert income.startswith("population.median_income: 1 is not allowed")
    assert [line.split(":")[0] for line in replace(OF_TAPE, file="", mapping="").check()] == [
        *("population.file", "population.mapping")
    ]
