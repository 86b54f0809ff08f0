"""The online lender: capital, funding, provisions, what it may lend, what it earns, when it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.lender.capital import risk_weighted
from sim.lender.classification import COLUMNS, Classification
from sim.lender.impairment import DEFAULT, default_probabilities
from sim.lender.note_programme import room_with_notes, settle_notes
from sim.lender.provisioning import FiveCategories, as_written, classes_of, stages_of
from sim.lender.securitisation import NoteMonth, Notes, Securitised
from sim.lender.settings import LenderSettings

if TYPE_CHECKING:
    from sim.firms.settings import FeedbackSettings
    from sim.month.model import Model


class Lender(mesa.Agent):
    """The balance sheet in fen: equity is what the assets leave after provisions and debt.

    Attributes
    ----------
    cash, funding, provisions, equity : int
        Fen. ``funding`` is debt to the outside world, notes included.
    notes : Notes or None
        Asset-backed notes, where the lender issues any.
    own_loans : int
        Principal on the book that belongs to nobody else.
    appetite : float
        Points given to every score this month: above 0 supportive, below 0 tight.
    alert_cut : float
        Danger from which the warning's budget lets somebody be warned this month.
    served : float
        Share of accounts past due that collections staff can work on this month.
    complaints : float
        About this month's collections, to be expected.
    book_at_start : int
        Principal on the book at the policy date, where growth is capped.
    charge_offs_late, charge_offs_usual : float
        Fen a month charged off, 3-month and 36-month averages.
    parity_points, review_share : float
        Points given to thin files, and the share of the grey zone that is looked at by hand.
    """

    NUMBERS = ("cash", "funding", "provisions", "equity", "own_loans", "failed", "draws_average", "overdue",
               "appetite", "alert_cut", "parity_points", "review_share", "served", "charge_offs_late",
               "charge_offs_usual", "rolled", "could_roll", "last_balance", "book_at_start")  # fmt: skip
    MEMORY = 12  # months over which usual lending and calm arrears are averaged

    def __init__(self, model: Model, settings: LenderSettings, borrowers: int) -> None:
        super().__init__(model)
        self.settings = settings
        self.cash = self.equity = settings.equity_per_borrower * borrowers
        self.funding = self.provisions = self.own_loans = 0
        self.failed = self.book_at_start = 0
        self.appetite = self.parity_points = self.review_share = 0.0
        self.served = 1.0
        self.complaints = 0.0
        self.charge_offs_late = self.charge_offs_usual = 0.0
        self.alert_cut = model.config.policy.warning.next_cut(None)
        self.draws_average = self.overdue = 0.0
        self.matrix = self.rates = settings.provision_rates()
        # Shares of each bucket that roll on: usual ones, until there is a history.
        self.could_roll = np.ones(DEFAULT)
        self.rolled = np.array([0.012, 0.45, 0.60, 0.75])
        self.last_balance: Any = np.zeros(0, dtype=np.int64)
        funding = model.config.funding
        self.notes = Notes(funding) if isinstance(funding, Securitised) else None
        self.note_month = NoteMonth()
        self.classes: Classification | None = None
        if isinstance(model.config.provisioning, FiveCategories):
            watches = model.config.policy.relief.name != "moratorium"
            self.classes = Classification(model.config.provisioning, watches)
        self.classed: Any = np.zeros(14, dtype=np.int64)
        self.contaminated = 0

    @property
    def rolls(self) -> np.ndarray:
        """Own estimate of the share k months past due that is k + 1 months past due a month later, float64[4]."""
        return np.minimum(self.rolled / np.maximum(self.could_roll, 1e-9), 1.0)

    def classify(self, *balances: np.ndarray) -> Sequence[np.ndarray]:
        """Principal, covered and claimed, as provisions see them: by arrears, or by class where there are classes."""
        if self.classes is not None:
            model, firms = self.model, self.model.firms
            books = [{name: book[name] for name in COLUMNS} for book in model.books]
            liable = firms.settings.owner_guarantee > 0 and firms.exist
            owners = firms.private["owner"].astype(np.int64) if liable else np.full(firms.rows, -1)
            balances, self.contaminated = self.classes.balances(books, owners, *balances)
        self.classed = balances[0]
        return balances

    def estimate(self, balance: np.ndarray) -> None:
        """Take the month's balances into the roll rates (a year's memory) and set the provision rates."""
        if len(self.last_balance):
            keep = 1.0 - 1.0 / self.MEMORY
            self.rolled = keep * self.rolled + balance[1 : DEFAULT + 1]
            self.could_roll = keep * self.could_roll + self.last_balance[:DEFAULT]
        self.last_balance = balance.copy()
        chosen = self.model.config.provisioning
        self.rates = chosen.rates(self.matrix, self.rolls, self.settings.loss_given_default)

    def prudential(self, profit: int) -> dict[str, float]:
        """Figures of the books by the supervisor's yardsticks, at the month's close."""
        balance, lgd = self.last_balance, self.settings.loss_given_default
        by_ratings, standard = risk_weighted(balance, default_probabilities(self.rolls), lgd)
        bad = float(balance[DEFAULT:].sum())
        return {
            **stages_of(balance),
            **classes_of(self.classed),
            "contaminated": self.contaminated,
            "rwa_irb": int(by_ratings),
            "rwa_standardised": int(standard),
            "coverage": self.provisions / bad if bad > 0 else 0.0,
            "raroc": 12.0 * profit / (0.08 * by_ratings) if by_ratings > 0 else 0.0,
            "roe": 12.0 * profit / self.equity if self.equity > 0 else 0.0,
        }

    def capacity(self) -> int:
        """Fen of own funds that may be lent this month within capital and leverage limits."""
        if self.failed:
            return 0
        by_capital = self.equity / max(self.settings.minimum_capital_ratio, 1e-9) - self.own_loans
        by_leverage = self.settings.leverage_cap * self.equity - self.funding + self.cash
        by_notes = by_leverage if self.notes is None else room_with_notes(self, self.notes)
        return max(int(min(by_capital, by_leverage, by_notes)), 0)

    def rolled_over(self) -> float:
        """Share of what falls due that funders take anew this month."""
        return self.funding_share(self.model.economy.month(self.model.month).funding, self.model.config.feedback)

    def room_to_grow(self, month: int) -> int:
        """Fen by which the book may grow this month, over repayments (a static balance sheet: not at all)."""
        book = self.model.ledger.both_stocks()["principal"]
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
        """Keep in mind usual new lending and what is usually 90 days past due."""
        pace = 1.0 / self.MEMORY
        self.draws_average += pace * (record["drawn"] - self.draws_average)
        self.overdue += pace * (record["delinquent_90"] - self.overdue)

    def funding_share(self, rolled_over: float, feedback: FeedbackSettings) -> float:
        """Share of usual new lending that funders pay for: what the economy rolls over, less for bad loans.

        Each doubling of the 90+ ratio above what funders tolerate costs ``feedback.funding``: they run from lenders
        whose loans go bad (Calomiris and Kahn, 1991). 1 leaves lending to the lender's own limits.
        """
        doublings = math.log2(max(self.overdue / feedback.tolerated_overdue, 1.0))
        return rolled_over * max(1.0 - feedback.funding * doublings, 0.1)

    def margins(self, policy_rate: float, sharing: Any) -> dict[str, float]:
        """What a further yuan lent earns, costs and risks for the lender itself.

        ``loss_share`` is LGD times the retained share of the loss; a joint lender earns on its own
        part (``own_share``) and takes a fee on its partners'. ``whole_...`` is the same as if nothing were shared.
        """
        own = sharing.funding_share()
        retained = sharing.lender_share()
        fee = sharing.scheme.facilitation_fee * (1.0 - own)
        funding_rate = policy_rate + self.funding_spread()
        return {
            "funding_rate": funding_rate,
            "own_share": own,
            "margin_share": own + fee,
            "margin_cost": own * funding_rate + self.settings.operating_cost + sharing.premium_cost(),
            "loss_share": self.settings.loss_given_default * retained,
            "whole_loss": self.settings.loss_given_default,
            "whole_cost": funding_rate + self.settings.operating_cost,
        }

    def effort(self, covered: int, principal: int, retained: float) -> float:
        """Effort in collections, 1 where the lender bears every loss.

        With a quadratic cost of effort the best one is in proportion to the loss that is kept (Holmstrom, 1979);
        ``effort_follows_retention`` says how far the lender follows that.
        """
        if principal <= 0:
            return 1.0
        shared = min(covered / principal, 1.0) * (1.0 - retained)
        return 1.0 - self.settings.effort_follows_retention * shared

    def provision(self, classed: Sequence[np.ndarray], retained: float, others: Fraction) -> int:
        """Provision for expected losses by months past due, on what the lender itself may lose: the nearest fen.

        Parameters
        ----------
        classed : three times int64[14]
            Principal in fen by months past due: all of it, what stands covered, what has been claimed.
        retained : float
            Share of a loss on covered loans that the lender bears.
        others : Fraction
            Share of the claims that belongs to others.
        """
        rates, ceded = [as_written(rate) for rate in self.rates], 1 - as_written(retained)
        # Whole numbers over one denominator: exact, and quicker than adding up fractions.
        over = math.lcm(2, ceded.denominator, others.denominator)
        kept, gone, theirs = over, int(ceded * over), int(others * over)
        under = math.lcm(*(rate.denominator for rate in rates))
        total = under * over // 2
        for rate, balance, cover, claim in zip(rates, *(amounts.tolist() for amounts in classed), strict=True):
            share = rate.numerator * (under // rate.denominator)
            total += share * (kept * balance - gone * cover - theirs * claim)
        return max(total // (under * over), 0)

    def close(self, flows: dict[str, int], stocks: dict[str, int], provision: int, others: int, due: int) -> int:
        """Close the month's books and return the profit in fen.

        ``others`` is principal on the book that belongs to others, ``due`` compensation claimed and
        not yet paid. Cash below zero is borrowed, cash above zero repays debt.
        """
        ledger = self.model.ledger
        settings = self.settings
        before = self.equity
        ledger.move("operating_cost", int(stocks["principal"] * settings.operating_cost / 12.0))
        rate = self.model.environment["funding_rate"]
        ledger.move("funding_interest", int(self.funding * rate / 12.0))
        standing = self.model.standing
        checks = (flows["draws_granted"] + flows["draws_blocked"]) * standing["check_cost"]
        access = float(standing["access_control"]) * int(standing["access_cost"])
        checks += int(access * self.model.people.size)
        ledger.move("check_cost", checks)
        reviews = ledger.both("reviews") * standing["review_cost"]
        reviews += ledger.both("referrals") * standing["referral_cost"]
        ledger.move("review_cost", reviews)
        courses = ledger.flows["courses"] * standing["education_cost"]
        ledger.move("education_cost", courses)
        ledger.move("warning_cost", ledger.both("alerts") * standing["alert_cost"])
        ledger.move("collections_cost", int(self.model.collections_cost))
        self.cash += cash_flow(ledger.matrix())
        self.own_loans = stocks["principal"] - others
        self.provisions = provision
        self.equity = self._net_worth(stocks, due)
        profit = self.equity - before
        self._pay_out(profit)
        if self.notes is not None:
            settle_notes(self, self.notes, stocks["principal"])
        self._fund()
        if self.equity < 0:
            self.failed = 1
        return profit

    def _net_worth(self, stocks: dict[str, int], due: int) -> int:
        return self.cash + self.own_loans + stocks["interest"] + due - self.provisions - self.funding

    def _pay_out(self, profit: int) -> None:
        excess = self.equity - int(self.settings.target_capital_ratio * self.own_loans)
        if self.failed or excess <= 0 or self.own_loans == 0 or self.model.months_run < 12:
            return
        dividend = min(excess, max(profit, 0) + int(excess * self.settings.payout_pace))
        self.model.ledger.move("dividends", dividend)
        self.cash -= dividend
        self.equity -= dividend

    def _fund(self) -> None:
        if self.cash < 0:
            self.model.ledger.move("funding_drawn", -self.cash)
            self.funding -= self.cash
            self.cash = 0
        repaid = min(self.cash, self.funding - (self.notes.outstanding if self.notes is not None else 0))
        if repaid > 0:
            self.model.ledger.move("funding_repaid", repaid)
            self.cash -= repaid
            self.funding -= repaid

    @property
    def capital_ratio(self) -> float:
        """Equity over own loans; 0 without loans."""
        return self.equity / self.own_loans if self.own_loans > 0 else 0.0


def cash_flow(matrix: dict[tuple[str, str, str], tuple[int, int]]) -> int:
    """Net cash that reached the lender, from its own side of every flow."""
    total = 0
    for (instrument, payer, receiver), (paid, received) in matrix.items():
        if instrument == "cash":
            total += received * (receiver == "lender") - paid * (payer == "lender")
    return total
