"""The tutorials: every file, command and program of them, word for word, in small."""

from __future__ import annotations

import importlib.util
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.__main__ import main
from sim.config.commandline import VERBS

ROOT = Path(__file__).resolve().parents[1]
SMALLER = {
    "population.borrowers": "150",
    "study.replications": "2",
    "study.months": "6",
    "study.burn_in": "3",
    "study.worlds": "2",
    "design.size": "8",
    "machine.workers": "1",
}
ONLY_WHERE_NAMED = ("design.size", "study.worlds")
LOANS = "400"
"""Rows of the tape, in place of fifty thousand."""


@pytest.fixture(scope="module")
def tutorials():
    spec = importlib.util.spec_from_file_location("tutorials", ROOT / "tools" / "tutorials.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def smaller(words: list[str]) -> list[str]:
    """The words of a study with fewer persons, runs, months and points; other words as they are."""
    if words[0] in VERBS:
        return words
    named = {word.partition("=")[0] for word in words}
    kept = [word for word in words if word.partition("=")[0] not in SMALLER]
    tape = {"study.burn_in"} if "population=tape" in words else set()
    more = [f"{key}={value}" for key, value in SMALLER.items() if key not in tape]
    return [*kept, *(one for one in more if one.partition("=")[0] in named or not one.startswith(ONLY_WHERE_NAMED))]


class Page:
    """A tutorial in a folder of its own: its files are saved, its commands are to be done one by one."""

    def __init__(self, tutorials, name: str, folder: Path) -> None:
        text = (ROOT / "docs" / "tutorials" / f"{name}.md").read_text(encoding="utf-8")
        self.folder, self.blocks = folder, tutorials.blocks_of(text)
        (folder / "examples").symlink_to(ROOT / "examples")
        for file, lines in tutorials.files_of(text).items():
            (folder / file).write_text(lines, encoding="utf-8")

    def studies(self) -> list[list[str]]:
        """Words of the commands that run a study, as they stand on the page."""
        lines = [shlex.split(text.partition("creditcycle ")[2]) for kind, text in self.blocks if "creditcycle" in text]
        return [words for words in lines if words[0] not in VERBS]

    def do(self, beginning: str) -> None:
        """Do the one block that begins so, in small."""
        (found,) = [block for block in self.blocks if block[1].startswith(beginning)]
        kind, text = found
        if kind == "python":
            exec(compile(text, "page", "exec"), {})
        elif text.startswith("python "):
            program, *words = shlex.split(text)[1:]
            subprocess.run([sys.executable, program, *words[:-1], LOANS], check=True, capture_output=True)
        else:
            assert main(smaller(shlex.split(text)[1:])) == 0


@pytest.fixture(scope="module")
def analyst(tutorials, tmp_path_factory):
    page = Page(tutorials, "policy_analyst", tmp_path_factory.mktemp("analyst"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(page.folder)
        page.do('creditcycle "study.arms=[lenient,capped_80_3,ours.yaml]" "study.scenarios')
    return page


@pytest.fixture(scope="module")
def tester(tutorials, tmp_path_factory):
    page = Page(tutorials, "stress_tester", tmp_path_factory.mktemp("tester"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(page.folder)
        page.do("python examples/make_loans.py")
        page.do(
            "creditcycle population=tape population.file=loans.csv population.mapping=loans.yaml "
            'population.start=2024-12 "study.scenarios'
        )
    return page


# ---- A policy analyst -------------------------------------------------------------------------------


def test_contracts_read_themselves_back(analyst, monkeypatch, capsys):
    monkeypatch.chdir(analyst.folder)
    analyst.do("creditcycle show sharing")
    assert "until it has paid 3 % of guaranteed volume" in capsys.readouterr().out.replace("\n", " ")
    analyst.do("creditcycle show package")
    said = " ".join(capsys.readouterr().out.split())
    assert "until it has paid 5 % of guaranteed volume a year" in said and "pays 1.5 % a year" in said


def test_the_study_of_the_contracts_answers_what_the_page_asks(analyst, monkeypatch, capsys):
    monkeypatch.chdir(analyst.folder)
    analyst.do("from sim.reports.folder")
    caps = pd.read_csv("caps.csv")
    assert set(caps["arm"]) == {"capped_80_3", "ours"} and set(caps["scenario"]) == {"calm", "severe_recession"}
    analyst.do("import sim")
    assert "manufacturing micro" in capsys.readouterr().out
    page = (analyst.folder / "schemes" / "report.html").read_text(encoding="utf-8")
    for named in ("The bottom line", "Caps of the schemes", "By segment"):
        assert named in page, named


@pytest.mark.slow
def test_the_rest_of_the_analysts_page(analyst, monkeypatch, capsys):
    monkeypatch.chdir(analyst.folder)
    for beginning in ("explore", "memo", "workbook", "verify", "cite"):
        analyst.do(f"creditcycle {beginning} schemes")
    analyst.do('creditcycle "study.arms=[lenient,capped_80_3,ours.yaml]" economy=')
    made = {path.name for path in (analyst.folder / "schemes").iterdir()}
    assert {"explore.html", "memo.pdf", "memo.docx", "memo.pptx", "results.xlsx", "ro-crate-metadata.json"} <= made
    assert "bit for bit the same" in capsys.readouterr().out
    assert len(pd.read_csv("worlds/worlds.csv", comment="#")) > 0


# ---- A researcher -----------------------------------------------------------------------------------


def test_the_researchers_page_is_its_notebook(tutorials):
    page = tutorials.RESEARCHER.read_text(encoding="utf-8")
    assert page == tutorials.researcher(), "python tools/tutorials.py writes it anew"
    assert "REPLICATIONS = 200" in page and page.count("![") == 2


# ---- A stress tester --------------------------------------------------------------------------------


def test_the_tape_and_the_scenario_are_read_as_published(tester, monkeypatch, capsys):
    report = (tester.folder / "stress" / "report.html").read_text(encoding="utf-8")
    assert "2025 Severely Adverse" in report and "The loan tape, as it was read" in report
    risk = pd.read_csv(tester.folder / "stress" / "risk.csv", comment="#")
    assert {"calm", "supervisory"} == set(risk["scenario"]) and risk["measure"].str.contains("expected shortfall").any()
    assert "thousand USD" in report


def test_the_distribution_of_losses_is_drawn_of_the_runs(tutorials):
    keys = pd.MultiIndex.from_product([["lenient", "limits"], ["calm"], [0, 1, 2]], names=["arm", "scenario", "run"])
    runs = pd.DataFrame({"loss_rate": [0.02, 0.05, 0.01, 0.04, 0.03, 0.06]}, index=keys)
    (axes,) = tutorials.losses(SimpleNamespace(runs=runs)).axes
    assert [line.get_label() for line in axes.lines] == ["lenient, calm", "limits, calm"]
    assert axes.lines[0].get_xdata() == pytest.approx([1, 2, 5])
    assert axes.lines[1].get_xdata() == pytest.approx([3, 4, 6])
    assert axes.lines[1].get_ydata() == pytest.approx([100 / 3, 200 / 3, 100])


def test_every_study_of_the_pages_is_understood(analyst, tester, monkeypatch):
    from sim.config.axes import gather
    from sim.config.job import plan

    for page in (analyst, tester):
        monkeypatch.chdir(page.folder)
        for words in page.studies()[1:]:
            assert plan(gather(words)).shown
    assert [len(page.blocks) for page in (analyst, tester)] == [11, 12]
    (sweep,) = [words for words in tester.studies() if "design=sobol" in words]
    assert plan(gather(sweep)).task_count == 2048


@pytest.mark.slow
def test_the_sweep_is_killed_and_goes_on(tester, monkeypatch, capsys):
    monkeypatch.chdir(tester.folder)
    (words,) = [words for words in tester.studies() if "design=sobol" in words]
    command = [sys.executable, "-m", "sim", *smaller(words)]
    study = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    journal = tester.folder / "sweep" / "journal"
    while study.poll() is None and not (journal.is_dir() and any(journal.iterdir())):
        time.sleep(0.01)
    study.send_signal(signal.SIGKILL)
    study.wait()
    tester.do("creditcycle status sweep")
    assert " of 16 cells finished, 0 failed" in capsys.readouterr().out
    tester.do("creditcycle resume sweep")
    tester.do("creditcycle status sweep")
    assert "16 of 16 cells finished, 0 failed" in capsys.readouterr().out
    for verb in ("explore", "workbook"):
        tester.do(f"creditcycle {verb} sweep")
    assert (tester.folder / "sweep" / "explore.html").is_file() and (tester.folder / "sweep" / "results.xlsx").is_file()


@pytest.mark.slow
def test_the_rest_of_the_testers_page(tester, monkeypatch, capsys):
    monkeypatch.chdir(tester.folder)
    tester.do(
        "creditcycle population=tape population.file=loans.csv population.mapping=loans.yaml "
        "population.start=2024-12 economy=severe_recession"
    )
    assert "0.5 to 6" in (tester.folder / "reverse" / "search.txt").read_text(encoding="utf-8")
    for verb in ("workbook", "audit", "cite", "verify"):
        tester.do(f"creditcycle {verb} stress")
    made = {path.name for path in (tester.folder / "stress").iterdir()}
    assert {"results.xlsx", "audit.html", "audit.json", "ro-crate-metadata.json"} <= made
    assert "as it was cited" in capsys.readouterr().out
