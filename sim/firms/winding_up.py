"""The end of firms: estates, lost claims, owners who stand in."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.listing import rows_with
from sim.engine.tables.population import Population
from sim.firms import estates as loops
from sim.firms import trade_loops as trade
from sim.firms.clearing import clear
from sim.firms.firms import OWED as OWED_FOR_GOODS
from sim.firms.firms import Firms
from sim.firms.jobs import staff_of
from sim.loan.ledger import Ledger

Rows = NDArray[np.int64]
# Columns that loops are handed, in their order.
LINKED = itemgetter("supplier", "later", "due")
OWED = itemgetter("principal", "interest", "written_off")
ESTATE = itemgetter("cash", "pledge", "inventory", "receivables", "overdraft", "vacancies", "orders")
CLAIMED = itemgetter("supplier", "share", "later", "due")
LOAN = itemgetter("principal", "interest", "written_off", "grace", "holiday", "limit", "overdue", "payment", "line")
SETTLED = itemgetter("alive", "line", "limit", "overdue", "months_past_due", "payment", "covered")


def wind_up_failed(month: int, people: Population, firms: Firms, ledger: Ledger) -> None:
    """Wind up the firms that failed this month."""
    private = firms.private
    failed = rows_with(private["failed_month"], month)
    failed = failed[private["trading"][failed] == 0]
    if len(failed):
        wind_up(month, people, firms, ledger, failed)


def wind_up(month: int, people: Population, firms: Firms, ledger: Ledger, failed: Rows) -> None:
    """Sell what failed firms leave, share it out, and let suppliers, lender, staff and owner bear the rest."""
    debts, rest = _sell(firms, ledger, failed)
    # All creditors share what the pledge leaves in proportion.
    paid = _in_proportion(debts, rest)
    ledger.move("estate_paid_outside", int(rest.sum() - paid.sum()))
    _pay(firms, ledger, failed, debts, paid)
    short = np.empty(len(failed), dtype=np.int64)
    loops.call_in(failed, *LOAN(firms.accounts), firms.private["cash"], short)
    take_from_owners(people, firms, ledger, failed, short, firms.settings.owner_guarantee, "cash")
    if firms.weight_of_jobs == 0.0:
        _move_staff(people, firms, failed)


def _sell(firms: Firms, ledger: Ledger, failed: Rows) -> tuple[Rows, Rows]:
    """Sell the estates; returns what each firm owes over its links and, last, of its loan, and what these share.

    Claims on customers go to a factor outside, who will collect them. Customers buy outside and come back to whoever
    takes up the market: suppliers are hard to replace, as inputs are made to measure (Barrot and Sauvagnat, 2016).
    """
    price, claims, settings = resale_price(firms, len(failed)), np.zeros(firms.rows, dtype=np.int64), firms.settings
    private = firms.private
    owing = *CLAIMED(firms.links), private["claims"], private["claims_due"], claims
    ledger.flows["trade_credit_sold"] += int(trade.sell_claims(firms.slots, failed, *owing))
    debts, rest = np.empty((len(failed), firms.slots + 1), dtype=np.int64), np.empty(len(failed), dtype=np.int64)
    sums = np.zeros(5, dtype=np.int64)
    loops.sell_estates(
        *(failed, firms.slots, price, float(settings.claims_price), float(settings.estate_cost), claims),
        *(*ESTATE(private), *OWED(firms.accounts), firms.links["later"], firms.links["due"]),
        *(debts, rest, sums),
    )
    sold, inventory, receivables, overdrafts, cost = sums.tolist()
    ledger.move("estate_sold", sold)
    ledger.flows["inventory_sold"] += inventory
    ledger.flows["receivables_sold"] += receivables
    ledger.move("overdraft_lost", overdrafts)
    ledger.move("estate_paid_outside", cost)
    return debts, rest


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
    first, funds = np.arange(count + 2) * width, np.zeros(count + 1, dtype=np.int64)
    first[-1] = count * width  # all are creditors in one place, which owes nothing
    np.minimum(means, np.add.reduce(debts, axis=1), out=funds[:-1])
    sink = np.empty(count * width, dtype=np.int32)
    sink.fill(count)
    return clear(first, sink, debts.ravel(), funds).paid.reshape(count, width)


def _pay(firms: Firms, ledger: Ledger, failed: Rows, debts: Rows, paid: Rows) -> None:
    """Pay the creditors of failed firms their part of the estate; suppliers lose the rest, as far as not insured."""
    sums, insured_part = np.zeros(6, dtype=np.int64), 1.0 - firms.feedback.trade_credit
    loops.pay_creditors(
        *(failed, firms.slots, debts, paid, insured_part, *LINKED(firms.links)),
        *(firms.private["cash"], firms.private["hit"], *OWED_FOR_GOODS(firms.private), sums),
    )
    over_links, received, outside, lost, lost_outside, insured = sums.tolist()
    ledger.move("inputs_paid_outside", outside)
    ledger.trade(over_links - outside, received)
    ledger.flows["trade_credit_lost"] += lost
    ledger.flows["supplier_debt_lost"] += lost_outside
    ledger.move("trade_credit_insured", insured)


def owners_pay(month: int, people: Population, firms: Firms, ledger: Ledger) -> None:
    """Let owners of failed firms pay on the loan from their income, as long as it is pursued."""
    private, persons = firms.private, people.private
    share = float(firms.settings.owner_garnish) if firms.settings.owner_guarantee > 0 else 0.0
    told = private["trading"], private["failed_month"], *OWED(firms.accounts), private["cash"]
    purse = persons["income"], private["owner"], people.accounts["alive"], persons["cash"]
    ledger.move("owner_guarantee", int(loops.pursue(month, share, *told, *purse)))


def take_from_owners(
    people: Population, firms: Firms, ledger: Ledger, rows: Rows, short: Rows, share: float, base: str
) -> None:
    """Take from owners what is short, up to a share of their cash or income; it becomes the firm's cash."""
    persons, private = people.private, firms.private
    purse = people.accounts["alive"], persons["cash"]
    given = rows, short, float(share), persons[base], private["owner"], *purse, private["cash"]
    ledger.move("owner_guarantee", int(loops.take(*given)))


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
    loops.forget_settled(private["trading"], private["cash"], *OWED(book), *SETTLED(book))
