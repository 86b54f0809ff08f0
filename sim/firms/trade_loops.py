"""Loops over links of trade that settle steps need every month."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.firms.firm import NO_FIRM
from sim.firms.network import choose_suppliers


@kept
def count_debts(
    slots: Any, supplier: Any, later: Any, due: Any, debts: Any, debts_due: Any, claims: Any, claims_due: Any
) -> None:
    """Sum what is owed, and what of it is due, by buyer and by supplier; nobody counts what the outside is owed.

    The last link of each buyer leads outside. To add it there, too, would let each buyer wait for the one before.
    """
    for row in range(debts.size):
        claims[row] = claims_due[row] = 0
    link = np.uint64(0)
    for buyer in range(debts.size):
        owed = overdue = 0
        for _ in range(slots - 1):
            seller, amount = np.uint64(supplier[link]), later[link] + due[link]
            owed += amount
            overdue += due[link]
            claims[seller] += amount
            claims_due[seller] += due[link]
            link += np.uint64(1)
        debts[buyer] = owed + later[link] + due[link]
        debts_due[buyer] = overdue + due[link]
        link += np.uint64(1)
    claims[NO_FIRM] = claims_due[NO_FIRM] = 0


@kept
def fall_due(
    slots: Any,
    matured_by_sector: Any,
    sector: Any,
    supplier: Any,
    later: Any,
    due: Any,
    debts: Any,
    debts_due: Any,
    claims: Any,
    claims_due: Any,
) -> None:
    """Let a share of what each buyer owes later fall due, to the nearest fen, and sum as `count_debts` does."""
    link = np.uint64(0)
    for buyer in range(sector.size):
        matured = matured_by_sector[np.uint64(sector[buyer])]
        for _ in range(slots):
            amount = int(later[link] * matured + 0.5)
            later[link] -= amount
            due[link] += amount
            link += np.uint64(1)
    count_debts(slots, supplier, later, due, debts, debts_due, claims, claims_due)


@kept
def pay_over_links(
    supplier: Any,
    paid: Any,
    received: Any,
    spent: Any,
    due: Any,
    cash: Any,
    debts: Any,
    debts_due: Any,
    claims: Any,
    claims_due: Any,
) -> int:
    """Settle what was paid over links, and move cash, debts and claims of firms; returns what buyers paid to firms."""
    among = 0
    for link in range(due.size):
        due[link] -= paid[link]
        among += paid[link] if supplier[link] != NO_FIRM else 0
    for row in range(NO_FIRM + 1, cash.size):
        cash[row] += received[row] - spent[row]
        debts[row] -= spent[row]
        debts_due[row] -= spent[row]
        claims[row] -= received[row]
        claims_due[row] -= received[row]
    cash[NO_FIRM] = 0
    return among


@kept
def place_orders(
    slots: Any,
    supplier: Any,
    share: Any,
    trading: Any,
    orders: Any,
    later: Any,
    inventory: Any,
    orders_in: Any,
) -> tuple[int, int]:
    """Split the orders of buyers in business over their links by share; the last link, outside, takes what is left.

    The goods come at once. Returns what was ordered, and what of it from outside.
    """
    total, outside = 0, 0
    for row in range(orders.size):
        orders_in[row] = 0
    for buyer in range(orders.size):
        if trading[buyer] == 0 or orders[buyer] <= 0:
            continue
        left, link = orders[buyer], np.uint64(buyer * slots)
        total += left
        inventory[buyer] += left
        for _ in range(slots - 1):
            amount = min(int(orders[buyer] * share[link]), left)
            later[link] += amount
            orders_in[np.uint64(supplier[link])] += amount
            left -= amount
            link += np.uint64(1)
        later[link] += left
        outside += left
    outside += orders_in[NO_FIRM]
    orders_in[NO_FIRM] = 0
    return total, outside


@kept
def lead_to(
    slots: Any,
    links: Any,
    suppliers: Any,
    input_share: Any,
    network_share: Any,
    largest_customer: Any,
    sector: Any,
    sales: Any,
    trading: Any,
    supplier: Any,
    share: Any,
) -> None:
    """Let each link lead to a supplier, with the share that it sells; the last link of the buyer takes the rest."""
    for place in range(links.size):
        link, seller = links[place], suppliers[place]
        buyer = link // slots
        inputs, before = input_share[sector[buyer]] * sales[buyer], share[link]
        most = min(network_share * inputs, largest_customer * sales[seller]) / max(inputs, 1.0)
        supplier[link] = seller
        share[link] = most if trading[seller] > 0 else 0.0
        share[(buyer + 1) * slots - 1] += before - share[link]
    for place in range(links.size):
        outside = (links[place] // slots + 1) * slots - 1
        share[outside] = min(max(share[outside], 0.0), 1.0)  # sums of float32


@kept
def open_links(slots: Any, rows: Any, share: Any, links: Any) -> None:
    """List the links of some firms but the last of each, which leads outside and takes all at first."""
    count = 0
    for row in rows:
        last = (row + 1) * slots - 1
        for link in range(row * slots, last):
            links[count] = link
            count += 1
        share[last] = 1.0


@kept
def supply(
    slots: Any,
    links: Any,
    buyers: Any,
    luck: Any,
    concentration: Any,
    input_share: Any,
    network_share: Any,
    largest_customer: Any,
    sector: Any,
    sales: Any,
    trading: Any,
    supplier: Any,
    share: Any,
) -> None:
    """Let links lead to suppliers that luck chooses by size from firms in business."""
    size = np.zeros(sales.size)
    for row in range(sales.size):
        if trading[row] > 0:
            size[row] = sales[row]
    suppliers = choose_suppliers(luck, buyers, size, concentration)
    terms = input_share, network_share, largest_customer
    lead_to(slots, links, suppliers, *terms, sector, sales, trading, supplier, share)


@kept
def sell_claims(
    slots: Any,
    failed: Any,
    supplier: Any,
    share: Any,
    later: Any,
    due: Any,
    claims: Any,
    claims_due: Any,
    price: Any,
) -> int:
    """Turn what customers owe failed firms into debts to the outside world, where they buy from now on.

    Their sum by supplier is added to ``price``; returns the sum of all.
    """
    marked, links, count, total = np.zeros(claims.size, np.int64), np.empty(supplier.size + 1, np.int64), 0, 0
    for row in failed:
        marked[row] = 1
    for link in range(supplier.size):
        links[count] = link  # to stay, or to be written over: nothing to guess right
        count += marked[np.uint64(supplier[link])]
    for link in links[:count]:
        outside = (link // slots + 1) * slots - 1
        total += later[link] + due[link]
        price[supplier[link]] += later[link] + due[link]
        claims[supplier[link]] -= later[link] + due[link]
        claims_due[supplier[link]] -= due[link]
        later[outside] += later[link]
        due[outside] += due[link]
        share[outside] += share[link]
        later[link] = due[link] = share[link] = 0
    for link in links[:count]:
        outside = (link // slots + 1) * slots - 1
        share[outside] = min(max(share[outside], 0.0), 1.0)  # sums of float32
    return total
