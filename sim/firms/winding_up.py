"""The end of firms and what follows: estates, lost claims, owners who stand in, successors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS
from sim.firms import trade_loops as loops
from sim.firms.clearing import clear
from sim.firms.firm import NO_FIRM
from sim.firms.steps import appoint, staff_of
from sim.loan.states import FAILURE_ILLIQUID, LINE_APPLIED, LINE_CLOSED, LINE_OPEN

if TYPE_CHECKING:
    from sim.month.model import Model

Rows = NDArray[np.int64]
PRIVATE = len(PRIVATE_SECTORS)


def wind_up_failed(model: Model) -> None:
    """Wind up the firms that failed this month."""
    private = model.firms.private
    failed = np.flatnonzero((private["failed_month"] == model.month) & (private["trading"] == 0))
    if len(failed):
        wind_up(model, failed)


def wind_up(model: Model, failed: Rows) -> None:
    """Sell what failed firms leave, share it out, and let suppliers, lender, staff and owner bear the rest."""
    firms, private, ledger = model.firms, model.firms.private, model.ledger
    price = resale_price(model, len(failed))
    # Claims on customers go to a factor outside, who will collect them.
    claims = _sell_claims(model, failed)
    pledged = (price * private["pledge"][failed]).astype(np.int64)
    goods = (price * private["inventory"][failed]).astype(np.int64)
    sold = (firms.settings.claims_price * private["receivables"][failed]).astype(np.int64)
    ledger.move("estate_sold", int((pledged + goods + sold + claims).sum()))
    ledger.flows["inventory_sold"] += int(private["inventory"][failed].sum())
    ledger.flows["receivables_sold"] += int(private["receivables"][failed].sum())
    estate = private["cash"][failed] + pledged + goods + sold + claims
    ledger.move("overdraft_lost", int(np.maximum(-estate, 0).sum()))
    estate = np.maximum(estate, 0)
    cost = (firms.settings.estate_cost * estate).astype(np.int64)
    ledger.move("estate_paid_outside", int(cost.sum()))
    estate -= cost
    for column in ("pledge", "inventory", "receivables", "overdraft", "vacancies", "orders"):
        private[column][failed] = 0
    book = firms.accounts
    loan = book["principal"][failed].astype(np.int64) + book["interest"][failed] + book["written_off"][failed]
    links = firms.links_of(failed)
    owed = firms.links["later"][links] + firms.links["due"][links]
    # The pledge serves the lender first; all creditors share the rest in proportion.
    secured = np.minimum(np.minimum(pledged, loan), estate)
    rest, unsecured = estate - secured, loan - secured
    debts = np.column_stack([owed, unsecured])
    paid = _in_proportion(debts, rest)
    left = rest - paid.sum(axis=1)
    ledger.move("estate_paid_outside", int(left.sum()))
    private["cash"][failed] = secured + paid[:, -1]
    # Grace and a payment holiday end, nothing more may be drawn; arrears are counted by the contract's instalments.
    book["grace"][failed] = book["holiday"][failed] = book["limit"][failed] = 0
    level = book["principal"][failed] // firms.settings.term + 1
    book["payment"][failed] = np.where(book["principal"][failed] > 0, np.maximum(book["payment"][failed], level), 0)
    open_lines = failed[np.isin(book["line"][failed], (LINE_APPLIED, LINE_OPEN))]
    book["line"][open_lines] = LINE_CLOSED
    _pay_suppliers(model, links, owed, paid[:, :-1])
    _call_owners(model, failed, loan - private["cash"][failed])
    if firms.weight_of_jobs == 0.0:
        _move_staff(model, failed)
    _replace_lost_suppliers(model, failed)
    firms.count_debts()


def resale_price(model: Model, sellers: int) -> float:
    """Price of a failed firm's goods over their value: falls with the number of sellers beyond the normal one.

    Sales of a distressed industry fetch less when its other members cannot buy (Shleifer and Vishny, 1992).
    """
    settings, elasticity = model.firms.settings, model.firms.feedback.fire_sale
    normal = max(settings.normal_failures / 12.0 * model.firms.count, 1.0)
    return float(settings.resale_price * min(normal / max(sellers, 1), 1.0) ** elasticity)


def _in_proportion(debts: NDArray[np.int64], means: Rows) -> NDArray[np.int64]:
    """Share each row's means over its debts, to the last fen, none beyond what is owed."""
    count, width = debts.shape
    first = np.append(np.arange(count) * width, [count * width, count * width])
    sink = np.full(count * width, count, dtype=np.int64)
    paid = clear(first, sink, debts.ravel(), np.append(np.minimum(means, debts.sum(axis=1)), 0)).paid
    return np.asarray(paid).reshape(count, width)


def _sell_claims(model: Model, failed: Rows) -> Rows:
    """Turn what customers owe failed firms into debts to the outside world; returns what the factor pays."""
    firms, links = model.firms, model.firms.links
    gone = np.zeros(firms.rows, dtype=bool)
    gone[failed] = True
    lost = np.flatnonzero(gone[links["supplier"]])
    outside = (lost // firms.slots) * firms.slots + firms.slots - 1
    price = np.zeros(firms.rows, dtype=np.int64)
    for column in ("later", "due"):
        amounts = links[column][lost].copy()
        links[column][lost] = 0
        np.add.at(links[column], outside, amounts)
        model.ledger.flows["trade_credit_sold"] += int(amounts.sum())
        np.add.at(price, links["supplier"][lost], amounts)
    worth: Rows = (firms.settings.claims_price * price[failed]).astype(np.int64)
    return worth


def _replace_lost_suppliers(model: Model, failed: Rows) -> None:
    """Let customers of failed firms look for other suppliers."""
    firms = model.firms
    gone = np.zeros(firms.rows, dtype=bool)
    gone[failed] = True
    lost = np.flatnonzero(gone[firms.links["supplier"]])
    if len(lost):
        firms.replace_suppliers(lost, model.month)


def _pay_suppliers(model: Model, links: NDArray[np.int64], owed: NDArray[np.int64], paid: NDArray[np.int64]) -> None:
    """Pay the suppliers of failed firms their part of the estate and write off the rest, as far as it is not insured.

    A supplier that is hit hard is in danger itself (Jacobson and von Schedvin, 2015).
    """
    firms, private, ledger = model.firms, model.firms.private, model.ledger
    supplier = firms.links["supplier"][links]
    lost = owed - paid
    inside = supplier > 0
    ledger.move("inputs_paid_outside", int(paid[~inside].sum()))
    ledger.trade(int(paid[inside].sum()), int(np.bincount(supplier[inside], paid[inside]).sum()) if inside.any() else 0)
    ledger.flows["trade_credit_lost"] += int(lost[inside].sum())
    ledger.flows["supplier_debt_lost"] += int(lost[~inside].sum())
    firms.links["later"][links] = firms.links["due"][links] = 0
    losses = np.bincount(supplier.ravel(), lost.ravel(), firms.rows).astype(np.int64)
    losses[NO_FIRM] = 0
    insured = (losses * (1.0 - firms.feedback.trade_credit)).astype(np.int64)
    ledger.move("trade_credit_insured", int(insured.sum()))
    private["cash"][:] += np.bincount(supplier[inside], paid[inside], firms.rows).astype(np.int64) + insured
    private["hit"][:] += losses - insured


def _call_owners(model: Model, failed: Rows, short: Rows) -> None:
    """Take from owners who are jointly liable what the estate leaves unpaid, up to a share of their cash."""
    take_from_owners(model, failed, short, model.firms.settings.owner_guarantee, "cash")


def owners_pay(model: Model) -> None:
    """Let owners of failed firms pay on the loan from their income, as long as it is pursued."""
    firms, book = model.firms, model.firms.accounts
    owed = book["principal"].astype(np.int64) + book["interest"] + book["written_off"]
    rows = np.flatnonzero((owed > 0) & (firms.private["trading"] == 0))
    rows = rows[firms.private["failed_month"][rows] < model.month]
    share = firms.settings.owner_garnish if firms.settings.owner_guarantee > 0 else 0.0
    take_from_owners(model, rows, owed[rows] - firms.private["cash"][rows], share, "income")


def take_from_owners(model: Model, firms: Rows, short: Rows, share: float, base: str) -> None:
    """Take from owners what is short, up to a share of their cash or income; it becomes the firm's cash."""
    persons, private = model.persons, model.firms.private
    owners = private["owner"][firms]
    means = np.minimum((share * persons[base][owners]).astype(np.int64), persons["cash"][owners])
    taken = np.minimum(means, np.maximum(short, 0)) * (model.accounts["alive"][owners] > 0)
    # One person may stand for two firms that failed one after the other.
    for owner in np.unique(owners[taken > 0]):
        own = np.flatnonzero(owners == owner)
        for place in own[1:]:
            taken[place] = min(taken[place], persons["cash"][owner] - taken[own[own < place]].sum())
    np.subtract.at(persons["cash"], owners, taken)
    private["cash"][firms] += taken
    model.ledger.move("owner_guarantee", int(taken.sum()))


def _move_staff(model: Model, failed: Rows) -> None:
    """Send the staff of failed firms on to others, where firms do not decide on jobs."""
    gone = np.zeros(model.firms.rows, dtype=bool)
    gone[failed] = True
    rows = staff_of(model, gone)
    model.persons["employer"][rows] = model.persons["owns"][rows] = 0


def forget(model: Model) -> None:
    """Clear the rows of failed firms whose loan is settled."""
    private, book = model.firms.private, model.firms.accounts
    open_loans = book["principal"].astype(np.int64) + book["interest"] + book["written_off"]
    done = (book["alive"] > 0) & (private["trading"] == 0) & (open_loans == 0) & (private["cash"] == 0)
    rows = np.flatnonzero(done)
    for column in ("alive", "line", "limit", "overdue", "months_past_due", "payment", "covered"):
        book[column][rows] = 0


def succeed(model: Model) -> None:
    """Find new owners for firms whose owner has left, and successors for the markets of failed firms.

    Each market that waits finds an entrant with the same chance each month, by the failed firm's own draw, so
    that the number of firms is stationary. The jobless are the likelier founders (Evans and Leighton, 1989), where
    firms decide on jobs; a firm in business is taken over by one of its staff.
    """
    firms, private, persons = model.firms, model.firms.private, model.persons
    rows = firms.trading()
    owner = private["owner"][rows]
    orphans = rows[(model.accounts["alive"][owner] == 0) | (persons["owns"][owner] != rows)]
    if len(orphans):
        marked = np.zeros(firms.rows, dtype=bool)
        marked[orphans] = True
        staff = staff_of(model, marked)
        heirs = _first_by_luck(model, staff, persons["employer"][staff].astype(np.int64), orphans)
        appoint(model, orphans[heirs >= 0], heirs[heirs >= 0])
        # Nobody is left to go on: the firm closes, in order, and its market waits.
        private["niche"][orphans[heirs < 0]] = 1
        _close(model, orphans[heirs < 0])
    niches = np.flatnonzero(private["niche"])
    luck = firms.population.uniforms("firm_entry", niches, model.month)
    niches = niches[luck < firms.settings.entry_hazard]
    if len(niches):
        _enter(model, niches)


def _close(model: Model, rows: Rows) -> None:
    """Mark firms without staff or owner as failed this month; they are wound up like the others."""
    private = model.firms.private
    private["trading"][rows] = private["staff"][rows] = 0
    private["failed_month"][rows], private["failure"][rows] = model.month, FAILURE_ILLIQUID
    model.ledger.flows["firm.failures"] += len(rows)
    if len(rows):
        wind_up(model, rows)


def _first_by_luck(model: Model, persons: Rows, group: Rows, wanted: Rows) -> Rows:
    """Find in each wanted group the person with the least luck of the month; -1 where there is nobody."""
    luck = model.people.uniforms("firm_owner", persons, model.month)
    order = np.lexsort((luck, group))
    place = np.searchsorted(group[order], wanted)
    found = np.full(len(wanted), -1, dtype=np.int64)
    inside = place < len(order)
    hit = inside.copy()
    hit[inside] = group[order][place[inside]] == wanted[inside]
    found[hit] = persons[order][place[hit]]
    return found


def _founders(model: Model, sectors: Rows) -> Rows:
    """Find a founder for each market, the persons of its sector with the least luck first; -1 for nobody."""
    persons, size = model.persons, model.people.size
    marked = np.zeros(PRIVATE + 1, dtype=bool)
    marked[sectors] = True
    found = np.full(len(sectors), -1, dtype=np.int64)
    for want in (0, 1) if model.firms.weight_of_jobs > 0.0 else (1,):
        rows = np.empty(size, dtype=np.int64)
        columns = [persons[name] for name in ("employed", "owns", "sector")]
        rows = rows[: loops.at_leisure(*columns, model.accounts["alive"], size, marked, want, rows)]
        luck = model.people.uniforms("firm_owner", rows, model.month)
        rows = rows[np.argsort(luck, kind="stable")]
        sector = persons["sector"][rows]
        for place in np.unique(sectors[found < 0]):
            waiting = np.flatnonzero((sectors == place) & (found < 0))
            some = rows[sector == place][: len(waiting)]
            found[waiting[: len(some)]] = some
        if (found >= 0).all():
            break
    return found


def _enter(model: Model, niches: Rows) -> None:
    """Found a successor on each market that has a founder; it brings equity from outside and starts with its owner."""
    firms, private = model.firms, model.firms.private
    founders = _founders(model, private["sector"][niches].astype(np.int64))
    niches, founders = niches[founders >= 0], founders[founders >= 0]
    if not len(niches):
        return
    rows = firms.found(private["sector"][niches].astype(np.int64), model.month, model.environment)
    private = firms.private
    appoint(model, rows, founders)
    private["niche"][niches] = 0
    # Customers among the firms have gone elsewhere; final demand waits.
    for column, source in (("size_class", "size_class"), ("market", "market"), ("normal_sales", "market")):
        private[column][rows] = private[source][niches]
    private["vacancies"][rows], private["staff"][rows] = 0, 1
    private["labour"][rows] = model.persons["income_permanent"][founders]
    firms.choose_suppliers(rows, model.month)
    calendar = model.economy.month(model.month).calendar_month
    brought = firms.furnish(rows, calendar, stationary=False)
    model.ledger.move("equity_paid_in", brought["cash"])
    model.ledger.flows["inventory_founded"] += brought["inventory"]
    model.ledger.flows["firms_entered"] += len(rows)
