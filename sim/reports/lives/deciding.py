"""What a panel says in words of events and of the rules behind them, told in a language."""

from __future__ import annotations

import re

from sim.language.words import Words

REASONS = {
    "score": re.compile(r"score (?P<score>-?\d+) below (?P<bound>-?\d+)"),
    "inflow": re.compile(r"inflow (?P<share>-?[\d,]+%) of the usual"),
    "late": re.compile(r"(?P<months>\d+) months past due"),
    "warned": re.compile("a warning in force"),
    "not_recovered": re.compile("not recovered"),
}
"""Why a line was closed or frozen, as the panel writes it, by the key of its text."""
OF_LIST = re.compile(r"rule (?P<number>\d+), (?P<name>.*)")
"""A rule of the user's list."""


def events_words(event: str, say: Words) -> str:
    """Tell the events of a month, which the panel joins by commas.

    Raises
    ------
    WordsError
        An event that no text is there for.
    """
    return say("list.comma").join(say(f"life.event.{one.replace(' ', '_')}") for one in event.split(", "))


def rule_words(rule: str, say: Words) -> str:
    """Tell which rules decided and why; names of options and of a user's own rules stay as they are."""
    return say("list.semicolon").join(_one(part, say) for part in rule.split("; "))


def _one(rule: str, say: Words) -> str:
    if listed := OF_LIST.fullmatch(rule):
        return say("life.reason.of_list", **listed.groupdict())
    option, _, why = rule.partition(": ")
    if not why:
        return option
    reasons = say("list.comma").join(_reason(part, say) for part in why.split(", "))
    return say("life.reason.of_option", option=option, reasons=reasons)


def _reason(text: str, say: Words) -> str:
    """Tell one reason; one that the panel writes in no known way is left as it is."""
    for key, pattern in REASONS.items():
        if found := pattern.fullmatch(text):
            return say(f"life.reason.{key}", **found.groupdict())
    return text
