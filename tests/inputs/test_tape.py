"""A loan tape of the user's: read to the cell, refused in one line, seated so that every fen is explained."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import spearmanr

import sim
from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.inputs.control_totals import control_totals
from sim.inputs.errors import InputError
from sim.inputs.synthetic_tape import HEADER, synthetic_tape, write_tape
from sim.inputs.tape import read_tape
from sim.inputs.tape_months import months_of_days
from tests.laws.accounts import assert_month, stocks

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "tape.csv"
MAPPING = "taiwan_2005"


@pytest.fixture(scope="module")
def mapping():
    return read_mapping(MAPPING, build)


def rows(accounts=20):
    return [list(HEADER), *([str(cell) for cell in row] for row in synthetic_tape(accounts))]


def text_of(table):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue()


def with_cell(column, value, row=3):
    table = rows()
    table[row - 1][HEADER.index(column)] = value
    return text_of(table)


def without(column):
    place = HEADER.index(column)
    return text_of([row[:place] + row[place + 1 :] for row in rows()])


def renamed(column, name):
    table = rows()
    table[0][HEADER.index(column)] = name
    return text_of(table)


def twice(column):
    table = rows()
    place = HEADER.index(column)
    return text_of([[*row, row[place]] for row in table])


def model_of(*overrides, file=EXAMPLE):
    given = ["population=tape", f"population.file={file}", f"population.mapping={MAPPING}", "machine.threads=1"]
    return sim.Model(sim.compose([*given, *overrides]))


BAD = {
    "missing column": (without("LIMIT_BAL"), "row 1, column LIMIT_BAL: missing, the columns are"),
    "near-miss column": (renamed("BILL_AMT3", "BILL_AMMT3"), "did you mean BILL_AMMT3?"),
    "column twice": (twice("AGE"), "row 1, column AGE: stands twice, must stand once"),
    "negative limit": (with_cell("LIMIT_BAL", "-1"), "row 3, column LIMIT_BAL: '-1', must be a number between 0 and"),
    "endless limit": (with_cell("LIMIT_BAL", "inf"), "row 3, column LIMIT_BAL: 'inf', must be a number between"),
    "limit beyond the book": (with_cell("LIMIT_BAL", "1e12"), "row 3, column LIMIT_BAL: '1e12', must be"),
    "text in a number": (with_cell("BILL_AMT2", "many", 7), "row 7, column BILL_AMT2: 'many', must be a number"),
    "thousands with a comma": (with_cell("BILL_AMT2", "1,000"), "column BILL_AMT2: '1,000', must be a number"),
    "negative payment": (with_cell("PAY_AMT1", "-5"), "row 3, column PAY_AMT1: '-5', must be a number between 0"),
    "status too high": (with_cell("PAY_0", "10"), "row 3, column PAY_0: '10', must be a whole number between -2 and 9"),
    "status too low": (with_cell("PAY_6", "-3"), "row 3, column PAY_6: '-3', must be a whole number between -2"),
    "half a status": (with_cell("PAY_4", "1.5"), "row 3, column PAY_4: '1.5', must be a whole number"),
    "status in words": (with_cell("PAY_4", "late"), "row 3, column PAY_4: 'late', must be a whole number"),
    "not a number": (with_cell("PAY_AMT1", "nan"), "row 3, column PAY_AMT1: 'nan', must be a number"),
    "missing value": (with_cell("LIMIT_BAL", ""), "row 3, column LIMIT_BAL: '', must be given"),
    "mark of a missing value": (with_cell("BILL_AMT1", "NA"), "row 3, column BILL_AMT1: 'NA', must be given"),
    "account twice": (with_cell("ID", "1"), "row 3, column ID: '1', must be unique: the account stands twice"),
    "age of a child": (with_cell("AGE", "7"), "row 3, column AGE: '7', must be a number between 16 and 120 (years)"),
    "empty file": ("", "the file is empty, must have a header and a row for each account"),
    "only a header": (text_of(rows()[:1]), "no row below the header, must have a row for each account"),
    "a short row": (text_of([*rows(), ["21", "5000"]]), "row 22: 2 cells, must be 24 as in the header"),
    "a long row": (text_of([*rows(), rows()[1] + ["1"]]), "must be 24 cells in every row, as in the header"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "line"), BAD.values(), ids=BAD.keys())
def test_a_malformed_tape_is_refused_in_one_line(tmp_path, mapping, content, line):
    file = tmp_path / "tape.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_tape(file, mapping)
    assert str(file) in str(refused.value) and "\n" not in str(refused.value)
    assert line in str(refused.value)


def test_files_that_are_no_tables(tmp_path, mapping):
    picture = tmp_path / "tape.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe\x00")
    damaged = tmp_path / "tape.parquet"
    damaged.write_bytes(b"PAR1 and nothing else")
    for file, line in ((picture, "not text in UTF-8"), (damaged, "damaged"), (tmp_path, "is a directory")):
        with pytest.raises(InputError, match=line):
            read_tape(file, mapping)
    with pytest.raises(InputError, match="No such file"):
        read_tape(tmp_path / "none.csv", mapping)


DOOR = {
    "no file": (["population=tape"], "population.file: empty, must name a CSV, xlsx or Parquet file"),
    "no mapping": (["population=tape", f"population.file={EXAMPLE}"], "population.mapping: empty, must name"),
    "near-miss mapping": (
        ["population=tape", f"population.file={EXAMPLE}", "population.mapping=taiwan_2006"],
        "did you mean taiwan_2005?",
    ),
    "a burn-in": (
        ["population=tape", f"population.file={EXAMPLE}", "population.mapping=taiwan_2005", "study.burn_in=12"],
        "study.burn_in: 12 is not allowed: 0 with population=tape",
    ),
    "a month not on the tape": (
        ["population=tape", f"population.file={EXAMPLE}", "population.mapping=taiwan_2005", "population.start=2005-10"],
        "population.start: '2005-10', must be one of 2005-04, ",
    ),
    "a tape for a city": (["population=city", f"population.file={EXAMPLE}"], "population.file: is for population=tape"),
}  # fmt: skip


@pytest.mark.parametrize(("overrides", "line"), DOOR.values(), ids=DOOR.keys())
def test_a_wrong_use_is_refused_before_any_work(overrides, line):
    with pytest.raises(ValueError, match=r"population|study") as refused:
        sim.compose(overrides)
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_the_command_exits_with_2_and_writes_nothing(tmp_path, monkeypatch, capsys):
    from sim.__main__ import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "tape.csv").write_text(with_cell("LIMIT_BAL", "-1"), encoding="utf-8")
    try:
        code = main(["population=tape", "population.file=tape.csv", f"population.mapping={MAPPING}"])
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2 and error.count("\n") == 1 and "column LIMIT_BAL: '-1'" in error
    assert [path.name for path in tmp_path.iterdir()] == ["tape.csv"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("limitt: LIMIT_BAL", "did you mean"),
        ("yuan: 0", "yuan: 0 is not allowed"),
        ("product: house", "product: house is not allowed: one of card, instalment"),
        ("status: [PAY_6]", "status: names 1 columns, must be 6 as months"),
        ("late_from_two: ['2004-01']", "late_from_two: 2004-01 is none of months"),
        ("beliefs: {jobless_late: 1.5}", "beliefs.jobless_late: 1.5 is not allowed"),
        ("codes: {current: [0, 2]}", "codes: 2 means 2 months past due"),
        ("age: LIMIT_BAL", "LIMIT_BAL: is named twice"),
    ],
)
def test_a_wrong_mapping_is_refused_in_one_line(tmp_path, change, line):
    from sim.config.locate import config_folder

    key = change.split(":")[0]
    kept, skipping = [], False
    for text in (config_folder() / "mapping" / f"{MAPPING}.yaml").read_text(encoding="utf-8").splitlines():
        skipping = text.startswith(f"{key}:") or (skipping and text.startswith(" "))
        if not skipping:
            kept.append(text)
    file = tmp_path / "mapping.yaml"
    file.write_text("\n".join([*kept, change]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"mapping\.yaml") as refused:
        read_mapping(str(file), build)
    assert line in str(refused.value) and "\n" not in str(refused.value)


def test_the_shipped_tape_is_what_the_generator_writes(tmp_path):
    write_tape(tmp_path / "tape.csv")
    assert (tmp_path / "tape.csv").read_bytes() == EXAMPLE.read_bytes()


def test_the_book_shows_what_the_tape_shows(mapping):
    """Round trip: limits, balances and arrears of every account come back from the model's book."""
    frame = pd.read_csv(EXAMPLE)
    model = model_of()
    book = model.accounts
    assert model.month == 0 and book.size == len(frame)
    assert book["limit"].tolist() == [round(value * mapping.yuan * 100) for value in frame["LIMIT_BAL"]]
    assert book["principal"].tolist() == [round(value * mapping.yuan * 100) for value in frame["BILL_AMT1"]]
    assert book["months_past_due"].tolist() == frame["PAY_0"].clip(lower=0).tolist()
    assert model.persons.check_ranges() == [] and book.check_ranges() == []
    assert model.assumptions and all(sentence.endswith(".") for sentence in model.assumptions)
    assert sim.Model(sim.compose(["population=tiny"])).assumptions == []


def test_private_state_follows_the_evidence():
    model = model_of()
    frame, persons = pd.read_csv(EXAMPLE), model.persons
    late, full = frame["PAY_0"] > 0, frame["PAY_0"] == -1
    assert spearmanr(frame["LIMIT_BAL"], persons["income_permanent"])[0] > 0.5
    months_of_cash = persons["cash"] / persons["income_permanent"]
    assert np.median(months_of_cash[late]) < 0.3 * np.median(months_of_cash[full])
    assert persons["unwilling"][~late].sum() == 0 < persons["unwilling"][late].sum()
    assert persons["employed"][late].mean() < persons["employed"][~late].mean()


def test_statuses_that_begin_at_two_are_read_as_one_less():
    frame = pd.read_csv(EXAMPLE)
    shown = model_of("population.start=2005-09").accounts["months_past_due"]
    august = model_of("population.start=2005-08").accounts["months_past_due"]
    assert shown.tolist() == frame["PAY_0"].clip(lower=0).tolist()
    assert august.tolist() == (frame["PAY_2"] - 1).clip(lower=0).tolist()


def test_accounts_draw_by_name_not_by_company(mapping):
    """The first accounts of a tape are seated alike, with more accounts below them or without."""
    all_of_them, some = model_of(), model_of("population.borrowers=200")
    assert some.accounts.size == 200
    for name in ("honesty", "employed", "unwilling"):
        assert all_of_them.persons[name][:200].tolist() == some.persons[name].tolist(), name


@pytest.mark.parametrize("overrides", [[], ["sharing=guarantee_80_20", "sharing.covers_existing=true"]])
def test_every_fen_from_the_first_month(overrides):
    model = model_of("policy/closing=threshold", "policy/limit=behavioural", *overrides)
    before = stocks(model)
    assert before == {**before, **{name: model.ledger.stocks[name] for name in ("principal", "cash", "other_debt")}}
    for _ in range(14):
        model.step()
        if model.month == 1 and overrides:
            before["fund_cash"] = model.sharing.fund.initial
        before = assert_month(model, before)
    assert model.records[0]["repaid"] > 0 and model.records[-1]["charged_off"] > 0


def test_instalment_loans_and_no_payments(tmp_path, mapping):
    """A tape without payments, whose balances run off in equal instalments."""
    import dataclasses

    plain = dataclasses.replace(mapping, payment=(), product="instalment", term=6)
    tape = read_tape(EXAMPLE, plain)
    assert tape.contract.term == 6 and any("No payments on the tape" in line for line in tape.assumptions)
    assert set(tape.evidence.paid_share) == {0.5}


def test_parquet_gives_the_same_book(tmp_path, mapping):
    file = tmp_path / "tape.parquet"
    pd.read_csv(EXAMPLE).to_parquet(file)
    text, typed = read_tape(EXAMPLE, mapping).evidence, read_tape(file, mapping).evidence
    for name in vars(text):
        assert np.array_equal(getattr(text, name), getattr(typed, name)), name


def test_jumps_are_noted_not_refused(tmp_path, mapping):
    file = tmp_path / "tape.csv"
    file.write_text(with_cell("PAY_0", "8"), encoding="utf-8")
    assert any("jumps by 2 or more" in line for line in read_tape(file, mapping).assumptions)


def test_a_tape_forks_like_any_book():
    config = model_of().config
    whole = sim.Model(config)
    for _ in range(4):
        whole.step()
    part = sim.Model(config)
    part.step()
    rest = sim.Model.fork(config, part.save())
    for _ in range(3):
        rest.step()
    assert rest.records == whole.records[1:]


def test_a_study_starts_without_burn_in_and_reports_what_it_assumed():
    from sim.config.job import plan
    from sim.study.store.manifest import _assumptions

    given = ["population=tape", f"population.file={EXAMPLE}", f"population.mapping={MAPPING}"]
    study = plan(given)
    assert study.study.burn_in == 0
    assert {arm.configs[scenario.name].study.burn_in for arm in study.arms for scenario in study.scenarios} == {0}
    assert _assumptions(study) == list(study.root.configs[study.scenarios[0].name].tape.assumptions) != []
    assert _assumptions(plan(["population=tiny"])) == []


def test_another_tape_is_another_study(tmp_path):
    """The digest of a configuration stands for the rows of its tape, so that no study resumes on another."""
    from sim.study.plan.differences import digest

    file = tmp_path / "tape.csv"
    write_tape(file, 100)
    given = ["population=tape", f"population.file={file}", f"population.mapping={MAPPING}"]
    first = digest(sim.compose(given))
    assert digest(sim.compose(given)) == first
    write_tape(file, 100, seed=7)
    assert digest(sim.compose(given)) != first


# A tape in the shape of a servicer's extract: days past due, no history.
IN_DAYS = (
    "id,limit,dpd,bal,pay\n1,50000,0,1000,9000\n2,30000,15,29000,5000\n3,20000,31,19000,4000\n4,20000,400,17000,3000\n"
)
DAYS = {"id": "id", "limit": "limit", "months": ["2024-06"], "status": ["dpd"], "balance": ["bal"]}


def files_in_days(folder, **keys):
    """Write the tape and its mapping; return their paths."""
    (folder / "days.csv").write_text(IN_DAYS, encoding="utf-8")
    mapping = folder / "days.yaml"
    mapping.write_text(yaml.safe_dump({**DAYS, **keys}), encoding="utf-8")
    return folder / "days.csv", mapping


def test_days_past_due_are_months_by_contract_date():
    days = np.array([-2, -1, 0, 1, 29, 30, 59, 60, 89, 90, 359, 360, 3650])
    assert months_of_days(days).tolist() == [-2, -1, 0, 1, 1, 2, 2, 3, 3, 4, 12, 13, 13]


def test_a_tape_in_days_is_read_where_the_mapping_says_so(tmp_path):
    file, mapping = files_in_days(tmp_path, unit="days", median_income=4000)
    config = sim.compose(["population=tape", f"population.file={file}", f"population.mapping={mapping}"])
    assert sim.Model(config).accounts["months_past_due"].tolist() == [0, 1, 2, 13]
    assert any(line.startswith("Days past due are read by contract date") for line in config.tape.assumptions)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({}, "status: dpd, is named as days are, and unit is months: unit: days reads days; codes.largest says"),
        (
            {"codes": {"largest": 13}},
            "row 3, column dpd: '15', must be a whole number between 0 and 13 (months past due; a tape that counts",
        ),
        (
            {"codes": {"largest": 60}},
            "codes.largest: 60, must be at most 13 months past due (360 days and more); a tape",
        ),
        ({"unit": "weeks"}, "unit: weeks is not allowed: one of months, days"),
        (
            {"unit": "days", "codes": {"largest": 90}},
            "row 5, column dpd: '400', must be a whole number between 0 and 90",
        ),
        ({"unit": "days", "late_from_two": ["2024-06"]}, "late_from_two: is about statuses in months"),
    ],
)
def test_days_that_are_taken_for_months_are_refused_with_a_hint(tmp_path, keys, line):
    file, mapping = files_in_days(tmp_path, median_income=4000, **keys)
    with pytest.raises(ValueError) as refused:
        sim.compose(["population=tape", f"population.file={file}", f"population.mapping={mapping}"])
    assert line in str(refused.value) and "\n" not in str(refused.value)
    assert keys or "unit: days reads days" in str(refused.value)


def test_control_totals_are_the_sums_of_the_file(tmp_path):
    file, mapping = files_in_days(tmp_path, unit="days", currency="USD", yuan=7.1)
    tape = read_tape(file, read_mapping(str(mapping), build))
    assert control_totals(tape, 13, 284_000) == [
        "days.csv, from 2024-06: 4 accounts, limits of 120 000 USD, balances of 66 000 USD",
        "past due (accounts, share of the balance): not past due: 1, 1.5%; 1 month: 1, 43.9%; 2 months: 1, 28.8%;"
        " 13 months: 1, 25.8%",
        "12 months past due and more, charged off in the first month unless they pay: 1, 25.8%",
        "median income 400 USD a month",
        "balances in USD: 66 000.00 on the tape (4 accounts), 46 860 000 fen in the book",
    ]
    assert control_totals(tape, 3, 284_000)[2].endswith(": 2, 54.5%")


def test_control_totals_are_told_before_the_run_and_kept(tmp_path):
    from rich.console import Console

    from sim.config.job import plan
    from sim.study.run.executors import announce as _announce
    from sim.study.run.job import Job
    from sim.study.store.manifest import write_manifest
    from sim.study.store.reading import read_manifest
    from sim.study.store.store import Store

    study = plan(["population=tape", f"population.file={EXAMPLE}", f"population.mapping={MAPPING}"])
    console, store = Console(file=io.StringIO()), Store(tmp_path, study)
    _announce(Job(study, store, console, 0.0, 0.0), study.tasks(), 1, 1)
    write_manifest(store, [], 1, complete=False, seconds=0.0)
    kept = read_manifest(tmp_path)["control_totals"]
    assert kept[0].startswith("tape.csv, from 2005-09: 500 accounts, limits of ")
    assert kept[5:] == ["17 accounts with a balance above the limit: both as they stand"]
    printed = console.file.getvalue()
    assert all(f"  {line}\n" in printed for line in kept)
    # A loan that the first month charges off is one of those that the totals name.
    model = model_of("lender.charge_off_months=3")
    late = model.accounts["months_past_due"] >= model.config.lender.charge_off_months - 1
    bound = int(model.accounts["principal"][late].sum())
    model.step()
    assert 0 < model.record["charged_off"] <= bound


def test_the_income_of_a_tape_is_asked_for(tmp_path, monkeypatch, capsys):
    from sim.__main__ import main

    monkeypatch.chdir(tmp_path)
    file, mapping = files_in_days(tmp_path, unit="days", currency="USD", yuan=7.1)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["population=tape", f"population.file={file}", f"population.mapping={mapping}"]) == 2
    error = capsys.readouterr().err
    assert "population.median_income: is missing, and the losses of a tape hang on it" in error
    assert error.count("\n") == 1 and "median_income (USD a month) or income (a column)" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert main(["population.median_income=0"]) == 2
    assert "population.median_income: 0 is not allowed: a whole number from 1000" in capsys.readouterr().err


def test_the_income_comes_from_a_key_of_the_mapping_a_column_or_the_command(tmp_path):
    given = [
        "population=tape",
        f"population.file={tmp_path / 'days.csv'}",
        f"population.mapping={tmp_path / 'days.yaml'}",
    ]
    money = {"unit": "days", "currency": "USD", "yuan": 7.1}
    files_in_days(tmp_path, **money, median_income=400)
    named = sim.compose(given)
    assert named.population.median_income == 284_000
    files_in_days(tmp_path, **money)
    told = sim.compose([*given, "population.median_income=284000"])
    here, there = (sim.Model(config).persons["income_permanent"].tolist() for config in (named, told))
    assert here == there
    files_in_days(tmp_path, **money, income="pay", income_per="year")
    column = sim.compose(given)
    yearly = np.array([9000, 5000, 4000, 3000])
    earned = np.floor(np.rint(yearly / 12 * 710))
    floor = column.population.essential_floor
    assert column.population.median_income == int(np.median(earned))
    assert sim.Model(column).persons["income_permanent"].tolist() == np.maximum(earned, floor + floor // 4 + 1).tolist()
