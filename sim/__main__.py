"""The door: reads the command line, composes and checks every job, and only then lets a folder be made.

Every mistake of a user is one line on standard error and exit code 2, before anything is written. What is
slow to import is imported by the verb that needs it, so that ``--help`` and ``--version`` answer at once.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.engine.collecting import rarely_collected
from sim.saying import (
    DONE,
    INTERRUPTED,
    NO_ROOM,
    NOT_STORED,
    UNREPORTED,
    USAGE,
    forget_output,
    say,
)
from sim.verbs import FOLDER_VERBS, in_folder, new_study, run_job

if TYPE_CHECKING:
    from sim.config.commandline import CommandLine
    from sim.study.plan.plan import Plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 a job failed, 2 a mistake of the user, 3 a disk that takes no more, 4 every cell is done but a table or
    the report could not be made, 130 interrupted, 128 + n ended by signal n.
    """
    from sim.config.errors import UsageError
    from sim.config.plugin import Rules, using
    from sim.study.run.streams import take_any_text

    take_any_text()
    # A home that cannot be written to makes matplotlib warn of a cache of its own, with paths.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    code = DONE
    try:
        with rarely_collected(), using(Rules()):
            code = _act(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except UsageError as error:
        say(str(error))
        return USAGE
    except KeyboardInterrupt as stop:
        say(str(stop) or "interrupted: nothing was begun")
        return getattr(stop, "code", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has left (`creditcycle show | head`): keep the exit quiet.
        forget_output()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        forget_output()
        say(f"{error.filename or 'the output'}: cannot be written: {error.strerror}")
        return NOT_STORED
    return code


def _act(arguments: list[str]) -> int:
    from sim.config.commandline import parse

    line = parse(arguments)
    if ":" in line.plugin:
        from sim.config.userfile import refused
        from sim.inputs.installed import file_of

        with refused():
            line.plugin = file_of("plugin", line.plugin)
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
        from sim.config.describe import show
        from sim.study.compare.terminal import to_terminal

        to_terminal(show(line))
    elif line.verb == "new":
        return new_study(line)
    elif line.verb == "fit":
        from sim.fitting import fit_tape

        return fit_tape(line.words)
    elif line.verb in FOLDER_VERBS:
        return in_folder(line)
    else:
        return _run(line)
    return DONE


def _run(line: CommandLine) -> int:
    """Compose and check every job, then print or run them."""
    from sim.config.options import is_file
    from sim.config.overrides import LARGEST_SWEEP, is_hydra, jobs_of, out_of, read, vet_hydra, written
    from sim.config.study_file import unfolded

    hydra = vet_hydra(word for word in line.words if is_hydra(word))
    several = "several" in line.switches or "hydra.mode=MULTIRUN" in hydra
    out, idle = out_of(hydra, several)
    own = [f"plugin={written(line.plugin)}"] if line.plugin else []
    words = unfolded([*own, *out, *(word for word in line.words if not is_hydra(word))])
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
            say(f"note: {text} changes nothing here")
    codes = []
    if launcher:
        codes = _side_by_side([(plan, folder) for _, plan, folder in jobs], launcher)
        jobs = []
    for number, (job, plan, folder) in enumerate(jobs):
        if several:
            swept = [entry.text for entry, asked in zip(job, given, strict=True) if len(asked.values) > 1]
            sys.stdout.write(f"job {number} of {len(jobs)}, into {folder}: {' '.join(swept)}\n")
            sys.stdout.flush()
        codes.append(run_job(plan, folder, several))
    if several and DONE in codes:
        from sim.study.run.multirun import write_jobs
        from sim.study.store.store import NotStored, StoreError

        try:
            sys.stdout.write(f"{write_jobs(above)}\n")
        except NotStored as error:
            say(f"{error}; all jobs are kept, make their table with: creditcycle report {above}")
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
            say(words)
        codes.append(code)
    return codes


def _run_apart(overrides: Sequence[str], folder: str, share: int) -> tuple[int, str]:
    """Run one job in a process of its own, with its output held back; return its code and what was complained."""
    from sim.config.job import plan

    own = [] if any(text.startswith("machine.workers=") for text in overrides) else [f"machine.workers={share}"]
    complaints = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(complaints):
        code = run_job(plan([*overrides, *own]), Path(folder), several=True)
    return code, complaints.getvalue().strip().removeprefix("creditcycle: ")


if __name__ == "__main__":
    sys.exit(main())
