"""Persons and firms that are brought together at work, gone through row by row, by hand."""

from __future__ import annotations

import numpy as np

from sim.firms.firm import FIRM_COLUMNS
from sim.firms.labour_loops import (
    at_leisure,
    by_sector,
    count_workers,
    fill_vacancies,
    find_places,
    hire,
    lay_off,
    staff_of,
    without_place,
)
from sim.persons.borrower import PRIVATE_COLUMNS


def person(name: str, *values: int) -> np.ndarray:
    return np.array(values, dtype="int8" if name == "alive" else PRIVATE_COLUMNS[name].dtype)


def firm(name: str, *values: int) -> np.ndarray:
    return np.array(values, dtype=FIRM_COLUMNS[name].dtype)


# Persons: at firm 1, at none, jobless, dead, in the last sector, owner of a firm.
EMPLOYER = person("employer", 1, 0, 0, 0, 0, 2)
EMPLOYED = person("employed", 1, 1, 0, 1, 1, 1)
SECTOR = person("sector", 0, 1, 1, 0, 2, 1)
ALIVE = person("alive", 1, 1, 1, 0, 1, 1)
OWNS = person("owns", 0, 0, 0, 0, 0, 2)


def collected(loop, *given):
    rows = np.full(6 + 8, -1)
    return rows[: loop(*given, rows)].tolist()


def test_who_works_in_a_sector_of_firms_and_has_none():
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 6, 2) == [1]
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 6, 3) == [1, 4]
    assert collected(without_place, EMPLOYER, EMPLOYED, SECTOR, ALIVE, 4, 3) == [1]


def test_who_works_at_marked_firms():
    for marked, staff in (([0, 1, 0], [0]), ([0, 0, 1], [5]), ([1, 0, 0], [1, 4]), ([0, 0, 0], [])):
        assert collected(staff_of, EMPLOYER, EMPLOYED, ALIVE, np.array(marked, dtype=bool), 6) == staff


def test_who_owns_nothing_and_has_a_job_or_none():
    for marked, want, found in ((0b010, 1, [1]), (0b010, 0, [2]), (0b111, 1, [0, 1, 4]), (0b100, 1, [4]), (0, 1, [])):
        assert collected(at_leisure, EMPLOYED, OWNS, SECTOR, ALIVE, 6, marked, want) == found


def test_lists_go_on_over_many_persons():
    """Every third of some thousands is listed in order, and none of the room beyond the last."""
    size = 5_003
    sector = (np.arange(size + 9) % 3).astype(SECTOR.dtype)
    ones, zeros = np.ones(size + 9, EMPLOYED.dtype), np.zeros(size + 9, EMPLOYER.dtype)
    expected, rows = list(range(0, size, 3)), np.empty(size + 8, np.int64)
    assert rows[: without_place(zeros, ones, sector, ones, size, 1, rows)].tolist() == expected
    assert rows[: at_leisure(ones, zeros, sector, ones, size, 1, 1, rows)].tolist() == expected


def test_firms_in_business_stand_by_sector():
    rows, first = by_sector(firm("trading", 0, 1, 1, 0, 1), firm("sector", 0, 2, 0, 0, 2), 4)
    assert rows.tolist() == [2, 1, 4] and first.tolist() == [0, 1, 1, 3, 3]


def test_a_threshold_lies_between_the_last_who_goes_and_the_first_who_stays():
    """1 lets one of three go, 2 both, 3 more than it has, 4 nobody."""
    employer, key = np.array([1, 1, 1, 2, 2, 3, 4]), np.array([0.25, 0.5, 0.75, 0.1, 0.2, 0.3, 0.4])
    thresholds = np.zeros(6)
    lay_off(employer, key, np.array([9, 1, 2, 5, 0, 7]), 1e6, thresholds)
    assert thresholds.tolist() == [0.0, 0.375, 1e6, 1e6, 0.0, 0.0]


def test_places_by_vacancies_then_by_size():
    """Two vacancies at the second and one at the last; sizes 3, 0 and 1."""
    for seekers, places in ((0, []), (1, [1]), (2, [1, 2]), (3, [1, 1, 2]), (7, [1, 1, 2, 0, 0, 0, 2])):
        found = np.full(seekers, -1)
        fill_vacancies(np.array([0, 2, 1]), np.array([3.0, 0.0, 1.0]), found)
        assert found.tolist() == places


def test_workers_are_those_that_persons_stand_for():
    """Of the second sector each stands for 2.5: three are 7.5, which is even at 8; money is cut to whole fen."""
    staff, labour, wages = firm("staff", 9, 9, 9), firm("labour", 9, 9, 9), firm("wages_due", 9, 9, 9)
    bins = [np.array(values) for values in ([4, 3, 3], [7, 11, 11], [8, 5, 5])]
    others = count_workers(np.array([1.0, 2.5]), firm("sector", 0, 1, 0), *bins, staff, labour, wages)
    assert others == 7, "workers of the second who are no persons"
    assert [one.tolist() for one in (staff, labour, wages)] == [[0, 8, 3], [0, 27, 11], [0, 12, 5]]


def test_who_found_work_gets_a_place_within_the_sector():
    """Firm 3 alone is in business in the second sector, nobody in the third; 1 and 2 share the first by vacancies.

    A person stands for two workers in the first: of three vacancies two are places.
    """
    columns = firm("trading", 0, 1, 1, 1, 0), firm("sector", 0, 0, 0, 1, 2)
    chosen = np.full(6, -1)
    given = *columns, firm("vacancies", 5, 1, 3, 0, 5), firm("normal_sales", 9, 10, 10, 10, 99)
    find_places(np.array([2.0, 1.0, 1.0]), person("sector", 0, 0, 0, 1, 2, 2), *given, chosen)
    assert chosen.tolist() == [1, 2, 2, 3, 0, 0]


def test_the_hired_add_to_staff_and_wages_and_fill_vacancies():
    employer, pay, income = (
        person("employer", 7, 7, 7),
        person("income_permanent", 10, 20, 40),
        person("income", 1, 2, 5),
    )
    staff, vacancies = firm("staff", 0, 5, 5), firm("vacancies", 0, 9, 2)
    labour, wages = firm("labour", 0, 100, 100), firm("wages_due", 0, 50, 50)
    columns = firm("sector", 0, 0, 1), staff, vacancies, labour, wages
    persons, weight = np.array([0, 2, 1]), np.array([1.0, 1.5])
    assert hire(persons, np.array([2, 2, 0]), weight, employer, pay, income, *columns) == (6, 9)
    assert employer.tolist() == [2, 7, 2], "for one there was no place"
    assert staff.tolist() == [0, 5, 8] and vacancies.tolist() == [0, 9, 0]
    assert labour.tolist() == [0, 100, 175] and wages.tolist() == [0, 50, 59]
