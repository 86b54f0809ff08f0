"""Settings of the firms and of the links between them, persons and the lender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sim.engine.tables.declare import setting
from sim.loan.states import LARGEST

LONGEST_DEGREE = 8


@dataclass(frozen=True)
class FirmSettings:
    """How many firms there are, who they are and how they decide; field names are argument names of rules."""

    NEEDS: ClassVar[str] = "firms.per_person>0"

    name: str = setting("standard", meaning="chosen population of firms")
    per_person: float = setting(0.06, 0.0, 0.5, unit="firms a person", meaning="firms at the start; 0 = none")
    small_share: float = setting(0.15, 0.0, 1.0, unit="share of firms", meaning="small firms; the rest are micro")
    micro_staff: float = setting(4.0, 0.0, 100.0, unit="persons", meaning="mean staff of a micro firm (assumption)")
    small_staff: float = setting(30.0, 1.0, 1000.0, unit="persons", meaning="mean staff of a small firm (assumption)")
    productivity_persistence: float = setting(
        0.94, 0.0, 0.999, unit="a month", meaning="what is left after a month of a firm's own luck (assumption)"
    )
    productivity_sd: float = setting(
        0.2, 0.0, 2.0, unit="log points", meaning="sd of a firm's own luck with its sales (assumption)"
    )
    recession_variance: float = setting(
        1.5,
        0.0,
        10.0,
        unit="share",
        meaning="rise of the variance of that luck at the trough of the cycle",
        needs="economy.kind!=central|factor or economy.path.stress>0",
    )
    late_payment: float = setting(
        0.4,
        0.0,
        5.0,
        unit="share",
        meaning="rise of the days that customers outside take to pay, at the trough of the cycle (assumption)",
        needs="economy.kind!=central|factor or economy.path.stress>0",
    )
    accident_hazard: float = setting(
        0.0008, 0.0, 1.0, unit="a month", meaning="chance of a sudden loss: fire, lawsuit, theft (assumption)"
    )
    accident_size: float = setting(1.5, 0.0, 60.0, unit="months of sales", meaning="mean of such a loss (assumption)")
    # The network of suppliers.
    degree: int = setting(4, 0, LONGEST_DEGREE, unit="firms", meaning="suppliers of a firm among the firms")
    concentration: float = setting(
        0.5, 0.0, 5.0, unit="exponent", meaning="how far suppliers are chosen by size: 0 = evenly, 1 = in proportion"
    )
    largest_customer: float = setting(
        0.4, 0.0, 1.0, unit="share of a supplier's sales", meaning="no firm sells more to one other (assumption)"
    )
    network_share: float = setting(
        0.6, 0.0, 1.0, unit="share of inputs", meaning="inputs bought from firms of the network (assumption)"
    )
    credit_sales: float = setting(
        0.6, 0.0, 1.0, unit="share of sales outside", meaning="sales to the outside world on trade credit (assumption)"
    )
    # The platform's weight.
    demand_share: float = setting(
        0.25, 0.0, 0.9, unit="share of final demand", meaning="the persons' part in final demand; the rest is outside"
    )
    credit_share: float = setting(
        0.4, 0.0, 1.0, unit="share of firms", meaning="bank with the platform; the others have a line outside"
    )
    # Decisions.
    forecast_weight: float = setting(
        0.15, 0.0, 1.0, unit="a month", meaning="weight of the last month in expected sales (assumption)"
    )
    layoff_speed: float = setting(
        0.1, 0.0, 1.0, unit="share a month", meaning="part of the surplus staff laid off in a month (assumption)"
    )
    layoff_band: float = setting(
        0.15, 0.0, 1.0, unit="share of staff", meaning="surplus that is kept, for hiring costs (assumption)"
    )
    layoff_part: float = setting(
        0.35, 0.0, 1.0, unit="share of separations", meaning="calm separations that are layoffs by firms (calibrated)"
    )
    slack: float = setting(0.04, 0.0, 0.5, unit="share of staff", meaning="vacant places in calm times (assumption)")
    overtime: float = setting(
        1.25, 1.0, 3.0, unit="times normal output", meaning="most that the staff can make in a month (assumption)"
    )
    stock_adjustment: float = setting(
        0.35, 0.0, 1.0, unit="share a month", meaning="part of the gap of inventory closed in a month (assumption)"
    )
    liquidity_months: float = setting(
        0.7, 0.0, 24.0, unit="months of wages and fixed cost", meaning="cash that the median owner aims at (calibrated)"
    )
    thrift_spread: float = setting(
        1.0, 0.0, 3.0, unit="log points", meaning="how far owners differ in the cash that they keep"
    )
    line_cover: float = setting(
        0.25, 0.0, 1.0, unit="share", meaning="part of an open line not drawn that stands in for cash (assumption)"
    )
    payout: float = setting(
        0.95, 0.0, 1.0, unit="share of profit", meaning="taken out by the median owner, whatever the cash (assumption)"
    )
    dividend_pace: float = setting(
        0.25, 0.0, 1.0, unit="share a month", meaning="cash above the target paid to owners outside (assumption)"
    )
    scale_adjustment: float = setting(
        0.015, 0.0, 1.0, unit="a month", meaning="pace at which fixed cost and usual sales follow expected sales"
    )
    owner_absorbs: float = setting(
        0.3, 0.0, 1.0, unit="share", meaning="part of a fall in profit that the owner's drawings take (assumption)"
    )
    working_capital_months: float = setting(
        0.2, 0.0, 12.0, unit="months of cost", meaning="cash at hand below which a firm draws on its line (assumption)"
    )
    prudence: float = setting(
        0.7, 0.0, 1.0, unit="share", meaning="part of the inputs beyond its means that a firm forgoes (assumption)"
    )
    lender_first: float = setting(
        0.0,
        0.0,
        1.0,
        unit="share of what is due",
        meaning="kept for the lender by a firm that is late with it, before suppliers (assumption)",
    )
    unpaid_months: int = setting(
        3, 1, 24, unit="months", meaning="a firm that cannot pay its suppliers for so long fails (assumption)"
    )
    petition_months: int = setting(
        4, 1, 13, unit="months past due", meaning="the lender has a firm wound up that is so late (assumption)"
    )
    insolvency_months: float = setting(
        1.0, 0.0, 60.0, unit="months of sales", meaning="debts above assets at which a firm gives up (assumption)"
    )
    overdraft_months: float = setting(
        0.6, 0.0, 24.0, unit="months of sales", meaning="line outside of firms that do not bank with the platform"
    )
    entry_hazard: float = setting(
        0.10, 0.0, 1.0, unit="a month", meaning="a successor takes up the market of a failed firm (assumption)"
    )
    # Loans to firms.
    opening_multiple: float = setting(1.5, 0.0, 60.0, unit="months of inflow seen", meaning="opening limit of a firm")
    limit_cap: int = setting(
        100_000_000,
        0,
        LARGEST,
        unit="fen",
        meaning="largest limit of a firm (1 m yuan: draft rule of 2020-11-02)",
    )
    charge_off_months: int = setting(
        7, 2, 13, unit="months past due", meaning="charge-off age of loans to firms: 7 = 180 days (assumption)"
    )
    # Accounts have a column `term`, the lender's relief has months of grace of its own.
    term: int = setting(
        12, 1, 60, unit="months", meaning="instalments of a working-capital or project loan", read_as="firm_term"
    )
    grace_months: int = setting(
        12, 0, 60, unit="months", meaning="interest only, technology loan (assumption)", read_as="firm_grace_months"
    )
    harvest_month: int = setting(9, 0, 11, unit="0 is January", meaning="month in which farm loans fall due")
    planting_month: int = setting(2, 0, 11, unit="0 is January", meaning="month in which farm loans are drawn")
    planting_share: float = setting(
        1.5, 0.0, 12.0, unit="months of sales", meaning="farm loan at planting, within the limit (assumption)"
    )
    research_gain: float = setting(
        0.08, 0.0, 2.0, unit="log points", meaning="mean rise of productivity when research pays off (assumption)"
    )
    research_months: int = setting(18, 1, 120, unit="months", meaning="mean time until research pays off (assumption)")
    research_spread: float = setting(
        0.0, 0.0, 2.0, unit="log points", meaning="how far firms differ in research over the usual of their sector"
    )
    project_hazard: float = setting(0.01, 0.0, 1.0, unit="a month", meaning="a small firm meets a project (assumption)")
    project_size: float = setting(1.5, 0.0, 60.0, unit="months of sales", meaning="mean cost of a project (assumption)")
    project_cap: int = setting(
        20_000_000, 0, LARGEST, unit="fen", meaning="largest project financed; larger ones are turned away and counted"
    )
    project_gain: float = setting(
        0.10, 0.0, 2.0, unit="log points", meaning="rise of productivity when a project is finished (assumption)"
    )
    milestone_months: int = setting(4, 1, 24, unit="months", meaning="between two of the three tranches")
    diversion: float = setting(
        0.25, 0.0, 1.0, unit="a project", meaning="chance that the least honest divert a tranche (assumption)"
    )
    detection: float = setting(
        0.5, 0.0, 1.0, unit="a milestone", meaning="chance that a diverted tranche is found out (assumption)"
    )
    # What is left when a firm fails.
    pledge_share: float = setting(
        0.3, 0.0, 24.0, unit="months of sales", meaning="movable assets that a small firm pledges (assumption)"
    )
    normal_failures: float = setting(
        0.04, 0.0001, 1.0, unit="share of firms a year", meaning="sellers up to which prices hold (assumption)"
    )
    resale_price: float = setting(
        0.15, 0.0, 1.0, unit="share of value", meaning="what goods and pledges of a failed firm bring (assumption)"
    )
    claims_price: float = setting(
        0.3, 0.0, 1.0, unit="share of value", meaning="what claims of a failed firm on its customers bring (assumption)"
    )
    estate_cost: float = setting(
        0.25,
        0.0,
        1.0,
        unit="share of the estate",
        meaning="administration, taxes, severance before creditors (assumption)",
    )
    owner_guarantee: float = setting(
        0.6, 0.0, 1.0, unit="share of the owner's cash", meaning="taken at failure under joint liability; 0 = none"
    )
    owner_garnish: float = setting(
        0.075, 0.0, 1.0, unit="share of the owner's income", meaning="paid monthly on the failed firm's loan"
    )

    def count_among(self, persons: int) -> int:
        """Firms at the start among so many persons."""
        return round(self.per_person * persons)

    def check(self) -> Iterator[str]:
        """Cross-field problems, one line each."""
        if self.network_share > 0 and self.degree == 0 and self.per_person > 0:
            yield f"firms.degree: 0, must be at least 1 when firms.network_share is {self.network_share:g}"
        if self.harvest_month == self.planting_month:
            yield f"firms.planting_month: {self.planting_month}, must differ from firms.harvest_month"


@dataclass(frozen=True)
class FeedbackSettings:
    """Strength of each link from firms, persons and lender to one another: 0 switches it off, 1 is its full size."""

    NEEDS: ClassVar[str] = "firms.per_person>0"

    name: str = setting("all", meaning="chosen set of links")
    credit: float = setting(
        1.0, 0.0, 2.0, unit="times firms.prudence", meaning="short working capital lowers orders, and output after them"
    )
    jobs: float = setting(
        1.0, 0.0, 1.0, unit="share", meaning="part of job losses and hires that firms decide; the rest is the path's"
    )
    demand: float = setting(
        1.0, 0.0, 1.0, unit="share", meaning="part of the persons' demand that follows what they really spend"
    )
    trade_credit: float = setting(
        1.0, 0.0, 1.0, unit="share", meaning="part of a failed customer's debt that suppliers lose; the rest is insured"
    )
    fire_sale: float = setting(
        0.3, 0.0, 3.0, unit="elasticity", meaning="fall of the resale price with sellers beyond the normal number"
    )
    funding: float = setting(
        0.5, 0.0, 10.0, unit="share", meaning="fall of funding per doubling of the 90+ ratio above what is tolerated"
    )
    tolerated_overdue: float = setting(
        0.08, 0.001, 1.0, unit="fraction of outstanding", meaning="90+ ratio up to which funders stay (assumption)"
    )
