"""The object that answers for a study: a table of its months, and what the report tells."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.config.errors import nearest, refusal
from sim.reports import build
from sim.reports.verdict import scorecard
from sim.results.differences import difference
from sim.results.html import as_html, told
from sim.results.names import UnknownAttribute, UnknownName, attribute_refused, known, listed
from sim.results.plotting import Plots, save_all
from sim.results.source import Source
from sim.study.compare.by_segment import gains, segments
from sim.study.store.exporting import read_xarray
from sim.study.store.locking import locked
from sim.study.store.reading import read_table

REPORT = "report.html"


class Results(pd.DataFrame):
    """A finished study, made by `sim.run` and `sim.open`.

    It is the table of the months, a row for each arm, scenario, replication and month (and point, where there is a
    design), and stays a `pandas.DataFrame` in everything that pandas does; what pandas makes of it, also by copying and
    pickling, is a plain table. Figures are in stored units: money in fen, shares as fractions.

    Parameters
    ----------
    source : Source
        Where the answers come from.
    """

    _metadata = ["source"]  # noqa: RUF012  pandas lets a table have the attributes that this list names
    source: Source

    def __init__(self, source: Source) -> None:
        super().__init__(source.months)
        self.attrs = dict(source.months.attrs)
        self.source = source

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    def __reduce__(self) -> Any:
        return _same, (self.months,)

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            if not isinstance(key, str):
                raise
            names = list(self.columns)
            raise UnknownName(refusal("column", key, listed(names), nearest(key, names))) from None

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or hasattr(type(self), name):
                raise
            raise UnknownAttribute(attribute_refused(name, [*ANSWERS, *self.columns])) from None

    def _repr_html_(self) -> str:
        return as_html(self.source)

    @property
    def folder(self) -> Path:
        """The study folder; of a study that was run without ``out`` it goes with this object."""
        return self.source.folder

    @property
    def manifest(self) -> dict[str, Any]:
        """What the study is: configuration, seeds, versions, units, ``results_sha256``."""
        return self.source.manifest

    @property
    def arms(self) -> dict[str, str]:
        """Packages in the order of the report, each with its parent; empty for the one that all build on."""
        return self.source.arms

    @property
    def scenarios(self) -> dict[str, int]:
        """Scenarios in the order of the report, each with its months after the policy date."""
        return self.source.scenarios

    @property
    def replications(self) -> int:
        """Runs of each package in each scenario."""
        return int(self["replication"].nunique())

    @property
    def months(self) -> pd.DataFrame:
        """The months as a plain table."""
        return self.source.months.copy()

    @property
    def runs(self) -> pd.DataFrame:
        """One number for each figure and run, the months combined as each figure declares; indexed by run."""
        return self.source.runs.copy()

    @property
    def summary(self) -> pd.DataFrame:
        """Each figure by package and scenario: mean, interval, difference to the parent; of a design, its points."""
        return self.source.summary.copy()

    @property
    def segments(self) -> pd.DataFrame:
        """Results by segment and year, with rates, as `sim.segments` reads them."""
        return segments(self.folder)

    @property
    def gains(self) -> pd.DataFrame:
        """Who gains and who loses against the parent, by segment, as `sim.gains` reads them."""
        return gains(self.folder)

    @property
    def verdict(self) -> dict[str, list[str]]:
        """The bottom line of the report: headings with their sentences; empty where there is a design."""
        return told(self.source)

    @property
    def tables(self) -> list[str]:
        """Names of the tables that `table` gives."""
        return sorted({*self._made, *self.source.kept(), *self.source.files()})

    @property
    def plot(self) -> Plots:
        """Figures: ``plot.paths``, ``plot.compare``, ``plot.gains``, and whatever pandas draws of a table."""
        return Plots(self, self.source)

    @property
    def xarray(self) -> Any:
        """The months as a dataset over arm, scenario, replication and month; ``attrs`` have units and meanings."""
        return read_xarray(self.folder)

    @property
    def _made(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Tables that are worked out of the results."""
        made: dict[str, Callable[[], pd.DataFrame]] = {
            "closures": lambda: self.source.closures.copy(),
            "months": lambda: self.months,
            "runs": lambda: self.runs.reset_index(),
            "summary": lambda: self.summary,
        }
        if not self.source.with_design:
            made["scorecard"] = lambda: scorecard(self.source.study)
        return made

    def table(self, name: str) -> pd.DataFrame:
        """Give a table by its name.

        Parameters
        ----------
        name : str
            One of ``tables``: those beside the months as they are stored, such as ``rolls``, and those of the report.

        Raises
        ------
        UnknownName
            The study has no such table.
        """
        known("table", name, self.tables)
        if name in self._made:
            return self._made[name]()
        if name in self.source.kept():
            return read_table(self.folder, name)
        return pd.read_csv(self.folder / f"{name}.csv", na_values=["n/a"], keep_default_na=False)

    def difference(self, arm: str, other: str, figure: str) -> pd.DataFrame:
        """Take a figure of one package less that of another with the same luck, replication by replication.

        Parameters
        ----------
        arm, other : str
            The package, and the one that is taken from it; against its parent the numbers are those of the report.
        figure : str
            Figure of a run, a column of ``runs``.

        Returns
        -------
        pandas.DataFrame
            Indexed by scenario (and point, where there is a design): ``difference``, ``low`` and ``high`` in the unit
            of the figure, ``p_value`` (two-sided, not adjusted), ``replications``. ``attrs`` have ``unit``, ``period``
            and ``confidence``. Ends are empty with one replication.

        Raises
        ------
        UnknownName
            The study has no such package or figure.
        NotOfThisStudy
            One of the packages has no such figure, as one without a fund has none of a fund.
        """
        return difference(self.source, arm, other, figure)

    def save_figures(self, form: str = "pdf", folder: str | Path = "figures") -> list[Path]:
        """Write the paths of the main figures, every package against its parent, and who gains and who loses.

        Parameters
        ----------
        form : str
            ``pdf``, ``png`` (300 pixels an inch) or ``svg``.
        folder : path
            Where; made if missing, a file of the same name is replaced.

        Returns
        -------
        list of Path
            The files.
        """
        return save_all(self.plot, self.source, form, Path(folder))

    def report(self, to: str | Path | None = None) -> Path:
        """Give the path of the report, one file that can be mailed; it is made where the folder has none.

        Parameters
        ----------
        to : path, optional
            File that it is copied to.
        """
        path = self.folder / REPORT
        if not path.exists():
            with locked(self.folder):
                build(self.folder)
        return path if to is None else Path(shutil.copyfile(path, Path(to)))


def _same(months: pd.DataFrame) -> pd.DataFrame:
    """What a pickle of results comes back as: their months."""
    return months


ANSWERS = tuple(name for name in vars(Results) if not name.startswith("_") and name != "source")
"""What a study answers to, beyond what a table does."""
