"""Loan tapes as banks and servicers hand them out: rows of totals, marks of credit, amounts in ten thousands."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.inputs.errors import InputError
from sim.inputs.tape import read_tape
from sim.inputs.tape_around import sums_up

OWN = {"id": "id", "limit": "limit", "balance": ["owed"], "status": ["status"], "median_income": 4000}
HEAD = ["id", "limit", "owed", "status"]
ROWS = [[number, 5000, 100.25 + number, 0] for number in range(1, 7)]
TOTALS = ["total", 30000, sum(row[2] for row in ROWS), 0]


def mapping_of(folder, **keys):
    (folder / "own.yaml").write_text(yaml.safe_dump({**OWN, **keys}, allow_unicode=True), encoding="utf-8")
    return read_mapping(str(folder / "own.yaml"), build)


def tape_of(folder, rows, kind="csv", **keys):
    """Write rows as a file of that kind and read them from December 2024 on."""
    path = folder / f"tape.{kind}"
    if kind == "csv":
        lines = ["\t".join(map(str, row)) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        keys["layout"] = {"separator": "tab"} | keys.get("layout", {})
    elif kind == "parquet":
        pd.DataFrame(rows[1:], columns=rows[0]).astype({"id": str}).to_parquet(path)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    return read_tape(path, mapping_of(folder, **keys), "2024-12")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_account_is_no_note_and_a_row_of_totals_is_no_account(tmp_path, kind):
    with pytest.raises(InputError, match=r"row 7, a note after .* must be no account"):
        tape_of(tmp_path, [HEAD, *ROWS], kind, layout={"footer": 1})
    with pytest.raises(InputError) as caught:
        tape_of(tmp_path, [HEAD, *ROWS, TOTALS], kind)
    told = "row 8, column owed: '622.5', must be of one account: it is the sum of all rows above"
    assert str(caught.value) == f"{tmp_path}/tape.{kind}: {told}; layout.footer=1 leaves a row of totals out"
    tape = tape_of(tmp_path, [HEAD, *ROWS, TOTALS], kind, layout={"footer": 1})
    assert tape.evidence.principal.tolist() == [round(row[2] * 100) for row in ROWS]


def test_parquet_has_no_notes_that_could_be_left_out(tmp_path):
    with pytest.raises(InputError, match=r"it is the sum of all rows above$"):
        tape_of(tmp_path, [HEAD, *ROWS, TOTALS], "parquet")


def test_a_sum_is_one_of_three_numbers_at_least():
    assert sums_up(np.array([1.0, 2.0, 3.0]), np.array([6.0, 6.004, 6.1])).tolist() == [True, True, False]
    assert not sums_up(np.array([1.0, 2.0, 0.0, np.nan]), np.array([3.0]))[0]


def test_balances_in_the_holders_favour_are_read_by_their_mark(tmp_path):
    owed = ["12,50-", "(1.000,25)", "7 H", "1.234,56 S", "2"]
    rows = [[number, 5000, text, 0] for number, text in enumerate(owed)]
    layout = {"decimal": "comma", "thousands": "point", "beside": ["S"], "negative": ["-", "()", "H"]}
    tape = tape_of(tmp_path, [HEAD, *rows], layout=layout)
    assert tape.totals.balance.tolist() == [-12.5, -1000.25, -7.0, 1234.56, 2.0]
    assert tape.evidence.principal.tolist() == [0, 0, 0, 123456, 200]
    assert "3 accounts with a balance below 0: taken as 0, nothing owed" in tape.totals.notes
