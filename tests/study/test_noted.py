"""Tables beside the months: stored with the cells that they are of, whole or computed again, and verified."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.__main__ import main
from sim.study.follow import follower
from sim.study.run.cell import run_tasks, table_digest
from sim.study.run.runner import run_study
from sim.study.store.checking import verify
from sim.study.store.reading import check_tables, read_manifest, read_table
from sim.study.store.store import JOURNAL, NOTED, RESULTS, Store, StoreError
from sim.study.tables.taking import take
from tests.study.fake import FakeModel, toy_plan


class Overdue:
    """Notes how many are overdue after each month, and one word."""

    made = 0

    def __init__(self, model) -> None:
        Overdue.made += 1
        self.counts: list[int] = []

    def follow(self, model) -> None:
        self.counts.append(int((model.accounts["months_past_due"] >= 4).sum()))

    def tables(self):
        counts = np.array(self.counts)
        return {
            "overdue": {"month": np.arange(len(counts)), "overdue": counts, "kind": np.where(counts > 0, "some", "no")}
        }


@pytest.fixture(autouse=True)
def one_follower(monkeypatch):
    monkeypatch.setattr(follower, "FOLLOWERS", {"overdue": Overdue})
    Overdue.made = 0


def run(folder, plan):
    said = io.StringIO()
    run_study(plan, folder, engine=FakeModel, console=Console(file=said, width=500))
    return said.getvalue()


def test_tables_come_with_their_runs_and_change_no_result(tmp_path):
    with_tables, without = toy_plan(detail="all"), toy_plan(detail="none")
    run(tmp_path / "with", with_tables)
    made = Overdue.made
    run(tmp_path / "without", without)
    assert Overdue.made == made == 4 * 3 * 4  # packages, scenarios, replications; none for the twins
    manifests = [read_manifest(tmp_path / name) for name in ("with", "without")]
    assert manifests[0]["results_sha256"] == manifests[1]["results_sha256"]
    assert manifests[0]["config_sha256"] != manifests[1]["config_sha256"]
    table = read_table(tmp_path / "with", "overdue")
    assert list(table) == ["arm", "scenario", "replication", "month", "overdue", "kind"]
    assert len(table) == 16 * sum(scenario.months for scenario in with_tables.scenarios)
    keys = table[["arm", "scenario", "replication"]]
    assert len(keys.drop_duplicates()) == made
    assert list(table["arm"].cat.categories) == ["lenient", "limits", "closing", "platform"]
    assert table["arm"].cat.codes.is_monotonic_increasing
    with pytest.raises(StoreError, match="keeps no table 'overdue'; it keeps none"):
        read_table(tmp_path / "without", "overdue")
    with pytest.raises(StoreError, match="keeps no table 'rols'; it keeps overdue"):
        read_table(tmp_path / "with", "rols")


def test_auto_leaves_them_out_where_a_design_visits_many_points():
    assert follower.tables_of("auto", has_design=False) == ("overdue",)
    assert follower.tables_of("auto", has_design=True) == ()
    assert follower.tables_of("all", has_design=True) == ("overdue",)
    assert follower.tables_of("none", has_design=False) == ()


@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_table_is_named_and_its_cell_computed_again(tmp_path, harm):
    plan = toy_plan(detail="all")
    run(tmp_path, plan)
    before = read_table(tmp_path, "overdue")
    path = sorted((tmp_path / NOTED / "overdue").glob("*.parquet"))[2]
    path.write_bytes(path.read_bytes()[:-9]) if harm == "cut" else path.unlink()
    with pytest.raises(StoreError, match=f"overdue/{path.name}: damaged result file"):
        read_table(tmp_path, "overdue")
    assert any(f"overdue/{path.name}" in line for line in verify(tmp_path, plan, 1, FakeModel).problems)
    made = Overdue.made
    said = run(tmp_path, plan)
    assert f"overdue/{path.name}: damaged result file" in said
    assert said.count("computed again") == 1
    assert 0 < Overdue.made - made <= 8  # of the one cell: four packages in at most two scenarios
    assert read_table(tmp_path, "overdue").equals(before)


@pytest.mark.parametrize("words", [["export", "--to", "sqlite"], ["export", "--to", "csv"], ["memo"], ["workbook"]])
@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_nothing_is_made_of_a_damaged_table(tmp_path, capsys, words, harm):
    """What is taken elsewhere is checked as its months are: another number in a whole file passes no reader."""
    run(tmp_path, toy_plan(detail="all", replications=2, months=3))
    path = sorted((tmp_path / NOTED / "overdue").glob("*.parquet"))[0]
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    else:
        pd.read_parquet(path).assign(overdue=7_000_000).to_parquet(path, index=False)
    before = sorted(tmp_path.rglob("*"))
    assert main([words[0], str(tmp_path), *words[1:]]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"overdue/{path.name}: damaged result file (checksum differs)" in said
    assert sorted(tmp_path.rglob("*")) == before


def test_a_table_that_no_journal_entry_speaks_for_is_removed(tmp_path):
    plan = toy_plan(detail="all")
    run(tmp_path, plan)
    (tmp_path / NOTED / "overdue" / "stranger.parquet").write_bytes(b"half")
    next((tmp_path / JOURNAL).glob("*.json")).unlink()
    run(tmp_path, plan)
    names = [{path.stem for path in (tmp_path / place).iterdir() if path.is_file()} for place in
             (f"{NOTED}/overdue", RESULTS, JOURNAL)]  # fmt: skip
    assert names[0] == names[1] == names[2]


def test_verify_names_a_run_whose_table_comes_out_otherwise(tmp_path, monkeypatch):
    plan = toy_plan(detail="all", replications=1)
    run(tmp_path, plan)
    assert not verify(tmp_path, plan, 9, FakeModel).problems
    monkeypatch.setattr(Overdue, "follow", lambda self, model: self.counts.append(1))
    problems = verify(tmp_path, plan, 9, FakeModel).problems
    assert problems
    assert all("computed again it differs" in line for line in problems)


def test_cells_that_two_files_hold_keep_one_table(tmp_path):
    """Two writers of other groups of cells: a reader takes each once, and putting it right keeps tables and months."""
    plan = toy_plan(detail="all", replications=2)
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        run(folder, plan)
    before = read_table(one, "overdue")
    tasks = plan.tasks()[:3]
    Store(one, plan).put(tasks, run_tasks(tasks, FakeModel))
    assert read_table(one, "overdue").equals(before)
    take(one, "csv")
    assert len(pd.read_csv(one / "export" / "fact_overdue.csv")) == len(before)
    with pytest.raises(StoreError, match="stand in another file as well; put it right with: creditcycle report"):
        check_tables(one)
    assert "stand in another file" in run(one, plan)
    check_tables(one)
    assert read_table(one, "overdue").equals(before)
    assert read_manifest(one)["results_sha256"] == read_manifest(two)["results_sha256"]


def test_digests_know_names_types_and_order():
    table = {"a": np.array([1, 2]), "b": np.array(["x", "y"])}
    others = [{**table, "a": np.array([2, 1])}, {"c": table["a"], "b": table["b"]}]
    others.append({**table, "b": np.array(["xy", ""])})
    known = {table_digest(one) for one in (table, *others)}
    assert len(known) == 4
    assert table_digest({"b": table["b"], "a": table["a"]}) == table_digest(table)
