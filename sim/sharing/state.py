"""Risk sharing in a running model: one scheme, its participants' books, closed once a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sim.sharing.claims import ClaimBook
from sim.sharing.cover import CoverBook
from sim.sharing.figures import MonthTotals, figures
from sim.sharing.flows import OUTSIDE, PARTICIPATION, PoolFlows, Posting, Postings
from sim.sharing.fund import FundBook, FundSettings
from sim.sharing.joint import JointBook
from sim.sharing.scheme import (
    BILLION,
    GOVERNMENT,
    GUARANTEE_FUND,
    INSURER,
    LENDER,
    PARTICIPANTS,
    PARTNER_BANKS,
    RE_GUARANTEE_FUND,
    Scheme,
)
from sim.sharing.waterfall import Bases, Counters, allocate, nominal_weights, part, promise

OPEN, SUSPENDED, EXHAUSTED = 0, 1, 2
STATE_NAMES = ("open", "suspended", "exhausted")
UNLIMITED = 10**17
NEVER = -1
PAYERS = (PARTNER_BANKS, GUARANTEE_FUND, RE_GUARANTEE_FUND, INSURER, GOVERNMENT)


class RiskSharing:
    """State of one scheme in one run; plain integers throughout.

    Parameters
    ----------
    scheme, fund : Scheme, FundSettings
        The contract and the guarantee fund behind it.
    reference_volume : int
        Fen of the lender's book at the policy date: what the fund's capital is sized by.
    existing : int
        Fen that stand covered from the start (only with ``covers_existing``).
    """

    def __init__(self, scheme: Scheme, fund: FundSettings, reference_volume: int = 0, existing: int = 0) -> None:
        self.scheme = scheme
        self.layers = tuple(scheme.layers)
        self.weights = nominal_weights(self.layers)
        self.counters = tuple(Counters() for _ in self.layers)
        self.reference_volume = reference_volume
        self.fund_weight = self._weight_of(GUARANTEE_FUND)
        self.fund_exposure = self._weight_of(GUARANTEE_FUND, bounded=True)
        self.has_fund = self.fund_exposure > 0
        expected = reference_volume * self.fund_weight // BILLION
        self.fund = FundBook(fund, fund.initial_capital(expected) if self.has_fund else 0)
        self.claims = ClaimBook(scheme.recovery_order)
        self.cover = CoverBook(existing if scheme.covers_existing else 0)
        self.joint = JointBook(scheme)
        self.queue = {name: [0] * scheme.payment_lag for name in PAYERS}
        self.premium_carry = 0
        self.status = OPEN
        self.rule_stopped = 0
        self.suspension_month = self.exhaustion_month = NEVER
        self.last: dict[str, float] = {}

    def _weight_of(self, participant: str, bounded: bool = False) -> int:
        """Promised share of a participant in the pool, net of what it cedes, in billionths.

        ``bounded`` counts a tranche by its width: what one further fen of lending makes it liable for.
        """
        net = 0
        for layer, weight in zip(self.layers, self.weights, strict=True):
            size = part(weight, layer.detachment - layer.attachment) if bounded else weight
            if layer.participant == participant:
                net += size
            elif layer.of == participant:
                net -= size
        return max(0, net)

    # ---- what the lender asks before it lends -------------------------------------------------------

    @property
    def shares_anything(self) -> bool:
        """Whether anybody but the lender takes part of a loss."""
        return any(layer.participant != LENDER and layer.share > 0 for layer in self.layers)

    @property
    def accepting(self) -> bool:
        """Whether new lending can come under the scheme this month."""
        return self.capacity() > 0

    def capacity(self) -> int:
        """Fen of whole loans that may come under the scheme this month."""
        if not self.shares_anything or self.status != OPEN:
            return 0
        if not self.has_fund:
            return UNLIMITED
        if self.fund.too_small:
            return 0
        return min(UNLIMITED, self.fund.room(self.liabilities()) * BILLION // self.fund_exposure)

    def lender_share(self) -> float:
        """Share of a further loss on new lending that stays with the lender (1 when closed to new)."""
        return self._probe()[LENDER] if self.accepting else 1.0

    def covered_loss_share(self) -> float:
        """Share of a further loss on loans already covered that the lender must expect to bear."""
        borne = self._probe()
        if self.status == EXHAUSTED and self.scheme.insolvent_share_falls_on == LENDER:
            return borne[LENDER] + borne.get(GUARANTEE_FUND, 0.0)
        return borne[LENDER]

    def _probe(self) -> dict[str, float]:
        """Shares of the next loss of about a hundredth of the pool, by participant.

        So bounds and caps weigh in; and it is a round number of fen, so that a plain quota comes out
        as the contract writes it.
        """
        loss = max(1, max(self.cover.volume, self.reference_volume) // 100_000_000) * 1_000_000
        bases = self.cover.bases
        if self.cover.volume == 0:
            pool = 100 * loss
            premium = part(pool, self.fund.settings.premium_rate)
            bases = Bases(pool, pool, pool, pool, pool, premium, premium)
        borne = allocate(self.layers, self.counters, loss, bases).borne
        return {name: amount / loss for name, amount in borne.items()}

    def funding_share(self) -> float:
        """Share of new covered lending that the lender funds itself (below 1 in a joint loan)."""
        return self.joint.weights[1] / BILLION if self.accepting else 1.0

    def liabilities(self) -> int:
        """Fen for which the guarantee fund is liable: cover outstanding within its caps, and claims due."""
        if not self.has_fund:
            return 0
        promised = 0
        for layer, weight, counters in zip(self.layers, self.weights, self.counters, strict=True):
            standing = promise(layer, weight, counters, self.cover.bases)
            if layer.participant == GUARANTEE_FUND:
                promised += standing
            elif layer.of == GUARANTEE_FUND:
                promised -= standing
        return max(0, promised) + self.fund.payable

    # ---- what others own of the lender's book ------------------------------------------------------

    @property
    def partner_claim(self) -> int:
        """Fen of the partners' claim on loans still on the lender's book."""
        return self.joint.claim + (self.claims.live[PARTNER_BANKS] if self.joint.active else 0)

    @property
    def others_stake(self) -> int:
        """Fen of covered and claimed principal on the lender's book that belongs to others."""
        live = sum(amount for name, amount in self.claims.live.items() if name != LENDER)
        return self.joint.claim + live

    @property
    def receivable(self) -> int:
        """Fen of compensation that the lender has claimed and not yet been paid."""
        return sum(sum(due) for due in self.queue.values())

    # ---- the month ----------------------------------------------------------------------------------

    def close_month(self, flows: PoolFlows) -> list[Posting]:
        """Run one month through the scheme.

        Parameters
        ----------
        flows : PoolFlows
            What happened to the covered loans.

        Returns
        -------
        list of Posting
            Every movement between sectors, none of them zero. Result figures are in ``last``.

        Raises
        ------
        ValueError
            If a flow is negative or the closing stocks do not follow from the flows.
        """
        for item in fields(flows):
            if getattr(flows, item.name) < 0:
                raise ValueError(f"PoolFlows.{item.name}: {getattr(flows, item.name)} fen is negative")
        month = self.cover.months
        if self.cover.begins_year:
            self.cover.open_year()
            self.counters = tuple(counters.new_year() for counters in self.counters)
        postings = Postings()
        losses = dict.fromkeys(PARTICIPANTS, 0)
        claimed = dict.fromkeys(PARTICIPANTS, 0)
        premium = self._premium(flows.lent, postings)
        self.cover.roll(flows.lent, flows.repaid, flows.triggered)
        self._share_claims(flows, claimed, postings)
        recovered = self._share_recoveries(flows, losses, claimed, postings)
        self.fund.receive(premium, recovered)
        topped_up = self._fund_income(month, postings)
        paid, unpaid = self._pay_due(losses, claimed, postings)
        self.cover.close(premium, paid[GUARANTEE_FUND])
        self._reconcile(flows)
        self._decide_status(month, unpaid, topped_up)
        totals = MonthTotals(premium, sum(paid.values()), unpaid, recovered)
        self.last = figures(self, losses, claimed, totals)
        return postings.made

    def _premium(self, lent: int, postings: Postings) -> int:
        """Premium of the month: on what stood guaranteed when it opened, or on what was newly lent."""
        basis = self.scheme.premium_basis
        if basis == "none" or not self.has_fund:
            return 0
        base = self.cover.outstanding if basis == "annual" else lent
        if self.scheme.premium_on == "guaranteed":
            base = base * self.fund_weight // BILLION
        months = 12 if basis == "annual" else 1
        owed = self.premium_carry + base * round(self.fund.settings.premium_rate * BILLION)
        premium, self.premium_carry = divmod(owed, months * BILLION)
        postings.add("premium", LENDER, GUARANTEE_FUND, premium)
        return premium

    def _share_claims(self, flows: PoolFlows, claimed: dict[str, int], postings: Postings) -> None:
        """Run new claims through the layers; guarantors' parts wait for payment, partners' are theirs."""
        allocation = allocate(self.layers, self.counters, flows.triggered, self.cover.bases)
        self.counters = allocation.counters
        self.claims.assign(allocation.borne)
        for name, amount in allocation.borne.items():
            claimed[name] += amount
        for name, waiting in self.queue.items():
            holds_its_loans = self.joint.active and name == PARTNER_BANKS
            waiting.append(0 if holds_its_loans else allocation.borne.get(name, 0))
        self.fund.payable += allocation.borne.get(GUARANTEE_FUND, 0)
        moved = self.joint.month(
            flows.lent, flows.interest, allocation.borne.get(PARTNER_BANKS, 0), self.cover.outstanding
        )
        postings.add_joint(moved)

    def _share_recoveries(
        self, flows: PoolFlows, losses: dict[str, int], claimed: dict[str, int], postings: Postings
    ) -> int:
        """Pass recoveries to those who hold the claims; returns what the guarantee fund receives."""
        live = self.claims.recover(flows.recovered)
        charged = self.claims.write_off(flows.written_off)
        late = self.claims.recover_written_off(flows.recovered_written_off)
        self.claims.abandon(flows.abandoned)
        for name in PARTICIPANTS:
            losses[name] += charged[name] - late[name]
            claimed[name] -= live[name] + late[name]
            if name != LENDER:
                postings.add("recovery_passed_on", LENDER, name, live[name] + late[name])
        if self.joint.active:
            written = charged[PARTNER_BANKS]
            postings.add("joint_write_off", PARTNER_BANKS, LENDER, written, PARTICIPATION)
        return live[GUARANTEE_FUND] + late[GUARANTEE_FUND]

    def _fund_income(self, month: int, postings: Postings) -> bool:
        """Book investment income and the yearly replenishment; returns whether capital was restored."""
        if not self.has_fund:
            return False
        earned = self.fund.invest()
        postings.add("investment_income", OUTSIDE, GUARANTEE_FUND, max(0, earned))
        postings.add("investment_loss", GUARANTEE_FUND, OUTSIDE, max(0, -earned))
        if month == 0 or month % 12 != 0:
            return False
        restored = self.fund.top_up()
        postings.add("replenishment", GOVERNMENT, GUARANTEE_FUND, restored)
        return restored > 0

    def _pay_due(
        self, losses: dict[str, int], claimed: dict[str, int], postings: Postings
    ) -> tuple[dict[str, int], int]:
        """Pay claims whose lag has run; what the fund cannot pay falls on whoever the scheme names."""
        paid = dict.fromkeys(PARTICIPANTS, 0)
        unpaid = 0
        for name, waiting in self.queue.items():
            due = waiting.pop(0)
            paid[name] = self.fund.pay(due) if name == GUARANTEE_FUND else due
            unpaid += due - paid[name]
        if unpaid > 0:
            bearer = self.scheme.insolvent_share_falls_on
            late = self.claims.transfer(GUARANTEE_FUND, bearer, unpaid)
            losses[GUARANTEE_FUND] -= late
            losses[bearer] += late
            claimed[GUARANTEE_FUND] -= unpaid
            claimed[bearer] += unpaid
            if bearer != LENDER:
                paid[bearer] += unpaid
        for name, amount in paid.items():
            if name != LENDER:
                postings.add("compensation", name, LENDER, amount)
        return paid, unpaid

    def _reconcile(self, flows: PoolFlows) -> None:
        """Refuse a month whose closing stocks do not follow from its flows."""
        for name, kept, given in (
            ("covered_outstanding", self.cover.outstanding, flows.covered_outstanding),
            ("triggered_outstanding", self.claims.outstanding, flows.triggered_outstanding),
        ):
            if kept != given:
                raise ValueError(f"PoolFlows.{name}: accounts hold {given} fen, flows lead to {kept} fen")

    def _decide_status(self, month: int, unpaid: int, topped_up: bool) -> None:
        """Decide whether new cover is open from the next month on."""
        if unpaid > 0:
            self.status = EXHAUSTED
            if self.exhaustion_month == NEVER:
                self.exhaustion_month = month
            return
        if self.status == EXHAUSTED and (not topped_up or self.fund.too_small):
            return
        rule = self.scheme.suspension
        if rule.denominator != "none":
            compensated = self.compensation_rates()[rule.denominator]
            if compensated > rule.above:
                self.rule_stopped = 1
            elif rule.resume_below > 0 and compensated <= rule.resume_below:
                self.rule_stopped = 0
        self.status = SUSPENDED if self.rule_stopped or (self.has_fund and self.fund.too_small) else OPEN
        if self.status == SUSPENDED and self.suspension_month == NEVER:
            self.suspension_month = month

    def compensation_rates(self) -> dict[str, float]:
        """Compensation rates of the guarantee fund on the three denominators."""
        return self.cover.compensation_rates(self.fund_weight)

    # ---- checkpoints --------------------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        """Return the whole state as plain integers, lists and dicts of them."""
        return {
            "reference_volume": self.reference_volume,
            "counters": [[getattr(counters, item.name) for item in fields(Counters)] for counters in self.counters],
            "fund": self.fund.save(),
            "claims": self.claims.save(),
            "cover": self.cover.save(),
            "joint": self.joint.save(),
            "queue": {name: list(due) for name, due in self.queue.items()},
            "premium_carry": self.premium_carry,
            "status": self.status,
            "rule_stopped": self.rule_stopped,
            "suspension_month": self.suspension_month,
            "exhaustion_month": self.exhaustion_month,
            "last": dict(self.last),
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over a state that ``save`` returned under the same scheme."""
        self.reference_volume = int(saved["reference_volume"])
        self.counters = tuple(Counters(*map(int, row)) for row in saved["counters"])
        self.fund.restore(saved["fund"])
        self.claims.restore(saved["claims"])
        self.cover.restore(saved["cover"])
        self.joint.restore(saved["joint"])
        self.queue = {name: [int(value) for value in saved["queue"][name]] for name in PAYERS}
        for name in ("premium_carry", "status", "rule_stopped", "suspension_month", "exhaustion_month"):
            setattr(self, name, int(saved[name]))
        self.last = dict(saved["last"])
