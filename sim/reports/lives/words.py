"""A life in plain words: what happened in a month, what the lender saw and decided, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.figures.scales import IN_ENGLISH, number
from sim.reports.lives.deciding import events_words, rule_words

if TYPE_CHECKING:
    import pandas as pd

    from sim.language.words import Words
    from sim.reports.lives.choosing import Life

Row = Mapping[str, Any]
CAUSES = ("job_loss", "expense_shock", "line_closed", "over_indebted", "strategic", "income_fall", "oversight")
"""What a missed payment begins with, as the panel names it."""
STEPS = ("limit raised", "limit cut")
"""Events that come month after month and are told once."""


def amount(fen: float, say: Words = IN_ENGLISH) -> str:
    """Write an amount in the currency of `say`."""
    return say("unit.yuan", amount=number(fen / say.fen, 0))


def who_words(who: str, first: Row, say: Words = IN_ENGLISH) -> str:
    """Who a person or firm is at the beginning, in a sentence or two."""
    state = say(f"life.line.{first['line'].replace(' ', '_')}")
    limit = amount(first["limit"], say)
    line = (
        say("life.line_with_limit", line=state, limit=limit) if first["limit"] else say("life.line_without", line=state)
    )
    money = {"line": line, "owed": amount(first["principal"], say), "cash": amount(first["cash"], say)}
    if who == "firm":
        money |= {name: amount(first[name], say) for name in ("sales", "debts")}
        key = "in_business" if first["trading"] else "out_of_business"
        return say(f"life.{key}", staff=int(first["staff"]), **money)
    money |= {name: amount(first[name], say) for name in ("income", "essential")}
    key = "at_work" if first["employed"] else "out_of_work"
    return say(f"life.{key}", elsewhere=amount(first["other_debt"], say), **money)


def month_words(who: str, was: Row | None, now: Row, say: Words = IN_ENGLISH) -> Iterator[str]:
    """What happened in a month, a sentence each: in the life, on the account, and by decision of the lender."""
    if was is not None:
        yield from _of_firm(was, now, say) if who == "firm" else _of_person(was, now, say)
        yield from _of_account(was, now, say)
    if now["event"]:
        yield _decided(was, now, say)


def _of_person(was: Row, now: Row, say: Words) -> Iterator[str]:
    if was["employed"] != now["employed"]:
        incomes = {"before": amount(was["income"], say), "after": amount(now["income"], say)}
        yield say("life.happened.finds_work") if now["employed"] else say("life.happened.loses_job", **incomes)
    if was["cause"] != now["cause"] and now["cause"] in CAUSES:
        yield say("life.happened.misses", cause=say(f"life.cause.{now['cause']}"))
    if was["unwilling"] != now["unwilling"]:
        yield say(f"life.happened.{'unwilling' if now['unwilling'] else 'willing'}")


def _of_firm(was: Row, now: Row, say: Words) -> Iterator[str]:
    if was["staff"] != now["staff"] and was["trading"]:
        yield say("life.happened.staff", before=int(was["staff"]), after=int(now["staff"]))
    if now["failure"] != was["failure"] and now["failure"] != "none":
        yield say("life.happened.fails", failure=say(f"life.failure.{now['failure'].replace(' ', '_')}"))
    if now["diverted"] and not was["diverted"]:
        yield say("life.happened.diverts")


def _of_account(was: Row, now: Row, say: Words) -> Iterator[str]:
    if not was["principal"] and now["principal"]:
        rate = f"{100 * now['offer_rate']:.1f}"
        yield say("life.happened.draws", owed=amount(now["principal"], say), rate=rate)
    if was["principal"] and not now["principal"] and now["written_off"] <= was["written_off"]:
        yield say("life.happened.repaid")
    late, before = int(now["months_past_due"]), int(was["months_past_due"])
    if late and not before:
        yield say("life.happened.behind", overdue=amount(now["overdue"], say))
    if before and not late and now["principal"] and "restructured" not in now["event"]:
        yield say("life.happened.caught_up")


def _decided(was: Row | None, now: Row, say: Words) -> str:
    """The events of the account, with the rule and what the lender saw where it decided."""
    words = events_words(now["event"], say)
    words = words[:1].upper() + words[1:]
    if was is not None and any(step in now["event"] for step in (*STEPS, "limit set")):
        words = say("life.happened.to_limit", events=words, limit=amount(now["limit"], say))
    if not now["rule"]:
        return say("life.happened.noted", events=words)
    seen = say("life.happened.seen", score=int(now["score"]))
    if now["inflow_slow"] > 0:
        flows = {"now": amount(now["inflow_fast"], say), "usual": amount(now["inflow_slow"], say)}
        seen = say("life.happened.seen_inflow", score=int(now["score"]), **flows)
    return say("life.happened.decided", events=words, rule=rule_words(now["rule"], say), seen=seen)


def events_of(who: str, rows: pd.DataFrame, say: Words = IN_ENGLISH) -> dict[int, list[str]]:
    """Every month in which something happened, in sentences; a row of raises or cuts of a limit is told at its end."""
    told: dict[int, list[str]] = {}
    months = {int(month): row for month, row in zip(rows.index, rows.to_dict("records"), strict=True)}
    begun: int | None = None
    for month, now in months.items():
        was, after = months.get(month - 1), months.get(month + 1)
        sentences = list(month_words(who, was, now, say))
        if len(sentences) == 1 and now["event"] in STEPS:
            begun = month if begun is None else begun
            if after is not None and after["event"] == now["event"] and len(list(month_words(who, now, after))) == 1:
                continue
            if begun < month:
                step = f"{sentences[0][:1].lower()}{sentences[0][1:]}"
                sentences[0] = say("life.happened.since", month=begun, sentence=step)
        begun = None
        if sentences:
            told[month] = sentences
    return told


def differs_words(life: Life, say: Words = IN_ENGLISH) -> str:
    """From when on two lives differ, and in what first, in a sentence."""
    if len(life.sides) < 2:
        return ""
    pair = say("life.pair").join(life.sides)
    if life.differs < 0:
        return say("life.same", pair=pair)
    columns = say("list.comma").join(say(f"life.column.{name}") for name in life.differs_in)
    key = f"life.{'never' if life.truly_differs < 0 else 'truly'}_{life.who}"
    truly = say(key) if life.truly_differs < 0 else say(key, month=life.truly_differs)
    return say("life.differs", pair=pair, month=life.differs, columns=columns, truly=truly)
