"""What a study is said to take, against what it takes."""

import dataclasses
import io
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from sim.config.axes import gather
from sim.config.job import plan
from sim.language.words import Words
from sim.reports import build
from sim.study.follow.lives import SUMS
from sim.study.run import driving
from sim.study.run.cell import run_task
from sim.study.run.runner import run_study
from sim.study.sweep import forecast, room
from tests.study.fake import FakeModel, toy_plan

WITHIN = 1.5
"""Factor within which room on the disk and in memory are told."""

SMALL = ("population.borrowers=600", "study.months=24", "study.burn_in=3", "study.replications=2", "machine.workers=1")
KINDS = {
    "one package without firms": ("firms=none", "economy=calm", "study.arms=[lenient]"),
    "three packages with firms": ("study.scenarios=[calm,severe_recession]", "study.arms=[lenient,limits,guaranteed]"),
    "a sweep": (
        "economy=calm",
        "firms=none",
        "study.arms=[guaranteed]",
        "design=grid",
        "fund.capital_share=0.05,0.1,0.3",
    ),
}


@pytest.mark.parametrize(
    "kind",
    [
        "three packages with firms",
        *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS if "three" not in kind),
    ],
)
def test_the_room_on_the_disk_is_told(kind, tmp_path):
    study = plan([*SMALL, *KINDS[kind]])
    told = forecast.forecast(study, study.tasks(), 1, 1).size
    folder = run_study(study, tmp_path / "out", console=Console(file=io.StringIO()), report=build)
    taken = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert taken / WITHIN < told < taken * WITHIN
    # Tables beside the months are told by themselves: of the rest they are a part that a factor would hide.
    bare = plan([*SMALL, *KINDS[kind], "study.detail=none"])
    of_tables = told - forecast.forecast(bare, bare.tasks(), 1, 1).size
    came = sum(file.stat().st_size for file in (folder / "tables").rglob("*.parquet"))
    assert of_tables == came == 0 or came / WITHIN < of_tables < came * WITHIN


HIGHEST = """
import re, sys
from sim.config.job import plan
from sim.study.run.cell import run_task
run_task(plan(sys.argv[1:]).tasks()[0])
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much a process held")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("firms=none", "study.arms=[lenient]", "population.borrowers=1000"), marks=pytest.mark.slow),
        ("study.arms=[closing]", "population.borrowers=20000"),
        pytest.param(("firms=none", "study.arms=[lenient]", "population.borrowers=400000"), marks=pytest.mark.slow),
        pytest.param(
            ("firms=none", "study.arms=[lenient,limits,guaranteed]", "population.borrowers=300000"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_memory_of_a_process_is_told(words):
    words = [*words, "economy=calm", "study.months=3", "study.burn_in=2", "machine.threads=1"]
    task = plan(words).tasks()[0]
    told = room.memory(room.shape_of(task), task)
    ran = subprocess.run([sys.executable, "-c", HIGHEST, *words], capture_output=True, text=True, check=True)
    held = int(ran.stdout) * 1024
    assert held / WITHIN < told < held * WITHIN


def test_who_watches_a_package_is_told_for_each():
    """Sums of every person, of 8 bytes each, stay until all packages have run; where no table is kept, none do."""

    def told(arms, *words):
        task = plan([f"study.arms=[{arms}]", "population.borrowers=1000000", "firms=none", *words]).tasks()[0]
        return room.memory(room.shape_of(task), task)

    more = [
        told("limits,lenient,guaranteed", *words) - told("limits", *words) for words in ((), ("study.detail=none",))
    ]
    assert more[0] - more[1] > 2 * 1_000_000 * 8 * len(SUMS)


@pytest.mark.slow
def test_the_time_of_cells_is_told():
    """The processor's time, for others may work on the machine; its pace is taken from the cells themselves."""
    cells = [
        ("firms=none", "study.arms=[lenient]", "population.borrowers=20000"),
        ("study.arms=[closing]", "population.borrowers=2000"),
        ("study.arms=[lenient,limits,guaranteed]", "population.borrowers=20000"),
    ]
    paces = []
    for words in cells:
        task = dataclasses.replace(plan([*words, "economy=calm", "study.months=36"]).tasks()[0], threads=1)
        seconds = []
        for _ in range(3):
            began = time.process_time()
            run_task(task)
            seconds.append(time.process_time() - began)
        paces.append(forecast.pace_of(task, min(seconds)))
    assert max(paces) < WITHIN * min(paces)


def test_a_forecast_counts_months_runs_and_cores(monkeypatch, tmp_path):
    monkeypatch.setattr(forecast, "cache_folder", lambda: tmp_path)
    study = toy_plan(replications=1, months=10, arms=("lenient", "limits"), scenarios=("calm", "bad"))
    (task,) = study.tasks()
    # 6 + 2 x 20 months of 80 persons, and five runs (burn-in, two arms in two scenarios).
    work = 46 * (forecast.A_MONTH + 80 * forecast.A_PERSON) + 5 * forecast.A_RUN

    def cells(tasks, workers=1, threads=1):
        return forecast.forecast(study, tasks, workers, threads).seconds - forecast.TO_START

    assert cells([task, task], 2, 2) == pytest.approx(2 * work / 4)
    assert forecast.pace_of(task, 2.0) == pytest.approx(work / 2)
    forecast.remember_pace([1.0] * 4)
    assert not list(tmp_path.iterdir()), "four cells tell no pace"
    forecast.remember_pace([0.1, 2.0, 2.0, 2.0, 90.0])
    assert cells([task]) == pytest.approx(work / 2)
    assert cells([task], 0) == pytest.approx(work / 2)
    for strange in ("0\n", "3e6\n", "none\n"):
        (tmp_path / forecast.PACE).write_text(strange)
        assert cells([task]) == pytest.approx(work), "a note that no machine can have left is not believed"


def test_firms_take_their_time():
    words = ["economy=calm", "study.arms=[lenient]"]
    alone, beside = (plan([*words, firms]).tasks()[0] for firms in ("firms=none", "firms=standard"))
    more = forecast.pace_of(beside, 1.0) - forecast.pace_of(alone, 1.0)
    assert more == pytest.approx(beside.months * (forecast.MONTH_OF_FIRMS + 1200 * forecast.A_FIRM))


def test_each_process_has_its_memory():
    study = plan(["economy=calm", "study.arms=[lenient]"])
    one, four = (forecast.forecast(study, study.tasks(), workers, 1).memory for workers in (1, 4))
    held = room.memory(room.shape_of(study.tasks()[0]), study.tasks()[0])
    assert (one, four) == (max(room.THE_STUDY, held), room.THE_STUDY + 4 * held)


def test_a_shape_has_the_values_of_its_point():
    study = plan(gather(["design=grid", "population.borrowers=500,1000", "study.arms=[lenient]", "economy=calm"]))
    shapes = {task.point.number: room.shape_of(task) for task in study.tasks()}
    assert {shape.borrowers for shape in shapes.values()} == {500, 1000}
    assert {shape.firms for shape in shapes.values()} == {30, 60}


def test_figures_come_with_firms_schemes_and_incomes():
    plain, firms, shared = room.Shape(9), room.Shape(9, firms=1), room.Shape(9, shares=True)
    assert firms.columns - plain.columns == 60 and 20 < shared.columns - plain.columns < 41
    assert dataclasses.replace(plain, inclusion=True).columns - plain.columns == 40
    kinds = {"lenient": False, "guaranteed": True, "platform": True}
    for package, shares in kinds.items():
        assert room.shape_of(plan([f"study.arms=[{package}]", "economy=calm"]).tasks()[0]).shares is shares


@pytest.mark.parametrize(("cells", "workers", "seconds"), [(1, 2, 0.1), (40, 1, 0.01), (200, 2, 0.2), (200, 2, 9.0)])
def test_groups_are_counted_as_they_are_handed_out(cells, workers, seconds, monkeypatch):
    class Outcome:
        def __init__(self):
            self.seconds = seconds

    handed = []

    class Crowd(driving.ThisProcess):
        """Does nothing, in no time that it does not tell."""

        def submit(self, function, limit, work, group, engine):
            handed.append(len(group))
            return super().submit(lambda: [Outcome() for _ in group])

    tasks = toy_plan(replications=cells).tasks()[:cells]
    monkeypatch.setattr(driving, "ThisProcess", type("Nobody", (), {}))
    driving.Driver(Crowd(), workers, FakeModel, lambda *_: None).run(tasks)
    assert sum(handed) == len(tasks)
    assert driving.groups(len(tasks), workers, seconds) == pytest.approx(len(handed), abs=2)


@pytest.mark.parametrize(
    ("size", "words"),
    [(1e9, "1.0 GB"), (999e6, "999 MB"), (12.34e6, "12.3 MB"), (1e6, "1.0 MB"), (2_400, "2 kB"), (3, "1 kB")],
)
def test_room_in_words(size, words):
    assert forecast.Forecast(1.0, size, 2e9).told(Words()) == f"about 1 s, {words} on the disk and 2.0 GB of memory"
