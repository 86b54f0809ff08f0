"""What cards ask for, by hand: balances and outflows, neighbours, statements of firms."""

from __future__ import annotations

import pytest

from sim.persons.watching import see_balance, see_firm_balance, see_neighbours, see_statements
from tests.laws.calling import does

BALANCE = {"cash": 1_000, "footprint": 0.5, "inflow_slow": 400.0, "balance_seen": 1_300.0, "outflow_memory": 2.0,
           "balance_shift": 0.2, "large_outflow": 0.6, "luck_balance_share": 0.5}  # fmt: skip


def test_a_part_of_the_balance_is_seen_and_large_outflows_are_counted():
    """500 are seen; 40 % of 1 300 are 520; a quarter of the inflow is 100."""
    does(see_balance, BALANCE, {"balance_seen": 500.0, "outflow_memory": 2.84})
    does(see_balance, {**BALANCE, "balance_seen": 1_200.0}, {"balance_seen": 500.0, "outflow_memory": 1.84})
    does(see_balance, {**BALANCE, "cash": 0, "balance_seen": 100.0}, {"balance_seen": 0.0, "outflow_memory": 1.84})
    does(see_balance, {**BALANCE, "cash": 0, "balance_seen": 101.0}, {"balance_seen": 0.0, "outflow_memory": 2.84})


@pytest.mark.parametrize(("luck", "seen"), [(1.0, 600.0), (0.0, 400.0), (0.75, 550.0)])
def test_a_shift_to_or_from_other_banks_looks_like_a_flow(luck, seen):
    does(see_balance, {**BALANCE, "luck_balance_share": luck, "balance_seen": 10.0},
         {"balance_seen": seen, "outflow_memory": 1.84})  # fmt: skip


@pytest.mark.parametrize(("luck", "seen"), [(0.5, 300.0), (1.0, 360.0), (0.0, 240.0), (0.75, 330.0)])
def test_a_part_of_a_firms_cash_is_seen_and_no_overdraft(luck, seen):
    held = {"cash": 1_000, "observability": 0.3, "balance_shift": 0.2, "luck_balance_share": luck}
    does(see_firm_balance, held, {"balance_seen": seen})
    does(see_firm_balance, {**held, "cash": -500}, {"balance_seen": 0.0})


def test_neighbours_are_seen_as_they_are():
    does(see_neighbours, {"default_share_by_community": 0.07}, {"social_default": 0.07})


# Twelve months of 100 over 150 + 49 + 1 are 6, over 99 + 1 are 12; a tenth goes to research.
BOOKS = {"sales": 100, "receivables": 150, "claims": 49, "inventory": 99, "research": 2.0, "receivable_turnover": 12.0,
         "inventory_turnover": 6.0, "research_seen": 0.4, "research_share_by_sector": 0.05, "statement_error": 0.2,
         "luck_statement_error": 0.5}  # fmt: skip


@pytest.mark.parametrize(("luck", "factor"), [(0.5, 1.0), (1.0, 1.2), (0.0, 0.8)])
def test_statements_are_remembered_for_half_a_year_and_wrong_by_so_much(luck, factor):
    does(see_statements, {**BOOKS, "luck_statement_error": luck}, {
        "receivable_turnover": 12.0 + (6.0 * factor - 12.0) / 6.0,
        "inventory_turnover": 6.0 + (12.0 * factor - 6.0) / 6.0,
        "research_seen": 0.4 + (0.1 * factor - 0.4) / 6.0,
    })  # fmt: skip


def test_the_first_statement_counts_whole_and_none_beyond_sixty():
    new = {**BOOKS, "receivable_turnover": 0.0, "inventory_turnover": 0.0, "research_seen": 0.0}
    does(see_statements, new, {"receivable_turnover": 6.0, "inventory_turnover": 12.0, "research_seen": 0.1 / 6.0})
    bare = {**new, "receivables": 0, "claims": 0, "inventory": 0}
    does(see_statements, bare, {"receivable_turnover": 60.0, "inventory_turnover": 60.0, "research_seen": 0.1 / 6.0})
