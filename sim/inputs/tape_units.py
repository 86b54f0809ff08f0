"""Units that the name of a tape's column tells: amounts in ten thousands, rates a month, terms in years."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sim.engine.tables.declare import setting

Words = tuple[tuple[str, float], ...]

MULTIPLES: Words = (
    ("\u5343\u4e07", 1e7),
    ("\u767e\u4e07|\\bmio\\b|\\bmn\\b|million|\\(m\\)", 1e6),
    ("\u4ebf", 1e8),
    ("\u4e07", 1e4),
    ("\u5343|thousand|\\btsd|\\bteur\\b|\\bt\u20ac|\\bk\u20ac|\\bkeur\\b|\\bkusd\\b|(?<![0-9.,])000s?\\b|\\(k\\)", 1e3),
)
PARTS_OF_A_YEAR: Words = (
    ("\u6708|month|mensual|monat|\\bp\\.?m\\b", 12),
    ("\u65e5|\u5929|daily|per day|t\u00e4glich", 360),
)
YEARS: Words = (("\u5e74|year|yr|jahr", 12),)
ANNUAL = re.compile("\u5e74|year|annual|yr\\b|jahr|\\bp\\.?a\\b", re.IGNORECASE)
MONTHLY = re.compile("\u6708|\u671f\u6570|month|mth|monat", re.IGNORECASE)
TIMES = {"years": "year|yr|\u5e74", "months": "month|mth|\u6708", "weeks": "week|\u5468", "days": "day|\u5929|\u65e5"}
"""Words of units of time, as they stand beside a number."""
ROLES: dict[str, Words] = {"amount": MULTIPLES, "rate": PARTS_OF_A_YEAR, "term": YEARS, "days": ()}
UNITS = {
    "amount": "amounts in thousands or more are",
    "rate": "a rate for a month or a day is",
    "term": "a term in years is",
}


@dataclass(frozen=True)
class Times:
    """Factor by which the numbers of a column are read, where they are in another unit than its role has."""

    column: str = setting("", meaning="column of an amount, rate or term")
    by: float = setting(
        1.0,
        -1e9,
        1e9,
        meaning="what a number in it is multiplied by, such as 10000; 1: as it stands; -1: turns its sign",
    )


def named_otherwise(column: str, role: str) -> float:
    """Factor that the name of a column tells for a role (a key of ``ROLES``); 0 where it tells none."""
    if role == "term" and MONTHLY.search(column):
        return 0.0
    spaced = column.replace("_", " ")
    found = (factor for words, factor in ROLES[role] if re.search(words, spaced, re.IGNORECASE))
    return next(found, 0.0)


def unit_problems(roles: dict[str, str], times: tuple[Times, ...]) -> Iterator[str]:
    """Yield a line for each column whose name tells another unit, where nobody said what is to become of it.

    Parameters
    ----------
    roles : dict of str to str
        Columns of amounts, rates, terms and days past due, and which they are.
    times : tuple of Times
        As the mapping has them.
    """
    told = [entry.column for entry in times]
    yield from (f"times: {name} stands twice, must stand once" for name in sorted(set(told)) if told.count(name) > 1)
    yield from (f"times: {entry.column}: 0, must be another factor than 0" for entry in times if not entry.by)
    for name in told:
        if name not in roles:
            yield f"times: {name}, must be a column of an amount, a rate, a term or days: {', '.join(roles)}"
    found = {column: named_otherwise(column, role) for column, role in roles.items() if column not in told}
    found = {column: factor for column, factor in found.items() if factor}
    if found:
        factors = ", ".join(f"{column}: {factor:.0f}" for column, factor in found.items())
        yield (
            f"{next(iter(found))}: is named as {UNITS[roles[next(iter(found))]]}: times: {{{factors}}} multiplies what"
            " stands there, and 1 takes it as it is"
        )


def units_beside(column: str, unit: str, texts: Iterable[str], key: Callable[..., str]) -> str:
    """What to do with terms that are not in months (or years), as the end of a message.

    Parameters
    ----------
    column, unit : str
        The column of terms, and what it was to be in, ``months`` or ``years``.
    texts : iterable of str
        Its cells.
    key : callable
        Writes a key of the layout as the user would.
    """
    years = [re.fullmatch(r"[0-9]+\s*(years?|yrs?|\u5e74)", text, re.IGNORECASE) for text in texts]
    if unit == "years" or not all(years):
        return "; where units stand beside each other, a column with all in one is needed"
    words = ", ".join(sorted({match[1] for match in years if match}))
    return f"; times: {{{column}: 12}} with {key(beside=f'[{words}]')} reads years"


def is_monthly(column: str) -> bool:
    """Whether a column is named as one that counts months is."""
    return MONTHLY.search(column) is not None


def is_annual(column: str) -> bool:
    """Whether a column of incomes is named as incomes of a year are."""
    spaced = column.replace("_", " ")
    return ANNUAL.search(spaced) is not None and not MONTHLY.search(spaced)
