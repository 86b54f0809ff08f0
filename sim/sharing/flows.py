"""What the accounts tell a scheme each month, and the movements between sectors it answers with."""

from __future__ import annotations

from dataclasses import dataclass

from sim.loan.postings import CASH, SCHEME
from sim.sharing.joint import JointMonth
from sim.sharing.terms import LENDER, PARTNER_BANKS

OUTSIDE = "outside"


@dataclass(frozen=True)
class PoolFlows:
    """What happened to the covered loans in one month, in fen of whole loans.

    ``lent`` + opening - ``repaid`` - ``triggered`` is what stands covered at the close. ``triggered`` turns
    covered principal into a claim (``live``: still on the lender's book); ``written_off`` charges off part
    of the live claims (with trigger ``charge_off`` it equals ``triggered``); ``recovered`` is cash paid on
    live claims, ``recovered_written_off`` cash on charged-off ones, ``abandoned`` leaves the charged-off
    claims for good. ``contribution`` is premium that borrowers paid out of their draws, ``risk`` what of
    the lending is expected to default within a year. ``covered_outstanding`` and ``triggered_outstanding``
    (live plus charged off) are the closing stocks of the accounts; they are reconciled with the flows.
    """

    lent: int = 0
    repaid: int = 0
    interest: int = 0
    triggered: int = 0
    recovered: int = 0
    written_off: int = 0
    recovered_written_off: int = 0
    abandoned: int = 0
    contribution: int = 0
    risk: int = 0
    covered_outstanding: int = 0
    triggered_outstanding: int = 0

    @property
    def are_nothing(self) -> bool:
        """Whether nothing happened and nothing stands."""
        return not any(vars(self).values())

    def check(self) -> None:
        """Refuse a flow below 0.

        Raises
        ------
        ValueError
            The line names it.
        """
        for name, amount in vars(self).items():
            if amount < 0:
                raise ValueError(f"PoolFlows.{name}: {amount} fen is negative")


@dataclass(frozen=True)
class Posting:
    """One movement between two sectors: its name, who pays, who receives, in what, how many fen.

    Instrument ``cash`` moves money; ``participation`` writes off part of the partners' claim on the
    lender's loans, so nothing is paid and the receiver is only relieved of passing it on.
    """

    flow: str
    payer: str
    receiver: str
    instrument: str
    amount: int


class Postings:
    """Collects the month's movements; a movement of nothing is not one."""

    def __init__(self) -> None:
        self.made: list[Posting] = []

    def add(self, flow: str, payer: str, receiver: str, amount: int) -> None:
        """Add one movement unless it is zero."""
        if amount != 0:
            self.made.append(Posting(flow, payer, receiver, SCHEME[flow], amount))

    def add_joint(self, moved: JointMonth) -> None:
        """Add what moved between the lender and its partner banks."""
        self.add("joint_funding", PARTNER_BANKS, LENDER, moved.funded)
        self.add("joint_principal", LENDER, PARTNER_BANKS, moved.principal)
        self.add("joint_interest", LENDER, PARTNER_BANKS, moved.interest)
        self.add("facilitation_fee", PARTNER_BANKS, LENDER, moved.fee)

    def sum_of(self, flow: str, payer: str = "") -> int:
        """Sum of one kind of movement, of all payers or of one."""
        return sum(one.amount for one in self.made if one.flow == flow and payer in ("", one.payer))

    def net_of(self, sector: str) -> int:
        """Cash that a sector paid less what it received."""
        cash = [posting for posting in self.made if posting.instrument == CASH]
        return sum([one.amount * ((one.payer == sector) - (one.receiver == sector)) for one in cash])
