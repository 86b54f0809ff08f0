"""Where a study's answers come from: its folder, read and verified, and what is worked out of it once."""

from __future__ import annotations

import os
import shutil
import weakref
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.figures.own import declare_units
from sim.language.words import Words
from sim.reports.folder import Study, read_study
from sim.reports.manifest import words_of
from sim.results.names import NotOfThisStudy
from sim.study.compare.compare import RUN, compare, run_figures
from sim.study.compare.worlds import worlds_table
from sim.study.store.journal import NOTED, POINT, entries
from sim.study.store.reading import read_closures, read_manifest, read_results
from sim.study.store.store import StoreError, results_digest
from sim.study.sweep.sweeping import DESIGN, beside, point_table

FILES = ("risk", "dominance", "worlds")
"""Tables that the report has in files of their own."""


class Source:
    """A finished study.

    Parameters
    ----------
    folder : Path
        Study folder.
    keep : bool
        Whether the folder outlives this object; else it is removed with it.

    Raises
    ------
    StoreError
        The folder holds no study, one that is not finished, or a file that is not what was written.
    """

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self.folder, self.keep = folder, keep
        if not keep:
            weakref.finalize(self, remove, folder, os.getpid())
        self.manifest = read_manifest(folder)
        cells = self.manifest["cells"]
        if self.manifest.get("status") != "complete":
            words = f"{cells['finished']} of {cells['of']} cells are finished"
            raise StoreError(f"{folder}: {words}; go on with: creditcycle resume {folder}")
        self.months: pd.DataFrame = read_results(folder)
        if results_digest(entries(folder)) != self.manifest["results_sha256"]:
            raise StoreError(f"{folder}: results_sha256 of the manifest is not that of the results")

    @property
    def arms(self) -> dict[str, str]:
        """Parent of each package, in the order of the report; empty for a root."""
        return {arm["name"]: arm["parent"] for arm in self.manifest["arms"]}

    @property
    def scenarios(self) -> dict[str, int]:
        """Months of each scenario, in the order of the report."""
        return {scenario["name"]: scenario["months"] for scenario in self.manifest["scenarios"]}

    @property
    def with_design(self) -> bool:
        """Whether the study has many points."""
        return "design" in self.manifest

    @property
    def say(self) -> Words:
        """Texts of the language that the study is told in."""
        return words_of(self.manifest)

    @property
    def settings(self) -> dict[str, Any]:
        """How the study is compared: ``confidence``, ``interval`` and ``worlds`` among it."""
        return dict(self.manifest["config"]["study"])

    @cached_property
    def closures(self) -> pd.DataFrame:
        """Closures of each run, judged."""
        return read_closures(self.folder)

    @property
    def runs(self) -> pd.DataFrame:
        """One number for each figure and run, its months combined over the study's window."""
        self.declare()
        return self._runs

    def declare(self) -> None:
        """Make the figures of a user's own in this study known again: another may have other ones of a name."""
        declare_units(self.manifest["units"])

    @cached_property
    def _runs(self) -> pd.DataFrame:
        window = {"window_from": self.manifest["window"]["from"], "window_months": self.manifest["window"]["months"]}
        keys = [POINT, *RUN] if self.with_design else RUN
        return run_figures(self.months, self.closures, keys=keys, **window).sort_index()

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every figure of every package and scenario with the difference to the parent; of a design, its points."""
        if self.with_design:
            design = pd.read_csv(self.folder / DESIGN).rename_axis(POINT)
            return beside(design, point_table(self.runs, self.arms))
        study = self.settings
        compared = (self.runs, self.arms, list(self.scenarios), study["confidence"])
        table = compare(*compared, study["interval"], study["worlds"])
        if study["worlds"]:
            table.attrs["worlds"] = worlds_table(*compared, study["worlds"]).to_dict("records")
        return table

    @property
    def study(self) -> Study:
        """The study as the report reads it.

        Raises
        ------
        NotOfThisStudy
            It has a design, of which the report tells otherwise.
        """
        if self.with_design:
            raise NotOfThisStudy(
                f"{self.folder}: a study with a design has many points, and neither a verdict nor paths; "
                "summary has a row for each point, report() the heat maps"
            )
        self.declare()
        return self._study

    @cached_property
    def _study(self) -> Study:
        return read_study(self.folder)

    def kept(self) -> list[str]:
        """Names of the tables that runs left beside their months."""
        return sorted(path.name for path in (self.folder / NOTED).glob("*/"))

    def files(self) -> list[str]:
        """Names of the further tables that stand in files of the folder."""
        return [name for name in FILES if (self.folder / f"{name}.csv").is_file()]


def remove(folder: Path, owner: int) -> None:
    """Remove a folder that goes with an object, if this is the process that made it and no copy of that."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
