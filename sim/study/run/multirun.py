"""Jobs of a multirun side by side: one table of all their summaries, with what each job was given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.store.reading import read_manifest
from sim.study.store.store import MANIFEST, StoreError, write_safely

if TYPE_CHECKING:
    import pandas as pd

JOBS = "jobs.csv"


def job_folders(folder: Path) -> list[Path]:
    """Folders of the jobs of a multirun, in the order of their numbers."""
    found = [path.parent for path in folder.glob(f"*/{MANIFEST}") if path.parent.name.isdecimal()]
    return sorted(found, key=lambda path: int(path.name))


def jobs_table(folder: Path) -> pd.DataFrame:
    """Put the summaries of all jobs together.

    Returns
    -------
    DataFrame
        Column ``job``, a column for each override in which jobs differ, and those of ``summary.csv`` (of
        ``points.csv`` for jobs with a design).

    Raises
    ------
    StoreError
        The folder holds no jobs, or none with a table.
    """
    import pandas as pd

    given = {path: _overrides(path) for path in job_folders(folder)}
    keys = dict.fromkeys(key for overrides in given.values() for key in overrides)
    swept = [key for key in keys if len({overrides.get(key, "") for overrides in given.values()}) > 1]
    frames = []
    for path, overrides in given.items():
        table = next((path / name for name in ("summary.csv", "points.csv") if (path / name).exists()), None)
        if table is not None:
            frame = pd.read_csv(table, na_values="n/a")
            for place, key in enumerate(swept):
                frame.insert(place, f"{key}_asked" if key in frame else key, overrides.get(key, ""))
            frame.insert(0, "job", int(path.name))
            frames.append(frame)
    if not frames:
        raise StoreError(f"{folder}: holds no jobs with results")
    return pd.concat(frames, ignore_index=True)


def _overrides(folder: Path) -> dict[str, str]:
    pairs = (text.partition("=") for text in read_manifest(folder)["overrides"])
    return {key: value for key, _, value in pairs if key not in ("out",) and not key.startswith("machine.")}


def write_jobs(folder: Path) -> Path:
    """Write ``jobs.csv`` into the folder of a multirun and return its path."""
    text = jobs_table(folder).to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n")
    write_safely(folder / JOBS, text.encode())
    return folder / JOBS
