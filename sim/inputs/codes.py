"""What the codes in the status columns of a loan tape mean: months past due, or a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.engine.tables.declare import setting
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.numbers import is_whole
from sim.loan.states import MONTHS_LAST

MONTHS, DAYS, THIRTIES = "months", "days", "thirty_days"
UNITS = {MONTHS: MONTHS_LAST, DAYS: 3650, THIRTIES: 120}
"""Units of a status, and the largest that can be: 13 months are 360 days and more."""
DAYS_A_MONTH = 30  # by contract date: 1 to 29 days are the first month past due

# A status as it is read: months past due from 1 on, else one of these.
CURRENT, FULL, UNUSED, CLOSED, WRITTEN_OFF = 0, -1, -2, -3, -4
STATES = {"current": CURRENT, "full": FULL, "unused": UNUSED, "closed": CLOSED, "written_off": WRITTEN_OFF}
ENDED = {CLOSED: "closed", WRITTEN_OFF: "written off"}
"""States of an account that is in nobody's book any more, in words."""
OWN_KEYS = (*STATES, "late", "largest")


@dataclass(frozen=True)
class LateCode:
    """A code, often a text, that stands for months past due."""

    code: str = setting("", meaning="the code as it stands on the tape")
    months: int = setting(1, 1, MONTHS_LAST, unit="months past due", meaning="what it stands for")


@dataclass(frozen=True)
class Codes:
    """What a code means; a number k from 1 to ``largest`` that is named nowhere is k months (or days) past due."""

    unused: tuple[str, ...] = setting((), meaning="nothing owed, no use")
    full: tuple[str, ...] = setting((), meaning="paid in full")
    current: tuple[str, ...] = setting(("0",), meaning="not past due: at least the minimum was paid")
    closed: tuple[str, ...] = setting((), meaning="repaid and ended: left out of the book, and counted")
    written_off: tuple[str, ...] = setting((), meaning="charged off or sold: left out of the book, and counted")
    late: tuple[LateCode, ...] = setting((), meaning="codes that stand for months past due")
    largest: int = setting(
        0, 0, UNITS[DAYS], unit="months or days past due", meaning="largest status on the tape; 0: 13 months, 3650 days"
    )

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        codes = [*(code for state in STATES for code in getattr(self, state)), *(entry.code for entry in self.late)]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        problems = [f"codes: {code} stands twice, must stand once" for code in twice]
        standing = [code for state in STATES for code in getattr(self, state) if is_whole(code) and int(code) > 0]
        problems += [f"codes: {code} means {code} months past due, must not be a code of its own" for code in standing]
        return problems

    def meaning(self) -> dict[str, int]:
        """What each code that is named means: months past due, or a state."""
        named = {code: number for state, number in STATES.items() for code in getattr(self, state)}
        return named | {entry.code: entry.months for entry in self.late}


def codes_by_meaning(said: Mapping[str, Any]) -> dict[str, Any]:
    """Turn codes that are told one by one (``"Charged Off": written_off``) into the keys of `Codes`.

    Parameters
    ----------
    said : mapping
        Keys of `Codes` with their lists, or codes with what each means: a state, or months past due; or some of both.

    Raises
    ------
    InputError
        A code means nothing that can be.
    """
    found: dict[str, Any] = {key: value for key, value in said.items() if _is_own(key, value)}
    for code, meant in ((str(key), value) for key, value in said.items() if not _is_own(key, value)):
        if meant in STATES:
            found[meant] = [*found.get(meant, []), code]
        elif isinstance(meant, int) and not isinstance(meant, bool) and 0 <= meant <= MONTHS_LAST:
            state = "late" if meant else "current"
            found[state] = [*found.get(state, []), {"code": code, "months": meant} if meant else code]
        else:
            names = ", ".join(STATES)
            raise InputError(
                f"codes: {shown(code)}: {shown(meant)}, must be one of {names}, or 0 to {MONTHS_LAST} months past due"
                f"{nearest(str(meant), STATES)}"
            )
    return found


def _is_own(key: str, value: Any) -> bool:
    return key in OWN_KEYS and (isinstance(value, list | tuple) or key == "largest")
