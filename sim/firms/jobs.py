"""Jobs at firms: staff, layoffs, places for those who found work, and the chances of both."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.economy.economy import Economy
from sim.economy.environment import Environment
from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.loops.listing import SPARE
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.firms import labour_loops as loops
from sim.firms.firm import NO_FIRM
from sim.firms.firms import Firms
from sim.firms.labour import layoff_thresholds
from sim.loan.ledger import Ledger
from sim.loan.states import FAILED
from sim.persons.employment import job_risks

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)
# Columns that loops are handed, in their order.
STAFF = itemgetter("staff", "labour", "wages_due")
PLACES = itemgetter("trading", "sector", "vacancies", "normal_sales")
HIRING = itemgetter("sector", "staff", "vacancies", "labour", "wages_due")


def count_staff(people: Population, firms: Firms) -> None:
    """Count each firm's staff and capacity anew from the persons."""
    persons = people.private
    at_work = (persons["employed"] > 0) & (people.accounts["alive"] > 0)
    employer = persons["employer"][at_work]
    firms.private["staff"][:] = np.bincount(employer, minlength=firms.rows)
    firms.private["labour"][:] = np.bincount(employer, persons["income_permanent"][at_work], firms.rows)
    firms.private["staff"][NO_FIRM] = firms.private["labour"][NO_FIRM] = 0


def lay_off(month: int, config: Any, environment: Numbers, people: Population, firms: Firms) -> None:
    """Find the luck below which each firm's staff loses the job, and what owners draw.

    Where firms do not decide on jobs, those whom a firm lets go look for a place at another this month.
    """
    persons = people.private
    layoffs = _of_persons(month, firms, np.where(firms.private["trading"] > 0, firms.private["layoffs"], 0))
    thresholds = np.zeros(firms.rows)
    if layoffs.any():
        rows = staff_of(people, layoffs > 0)
        rows = rows[persons["owns"][rows] == 0]
        luck = people.uniforms("job", rows, month)
        risk = job_risks(config, persons["patience"][rows], persons["months_in_job"][rows])
        employer = persons["employer"][rows].astype(np.int64)
        thresholds = layoff_thresholds(employer, luck, risk, layoffs)
        if firms.weight_of_jobs == 0.0:
            persons["employer"][rows[luck < thresholds[employer] * risk]] = 0
            thresholds[:] = 0.0
    if firms.weight_of_jobs > 0.0:
        failed = firms.private["failed_month"] == month
        thresholds[failed & (firms.private["trading"] == 0)] = FAILED
        thresholds[NO_FIRM] = 0.0
    drawings = firms.private["owner_share"].astype(float)
    drawings[NO_FIRM] = 1.0
    environment.give(
        "firms' layoffs",
        {
            "firm_rows": firms.rows,
            "firm_sectors": PRIVATE,
            "layoff_by_employer": thresholds,
            "owner_share_by_owns": drawings,
            "owners_stay": int(firms.weight_of_jobs > 0),
        },
    )


def weight_by_sector(firms: Firms) -> NDArray[np.float64]:
    """Workers of the place that a person of each private sector stands for, shape (5,).

    Whoever leaves the platform goes on working there, and whoever comes worked there before: persons stand for as
    many workers as there were on the policy date. Else a lender that drives customers away would empty the labour
    market. Their part in demand is taken a head in the same way (`trade.meet_demand`).
    """
    counts = zip(firms.people_by_sector[:PRIVATE].tolist(), firms.place_by_sector[:PRIVATE].tolist(), strict=True)
    return np.array([then / now if now > 0 and then > 0 else 1.0 for now, then in counts])


def _of_persons(month: int, firms: Firms, layoffs: Rows) -> Rows:
    """Persons among those whom firms lay off, the others having left the platform; a draw rounds up or down."""
    weight = weight_by_sector(firms)
    rows = np.flatnonzero(layoffs)
    if not len(rows) or (weight == 1.0).all():
        return layoffs
    share = layoffs[rows] / weight[firms.private["sector"][rows]]
    found = np.zeros_like(layoffs)
    found[rows] = np.floor(share + firms.population.uniforms("firm_dismissal", rows, month))
    return found


def staff_of(people: Population, marked: NDArray[np.bool_]) -> Rows:
    """Rows of the persons who work at marked firms, their owners included."""
    persons, size = people.private, people.size
    rows = np.empty(size, dtype=np.int64)
    count = loops.staff_of(persons["employer"], persons["employed"], people.accounts["alive"], marked, size, rows)
    return rows[:count]


def hazards(month: int, economy: Economy, path: Environment, firms: Firms) -> dict[str, Any]:
    """Chances to lose and to find a job, of which firms decide on a part.

    Turnover that is not the firms' doing stays at its calm level; whoever looks for work finds it at the calm
    rate while there are vacancies, else the vacancies are shared out (short side of the market).
    """
    jobs = firms.weight_of_jobs
    if jobs == 0.0:
        return {}
    calm = economy.month(-12 + month % 12)
    separation, finding = path.separation_by_sector.copy(), path.finding_by_sector.copy()
    turnover = (1.0 - firms.settings.layoff_part * jobs) * calm.separation_by_sector[:PRIVATE]
    separation[:PRIVATE] = (1.0 - jobs) * separation[:PRIVATE] + jobs * turnover
    private = firms.private
    vacant = np.bincount(private["sector"], private["vacancies"] * (private["trading"] > 0), PRIVATE)[:PRIVATE]
    seekers = np.maximum(firms.jobless_by_sector[:PRIVATE] * weight_by_sector(firms), 1.0)
    found = np.minimum(calm.finding_by_sector[:PRIVATE], vacant / seekers)
    finding[:PRIVATE] = (1.0 - jobs) * finding[:PRIVATE] + jobs * found
    return {"separation_by_sector": separation, "finding_by_sector": finding}


def seat(month: int, people: Population, firms: Firms, ledger: Ledger, bins: Mapping[str, NDArray[np.int64]]) -> None:
    """Give everybody who found work in a sector of firms a place in one, and each firm its wage bill.

    Persons stand for the workers of the place (`weight_by_sector`), who are paid outside.
    """
    persons, private = people.private, firms.private
    firms.jobless_by_sector, firms.people_by_sector = (bins[f"{who}_by_sector"].copy() for who in ("jobless", "people"))
    if month < 0 or not firms.place_by_sector.any():
        firms.place_by_sector = firms.people_by_sector
    weight = weight_by_sector(firms)
    at_work = [bins[f"{what}_by_firm"] for what in ("staff", "labour", "wages")]
    loops.count_workers(weight, private["sector"], *at_work, *STAFF(private))
    rows = np.empty(people.size + SPARE, dtype=np.int64)
    columns = [persons[name] for name in ("employer", "employed", "sector")]
    rows = rows[: loops.without_place(*columns, people.accounts["alive"], people.size, PRIVATE, rows)]
    first_wages = 0
    if len(rows):
        luck = people.uniforms("hire", rows, month)
        rows = rows[np.lexsort((luck, persons["sector"][rows]))]
        chosen = np.empty(len(rows), dtype=np.int64)
        loops.find_places(weight, persons["sector"][rows], *PLACES(private), chosen)
        told = persons["employer"], persons["income_permanent"], persons["income"]
        first_wages = int(loops.hire(rows, chosen, weight, *told, *HIRING(private)))
    # Whoever found work and moved away in the same month never got a place.
    elsewhere = int(bins["wages_by_firm"][NO_FIRM]) - first_wages
    ledger.move("wages_outside_firms", elsewhere)
    others = int(private["wages_due"].sum() - bins["wages_by_firm"][NO_FIRM + 1 :].sum()) - first_wages
    ledger.move("wages_paid_outside", others)
    ledger.add("firm.wages.paid", elsewhere - others)
