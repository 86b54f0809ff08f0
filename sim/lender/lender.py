"""The online lender: capital, funding, provisions, what it may lend, what it earns, when it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from sim.engine.framework import Agent, Model
from sim.engine.tables.table import Table
from sim.lender.classification import COLUMNS, Classification
from sim.lender.costs import capital_ratio, capital_relief, cost_of_servicing, costs_of_controls, dividend, margins
from sim.lender.experience import USUAL_ROLLS, Experience
from sim.lender.impairment import DEFAULT
from sim.lender.note_programme import room_with_notes, settle_notes
from sim.lender.provisioning import FiveCategories, provisions_by_stage
from sim.lender.securitisation import NoteMonth, Notes, Securitised
from sim.lender.settings import LenderSettings
from sim.loan.ledger import Ledger
from sim.loan.postings import LENDER


class Lender(Agent):
    """The balance sheet in fen: equity is what the assets leave after provisions and debt.

    Attributes
    ----------
    cash, funding, provisions, equity : int
        Fen. ``funding`` is debt to the outside world, notes included.
    notes : Notes or None
        Asset-backed notes, where the lender issues any.
    own_loans : int
        Principal on the book that belongs to nobody else.
    relieved : int
        Fen of own loans that need no capital, as guarantors stand for them.
    appetite : float
        Points given to every score this month: above 0 supportive, below 0 tight.
    alert_cut : float
        Danger from which the warning's budget lets somebody be warned this month.
    unemployment_rise : float
        Points by which unemployment has risen in a year, 0 where it fell.
    served : float
        Share of accounts past due that collections staff can work on this month.
    effort : float
        Put into collections this month, 1 where the lender bears every loss.
    collecting : float
        Part of collectors' and courts' work that does not rest this month, as far as the economy lets them.
    complaints : float
        About this month's collections, to be expected.
    collections_cost, profit : int
        Fen, of the last month.
    book_at_start : int
        Principal on the book at the policy date, where growth is capped.
    charge_offs_late, charge_offs_usual : float
        Fen a month charged off, 3-month and 36-month averages.
    rolled_over : float
        Share of what falls due that funders take anew this month, as far as the economy lets them.
    last_requested, last_repaid : int
        Fen that persons asked to draw, and that was repaid, in the last month.
    credit_growth : float
        Growth of the loans outstanding in the last month, fraction.
    balance_history : list of int64[14]
        Principal of persons by months past due at the last four closes.
    allowances, allowance_changes : tuple of int
        Fen of provisions by IFRS 9 stage, and their change in the last month.
    parity_points, review_share : float
        Points given to thin files, and the share of the grey zone that is looked at by hand.
    """

    MEMORY = 12  # months over which usual lending and calm arrears are averaged

    def __init__(self, model: Model, config: Any, borrowers: int) -> None:
        super().__init__(model)
        self.settings: LenderSettings = config.lender
        self.provisioning, self.feedback = config.provisioning, config.feedback
        settings = self.settings
        self.cash = self.equity = settings.equity_per_borrower * borrowers
        self.funding = self.provisions = self.own_loans = self.relieved = 0
        self.failed = self.book_at_start = self.contaminated = 0
        self.appetite = self.parity_points = self.review_share = 0.0
        self.served = self.effort = self.rolled_over = self.collecting = 1.0
        self.collections_cost = self.profit = self.last_requested = self.last_repaid = 0
        self.credit_growth = self.complaints = self.unemployment_rise = 0.0
        self.balance_history: list[np.ndarray] = []
        self.charge_offs_late = self.charge_offs_usual = self.draws_average = self.overdue = 0.0
        self.alert_cut = config.policy.warning.next_cut(None)
        self.matrix = self.rates = settings.provision_rates()
        # Shares of each bucket that roll on: usual ones, until there is a history.
        self.could_roll = np.ones(DEFAULT)
        self.rolled = np.array(USUAL_ROLLS)
        self.last_balance: Any = np.zeros(0, dtype=np.int64)
        self.notes = Notes(config.funding) if isinstance(config.funding, Securitised) else None
        self.note_month = NoteMonth()
        self.classes: Classification | None = None
        watches = config.policy.relief.name != "moratorium"
        if isinstance(config.provisioning, FiveCategories):
            self.classes = Classification(config.provisioning, watches)
        self.experience = Experience(settings, config.provisioning, watches)
        self.allowances: Sequence[int] = (0, 0, 0)
        self.allowance_changes: Sequence[int] = (0, 0, 0)
        self.classed: Any = np.zeros(14, dtype=np.int64)
        self.staged = self.classed

    @property
    def rolls(self) -> np.ndarray:
        """Own estimate of the share k months past due that is k + 1 months past due a month later, float64[4]."""
        return np.minimum(self.rolled / np.maximum(self.could_roll, 1e-9), 1.0)

    def classify(self, books: Sequence[Table], owners: np.ndarray, *balances: np.ndarray) -> Sequence[np.ndarray]:
        """Principal, covered and claimed, as provisions see them: by arrears, or by class or stage where there are any.

        ``owners`` holds the row of the person who stands in for each firm, -1 for nobody.
        """
        if self.classes is not None:
            seen = [{name: book[name] for name in COLUMNS} for book in books]
            balances, self.contaminated = self.classes.balances(seen, owners, *balances)
        self.classed = self.staged = balances[0]
        if self.experience.stages is not None:
            balances = self.experience.stages.balances(books, self.experience.places, balances)
            self.staged = balances[0]
        return balances

    def estimate(self, balance: np.ndarray) -> None:
        """Take the month's balances into the roll rates (a year's memory) and set the provision rates."""
        if len(self.last_balance):
            keep = 1.0 - 1.0 / self.MEMORY
            self.rolled = keep * self.rolled + balance[1 : DEFAULT + 1]
            self.could_roll = keep * self.could_roll + self.last_balance[:DEFAULT]
        self.last_balance = balance.copy()
        self.rates = self.provisioning.rates(self.experience.rates(self.matrix))

    def capacity(self) -> int:
        """Fen of own funds that may be lent this month within capital and leverage limits."""
        if self.failed:
            return 0
        by_capital = self.equity / max(self.settings.minimum_capital_ratio, 1e-9) - self.own_loans + self.relieved
        by_leverage = self._further_debt()
        by_notes = by_leverage if self.notes is None else room_with_notes(self, self.notes, self.funding_share())
        return max(int(min(by_capital, by_leverage, by_notes)), 0)

    def _further_debt(self) -> float:
        """Fen of debt that equity still bears; below zero where there is too much."""
        return self.settings.leverage_cap * self.equity - self.funding + self.cash

    def room_to_grow(self, month: int, book: int) -> int:
        """Fen by which a book of so many may grow this month, over repayments (a static balance sheet: not at all)."""
        if month == 0:
            self.book_at_start = book
        allowed = self.book_at_start * math.pow(1.0 + self.settings.growth_cap, (month + 1) / 12.0)
        return int(allowed) - book

    def relent(self, collected: int) -> int:
        """Fen of a month's repayments that may be lent again: what note holders do not take."""
        taken = self.notes.claimed(collected, self.own_loans + collected) if self.notes is not None else 0
        return collected - taken

    def funding_spread(self) -> float:
        """Cost of all debt above the policy rate, a year: notes and the rest by what is outstanding."""
        if self.notes is None or self.funding == 0:
            return self.settings.funding_spread
        share = self.notes.outstanding / self.funding
        return share * self.notes.settings.note_spread + (1.0 - share) * self.settings.funding_spread

    def remember(self, record: Mapping[str, Any]) -> None:
        """Keep in mind usual new lending and what is usually 90 days past due.

        What funders hold back is usual all the same: else a lender whose new loans are sound again would never lend as
        before. Where they pay for nothing, a month says nothing.
        """
        pace, share = 1.0 / self.MEMORY, self.funding_share()
        self.draws_average += pace * (record["drawn"] / share - self.draws_average) if share > 0.0 else 0.0
        self.overdue += pace * (record["delinquent_90"] - self.overdue)

    def funding_share(self) -> float:
        """Share of usual new lending that funders pay for: what the economy rolls over, less for bad loans.

        Each doubling of the 90+ ratio above what funders tolerate costs ``feedback.funding``: they run from lenders
        whose loans go bad (Calomiris and Kahn, 1991). 1 leaves lending to the lender's own limits.
        """
        doublings = math.log2(max(self.overdue / self.feedback.tolerated_overdue, 1.0))
        return self.rolled_over * max(1.0 - self.feedback.funding * doublings, 0.1)

    def margins(self, policy_rate: float, sharing: Any) -> dict[str, float]:
        """What a further yuan lent earns, costs and risks for the lender itself."""
        return margins(self.settings, policy_rate + self.funding_spread(), sharing)

    def best_effort(self, covered: int, principal: int, retained: float) -> float:
        """Effort in collections, 1 where the lender bears every loss.

        With a quadratic cost of effort the best one is in proportion to the loss that is kept (Holmstrom, 1979);
        ``effort_follows_retention`` says how far the lender follows that.
        """
        if principal <= 0:
            return 1.0
        shared = min(covered / principal, 1.0) * (1.0 - retained)
        return 1.0 - self.settings.effort_follows_retention * shared

    def provision(self, classed: Sequence[np.ndarray], retained: float, others: Fraction) -> int:
        """Provision in fen on what the lender itself may lose, committed lines included, at this month's rates."""
        exposed = [amounts.tolist() for amounts in classed]
        exposed[0][0] += self.experience.commitments
        found = provisions_by_stage(self.rates, exposed, retained, others)
        self.allowance_changes = tuple(now - before for now, before in zip(found, self.allowances, strict=True))
        self.allowances = found
        return sum(found)

    def take_over(self, balance: np.ndarray) -> None:
        """Begin with a book of so many fen by months past due.

        A lender that carries such a book meets its own target; less would stop its lending on the first day.
        """
        loans = int(balance.sum())
        self.balance_history = [balance.copy()]
        self.equity = max(self.equity, int(self.settings.target_capital_ratio * loans))
        self.provisions = self.provision((balance, *np.zeros((2, len(balance)), dtype=np.int64)), 1.0, Fraction(0))
        self.own_loans = loans
        spare = self.equity + self.provisions - loans
        self.cash, self.funding = max(spare, 0), max(-spare, 0)

    def close(
        self,
        ledger: Ledger,
        numbers: Mapping[str, Any],
        stocks: Mapping[str, int],
        provision: int,
        others: int,
        due: int,
        borrowers: int,
        persons: int,
        months_run: int,
        guaranteed: int = 0,
    ) -> None:
        """Close the month's books.

        Parameters
        ----------
        ledger : Ledger
            Flows of the month.
        numbers : mapping
            What funds, checks, reviews, courses and warnings cost.
        stocks : mapping of str to int
            Principal and interest on the book, fen.
        provision, others, due : int
            Fen: for expected losses, principal on the book that belongs to others, compensation claimed and not yet
            paid.
        borrowers, persons, months_run : int
            Accounts that owe; customers whose access is checked; months since the lender began.
        guaranteed : int
            Fen of own loans that have a guarantor's risk weight.
        """
        before = self.equity
        costs = {
            "operating_cost": cost_of_servicing(self.settings, stocks["principal"], borrowers),
            "funding_interest": int(self.funding * numbers["funding_rate"] / 12.0),
            **costs_of_controls(ledger, numbers, persons),
            "collections_cost": int(self.collections_cost),
        }
        for flow, amount in costs.items():
            ledger.move(flow, amount)
        self.cash += ledger.net_cash(LENDER)
        self.own_loans = stocks["principal"] - others
        self.relieved = int(capital_relief(self.settings, guaranteed))
        self.provisions = provision
        # Cash below zero is borrowed, cash above zero repays debt.
        self.equity = self.cash + self.own_loans + stocks["interest"] + due - self.provisions - self.funding
        self.profit = self.equity - before
        if months_run >= 12:
            self._pay_out(ledger)
        if self.notes is not None:
            settle_notes(self, self.notes, ledger, numbers, stocks["principal"], self.funding_share())
        self._fund(ledger)
        self.failed = max(self.failed, int(self.equity < 0))

    def _pay_out(self, ledger: Ledger) -> None:
        if self.failed or self.own_loans == 0:
            return
        needs = self.own_loans - self.relieved
        paid = dividend(self.settings, self.equity, self.profit, needs, self.funding - self.cash)
        ledger.move("dividends", paid)
        self.cash -= paid
        self.equity -= paid

    def _fund(self, ledger: Ledger) -> None:
        if self.cash < 0:
            ledger.move("funding_drawn", -self.cash)
            self.funding -= self.cash
            self.cash = 0
        repaid = min(self.cash, self.funding - (self.notes.outstanding if self.notes is not None else 0))
        if repaid > 0:
            ledger.move("funding_repaid", repaid)
            self.cash -= repaid
            self.funding -= repaid

    @property
    def capital_ratio(self) -> float:
        """See `sim.lender.costs.capital_ratio`."""
        return capital_ratio(self.equity, self.own_loans)
