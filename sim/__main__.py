"""The door: reads the command line, composes and checks every job, and only then lets a folder be made.

Every mistake of a user is one line on standard error and exit code 2, before anything is written. What is
slow to import is imported by the verb that needs it, so that ``--help`` and ``--version`` answer at once.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.commandline import CommandLine
    from sim.config.overrides import Given
    from sim.study.plan import Plan

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 a job failed, 2 a mistake of the user, 130 interrupted.
    """
    from sim.config.errors import UsageError

    try:
        code = _act(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except UsageError as error:
        _say(str(error))
        return USAGE
    except KeyboardInterrupt as stop:
        _say(str(stop) or "interrupted: nothing was begun")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left (`creditcycle show | head`): keep the exit quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def run(overrides: Iterable[str] = (), out: str | Path | None = None) -> pd.DataFrame:
    """Run a study and return its tidy results.

    Parameters
    ----------
    overrides : iterable of str
        As on the command line, for example ``["economy=calm", "study.replications=5"]``.
    out : path, optional
        Study folder to keep, with report and manifest; left out, nothing is kept on the disk.

    Returns
    -------
    pandas.DataFrame
        One row for each arm, scenario, replication and month; ``attrs["units"]`` names each metric's unit.

    Raises
    ------
    UsageError
        One line; nothing was written.
    """
    from rich.console import Console

    from sim.config.job import plan
    from sim.reports import build
    from sim.study.runner import run_study
    from sim.study.store import read_results

    resolved = plan(overrides)
    quiet = Console(file=io.StringIO())
    if out is not None:
        return read_results(run_study(resolved, out, console=quiet, report=build))
    with tempfile.TemporaryDirectory(prefix="creditcycle-") as folder:
        return read_results(run_study(resolved, folder, console=quiet))


def _say(line: str) -> None:
    """Write one line to standard error; what cannot be encoded is escaped."""
    from sim.config.errors import one_line

    safe = f"creditcycle: {one_line(line)}\n".encode(errors="backslashreplace").decode()
    sys.stderr.write(safe)
    sys.stderr.flush()


def _act(arguments: list[str]) -> int:
    from sim.config.commandline import parse

    line = parse(arguments)
    if line.verb == "help" or "help" in line.switches:
        from sim.config.describe import HELP

        sys.stdout.write(HELP)
    elif "version" in line.switches:
        from sim import __version__

        sys.stdout.write(f"creditcycle {__version__}\n")
    elif "completion" in line.switches:
        from sim.config.completion import complete

        complete(line.words)
    elif line.verb == "show":
        from sim.config.describe import describe

        sys.stdout.write(describe(line.words))
    elif line.verb == "resume":
        return _resume(line)
    else:
        return _run(line)
    return DONE


def _run(line: CommandLine) -> int:
    """Compose and check every job, then print or run them."""
    from sim.config.overrides import LARGEST_SWEEP, is_hydra, jobs_of, out_of, read, vet_hydra

    hydra = vet_hydra(word for word in line.words if is_hydra(word))
    several = "several" in line.switches or "hydra.mode=MULTIRUN" in hydra
    out, idle = out_of(hydra, several)
    own = [f"plugin={Path(line.plugin).absolute()}"] if line.plugin else []
    given = read([*own, *out, *(word for word in line.words if not is_hydra(word))], several=several)
    # These need every model module; an override that cannot be read has been refused by now.
    from sim.config.folders import check_folder, folder_of
    from sim.config.hydra_side import hydra_tree, show_info
    from sim.config.job import plan_of

    if hydra or line.cfg in ("hydra", "all") or line.info:
        groups = [entry.text for entry in next(jobs_of(given)) if entry.is_group]
        tree = hydra_tree([*hydra, *groups])
        if line.info:
            show_info(line.info, [*hydra, *groups])
            return DONE
    numbers = range(LARGEST_SWEEP) if several else [None]
    jobs = [(job, plan_of(job), folder_of(job, number)) for number, job in zip(numbers, jobs_of(given), strict=False)]
    if line.cfg:
        for job, plan, _ in jobs:
            _print_config(line, job, plan, tree if line.cfg != "job" else None)
        return DONE
    for _, plan, folder in jobs:
        check_folder(folder, plan)
    for text in idle:
        _say(f"note: {text} changes nothing here")
    codes = []
    for number, (job, plan, folder) in enumerate(jobs):
        if several:
            swept = [entry.text for entry, asked in zip(job, given, strict=True) if len(asked.values) > 1]
            sys.stdout.write(f"job {number} of {len(jobs)}, into {folder}: {' '.join(swept)}\n")
            sys.stdout.flush()
        codes.append(_run_job(plan, folder, several))
    return max(codes)


def _run_job(plan: Plan, folder: Path, several: bool) -> int:
    """Run one job; under ``-m`` a failure is told and the other jobs go on."""
    from sim.config.errors import UsageError
    from sim.reports import build
    from sim.study.runner import StudyStopped, run_study
    from sim.study.store import StoreError

    try:
        run_study(plan, folder, report=build)
    except StudyStopped as stopped:
        if stopped.code == INTERRUPTED:
            raise KeyboardInterrupt(str(stopped)) from None
        _say(str(stopped))
        return stopped.code
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: go on with: creditcycle resume {folder}") from None
    except StoreError as error:
        if not several:
            raise UsageError(str(error)) from None
        _say(str(error))
        return USAGE
    except Exception as error:
        if not several:
            raise
        _say(f"{folder}: the job failed: {type(error).__name__}: {error}")
        return FAILED
    return DONE


def _print_config(line: CommandLine, job: Sequence[Given], plan: Plan, tree: Any) -> None:
    """Print a composed configuration as YAML, as Hydra's ``--cfg`` does."""
    import yaml
    from omegaconf import OmegaConf

    from sim.config.errors import UsageError, nearest
    from sim.config.job import job_tree

    shown: Any = job_tree(job, plan)
    if tree is not None:
        hydra = {"hydra": OmegaConf.to_container(tree.hydra, resolve=False)}
        shown = hydra if line.cfg == "hydra" else {**shown, **hydra}
    for part in filter(None, line.package.split(".")):
        if not isinstance(shown, dict) or part not in shown:
            near = nearest(part, shown) if isinstance(shown, dict) else None
            raise UsageError(f"--package: there is no {line.package}" + (f"; did you mean {near}?" if near else ""))
        shown = shown[part]
    text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)
    sys.stdout.write(text.removesuffix("...\n"))


def _resume(line: CommandLine) -> int:
    """Go on with a study: the folder knows its overrides."""
    from sim.config.errors import UsageError
    from sim.config.folders import check_folder, overrides_of
    from sim.config.job import plan as plan_job

    folders = [word for word in line.words if "=" not in word]
    changed = [word for word in line.words if "=" in word]
    if len(folders) != 1:
        raise UsageError("resume: needs one study folder: creditcycle resume DIR [machine.workers=2]")
    if any(not word.startswith("machine.") for word in changed):
        raise UsageError("resume: only machine.* may change; the study keeps its own configuration")
    folder = Path(folders[0])
    plan = plan_job([*overrides_of(folder), *changed])
    check_folder(folder, plan)
    return _run_job(plan, folder, several=False)


if __name__ == "__main__":
    sys.exit(main())
