"""The door: verbs, flags, several jobs, and what it leaves behind when something goes wrong."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sim.config.commandline import parse
from sim.config.job import plan as plan_job
from sim.engine.tables.finite import NotFiniteError
from sim.study.plan.differences import digest
from sim.study.run.runner import StudyStopped
from sim.study.store.store import StoreError

SMALL = ["economy=calm", "study.arms=[lenient]", "population.borrowers=200", "study.replications=1"]


@pytest.fixture
def ran(monkeypatch):
    """Replace the runner by one that notes what it was asked and makes the folder."""
    asked = []

    def run_study(plan, out, **_):
        asked.append((plan, Path(out)))
        Path(out).mkdir(parents=True)
        (Path(out) / "manifest.json").write_text("{}")
        return Path(out)

    monkeypatch.setattr("sim.study.run.runner.run_study", run_study)
    return asked


def test_help_shows_how_to_begin(door):
    code, out, err = door("--help")
    assert (code, err) == (0, "")
    assert door("help") == door("-h") == (0, out, "")
    examples = [line for line in out.splitlines() if line.startswith("  creditcycle") and "  " not in line.strip()]
    assert len(examples) >= 5
    assert all(len(line) <= 110 for line in out.splitlines())
    for word in (
        "resume",
        "show",
        "--multirun",
        "--cfg",
        "Exit codes",
        "130",
        "study.arms",
        "population.borrowers",
    ):
        assert word in out


def test_examples_of_the_help_resolve(door, ran, tmp_path):
    (tmp_path / "my_policy.py").write_text("def my_rule(limit):\n    return limit\n")
    rule = "def my_rule(cash):\n    return dict(cash=cash - cash // 2, discretionary__paid=cash // 2)\n"
    (tmp_path / "my_rules.py").write_text(rule)
    (tmp_path / "mine.py").write_text("import sim\n\nclass MyModel(sim.Model):\n    pass\n")
    (tmp_path / "unemployment.csv").write_text("month,unemployment_percent\n2020-01,5\n2020-02,5.2\n")
    _, out, _ = door("--help")
    section = out[out.index("Examples") : out.index("Keys")]
    examples = [line.split()[1:] for line in section.splitlines() if re.match(r"  creditcycle", line)]
    assert len(examples) == 11
    for arguments in examples:
        code, _, err = door(*arguments)
        assert (code, err) == (0, ""), arguments
    assert [str(folder) for _, folder in ran] == [
        "out",
        "tiered",
        "quick",
        "closings",
        "worlds",
        "mine",
        "sweep",
        "funds/0",
        "funds/1",
        "funds/2",
        "own",
        "habits",
        "agents",
    ]


def test_version(door):
    code, out, err = door("--version")
    assert (code, err) == (0, "") and re.fullmatch(r"creditcycle \d+\.\d+\.\d+\n", out)


def test_run_is_the_default_verb(door, ran):
    assert door(*SMALL)[0] == door("run", *SMALL, "out=other")[0] == 0
    assert [str(folder) for _, folder in ran] == ["out", "other"]
    assert ran[0][0].digest() == ran[1][0].digest()


def test_flags_stand_anywhere():
    for arguments in (
        ["-m", "seed=1,2", "out=x"],
        ["seed=1,2", "-m", "out=x"],
        ["run", "seed=1,2", "out=x", "--multirun"],
    ):
        line = parse(arguments)
        assert line.verb == "run" and line.words == ["seed=1,2", "out=x"] and line.switches == {"several"}
    assert parse(["-c", "job"]).cfg == parse(["--cfg=job"]).cfg == parse(["seed=1", "--cfg", "job"]).cfg == "job"
    assert parse(["--info"]).info == parse(["--info", "seed=1"]).info == "all"


def test_cfg_prints_the_resolved_job(door, tmp_path):
    code, out, err = door("--cfg", "job", "policy/limit=tiered", "economy=calm", "seed=5")
    assert (code, err) == (0, "")
    found = yaml.safe_load(out)
    assert found["seed"] == 5
    assert found["policy"]["limit"]["name"] == "tiered"
    assert found["study"]["arms"] == ["baseline", "configured"]
    assert found["study"]["scenarios"] == ["calm"]
    assert "hydra" not in found
    assert not list(tmp_path.iterdir())


def test_cfg_of_a_part_and_of_hydra(door):
    assert yaml.safe_load(door("-c", "job", "-p", "population.borrowers", "population.borrowers=77")[1]) == 77
    assert "hydra" in yaml.safe_load(door("--cfg", "all")[1])
    assert list(yaml.safe_load(door("--cfg", "hydra", "hydra.verbose=true")[1])) == ["hydra"]


def test_info_is_hydras(door):
    code, out, _ = door("--info", "defaults")
    assert code == 0 and "policy/limit" in out


def test_several_jobs_have_a_folder_each(door, ran):
    code, _, err = door("-m", *SMALL, "seed=3,4", "study.months=range(1,3)", "out=sweep")
    assert (code, err) == (0, "")
    assert [str(folder) for _, folder in ran] == [f"sweep/{number}" for number in range(4)]
    assert [(plan.seed, plan.study.months) for plan, _ in ran] == [(3, 1), (3, 2), (4, 1), (4, 2)]


def test_several_options_by_list_and_by_pattern(door, ran):
    assert door("-m", *SMALL[:1], "policy/limit=glob([f*,t*])", "out=sweep")[0] == 0
    assert [plan.shown[1].configs["calm"].chosen["policy/limit"] for plan, _ in ran] == ["fixed", "tiered"]


def test_every_job_is_checked_before_the_first_begins(refused, ran):
    assert "study.months: 0 is not allowed" in refused("-m", *SMALL, "study.months=3,2,0")
    assert ran == []


def test_a_failing_job_makes_the_exit_non_zero_and_the_others_go_on(door, monkeypatch):
    seeds = []

    def run_study(plan, out, **_):
        seeds.append(plan.seed)
        if plan.seed == 2:
            raise RuntimeError("the model broke\nin two lines")

    monkeypatch.setattr("sim.study.run.runner.run_study", run_study)
    code, _, err = door("-m", *SMALL, "seed=1,2,3")
    assert (code, seeds) == (1, [1, 2, 3])
    assert err == "creditcycle: out/1: the job failed: RuntimeError: the model broke in two lines\n"


def test_a_model_whose_numbers_are_none_is_one_line(door, monkeypatch):
    def run_study(plan, out, **_):
        raise NotFiniteError("month 3: accounts.score is nan in row 17")

    monkeypatch.setattr("sim.study.run.runner.run_study", run_study)
    code, _, err = door(*SMALL)
    assert (code, err) == (1, "creditcycle: out: the model failed: month 3: accounts.score is nan in row 17\n")


def test_a_stopped_study_says_how_to_go_on(door, monkeypatch):
    def run_study(plan, out, **_):
        raise StudyStopped(f"stopped: 3 of 9 parts are kept in {out}; go on with: creditcycle resume {out}", exit_code)

    monkeypatch.setattr("sim.study.run.runner.run_study", run_study)
    exit_code = 130
    code, _, err = door(*SMALL)
    assert code == 130 and "creditcycle resume out" in err and err.count("\n") == 1
    code, _, err = door("-m", *SMALL, "seed=1,2")
    assert code == 130 and err.count("\n") == 1, "an interrupt ends all jobs"
    exit_code = 1
    assert door(*SMALL)[0] == 1


def test_an_interrupt_while_composing(door, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.config.job.plan_of", interrupted)
    assert door(*SMALL) == (130, "", "creditcycle: interrupted: nothing was begun\n")


def test_a_folder_of_another_study(door, monkeypatch):
    def run_study(plan, out, **_):
        raise StoreError(f"out: {out} holds another study (its configuration differs); choose another folder")

    monkeypatch.setattr("sim.study.run.runner.run_study", run_study)
    code, out, err = door(*SMALL)
    assert (code, out) == (2, "") and err.startswith("creditcycle: out: out holds another study")


def test_a_folder_that_is_something_else(refused, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("")
    assert "in use and holds no study" in refused(*SMALL, "out=full")
    assert "in use and holds no study" in refused(*SMALL, "out=file")
    assert "cannot be made" in refused(*SMALL, "out=file/below")
    assert "cannot be made" in refused("-m", *SMALL, "seed=1,2", "out=file")
    assert "cannot be" in refused(*SMALL, "out=" + "x" * 300)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(refused, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "cannot be written to" in refused(*SMALL, "out=locked/study")


def test_an_empty_folder_will_do(door, ran, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda plan, out, **_: out)
    assert door(*SMALL, "out=empty")[0] == 0


def write_manifest(folder, content):
    """A manifest in order, but for what is given."""
    words = dict.fromkeys(("status", "program_sha256", "results_sha256", "command"), "x")
    lists = dict.fromkeys(("overrides", "inputs", "arms", "scenarios", "calls"), ())
    content = {**words, **lists, "units": {}, "seconds": 0, "cells": {"failed": [], "finished": 0, "of": 1}, **content}
    (folder / "manifest.json").write_text(json.dumps({**content, "check": digest(content)}))


def test_resume_takes_the_studys_own_overrides(door, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda plan, out, **_: asked.append((plan, out)))
    (tmp_path / "study").mkdir()
    manifest = {"overrides": [*SMALL, "seed=9"], "config_sha256": plan_job([*SMALL, "seed=9"]).digest()}
    write_manifest(tmp_path / "study", manifest)
    assert door("resume", "study", "machine.workers=1")[0] == 0
    ((plan, folder),) = asked
    assert plan.seed == 9 and plan.machine.workers == 1 and folder == Path("study")


def test_resume_of_what_cannot_be_resumed(refused, tmp_path):
    for name in ("0", "1"):
        (tmp_path / "sweep" / name).mkdir(parents=True)
        write_manifest(tmp_path / "sweep" / name, {"config_sha256": "x"})
    assert "creditcycle resume sweep/0" in refused("resume", "sweep")
    write_manifest(tmp_path / "sweep" / "0", {"config_sha256": "x", "overrides": [1]})
    assert "damaged" in refused("resume", "sweep/0")
    (tmp_path / "sweep" / "0" / "manifest.json").write_text("{")
    assert "damaged" in refused("resume", "sweep/0")
    write_manifest(tmp_path / "sweep" / "0", {"config_sha256": "x", "overrides": ["seed=1"]})
    assert "holds another study" in refused("resume", "sweep/0")


def test_a_folder_of_another_study_is_refused_before_any_job(refused, ran, tmp_path):
    (tmp_path / "sweep" / "1").mkdir(parents=True)
    write_manifest(tmp_path / "sweep" / "1", {"config_sha256": "x"})
    assert "out: sweep/1 holds another study" in refused("-m", *SMALL, "seed=1,2", "out=sweep")
    assert ran == []


def test_several_jobs_say_which_runs(door, ran):
    _, out, _ = door("-m", *SMALL, "seed=3,4", "out=sweep")
    assert out.splitlines() == ["job 0 of 2, into sweep/0: seed=3", "job 1 of 2, into sweep/1: seed=4"]


def test_home_is_expanded(door, ran, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert door(*SMALL, "out=~/study")[0] == 0
    assert ran[0][1] == tmp_path / "home" / "study"


def test_hydras_settings_that_change_nothing_are_said(door, ran):
    code, _, err = door(*SMALL, "hydra.job.name=mine", "hydra.run.dir=there")
    assert code == 0 and err == "creditcycle: note: hydra.job.name=mine changes nothing here\n"
    assert str(ran[0][1]) == "there"


def test_show_lists_groups_options_and_keys(door):
    code, out, err = door("show")
    assert (code, err) == (0, "")
    for word in (
        "policy/limit",
        "behavioural",
        "guarantee_80_20",
        "us_2007_2012",
        "platform",
        "policy_packages",
    ):
        assert word in out
    assert door("options") == (code, out, "")
    assert re.search(r"fund.premium_rate +0.01; a number from 0 to 0.5", door("show", "fund")[1])
    assert re.search(r"population.borrowers +1000000; a whole number", door("show", "population=city")[1])
    assert "policy.closing.closing_score" in door("show", "policy/closing=threshold")[1]
    assert door("show", "study.months")[1].startswith("  study.months  60; a whole number from 1 to 1200 (months)")
    assert door("show", "sharing.layers")[1].count("\n") > 5


def test_completion_through_hydra(door, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["creditcycle"])
    code, out, _ = door("-sc", "install=bash")
    assert code == 0 and "complete -o nospace" in out and out.rstrip().endswith("creditcycle")
    for line, wanted in (
        ("creditcycle policy/li", "policy/limit="),
        ("creditcycle run policy/limit=", "policy/limit=tiered"),
        ("creditcycle study.mon", "study.months="),
        ("creditcycle exp", "experiment="),
    ):
        monkeypatch.setenv("COMP_LINE", line)
        assert wanted in door("-sc", "query=bash")[1].split(), line
    monkeypatch.setenv("COMP_LINE", "creditcycle pa")
    assert "package" not in door("-sc", "query=bash")[1]


def python(*arguments, **options):
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "sim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **options)


@pytest.mark.parametrize("override", ["seed=abc", "+foo=1", "study.replicatons=3", "policy/limit=tierd", "--nope"])
def test_a_mistake_of_each_kind_is_refused(refused, override):
    assert override.split("=")[0].lstrip("+") in refused(override)


@pytest.mark.parametrize("override", ["policy/limit=tierd", "--nope"])
def test_a_real_process_refuses(tmp_path, override):
    done = python(override, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("creditcycle: ") and done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_real_process_survives_a_closed_pipe(tmp_path):
    root = Path(__file__).parents[2]
    line = f"{sys.executable} -m sim show | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 0 and done.stderr == "" and done.stdout.startswith("Groups")


def test_interrupt_code_is_that_of_shells():
    from sim.saying import INTERRUPTED

    assert INTERRUPTED == 128 + signal.SIGINT
