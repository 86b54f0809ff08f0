"""What a loan tape does not show, and how it is filled in: sentences for manifest and report."""

from __future__ import annotations

import numpy as np

from sim.inputs.codes import DAYS, THIRTIES
from sim.inputs.mapping import CARD, MAY_LACK, TapeMapping
from sim.inputs.tape_months import Months
from sim.inputs.tape_notes import counted
from sim.inputs.tape_table import TapeTable
from sim.language.words import CNY
from sim.persons.conditional import YOUNG, Beliefs, Evidence
from sim.persons.tape import LONGEST_TERM, Contract

LACKING = {
    "age": ": taken to be older than 25 years",
    "income": ": it is drawn by the limit",
    "payment": ": nothing was paid",
    "rate": ": the mapping's rate holds",
    "term": ": the mapping's term holds",
    "instalment": ": it is worked out",
    "score": "",
    "segment": "",
    "vintage": ": the time on the book is that of newcomers",
    "days_past_due": ": the status holds, and without one nothing is past due",
}


def assumptions(
    table: TapeTable, months: Months, evidence: Evidence, mapping: TapeMapping, contract: Contract
) -> tuple[str, ...]:
    """Say what the tape did not show and how it was filled in, a sentence each.

    Parameters
    ----------
    table : TapeTable
        A row for each account of the book.
    months, evidence, contract
        What was read of it.
    mapping : TapeMapping
        Which column is what.
    """
    count, status, bill = len(evidence.limit), months.status, months.bill
    first = 1 if mapping.unit == THIRTIES else 0  # there the first month past due is told as none
    jumps = int((np.diff(np.maximum(status - first, 0), axis=0) > 1).sum())
    credit = int((bill[-1] < 0).sum())
    idle = int(((status[-1] > 0) & (bill[-1] <= 0)).sum())
    noted = [
        f"The book starts from month {months.labels[-1]} of the tape: {counted(count)}; earlier months inform, later"
        " ones are not looked at.",
        _money_in_words(mapping),
        "All of a balance is principal: the tape does not part it from interest.",
        *terms_in_words(mapping, contract, evidence),
        "Arrears are as many instalments as months past due, at most the balance.",
        _income_in_words(mapping),
        *_beliefs_in_words(mapping.beliefs),
        "The lender opens with equity at its target ratio, funded by debt for the rest.",
    ]
    if mapping.unit == DAYS or mapping.columns.days_past_due:
        noted.append("Days past due are read by contract date: 1 to 29 as the first month, 30 to 59 as the second.")
    if mapping.unit == THIRTIES:
        noted.append("A status counts periods of 30 days: 1, which is 30 to 59 days, is the second month past due.")
    if not mapping.payment:
        noted.append("No payments on the tape: everybody is taken to have paid half of the bills.")
    if credit:
        noted.append(f"{counted(credit)} with a balance below 0 (overpaid): taken as 0.")
    if idle:
        noted.append(f"{counted(idle)} shown as past due with nothing owed: taken as current.")
    shifted = [label for label in months.labels if label in mapping.late_from_two]
    if shifted:
        noted.append(
            f"In {', '.join(shifted)} status 2 is read as the first month past due, 3 as the second, and so on."
        )
    if jumps:
        noted.append(f"{jumps} times a status jumps by 2 or more within a month; taken as it stands.")
    if mapping.age:
        noted.append(f"{int(evidence.young.sum())} persons of at most {YOUNG} years have a thin file.")
    if mapping.sex or mapping.education:
        noted.append("Sex and education were read; no rule uses them.")
    return (*noted, *_unused_in_words(table, mapping))


def _money_in_words(mapping: TapeMapping) -> str:
    rates = {mapping.currency: mapping.yuan} | {entry.currency: entry.yuan for entry in mapping.exchange}
    told = "Amounts in " + ", ".join(f"{currency} at {yuan:g} {CNY}" for currency, yuan in rates.items()) + "."
    if mapping.currency == CNY:
        return told
    return f"{told} Results are told in {mapping.currency}, or in the currency that report.currency names."


def terms_in_words(mapping: TapeMapping, contract: Contract, evidence: Evidence) -> list[str]:
    """Say where rate, term, instalment and time on the book come from, a sentence each."""
    columns, term = mapping.columns, np.asarray(contract.term)
    rate = f"Balances cost {mapping.rate:.1%} a year"
    if columns.rate:
        low, high = np.min(contract.rate), np.max(contract.rate)
        rate = f"Rates are column {columns.rate}, {low:.1%} to {high:.1%} a year"
    if columns.term or columns.product:
        told = [
            f"{rate}.",
            f"Terms are column {columns.term or columns.product};"
            f" {counted(int((term == 0).sum()), 'have')} a minimum payment.",
        ]
    elif mapping.product == CARD:
        told = [f"{rate} and have a minimum payment."]
    else:
        told = [f"{rate} and run {mapping.term} more months."]
    if long := int((term > LONGEST_TERM).sum()):
        told.append(
            f"{counted(long, 'have')} more than {LONGEST_TERM} months left: the instalment is that of the true term;"
            f" what is drawn or agreed anew runs {LONGEST_TERM} months at most."
        )
    if contract.payment is not None:
        none = int(((contract.payment == 0) & (evidence.principal > 0)).sum())
        told.append(f"Instalments are column {columns.instalment}; {counted(none)} without one: that of rate and term.")
        interest = evidence.principal * np.asarray(contract.rate) / 12.0
        if low_ones := int(((contract.payment > 0) & (contract.payment < interest)).sum()):
            told.append(f"{low_ones} instalments are below the interest of a month: these balances do not fall.")
    if columns.vintage:
        told.append(f"Time on the book is counted from column {columns.vintage}, up to 120 months.")
    if not mapping.limit:
        told.append("The tape has no limit: it is the largest balance that it shows of an account.")
    return told


def _unused_in_words(table: TapeTable, mapping: TapeMapping) -> list[str]:
    """Say which columns no rule uses, and in how many cells a value was lacking."""
    columns = mapping.columns
    told = [
        f"Column {column} ({role}) was read and stands in the control totals; no rule uses it."
        for role, column in (("score", columns.score), ("segment", columns.segment))
        if column
    ]
    lacks = {column: int(table.missing(column).sum()) for column in sorted(mapping.lacking()) if column in table.frame}
    return told + [
        f"{counted(count, 'lack')} {column}{LACKING[role_of(mapping, column)]}."
        for column, count in lacks.items()
        if count
    ]


def role_of(mapping: TapeMapping, column: str) -> str:
    """Role of a column in which a cell may be lacking."""
    return next(role for role in MAY_LACK if column in mapping.lacking_as(role))


def _income_in_words(mapping: TapeMapping) -> str:
    if mapping.income:
        return f"Income is column {mapping.income}; those who arrive later have population.median_income in the middle."
    return "Income rises with the square root of the limit; the median account has population.median_income."


def _beliefs_in_words(beliefs: Beliefs) -> list[str]:
    habit = f"Of those past due {beliefs.habit_late:.0%} more for each month after the first leave their arrears."
    return [
        *([habit] if beliefs.habit_late else []),
        f"Cash is {beliefs.cash_full:g} of the type distribution's for those who pay in full or owe nothing,"
        f" {beliefs.cash_minimum:g} for those who pay the minimum, {beliefs.cash_late:g} for the late; the buffer"
        " aimed at rises with the share of the bills that was paid.",
        f"Of those past due {beliefs.jobless_late:.0%} are without a job and {beliefs.unwilling_late:.0%} for each"
        f" month, at most {beliefs.unwilling_most:.0%}, have stopped by choice; these are less honest, those never"
        " late on the tape more.",
        "Appetite for credit is drawn half from the type distribution, half from the balance in months of income;"
        f" debt elsewhere is the type distribution's, between {0.5 * beliefs.other_debt:g} and"
        f" {beliefs.other_debt:g} of it as the limit is used.",
    ]
