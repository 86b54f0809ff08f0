"""Who takes over from whom, gone through row by row: owners, founders, markets and the customers that go with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.loops.diskcache import kept
from sim.firms.firm import NO_FIRM
from sim.firms.labour_loops import by_sector
from sim.firms.trade_loops import lead_to


@kept
def without_owner(trading: Any, owner: Any, alive: Any, owns: Any, rows: Any) -> int:
    """Collect firms in business whose owner has left or owns another; returns how many."""
    count = 0
    for row in range(trading.size):
        if trading[row] > 0 and (alive[owner[row]] == 0 or owns[owner[row]] != row):
            rows[count] = row
            count += 1
    return count


@kept
def appoint(rows: Any, owners: Any, employed: Any, months_jobless: Any, employer: Any, owns: Any, owner: Any) -> None:
    """Make persons the owners of firms, one each, at work there."""
    for k in range(rows.size):
        employed[owners[k]], months_jobless[owners[k]] = 1, 0
        employer[owners[k]] = owns[owners[k]] = rows[k]
        owner[rows[k]] = owners[k]


@kept
def first_by_luck(staff: Any, luck: Any, employer: Any, firms: Any, found: Any) -> int:
    """Set for each firm who of its staff, the row of persons, has the least luck; -1 where it has none.

    Returns how many have none.
    """
    place = np.full(firms.max() + 1 if firms.size else 1, -1, np.int64)
    least = np.full(firms.size, 2.0)
    for k in range(firms.size):
        place[firms[k]], found[k] = k, -1
    for k in range(staff.size):
        firm = employer[staff[k]]
        if firm < place.size and place[firm] >= 0 and luck[k] < least[place[firm]]:
            least[place[firm]], found[place[firm]] = luck[k], staff[k]
    without = 0
    for k in range(firms.size):
        without += found[k] < 0
    return without


@kept
def least_lucky(luck: Any, inside: Any, sector: Any, chosen: Any) -> int:
    """Collect the places of the least luck in a sector, the least first and those alike in their order.

    ``inside`` is the sector of each draw. Returns how many there are, ``chosen.size`` at most.
    """
    count = 0
    for place in range(luck.size):
        if inside[place] != sector or (count == chosen.size and luck[place] >= luck[chosen[count - 1]]):
            continue
        count = min(count + 1, chosen.size)
        k = count - 1
        while k > 0 and luck[chosen[k - 1]] > luck[place]:
            chosen[k] = chosen[k - 1]
            k -= 1
        chosen[k] = place
    return count


@kept
def wanted(markets: Any, found: Any) -> int:
    """Bits of the sectors of markets that have no founder yet (-1)."""
    bits = 0
    for market in range(markets.size):
        bits |= (1 << markets[market]) if found[market] < 0 else 0
    return bits


@kept
def founders(rows: Any, luck: Any, sector: Any, markets: Any, found: Any) -> int:
    """Set a founder for each market that has none (-1): the persons of its sector with the least luck first.

    ``markets`` are their sectors. Returns how many are still without one.
    """
    inside, left = np.empty(rows.size, np.int8), 0
    for k in range(rows.size):
        inside[k] = sector[rows[k]]
    wanted = np.zeros(markets.max() + 1 if markets.size else 0, np.int64)
    for market in range(markets.size):
        wanted[markets[market]] += found[market] < 0
    for one in range(wanted.size):
        if wanted[one] == 0:
            continue
        chosen, taken = np.empty(wanted[one], np.int64), 0
        count = least_lucky(luck, inside, one, chosen)
        for market in range(markets.size):
            if markets[market] == one and found[market] < 0 and taken < count:
                found[market] = rows[chosen[taken]]
                taken += 1
        left += wanted[one] - taken
    return left


@kept
def customers(supplier: Any, buyer: Any, trading: Any, markets: Any, links: Any, place: Any) -> int:
    """Collect links over which firms in business bought from failed ones, and the place of each in ``markets``."""
    of = np.full(trading.size, -1, np.int64)
    for k in range(markets.size):
        of[markets[k]] = k
    count = 0
    for link in range(supplier.size):
        if of[supplier[link]] >= 0 and trading[buyer[link]] > 0:
            links[count], place[count] = link, of[supplier[link]]
            count += 1
    return count


@kept
def usual_sales(
    slots: Any,
    markets: Any,
    links: Any,
    place: Any,
    input_share: Any,
    network_share: Any,
    sector: Any,
    sales: Any,
    market: Any,
    found: Any,
) -> None:
    """Set what markets usually buy: final demand, and the orders over links that led there, each to its ``place``."""
    for k in range(markets.size):
        found[k] = 0.0
    for k in range(links.size):
        buyer = links[k] // slots
        found[place[k]] += network_share * (input_share[sector[buyer]] * sales[buyer])
    for k in range(markets.size):
        found[k] = market[markets[k]] + found[k]


@kept
def feeds(
    markets: Any, founders: Any, sales: Any, wage_share: Any, margin: Any, sector: Any, earned: Any, enough: Any
) -> None:
    """Set whether wages and profit of each market pay its founder what he earns."""
    for k in range(markets.size):
        one = sector[markets[k]]
        enough[k] = (wage_share[one] + margin[one]) * sales[k] >= earned[founders[k]]


@kept
def waiting(
    slots: Any,
    markets: Any,
    founders: Any,
    input_share: Any,
    network_share: Any,
    wage_share: Any,
    margin: Any,
    supplier: Any,
    buyer: Any,
    trading: Any,
    sector: Any,
    normal_sales: Any,
    market: Any,
    earned: Any,
    links: Any,
    place: Any,
    sales: Any,
    enough: Any,
) -> int:
    """Collect `customers` of markets, what these and final demand buy there, and whether it `feeds` a founder each.

    Returns how many customers there are.
    """
    count = customers(supplier, buyer, trading, markets, links, place)
    known = sector, normal_sales, market
    usual_sales(slots, markets, links[:count], place[:count], input_share, network_share, *known, sales)
    feeds(markets, founders, sales, wage_share, margin, sector, earned, enough)
    return count


@kept
def take_up(
    rows: Any,
    markets: Any,
    founders: Any,
    sales: Any,
    earned: Any,
    niche: Any,
    size_class: Any,
    market: Any,
    normal_sales: Any,
    vacancies: Any,
    staff: Any,
    labour: Any,
) -> None:
    """Let new firms take up markets with the sales that wait there; of staff there is the founder alone."""
    for k in range(rows.size):
        row, failed = rows[k], markets[k]
        niche[failed] = 0
        size_class[row], market[row], normal_sales[row] = size_class[failed], market[failed], int(sales[k])
        vacancies[row], staff[row], labour[row] = 0, 1, earned[founders[k]]


@kept
def win(
    slots: Any,
    links: Any,
    place: Any,
    takers: Any,
    input_share: Any,
    network_share: Any,
    largest_customer: Any,
    sector: Any,
    sales: Any,
    trading: Any,
    supplier: Any,
    share: Any,
    orders: Any,
) -> None:
    """Let links lead to those who take up markets, but to nobody who would buy from itself; sum what they order.

    ``place`` says for each link which of the ``takers`` it leads to now; ``orders``, float64 fen a month, are theirs.
    """
    suppliers = np.empty(links.size, np.int64)
    for k in range(links.size):
        taker = takers[place[k]]
        suppliers[k] = NO_FIRM if taker == links[k] // slots else taker
    terms = input_share, network_share, largest_customer
    lead_to(slots, links, suppliers, *terms, sector, sales, trading, supplier, share)
    for k in range(links.size):
        buyer = links[k] // slots
        orders[place[k]] += share[links[k]] * (input_share[sector[buyer]] * sales[buyer])


@kept
def take_over(
    slots: Any,
    markets: Any,
    luck: Any,
    links: Any,
    place: Any,
    input_share: Any,
    network_share: Any,
    largest_customer: Any,
    sector: Any,
    sales: Any,
    trading: Any,
    supplier: Any,
    share: Any,
    market: Any,
    expected: Any,
    niche: Any,
) -> None:
    """Give markets of failed firms, one after the other, to a firm of the sector in business, drawn by its own luck.

    Firms that bought there go with it (``links``, each with its ``place`` in ``markets``).
    """
    rows, first = by_sector(trading, sector, sector.max() + 1)
    for k in range(markets.size):
        failed = markets[k]
        rivals = first[sector[failed] + 1] - first[sector[failed]]
        if rivals == 0:
            continue
        taker = rows[first[sector[failed]] + int(luck[k] * rivals)]
        own, orders = links[place == k], np.zeros(1)
        terms = input_share, network_share, largest_customer
        zeros, takers = np.zeros(own.size, np.int64), np.full(1, taker)
        win(slots, own, zeros, takers, *terms, sector, sales, trading, supplier, share, orders)
        market[taker] += market[failed]
        sales[taker] += market[failed] + int(orders[0])
        expected[taker] += market[failed] + int(orders[0])
        niche[failed] = 0
