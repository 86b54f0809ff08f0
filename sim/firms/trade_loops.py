"""Loops over links of trade and over persons that settle steps need every month."""

from __future__ import annotations

from typing import Any

from sim.engine.loops.diskcache import kept


@kept
def count_debts(
    slots: Any, supplier: Any, later: Any, due: Any, debts: Any, debts_due: Any, claims: Any, claims_due: Any
) -> None:
    """Sum what is owed, and what of it is due, by buyer and by supplier; row 0 is the outside world."""
    for buyer in range(debts.size):
        owed = overdue = 0
        for link in range(buyer * slots, (buyer + 1) * slots):
            amount = later[link] + due[link]
            owed += amount
            overdue += due[link]
            claims[supplier[link]] += amount
            claims_due[supplier[link]] += due[link]
        debts[buyer] = owed
        debts_due[buyer] = overdue


@kept
def fall_due(slots: Any, matured: Any, later: Any, due: Any) -> None:
    """Let a share of what each buyer owes later fall due, to the nearest fen."""
    for buyer in range(matured.size):
        for link in range(buyer * slots, (buyer + 1) * slots):
            amount = int(later[link] * matured[buyer] + 0.5)
            later[link] -= amount
            due[link] += amount


@kept
def place_orders(slots: Any, supplier: Any, share: Any, orders: Any, later: Any, sold: Any) -> None:
    """Split each buyer's orders over its links by share; the last link, outside, takes what is left."""
    for buyer in range(orders.size):
        left = orders[buyer]
        if left <= 0:
            continue
        last = (buyer + 1) * slots - 1
        for link in range(buyer * slots, last):
            amount = min(int(orders[buyer] * share[link]), left)
            later[link] += amount
            sold[supplier[link]] += amount
            left -= amount
        later[last] += left
        sold[supplier[last]] += left


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
def usual_orders(
    slots: Any,
    input_share: Any,
    network_share: Any,
    sector: Any,
    sales: Any,
    trading: Any,
    supplier: Any,
    orders: Any,
) -> None:
    """Sum what firms in business usually order, by supplier."""
    for buyer in range(trading.size):
        if trading[buyer] > 0:
            inputs = input_share[sector[buyer]] * sales[buyer]
            for link in range(buyer * slots, (buyer + 1) * slots):
                orders[supplier[link]] += network_share * inputs


@kept
def sell_claims(slots: Any, links: Any, supplier: Any, later: Any, due: Any, price: Any) -> None:
    """Turn what is owed over some links into debts to the outside world; its sum by supplier is added to ``price``."""
    for link in links:
        outside = (link // slots + 1) * slots - 1
        price[supplier[link]] += later[link] + due[link]
        later[outside] += later[link]
        due[outside] += due[link]
        later[link] = due[link] = 0


@kept
def settle_links(links: Any, owed: Any, paid: Any, supplier: Any, later: Any, due: Any, got: Any, lost: Any) -> None:
    """End the debts over some links; what of them was paid, and what was not, is added up by supplier."""
    for place in range(links.size):
        link = links[place]
        got[supplier[link]] += paid[place]
        lost[supplier[link]] += owed[place] - paid[place]
        later[link] = due[link] = 0


@kept
def links_to(supplier: Any, marked: Any, links: Any) -> int:
    """Collect links that lead to marked suppliers; returns how many."""
    count = 0
    for link in range(supplier.size):
        if marked[supplier[link]]:
            links[count] = link
            count += 1
    return count


@kept
def without_place(employer: Any, employed: Any, sector: Any, alive: Any, size: Any, sectors: Any, rows: Any) -> int:
    """Collect persons who work in a sector of firms and have no firm yet; returns how many."""
    count = 0
    for row in range(size):
        rows[count] = row  # to stay, or to be written over: nothing to guess right, as few are like the last
        count += (employer[row] == 0) & (employed[row] > 0) & (sector[row] < sectors) & (alive[row] > 0)
    return count


@kept
def staff_of(employer: Any, employed: Any, alive: Any, marked: Any, size: Any, rows: Any) -> int:
    """Collect persons who work at marked firms; returns how many."""
    count = 0
    for row in range(size):
        if marked[employer[row]] and employed[row] > 0 and alive[row] > 0:
            rows[count] = row
            count += 1
    return count


@kept
def at_leisure(employed: Any, owns: Any, sector: Any, alive: Any, size: Any, marked: Any, want: Any, rows: Any) -> int:
    """Collect persons of marked sectors who own nothing and have a job (``want`` 1) or none (0)."""
    count = 0
    for row in range(size):
        if employed[row] == want and owns[row] == 0 and alive[row] > 0 and marked[sector[row]]:
            rows[count] = row
            count += 1
    return count


@kept
def fill_vacancies(vacancies: Any, weight: Any, found: Any) -> None:
    """Fill vacancies evenly over the firms with those who seek one, in order; the rest go by the firms' size."""
    vacant = vacancies.sum()
    served = min(found.size, vacant)
    firm, reached = -1, 0
    for seeker in range(served):
        place = (2 * seeker + 1) * vacant // (2 * served)
        while reached <= place:
            firm += 1
            reached += vacancies[firm]
        found[seeker] = firm
    total = 0.0
    for size in weight:
        total += size
    rest, firm, within = found.size - served, 0, weight[0]
    for seeker in range(rest):
        share = (seeker + 0.5) / rest * total
        while firm < weight.size - 1 and within <= share:
            firm += 1
            within += weight[firm]
        found[served + seeker] = firm


@kept
def lay_off(employer: Any, key: Any, layoffs: Any, everybody: Any, thresholds: Any) -> None:
    """Set for each firm a threshold above the keys of as many as it lays off; ordered by firm, then by key."""
    first = 0
    while first < employer.size:
        firm, next_firm = employer[first], first + 1
        while next_firm < employer.size and employer[next_firm] == firm:
            next_firm += 1
        count = min(layoffs[firm], next_firm - first)
        if count > 0:
            last = first + count - 1
            thresholds[firm] = everybody if last + 1 == next_firm else 0.5 * (key[last] + key[last + 1])
        first = next_firm
