"""Rates read from a study folder, and a panel that a study keeps, verified and computed again."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from sim.__main__ import main
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.figures.beside import roll_rates_of, vintage_curves_of
from sim.study.run.runner import run_study
from sim.study.store.beside import lines_before_default, losses_given_default, roll_rates, vintage_curves
from sim.study.store.checking import verify
from sim.study.store.reading import read_manifest, read_table
from sim.study.store.store import StoreError

SMALL = [
    *("population=tiny", "study.replications=2", "study.months=15", "study.burn_in=4"),
    *("study.arms=[lenient,closing]", "study.scenarios=[calm,severe_recession]", "machine.threads=1"),
]


def run(folder, *more: str):
    run_study(plan([*SMALL, *more]), folder, console=Console(file=io.StringIO()))
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run(tmp_path_factory.mktemp("beside") / "one", "study.panel=40", "machine.workers=1")


def test_rates_are_those_of_the_rows_of_a_package_in_an_economy(study):
    rolls = read_table(study, "rolls")
    mine = rolls[(rolls["arm"] == "closing") & (rolls["scenario"] == "calm")]
    rates = roll_rates(study, "calm", "closing")
    assert rates.equals(roll_rates_of(mine)) and not rates.equals(roll_rates(study, "severe_recession", "closing"))
    in_order = rates[(rates["borrower"] == "persons") & (rates["state_before"] == "M0")]
    assert in_order.groupby("month")["by_balance"].sum().round(12).eq(1.0).all() and in_order["month"].nunique() == 15
    curves = read_table(study, "vintages")
    mine = curves[(curves["arm"] == "lenient") & (curves["scenario"] == "calm")]
    assert vintage_curves(study, "calm", "lenient").equals(vintage_curves_of(mine))
    assert set(lines_before_default(study, "calm", "lenient")["months_before"]) == set(range(13))
    assert set(losses_given_default(study, "severe_recession", "lenient")["borrower"]) <= {"persons", "firms"}


@pytest.mark.parametrize("rates", [roll_rates, vintage_curves, lines_before_default, losses_given_default])
def test_a_name_that_the_study_does_not_have_is_one_line(study, rates):
    with pytest.raises(StoreError, match="has no arm 'nobody'; it has lenient, closing"):
        rates(study, "calm", "nobody")
    with pytest.raises(StoreError, match="has no scenario 'mild'; it has calm, severe_recession"):
        rates(study, "mild", "closing")


def test_a_panel_holds_the_same_persons_in_every_run_of_a_replication_and_changes_no_result(study, tmp_path):
    panel = read_table(study, "panel")
    there = panel.groupby(["replication", "arm", "scenario"], observed=True)["person"].agg(frozenset)
    assert there.groupby("replication").nunique().eq(1).all() and there.nunique() == 2
    plain = run(tmp_path / "plain", "machine.workers=1")
    assert read_manifest(plain)["results_sha256"] == read_manifest(study)["results_sha256"]
    assert read_manifest(plain)["config_sha256"] != read_manifest(study)["config_sha256"]
    with pytest.raises(StoreError, match="keeps no table 'panel'; it keeps"):
        read_table(plain, "panel")


def test_a_panel_is_computed_again_bit_for_bit(study):
    verdict = verify(study, plan([*SMALL, "study.panel=40"]), 1)
    assert verdict.cells == 1 and verdict.problems == ()


@pytest.mark.parametrize(
    ("asked", "hint"), [("-1", ""), ("007", ""), ("al", "; did you mean all?"), ("All", "; did you mean all?")]
)
def test_a_panel_of_no_number_is_refused(asked, hint):
    with pytest.raises(UsageError) as refused:
        plan([*SMALL, f"study.panel={asked}"])
    assert (
        str(refused.value)
        == f"study.panel: {asked} is not allowed: a whole number from 0 to 99999999 (persons), or all{hint}"
    )


def test_everybody_may_be_asked_for():
    assert "panel" in plan([*SMALL, "study.panel=all"]).noted and "panel" not in plan(SMALL).noted
    assert "panel" not in plan([*SMALL, "study.panel=0"]).resolved()


def asked(study, capsys, *words: str) -> tuple[int, str, str]:
    code = main(["life", str(study), *words])
    return code, *capsys.readouterr()


def test_lives_that_tell_something_are_named_and_one_is_written(study, capsys):
    code, out, _ = asked(study, capsys)
    assert code == 0 and "always fine: a loan" in out and "firms in each of 2 replications" in out
    command = next(line.split() for line in out.splitlines() if "--person" in line)
    code, out, _ = asked(study, capsys, *command[3:])
    page = study / f"life-{command[4]}.html"
    assert code == 0 and out.strip() == str(page) and "<svg" in page.read_text(encoding="utf-8")
    page.unlink()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--person", "99999"], "life: person: 99999 is not in the panel of"),
        (["--person", "x"], "--person: x is not allowed: a whole number of at least 0"),
        (["--person", "1", "--firm", "2"], "life: --person and --firm exclude each other"),
        (["--economy", "calm"], "life: needs --person N or --firm N beside"),
        (
            ["--firm", "1", "--packages", "closin"],
            "life: packages: closin is not allowed: one of lenient, closing; did",
        ),
        (["--person", "1", "study.panel=9"], "life: only report.* may change"),
    ],
)
def test_a_life_that_is_not_there_is_one_line_and_nothing_is_written(study, capsys, words, line):
    before = {path.name for path in study.iterdir()}
    code, _, said = asked(study, capsys, *words)
    assert code == 2 and said.removeprefix("creditcycle: ").startswith(line) and said.count("\n") == 1
    assert {path.name for path in study.iterdir()} == before


def test_flags_of_a_life_are_for_it_alone(study, capsys):
    assert main(["status", str(study), "--person", "3"]) == 2
    assert "--person: is for creditcycle life DIR, not for status" in capsys.readouterr().err
