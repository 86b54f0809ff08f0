"""Which rules of persons and firms a function of the user's may stand for, and by which name each is asked for.

What a customer decides or what befalls it may be replaced. What is counted, what crosses to the lender, and what
the lender does itself may not: a study would then measure something else, or the lender would know more.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from types import MappingProxyType

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import Column
from sim.firms.firm import FIRM_COLUMNS
from sim.loan.postings import FIRM, POSTINGS
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS

PERSONS, FIRMS = "behaviour", "firms"
SHIPPED = "shipped"
"""The option that leaves the shipped rule where it is."""
FILES: Mapping[str, tuple[str, ...]] = {
    PERSONS: (
        *("arriving", "employment", "income", "living", "borrowing"),
        *("payment", "elsewhere", "consumption", "moving"),
    ),
    FIRMS: ("planning", "projects", "credit", "failing", "trading"),
}
ROOMS = {PERSONS: "persons", FIRMS: "firms"}
NOT_THEIRS = ("note_limit", "bill_firm", "disburse_to_firm", "close_misused", "observe_firm")
"""Rules in those files that the lender's side runs."""
CALLED: Mapping[str, str] = {
    "arrive_with_character": "arriving",
    "consume": "consumption",
    "choose_whether_to_pay": "willingness",
    "want_to_borrow": "demand",
}
"""Names by which a rule is asked for where its own is no term of the field; its own is understood, too."""


@functools.cache
def replaceable() -> Mapping[str, Stage]:
    """Every rule that may be replaced, by its name: ``behaviour/...`` of persons, ``firms/...`` of firms."""
    found = {}
    for head, files in FILES.items():
        for file in files:
            module = importlib.import_module(f"sim.{ROOMS[head]}.{file}")
            for name, value in vars(module).items():
                if isinstance(value, Stage) and value.rule.__module__ == module.__name__ and name not in NOT_THEIRS:
                    found[f"{head}/{CALLED.get(name, name)}"] = value
    return MappingProxyType(found)


def is_stage_key(key: str) -> bool:
    """Whether a key asks for a rule, known or not: ``behaviour/NAME`` or ``firms/NAME``."""
    head, slash, _ = key.partition("/")
    return bool(slash) and head in FILES


def canonical(key: str) -> str:
    """The name that a rule is kept under, from it or from the rule's own; another stays as it is."""
    head, _, name = key.partition("/")
    return f"{head}/{CALLED.get(name, name)}"


def of_firms(key: str) -> bool:
    """Whether a rule is one of firms."""
    return key.startswith(f"{FIRMS}/")


def tables_of(key: str) -> dict[str, Column]:
    """Columns of the private table and of the book on those whose rule it is, by name."""
    return {**(FIRM_COLUMNS if of_firms(key) else PRIVATE_COLUMNS), **BOOK_COLUMNS}


def is_drawn(name: str) -> bool:
    """Whether an argument of a rule is a random draw."""
    return name.startswith(("luck_", "normal_", "lasting_"))


def visible_to(key: str) -> dict[str, Column]:
    """Columns that a user's rule may read: what the customer knows, and what the shipped rule itself touches."""
    own = replaceable()[key].touches
    return {name: column for name, column in tables_of(key).items() if not column.hidden or name in own}


def numbers_of(key: str) -> tuple[str, ...]:
    """Numbers of the month that the shipped rule reads."""
    columns = tables_of(key)
    return tuple(name for name in replaceable()[key].arguments if name not in columns and not is_drawn(name))


def draws_of(key: str) -> tuple[str, ...]:
    """Random draws of the shipped rule."""
    return tuple(name for name in replaceable()[key].arguments if is_drawn(name))


def is_flow(name: str) -> bool:
    """Whether a result is money that moves between two sides, as `results_of_rule` names it: it cannot be below 0."""
    tally = name.replace("__", ".")
    return tally in POSTINGS or FIRM + tally in POSTINGS


def results_of_rule(key: str) -> tuple[str, ...]:
    """Names of what the shipped rule returns, in its order: columns, then tallies, then histograms."""
    stage = replaceable()[key]
    bins = [f"{name}_{what}" for name, _ in stage.bins for what in ("place", "amount")]
    return (*stage.writes, *(name.replace(".", "__") for name in stage.tallies), *bins)
