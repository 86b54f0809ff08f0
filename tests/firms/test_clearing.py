"""Clearing: a worked case, an independent fixed point, and money that is conserved to the fen; DebtRank."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.loops.compiled import COMPILING
from sim.firms import whole_fen
from sim.firms.clearing import LARGEST, clear, debtrank

ROOT = Path(__file__).parents[2]

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


def test_more_funds_never_make_anybody_pay_less_than_rounding_explains():
    generator = np.random.default_rng(11)
    for _ in range(100):
        first, creditor, owed, funds = random_network(generator)
        more = funds + generator.integers(0, 1 + funds.max(), funds.size) * (generator.random(funds.size) < 0.3)
        less_paid = clear(first, creditor, owed, funds).spent - clear(first, creditor, owed, more).spent
        assert less_paid.max() <= 1


def test_the_order_of_links_moves_no_node_by_more_than_a_fen():
    generator = np.random.default_rng(12)
    for _ in range(100):
        first, creditor, owed, funds = random_network(generator)
        debtor = np.repeat(np.arange(funds.size), np.diff(first))
        order = np.lexsort((generator.random(owed.size), debtor))
        one, other = clear(first, creditor, owed, funds), clear(first, creditor[order], owed[order], funds)
        assert np.abs(one.spent - other.spent).max() <= 1
        assert np.abs(one.received - other.received).max() <= 1


def ring(around, out, size=6, funds=1):
    """Debts of firms that owe `around` to the next of a ring; the first owes `out` to somebody outside it."""
    matrix = np.zeros((size + 1, size + 1), np.int64)
    matrix[np.arange(size), (np.arange(size) + 1) % size] = around
    matrix[0, size] = out
    return *links_of(matrix.tolist()), np.array([funds, *[0] * size])


def test_money_that_goes_round_a_ring_ten_thousand_million_times_is_found_to_the_fen():
    first, creditor, owed, funds = ring(10**10, 3)
    result = clear(first, creditor, owed, funds)
    assert_cleared(first, creditor, owed, funds, result)
    # What leaves the ring is what came in: x * 3 / (10**10 + 3) = 1.
    assert abs(result.spent[0] - (10**10 + 3) / 3) <= 1
    assert result.received[6] == 1


@pytest.mark.parametrize("solvent", [0.005, 0.05])
def test_a_crowd_that_has_hardly_anything_agrees_with_the_linear_system(solvent):
    size, suppliers, generator = 900, 5, np.random.default_rng(31)
    first = np.arange(size + 1) * suppliers
    creditor, owed = generator.integers(0, size, first[-1]), generator.integers(10_000, 5_000_000, first[-1])
    owed[np.repeat(generator.random(size) < solvent, suppliers)] = 0
    funds = generator.integers(0, 1000, size)
    result = clear(first, creditor, owed, funds)
    assert_cleared(first, creditor, owed, funds, result)
    due = np.add.reduceat(owed, first[:-1])
    short = np.flatnonzero(result.spent < due)
    assert short.size > LARGEST
    weight = np.zeros((size, size))
    debtor = np.repeat(np.arange(size), suppliers)
    np.add.at(weight, (creditor, debtor), owed / np.maximum(due, 1)[debtor])
    full = np.where(result.spent < due, 0, due)
    exact = np.linalg.solve(np.eye(short.size) - weight[np.ix_(short, short)], (funds + weight @ full)[short])
    assert (exact <= due[short] + 1).all()
    assert np.abs(result.spent[short] - exact).max() <= 1.001


def test_a_ring_without_money_pays_what_the_smallest_debt_allows():
    first, creditor, owed = links_of(((0, 10, 0), (0, 0, 5), (7, 0, 0)))
    result = clear(first, creditor, owed, np.zeros(3, np.int64))
    assert result.paid.tolist() == [5, 5, 5]


def test_nobody_short_means_everybody_paid_and_no_round():
    first, creditor, owed = links_of(OWED)
    result = clear(first, creditor, owed, np.array([12, 2, 0, 0]))
    assert result.rounds == 0
    assert (result.paid == owed).all()


def test_a_node_without_anything_pays_nothing_and_its_creditor_gets_nothing():
    first, creditor, owed = links_of(((0, 5, 0), (0, 0, 9), (0, 0, 0)))
    result = clear(first, creditor, owed, np.zeros(3, np.int64))
    assert result.paid.tolist() == [0, 0]


def test_a_fen_too_much_is_held_back_down_the_chain():
    first, creditor, owed = links_of(((0, 5, 0, 0), (0, 0, 5, 0), (0, 0, 0, 5), (0, 0, 0, 0)))
    paid, funds = owed.copy(), np.array([4, 0, 1, 0])
    received, spent = np.empty((2, 4), np.int64)
    whole_fen.hold_back(first, creditor, funds, paid, received, spent)
    assert paid.tolist() == [4, 4, 5]
    assert spent.tolist() == [4, 4, 5, 0]
    assert received.tolist() == [0, 4, 4, 5]


def linear_losses(first, creditor, owed, capital, shocked):
    """Closed form: (I - W)^-1 h(0), with W[i, j] what j owes i over the capital of i."""
    size = capital.size
    weight = np.zeros((size, size))
    np.add.at(weight, (creditor, np.repeat(np.arange(size), np.diff(first))), owed)
    return np.linalg.solve(np.eye(size) - weight / capital[:, None], shocked)


@pytest.mark.parametrize("seed", range(5))
def test_debtrank_below_the_caps_equals_the_closed_form(seed):
    generator = np.random.default_rng(seed)
    size = 20
    first, creditor, owed = links_of(
        (generator.integers(1, 100, (size, size)) * (generator.random((size, size)) < 0.3)).tolist()
    )
    capital = generator.integers(1500, 3000, size)
    shocked = generator.random(size) * 0.05
    losses = debtrank(first, creditor, owed, capital, shocked)
    assert losses.max() < 1.0
    assert losses == pytest.approx(linear_losses(first, creditor, owed, capital, shocked), abs=1e-10)


def test_debtrank_stops_at_all_of_the_capital():
    first, creditor, owed = links_of(((0, 50, 0), (0, 0, 30), (20, 0, 0)))
    losses = debtrank(first, creditor, owed, np.array([100, 40, 0]), np.array([1.0, 0.0, 0.0]))
    # The second loses 50 of 40; the third has no capital to lose; the first has lost all.
    assert losses.tolist() == [1.0, 1.0, 1.0]
    untouched = debtrank(first, creditor, owed, np.array([100, 40, 0]), np.zeros(3))
    assert untouched.tolist() == [0.0, 0.0, 0.0]


def test_single_shot_debtrank_goes_round_a_circle_once():
    first, creditor, owed = links_of(((0, 50, 0), (0, 0, 50), (50, 0, 0)))
    capital, shocked = np.array([100, 100, 100]), np.array([0.4, 0.0, 0.0])
    once = debtrank(first, creditor, owed, capital, shocked, once=True)
    assert once == pytest.approx([0.4 + 0.05, 0.2, 0.1])
    # The linear version goes on: each lap adds an eighth of the lap before.
    assert debtrank(first, creditor, owed, capital, shocked) == pytest.approx(np.array([0.4, 0.2, 0.1]) / (1 - 1 / 8))


def test_compiled_and_plain_python_give_the_same_bits():
    compiled = traces() if COMPILING else plain_traces()
    assert compiled == plain_traces()


def traces():
    """Return what some networks clear to, as a list of texts."""
    generator, found = np.random.default_rng(21), []
    for _ in range(15):
        network = random_network(generator)
        result = clear(*network)
        losses = debtrank(*network[:3], network[3] + 1, generator.random(network[3].size) * 0.1, limit=20)
        found.append(f"{result.paid.tolist()} {result.rounds} {[value.hex() for value in losses.tolist()]}")
    return found


def plain_traces():
    """Return the same from a process without a compiler."""
    question = "import json, test_clearing as here; print(json.dumps(here.traces()))"
    path = os.pathsep.join([str(Path(__file__).parent), str(ROOT)])
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": path}
    answer = subprocess.run(
        [sys.executable, "-c", question], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)
