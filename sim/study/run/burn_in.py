"""Where the runs of a task begin: the end of its burn-in, kept for the next task where it would come out the same."""

from __future__ import annotations

import dataclasses
from typing import Any

from sim.study.plan.own_model import own_of
from sim.study.plan.parts import Task


class Start:
    """The end of a burn-in, from which so many runs begin.

    The last of them takes its columns along, unless it is kept for other tasks: a large book has no room for both.
    """

    def __init__(self, checkpoint: Any, runs: int, kept: bool) -> None:
        self.checkpoint, self._runs, self._kept = checkpoint, runs, kept

    def fork(self, model_class: Any, config: Any) -> Any:
        """Begin a run: a model under a configuration."""
        self._runs -= 1
        last = self._runs == 0 and not self._kept
        checkpoint = self.checkpoint
        if last:
            self.checkpoint = None
        return model_class.fork(config, checkpoint, last=last)


_last: list[Any] = []
"""What the last burn-in of this process depended on, and its end."""


def start_of(task: Task, config: Any, model_class: Any) -> Start:
    """Live the burn-in of a task; the last one serves where it would come out the same."""
    mark = (model_class, task.calm, task.burn_in, dataclasses.replace(config, economy=None))
    runs, kept = len(task.arms) * len(task.scenarios), bool(task.calm and task.burn_in)
    if _last and _last[0] == mark:
        return Start(_last[1], runs, kept)
    _last.clear()
    model = model_class(config)
    model.by_hand = own_of(config) is not None
    for _ in range(task.burn_in):
        model.step()
    checkpoint = model.save(departed=False, last=True)
    release(model)
    if kept:
        _last.extend((mark, checkpoint))
    return Start(checkpoint, runs, kept)


def release(model: Any) -> None:
    """Empty a model that is done with.

    A model and its agents name each other, and its columns would stay until Python next looks for such rings.
    """
    people = getattr(model, "people", None)
    if people is not None:
        people.close()
    vars(model).clear()
