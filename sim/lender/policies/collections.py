"""Collections by stage: reminders, calls, legal work, courts, and the sale of old debts in bulk.

Contacts have a diminishing effect, a cost, a capacity, and complaints; what they do is a pressure on those
who stopped paying by choice (`choose_whether_to_pay`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from sim.engine.loops.order import dot
from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.courts import EVIDENCE, go_to_court


class SellDebt(NamedTuple):
    """What `sell_debt` leaves."""

    written_off: int
    triggered: int
    court: int
    debt_sold__received: Tally
    recovered_triggered: Tally
    abandoned_triggered: Tally
    abandoned: Tally
    face_sold: Tally


@stage(where="alive written_off", rare=True)
def sell_debt(
    written_off: int,
    triggered: int,
    court: int,
    months_in_state: int,
    sale_months: int,
    sale_price: float,
) -> SellDebt:
    """Sell a debt of a certain age to an investor; what the price does not bring is given up."""
    sold = months_in_state == sale_months and court <= 0
    proceeds = int(written_off * sale_price) if sold else 0
    passed_on = proceeds * triggered // written_off
    return SellDebt(
        written_off=0 if sold else written_off,
        triggered=0 if sold else triggered,
        court=0 if sold else court,
        debt_sold__received=proceeds,
        recovered_triggered=passed_on,
        abandoned_triggered=triggered - passed_on if sold else 0,
        abandoned=written_off - proceeds if sold else 0,
        face_sold=written_off if sold else 0,
    )


@dataclass(frozen=True)
class Staged:
    """M1 reminders, M2-M3 calls, M4 and later legal and outsourced work."""

    name: str = setting("staged", meaning="pressure and cost rise with arrears", choices=("staged",))
    reminder_pressure: float = setting(0.5, 0.0, 10.0, unit="factor on resuming", meaning="effect of M1 reminders")
    call_pressure: float = setting(1.5, 0.0, 10.0, unit="factor on resuming", meaning="effect of M2-M3 calls")
    legal_pressure: float = setting(1.0, 0.0, 10.0, unit="factor on resuming", meaning="effect of M4+ legal work")
    reminder_cost: int = setting(50, 0, 1_000_000, unit="fen an account a month", meaning="cost of M1 reminders")
    call_cost: int = setting(1_000, 0, 1_000_000, unit="fen an account a month", meaning="cost of M2-M3 calls")
    legal_cost: int = setting(3_000, 0, 1_000_000, unit="fen an account a month", meaning="cost of M4+ legal work")
    reminder_contacts: int = setting(2, 0, 60, unit="a month", meaning="contacts in M1 (assumption)")
    call_contacts: int = setting(6, 0, 60, unit="a month", meaning="contacts in M2-M3 (assumption)")
    legal_contacts: int = setting(2, 0, 60, unit="a month", meaning="contacts from M4 on (assumption)")
    contact_cap: int = setting(60, 0, 60, unit="a month", meaning="most contacts with one person")
    contact_scale: float = setting(
        4.0, 0.1, 100.0, unit="contacts", meaning="effect is 1 - exp(-contacts over this): it diminishes (assumption)"
    )
    call_capacity: float = setting(
        1.0, 0.0, 1.0, unit="share of accounts", meaning="accounts past due that staff can work on in a month"
    )
    complaint_rate: float = setting(
        0.0004, 0.0, 1.0, unit="a contact, times contacts", meaning="complaints grow with the square (assumption)"
    )
    complaint_fine: int = setting(20_000, 0, 100_000_000, unit="fen", meaning="cost of a complaint (assumption)")
    recovery_hazard: float = setting(0.025, 0.0, 1.0, unit="a month", meaning="payment on a written-off debt, at first")
    recovery_decay: float = setting(0.988, 0.0, 1.0, unit="factor a month", meaning="fading of that hazard with age")
    recovery_share: float = setting(0.35, 0.0, 1.0, unit="share of what is owed", meaning="largest such payment")
    stages: ClassVar[tuple[Stage, ...]] = ()
    enforces: ClassVar[bool] = False  # security of firms in business

    def intended(self) -> np.ndarray:
        """Contacts a month that the stage asks for, by months past due 0 to 13."""
        return np.array([0, self.reminder_contacts, *[self.call_contacts] * 2, *[self.legal_contacts] * 10])

    def contacts(self) -> np.ndarray:
        """Contacts a month within the cap, by months past due 0 to 13."""
        return self._each_month[0].copy()

    def served(self, accounts: Sequence[int]) -> float:
        """Share of accounts past due that staff can work on, given accounts by months past due."""
        overdue, total = sum(accounts[1:]), sum(accounts)
        return min(1.0, self.call_capacity * total / overdue) if overdue else 1.0

    def pressure(self, served: float = 1.0) -> np.ndarray:
        """Pressure by months past due, 0 to 13: less with fewer contacts, and for those whom staff can reach."""
        return np.asarray(self._pressure_where_reached * served)

    @functools.cached_property
    def _pressure_where_reached(self) -> np.ndarray:
        full = np.array([0.0, self.reminder_pressure, *[self.call_pressure] * 2, *[self.legal_pressure] * 10])
        effect = [
            math.expm1(-made / self.contact_scale) / math.expm1(-wanted / self.contact_scale) if wanted else 1.0
            for made, wanted in zip(self.contacts().tolist(), self.intended().tolist(), strict=True)
        ]
        return np.asarray(full * effect)

    def cost(self) -> np.ndarray:
        """Cost in fen of an account for a month, by months past due, 0 to 13."""
        return self._each_month[1].copy()

    @functools.cached_property
    def _each_month(self) -> tuple[np.ndarray, np.ndarray]:
        contacts = np.minimum(self.intended(), self.contact_cap)
        full = np.array([0, self.reminder_cost, *[self.call_cost] * 2, *[self.legal_cost] * 10])
        return contacts, np.asarray(full * contacts // np.maximum(self.intended(), 1), dtype=np.int64)

    def complaints(self, accounts: np.ndarray, served: float) -> float:
        """Complaints of a month to be expected, from accounts by months past due."""
        return self.complaint_rate * served * dot(accounts, self.contacts() ** 2)

    def price(self, charge_off_months: int, supply: float) -> float:
        """Price of old debts over what is owed; 0 where none are sold."""
        return 0.0

    def numbers(self) -> dict[str, float]:
        """Numbers that rules read beside the settings; without courts nothing is enforced."""
        return {"enforcement": 0.0, "evidence_cost": 0, "suit_cost": 0}


@dataclass(frozen=True)
class Light(Staged):
    """Reminders only."""

    name: str = setting("light", meaning="reminders only", choices=("light",))
    reminder_pressure: float = as_in(Staged, "reminder_pressure", 0.3)
    call_pressure: float = setting(0.2, 0.0, 10.0, unit="factor on resuming", meaning="effect of M2-M3 reminders")
    legal_pressure: float = setting(0.0, 0.0, 10.0, unit="factor on resuming", meaning="effect of M4+ reminders")
    call_cost: int = setting(100, 0, 1_000_000, unit="fen an account a month", meaning="cost of M2-M3 reminders")
    legal_cost: int = setting(100, 0, 1_000_000, unit="fen an account a month", meaning="cost of M4+ reminders")
    recovery_hazard: float = as_in(Staged, "recovery_hazard", 0.01)


@dataclass(frozen=True)
class Compliant(Staged):
    """As staged, within a cap on contacts: fewer complaints, less effect."""

    name: str = setting("compliant", meaning="contacts are capped", choices=("compliant",))
    contact_cap: int = setting(2, 0, 60, unit="a month", meaning="most contacts with one person (assumption)")


@dataclass(frozen=True)
class Litigation(Staged):
    """As staged, and debts worth it go to court."""

    name: str = setting("litigation", meaning="debts worth it go to court", choices=("litigation",))
    evidence: str = setting(
        "logged", meaning="what is kept of contracts: nothing, logs, a notarised chain", choices=tuple(EVIDENCE)
    )
    smallest_suit: int = setting(500_000, 0, 10**9, unit="fen", meaning="no suit for less (assumption)")
    court_months: int = setting(12, 1, 48, unit="months", meaning="from suit to judgment (at least 12 in China)")
    dispute_months: int = setting(6, 0, 48, unit="months", meaning="longer when disputed (assumption)")
    suit_cost: int = setting(50_000, 0, 10**9, unit="fen a suit", meaning="court and lawyers (assumption)")
    enforcement_hazard: float = setting(
        0.04, 0.0, 1.0, unit="a month", meaning="payment after a judgment, on top (assumption)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (go_to_court,)

    def numbers(self) -> dict[str, float]:
        """What the evidence is worth and costs, and what a judgment enforces."""
        win, dispute, cost = EVIDENCE[self.evidence]
        return {
            "win_chance": win,
            "dispute_chance": dispute,
            "evidence_cost": cost,
            "enforcement": self.enforcement_hazard,
            "suit_cost": self.suit_cost,
        }


@dataclass(frozen=True)
class UnitedStatesCourts(Litigation):
    """As in courts of the United States: judgments come within half a year.

    More than seven debt suits in ten end without an answer of the debtor (Pew Charitable Trusts, 2020).
    """

    name: str = setting("us_cards", meaning="judgments within half a year", choices=("us_cards",))
    recovery_hazard: float = as_in(Staged, "recovery_hazard", 0.014)
    court_months: int = setting(6, 1, 48, unit="months", meaning="from suit to judgment (assumption)")


@dataclass(frozen=True)
class Secured(Staged):
    """As staged, and security of firms in business is enforced: pledges are sold, owners are called."""

    name: str = setting("secured", meaning="pledges and owners of firms in arrears", choices=("secured",))
    pledge_from: int = setting(
        2, 1, 14, unit="months past due", meaning="a firm's pledge is sold from here; 14 = not before it fails"
    )
    owner_from: int = setting(
        2, 1, 14, unit="months past due", meaning="the owner is called from here; 14 = not before the firm fails"
    )
    owner_share: float = setting(
        0.3, 0.0, 1.0, unit="share of the owner's cash", meaning="most that a call brings in a month (assumption)"
    )
    seizure_cost: int = setting(100_000, 0, 100_000_000, unit="fen a pledge", meaning="court and sale (assumption)")
    call_owner_cost: int = setting(5_000, 0, 100_000_000, unit="fen a call", meaning="cost of a call (assumption)")
    enforces: ClassVar[bool] = True


@dataclass(frozen=True)
class BulkSale(Staged):
    """As staged, and debts that are old enough are sold in bulk."""

    name: str = setting("bulk_sale", meaning="old debts are sold in bulk", choices=("bulk_sale",))
    sale_months: int = setting(6, 0, 119, unit="months since the charge-off", meaning="age at which debts are sold")
    young_price: float = setting(
        0.126, 0.0, 1.0, unit="share of what is owed", meaning="price of a debt under a year in default (2024-2025)"
    )
    old_price: float = setting(
        0.025, 0.0, 1.0, unit="share of what is owed", meaning="price over five years in default (2024-2025)"
    )
    supply_elasticity: float = setting(
        0.5, 0.0, 5.0, unit="percent per percent", meaning="fall of the price with supply above usual (assumption)"
    )
    stages: ClassVar[tuple[Stage, ...]] = (sell_debt,)

    def price(self, charge_off_months: int, supply: float) -> float:
        """Price over what is owed, falling with the age of the default and with supply above usual.

        ``charge_off_months`` past due a loan was charged off, four past due it was in default; ``supply`` is of
        charge-offs of late over what is usual.
        """
        age = self.sale_months + charge_off_months - 4
        years = (min(max(age, 6), 66) - 6) / 60.0  # from half a year to five and a half
        price = self.young_price * math.pow(max(self.old_price, 1e-9) / max(self.young_price, 1e-9), years)
        return min(price * math.pow(max(supply, 0.1), -self.supply_elasticity), 1.0)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.old_price > self.young_price:
            return [f"policy.collections.old_price: {self.old_price} is above young_price {self.young_price}"]
        return []


OPTIONS: dict[str, type] = {
    "staged": Staged,
    "light": Light,
    "compliant": Compliant,
    "litigation": Litigation,
    "us_cards": UnitedStatesCourts,
    "bulk_sale": BulkSale,
    "secured": Secured,
}
