"""The door: reads the command line, composes and checks every job, and only then lets a folder be made.

Every mistake of a user is one line on standard error and exit code 2, before anything is written. What is
slow to import is imported by the verb that needs it, so that ``--help`` and ``--version`` answer at once.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.commandline import CommandLine
    from sim.study.plan.plan import Plan

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
DONE, FAILED, USAGE, NOT_STORED, UNREPORTED, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 a job failed, 2 a mistake of the user, 3 a disk that takes no more, 4 every cell is done but a table or
    the report could not be made, 130 interrupted, 128 + n ended by signal n.
    """
    from sim.config.errors import UsageError
    from sim.study.run.streams import take_any_text

    take_any_text()
    # A home that cannot be written to makes matplotlib warn of a cache of its own, with paths.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    code = DONE
    try:
        code = _act(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except UsageError as error:
        _say(str(error))
        return USAGE
    except KeyboardInterrupt as stop:
        _say(str(stop) or "interrupted: nothing was begun")
        return getattr(stop, "code", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has left (`creditcycle show | head`): keep the exit quiet.
        _forget_output()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        _forget_output()
        _say(f"{error.filename or 'the output'}: cannot be written: {error.strerror}")
        return NOT_STORED
    return code


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
    UsageError, StoreError
        One line; nothing was written.
    ProgramChanged
        One line: a rule was exchanged in this Python, which a study would not run; nothing was written.
    StudyStopped
        It ended early, or its report could not be made; what is finished is kept in ``out``.
    """
    from rich.console import Console

    from sim.config.job import plan
    from sim.reports import build
    from sim.study.run.runner import run_study
    from sim.study.store.reading import read_results

    resolved = plan(overrides)
    quiet = Console(file=io.StringIO())
    if out is not None:
        return read_results(run_study(resolved, out, console=quiet, report=build))
    with tempfile.TemporaryDirectory(prefix="creditcycle-") as folder:
        return read_results(run_study(resolved, folder, console=quiet))


def _forget_output() -> None:
    """Let what is still to be written to standard output go nowhere, so that the exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(line: str) -> None:
    """Write one line to standard error."""
    from sim.config.errors import one_line

    with contextlib.suppress(OSError):  # a terminal that closed
        sys.stderr.write(f"creditcycle: {one_line(line)}\n")
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
        from sim.study.compare.terminal import to_terminal

        to_terminal(describe(line.words))
    elif line.verb in ("resume", "verify", "status", "report", "export"):
        return _in_folder(line)
    else:
        return _run(line)
    return DONE


def _run(line: CommandLine) -> int:
    """Compose and check every job, then print or run them."""
    from sim.config.options import is_file
    from sim.config.overrides import LARGEST_SWEEP, is_hydra, jobs_of, out_of, read, vet_hydra, written

    hydra = vet_hydra(word for word in line.words if is_hydra(word))
    several = "several" in line.switches or "hydra.mode=MULTIRUN" in hydra
    out, idle = out_of(hydra, several)
    own = [f"plugin={written(line.plugin)}"] if line.plugin else []
    words = [*own, *out, *(word for word in line.words if not is_hydra(word))]
    if not several and any(word.startswith(("design=", "experiment=")) for word in words):
        from sim.config.axes import gather

        words = gather(words)
    given = read(words, several=several)
    # These need every model module; an override that cannot be read has been refused by now.
    from sim.config.folders import check_folder, folder_of
    from sim.config.hydra_side import hydra_tree, show_info
    from sim.config.job import plan_of

    if hydra or line.cfg in ("hydra", "all") or line.info:
        shipped = [entry for entry in next(jobs_of(given)) if entry.is_group and not is_file(entry.key, entry.value)]
        groups = [entry.text for entry in shipped]
        tree = hydra_tree([*hydra, *groups])
        if line.info:
            show_info(line.info, [*hydra, *groups])
            return DONE
    above = folder_of([entry for entry in given if entry.key == "out"], None)
    numbers = range(LARGEST_SWEEP) if several else [None]
    jobs = [(job, plan_of(job), folder_of(job, number)) for number, job in zip(numbers, jobs_of(given), strict=False)]
    if line.cfg:
        from sim.config.printed import printed

        for job, plan, _ in jobs:
            sys.stdout.write(printed(line, job, plan, tree if line.cfg != "job" else None))
        return DONE
    for _, plan, folder in jobs:
        check_folder(folder, plan)
    launcher = _joblib(tree) if several and hydra else {}
    for text in idle:
        if not (launcher and text.startswith(("hydra/launcher=", "hydra.launcher."))):
            _say(f"note: {text} changes nothing here")
    codes = []
    if launcher:
        codes = _side_by_side([(plan, folder) for _, plan, folder in jobs], launcher)
        jobs = []
    for number, (job, plan, folder) in enumerate(jobs):
        if several:
            swept = [entry.text for entry, asked in zip(job, given, strict=True) if len(asked.values) > 1]
            sys.stdout.write(f"job {number} of {len(jobs)}, into {folder}: {' '.join(swept)}\n")
            sys.stdout.flush()
        codes.append(_run_job(plan, folder, several))
    if several and DONE in codes:
        from sim.study.run.multirun import write_jobs
        from sim.study.store.store import NotStored, StoreError

        try:
            sys.stdout.write(f"{write_jobs(above)}\n")
        except NotStored as error:
            _say(f"{error}; all jobs are kept, make their table with: creditcycle report {above}")
            return max(NOT_STORED, *codes)
        except StoreError:  # a job among them is damaged or of no study of ours
            pass
    return max(codes)


_OUTCOMES = {DONE: "done", UNREPORTED: "done, but not every table and report"}


def _joblib(tree: Any) -> dict[str, Any]:
    """Settings of Hydra's joblib launcher, where the user chose it."""
    launcher = dict(tree.hydra.launcher or {})
    return launcher if str(launcher.pop("_target_", "")).endswith("JoblibLauncher") else {}


def _side_by_side(jobs: Sequence[tuple[Plan, Path]], launcher: dict[str, Any]) -> list[int]:
    """Run jobs at the same time in processes of joblib's; each gets its share of the cores."""
    from sim.study.plan.settings import cores
    from sim.study.store.extras import extra

    joblib = extra("joblib", "analysis")
    at_a_time = min(joblib.effective_n_jobs(launcher["n_jobs"]), len(jobs))
    share = max(1, cores() // at_a_time)
    sys.stdout.write(f"{len(jobs)} jobs, {at_a_time} at a time\n")
    sys.stdout.flush()
    calls = (joblib.delayed(_run_apart)(plan.overrides, str(folder), share) for plan, folder in jobs)
    codes = []
    for (_, folder), (code, words) in zip(jobs, joblib.Parallel(**launcher)(calls), strict=True):
        sys.stdout.write(f"{folder}: {_OUTCOMES.get(code, 'failed')}\n")
        if words:
            _say(words)
        codes.append(code)
    return codes


def _run_apart(overrides: Sequence[str], folder: str, share: int) -> tuple[int, str]:
    """Run one job in a process of its own, with its output held back; return its code and what was complained."""
    from sim.config.job import plan

    own = [] if any(text.startswith("machine.workers=") for text in overrides) else [f"machine.workers={share}"]
    complaints = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(complaints):
        code = _run_job(plan([*overrides, *own]), Path(folder), several=True)
    return code, complaints.getvalue().strip().removeprefix("creditcycle: ")


def _run_job(plan: Plan, folder: Path, several: bool) -> int:
    """Run one job; under ``-m`` a failure is told and the other jobs go on."""
    from sim.config.errors import UsageError
    from sim.config.idle_axes import idle_axes
    from sim.engine.tables.finite import NotFiniteError
    from sim.reports import build
    from sim.study.compare.outlooks import warnings
    from sim.study.run.runner import run_study
    from sim.study.run.stopping import Interrupted, StudyStopped, go_on, interrupted
    from sim.study.store.extras import ExtraMissing
    from sim.study.store.store import StoreError

    for line in (*warnings(plan), *idle_axes(plan)):
        _say(f"warning: {line}")
    try:
        run_study(plan, folder, report=build)
    except StudyStopped as stopped:
        if stopped.code > 128:
            raise Interrupted(str(stopped), stopped.code) from None
        _say(str(stopped))
        return stopped.code
    except KeyboardInterrupt as stop:
        why, code = interrupted(stop)
        raise Interrupted(f"{why}: go on with: {go_on(folder, plan.overrides)}", code) from None
    except (StoreError, ExtraMissing) as error:
        if not several:
            raise UsageError(str(error)) from None
        _say(str(error))
        return USAGE
    except NotFiniteError as error:
        _say(f"{folder}: the model failed: {error}")
        return FAILED
    except Exception as error:
        if not several:
            raise
        _say(f"{folder}: the job failed: {type(error).__name__}: {error}")
        return FAILED
    return DONE


def _in_folder(line: CommandLine) -> int:
    """Do what a verb says with a study folder, which knows its own overrides."""
    from sim.config.commandline import VERBS
    from sim.config.errors import UsageError
    from sim.config.userfile import refused
    from sim.inputs.files import expanded
    from sim.study.run.stopping import StudyStopped
    from sim.study.store.extras import ExtraMissing
    from sim.study.store.store import NotStored, StoreError

    # A folder's name may hold a "=" too.
    folders = [word for word in line.words if "=" not in word or Path(word).is_dir()]
    settings = [word for word in line.words if word not in folders]
    allowed = {"resume": "machine.", "verify": "cells="}.get(line.verb, "nothing")
    if len(folders) != 1:
        raise UsageError(f"{line.verb}: needs one study folder; {VERBS[line.verb]}")
    if any(not word.startswith(allowed) for word in settings):
        raise UsageError(f"{line.verb}: only {allowed}* may change; the study keeps its own configuration")
    with refused(line.verb):
        folder = expanded(folders[0])
    try:
        return _DOINGS[line.verb](folder, settings, line)
    except NotStored as error:
        _say(f"{line.verb}: {error}")
        return USAGE if getattr(error.__cause__, "errno", None) in NOT_ALLOWED else NOT_STORED
    except StudyStopped as stopped:
        _say(str(stopped))
        return stopped.code
    except (StoreError, ExtraMissing) as error:
        raise UsageError(f"{line.verb}: {error}") from None


def _plan_in(folder: Path, line: CommandLine, changed: Sequence[str] = ()) -> Plan:
    """Compose the plan that a study folder was begun with, as far as a folder may decide."""
    from sim.config.folders import begun_with, check_folder
    from sim.config.job import plan
    from sim.config.trust import check_trust, without_address

    overrides, shelf, edited = begun_with(folder, line.verb)
    check_trust(overrides, folder, line.verb, line.plugin, "trust" in line.switches)
    found = without_address(plan([*overrides, *changed], shelf), changed)
    check_folder(folder, found)
    for name in edited:
        _say(f"note: {name} has changed since the study began; the study goes by its own copy")
    return found


def _resume(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    return _run_job(_plan_in(folder, line, settings), folder, several=False)


def _status(folder: Path, *_: object) -> int:
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.checking import status

    to_terminal("\n".join(status(folder)))
    return DONE


def _verify(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.config.errors import UsageError, refusal
    from sim.inputs.numbers import is_whole
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.checking import verify

    asked = settings[-1].partition("=")[2] if settings else "5"
    if not is_whole(asked) or len(asked) > 9 or int(asked) < 0:
        raise UsageError(refusal("cells", asked, "a whole number of at least 0"))
    verdict = verify(folder, _plan_in(folder, line), int(asked))
    for problem in verdict.problems:
        _say(problem)
    if not verdict.problems:
        to_terminal(f"{folder}: every file is whole; {verdict.cells} cells computed again, bit for bit the same")
    return FAILED if verdict.problems else DONE


def _report(folder: Path, _: Sequence[str], line: CommandLine) -> int:
    from sim.reports import build
    from sim.study.run.multirun import job_folders, write_jobs
    from sim.study.run.runner import write_again

    if job_folders(folder):
        sys.stdout.write(f"{write_jobs(folder)}\n")
        return DONE
    write_again(_plan_in(folder, line), folder, report=build)
    return DONE


def _export(folder: Path, _: Sequence[str], line: CommandLine) -> int:
    from sim.study.store.exporting import begins_like_a_formula, export

    sys.stdout.write(f"{export(folder, line.format)}\n")
    marked = begins_like_a_formula(folder) if line.format == "csv" else []
    if marked:
        _say(f"note: {marked[0]!r} begins like a formula; results.csv holds it after an apostrophe, as a text")
    return DONE


_DOINGS: dict[str, Callable[[Path, Sequence[str], CommandLine], int]] = {
    "resume": _resume,
    "status": _status,
    "verify": _verify,
    "report": _report,
    "export": _export,
}


if __name__ == "__main__":
    sys.exit(main())
