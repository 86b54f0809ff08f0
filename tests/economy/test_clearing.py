"""Clearing: published case, an independent fixed point, and money that is conserved to the fen."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economy.clearing import clear

# Eisenberg and Noe's form, worked by hand: what each owes to each, and what each has.
OWED = ((0, 10, 5, 0), (0, 0, 8, 4), (3, 0, 0, 6), (0, 0, 0, 0))
FUNDS = (2, 1, 1, 0)
PAYMENTS = (3.45, 3.30, 4.35, 0)


def links_of(matrix):
    """Return a square matrix of debts as offsets, creditors and amounts."""
    rows = [[(other, amount) for other, amount in enumerate(row) if amount] for row in matrix]
    first = np.cumsum([0, *map(len, rows)])
    flat = [entry for row in rows for entry in row]
    creditor = np.array([other for other, _ in flat], dtype=np.int32)
    return first, creditor, np.array([amount for _, amount in flat], dtype=np.int64)


def solve(matrix, right):
    """Solve a linear system of fractions by elimination; the matrix is one of diagonal pivots that are not 0."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for pivot in range(size):
        rows[pivot] = [entry / rows[pivot][pivot] for entry in rows[pivot]]
        for row in range(size):
            if row != pivot and rows[row][pivot]:
                factor = rows[row][pivot]
                rows[row] = [entry - factor * base for entry, base in zip(rows[row], rows[pivot], strict=True)]
    return [row[-1] for row in rows]


def exact_payments(first, creditor, owed, funds):
    """Payments of Eisenberg and Noe's fictitious default algorithm (2001, section 3.1), in fractions."""
    size = len(funds)
    due = [int(owed[first[i] : first[i + 1]].sum()) for i in range(size)]
    share = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for link in range(first[i], first[i + 1]):
            if due[i]:
                share[i][creditor[link]] += Fraction(int(owed[link]), due[i])
    payments = [Fraction(amount) for amount in due]
    while True:
        has = [funds[i] + sum(share[j][i] * payments[j] for j in range(size)) for i in range(size)]
        failing = [i for i in range(size) if has[i] < payments[i] or payments[i] < due[i]]
        if all(has[i] == payments[i] for i in failing):
            return payments
        paying = [i for i in range(size) if i not in failing]
        base = [funds[i] + sum(share[j][i] * due[j] for j in paying) for i in failing]
        matrix = [[Fraction(int(i == j)) - share[j][i] for j in failing] for i in failing]
        for i, amount in zip(failing, solve(matrix, base), strict=True):
            payments[i] = amount


def assert_cleared(first, creditor, owed, funds, result):
    """Check the contract that needs no solution."""
    size = funds.size
    assert ((result.paid >= 0) & (result.paid <= owed)).all()
    debtor = np.repeat(np.arange(size), np.diff(first))
    spent, received, due = (np.zeros(size, np.int64) for _ in range(3))
    np.add.at(spent, debtor, result.paid)
    np.add.at(received, creditor, result.paid)
    np.add.at(due, debtor, owed)
    assert (spent == result.spent).all()
    assert (received == result.received).all()
    kept = funds + received - spent
    assert (kept >= 0).all()
    assert (kept[spent < due] == 0).all()


@pytest.mark.parametrize("scale", [1, 100, 10**6, 10**10])
def test_the_worked_case(scale):
    first, creditor, owed = links_of(OWED)
    funds = np.array(FUNDS) * scale
    result = clear(first, creditor, owed * scale, funds)
    assert_cleared(first, creditor, owed * scale, funds, result)
    assert np.abs(result.spent - np.array(PAYMENTS) * scale).max() <= 1.0


def random_network(generator):
    """Return debts of one of six kinds: sparse, dense, disconnected, with a giant, chained, or hardly any funds."""
    size, kind = int(generator.integers(2, 16)), int(generator.integers(6))
    top = 10 ** int(generator.integers(1, 11))
    matrix = generator.integers(0, top, (size, size)) * (generator.random((size, size)) < (0.6 if kind == 1 else 0.25))
    if kind == 2:
        half = size // 2
        matrix[:half, half:] = matrix[half:, :half] = 0
    elif kind == 3:
        matrix[0] *= 100
    elif kind == 4:
        matrix = np.zeros((size, size), np.int64)
        matrix[np.arange(size), (np.arange(size) + 1) % size] = generator.integers(1, top, size)
        matrix[0, size // 2] += int(generator.integers(0, 3))
    np.fill_diagonal(matrix, 0)
    funds = generator.integers(0, max(2, top // (1000 if kind == 5 else 3)), size)
    funds[generator.random(size) < 0.4] = 0
    return *links_of(matrix.tolist()), funds


@pytest.mark.parametrize("block", range(10))
def test_random_networks_agree_with_the_exact_fixed_point(block):
    generator = np.random.default_rng(block)
    for _ in range(20):
        first, creditor, owed, funds = random_network(generator)
        result = clear(first, creditor, owed, funds)
        assert_cleared(first, creditor, owed, funds, result)
        exact = exact_payments(first, creditor, owed, [int(entry) for entry in funds])
        assert max(abs(int(got) - want) for got, want in zip(result.spent, exact, strict=True)) < 1


@st.composite
def networks(draw):
    size = draw(st.integers(1, 7))
    amounts = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 10**4), st.integers(0, 10**12 // size))
    matrix = [[draw(amounts) for _ in range(size)] for _ in range(size)]
    funds = [draw(amounts) for _ in range(size)]
    return *links_of(matrix), np.array(funds, dtype=np.int64)


@given(networks())
def test_money_is_conserved_and_nobody_pays_more_than_it_has_or_owes(network):
    assert_cleared(*network, clear(*network))
