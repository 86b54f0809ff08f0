"""Joint loans: partner banks fund their share of every covered loan and own that share of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.engine.loops.money import split
from sim.sharing.scheme import Scheme
from sim.sharing.terms import BILLION, PARTNER_BANKS


@dataclass(frozen=True)
class JointMonth:
    """Fen that moved between the lender and its partners in one month."""

    funded: int = 0
    principal: int = 0
    interest: int = 0
    fee: int = 0


class JointBook:
    """The partners' claim on the covered pool: at each close the exact split of what stands covered.

    Repaid principal is what closes the account (opening + funded - written off - closing), so rounding
    never accumulates; where that would be a negative fen, the partners fund that fen instead.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.weights = [0, BILLION]
        if scheme.funded:
            partner = round(scheme.quota(PARTNER_BANKS) * BILLION)
            self.weights = [partner, BILLION - partner]
        self.active = scheme.funded
        self.fee_billionths = round(scheme.facilitation_fee * BILLION)
        self.claim = 0
        self.interest_seen = 0
        self.interest_passed = 0
        self.fee_paid = 0

    def share(self, amount: int) -> int:
        """Return the partners' part of ``amount`` fen."""
        return int(split(amount, self.weights)[0]) if self.active and amount else 0

    def month(self, lent: int, interest: int, claimed: int, covered: int) -> JointMonth:
        """Close one month.

        Parameters
        ----------
        lent, interest : int
            New covered lending and interest paid on covered loans, whole loans.
        claimed : int
            The partners' part of the balances that met the claim trigger.
        covered : int
            Whole loans that stand covered at the close.
        """
        if not self.active:
            return JointMonth()
        closing = self.share(covered)
        funded = self.share(lent)
        principal = self.claim + funded - claimed - closing
        if principal < 0:
            funded, principal = funded - principal, 0
        self.claim = closing
        self.interest_seen += interest
        passed = self.share(self.interest_seen) - self.interest_passed
        self.interest_passed += passed
        fee = self.interest_passed * self.fee_billionths // BILLION - self.fee_paid
        self.fee_paid += fee
        return JointMonth(funded, principal, passed, fee)

    def save(self) -> dict[str, int]:
        """Return the book as plain integers."""
        return {
            "claim": self.claim,
            "interest_seen": self.interest_seen,
            "interest_passed": self.interest_passed,
            "fee_paid": self.fee_paid,
        }

    def restore(self, saved: Mapping[str, int]) -> None:
        """Take over a book that ``save`` returned."""
        for name in ("claim", "interest_seen", "interest_passed", "fee_paid"):
            setattr(self, name, int(saved[name]))
