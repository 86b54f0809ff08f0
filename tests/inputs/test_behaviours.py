"""A user's function in the place of a rule of persons or firms: what is refused, and on which rows it is tried."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from sim.inputs.behaviours import check_behaviour, check_figures, outside, reads
from sim.inputs.declared import own_columns, own_figures, own_names
from sim.inputs.errors import InputError
from sim.inputs.plugin import at_edges, check_rule, edges_of, read_rules
from sim.lender.policies.user import space_of
from sim.month.declared import OwnColumn, OwnFigure
from sim.month.replaceable import replaceable, tables_of
from sim.persons.borrower import PRIVATE_COLUMNS
from tests.month.copies import copy_of

HEAD = "COLUMNS = {'advised': (0, 0, 1, '1 after advice'), 'hope': (0.5, 0.0, 1.0, 'of better times')}\n"
GOOD = "cash=cash, discretionary__paid=0"
# What stands in the file, and what the one line must say.
REFUSED = {
    "score": (f"def mine(cash, score):\n    return dict({GOOD})\n", "reads score, which the lender keeps to itself"),
    "unknown": (f"def mine(cash, incme):\n    return dict({GOOD})\n", "or number incme that it may read; did you mean"),
    "others draw": (f"def mine(cash, luck_want):\n    return dict({GOOD})\n", "luck_want is no draw of this rule"),
    "lenders number": (f"def mine(cash, funding_rate):\n    return dict({GOOD})\n", "no column or number funding_rate"),
    "nan": (
        "def mine(cash, hope):\n    return dict(cash=cash, discretionary__paid=0, "
        "hope=float(1e308) * 10.0 - float(1e308) * 10.0)\n",
        "returns hope=nan",
    ),
    "endless": (
        "from sim.loan.annuity import annuity_factor\ndef mine(cash):\n    x = annuity_factor(0.1, cash)\n"
        f"    return dict({GOOD})\n",
        "does not end within 50000 lines",
    ),
    "growing": (
        "def mine(cash):\n    x = cash + 3\n    for _ in range(99):\n        x = x * x\n"
        f"    return dict({GOOD})\n",
        "more than 64 bits",
    ),
    "raises": ("def mine(cash, income):\n    return dict(cash=cash // income, discretionary__paid=0)\n", "raises Zero"),
    "a rare number": (
        f"def mine(cash, months_past_due):\n    x = 9 // (months_past_due - 7)\n    return dict({GOOD})\n",
        "raises ZeroDivisionError (integer division or modulo by zero) with cash=",
    ),
    "a rare amount": (
        f"def mine(cash, income):\n    x = cash % (income - 123456)\n    return dict({GOOD})\n",
        "income=123456",
    ),
    "makes money": (
        "def mine(cash):\n    return dict(cash=min(cash + 500, 100000000), discretionary__paid=-500)\n",
        "returns discretionary__paid=-500 with cash=0; allowed: a whole number from 0 to",
    ),
    "below": ("def mine(cash):\n    return dict(cash=-1, discretionary__paid=0)\n", "returns cash=-1 with cash=0"),
    "broken": ("def mine(cash):\n    return dict(cash=cash / 2, discretionary__paid=0)\n", "allowed: a whole number"),
    "above": (f"def mine(cash):\n    return dict({GOOD}, advised=2)\n", "returns advised=2"),
    "one number": ("def mine(cash):\n    return cash\n", "returns no results by name; write return dict(cash="),
    "too few": ("def mine(cash):\n    return dict(cash=cash)\n", "does not return discretionary__paid"),
    "too many": (f"def mine(cash):\n    return dict({GOOD}, income=0)\n", "returns income, which is not its to leave"),
    "default": (f"def mine(cash, income=1):\n    return dict({GOOD})\n", "plain arguments alone"),
    "unlike": (
        f"def mine(cash):\n    if cash > 0:\n        return dict(cash=cash)\n    return dict({GOOD})\n",
        "mine returns cash, discretionary__paid, above cash: every return has the same names",
    ),
    "a dict": (f"def mine(cash):\n    x = dict({GOOD})\n    return x\n", "has a dict that is not what a behav"),
    "import": (f"from os import getpid\ndef mine(cash):\n    return dict({GOOD})\n", "imports from os"),
    "a step": (f"from sim.firms.jobs import seat\ndef mine(cash):\n    return dict({GOOD})\n", "from sim.firms.jobs"),
    "inner": (f"def mine(cash):\n    from sim.loan.states import NEVER\n    return dict({GOOD})\n", "imports from sim"),
}  # fmt: skip
DECLARED = {
    "no table": ("COLUMNS = [1]\n", "COLUMNS: must be a table of plain values"),
    "code": ("COLUMNS = {'a': (open('x'), 0, 1, 'x')}\n", "COLUMNS: must be a table of plain values"),
    "shape": ("COLUMNS = {'advised': (0, 1)}\n", "COLUMNS: advised: must be name: (default, lowest, highest, meaning)"),
    "range": ("COLUMNS = {'advised': (3, 0, 1, 'x')}\n", "3 is not allowed: a default from 0 to 1"),
    "infinite": ("COLUMNS = {'advised': (0, 0, 1e999, 'x')}\n", "inf is not allowed"),
    "no name": ("COLUMNS = {'Luck': (0, 0, 1, 'x')}\n", "'Luck' is not allowed: a name of 2 to 40 small letters"),
    "a draw": ("COLUMNS = {'luck_mine': (0, 0, 1, 'x')}\n", "'luck_mine' is not allowed"),
    "a column": ("COLUMNS = {'cash': (0, 0, 1, 'x')}\n", "cash is the name of something else"),
    "a number": ("COLUMNS = {'caution': (0, 0, 1, 'x')}\n", "caution is the name of something else"),
    "twice": ("COLUMNS = {}\nCOLUMNS = {}\n", "COLUMNS: is declared twice (line 2)"),
    "in both": ("COLUMNS = {'aa': (0, 0, 1, 'x')}\nFIRM_COLUMNS = {'aa': (0, 0, 1, 'x')}\n", "FIRM_COLUMNS: aa is"),
    "shipped figure": ("FIGURES = {'loss_rate': ('mean(cash)', 'fen', 'x')}\n", "loss_rate is a figure that is ship"),
    "median": ("FIGURES = {'rich': ('median(cash)', 'fen', 'x')}\n", "'median(cash)' is not allowed: mean(...) or sum"),
    "no column": ("FIGURES = {'rich': ('mean(csh)', 'fen', 'x')}\n", "no column csh of persons; did you mean cash?"),
    "impure": ("FIGURES = {'rich': ('mean(open(1))', 'fen', 'x')}\n", "FIGURES: rich: calls open"),
    "figure's shape": ("FIGURES = {'rich': ('mean(cash)', 'fen')}\n", "rich: must be name: (formula, unit, meaning)"),
    "no unit": ("FIGURES = {'rich': 'mean(cash)'}\n", "rich: must be name: (formula, unit, meaning)"),
    "a letter": ("FIGURES = {'f': ('mean(cash)', 'fen', 'x')}\n", "'f' is not allowed: a name of 2 to 40 small"),
}  # fmt: skip


def read(folder: Path, text: str) -> str:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return read_rules(str(file))[0]


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused(name, tmp_path):
    text, says = REFUSED[name]
    with pytest.raises(InputError) as found:
        check_behaviour("behaviour/consumption", "mine", read(tmp_path, text if "import" in text else HEAD + text))
    assert says in str(found.value) and "\n" not in str(found.value)


@pytest.mark.parametrize("name", list(DECLARED))
def test_declarations_that_are_refused(name, tmp_path):
    text, says = DECLARED[name]
    with pytest.raises(InputError) as found:
        source = read(tmp_path, text)
        own_columns(source), own_figures(source)
    assert says in str(found.value) and "\n" not in str(found.value)


def test_what_a_file_declares(tmp_path):
    source = read(
        tmp_path,
        HEAD + "FIRM_COLUMNS = {'backlog': (2, 0, 9, 'orders')}\nLIMIT = 3\ndef few(a):\n    return min(a, LIMIT)\n"
        "FIGURES = {'helped': ('mean(few(advised) + hope * LIMIT)', 'fraction of persons', 'x'),"
        " 'all': ('sum(cash)', 'fen', 'y')}\n",
    )
    assert own_columns(source) == (
        OwnColumn("advised", 0, 0, 1, "1 after advice"),
        OwnColumn("hope", 0.5, 0.0, 1.0, "of better times"),
        OwnColumn("backlog", 2, 0, 9, "orders", firms=True),
    )
    assert [own.column.dtype for own in own_columns(source)] == ["int64", "float64", "int64"]
    helped, rich = own_figures(source)
    expression = "few(advised) + hope * LIMIT"
    assert helped == OwnFigure("helped", "mean", expression, ("advised", "hope"), "fraction of persons", "x")
    assert (rich.of, rich.unit, rich.columns) == ("sum", "fen", ("cash",))
    assert own_names(source) == {"advised", "hope", "backlog"}


def test_a_lenders_rule_reads_no_column_of_ones_own(tmp_path):
    source = read(tmp_path, HEAD + "def mine(limit, advised):\n    return limit\n")
    with pytest.raises(InputError, match="reads advised, a column of the file's own, which only those know"):
        check_rule("policy/limit", "mine", source)


@pytest.mark.parametrize("key", ["behaviour/consumption", "behaviour/leave", "firms/plan_orders"])
def test_a_copy_of_a_shipped_rule_passes(key, tmp_path):
    check_behaviour(key, "mine", read(tmp_path, copy_of(replaceable()[key], "mine")))


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("mean(few(cash, income))", "raises TypeError"),
        ("mean(cash / income)", "raises ZeroDivisionError"),
        ("mean(float(1e308) * 10.0 + cash)", "gives what is no number below"),
        ("sum(endless(cash))", "does not end within 50000 lines"),
    ],
)
def test_a_figure_is_tried_as_well(formula, says, tmp_path):
    turns = "    for _ in range(9999):\n" + "        a = a\n" * 6
    text = f"def few(a):\n    return min(a, 3)\ndef endless(a):\n{turns}    return a\n"
    source = read(tmp_path, f"{text}FIGURES = {{'rich': ('{formula}', 'fen', 'x')}}\n")
    with pytest.raises(InputError, match=f"FIGURES: rich: .*{says}"):
        check_figures(source)
    check_figures(read(tmp_path, f"{text}FIGURES = {{'rich': ('mean(few(cash))', 'fen', 'x')}}\n"))


def test_rows_that_the_shipped_rule_is_not_for_are_not_tried(tmp_path):
    """`want_to_borrow` is for persons at work: whoever divides by that divides by no 0."""
    text = "def mine(employed, income):\n    return dict(balance_wanted=income // employed)\n"
    check_behaviour("behaviour/demand", "mine", read(tmp_path, text))


def test_what_compiled_code_makes_of_no_number_is_what_the_page_says():
    """What the trial did not see, the month does: test_undefined. The numbers themselves are these."""
    text = "def of(x, z):\n    return x / z, x // z, x % z, int(math.sqrt(z - 1.0) * x), math.sqrt(z - 1.0) > x\n"
    infinity, quotient, rest, made, compared = space_of(f"import math\n{text}")["of"](7, 0)
    assert (infinity, quotient, rest, compared) == (math.inf, 0, 0, False) and isinstance(made, int)


def test_rows_at_the_edges_of_a_text():
    edges = edges_of("N = -7\nHALF = 0.5\ndef f(a):\n    return a > 3 and True\n")
    assert set(edges) == {-8, -7, -6, 6, 7, 8, -0.5, 0.5, -4, -3, -2, 2, 3, 4}
    rows = at_edges([(0, 6, True), (0.0, 3.5, False), (50, 60, True)], edges, np.random.default_rng(1))
    found = [next(rows) for _ in range(900)]
    assert {row.get(0) for row in found} == {None, 2, 3, 4, 6} and {row.get(1) for row in found} == {
        None,
        0.5,
        2.0,
        3.0,
    }
    assert {(place, type(value)) for row in found for place, value in row.items()} == {(0, int), (1, float)}
    assert 0.1 < sum(0 in row for row in found) / 900 < 0.2 and not any(2 in row for row in found)


def test_ranges_of_arguments_and_of_results():
    columns = tables_of("behaviour/consumption")
    assert reads("behaviour/consumption", "cash", columns) == (0, 100_000_000, True)
    assert reads("behaviour/consumption", "season", columns) == (0.5, 2.0, False)
    low, high, whole = reads("behaviour/demand", "luck_want", columns)
    assert 0.0 < low < high < 1.0 and not whole
    assert reads("behaviour/earn", "normal_income", columns) == (-6.0, 6.0, False)
    for value, allowed in ((0, True), (100, True), (-1, False), (1.5, False), (2**63, False)):
        assert (outside("cash", PRIVATE_COLUMNS["cash"], value) == "") is allowed
    for value, allowed in ((0.5, True), (1, True), (1.5, False), (float("nan"), False)):
        assert (outside("honesty", PRIVATE_COLUMNS["honesty"], value) == "") is allowed
    assert outside("people_left", None, -5) == "" and outside("people_left", None, 0.5)
    assert outside("discretionary__paid", None, 0) == "" and outside("discretionary__paid", None, -1)
