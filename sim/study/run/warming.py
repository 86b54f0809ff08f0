"""Compiling the rules of a study once, shared out over its workers, so that no two compile the same."""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import multiprocessing
import os
import sys
from collections.abc import Callable
from typing import Any

from sim.engine.loops.folder import cache_folder, folders_read
from sim.study.plan.differences import OUTSIDE_THE_MODEL, digest
from sim.study.plan.parts import Task
from sim.study.plan.plan import Plan
from sim.study.run.burn_in import release
from sim.study.run.cell import default_engine, own_config
from sim.study.store.provenance import sources_digest, versions

PERSONS = 64


def compile_rules(task: Task, part: int, parts: int) -> int:
    """Compile one part of the loops that a cell needs, on a tiny population.

    Compiled loops go to the disk cache, where the other workers find them.

    Parameters
    ----------
    task : Task
        Its packages and scenarios decide which loops there are.
    part, parts : int
        Which of how many parts.

    Returns
    -------
    int
        Number of loops in the part.
    """
    first = task.scenarios[0].name
    seen: set[Any] = set()
    mine = 0
    if part == parts - 1:
        from sim.firms.clearing import compile_loops  # not for whoever only asks whether to compile

        compile_loops()
    for config in (task.root_config, *(task.config(arm, first) for arm in task.arms)):
        model = default_engine()(_tiny(config, task))
        fresh = [one for one in model.loops() if one not in seen]
        seen.update(fresh)
        own = fresh[part::parts]
        if own:
            model.open_month()
        for one in own:
            model.compile(*one)
        mine += len(own)
        release(model)
    return mine


def _tiny(config: Any, task: Task) -> Any:
    own = own_config(config, task)
    return dataclasses.replace(own, population=dataclasses.replace(own.population, borrowers=PERSONS))


def needs_warming(plan: Plan) -> bool:
    """Whether no process has compiled the plan's rules yet, as far as a mark in the cache folder tells."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    return not any((folder / _mark(plan)).exists() for folder in folders_read())


def mark_warm(plan: Plan) -> None:
    """Note that the rules of a plan are in the disk cache, which is kept from growing for ever."""
    from sim.engine.loops.checked import prune

    prune(cache_folder())
    with contextlib.suppress(OSError):
        (cache_folder() / _mark(plan)).touch()


def _mark(plan: Plan) -> str:
    options = [
        sorted({choice for config in arm.configs.values() for choice in _options(config)})
        for composed in (plan, *plan.compositions)
        for arm in (composed.root, *composed.arms)
    ]
    return f"warm-{digest([sources_digest(), versions(), options])[:16]}"


def _options(config: Any) -> list[tuple[str, str]]:
    chosen = dict(getattr(config, "chosen", None) or {})
    return [(group, str(option)) for group, option in chosen.items() if group not in OUTSIDE_THE_MODEL]


def guarded(seconds: float, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function in a worker that is not ours; when it takes longer than ``seconds``, the worker ends itself.

    The watchdog is a thread of the interpreter's own, so that it bites also where compiled code hangs.
    """
    if multiprocessing.parent_process() is None:
        return function(*args)  # the user's own process is not ours to end
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        return function(*args)
    finally:
        faulthandler.cancel_dump_traceback_later()
