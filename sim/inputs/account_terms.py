"""Each account's own terms off a loan tape: currency, product, rate, months left, instalment, time on the book."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from sim.inputs.dates import Period, period_of, remedy
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.mapping import CARD, FEN, INSTALMENT, PRODUCTS, SHARES, TapeMapping
from sim.inputs.tape_months import Months
from sim.inputs.tape_table import TapeTable
from sim.inputs.told_numbers import says_percent
from sim.persons.tape import Contract

HIGHEST_RATE = 0.36  # a year: what the book can hold
LARGEST_TOLD = 3.0  # a year: a rate above is in another unit
HELD = "held"
LONGEST_TERM = 600  # months

Yuan = float | NDArray[np.float64]


def fen_of(amount: NDArray[np.float64], yuan: Yuan) -> NDArray[np.int64]:
    """Turn amounts of the tape's currency into whole fen at its rate, or at the rate of each account's."""
    return np.rint(amount * yuan * FEN).astype(np.int64)


def yuan_of(table: TapeTable, mapping: TapeMapping) -> Yuan:
    """Yuan for one unit: the mapping's, or of each account where a column names its currency.

    Raises
    ------
    InputError
        For the first account in a currency without a rate.
    """
    column = mapping.columns.currency
    if not column:
        return mapping.yuan
    rates = _rates_of_exchange(mapping)
    return np.array([rates[text] for text in currencies_of(table, mapping)])


def currencies_of(table: TapeTable, mapping: TapeMapping) -> NDArray[np.object_]:
    """Currency of each account as the mapping writes it: on the tape, usd is USD.

    Raises
    ------
    InputError
        For the first account in a currency without a rate.
    """
    column = mapping.columns.currency
    if not column:
        return np.full(len(table.frame), mapping.currency, dtype=object)
    rates = _rates_of_exchange(mapping)
    told = {text.casefold(): text for text in rates}
    spelled = rates | {text: 0.0 for text in set(table.texts(column)) if text.casefold() in told}
    hint = "; exchange: {{{text}: ...}} gives a rate, yuan for one unit"
    texts = _known(table, column, spelled, ", ".join(rates), hint)
    return np.array([text if text in rates else told[text.casefold()] for text in texts], dtype=object)


def _rates_of_exchange(mapping: TapeMapping) -> dict[str, float]:
    return {mapping.currency: mapping.yuan} | {entry.currency: entry.yuan for entry in mapping.exchange}


def _known(table: TapeTable, column: str, known: Collection[str], told: str, hint: str) -> NDArray[np.object_]:
    """Texts of a column, each one that is known; the refusal of the first that is not tells them, and what helps."""
    texts = table.texts(column)
    bad = ~np.isin(texts, list(known))
    if bad.any():
        place = int(bad.argmax())
        allowed = f"one of {told}{hint.format(text=texts[place])}"
        raise table.problem(place, column, allowed + nearest(str(texts[place]), known))
    return texts


def products_of(table: TapeTable, mapping: TapeMapping) -> NDArray[np.object_]:
    """Product of each account, `card` or `instalment`.

    Raises
    ------
    InputError
        For the first account whose text is neither, and is named by neither list of ``products``.
    """
    column = mapping.columns.product
    if not column:
        return np.full(len(table.frame), mapping.product, dtype=object)
    named = {product: product for product in PRODUCTS}
    named |= {text: product for product in PRODUCTS for text in getattr(mapping.products, product)}
    hint = "; products.card and products.instalment name others"
    texts = _known(table, column, named, ", ".join(map(repr, named)), hint)
    return np.array([named[text] for text in texts], dtype=object)


def contract_of(table: TapeTable, mapping: TapeMapping, months: Months, yuan: Yuan) -> Contract:
    """Read the terms of every account; a cell that lacks one has the mapping's value for all.

    Parameters
    ----------
    table : TapeTable
        A row for each account of the book.
    mapping : TapeMapping
        Which column is what.
    months : Months
        For the month that the book starts from.
    yuan : float or ndarray
        Rate of the currency.

    Raises
    ------
    InputError
        For the first cell that is not what its role says.
    """
    columns = mapping.columns
    tenure = _tenure(table, mapping, months.labels[-1]) if columns.vintage else None
    payment: NDArray[np.int64] | None = None
    if columns.instalment:
        unit = f" ({mapping.currency} a month)"
        asked = table.numeric(columns.instalment, 0, mapping.largest_amount, unit)
        payment = fen_of(np.nan_to_num(asked), yuan)
    aged = None if tenure is None else np.nan_to_num(np.minimum(tenure, 120), nan=-1.0).astype(np.int64)
    return Contract(_rates(table, mapping), _terms(table, mapping, months.labels[-1]), payment, aged)


def _rates(table: TapeTable, mapping: TapeMapping) -> Yuan:
    if not mapping.columns.rate:
        return mapping.rate
    rates = told_rates(table, mapping)
    return np.where(np.isfinite(rates), np.minimum(rates, HIGHEST_RATE), mapping.rate)


def told_rates(table: TapeTable, mapping: TapeMapping) -> NDArray[np.float64]:
    """Rates as the tape tells them, a year, as fractions, shape (accounts,); nan where a cell lacks one.

    Raises
    ------
    InputError
        For the first above what the book holds, or with ``rates_above: held`` above what is read.
    """
    column, share = mapping.columns.rate, SHARES[mapping.rate_in]
    highest = LARGEST_TOLD if mapping.rates_above == HELD else HIGHEST_RATE
    hint = " a year; rate_in says whether in percent or as a fraction" if share == 1.0 else " per cent a year"
    texts, layout = table.texts(column), table.source.layout
    signed = np.isin(texts, [text for text in set(texts) if says_percent(text, layout)])
    parts = share / np.where(signed, share, 1.0)
    loose = table.loose(column) / parts
    above = (loose > highest) & (loose <= LARGEST_TOLD)
    if above.any():
        holds = f"; rates_above: held reads those up to {LARGEST_TOLD:.0%} as {HIGHEST_RATE:.0%}, and counts them"
        raise table.problem(int(above.argmax()), column, f"a number between 0 and {highest * share:g}{hint}{holds}")
    rates = table.numeric(column, 0, highest * share, hint) / parts
    if (signed & (rates > highest)).any():
        allowed = f"a number between 0 and {highest * share:g}{hint}"
        raise table.problem(int((signed & (rates > highest)).argmax()), column, allowed)
    return rates


def _terms(table: TapeTable, mapping: TapeMapping, start: str) -> int | NDArray[np.int64]:
    """Months left, at least one; 0 for a card."""
    if not mapping.columns.term and not mapping.columns.product:
        return mapping.term if mapping.product == INSTALMENT else 0
    left = np.full(len(table.frame), float(mapping.term))
    if mapping.columns.term:
        read = months_left(table, mapping, start)
        left = np.where(np.isfinite(read), np.maximum(read, 1.0), left)
    return np.where(products_of(table, mapping) == CARD, 0, left).astype(np.int64)


def months_left(table: TapeTable, mapping: TapeMapping, start: str) -> NDArray[np.float64]:
    """Months from the start to the end of each loan as the column of terms tells it; nan where it is lacking.

    Below 1 where a loan has run out by its contract.
    """
    column = mapping.columns.term
    if mapping.term_is == "maturity":
        left = -_months_since(table, mapping, column, start)
        if (left > LONGEST_TERM).any():
            place = int((left > LONGEST_TERM).argmax())
            raise table.problem(place, column, f"at most {LONGEST_TERM} months after {start}")
        return left
    in_years = table.times.get(column) == 12
    table.refuse_other_unit(column, "years" if in_years else "months")
    read = table.numeric(column, 0, LONGEST_TERM, " (months)", whole=True)
    since = np.nan_to_num(_tenure(table, mapping, start)) if mapping.term_is == "original" else 0.0
    return read - since


def _tenure(table: TapeTable, mapping: TapeMapping, start: str) -> NDArray[np.float64]:
    """Months from the opening of each account to the start; nan where that is lacking."""
    since = _months_since(table, mapping, mapping.columns.vintage, start)
    if (since < 0).any():
        allowed = f"at most {start}, the month that the book starts from"
        raise table.problem(int((since < 0).argmax()), mapping.columns.vintage, allowed)
    return since


def _months_since(table: TapeTable, mapping: TapeMapping, column: str, start: str) -> NDArray[np.float64]:
    """Months from the dates of a column to the start, below 0 for later ones; nan where a cell is lacking."""
    written = mapping.layout.date_format
    now = period_of(start) or period_of(start, written)
    if now is None or now.months != 1:
        raise InputError(
            f"{table.file}: column {column}: needs the start as a calendar month to count from, such as 2018-12;"
            f" it is {shown(start)}"
        )
    texts, lacking = table.texts(column), table.missing(column)
    opened = {text: period_of(text, written) for text in set(texts[~lacking])}
    bad = np.array([not gap and not _is_month(opened[text]) for text, gap in zip(texts, lacking, strict=True)])
    if bad.any():
        place = int(bad.argmax())
        reads = remedy(str(texts[place]), table.source.key) or "; layout.date_format says how others go"
        raise table.problem(place, column, f"a month such as 2018-12{reads}")
    first = {text: period.first for text, period in opened.items() if period}
    return np.array([now.first - first[text] if text in first else np.nan for text in texts])


def _is_month(period: Period | None) -> bool:
    return period is not None and period.months == 1
