"""The commands of the README, word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = re.findall(
    r'^    make run ARGS="(.+)"$', (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    rows = [f"2020-{month:02d},{4.0 + month / 10}" for month in range(1, 13)]
    (tmp_path / "months.csv").write_text("month,unemployment\n" + "\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_understood(here, command):
    from sim.config.axes import gather
    from sim.config.job import plan

    assert plan(gather(shlex.split(command))).shown


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(here, command):
    from sim.__main__ import main

    assert main(shlex.split(command)) == 0
    (report,) = here.glob("*/report.html")
    page = report.read_text(encoding="utf-8")
    assert "<svg" in page
    assert ("heat-0" in page) == ("design=" in command)


def test_the_readme_has_a_sweep_of_thirty_cells(here):
    from sim.config.axes import gather
    from sim.config.job import plan

    (sweep,) = [command for command in COMMANDS if "design=grid" in command]
    assert plan(gather(shlex.split(sweep))).task_count == 30
