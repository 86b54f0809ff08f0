"""What the columns of segments and of gains hold."""

from __future__ import annotations

from sim.sharing.terms import PARTICIPANTS
from sim.study.follow.columns import Described
from sim.study.follow.gains import AMOUNTS, COUNTS, WITH_PARENT
from sim.study.follow.segments import COLUMNS, MONTH_ENDS

BASE = {
    "customers": Described("persons or firms", "persons with the platform, or firms in business"),
    "jobs": Described("persons", "persons at work, or employed by the firms"),
    "open_lines": Described("lines", "lines that may be drawn on"),
    "limits": Described("fen", "limits of open lines"),
    "outstanding": Described("fen", "principal owed"),
    "past_due_30": Described("fen", "of it 30 and more days late"),
    "past_due_90": Described("fen", "of it 90 and more days late"),
    "drawn": Described("fen", "new loans"),
    "rate_of_draws": Described("fen a year", "each new loan times its price; over what was drawn it is the mean price"),
    "interest_received": Described("fen", "interest that the lender received"),
    "charged_off": Described("fen", "principal charged off"),
    "recovered": Described("fen", "received on debts charged off"),
    "defaults": Described("persons or firms", "entries into 90 and more days late"),
    "applications_decided": Described("applications", "applications decided on"),
    "approvals": Described("applications", "of them approved"),
    "sales": Described("fen", "sales of firms"),
    "failures": Described("firms", "firms that failed"),
    "claims": Described("fen", "principal claimed under the scheme"),
    **{f"claims_on_{name}": Described("fen", f"of it borne by: {name.replace('_', ' ')}") for name in PARTICIPANTS},
}
"""What is added up, by its name; a stock that is added up over month ends has that in its name."""
COUNTED = dict(zip(COUNTS, (
    Described("persons or firms", "persons or firms to whom this happened"),
    Described("persons or firms", "of them gone at the end of the parent's run, and of this one not"),
    Described("persons or firms", "of them gone at the end of this run, and of the parent's not"),
    Described("persons or firms", "of them gone at the end of both"),
    Described("persons or firms", "who had fewer months with an open line than with the parent"),
    Described("persons or firms", "who had more months with an open line than with the parent"),
    Described("months", "months with an open line with the parent and none here"),
    Described("months", "months with an open line here and none with the parent"),
), strict=True))  # fmt: skip
KINDS = {
    "borrower": Described("", "persons or firms"),
    "dimension": Described("", "by what they are told apart"),
    "segment": Described("", "part of that dimension"),
}


def told(name: str) -> Described:
    """What a column of sums holds, by its name."""
    base = BASE[name.removesuffix(WITH_PARENT).removesuffix(MONTH_ENDS)]
    summed = f"{base.meaning}, added up over month ends" if MONTH_ENDS in name else base.meaning
    return Described(base.unit, f"{summed}, in the parent's run" if name.endswith(WITH_PARENT) else summed)


SEGMENTS = {
    "year": Described("year", "after the policy date, from 1 on"),
    "months": Described("months", "of the year that were lived"),
    **KINDS,
    **{name: told(name) for name in COLUMNS},
}
GAINS = {
    "parent": Described("", "package that it is compared with"),
    "borrower": KINDS["borrower"],
    "event": Described("", "default, or failure of a firm"),
    "dimension": KINDS["dimension"],
    "segment": KINDS["segment"],
    "outcome": Described("", "the event was saved, caused, in both runs or in neither; or the firm is one run's alone"),
    **COUNTED,
    **{name + WITH_PARENT: told(name + WITH_PARENT) for name in AMOUNTS},
    **{name: told(name) for name in AMOUNTS},
}
