"""What crosses rows in a firm's month: jobs, orders, trade credit, credit from the lender, the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.tables.finite import check_numbers
from sim.firms import trade_loops as loops
from sim.firms.clearing import clear
from sim.firms.firm import NO_FIRM
from sim.firms.firms import firms_by_sector
from sim.firms.labour import fill_vacancies, layoff_thresholds
from sim.loan.postings import SPENDING
from sim.loan.states import FAILED
from sim.persons.employment import job_risk

if TYPE_CHECKING:
    from sim.month.model import Model

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)


def found_all(model: Model) -> None:
    """Found the firms of the first month: owners among the employed, staff by sector, suppliers, markets."""
    firms, people, persons = model.firms, model.people, model.persons
    sectors = np.repeat(np.arange(PRIVATE), firms_by_sector(firms.count))
    rows = firms.found(sectors, model.month, model.environment)
    staff_wanted = firms.private["vacancies"][rows].astype(float)
    order = people.uniforms("firm_owner", np.arange(people.size), model.month)
    working = (persons["employed"] > 0) & (model.accounts["alive"] > 0)
    for sector in range(PRIVATE):
        own = rows[sectors == sector]
        hands = np.flatnonzero(working & (persons["sector"] == sector))
        hands = hands[np.argsort(order[hands], kind="stable")]
        owners = hands[: len(own)]
        # Without enough persons some firms stay without an owner and close at once.
        appoint(model, own[: len(owners)], owners)
        firms.private["trading"][own[len(owners) :]] = firms.accounts["alive"][own[len(owners) :]] = 0
        rest = hands[len(own) :]
        if len(owners) and len(rest):
            weight = np.maximum(staff_wanted[sectors == sector][: len(owners)] - 1.0, 0.0) + 1e-9
            cuts = np.floor(np.cumsum(weight) / weight.sum() * len(rest) + 0.5).astype(np.int64)
            persons["employer"][rest] = own[np.searchsorted(cuts, np.arange(len(rest)), side="right")]
    firms.private["vacancies"][:] = 0
    count_staff(model)
    rows = firms.trading()
    share = firms.standing["wage_share_by_sector"][firms.private["sector"][rows]]
    firms.private["normal_sales"][rows] = (firms.private["labour"][rows] / share).astype(np.int64)
    open_markets(model, rows)
    calendar = model.economy.month(model.month).calendar_month
    firms.furnish(rows, (calendar - 1) % 12, stationary=True)
    firms.count_debts()
    firms.jobless_by_sector = np.bincount(
        persons["sector"][(persons["employed"] == 0) & (model.accounts["alive"] > 0)], minlength=PRIVATE + 1
    )


def open_markets(model: Model, rows: Rows) -> None:
    """Choose suppliers, and let final demand be what the orders of other firms leave of usual sales."""
    firms = model.firms
    firms.choose_suppliers(rows, model.month)
    inputs = firms.standing["input_share_by_sector"][firms.private["sector"]] * firms.private["normal_sales"]
    orders = firms.links["share"] * inputs[firms.links["buyer"]]
    from_firms = np.bincount(firms.links["supplier"], orders, firms.rows)[rows]
    sales = firms.private["normal_sales"][rows]
    firms.private["market"][rows] = np.maximum(sales - from_firms, 0.1 * sales).astype(np.int64)


def appoint(model: Model, firms: Rows, owners: Rows) -> None:
    """Make persons the owners of firms, one each."""
    persons = model.persons
    persons["employed"][owners], persons["months_jobless"][owners] = 1, 0
    persons["employer"][owners] = persons["owns"][owners] = firms
    model.firms.private["owner"][firms] = owners


def count_staff(model: Model) -> None:
    """Count each firm's staff and capacity anew from the persons."""
    firms, persons = model.firms, model.persons
    at_work = (persons["employed"] > 0) & (model.accounts["alive"] > 0)
    employer = persons["employer"][at_work]
    firms.private["staff"][:] = np.bincount(employer, minlength=firms.rows)
    firms.private["labour"][:] = np.bincount(employer, persons["income_permanent"][at_work], firms.rows)
    firms.private["staff"][NO_FIRM] = firms.private["labour"][NO_FIRM] = 0


def settle_markets(model: Model) -> None:
    """Let markets grow or shrink with the people of the place, as long as the burn-in lasts.

    Labour that usual sales ask for then meets the labour there is; after the policy date markets are given.
    """
    firms, private = model.firms, model.firms.private
    trading = private["trading"] > 0
    sector = private["sector"]
    staff, labour = (np.bincount(sector, private[name] * trading, PRIVATE) for name in ("staff", "labour"))
    need = np.bincount(sector, private["normal_sales"] * trading, PRIVATE) * firms.standing["wage_share_by_sector"]
    at_work = 1.0 - model.economy.month(model.month).unemployment_calm
    people = labour * at_work * (staff + firms.jobless_by_sector[:PRIVATE]) / np.maximum(staff, 1)
    pace = np.clip(np.sqrt(people / np.maximum(need, 1.0)), 0.8, 1.25)
    factor = np.where(need > 0.0, pace, 1.0)[sector]
    for name in ("market", "normal_sales", "expected_sales", "fixed_cost"):
        private[name][:] = (private[name] * factor).astype(np.int64)


# ---- before the persons' month ----------------------------------------------------------------------


def open_firms(model: Model) -> None:
    """Let debts fall due and set the numbers that firms read this month."""
    firms = model.firms
    economy = model.economy.month(model.month, model.credit_growth)
    firms.fall_due()
    if model.month < 0:
        settle_markets(model)
    firms.count_debts()
    firms.environment = firms.numbers(model.environment, economy)
    if model.firm_scores.by_sector:
        firms.environment.give("firms' cards", model.firm_scores.numbers())
    check_numbers(model.month, "firms'", firms.environment)


def clear_trade(model: Model) -> None:
    """Let firms pay what is due to suppliers: all they have, in proportion, and what they receive with it."""
    firms, private = model.firms, model.firms.private
    due = firms.links["due"].copy()
    result = clear(firms.first_links(), firms.links["supplier"], due, private["funds"])
    firms.links["due"][:] -= result.paid
    outside = int(result.received[NO_FIRM])
    private["cash"][:] += result.received - result.spent
    private["cash"][NO_FIRM] = 0
    model.ledger.move("inputs_paid_outside", outside)
    model.ledger.trade(int(result.paid[firms.links["supplier"] > 0].sum()), int(result.received.sum()) - outside)
    firms.count_debts()


def order_inputs(model: Model) -> None:
    """Send the firms' orders to their suppliers, on trade credit; the goods come at once."""
    firms, private, flows = model.firms, model.firms.private, model.ledger.flows
    orders = np.where(private["trading"] > 0, private["orders"], 0)
    sold = firms.place_orders(orders)
    outside = int(sold[NO_FIRM])
    sold[NO_FIRM] = 0
    private["orders_in"][:] = sold
    private["inventory"][:] += orders
    total = int(orders.sum())
    flows["inputs_ordered"] += total
    flows["orders_from_outside"] += outside
    flows["orders_from_firms"] += total - outside


def lay_off(model: Model) -> None:
    """Find the luck below which each firm's staff loses the job, and what owners draw.

    Where firms do not decide on jobs, those whom a firm lets go look for a place at another this month.
    """
    firms, persons = model.firms, model.persons
    layoffs = np.where(firms.private["trading"] > 0, firms.private["layoffs"], 0)
    thresholds = np.zeros(firms.rows)
    if layoffs.any():
        rows = staff_of(model, layoffs > 0)
        rows = rows[persons["owns"][rows] == 0]
        luck = model.people.uniforms("job", rows, model.month)
        risk, employer = _job_risk(model, rows), persons["employer"][rows].astype(np.int64)
        thresholds = layoff_thresholds(employer, luck, risk, layoffs)
        if firms.weight_of_jobs == 0.0:
            persons["employer"][rows[luck < thresholds[employer] * risk]] = 0
            thresholds[:] = 0.0
    if firms.weight_of_jobs > 0.0:
        failed = firms.private["failed_month"] == model.month
        thresholds[failed & (firms.private["trading"] == 0)] = FAILED
        thresholds[NO_FIRM] = 0.0
    drawings = firms.private["owner_share"].astype(float)
    drawings[NO_FIRM] = 1.0
    model.environment.give(
        "firms' layoffs",
        {
            "firm_rows": firms.rows,
            "firm_sectors": PRIVATE,
            "layoff_by_employer": thresholds,
            "owner_share_by_owns": drawings,
            "owners_stay": int(firms.weight_of_jobs > 0),
        },
    )


def staff_of(model: Model, marked: NDArray[np.bool_]) -> Rows:
    """Rows of the persons who work at marked firms, their owners included."""
    persons, size = model.persons, model.people.size
    rows = np.empty(size, dtype=np.int64)
    count = loops.staff_of(persons["employer"], persons["employed"], model.accounts["alive"], marked, size, rows)
    return rows[:count]


def _job_risk(model: Model, rows: Rows) -> NDArray[np.float64]:
    spread, median = model.config.behaviour.job_risk_spread, model.config.population.median_patience
    if spread == 0.0:
        return np.ones(len(rows))
    patience = model.persons["patience"][rows]
    return np.array([job_risk(float(months), median, spread) for months in patience])


def hazards(model: Model) -> dict[str, Any]:
    """Chances to lose and to find a job, of which firms decide on a part.

    Turnover that is not the firms' doing stays at its calm level; whoever looks for work finds it at the calm
    rate while there are vacancies, else the vacancies are shared out (short side of the market).
    """
    firms, jobs = model.firms, model.firms.weight_of_jobs
    path = model.economy.month(model.month, model.credit_growth)
    if jobs == 0.0:
        return {}
    calm = model.economy.month(-12 + model.month % 12)
    separation, finding = path.separation_by_sector.copy(), path.finding_by_sector.copy()
    turnover = (1.0 - firms.settings.layoff_part * jobs) * calm.separation_by_sector[:PRIVATE]
    separation[:PRIVATE] = (1.0 - jobs) * separation[:PRIVATE] + jobs * turnover
    private = firms.private
    vacant = np.bincount(private["sector"], private["vacancies"] * (private["trading"] > 0), PRIVATE)[:PRIVATE]
    seekers = np.maximum(firms.jobless_by_sector[:PRIVATE], 1)
    found = np.minimum(calm.finding_by_sector[:PRIVATE], vacant / seekers)
    finding[:PRIVATE] = (1.0 - jobs) * finding[:PRIVATE] + jobs * found
    return {"separation_by_sector": separation, "finding_by_sector": finding}


# ---- after the persons' month -----------------------------------------------------------------------


def seat(model: Model) -> None:
    """Give everybody who found work in a sector of firms a place in one, and each firm its wage bill."""
    firms, persons, bins = model.firms, model.persons, model.bins
    private = firms.private
    private["staff"][:], private["labour"][:] = bins["staff_by_firm"], bins["labour_by_firm"]
    private["wages_due"][:] = bins["wages_by_firm"]
    private["staff"][NO_FIRM] = private["labour"][NO_FIRM] = private["wages_due"][NO_FIRM] = 0
    firms.jobless_by_sector = bins["jobless_by_sector"].copy()
    rows = np.empty(model.people.size, dtype=np.int64)
    columns = [persons[name] for name in ("employer", "employed", "sector")]
    rows = rows[: loops.without_place(*columns, model.accounts["alive"], model.people.size, PRIVATE, rows)]
    luck = model.people.uniforms("hire", rows, model.month)
    rows = rows[np.argsort(luck, kind="stable")]
    sector = persons["sector"][rows]
    trading = private["trading"] > 0
    first_wages = 0
    for place in range(PRIVATE):
        seekers = rows[sector == place]
        open_firms = np.flatnonzero(trading & (private["sector"] == place))
        if not len(seekers):
            continue
        if not len(open_firms):
            continue  # nobody is left to hire in the sector: work is found, and paid, outside
        size = private["normal_sales"][open_firms].astype(float)
        chosen = open_firms[fill_vacancies(len(seekers), private["vacancies"][open_firms], size)]
        persons["employer"][seekers] = chosen
        hired = np.bincount(chosen, minlength=firms.rows)
        private["staff"][:] += hired
        private["vacancies"][:] = np.maximum(private["vacancies"] - hired, 0)
        for column, amount in (("labour", "income_permanent"), ("wages_due", "income")):
            private[column][:] += np.bincount(chosen, persons[amount][seekers], firms.rows).astype(np.int64)
        first_wages += int(persons["income"][seekers].sum())
    # Whoever found work and moved away in the same month never got a place.
    elsewhere = int(bins["wages_by_firm"][NO_FIRM]) - first_wages
    model.ledger.move("wages_outside_firms", elsewhere)
    model.ledger.add("firm.wages.paid", elsewhere)


def meet_demand(model: Model) -> None:
    """Share out among the firms what persons spent: their part of final demand follows their spending."""
    firms, flows, season = model.firms, model.ledger.flows, float(model.environment["season"])
    spent = sum(flows[name] for name in SPENDING)
    people = max(flows["persons"], 1)
    level = spent / season / people
    if model.month < 0 or firms.spending_months == 0:
        firms.spending_months = min(firms.spending_months + 1, 12)
        firms.reference_spending += (level - firms.reference_spending) / firms.spending_months
    strength, share = firms.feedback.demand, firms.settings.demand_share
    index = level / firms.reference_spending if firms.reference_spending > 0 else 1.0
    # Persons buy no more from firms than they spend.
    wished = model.bins["firm.wished"]
    households = strength * share * index
    most = spent / max(int(wished.sum()), 1)
    households = min(households, most)
    path = firms.environment["outside_share_by_sector"]
    firms.environment["household_share_by_sector"] = np.full(PRIVATE, households)
    firms.environment["outside_share_by_sector"] = path * (1.0 - strength * share)
