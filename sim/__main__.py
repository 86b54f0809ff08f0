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
    from sim.config.errors import UsageError, one_line

    try:
        return _act(list(sys.argv[1:] if arguments is None else arguments))
    except UsageError as error:
        _say(one_line(str(error)))
        return USAGE
    except KeyboardInterrupt:
        _say("interrupted: nothing was begun")
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
    safe = f"creditcycle: {line}\n".encode(errors="backslashreplace").decode()
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
    sys.stdout.flush()
    return DONE


def _run(line: CommandLine) -> int:
    """Compose and check every job, then print or run them."""
    from sim.config.overrides import is_hydra, jobs_of, out_of, read, vet_hydra

    hydra = vet_hydra(word for word in line.words if is_hydra(word))
    several = "several" in line.switches or "hydra.mode=MULTIRUN" in hydra
    out, idle = out_of(hydra, several)
    given = read([*out, *(word for word in line.words if not is_hydra(word))], several=several)
    # These need every model module; an override that cannot be read has been refused by now.
    from sim.config.compose import hydra_here, hydra_tree
    from sim.config.job import plan_of

    if hydra or line.cfg in ("hydra", "all") or line.info:
        groups = [entry.text for entry in next(jobs_of(given)) if entry.is_group]
        tree = hydra_tree([*hydra, *groups])
        if line.info:
            hydra_here().show_info(line.info, "config", [*hydra, *groups])
            return DONE
    jobs = [
        (job, plan_of(job), _folder(job, number if several else None))
        for number, job in enumerate(jobs_of(given))
    ]
    if line.cfg:
        for job, plan, _ in jobs:
            _print_config(line, job, plan, tree if line.cfg != "job" else None)
        return DONE
    for _, _, folder in jobs:
        _check_folder(folder)
    for text in idle:
        _say(f"note: {text} changes nothing here")
    return max([_run_job(plan, folder, several) for _, plan, folder in jobs], default=DONE)


def _run_job(plan: Plan, folder: Path, several: bool) -> int:
    """Run one job; under ``-m`` a failure is told and the other jobs go on."""
    from sim.config.errors import UsageError, one_line
    from sim.reports import build
    from sim.study.runner import StudyStopped, run_study
    from sim.study.store import StoreError

    try:
        run_study(plan, folder, report=build)
    except StoreError as error:
        raise UsageError(str(error)) from None
    except StudyStopped as stopped:
        if str(stopped).startswith("interrupted"):
            _say(one_line(str(stopped)))
            sys.exit(INTERRUPTED)
        _say(one_line(str(stopped)))
        return FAILED
    except Exception as error:
        if not several:
            raise
        _say(one_line(f"{folder}: the job failed: {type(error).__name__}: {error}"))
        return FAILED
    return DONE


def _folder(job: Sequence[Given], number: int | None) -> Path:
    from sim.config.compose import compose_plain

    out = Path(str(compose_plain([entry for entry in job if entry.key == "out"])["out"]))
    return out if number is None else out / str(number)


def _check_folder(folder: Path) -> None:
    """Refuse a study folder that could not be made or is something else, before any job begins."""
    from sim.config.errors import UsageError

    try:
        if (folder / "manifest.json").is_file():
            return
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"out: {folder} is in use and holds no study; choose another folder")
        above = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise UsageError(f"out: {folder} cannot be made: {above} cannot be written to")
    except OSError as error:
        raise UsageError(f"out: {folder} cannot be used: {error.strerror}") from None


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
            raise UsageError(
                f"--package: there is no {line.package}" + (f"; did you mean {near}?" if near else "")
            )
        shown = shown[part]
    sys.stdout.write(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True))


def _resume(line: CommandLine) -> int:
    """Go on with a study: the folder knows its overrides."""
    from sim.config.errors import UsageError
    from sim.config.job import plan as plan_job
    from sim.study.store import StoreError, read_manifest

    folders = [word for word in line.words if "=" not in word]
    changed = [word for word in line.words if "=" in word]
    if len(folders) != 1:
        raise UsageError("resume: needs one study folder: creditcycle resume DIR [machine.workers=2]")
    if any(not word.startswith("machine.") for word in changed):
        raise UsageError("resume: only machine.* may change; the study keeps its own configuration")
    try:
        manifest = read_manifest(Path(folders[0]))
    except StoreError as error:
        raise UsageError(str(error)) from None
    return _run_job(plan_job([*manifest["overrides"], *changed]), Path(folders[0]), several=False)


if __name__ == "__main__":
    sys.exit(main())
