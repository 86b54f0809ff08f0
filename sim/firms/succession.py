"""Who owns firms: the founders of the first month, heirs of those who leave, successors of those who fail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.economy.economy import Economy
from sim.economy.sectors import EMPLOYMENT_SHARES, PRIVATE_SECTORS
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.firms import trade_loops as loops
from sim.firms.firm import NO_FIRM
from sim.firms.firms import Firms
from sim.firms.jobs import count_staff, staff_of
from sim.firms.trade import open_markets
from sim.firms.winding_up import customer_links, wind_up
from sim.loan.ledger import Ledger
from sim.loan.states import FAILURE_ILLIQUID

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)


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
    persons = people.private
    persons["employed"][owners], persons["months_jobless"][owners] = 1, 0
    persons["employer"][owners] = persons["owns"][owners] = rows
    firms.private["owner"][rows] = owners


def succeed(
    month: int, economy: Economy, environment: Numbers, people: Population, firms: Firms, ledger: Ledger
) -> None:
    """Find new owners for firms whose owner has left, and successors for the markets of failed firms.

    Each market that waits finds an entrant with the same chance each month, by the failed firm's own draw, so
    that the number of firms is stationary. The jobless are the likelier founders (Evans and Leighton, 1989), where
    firms decide on jobs; a firm in business is taken over by one of its staff, or sold: whoever leaves the platform
    closes no firm by that.
    """
    private, persons = firms.private, people.private
    rows = firms.trading()
    owner = private["owner"][rows]
    orphans = rows[(people.accounts["alive"][owner] == 0) | (persons["owns"][owner] != rows)]
    if len(orphans):
        marked = np.zeros(firms.rows, dtype=bool)
        marked[orphans] = True
        staff = staff_of(people, marked)
        heirs = _first_by_luck(month, people, staff, persons["employer"][staff].astype(np.int64), orphans)
        appoint(people, firms, orphans[heirs >= 0], heirs[heirs >= 0])
        # Without staff it is sold to whoever of its sector owns none.
        orphans = orphans[heirs < 0]
        buyers = _founders(month, people, firms.weight_of_jobs > 0.0, private["sector"][orphans].astype(np.int64))
        appoint(people, firms, orphans[buyers >= 0], buyers[buyers >= 0])
        # Nobody is left to go on: the firm closes, in order, and its market waits.
        private["niche"][orphans[buyers < 0]] = 1
        _close(month, people, firms, ledger, orphans[buyers < 0])
    niches = np.flatnonzero(private["niche"])
    luck = firms.population.uniforms("firm_entry", niches, month)
    niches = niches[luck < firms.settings.entry_hazard]
    if len(niches):
        _enter(month, economy, environment, people, firms, ledger, niches)


def _close(month: int, people: Population, firms: Firms, ledger: Ledger, rows: Rows) -> None:
    """Mark firms without staff or owner as failed this month; they are wound up like the others."""
    private = firms.private
    private["trading"][rows] = private["staff"][rows] = 0
    private["failed_month"][rows], private["failure"][rows] = month, FAILURE_ILLIQUID
    ledger.flows["firm.failures"] += len(rows)
    if len(rows):
        wind_up(month, people, firms, ledger, rows)


def _first_by_luck(month: int, people: Population, persons: Rows, group: Rows, wanted: Rows) -> Rows:
    """Find in each wanted group the person with the least luck of the month; -1 where there is nobody."""
    luck = people.uniforms("firm_owner", persons, month)
    order = np.lexsort((luck, group))
    place = np.searchsorted(group[order], wanted)
    found = np.full(len(wanted), -1, dtype=np.int64)
    inside = place < len(order)
    hit = inside.copy()
    hit[inside] = group[order][place[inside]] == wanted[inside]
    found[hit] = persons[order][place[hit]]
    return found


def _founders(month: int, people: Population, jobless_first: bool, sectors: Rows) -> Rows:
    """Find a founder for each market, the persons of its sector with the least luck first; -1 for nobody."""
    persons, size = people.private, people.size
    marked = np.zeros(PRIVATE + 1, dtype=bool)
    marked[sectors] = True
    found = np.full(len(sectors), -1, dtype=np.int64)
    for want in (0, 1) if jobless_first else (1,):
        rows = np.empty(size, dtype=np.int64)
        columns = [persons[name] for name in ("employed", "owns", "sector")]
        rows = rows[: loops.at_leisure(*columns, people.accounts["alive"], size, marked, want, rows)]
        luck, sector = people.uniforms("firm_owner", rows, month), persons["sector"][rows]
        for place in np.unique(sectors[found < 0]):
            waiting = np.flatnonzero((sectors == place) & (found < 0))
            inside = sector == place
            some = rows[inside][_least(luck[inside], len(waiting))]
            found[waiting[: len(some)]] = some
        if (found >= 0).all():
            break
    return found


def _least(luck: np.ndarray, count: int) -> Rows:
    """Places of the least values, the least first and those alike in their order, without sorting the rest."""
    if count < len(luck):
        near = np.flatnonzero(luck <= np.partition(luck, count - 1)[count - 1])
        return near[np.argsort(luck[near], kind="stable")][:count]
    return np.argsort(luck, kind="stable")


def _customers(firms: Firms, niches: Rows) -> tuple[Rows, Rows]:
    """Links over which firms in business bought from the failed ones, and the place in ``niches`` of each."""
    links = customer_links(firms, niches)
    links = links[firms.private["trading"][firms.links["buyer"][links]] > 0]
    place = np.zeros(firms.rows, dtype=np.int64)
    place[niches] = np.arange(len(niches))
    return links, place[firms.links["supplier"][links]]


def _feeds(people: Population, firms: Firms, niches: Rows, founders: Rows) -> NDArray[np.bool_]:
    """Whether usual wages and profit of each market pay its founder what he earns (Evans and Leighton, 1989)."""
    sector = firms.private["sector"][niches]
    part = firms.standing["wage_share_by_sector"][sector] + firms.standing["margin_by_sector"][sector]
    enough: NDArray[np.bool_] = part * _usual_sales(firms, niches) >= people.private["income_permanent"][founders]
    return enough


def _usual_sales(firms: Firms, niches: Rows) -> NDArray[np.float64]:
    """Sales that wait for a successor: final demand, and the orders of firms that bought there."""
    sales: NDArray[np.float64] = firms.private["market"][niches] + firms.usual_orders()[niches]
    return sales


def _take_over(month: int, firms: Firms, niches: Rows) -> None:
    """Give each market that feeds no founder to a firm of its sector that is in business, drawn by its own luck."""
    private = firms.private
    luck = firms.population.uniforms("firm_seat", niches, month)
    for niche, place in zip(niches.tolist(), luck.tolist(), strict=True):
        rivals = np.flatnonzero((private["trading"] > 0) & (private["sector"] == private["sector"][niche]))
        if len(rivals):
            taker = rivals[int(place * len(rivals))]
            orders = _win_customers(firms, np.array([niche]), np.array([taker]))
            private["market"][taker] += private["market"][niche]
            for column in ("normal_sales", "expected_sales"):
                private[column][taker] += private["market"][niche] + orders[0]
            private["niche"][niche] = 0


def _win_customers(firms: Firms, niches: Rows, rows: Rows) -> Rows:
    """Let firms that bought from the failed ones buy from those who take up their markets; returns what they order."""
    links, place = _customers(firms, niches)
    suppliers = rows[place]
    firms.buy_from(links, np.where(suppliers == firms.links["buyer"][links], NO_FIRM, suppliers))
    orders = firms.links["share"][links] * firms.inputs_of(links)
    return np.bincount(place, orders, len(niches)).astype(np.int64)


def _enter(
    month: int, economy: Economy, environment: Numbers, people: Population, firms: Firms, ledger: Ledger, niches: Rows
) -> None:
    """Found a successor on each market that has a founder; it brings equity from outside and starts with its owner."""
    private = firms.private
    founders = _founders(month, people, firms.weight_of_jobs > 0.0, private["sector"][niches].astype(np.int64))
    niches, founders = niches[founders >= 0], founders[founders >= 0]
    feeds = _feeds(people, firms, niches, founders)
    _take_over(month, firms, niches[~feeds])
    niches, founders = niches[feeds], founders[feeds]
    if not len(niches):
        return
    rows = firms.found(private["sector"][niches].astype(np.int64), month, environment)
    private = firms.private
    appoint(people, firms, rows, founders)
    private["niche"][niches] = 0
    for column in ("size_class", "market"):
        private[column][rows] = private[column][niches]
    private["normal_sales"][rows] = _usual_sales(firms, niches).astype(np.int64)
    private["vacancies"][rows], private["staff"][rows] = 0, 1
    private["labour"][rows] = people.private["income_permanent"][founders]
    firms.choose_suppliers(rows, month)
    private["normal_sales"][rows] = private["market"][rows] + _win_customers(firms, niches, rows)
    calendar = economy.month(month).calendar_month
    brought = firms.furnish(rows, calendar, stationary=False)
    ledger.move("equity_paid_in", brought["cash"])
    ledger.flows["inventory_founded"] += brought["inventory"]
    ledger.flows["firms_entered"] += len(rows)
