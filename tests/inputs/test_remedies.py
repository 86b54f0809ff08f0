"""What no book holds, or is written in another unit or calendar: read where told, else the line says what to do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inputs.account_terms import HIGHEST_RATE, told_rates
from sim.inputs.across import quarters_across
from sim.inputs.control_totals import control_totals
from sim.inputs.dates import Period, period_of, remedy
from sim.inputs.errors import InputError
from sim.inputs.tape_table import read_tape_table
from sim.inputs.tape_units import units_beside
from tests.inputs.test_tape_as_it_comes import mapping_of, tape_of

HEAD = ["id", "limit", "owed", "status", "rate", "term"]
TERMS = {"product": "instalment", "columns": {"rate": "rate", "term": "term"}, "rate_in": "percent"}


def rows_of(*terms, limit=5000):
    """Accounts with these rates and terms."""
    return [HEAD, *([number, limit, 100.25, 0, rate, term] for number, (rate, term) in enumerate(terms))]


@pytest.mark.parametrize(
    ("rows", "keys", "says"),
    [
        (rows_of((12, 24), (42.5, 24)), {}, "row 3, column rate: '42.5', must be a number between 0 and 36 per cent a"
         " year; rates_above: held reads those up to 300% as 36%, and counts them"),
        (rows_of((0.12, 24), (0.425, 24)), {"rate_in": "fraction"}, "between 0 and 0.36 a year; rate_in says whether in"
         " percent or as a fraction; rates_above: held reads"),
        (rows_of((350, 24)), {"rates_above": "held"}, "'350', must be a number between 0 and 300 per cent a year"),
        (rows_of((350, 24)), {}, "'350', must be a number between 0 and 36 per cent a year"),
        (rows_of(("350%", 24)), {"layout": {"percent": True}, "rates_above": "held"}, "'350%', must be a number between"
         " 0 and 300 per cent a year"),
        (rows_of((12, "3\u5e74"), (12, "2 \u5e74")), {}, "'3\u5e74', must be a number of months; times: {term: 12} with"
         " layout.beside=[\u5e74] reads years"),
        (rows_of((12, "3 Years"), (12, "1 year")), {}, "{term: 12} with layout.beside=[Years, year] reads years"),
        (rows_of((12, "3 yrs"), (12, "12 months")), {}, "'3 yrs', must be a number of months; where units stand beside"
         " each other, a column with all in one is needed"),
        (rows_of((12, "3 yrs"), (12, "12 months")), {"times": {"term": 12}, "layout": {"beside": ["yrs", "months"]}},
         "'12 months', must be a number of years; where units stand beside"),
        (rows_of((12, 24), limit="1,00,000"), {}, "'1,00,000', must be a number between 0 and 2e+07 (CNY);"
         " layout.thousands=comma reads it"),
    ],
)  # fmt: skip
def test_the_line_says_what_to_do(tmp_path, rows, keys, says):
    with pytest.raises(InputError) as found:
        tape_of(tmp_path, rows, **{**TERMS, **keys})
    assert says in str(found.value) and "\n" not in str(found.value)


def test_rates_that_no_book_holds_are_held_and_counted(tmp_path):
    rows = rows_of((12, 24), (42.5, 24), ("295%", 24))
    tape = tape_of(tmp_path, rows, **TERMS, rates_above="held", layout={"percent": True})
    assert tape.contract.rate.tolist() == [0.12, HIGHEST_RATE, HIGHEST_RATE]
    line = "rates of 2 accounts are above 36% a year, at most 295.00%, and held there"
    assert line in control_totals(tape, 4, 400_000)
    table = read_tape_table(tmp_path / "tape.csv", mapping := mapping_of(
        tmp_path, **TERMS, rates_above="held", layout={"percent": True, "separator": "tab"}))  # fmt: skip
    assert np.allclose(told_rates(table, mapping), [0.12, 0.425, 2.95])
    usual = tape_of(tmp_path, rows_of((12, 24), (36, 24)), **TERMS, rates_above="held")
    assert not [one for one in control_totals(usual, 4, 400_000) if "held there" in one]


def test_terms_in_years_and_digits_in_pairs_are_read_where_it_is_told(tmp_path):
    years = tape_of(tmp_path, rows_of((12, "3\u5e74"), (12, "1\u5e74")), **TERMS, times={"term": 12},
                    layout={"beside": ["\u5e74"]})  # fmt: skip
    assert years.contract.term.tolist() == [36, 12]
    rows = [HEAD, *([k, limit, 50, 0, 9, 12] for k, limit in enumerate(["1,00,000", "12,34,567.50", "1,000", "99"]))]
    tape = tape_of(tmp_path, rows, **TERMS, layout={"thousands": "comma"})
    assert tape.evidence.limit.tolist() == [10_000_000, 123_456_750, 100_000, 9_900]
    for wrong in ("1,00,00", "1,0,000", "1,00,0000", "123,00,000", "1.00.000"):
        with pytest.raises(InputError, match="column limit"):
            tape_of(tmp_path, [HEAD, [1, wrong, 50, 0, 9, 12]], **TERMS, layout={"thousands": "comma"})


def test_years_of_an_era_are_those_of_the_common_calendar():
    for text, first in (
        ("\u4ee4\u548c6\u5e741\u6708", 2024 * 12),
        ("\u4ee4\u548c\u5143\u5e745\u6708", 2019 * 12 + 4),
        ("\u5e73\u621031\u5e744\u6708", 2019 * 12 + 3),
        ("\u662d\u548c\uff16\uff13\u5e7412\u6708", 1988 * 12 + 11),
    ):
        assert period_of(text) == Period(first, 1)
    assert period_of("\u4ee4\u548c6\u5e74") == Period(2024 * 12, 12)
    for text in ("\u5e73\u621032\u5e741\u6708", "\u4ee4\u548c0\u5e741\u6708", "\u4ee4\u548c6", "R6.1"):
        assert period_of(text) is None
    assert "write 2024-01 in its place" in remedy("R6.1", lambda **_: "") and not remedy("Rest", lambda **_: "")


def test_quarters_across_are_refused_with_what_to_do():
    for header in (["Year", "Qtr1", "Qtr2"], ["Series Id", "1st Quarter 2020", "2nd Quarter 2020"], ["Y", "Q1", "Q2"]):
        assert "put each in a row of its own" in quarters_across(header) and header[1] in quarters_across(header)
    assert quarters_across(["Year", "Q1"]) == "" == quarters_across(["month", "unemployment"])


def test_units_beside_terms():
    assert units_beside("t", "months", ["1 yr", "2\u5e74"], lambda beside: beside) == (
        "; times: {t: 12} with [yr, \u5e74] reads years"
    )
    assert "all in one is needed" in units_beside("t", "months", ["1 yr", "12"], lambda beside: beside)
