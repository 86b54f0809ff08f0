"""Writing the page: a study folder read, its data, styles and scripts put into one HTML document."""

from __future__ import annotations

import base64
import hashlib
import html
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from sim.explorer.cubes import months_cube, segments_cube
from sim.explorer.described import FIRST
from sim.explorer.packing import DIGITS, as_json
from sim.language.words import MARKS, Words, texts
from sim.reports.manifest import words_of
from sim.reports.words.formats import scenario_title
from sim.study.store.files import StoreError, write_safely
from sim.study.store.reading import read_manifest, read_results, read_table

if TYPE_CHECKING:
    import pandas as pd

PAGE = "explore.html"
SCRIPTS = ("uplot/uPlot.iife.min.js", "numbers.js", "controls.js", "charts.js", "study.js", "sweep.js", "page.js")
STYLES = ("uplot/uPlot.min.css", "explore.css")
TABLE, CELLS = "segments", "cells.parquet"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser lets the page do, beside running its own scripts: nothing."""


def write_page(folder: Path, language: str = "") -> Path:
    """Write ``explore.html`` into a study folder and return its path.

    Parameters
    ----------
    folder : Path
        A study with all or some of its cells done.
    language : str
        Of the page; that of the study where it is empty.

    Raises
    ------
    StoreError
        No study, a damaged or missing file, or a disk that takes no more.
    ExtraMissing
        A sweep needs the extra ``analysis`` for its emulator.
    """
    manifest = read_manifest(folder)
    say = words_of(manifest, language)
    data = swept(folder, manifest, say) if "design" in manifest else compared(folder, manifest, say)
    path = folder / PAGE
    write_safely(path, document(data, say).encode())
    return path


def compared(folder: Path, manifest: dict[str, Any], say: Words) -> dict[str, Any]:
    """Return what the page holds of a study that compares packages."""
    months = read_results(folder)
    economies = [entry["name"] for entry in manifest["scenarios"]]
    packages = [entry["name"] for entry in manifest["arms"]]
    units = {name: entry["unit"] for name, entry in manifest["units"].items()}
    cubes = {"months": months_cube(months, (economies, packages), units, say)}
    if (table := _segments(folder)) is not None and len(table):
        cubes["years"] = segments_cube(table, (economies, packages), say)
    found = {
        "kind": "study",
        "main": list(FIRST),
        "title": say("explore.title_study", count=len(packages)),
        "cubes": cubes,
        "economies": _economies(manifest, months, say),
        "packages": [{"name": arm["name"], "parent": arm.get("parent", "")} for arm in manifest["arms"]],
        "worlds": len(manifest.get("worlds") or ()),
    }
    return found | _shared(manifest, say, int(months["replication"].max()) + 1)


def swept(folder: Path, manifest: dict[str, Any], say: Words) -> dict[str, Any]:
    """Return what the page holds of a study with a design.

    Raises
    ------
    StoreError
        Its table of points is not there.
    """
    from sim.explorer.points import sweep_data
    from sim.reports.drawing.sweep import read_sweep

    sweep = read_sweep(folder, manifest)
    if sweep.points.empty:
        raise StoreError(f"{folder / 'points.csv'}: is missing; make it again with: creditcycle report {folder}")
    sweep.say = say
    found = {"kind": "sweep", "title": say("explore.title_sweep", count=manifest["design"]["points"])}
    return found | {"sweep": sweep_data(sweep, _cells(folder))} | _shared(manifest, say, int(manifest["replications"]))


def _cells(folder: Path) -> pd.DataFrame | None:
    """Return the figures of each run of a sweep; None where the folder has no table of them."""
    import pandas as pd
    import pyarrow

    try:
        return pd.read_parquet(folder / CELLS) if (folder / CELLS).exists() else None
    except (pyarrow.ArrowException, OSError, ValueError):
        raise StoreError(f"{folder / CELLS}: damaged; make it again with: creditcycle report {folder}") from None


def _economies(manifest: dict[str, Any], months: pd.DataFrame, say: Words) -> list[dict[str, Any]]:
    """Return the economies with their months: not all are as long."""
    last = months.groupby("scenario", observed=True)["month"].max()
    names = [entry["name"] for entry in manifest["scenarios"]]
    return [{"name": name, "label": scenario_title(name, say), "months": int(last.get(name, -1)) + 1} for name in names]


def _segments(folder: Path) -> pd.DataFrame | None:
    """Return the table of segments; None where the study keeps none."""
    return read_table(folder, TABLE) if (folder / "tables" / TABLE).is_dir() else None


def _shared(manifest: dict[str, Any], say: Words, runs: int) -> dict[str, Any]:
    """Return what every page holds: texts, quantiles of Student's t by degrees of freedom, and where it came from."""
    import scipy

    confidence = float(manifest.get("confidence", 0.95))
    found = {key.removeprefix("explore.page."): text for key, text in texts(say.language).items()
             if key.startswith("explore.page.")}  # fmt: skip
    return {
        "language": say.language,
        "words": found,
        "confidence": confidence,
        "quantiles": [float(scipy.special.stdtrit(count, 0.5 + confidence / 2)) for count in range(1, max(runs, 2))],
        "digits": DIGITS,
        "runs": runs,
        "partial": manifest.get("status") == "partial",
        "results_sha256": manifest.get("results_sha256", ""),
    }


def document(data: dict[str, Any], say: Words) -> str:
    """Return the page: its data, and scripts and styles of the package, which alone may run; it may ask for nothing."""
    scripts = [_asset(name) for name in SCRIPTS]
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return Template(_asset("page.html")).substitute(
        language=MARKS[say.language],
        policy=f"{POLICY}; script-src {hashes}",
        title=html.escape(data["title"]),
        styles="\n".join(_asset(name) for name in STYLES),
        waits=html.escape(say("explore.waits")),
        no_script=html.escape(say("explore.no_script")),
        data=as_json(data),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def _asset(name: str) -> str:
    """Return a file of the page that the package brings."""
    return (files("sim.explorer") / "page" / name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """Return the hash by which a policy names a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
