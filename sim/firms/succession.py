"""Who owns firms: the founders of the first month, heirs of those who leave, successors of those who fail."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from sim.economy.economy import Economy
from sim.economy.sectors import EMPLOYMENT_SHARES, PRIVATE_SECTORS
from sim.engine.loops.listing import SPARE, rows_with
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.firms import labour_loops
from sim.firms import successors as loops
from sim.firms.firm import FIRST_ORDINAL
from sim.firms.firms import SELLING, SUPPLIED, Firms
from sim.firms.jobs import count_staff, staff_of
from sim.firms.trade import open_markets
from sim.firms.winding_up import wind_up
from sim.loan.account import LATER_ORDINAL
from sim.loan.ledger import Ledger
from sim.loan.states import FAILURE_ILLIQUID

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)
# Columns that loops are handed, in their order.
SEEKING = itemgetter("employed", "owns", "sector")
HELD = itemgetter("employed", "months_jobless", "employer", "owns")
TAKEN_UP = itemgetter("niche", "size_class", "market", "normal_sales", "vacancies", "staff", "labour")
BOUGHT = itemgetter("supplier", "buyer")
WAITING = itemgetter("trading", "sector", "normal_sales", "market")
SOUGHT = itemgetter("market", "expected_sales", "niche")


def found_all(month: int, economy: Economy, environment: Numbers, people: Population, firms: Firms) -> None:
    """Found the firms of the first month: owners among the employed, staff by sector, suppliers, markets."""
    persons, accounts = people.private, people.accounts
    sectors = np.repeat(np.arange(PRIVATE), firms_by_sector(firms.count))
    rows = firms.found(sectors, month, environment)
    staff_wanted = firms.private["vacancies"][rows].astype(float)
    order = people.uniforms("firm_owner", np.arange(people.size), month)
    working = (persons["employed"] > 0) & (accounts["alive"] > 0)
    for sector in range(PRIVATE):
        own = rows[sectors == sector]
        hands = np.flatnonzero(working & (persons["sector"] == sector))
        hands = hands[np.argsort(order[hands], kind="stable")]
        owners = hands[: len(own)]
        # Without enough persons some firms stay without an owner and close at once.
        appoint(people, firms, own[: len(owners)], owners)
        firms.private["trading"][own[len(owners) :]] = firms.accounts["alive"][own[len(owners) :]] = 0
        rest = hands[len(own) :]
        if len(owners) and len(rest):
            weight = np.maximum(staff_wanted[sectors == sector][: len(owners)] - 1.0, 0.0) + 1e-9
            cuts = np.floor(np.cumsum(weight) / weight.sum() * len(rest) + 0.5).astype(np.int64)
            persons["employer"][rest] = own[np.searchsorted(cuts, np.arange(len(rest)), side="right")]
    firms.private["vacancies"][:] = 0
    count_staff(people, firms)
    rows = firms.trading()
    share = firms.standing["wage_share_by_sector"][firms.private["sector"][rows]]
    firms.private["normal_sales"][rows] = (firms.private["labour"][rows] / share).astype(np.int64)
    open_markets(month, firms, rows)
    calendar = economy.month(month).calendar_month
    firms.furnish(rows, (calendar - 1) % 12, stationary=True)
    firms.count_debts()
    firms.jobless_by_sector = np.bincount(
        persons["sector"][(persons["employed"] == 0) & (accounts["alive"] > 0)], minlength=PRIVATE + 1
    )


def firms_by_sector(count: int) -> NDArray[np.int64]:
    """Number of firms in each private sector, in proportion to employment, at least one each where possible."""
    shares = np.array(EMPLOYMENT_SHARES[: len(PRIVATE_SECTORS)])
    shares = shares / shares.sum()
    counts = np.floor(shares * count).astype(np.int64)
    order = np.argsort(counts - shares * count, kind="stable")
    counts[order[: count - int(counts.sum())]] += 1
    return counts


def appoint(people: Population, firms: Firms, rows: Rows, owners: Rows) -> None:
    """Make persons the owners of firms, one each."""
    loops.appoint(rows, owners, *HELD(people.private), firms.private["owner"])


def succeed(
    month: int, economy: Economy, environment: Numbers, people: Population, firms: Firms, ledger: Ledger
) -> None:
    """Find new owners for firms whose owner has left, and successors for the markets of failed firms.

    Each market that waits finds an entrant with the same chance each month, by the failed firm's own draw, so
    that the number of firms is stationary. The jobless are the likelier founders (Evans and Leighton, 1989), where
    firms decide on jobs; a firm in business is taken over by one of its staff, or sold: whoever leaves the platform
    closes no firm by that.
    """
    private, orphans = firms.private, np.empty(firms.rows, dtype=np.int64)
    owned = private["trading"], private["owner"], people.accounts["alive"], people.private["owns"]
    orphans = orphans[: loops.without_owner(*owned, orphans)]
    if len(orphans):
        _hand_on(month, people, firms, ledger, orphans)
    niches = rows_with(private["niche"], 1)
    luck = firms.population.uniforms("firm_entry", niches, month)
    niches = niches[luck < firms.settings.entry_hazard]
    if len(niches):
        _enter(month, economy, environment, people, firms, ledger, niches)


def _hand_on(month: int, people: Population, firms: Firms, ledger: Ledger, orphans: Rows) -> None:
    """Hand firms without an owner on to one of their staff, or sell them; else they close."""
    private, marked = firms.private, np.zeros(firms.rows, dtype=bool)
    marked[orphans] = True
    staff, heirs = staff_of(people, marked), np.empty(len(orphans), dtype=np.int64)
    luck = people.uniforms("firm_owner", staff, month)
    without = loops.first_by_luck(staff, luck, people.private["employer"], orphans, heirs)
    if not without:
        appoint(people, firms, orphans, heirs)
        return
    appoint(people, firms, orphans[heirs >= 0], heirs[heirs >= 0])
    orphans = orphans[heirs < 0]
    # Without staff it is sold to whoever of its sector owns none.
    buyers = _founders(month, people, firms.weight_of_jobs > 0.0, private["sector"][orphans].astype(np.int64))
    appoint(people, firms, orphans[buyers >= 0], buyers[buyers >= 0])
    # Nobody is left to go on: the firm closes, in order, and its market waits.
    private["niche"][orphans[buyers < 0]] = 1
    _close(month, people, firms, ledger, orphans[buyers < 0])


def _close(month: int, people: Population, firms: Firms, ledger: Ledger, rows: Rows) -> None:
    """Mark firms without staff or owner as failed this month; they are wound up like the others."""
    private = firms.private
    private["trading"][rows] = private["staff"][rows] = 0
    private["failed_month"][rows], private["failure"][rows] = month, FAILURE_ILLIQUID
    ledger.flows["firm.failures"] += len(rows)
    if len(rows):
        wind_up(month, people, firms, ledger, rows)


def _founders(month: int, people: Population, jobless_first: bool, sectors: Rows) -> Rows:
    """Find a founder for each market, the persons of its sector with the least luck first; -1 for nobody."""
    persons, size, found = people.private, people.size, np.full(len(sectors), -1, dtype=np.int64)
    columns = *SEEKING(persons), people.accounts["alive"], size
    for want in (0, 1) if jobless_first else (1,):
        rows = np.empty(size + SPARE, dtype=np.int64)
        rows = rows[: labour_loops.at_leisure(*columns, loops.wanted(sectors, found), want, rows)]
        luck = people.uniforms("firm_owner", rows, month)
        if loops.founders(rows, luck, persons["sector"], sectors, found) == 0:
            break
    return found


def _waiting(
    people: Population, firms: Firms, niches: Rows, founders: Rows
) -> tuple[tuple[Rows, Rows], NDArray[np.float64], NDArray[np.bool_]]:
    """Customers of markets, the sales that wait there, and whether these feed the founder of each.

    Usual wages and profit must pay him what he earns (Evans and Leighton, 1989). Sales are final demand and the orders
    of firms that bought there; customers are as `_customers` gives them.
    """
    shares = firms.standing["wage_share_by_sector"], firms.standing["margin_by_sector"]
    links, place = np.empty((2, firms.links.size), dtype=np.int64)
    sales, enough = np.empty(len(niches)), np.empty(len(niches), dtype=np.bool_)
    known = *BOUGHT(firms.links), *WAITING(firms.private), people.private["income_permanent"]
    count = loops.waiting(
        firms.slots, niches, founders, *firms.terms()[:2], *shares, *known, links, place, sales, enough
    )
    return (links[:count], place[:count]), sales, enough


def _customers(firms: Firms, niches: Rows) -> tuple[Rows, Rows]:
    """Links over which firms in business bought from the failed ones, and the place in ``niches`` of each."""
    links, place = np.empty((2, firms.links.size), dtype=np.int64)
    count = loops.customers(*BOUGHT(firms.links), firms.private["trading"], niches, links, place)
    return links[:count], place[:count]


def _take_over(month: int, firms: Firms, niches: Rows) -> None:
    """Give each market that feeds no founder to a firm of its sector that is in business, drawn by its own luck."""
    luck, private = firms.population.uniforms("firm_seat", niches, month), firms.private
    columns = *SELLING(private), *SUPPLIED(firms.links), *SOUGHT(private)
    loops.take_over(firms.slots, niches, luck, *_customers(firms, niches), *firms.terms(), *columns)


def _win_customers(firms: Firms, links: Rows, place: Rows, rows: Rows) -> Rows:
    """Let firms that bought from the failed ones buy from those who take up their markets; returns what they order."""
    orders, columns = np.zeros(len(rows)), (*SELLING(firms.private), *SUPPLIED(firms.links))
    loops.win(firms.slots, links, place, rows, *firms.terms(), *columns, orders)
    return orders.astype(np.int64)


def _enter(
    month: int, economy: Economy, environment: Numbers, people: Population, firms: Firms, ledger: Ledger, niches: Rows
) -> None:
    """Found a successor on each market that has a founder; it brings equity from outside and starts with its owner."""
    private = firms.private
    founders = _founders(month, people, firms.weight_of_jobs > 0.0, private["sector"][niches].astype(np.int64))
    niches, founders = niches[founders >= 0], founders[founders >= 0]
    if not len(niches):
        return
    bought, sales, feeds = _waiting(people, firms, niches, founders)
    if not feeds.all():
        _take_over(month, firms, niches[~feeds])
        niches, founders = niches[feeds], founders[feeds]
        if not len(niches):
            return
        bought, sales, _ = _waiting(people, firms, niches, founders)
    rows = firms.found(private["sector"][niches].astype(np.int64), month, environment, FIRST_ORDINAL + LATER_ORDINAL)
    private = firms.private
    appoint(people, firms, rows, founders)
    loops.take_up(rows, niches, founders, sales, people.private["income_permanent"], *TAKEN_UP(private))
    firms.choose_suppliers(rows, month)
    private["normal_sales"][rows] = private["market"][rows] + _win_customers(firms, *bought, rows)
    calendar = economy.month(month).calendar_month
    brought = firms.furnish(rows, calendar, stationary=False)
    ledger.move("equity_paid_in", brought["cash"])
    ledger.flows["inventory_founded"] += brought["inventory"]
    ledger.flows["firms_entered"] += len(rows)
