"""A life in plain words: what happened in a month, what the lender saw and decided, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.figures.scales import FEN_PER_YUAN, number

if TYPE_CHECKING:
    import pandas as pd

    from sim.reports.lives.choosing import Life

Row = Mapping[str, Any]
CAUSES = {
    "job_loss": "out of work",
    "expense_shock": "an unexpected bill",
    "line_closed": "a line was closed",
    "over_indebted": "more is owed than can be served",
    "strategic": "does not want to pay",
    "income_fall": "income has fallen",
    "oversight": "forgotten",
}
STEPS = ("limit raised", "limit cut")
"""Events that come month after month and are told once."""


def yuan(fen: float) -> str:
    """Write an amount in yuan."""
    return f"{number(fen / FEN_PER_YUAN, 0)} yuan"


def who_words(who: str, first: Row) -> str:
    """Who a person or firm is at the beginning, in a sentence or two; amounts in yuan."""
    line = f"The line is {first['line']}" + (f" with a limit of {yuan(first['limit'])}" if first["limit"] else "")
    owes = f"{yuan(first['principal'])} are owed here"
    if who == "firm":
        return (
            f"{'In business' if first['trading'] else 'Closed'} with a staff of {int(first['staff'])}, sales of "
            f"{yuan(first['sales'])} a month and {yuan(first['cash'])} in cash; it owes suppliers "
            f"{yuan(first['debts'])}. {line}; {owes}."
        )
    return (
        f"{'At work' if first['employed'] else 'Out of work'}, with {yuan(first['income'])} a month; essentials take "
        f"{yuan(first['essential'])}, cash is {yuan(first['cash'])}. {line}; {owes} and {yuan(first['other_debt'])} to "
        "other lenders."
    )


def month_words(who: str, was: Row | None, now: Row) -> Iterator[str]:
    """What happened in a month, a sentence each: in the life, on the account, and by decision of the lender."""
    if was is not None:
        yield from _of_firm(was, now) if who == "firm" else _of_person(was, now)
        yield from _of_account(was, now)
    if now["event"]:
        yield _decided(was, now)


def _of_person(was: Row, now: Row) -> Iterator[str]:
    if was["employed"] != now["employed"]:
        lost = f"Loses the job; income falls from {yuan(was['income'])} to {yuan(now['income'])} a month."
        yield "Finds work." if now["employed"] else lost
    if was["cause"] != now["cause"] and now["cause"] in CAUSES:
        yield f"Misses a payment: {CAUSES[now['cause']]}."
    if was["unwilling"] != now["unwilling"]:
        yield "Stops paying by choice." if now["unwilling"] else "Is willing to pay again."


def _of_firm(was: Row, now: Row) -> Iterator[str]:
    if was["staff"] != now["staff"] and was["trading"]:
        yield f"Staff goes from {int(was['staff'])} to {int(now['staff'])}."
    if now["failure"] != was["failure"] and now["failure"] != "none":
        yield f"Fails: {now['failure']}."
    if now["diverted"] and not was["diverted"]:
        yield "Puts a loan to another use than agreed."


def _of_account(was: Row, now: Row) -> Iterator[str]:
    if not was["principal"] and now["principal"]:
        yield f"Draws; owes {yuan(now['principal'])} at {100 * now['offer_rate']:.1f}\u202f% a year."
    if was["principal"] and not now["principal"] and now["written_off"] <= was["written_off"]:
        yield "Has repaid the loan."
    late, before = int(now["months_past_due"]), int(was["months_past_due"])
    if late and not before:
        yield f"Is behind: {yuan(now['overdue'])} overdue."
    if before and not late and now["principal"] and "restructured" not in now["event"]:
        yield "Has caught up."


def _decided(was: Row | None, now: Row) -> str:
    """The events of the account, with the rule and what the lender saw where it decided."""
    words = now["event"][:1].upper() + now["event"][1:]
    if was is not None and any(step in now["event"] for step in (*STEPS, "limit set")):
        words += f" to {yuan(now['limit'])}"
    if not now["rule"]:
        return f"{words}."
    seen = f"score {int(now['score'])}"
    if now["inflow_slow"] > 0:
        seen += f", inflow seen {yuan(now['inflow_fast'])} of the usual {yuan(now['inflow_slow'])} a month"
    return f"{words}. Decided by {now['rule']}. The lender saw: {seen}."


def events_of(who: str, rows: pd.DataFrame) -> dict[int, list[str]]:
    """Every month in which something happened, in sentences; a row of raises or cuts of a limit is told at its end."""
    told: dict[int, list[str]] = {}
    months = {int(month): row for month, row in zip(rows.index, rows.to_dict("records"), strict=True)}
    begun: int | None = None
    for month, now in months.items():
        was, after = months.get(month - 1), months.get(month + 1)
        sentences = list(month_words(who, was, now))
        if len(sentences) == 1 and now["event"] in STEPS:
            begun = month if begun is None else begun
            if after is not None and after["event"] == now["event"] and len(list(month_words(who, now, after))) == 1:
                continue
            if begun < month:
                sentences[0] = f"Since month {begun}, step by step: {sentences[0][:1].lower()}{sentences[0][1:]}"
        begun = None
        if sentences:
            told[month] = sentences
    return told


def differs_words(life: Life) -> str:
    """From when on two lives differ, and in what first, in a sentence."""
    if len(life.sides) < 2:
        return ""
    pair = " and under ".join(life.sides)
    if life.differs < 0:
        return f"Everything that the panel holds is the same under {pair}."
    what = ", ".join(name.replace("_", " ") for name in life.differs_in)
    first = f"What the panel holds differs under {pair} from month {life.differs} on, at first in: {what}."
    truly = f"What is true of the {life.who} beside the account"
    if life.truly_differs < 0:
        return f"{first} {truly} never differs."
    return f"{first} {truly}, such as cash, differs from month {life.truly_differs} on."
