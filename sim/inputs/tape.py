"""A user's own loan tape: read, checked to the cell, and turned into evidence on each account."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from sim.inputs.account_terms import Yuan, contract_of, currencies_of, fen_of, products_of, yuan_of
from sim.inputs.codes import FULL, UNUSED
from sim.inputs.files import LARGEST_TAPE, OwnFile, own_file
from sim.inputs.mapping import FEN, PERIODS, TapeMapping
from sim.inputs.month_table import TABLE
from sim.inputs.tape_long import months_of_long
from sim.inputs.tape_months import Months, months_of_wide, months_past_due, paid_share, start_of
from sim.inputs.tape_notes import notes_of
from sim.inputs.tape_table import TapeTable, read_tape_table
from sim.inputs.tape_words import assumptions
from sim.persons.conditional import YOUNG, Evidence
from sim.persons.tape import LeftOut, Tape, Totals, Unit

FADING = 0.93  # of the memory of arrears, a month: as the lender's book has it


def read_tape(file: str | Path, mapping: TapeMapping, start: str = "", accounts: int = 50_000_000) -> Tape:
    """Read a loan tape from a CSV, xlsx or Parquet file.

    Parameters
    ----------
    file : str or Path
        One row an account; Parquet is known by its first bytes, everything else is CSV in UTF-8.
    mapping : TapeMapping
        Which column is what.
    start : str
        Label of the month that the book starts from; empty for the last. Later months are not looked at.
    accounts : int
        At most so many accounts of those that are in the book, from the top of the file.

    Returns
    -------
    Tape
        Evidence on each account and the sentences that say what had to be assumed.

    Raises
    ------
    InputError
        One line that names file, row, column, value and what is allowed.
    """
    if not mapping.long.id:
        start_of(mapping, start)
    return _read(own_file(file, TABLE, LARGEST_TAPE), mapping, start, accounts)


@lru_cache(maxsize=2)  # every arm and scenario of a study asks for the same tape
def _read(file: OwnFile, mapping: TapeMapping, start: str, accounts: int) -> Tape:
    table = read_tape_table(file, mapping)
    if mapping.long.id:
        table, months, left = months_of_long(table, mapping, start, accounts)
    else:
        table, months, left = months_of_wide(table, mapping, start_of(mapping, start), accounts)
    for attribute in (mapping.sex, mapping.education):
        if attribute:
            table.numeric(attribute, 0, 99, " (a code)", whole=True)
    start, yuan = months.labels[-1], yuan_of(table, mapping)
    digest = hashlib.sha256(f"{file.sha256}|{mapping}|{start}|{accounts}".encode())
    evidence = _evidence(table, mapping, months, yuan)
    contract = contract_of(table, mapping, months, yuan)
    totals = _totals(table, mapping, months, left, evidence)
    sentences = assumptions(table, months, evidence, mapping, contract)
    unit = Unit(mapping.currency, mapping.yuan * FEN, _median_income(evidence, mapping))
    name = PurePath(file.name).name
    return Tape(name, start, digest.hexdigest(), evidence, mapping.beliefs, contract, unit, totals, sentences)


def _incomes(table: TapeTable, mapping: TapeMapping) -> NDArray[np.float64]:
    """Income of each account holder a month, in the tape's currency; 0 where the tape does not say."""
    if not mapping.income:
        return np.zeros(len(table.frame))
    period = PERIODS[mapping.income_per]
    what = f" ({mapping.currency} a {mapping.income_per})"
    return np.nan_to_num(table.numeric(mapping.income, 0, period * mapping.largest_amount, what)) / period


def _median_income(evidence: Evidence, mapping: TapeMapping) -> int:
    """Median income in fen a month: as the mapping says, else that of the column; 0 where neither is given."""
    if mapping.median_income:
        return round(mapping.median_income * mapping.yuan * FEN)
    told = evidence.income if "income" not in mapping.may_lack else evidence.income[evidence.income > 0]
    return int(np.median(told)) if len(told) else 0


def _evidence(table: TapeTable, mapping: TapeMapping, months: Months, yuan: Yuan) -> Evidence:
    """Turn the months up to the start into one value an account."""
    late = months_past_due(months, mapping)
    memory = np.zeros(late.shape[1])
    for month in late:
        memory = np.maximum(month, FADING * memory)
    principal = fen_of(np.maximum(months.bill[-1], 0.0), yuan)
    age = table.numeric(mapping.age, 16, 120, " (years)") if mapping.age else np.full(len(principal), np.inf)
    return Evidence(
        limit=fen_of(_limits(table, mapping, months), yuan),
        principal=principal,
        months_past_due=np.where(principal > 0, late[-1], 0),
        memory=memory,
        paid_share=paid_share(months),
        full=months.now == FULL,
        unused=(months.now == UNUSED) | (principal == 0),
        clean=(late == 0).all(axis=0) & (len(late) > 1),
        young=(age <= YOUNG).astype(np.int8),
        income=fen_of(_incomes(table, mapping), yuan),
    )


def _limits(table: TapeTable, mapping: TapeMapping, months: Months) -> NDArray[np.float64]:
    """Credit limits in the tape's currency; without such a column the largest balance that the tape shows."""
    if mapping.limit:
        return table.numeric(mapping.limit, 0, mapping.largest_amount, f" ({mapping.currency})")
    return np.maximum(months.bill.max(axis=0), 0.0)


def _totals(
    table: TapeTable, mapping: TapeMapping, months: Months, left: tuple[LeftOut, ...], evidence: Evidence
) -> Totals:
    """What control totals are taken over."""
    columns, currency = mapping.columns, currencies_of(table, mapping)
    groups = {"product": products_of(table, mapping)} if columns.product else {}
    groups |= {"segment": table.texts(columns.segment)} if columns.segment else {}
    scores = table.numeric(columns.score, -1e9, 1e9, " (a score)") if columns.score else None
    notes = notes_of(table, mapping, months, evidence, scores)
    return Totals(currency, months.bill[-1], groups, scores, left, notes)
