"""Making a study's object: by running the study, or from the folder of one that is finished."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sim.results.results import Results
from sim.results.source import Source, remove


def run(overrides: Iterable[str] = (), out: str | Path | None = None, *, plugin: str | Path | None = None) -> Results:
    """Run a study and return what it found.

    Parameters
    ----------
    overrides : iterable of str
        As on the command line, for example ``["economy=calm", "study.replications=5"]``.
    out : path, optional
        Study folder to keep, with report and manifest; left out, the folder lies among the temporary files and goes
        with the object.
    plugin : path, optional
        Python file of rules of one's own, as ``--plugin`` takes it.

    Returns
    -------
    Results
        A table with a row for each arm, scenario, replication and month (``attrs["units"]`` names each figure's
        unit), which also answers for the study.

    Raises
    ------
    UsageError, StoreError
        One line; nothing was written.
    ProgramChanged
        One line: a rule was exchanged in this Python, which a study would not run; nothing was written.
    StudyStopped
        It ended early, or its report could not be made; what is finished is kept in ``out``, without it in the
        temporary folder that the line names.
    """
    from rich.console import Console

    from sim.config.errors import texts_of
    from sim.config.job import plan
    from sim.config.overrides import written
    from sim.reports import tell
    from sim.study.run.runner import StudyStopped, run_study

    own = [] if plugin is None else [f"plugin={written(str(plugin))}"]
    resolved = plan([*own, *texts_of(overrides)])
    quiet = Console(file=io.StringIO(), force_jupyter=False)  # a notebook would show it all the same
    if out is not None:
        return Results(Source(run_study(resolved, out, console=quiet, report=tell)))
    folder = Path(tempfile.mkdtemp(prefix="creditcycle-"))
    try:
        run_study(resolved, folder, console=quiet)
        return Results(Source(folder, keep=False))
    except StudyStopped:
        raise  # it says where the finished cells are, and how to go on with them
    except BaseException:
        remove(folder, os.getpid())
        raise


def open(folder: str | Path) -> Results:
    """Read the folder of a finished study, every file verified that its results stand in.

    Parameters
    ----------
    folder : path
        Study folder; nothing in it is changed.

    Returns
    -------
    Results
        As `run` returns it.

    Raises
    ------
    StoreError
        One line: the folder holds no study, one that is not finished, or a file that is not what was written.
    """
    return Results(Source(Path(folder).expanduser()))
