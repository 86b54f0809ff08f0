"""The tutorial on agents of one's own, in small: its file, its commands, its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import sim.config.job
from sim.__main__ import main
from sim.month.hooks import OwnMonth
from sim.study.store.reading import read_manifest

TUTORIAL = (Path(__file__).parents[2] / "docs" / "your_own_agent.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|yaml|)\n(.*?)```", TUTORIAL, re.DOTALL)
FILE, IN_MESA = (text for kind, text in BLOCKS if kind == "python")
PACKAGE = next(text for kind, text in BLOCKS if kind == "yaml")
COMMANDS = [
    line.split()[1:]
    for kind, text in BLOCKS
    if not kind
    for line in text.splitlines()
    if line.startswith("creditcycle ")
]
SMALL = ["population.borrowers=400", "study.replications=2", "study.months=6", "study.burn_in=4", "machine.workers=1"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where the tutorial's file and package lie, after its first command."""
    home = tmp_path_factory.mktemp("tutorial")
    (home / "mine.py").write_text(FILE, encoding="utf-8")
    (home / "counselled_limits.yaml").write_text(PACKAGE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(home)
        assert main([*COMMANDS[0], *SMALL]) == 0
    return home


def test_counsellors_are_an_arm_with_figures_of_their_own(home):
    frame = pd.read_parquet(home / "counselled" / "results")
    own = frame[frame["arm"] == "configured"]
    assert (own["counsellors_paid"] == 3 * 1_000 * 100).all()
    assert frame.loc[frame["arm"] == "baseline", "counsellors_won"].isna().all()
    profit = frame.groupby("arm", observed=True)["lender_profit"].mean()
    assert profit["baseline"] - profit["configured"] > 2_500 * 100
    assert read_manifest(home / "counselled")["units"]["counsellors_won"]["combined"] == "sum"


@pytest.mark.slow
def test_its_other_commands_do_what_it_says(home, monkeypatch):
    monkeypatch.chdir(home)
    (arms, resume, verify) = COMMANDS[1:4]
    assert arms[0] == "study.arms=[limits,counselled_limits.yaml]"
    found = sim.config.job.plan(arms[:-1])
    assert [(arm.name, arm.parent) for arm in found.shown] == [("limits", ""), ("counselled_limits", "limits")]
    assert main(resume) == 0
    assert main([*verify, "cells=1"]) == 0


def test_its_tables_name_what_there_is():
    methods = re.findall(r"^\| `(\w+)\(self", TUTORIAL, re.MULTILINE)
    assert {"before_month", "after_month", "figures", "keep", "__init__"} == set(methods)
    assert all(callable(getattr(OwnMonth, name)) for name in methods)
    model = sim.Model(sim.compose(["population.borrowers=60", "study.burn_in=1"]))
    named = re.findall(r"`self\.(\w+)", TUTORIAL)
    assert [name for name in named if not hasattr(model, name)] == []


def test_mesas_batch_run_runs_it():
    space: dict = {}
    exec(IN_MESA.replace("=2000", "=60"), space)
    assert len(space["rows"]) == 6 and all(row["median_cash"] > 0 for row in space["rows"])
