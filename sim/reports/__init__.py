"""Reports: one self-contained HTML page from the files of a study folder, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["build"]


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
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if "design" in manifest:
        from sim.reports.sweep_page import render_sweep

        text = render_sweep(folder, manifest)
    else:
        from sim.reports.folder import read_study
        from sim.reports.page import render

        text = render(read_study(folder))
    path = folder / "report.html"
    partial = folder / "report.html.partial"
    try:
        partial.unlink(missing_ok=True)  # of a killed process, or a link to elsewhere
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
