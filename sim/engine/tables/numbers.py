"""The numbers that rules read by name: each name has one owner, and whoever stands over another is listed here."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

# By owner: names (or patterns) that it may set over those who set them before. Every other name is set once.
STANDS_OVER: Mapping[str, frozenset[str]] = {
    # Options that do what the neutral elements leave out.
    "policy.approval": frozenset({"review_cost", "review_weight"}),
    "policy.relief": frozenset({"clock_frozen"}),
    "policy.warning": frozenset({"alert_cost", "alert_hold"}),
    "policy.engine": frozenset({"referral_cost"}),
    "policy.scoring": frozenset({"large_outflow"}),
    "policy.education": frozenset({"education_cost"}),
    # Settings of calm times, and what the month makes of them.
    "the month": frozenset({"other_due_share", "other_appetite", "other_growth"}),
    "the lender": frozenset({"covering"}),
    "the firms' month": frozenset({"collected_by_sector"}),
    "job risk": frozenset({"separation_by_sector"}),
    "collections": frozenset({"pressure_by_months_past_due", "sale_price"}),
    "firms' jobs": frozenset({"separation_by_sector", "finding_by_sector"}),
    # Firms have terms of their own where persons have theirs.
    "firms": frozenset(
        {"opening_multiple", "limit_cap", "largest_multiple", "charge_off_months", "borrower_cap", "income_cap"}
        | {"outlook", "review_interval"}
    ),
    "firms' cards": frozenset({"card_*"}),
    # Within the month: what is rationed, and whom firms lay off.
    "rationing": frozenset({"cut_band", "marginal_share", "covering"}),
    "firms' layoffs": frozenset(
        {"firm_rows", "firm_sectors", "layoff_by_employer", "owner_share_by_owns", "owners_stay"}
    ),
}


class NameTakenError(TypeError):
    """Two owners set the same name, and nothing says which of them rules read."""


class Numbers(dict[str, Any]):
    """Numbers by name; whoever adds some says in whose name.

    Examples
    --------
    >>> Numbers().give("behaviour", {"patience": 2.0}).give("firms", {"staff": 4.0})
    {'patience': 2.0, 'staff': 4.0}

    Attributes
    ----------
    given : dict of str to number or array
        What was added since, beside what it began with.
    """

    def __init__(self, *begun: Mapping[str, Any], **named: Any) -> None:
        super().__init__(*begun, **named)
        self.given: dict[str, Any] = {}

    def renew(self, numbers: Mapping[str, Any]) -> None:
        """Put other numbers in the place of all that are here."""
        self.clear()
        self.update(numbers)

    def give(self, owner: str, numbers: Mapping[str, Any]) -> Numbers:
        """Add an owner's numbers in place.

        Raises
        ------
        NameTakenError
            When a name is set already and ``STANDS_OVER`` does not say that this owner stands over it.
        """
        if not self.keys().isdisjoint(numbers):  # most owners set names of their own alone
            taken = sorted([name for name in self.keys() & numbers.keys() if not _stands_over(owner, name)])
            if taken:
                raise NameTakenError(f"{owner}: {', '.join(taken)} is set already and would be read for something else")
        self.update(numbers)
        self.given.update(numbers)
        return self


@functools.cache
def _stands_over(owner: str, name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in STANDS_OVER.get(owner, ()))


def numbers_of(settings: Any) -> dict[str, float | int]:
    """Numeric fields of a settings dataclass as rules read them, floats as floats even when a file said ``4``."""
    numbers: dict[str, float | int] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, (bool, int, float)):
            declared = field.metadata.get("setting")
            name = (declared.read_as if declared else "") or field.name
            numbers[name] = float(value) if field.type in ("float", float) else int(value)
    return numbers
