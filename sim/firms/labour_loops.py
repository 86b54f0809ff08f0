"""Loops over persons and firms that bring them together at work: who seeks, who is let go, who gets which place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.engine.loops.listing import CHUNK, list_flagged
from sim.firms.firm import NO_FIRM


@kept
def without_place(employer: Any, employed: Any, sector: Any, alive: Any, size: Any, sectors: Any, rows: Any) -> int:
    """Collect persons who work in a sector of firms and have no firm yet; returns how many."""
    flags, count = np.zeros(CHUNK, np.uint8), 0
    eights = flags.view(np.uint64)
    for start in range(0, size, CHUNK):
        some = min(CHUNK, size - start)
        where, works, inside, lives = employer[start:], employed[start:], sector[start:], alive[start:]
        for k in range(some):
            flags[k] = (where[k] == 0) & (works[k] > 0) & (inside[k] < sectors) & (lives[k] > 0)
        count = list_flagged(flags, eights, start, some, rows, count)
    return count


@kept
def at_leisure(employed: Any, owns: Any, sector: Any, alive: Any, size: Any, marked: Any, want: Any, rows: Any) -> int:
    """Collect persons who own nothing and have a job (``want`` 1) or none (0), of sectors whose bit of ``marked`` is 1.

    Returns how many there are.
    """
    flags, count = np.zeros(CHUNK, np.uint8), 0
    eights = flags.view(np.uint64)
    for start in range(0, size, CHUNK):
        some = min(CHUNK, size - start)
        works, owned, inside, lives = employed[start:], owns[start:], sector[start:], alive[start:]
        for k in range(some):
            flags[k] = (works[k] == want) & (owned[k] == 0) & (lives[k] > 0) & (((marked >> inside[k]) & 1) != 0)
        count = list_flagged(flags, eights, start, some, rows, count)
    return count


@kept
def staff_of(employer: Any, employed: Any, alive: Any, marked: Any, size: Any, rows: Any) -> int:
    """Collect persons who work at marked firms; returns how many."""
    there, count = 0, 0
    for row in range(size):
        rows[there] = row  # to stay, or to be written over: nothing to guess right
        there += marked[np.uint64(employer[row])]
    for k in range(there):
        row = rows[k]
        rows[count] = row
        count += (employed[row] > 0) & (alive[row] > 0)
    return count


@kept
def fill_vacancies(vacancies: Any, weight: Any, found: Any) -> None:
    """Fill vacancies evenly over the firms with those who seek one, in order; the rest go by the firms' size."""
    vacant = vacancies.sum()
    served = min(found.size, vacant)
    firm, reached = -1, 0
    for seeker in range(served):
        place = (2 * seeker + 1) * vacant // (2 * served)
        while reached <= place:
            firm += 1
            reached += vacancies[firm]
        found[seeker] = firm
    total = 0.0
    for size in weight:
        total += size
    rest, firm, within = found.size - served, 0, weight[0]
    for seeker in range(rest):
        share = (seeker + 0.5) / rest * total
        while firm < weight.size - 1 and within <= share:
            firm += 1
            within += weight[firm]
        found[served + seeker] = firm


@kept
def lay_off(employer: Any, key: Any, layoffs: Any, everybody: Any, thresholds: Any) -> None:
    """Set for each firm a threshold above the keys of as many as it lays off; ordered by firm, then by key."""
    first = 0
    while first < employer.size:
        firm, next_firm = employer[first], first + 1
        while next_firm < employer.size and employer[next_firm] == firm:
            next_firm += 1
        count = min(layoffs[firm], next_firm - first)
        if count > 0:
            last = first + count - 1
            thresholds[firm] = everybody if last + 1 == next_firm else 0.5 * (key[last] + key[last + 1])
        first = next_firm


@kept
def by_sector(trading: Any, sector: Any, sectors: Any) -> tuple[Any, Any]:
    """Rows of firms in business, those of a sector together, and where each sector begins and the last one ends."""
    first = np.zeros(sectors + 1, np.int64)
    for row in range(trading.size):
        first[sector[row] + 1] += trading[row] > 0
    for one in range(sectors):
        first[one + 1] += first[one]
    rows, free = np.empty(first[sectors], np.int64), first.copy()
    for row in range(trading.size):
        if trading[row] > 0:
            rows[free[sector[row]]] = row
            free[sector[row]] += 1
    return rows, first


@kept
def count_workers(
    weight: Any, sector: Any, people: Any, pay: Any, wages: Any, staff: Any, labour: Any, wages_due: Any
) -> int:
    """Set each firm's staff, capacity and wages: its persons', times the workers that one of its sector stands for.

    ``people``, ``pay`` and ``wages`` are the persons' number, permanent income and income by firm. Returns the wages of
    workers who are no persons, fen.
    """
    others = 0
    for row in range(staff.size):
        each = weight[sector[row]] if row != NO_FIRM else 0.0
        staff[row] = int(np.rint(each * people[row]))
        labour[row], wages_due[row] = int(each * pay[row]), int(each * wages[row])
        others += wages_due[row] - wages[row] if row != NO_FIRM else 0
    return others


@kept
def find_places(weight: Any, seekers: Any, trading: Any, sector: Any, vacancies: Any, size: Any, chosen: Any) -> None:
    """Find a firm for each person who found work, ordered by ``seekers``, their sectors; no firm where none is left.

    ``size``, fen of usual sales, decides where there are more persons than vacancies.
    """
    rows, firsts = by_sector(trading, sector, weight.size)
    vacant, sales = np.empty(rows.size, np.int64), np.empty(rows.size)
    for k in range(rows.size):
        vacant[k] = int(np.ceil(vacancies[rows[k]] / weight[sector[rows[k]]]))
        sales[k] = size[rows[k]]
    first = 0
    for one in range(weight.size):
        stop = first
        while stop < seekers.size and seekers[stop] == one:
            stop += 1
        low, high = firsts[one], firsts[one + 1]
        found = np.zeros(stop - first, np.int64)
        if stop > first and high > low:
            fill_vacancies(vacant[low:high], sales[low:high], found)
        for k in range(stop - first):
            chosen[first + k] = rows[low + found[k]] if high > low else NO_FIRM
        first = stop


@kept
def hire(
    persons: Any,
    chosen: Any,
    weight: Any,
    employer: Any,
    pay: Any,
    income: Any,
    sector: Any,
    staff: Any,
    vacancies: Any,
    labour: Any,
    wages_due: Any,
) -> tuple[int, int]:
    """Let persons work at the firms that were found for them; returns their first wages, and what firms pay for them.

    Fen; the latter are the wages of the workers that they stand for.
    """
    hired, more_pay, more_wages = np.zeros((3, staff.size), np.int64)
    first_wages: Any = 0
    paid = 0
    for k in range(persons.size):
        if chosen[k] != NO_FIRM:
            employer[persons[k]] = chosen[k]
            hired[chosen[k]] += 1
            more_pay[chosen[k]] += pay[persons[k]]
            more_wages[chosen[k]] += income[persons[k]]
            first_wages += np.int64(income[persons[k]])
    for row in range(staff.size):
        if hired[row] > 0:
            each = weight[sector[row]]
            workers = int(np.rint(each * hired[row]))
            staff[row] += workers
            vacancies[row] = max(vacancies[row] - workers, 0)
            labour[row] += int(each * more_pay[row])
            wages_due[row] += int(each * more_wages[row])
            paid += int(each * more_wages[row])
    return first_wages, paid
