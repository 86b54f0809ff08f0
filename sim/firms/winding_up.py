"""The end of firms: estates, lost claims, owners who stand in."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.population import Population
from sim.engine.tables.table import Table
from sim.firms import trade_loops as loops
from sim.firms.clearing import clear
from sim.firms.firm import NO_FIRM
from sim.firms.firms import Firms
from sim.firms.jobs import staff_of
from sim.loan.ledger import Ledger
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_OPEN

Rows = NDArray[np.int64]


def wind_up_failed(month: int, people: Population, firms: Firms, ledger: Ledger) -> None:
    """Wind up the firms that failed this month."""
    private = firms.private
    failed = np.flatnonzero((private["failed_month"] == month) & (private["trading"] == 0))
    if len(failed):
        wind_up(month, people, firms, ledger, failed)


def wind_up(month: int, people: Population, firms: Firms, ledger: Ledger, failed: Rows) -> None:
    """Sell what failed firms leave, share it out, and let suppliers, lender, staff and owner bear the rest."""
    private = firms.private
    price = resale_price(firms, len(failed))
    # Claims on customers go to a factor outside, who will collect them.
    lost = customer_links(firms, failed)
    claims = _sell_claims(firms, ledger, failed, lost)
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
    _call_in(book, failed)
    line = book["line"][failed]
    book["line"][failed[(line == LINE_APPLIED) | (line == LINE_OPEN)]] = LINE_CLOSED
    _pay_suppliers(firms, ledger, links, owed, paid[:, :-1])
    take_from_owners(
        people, firms, ledger, failed, loan - private["cash"][failed], firms.settings.owner_guarantee, "cash"
    )
    if firms.weight_of_jobs == 0.0:
        _move_staff(people, firms, failed)
    # Customers buy outside and come back to whoever takes up the market: suppliers are hard to replace, as inputs are
    # made to measure (Barrot and Sauvagnat, 2016).
    firms.buy_from(lost, firms.links["supplier"][lost].astype(np.int64))
    firms.count_debts()


def customer_links(firms: Firms, suppliers: Rows) -> Rows:
    """Links over which others buy from some firms."""
    marked = np.zeros(firms.rows, dtype=bool)
    marked[suppliers] = True
    found = np.empty(firms.links.size, dtype=np.int64)
    return found[: loops.links_to(firms.links["supplier"], marked, found)]


def _call_in(book: Table, failed: Rows) -> None:
    """Let the whole loan fall due: grace and holidays end, nothing more may be drawn, and no instalment is left.

    So what an owner pays by and by does not make the loan younger, and it is charged off at the usual age. Else loans
    of failed firms stay on the book for years, and arrears of calm times rise for as long.
    """
    book["grace"][failed] = book["holiday"][failed] = book["limit"][failed] = 0
    owes = book["principal"][failed] > 0
    book["overdue"][failed] = np.where(owes, book["principal"][failed] + book["interest"][failed], 0)
    book["payment"][failed] = owes


def resale_price(firms: Firms, sellers: int) -> float:
    """Price of a failed firm's goods over their value: falls with the number of sellers beyond the normal one.

    Sales of a distressed industry fetch less when its other members cannot buy (Shleifer and Vishny, 1992).
    """
    settings, elasticity = firms.settings, firms.feedback.fire_sale
    normal = max(settings.normal_failures / 12.0 * firms.count, 1.0)
    return float(settings.resale_price * min(normal / max(sellers, 1), 1.0) ** elasticity)


def _in_proportion(debts: NDArray[np.int64], means: Rows) -> NDArray[np.int64]:
    """Share each row's means over its debts, to the last fen, none beyond what is owed."""
    count, width = debts.shape
    first = np.append(np.arange(count) * width, [count * width, count * width])
    sink = np.full(count * width, count, dtype=np.int64)
    paid = clear(first, sink, debts.ravel(), np.append(np.minimum(means, debts.sum(axis=1)), 0)).paid
    return np.asarray(paid).reshape(count, width)


def _sell_claims(firms: Firms, ledger: Ledger, failed: Rows, lost: Rows) -> Rows:
    """Turn what customers owe failed firms over links into debts to the outside world; returns what the factor pays."""
    price = np.zeros(firms.rows, dtype=np.int64)
    loops.sell_claims(firms.slots, lost, *[firms.links[name] for name in ("supplier", "later", "due")], price)
    ledger.flows["trade_credit_sold"] += int(price.sum())
    worth: Rows = (firms.settings.claims_price * price[failed]).astype(np.int64)
    return worth


def _pay_suppliers(firms: Firms, ledger: Ledger, links: Rows, owed: Rows, paid: Rows) -> None:
    """Pay the suppliers of failed firms their part of the estate and write off the rest, as far as it is not insured.

    A supplier that is hit hard is in danger itself (Jacobson and von Schedvin, 2015).
    """
    private = firms.private
    got, losses = np.zeros((2, firms.rows), dtype=np.int64)
    ends = [firms.links[name] for name in ("supplier", "later", "due")]
    loops.settle_links(links.ravel(), owed.ravel(), paid.ravel(), *ends, got, losses)
    outside, lost_outside = int(got[NO_FIRM]), int(losses[NO_FIRM])
    got[NO_FIRM] = losses[NO_FIRM] = 0
    ledger.move("inputs_paid_outside", outside)
    ledger.trade(int(paid.sum()) - outside, int(got.sum()))
    ledger.flows["trade_credit_lost"] += int(losses.sum())
    ledger.flows["supplier_debt_lost"] += lost_outside
    insured = (losses * (1.0 - firms.feedback.trade_credit)).astype(np.int64)
    ledger.move("trade_credit_insured", int(insured.sum()))
    private["cash"][:] += got + insured
    private["hit"][:] += losses - insured


def owners_pay(month: int, people: Population, firms: Firms, ledger: Ledger) -> None:
    """Let owners of failed firms pay on the loan from their income, as long as it is pursued."""
    book = firms.accounts
    owed = book["principal"].astype(np.int64) + book["interest"] + book["written_off"]
    rows = np.flatnonzero((owed > 0) & (firms.private["trading"] == 0))
    rows = rows[firms.private["failed_month"][rows] < month]
    share = firms.settings.owner_garnish if firms.settings.owner_guarantee > 0 else 0.0
    take_from_owners(people, firms, ledger, rows, owed[rows] - firms.private["cash"][rows], share, "income")


def take_from_owners(
    people: Population, firms: Firms, ledger: Ledger, rows: Rows, short: Rows, share: float, base: str
) -> None:
    """Take from owners what is short, up to a share of their cash or income; it becomes the firm's cash."""
    persons, private = people.private, firms.private
    owners = private["owner"][rows]
    means = np.minimum((share * persons[base][owners]).astype(np.int64), persons["cash"][owners])
    taken = np.minimum(means, np.maximum(short, 0)) * (people.accounts["alive"][owners] > 0)
    # One person may stand for two firms that failed one after the other.
    paying = sorted(owners[taken > 0].tolist())
    for owner in sorted({one for one, after in itertools.pairwise(paying) if one == after}):
        own = np.flatnonzero(owners == owner)
        for place in own[1:]:
            taken[place] = min(taken[place], persons["cash"][owner] - taken[own[own < place]].sum())
    np.subtract.at(persons["cash"], owners, taken)
    private["cash"][rows] += taken
    ledger.move("owner_guarantee", int(taken.sum()))


def liable_owners(firms: Firms) -> Rows:
    """Row of the person who stands in for each firm, -1 for nobody."""
    liable = firms.settings.owner_guarantee > 0 and firms.exist
    return firms.private["owner"].astype(np.int64) if liable else np.full(firms.rows, -1)


def _move_staff(people: Population, firms: Firms, failed: Rows) -> None:
    """Send the staff of failed firms on to others, where firms do not decide on jobs."""
    gone = np.zeros(firms.rows, dtype=bool)
    gone[failed] = True
    rows = staff_of(people, gone)
    people.private["employer"][rows] = people.private["owns"][rows] = 0


def forget(firms: Firms) -> None:
    """Clear the rows of failed firms whose loan is settled."""
    private, book = firms.private, firms.accounts
    open_loans = book["principal"].astype(np.int64) + book["interest"] + book["written_off"]
    done = (book["alive"] > 0) & (private["trading"] == 0) & (open_loans == 0) & (private["cash"] == 0)
    rows = np.flatnonzero(done)
    for column in ("alive", "line", "limit", "overdue", "months_past_due", "payment", "covered"):
        book[column][rows] = 0
