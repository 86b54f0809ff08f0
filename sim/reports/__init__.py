"""Reports: one self-contained HTML page from the files of a study folder, and nothing else."""

from __future__ import annotations

import contextlib
import importlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

__all__ = ["build", "loading", "tell"]

SLOW_TO_IMPORT = ("scipy.stats", "sim.reports.folder", "sim.reports.page")
WHILE_WORKERS_COMPILE = 3.0
"""Seconds after which this process has nothing to do but to wait for its workers."""


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Import what a report needs while the cells of its study run elsewhere."""
    later = threading.Timer(WHILE_WORKERS_COMPILE, lambda: [importlib.import_module(name) for name in SLOW_TO_IMPORT])
    later.daemon = True
    later.start()
    try:
        yield
    finally:
        later.cancel()
        later.join()


def build(folder: Path) -> Path:
    """Write ``report.html`` into a study folder and return its path.

    Parameters
    ----------
    folder : Path
        Study folder with ``manifest.json``, ``summary.csv`` and ``results/*.parquet``. The same files give
        the same bytes.

    Raises
    ------
    FileNotFoundError
        If the manifest or the results are missing.
    ValueError
        If a result file lacks arm, scenario or replication.
    """
    tell(folder)
    return Path(folder) / "report.html"


def tell(folder: Path) -> list[tuple[str, list[str]]]:
    """Write ``report.html`` and ``scorecard.csv`` into a study folder, and return the bottom line.

    Returns
    -------
    list of (heading, sentences)
        In the language of the study; empty where the study has a design, which has a page and no scorecard.
    """
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if "design" in manifest:
        from sim.reports.sweep_page import render_sweep

        _write(folder / "report.html", render_sweep(folder, manifest))
        return []
    from sim.reports.folder import read_study
    from sim.reports.manifest import words_of
    from sim.reports.page import render
    from sim.reports.verdict import sentences, verdict_of
    from sim.reports.verdict.scorecard import FILE, as_csv

    study = read_study(folder)
    verdict = verdict_of(study)
    _write(folder / FILE, as_csv(study))
    _write(folder / "report.html", render(study, verdict))
    return sentences(verdict, words_of(manifest))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)  # of a killed process, or a link to elsewhere
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
