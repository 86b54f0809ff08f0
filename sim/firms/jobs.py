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
from sim.firms import dismissal as loops
from sim.firms import labour_loops as hiring
from sim.firms.firm import NO_FIRM
from sim.firms.firms import Firms
from sim.firms.labour import layoff_thresholds
from sim.loan.ledger import Ledger

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)
# Columns that loops are handed, in their order.
STAFF = itemgetter("staff", "labour", "wages_due")
PLACES = itemgetter("trading", "sector", "vacancies", "normal_sales")
VACANT = itemgetter("trading", "sector", "vacancies")
TOLD = itemgetter("trading", "failed_month", "owner_share")
STAFFED = itemgetter("employer", "employed", "owns", "patience", "months_in_job")
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
    thresholds, drawings = np.zeros((2, firms.rows))
    layoffs = _of_persons(month, firms)
    if layoffs is not None:
        thresholds = _thresholds(month, config, people, firms, layoffs)
    decide = firms.weight_of_jobs > 0.0
    loops.as_told(month, decide, *TOLD(firms.private), thresholds, drawings)
    environment.give(
        "firms' layoffs",
        {
            "firm_rows": firms.rows,
            "firm_sectors": PRIVATE,
            "layoff_by_employer": thresholds,
            "owner_share_by_owns": drawings,
            "owners_stay": int(decide),
        },
    )


def weight_by_sector(firms: Firms) -> NDArray[np.float64]:
    """Workers of the place that a person of each private sector stands for, shape (5,).

    Whoever leaves the platform goes on working there, and whoever comes worked there before: persons stand for as
    many workers as there were on the policy date. Else a lender that drives customers away would empty the labour
    market. Their part in demand is taken a head in the same way (`trade.meet_demand`).
    """
    weight = np.empty(PRIVATE)
    loops.workers_of_each(firms.people_by_sector, firms.place_by_sector, weight)
    return weight


def _of_persons(month: int, firms: Firms) -> Rows | None:
    """Persons among those whom each firm lays off, the others having left the platform; None where nobody is."""
    private, rows = firms.private, np.empty(firms.rows + 1, dtype=np.int64)
    rows = rows[: loops.that_let_go(private["trading"], private["layoffs"], rows)]
    if not len(rows):
        return None
    luck, found = firms.population.uniforms("firm_dismissal", rows, month), np.zeros(firms.rows, dtype=np.int64)
    counts = firms.people_by_sector, firms.place_by_sector
    loops.of_persons(rows, luck, *counts, private["sector"], private["layoffs"], found)
    return found


def _thresholds(month: int, config: Any, people: Population, firms: Firms, layoffs: Rows) -> NDArray[np.float64]:
    """Find the luck below which staff goes; where firms do not decide on jobs, send on who is below it instead."""
    persons, size = people.private, people.size
    rows = np.empty(size + 1, dtype=np.int64)
    employer, employed, owns, patience, since = STAFFED(persons)
    rows = rows[: loops.staff_to_go(employer, employed, owns, people.accounts["alive"], layoffs, size, rows)]
    luck = people.uniforms("job", rows, month)
    traits = (
        float(config.population.median_patience),
        float(config.behaviour.job_risk_spread),
        float(config.behaviour.settling_months),
    )
    at, risk = np.empty(len(rows), dtype=np.int64), np.empty(len(rows))
    loops.risks_of(rows, patience, since, *traits, employer, at, risk)
    thresholds = layoff_thresholds(at, luck, risk, layoffs)
    if firms.weight_of_jobs > 0.0:
        return thresholds
    employer[rows[luck < thresholds[at] * risk]] = 0
    return np.zeros_like(thresholds)


def staff_of(people: Population, marked: NDArray[np.bool_]) -> Rows:
    """Rows of the persons who work at marked firms, their owners included."""
    persons, size = people.private, people.size
    rows = np.empty(size, dtype=np.int64)
    count = hiring.staff_of(persons["employer"], persons["employed"], people.accounts["alive"], marked, size, rows)
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
    loops.chances(
        *(PRIVATE, float(jobs), firms.settings.layoff_part * jobs, firms.people_by_sector, firms.place_by_sector),
        *(
            firms.jobless_by_sector,
            calm.separation_by_sector,
            calm.finding_by_sector,
            *VACANT(firms.private),
            separation,
            finding,
        ),
    )
    return {"separation_by_sector": separation, "finding_by_sector": finding}


def seat(month: int, people: Population, firms: Firms, ledger: Ledger, bins: Mapping[str, NDArray[np.int64]]) -> None:
    """Give everybody who found work in a sector of firms a place in one, and each firm its wage bill.

    Persons stand for the workers of the place (`weight_by_sector`), who are paid outside.
    """
    persons, private = people.private, firms.private
    firms.jobless_by_sector, firms.people_by_sector = (bins[f"{who}_by_sector"].copy() for who in ("jobless", "people"))
    if month < 0 or not np.count_nonzero(firms.place_by_sector):
        firms.place_by_sector = firms.people_by_sector
    weight = weight_by_sector(firms)
    at_work = [bins[f"{what}_by_firm"] for what in ("staff", "labour", "wages")]
    others = int(hiring.count_workers(weight, private["sector"], *at_work, *STAFF(private)))
    rows = np.empty(people.size + SPARE, dtype=np.int64)
    columns = [persons[name] for name in ("employer", "employed", "sector")]
    rows = rows[: hiring.without_place(*columns, people.accounts["alive"], people.size, PRIVATE, rows)]
    first_wages = 0
    if len(rows):
        luck = people.uniforms("hire", rows, month)
        rows = rows[np.lexsort((luck, persons["sector"][rows]))]
        chosen = np.empty(len(rows), dtype=np.int64)
        hiring.find_places(weight, persons["sector"][rows], *PLACES(private), chosen)
        told = persons["employer"], persons["income_permanent"], persons["income"]
        first_wages, paid = map(int, hiring.hire(rows, chosen, weight, *told, *HIRING(private)))
        others += paid - first_wages
    # Whoever found work and moved away in the same month never got a place.
    elsewhere = int(bins["wages_by_firm"][NO_FIRM]) - first_wages
    ledger.move("wages_outside_firms", elsewhere)
    ledger.move("wages_paid_outside", others)
    ledger.add("firm.wages.paid", elsewhere - others)
