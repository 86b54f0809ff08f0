"""Risk sharing in a running model: one scheme, its participants' books, closed once a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sim.sharing.contract import EXHAUSTED, GUARANTORS, NEVER, OPEN, STATE_NAMES, SUSPENDED, UNLIMITED, Contract
from sim.sharing.figures import MonthTotals, figures
from sim.sharing.flows import OUTSIDE, PoolFlows, Posting, Postings
from sim.sharing.terms import BILLION, GOVERNMENT, GUARANTEE_FUND, LENDER, PARTICIPANTS, PARTNER_BANKS
from sim.sharing.waterfall import Allocation, Counters, allocate, promise

__all__ = ["EXHAUSTED", "NEVER", "OPEN", "STATE_NAMES", "SUSPENDED", "UNLIMITED", "RiskSharing"]

YEAR = 12


class RiskSharing(Contract):
    """A contract in force: each month it takes what happened to the covered loans and says what moves."""

    def close_month(self, flows: PoolFlows, lender_capital_ratio: float = 1.0) -> list[Posting]:
        """Run one month through the scheme.

        Parameters
        ----------
        flows : PoolFlows
            What happened to the covered loans.
        lender_capital_ratio : float
            Equity over own loans at the last close: what partner banks see of the lender's solvency.

        Returns
        -------
        list of Posting
            Every movement between sectors, none of them zero. Result figures are in ``last``.

        Raises
        ------
        ValueError
            If a flow is negative or the closing stocks do not follow from the flows.
        """
        if self.never_covered and self.last and flows.are_nothing:
            self.cover.close(0, 0)  # all else is as the month before left it
            return []
        flows.check()
        month, begins_year = self.cover.months, self.cover.begins_year
        if begins_year:
            self.cover.open_year()
            self.counters = tuple(counters.new_year() for counters in self.counters)
        postings = Postings()
        losses = dict.fromkeys(PARTICIPANTS, 0)
        claimed = dict.fromkeys(PARTICIPANTS, 0)
        premium = self._premium(flows, postings)
        layer_premium = self._layer_premiums(postings)
        self.cover.roll(flows.lent, flows.repaid, flows.triggered, flows.risk)
        self.rights_left = max(0, self.rights_left - flows.lent)
        self._share_claims(flows, claimed, postings)
        recovered = self._share_recoveries(flows, losses, claimed, postings, lender_capital_ratio)
        self.fund.receive(premium, recovered[GUARANTEE_FUND])
        topped_up = self._fund_income(begins_year, postings)
        paid, unpaid = self._pay_due(losses, claimed, postings)
        self.cover.close(premium, paid[GUARANTEE_FUND])
        self._end_month(postings)
        self._reconcile(flows)
        self._decide_status(month, unpaid, topped_up)
        totals = MonthTotals(premium, flows.contribution, layer_premium, sum(paid.values()), unpaid, flows.lent)
        self.last = figures(self, losses, claimed, recovered, totals, postings)
        return postings.made

    # ---- premiums -----------------------------------------------------------------------------------

    def _premium(self, flows: PoolFlows, postings: Postings) -> int:
        """Premium of the fund: on what stood guaranteed when the month opened, or on what was newly lent.

        The government pays its part of it; what borrowers paid out of their draws has moved already.
        """
        scheme, basis = self.scheme, self.scheme.premium_basis
        if basis == "none" or not self.has_fund or self.ended:
            return 0
        base = self.cover.outstanding if basis == "annual" else flows.lent
        if scheme.premium_on == "guaranteed":
            base = base * self.fund_weight // BILLION
        unit = (12 if basis == "annual" else 1) * BILLION
        owed = self.premium_carry + base * self.fund.premium_billionths
        premium, self.premium_carry = divmod(owed, unit)
        subsidised = self.subsidy_carry + premium * round(scheme.premium_subsidy * BILLION)
        subsidy, self.subsidy_carry = divmod(subsidised, BILLION)
        postings.add("premium_subsidy", GOVERNMENT, GUARANTEE_FUND, subsidy)
        if scheme.premium_payer != LENDER:
            return flows.contribution + subsidy
        postings.add("premium", LENDER, GUARANTEE_FUND, premium - subsidy)
        return premium

    def _layer_premiums(self, postings: Postings) -> int:
        """Prices of single layers: paid by whose loss the layer takes, on what it promises; returns their sum."""
        if self.ended:
            return 0
        total = 0
        for place, (layer, weight) in enumerate(zip(self.layers, self.weights, strict=True)):
            if layer.premium_rate == 0:
                continue
            standing = promise(layer, weight, self.counters[place], self.cover.bases)
            owed = self.layer_carry[place] + standing * round(layer.premium_rate * BILLION)
            price, self.layer_carry[place] = divmod(owed, YEAR * BILLION)
            payer = layer.of if layer.of in GUARANTORS else LENDER
            paid = self.purses[payer].spend(price) if payer in self.purses else price
            self.purses[layer.participant].receive(paid, 0)
            postings.add("layer_premium", payer, layer.participant, paid)
            total += paid
        return total

    # ---- claims and recoveries ----------------------------------------------------------------------

    def _share_claims(self, flows: PoolFlows, claimed: dict[str, int], postings: Postings) -> None:
        """Run new claims through the layers; guarantors' parts wait for payment, partners' are theirs."""
        allocation = self._allocate(flows.triggered)
        self.counters = allocation.counters
        self.borne = allocation.borne
        self.claims.assign(allocation.borne)
        for name, amount in allocation.borne.items():
            claimed[name] += amount
        for name, waiting in self.queue.items():
            waiting.append(allocation.borne.get(name, 0))
            self.purses[name].payable += allocation.borne.get(name, 0)
        moved = self.joint.month(
            flows.lent, flows.interest, allocation.borne.get(PARTNER_BANKS, 0), self.cover.outstanding
        )
        self.moved = moved
        postings.add_joint(moved)

    def _allocate(self, loss: int) -> Allocation:
        """Who bears a loss now; after its end a scheme shares nothing, and a fund that is cut off pays nothing."""
        if self.ended:
            return Allocation({LENDER: loss}, (0,) * len(self.layers), self.counters)
        found = allocate(self.layers, self.counters, loss, self.cover.bases)
        cut_off = self.scheme.wind_down.at_exhaustion == "cut_off" and self.status == EXHAUSTED
        if not cut_off or not found.borne.get(GUARANTEE_FUND):
            return found
        borne, bearer = dict(found.borne), self.falls_on[GUARANTEE_FUND]
        borne[bearer] = borne.get(bearer, 0) + borne.pop(GUARANTEE_FUND)
        return Allocation(borne, found.by_layer, found.counters)

    def _share_recoveries(
        self,
        flows: PoolFlows,
        losses: dict[str, int],
        claimed: dict[str, int],
        postings: Postings,
        lender_capital_ratio: float,
    ) -> dict[str, int]:
        """Pass recoveries to those who hold the claims; returns what each receives."""
        live = self.claims.recover(flows.recovered)
        charged = self.claims.write_off(flows.written_off)
        late = self.claims.recover_written_off(flows.recovered_written_off)
        given_up = self.claims.abandon(flows.abandoned)
        for name in PARTICIPANTS:
            losses[name] += charged[name] - late[name]
            claimed[name] -= live[name] + late[name]
            if name != LENDER:
                postings.add("recovery_passed_on", LENDER, name, live[name] + late[name])
        for name in GUARANTORS[1:]:
            self.purses[name].receive(0, live[name] + late[name])
        if self.joint.active:
            postings.add("joint_write_off", PARTNER_BANKS, LENDER, charged[PARTNER_BANKS])
        if self.scheme.partners:
            self.partners.month(
                self.cover.months,
                self.moved.funded,
                {
                    "repaid": self.moved.principal + live[PARTNER_BANKS],
                    "charged_off": charged[PARTNER_BANKS],
                    "recovered": late[PARTNER_BANKS],
                    "abandoned": given_up[PARTNER_BANKS],
                },
                self.moved.interest - self.moved.fee,
                lender_capital_ratio,
            )
        return {name: live[name] + late[name] for name in PARTICIPANTS}

    # ---- payment ------------------------------------------------------------------------------------

    def _fund_income(self, begins_year: bool, postings: Postings) -> bool:
        """Book investment income and replenishment; returns whether capital was restored."""
        if not self.has_fund:
            return False
        earned = self.fund.invest()
        postings.add("investment_income", OUTSIDE, GUARANTEE_FUND, max(0, earned))
        postings.add("investment_loss", GUARANTEE_FUND, OUTSIDE, max(0, -earned))
        restored = self.fund.top_up(begins_year)
        postings.add("replenishment", GOVERNMENT, GUARANTEE_FUND, restored)
        return restored > 0

    def _pay_due(
        self, losses: dict[str, int], claimed: dict[str, int], postings: Postings
    ) -> tuple[dict[str, int], int]:
        """Pay claims whose lag has run; what somebody cannot pay falls on whoever the scheme names."""
        paid = dict.fromkeys(GUARANTORS, 0)
        due = {name: waiting.pop(0) for name, waiting in self.queue.items()}
        for name, amount in due.items():
            paid[name] += self.purses[name].pay(amount)
        short = {name: due[name] - paid[name] for name in GUARANTORS}
        unpaid = short[GUARANTEE_FUND] if self.has_fund else sum(short.values())
        while any(short.values()):
            name = next(name for name in GUARANTORS if short[name])
            amount, bearer = short[name], self.falls_on[name]
            short[name] = 0
            late = self.claims.transfer(name, bearer, amount)
            losses[name] -= late
            losses[bearer] += late
            claimed[name] -= amount
            claimed[bearer] += amount
            if bearer != LENDER:
                given = self.purses[bearer].pay(amount, promised=False)
                paid[bearer] += given
                short[bearer] += amount - given
        for name, amount in paid.items():
            postings.add("compensation", name, LENDER, amount)
        return paid, unpaid

    def _end_month(self, postings: Postings) -> None:
        """Set next month's premium, add to the reserve at the year's end, hand over what is left at the end."""
        if not self.has_fund:
            return
        year_ends = self.cover.months % YEAR == 0
        if year_ends:
            self.fund.set_aside(self.liabilities())
        if year_ends or self.fund.settings.premium_rule == "risk_based":
            expected = self.cover.risk / max(self.cover.outstanding, 1)
            experienced = self.compensation_rates()["outstanding"]
            share = 1.0 if self.scheme.premium_on == "guaranteed" else self.fund_weight / BILLION
            self.fund.reprice(expected * share, experienced * share)
        heir = self.scheme.wind_down.surplus_to
        over = self.ended or self.cover.outstanding == 0
        if heir != "nobody" and self.closed and over and self.claims.outstanding == 0 and self.fund.payable == 0:
            postings.add("surplus", GUARANTEE_FUND, heir, self.fund.spend(self.fund.cash))

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

    # ---- checkpoints --------------------------------------------------------------------------------

    NUMBERS = (
        *("reference_volume", "eligible_volume", "premium_carry", "subsidy_carry", "status", "rule_stopped"),
        *("suspension_month", "exhaustion_month", "won_billionths", "rights_left"),
    )
    BOOKS = ("claims", "cover", "joint", "partners")

    def save(self) -> dict[str, Any]:
        """Return the whole state as plain integers, lists and dicts of them."""
        return {
            **{name: getattr(self, name) for name in self.NUMBERS},
            "counters": [[getattr(counters, item.name) for item in fields(Counters)] for counters in self.counters],
            "purses": {name: purse.save() for name, purse in self.purses.items()},
            **{name: getattr(self, name).save() for name in self.BOOKS},
            "queue": {name: list(due) for name, due in self.queue.items()},
            "layer_carry": list(self.layer_carry),
            "last": dict(self.last),
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over a state that ``save`` returned under the same scheme."""
        for name in self.NUMBERS:
            setattr(self, name, int(saved[name]))
        self.counters = tuple(Counters(*map(int, row)) for row in saved["counters"])
        for name, purse in self.purses.items():
            purse.restore(saved["purses"][name])
        for name in self.BOOKS:
            getattr(self, name).restore(saved[name])
        self.queue = {name: [int(value) for value in saved["queue"][name]] for name in GUARANTORS}
        self.layer_carry = [int(value) for value in saved["layer_carry"]]
        self.last = dict(saved["last"])
