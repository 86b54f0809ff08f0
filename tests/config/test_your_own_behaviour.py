"""The page on behaviour of one's own, word for word: its file and its commands, in small."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from sim.__main__ import main

PAGE = (Path(__file__).parents[2] / "docs" / "your_own_behaviour.md").read_text(encoding="utf-8")
PROGRAM = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
PACKAGE = re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1]
COMMANDS = [line.removeprefix("creditcycle ") for line in re.findall(r"^creditcycle .*$", PAGE, re.M)]
SMALLER = (
    "study.replications=2",
    "population.borrowers=300",
    "study.months=14",
    "machine.workers=1",
    "firms=none",
    "study.burn_in=6",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the two files, in which the study of the two packages was run."""
    made = tmp_path_factory.mktemp("own")
    (made / "my_behaviour.py").write_text(PROGRAM, encoding="utf-8")
    (made / "careful.yaml").write_text(PACKAGE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        assert main(smaller(COMMANDS[-1])) == 0
    return made


def smaller(command: str) -> list[str]:
    words = [word for word in shlex.split(command) if not word.startswith(("study.repl", "population.b"))]
    return [*words, *SMALLER]


def test_the_commands_that_show(capsys):
    assert COMMANDS[:2] == ["show rules", "show behaviour/consumption"] and len(COMMANDS) == 4
    assert main(["show", "rules"]) == 0
    assert "behaviour/consumption" in capsys.readouterr().out
    assert main(["show", "behaviour/consumption"]) == 0
    out = capsys.readouterr().out
    assert "return dict(cash=..., discretionary__paid=...)" in out and "from 0.5 to 2" in out


def test_the_other_study_is_composed_as_two_arms(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main([*smaller(COMMANDS[2]), "--cfg", "job"]) == 0
    assert "behaviour/consumption: careful" in capsys.readouterr().out


def test_the_packages_are_arms_and_the_figure_is_in_what_comes_out(folder):
    manifest = json.loads((folder / "arms" / "manifest.json").read_text(encoding="utf-8"))
    _, careful = manifest["arms"]
    assert careful["changes"] == [{"key": "behaviour/consumption", "value": "careful", "parent_value": "shipped"}]
    assert manifest["units"]["careful_share"]["unit"] == "fraction of persons"
    assert "def careful" in manifest["own_rules"]
    summary = pd.read_csv(folder / "arms" / "summary.csv", comment="#").set_index(["arm", "metric"])
    assert summary.loc[("limits", "careful_share"), "mean"] == 0.0 < summary.loc[("careful", "careful_share"), "mean"]
    report = (folder / "arms" / "report.html").read_text(encoding="utf-8")
    assert "Careful share" in report and "Spend carefully, for they fell behind." in report


@pytest.mark.slow
def test_verify_resume_and_report_ask_for_the_file(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["verify", "arms", "cells=1"]) == 2
    assert "begun with rules of a file (my_behaviour.py)" in capsys.readouterr().err
    assert main(["verify", "arms", "cells=1", "--plugin", "my_behaviour.py"]) == 0
    assert "bit for bit the same" in capsys.readouterr().out
    assert main(["resume", "arms", "--trust"]) == 0
    assert main(["report", "arms", "--trust", "report.language=zh"]) == 0
    report = (folder / "arms" / "report.html").read_text(encoding="utf-8")
    assert "Spend carefully, for they fell behind" in report and 'lang="zh' in report
