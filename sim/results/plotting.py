"""Figures of a study as matplotlib has them, drawn by the code that draws the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.config.errors import refusal
from sim.figures.catalog import MAIN
from sim.reports.drawing.figures import Drawing
from sim.reports.drawing.forest import METRICS
from sim.reports.drawing.standing import (
    FORMS,
    MOST_SCENARIOS,
    differences_drawing,
    gains_drawing,
    paths_drawing,
    save,
)
from sim.reports.folder import Estimate
from sim.reports.words.findings import severest
from sim.results.differences import difference
from sim.results.names import NotOfThisStudy, chosen, known
from sim.results.source import Source

Names = str | Sequence[str] | None


class Plots(pd.DataFrame.plot):
    """Figures of a study, each a `matplotlib.figure.Figure`; whatever pandas draws of a table is here, too.

    Parameters
    ----------
    months : DataFrame
        What pandas draws.
    source : Source
        The study, one without a design.
    """

    def __init__(self, months: pd.DataFrame, source: Source) -> None:
        super().__init__(months)
        self._source = source

    def paths(self, figure: str, *, arms: Names = None, scenarios: Names = None, months: int = 1) -> Drawing:
        """Month by month: a row for each scenario, a panel for each package, the mean and the band of the report.

        Parameters
        ----------
        figure : str
            A figure of the months, such as ``loss_rate``.
        arms, scenarios : str or sequence of str, optional
            Packages and scenarios; all of the study if left out.
        months : int
            The mean of so many last months is drawn; 1 draws the months themselves.

        Raises
        ------
        ValueError
            ``months`` is below 1, or above the months of a scenario that is drawn.
        """
        source, study = self._source, self._source.study
        names = [name for name in source.manifest["units"] if study.has(name)]
        known("figure", figure, names)
        packages, places = chosen("arm", arms, source.arms), chosen("scenario", scenarios, source.scenarios)
        most = min(source.scenarios[place] for place in places)
        if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= most:
            allowed = f"a whole number from 1 to {most}, the months that every scenario drawn has"
            raise ValueError(refusal("months", months, allowed))
        return paths_drawing(study, figure, packages, places, months)

    def compare(self, arm: str, other: str, figures: Names = None, *, scenarios: Names = None) -> Drawing:
        """What a package changes against another: paired differences with their intervals, a mark for each scenario.

        Parameters
        ----------
        arm, other : str
            The package, and what it is compared with; need not be its parent.
        figures : str or sequence of str, optional
            Figures, a panel for each; left out, those of the report's figure.
        scenarios : str or sequence of str, optional
            At most five; all of the study if left out.
        """
        source, study = self._source, self._source.study
        places = chosen("scenario", scenarios, source.scenarios)
        if len(places) > MOST_SCENARIOS:
            raise NotOfThisStudy(refusal("scenarios", places, f"at most {MOST_SCENARIOS} have a mark: choose some"))
        wanted = [name for name in METRICS if name in source.runs] if figures is None else figures
        found = {name: difference(source, arm, other, name) for name in chosen("figure", wanted, source.runs.columns)}
        drawn = {
            name: {place: _estimate(row) for place, row in table.iterrows() if place in places}
            for name, table in found.items()
        }
        drawn = {name: each for name, each in drawn.items() if any(item.has_interval for item in each.values())}
        if not drawn:
            raise NotOfThisStudy(f"compare: {arm} and {other} have no interval: it takes two replications of both")
        return differences_drawing(study, (arm, other), drawn, places)

    def gains(self, scenario: str | None = None, *, arms: Names = None) -> Drawing:
        """Who gains and who loses against the parent by tenth of true income, a row for each package.

        Parameters
        ----------
        scenario : str, optional
            Left out, the severest of the study, as in the report.
        arms : str or sequence of str, optional
            Packages with a parent; all of them if left out.
        """
        source, study = self._source, self._source.study
        if study.gains.empty:
            raise NotOfThisStudy("gains: the study keeps no such table (study.detail), or no package has a parent")
        place = severest(study) if scenario is None else known("scenario", scenario, source.scenarios)
        names = chosen("arm", arms, [name for name in source.arms if (study.gains["arm"] == name).any()])
        drawn = gains_drawing(study, place, names)
        if drawn is None:
            raise NotOfThisStudy(f"gains: nobody's defaults, lines or price differ in {place} by {', '.join(names)}")
        return drawn


def _estimate(row: Any) -> Estimate:
    return Estimate(difference=row["difference"], difference_low=row["low"], difference_high=row["high"])


def save_all(plot: Plots, source: Source, form: str, folder: Path) -> list[Path]:
    """Write every figure of a study that it can make: paths of the main figures, differences to parents, gains.

    Raises
    ------
    ValueError
        The form is none of `FORMS`; nothing was written.
    """
    if form not in FORMS:
        raise ValueError(refusal("form", form, "one of " + ", ".join(FORMS)))
    study = source.study
    made: dict[str, Drawing] = {f"paths_{name}": plot.paths(name) for name in MAIN if study.has(name)}
    marked = list(source.scenarios)[:MOST_SCENARIOS]
    for arm, parent in source.arms.items():
        if parent in source.arms and study.replications > 1:
            made[f"compare_{arm}_{parent}"] = plot.compare(arm, parent, scenarios=marked)
    for place in source.scenarios if not study.gains.empty else ():
        names = list(dict.fromkeys(study.gains["arm"]))
        if (drawn := gains_drawing(study, place, names)) is not None:
            made[f"gains_{place}"] = drawn
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in made.items():
        save(figure, folder / f"{name}.{form}")
    return [folder / f"{name}.{form}" for name in made]
