"""What is compiled when an environment is set up."""

from __future__ import annotations

from sim.config import beforehand
from sim.config.job import plan


def test_setting_up_compiles_what_the_main_study_needs(monkeypatch):
    asked, lived = [], []
    monkeypatch.setattr(beforehand, "start_server", lambda: None)
    monkeypatch.setattr(beforehand, "compile_once", lambda study, tasks, *_: asked.append((study, tasks)))
    monkeypatch.setattr(beforehand, "run_task", lived.append)
    beforehand.main()
    ((study, tasks),), main = asked, plan([])
    assert [arm.name for arm in study.arms] == [arm.name for arm in main.arms] and len(tasks) == study.task_count
    # A cell of each family is lived in short, with as many persons and the whole burn-in.
    assert {task.family for task in lived} == {task.family for task in tasks} and len(lived) < len(tasks)
    for task in lived:
        assert task.burn_in == main.study.burn_in and {one.months for one in task.scenarios} == {2}
        assert task.root_config.population == main.root.configs[task.scenarios[0].name].population
