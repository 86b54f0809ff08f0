"""What a verb does with a study folder, which knows its own overrides."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lives import life, whole
from sim.saying import (
    DONE,
    FAILED,
    NOT_ALLOWED,
    NOT_STORED,
    USAGE,
    language_in,
    say,
)

if TYPE_CHECKING:
    from sim.config.commandline import CommandLine
    from sim.study.plan.plan import Plan


def run_job(plan: Plan, folder: Path, several: bool) -> int:
    """Run one job; under ``-m`` a failure is told and the other jobs go on."""
    from sim.config.errors import UsageError
    from sim.config.idle_axes import idle_axes
    from sim.engine.tables.finite import NotFiniteError
    from sim.reports import loading, tell
    from sim.study.compare.outlooks import warnings
    from sim.study.run.own_model import OwnModelError
    from sim.study.run.runner import run_study
    from sim.study.run.stopping import Interrupted, StudyStopped, go_on_with, interrupted
    from sim.study.store.extras import ExtraMissing
    from sim.study.store.store import StoreError

    for line in (*warnings(plan), *idle_axes(plan)):
        say(f"warning: {line}")
    try:
        with loading():
            run_study(plan, folder, report=tell)
    except StudyStopped as stopped:
        if stopped.code > 128:
            raise Interrupted(str(stopped), stopped.code) from None
        say(str(stopped))
        _tell_if_cited(folder)
        return stopped.code
    except KeyboardInterrupt as stop:
        why, code = interrupted(stop)
        raise Interrupted(f"{why}: go on with: {go_on_with(folder, plan)}", code) from None
    except (StoreError, ExtraMissing) as error:
        if not several:
            raise UsageError(str(error)) from None
        say(str(error))
        return USAGE
    except (NotFiniteError, OwnModelError) as error:
        say(f"{folder}: the model failed: {error}")
        return FAILED
    except Exception as error:
        if not several:
            raise
        say(f"{folder}: the job failed: {type(error).__name__}: {error}")
        return FAILED
    _tell_if_cited(folder)
    return DONE


def new_study(line: CommandLine) -> int:
    """Ask what a new study is to be, write its file, and say how to run it and what it takes."""
    from sim.config.asking import Answers, asked
    from sim.study.store.store import NotStored, write_safely

    study = asked(line.words, Answers(sys.stdin, sys.stdout, say))
    try:
        write_safely(study.file, study.text.encode())
    except NotStored as error:
        say(f"new: {error}")
        return USAGE if getattr(error.__cause__, "errno", None) in NOT_ALLOWED else NOT_STORED
    sys.stdout.write(study.words)
    return DONE


def in_folder(line: CommandLine) -> int:
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
    allowed = {
        "resume": ("machine.", "report."),
        **dict.fromkeys(("report", "memo", "workbook", "explore", "life"), ("report.",)),
        "verify": ("cells=",),
        "audit": ("cells=", "report."),
    }.get(line.verb, ())
    if len(folders) != 1:
        raise UsageError(f"{line.verb}: needs one study folder; {VERBS[line.verb]}")
    if any(not word.startswith(allowed) for word in settings):
        free = " and ".join(f"{start}*" for start in allowed) or "nothing"
        raise UsageError(f"{line.verb}: only {free} may change; the study keeps its own configuration")
    with refused(line.verb):
        folder = expanded(folders[0])
    try:
        return _DOINGS[line.verb](folder, settings, line)
    except NotStored as error:
        say(f"{line.verb}: {error}")
        return USAGE if getattr(error.__cause__, "errno", None) in NOT_ALLOWED else NOT_STORED
    except StudyStopped as stopped:
        say(str(stopped))
        return stopped.code
    except (StoreError, ExtraMissing) as error:
        raise UsageError(f"{line.verb}: {error}") from None


def _plan_in(folder: Path, line: CommandLine, changed: Sequence[str] = ()) -> Plan:
    """Compose the plan that a study folder was begun with, as far as a folder may decide."""
    from sim.config.folders import begun_with, check_folder
    from sim.config.job import plan
    from sim.config.trust import check_trust, trusting, without_address

    overrides, shelf, edited = begun_with(folder, line.verb)
    check_trust(overrides, folder, line.verb, line.plugin, "trust" in line.switches)
    shelf = trusting(shelf, folder, line.model, "trust" in line.switches)
    found = without_address(plan([*overrides, *changed], shelf), changed)
    check_folder(folder, found)
    for name in edited:
        say(f"note: {name} has changed since the study began; the study goes by its own copy")
    return found


def _resume(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    return run_job(_plan_in(folder, line, settings), folder, several=False)


def _status(folder: Path, *_: object) -> int:
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.checking import status

    to_terminal("\n".join(status(folder)))
    return DONE


def _cells(settings: Sequence[str]) -> int:
    """How many cells are to be computed again."""
    asked = [setting.partition("=")[2] for setting in settings if setting.startswith("cells=")]
    return whole("cells", asked[-1] if asked else "5")


def _verify(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.checking import verify
    from sim.study.store.citing import read_citation, since_cited

    asked = _cells(settings)
    verdict = verify(folder, _plan_in(folder, line), asked)
    problems = [*verdict.problems, *since_cited(folder)]
    for problem in problems:
        say(problem)
    if problems:
        return FAILED
    cited = read_citation(folder)
    to_terminal(f"{folder}: every file is whole; {verdict.cells} cells computed again, bit for bit the same")
    if cited:
        to_terminal(f"{folder}: as it was cited, fingerprint sha256 {cited.fingerprint}")
    return DONE


def _cite(folder: Path, *_: object) -> int:
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.citing import cite
    from sim.study.store.crate import CRATE, in_bibtex, in_text
    from sim.study.store.locking import locked
    from sim.study.store.reading import read_manifest

    manifest = read_manifest(folder)
    with locked(folder):
        made = cite(folder)
    to_terminal(in_text(manifest, made.fingerprint))
    to_terminal(f"\n{in_bibtex(manifest, made.fingerprint)}\n\n{folder / CRATE}")
    return DONE


def _audit(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.config.auditing import Checked, facts
    from sim.reports.audit_page import as_json, render
    from sim.reports.manifest import words_of
    from sim.study.store.checking import verify
    from sim.study.store.files import write_safely
    from sim.study.store.locking import locked
    from sim.study.store.reading import read_manifest

    language = language_in([setting for setting in settings if not setting.startswith("cells=")])
    asked, plan = _cells(settings), _plan_in(folder, line)
    with locked(folder):
        verdict = verify(folder, plan, asked)
        found = facts(folder, plan, Checked(asked, verdict.cells, verdict.problems))
        words = words_of(read_manifest(folder), language)
        for name, text in (("audit.html", render(found, words)), ("audit.json", as_json(found, words))):
            write_safely(folder / name, text.encode())
            sys.stdout.write(f"{folder / name}\n")
    for problem in verdict.problems:
        say(problem)
    _tell_if_cited(folder)
    return FAILED if verdict.problems else DONE


def _tell_if_cited(folder: Path) -> None:
    """Say that what was written makes an earlier citation of the folder outdated; nothing without one."""
    from sim.study.store.citing import outdated

    if words := outdated(folder):
        say(words)


def _report(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.config.errors import UsageError
    from sim.reports import tell
    from sim.study.run.multirun import job_folders, write_jobs
    from sim.study.run.runner import write_again

    if job_folders(folder):
        if settings:
            raise UsageError(
                f"report: {folder} holds jobs side by side, each told in its own language: name one of them"
            )
        sys.stdout.write(f"{write_jobs(folder)}\n")
        return DONE
    write_again(_plan_in(folder, line, settings), folder, report=tell)
    _tell_if_cited(folder)
    return DONE


def _memo(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.office.writing import write_memo

    written, note = write_memo(folder, language_in(settings))
    sys.stdout.writelines(f"{path}\n" for path in written)
    if note:
        say(note)
    _tell_if_cited(folder)
    return DONE


def _workbook(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.office.workbook import write_workbook

    sys.stdout.write(f"{write_workbook(folder, language_in(settings))}\n")
    _tell_if_cited(folder)
    return DONE


def _explore(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.explorer.writing import write_page

    sys.stdout.write(f"{write_page(folder, language_in(settings))}\n")
    _tell_if_cited(folder)
    return DONE


def _export(folder: Path, settings: Sequence[str], line: CommandLine) -> int:
    from sim.study.store.exporting import begins_like_a_formula, export
    from sim.study.tables.taking import take

    form = line.to or line.format or "csv"
    if form == "xlsx":
        return _workbook(folder, settings, line)
    written = take(folder, form) if line.to else [export(folder)]
    sys.stdout.write("".join(f"{path}\n" for path in written))
    marked = begins_like_a_formula(folder) if form == "csv" else []
    if marked:
        say(f"note: {marked[0]!r} begins like a formula; {written[0].name} holds it after an apostrophe, as a text")
    _tell_if_cited(folder)
    return DONE


_DOINGS: dict[str, Callable[[Path, Sequence[str], CommandLine], int]] = {
    "resume": _resume,
    "status": _status,
    "verify": _verify,
    "report": _report,
    "memo": _memo,
    "workbook": _workbook,
    "explore": _explore,
    "export": _export,
    "life": lambda folder, settings, line: life(folder, line, _tell_if_cited, language_in(settings)),
    "audit": _audit,
    "cite": _cite,
}
FOLDER_VERBS = tuple(_DOINGS)
"""Verbs whose word is a study folder."""
