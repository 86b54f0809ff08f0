"""What is compiled when an environment is set up."""

from __future__ import annotations

from sim.config import beforehand
from sim.config.job import plan
from sim.month.model import Model


def test_setting_up_compiles_what_the_main_study_needs(monkeypatch):
    asked, months = [], []
    monkeypatch.setattr(beforehand, "start_server", lambda: None)
    monkeypatch.setattr(beforehand, "compile_once", lambda study, tasks, *_: asked.append((study, tasks)))

    def step(model):
        months.append(model.month)
        model.months_run += 1

    monkeypatch.setattr(Model, "step", step)
    beforehand.main()
    ((study, tasks),) = asked
    assert [arm.name for arm in study.arms] == [arm.name for arm in plan([]).arms] and len(tasks) == study.task_count
    assert len(months) == beforehand.MONTHS
