"""Those who share the lender's losses, as ordinary Mesa agents: views on the books of risk sharing."""

from __future__ import annotations

from sim.engine.framework import Agent, Model
from sim.sharing.state import STATE_NAMES, RiskSharing
from sim.sharing.terms import PARTNER_BANKS


class GuaranteeFund(Agent):
    """The guarantee fund behind the scheme in force; every figure is read from its books, in fen."""

    def __init__(self, model: Model, sharing: RiskSharing) -> None:
        super().__init__(model)
        self.sharing = sharing

    @property
    def capital(self) -> int:
        """Net assets: cash less claims that await payment."""
        return self.sharing.fund.net_assets

    @property
    def cash(self) -> int:
        """Cash at hand."""
        return self.sharing.fund.cash

    @property
    def liabilities(self) -> int:
        """Cover outstanding within its caps, and claims that await payment."""
        return self.sharing.liabilities()

    @property
    def leverage(self) -> float:
        """Liabilities over net assets, in times."""
        return self.sharing.fund.leverage(self.liabilities)

    @property
    def premiums(self) -> int:
        """Premiums received since the policy date."""
        return self.sharing.fund.premiums

    @property
    def compensation(self) -> int:
        """Compensation paid since the policy date."""
        return self.sharing.fund.compensation

    @property
    def recoveries(self) -> int:
        """Recoveries received since the policy date."""
        return self.sharing.fund.recoveries

    @property
    def state(self) -> str:
        """Open, suspended or exhausted."""
        return STATE_NAMES[self.sharing.status]


class PartnerBank(Agent):
    """The partner banks of a joint loan, as one; every figure is read from their book, in fen."""

    def __init__(self, model: Model, sharing: RiskSharing) -> None:
        super().__init__(model)
        self.sharing = sharing

    @property
    def claim(self) -> int:
        """Principal on the lender's book that the partners own."""
        return self.sharing.partner_claim

    @property
    def written_off(self) -> int:
        """Charged-off principal of theirs that is still pursued."""
        return self.sharing.claims.written_off[PARTNER_BANKS]

    @property
    def interest(self) -> int:
        """Interest received since the policy date."""
        return self.sharing.joint.interest_passed

    @property
    def fees(self) -> int:
        """Facilitation fees paid since the policy date."""
        return self.sharing.joint.fee_paid


def enrol(model: Model, sharing: RiskSharing) -> list[Agent]:
    """Make an agent for each participant that keeps books under the scheme in force."""
    made: list[Agent] = []
    if sharing.has_fund:
        made.append(GuaranteeFund(model, sharing))
    if sharing.joint.active:
        made.append(PartnerBank(model, sharing))
    return made
