"""Where in the space of a sweep an event happens: scores of features, and boxes."""

from __future__ import annotations

import contextlib
import inspect
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.store.extras import extra

if TYPE_CHECKING:
    import pandas as pd


Floats = NDArray[np.float64]


SEED = 1


TREES = 250


DENSITY = 0.8
"""Share of cases that a box must hold where it can."""


LEAST_MASS = 0.05
"""Share of all points below which a box is not made smaller."""


def feature_scores(frame: pd.DataFrame, outcome: Floats) -> pd.Series[float]:
    """Share of the explanation that each axis takes in a forest of extra trees (Geurts, Ernst and Wehenkel, 2006).

    Parameters
    ----------
    frame : DataFrame
        A column an axis, values or options.
    outcome : float64[points] or bool[points]
        Numbers are explained by regression, truth values by classification.
    """
    import pandas as pd

    with _quiet():
        scoring = extra("ema_workbench.analysis.feature_scoring", "analysis")
        kinds = scoring.RuleInductionType
        mode = kinds.CLASSIFICATION if outcome.dtype == bool else kinds.REGRESSION
        # An option is a column of its own, chosen or not: a tree that splits their numbers would take them as ordered.
        parts = {key: _columns_of(frame[key]) for key in frame.columns}
        whole = pd.concat(parts.values(), axis=1)
        scores = scoring.get_ex_feature_scores(whole, outcome, mode=mode, nr_trees=TREES, random_state=SEED)[0]
    found = scores.iloc[:, 0].astype(float)
    sums = {key: float(found[part.columns].sum()) for key, part in parts.items()}
    return pd.Series(sums, name="score").sort_values(ascending=False)


def _columns_of(values: pd.Series[Any]) -> pd.DataFrame:
    """An axis of numbers as it is, options as a column each."""
    import pandas as pd

    if values.dtype.kind in "fiu":
        return values.to_frame()
    return pd.DataFrame({f"{values.name}={option}": (values == option).astype(float) for option in values.unique()})


def box(frame: pd.DataFrame, case: NDArray[np.bool_]) -> pd.DataFrame | None:
    """Find the box of parameters in which a case is common: PRIM (Friedman and Fisher, 1999; Bryant, Lempert, 2010).

    Parameters
    ----------
    frame : DataFrame
        A column an axis.
    case : bool[points]
        Whether the case holds at a point.

    Returns
    -------
    DataFrame or None
        Columns ``key, low, high, options, density, coverage, mass`` (share of points in the box with the case, of
        cases in the box, of points in the box); only restricted axes have a row. None without a case.
    """
    import pandas as pd

    if not case.any() or case.all():
        return None
    with _quiet():
        prim = extra("ema_workbench.analysis.prim", "analysis")
        # From release 3.0 on the workbench takes no least density; below it is asked for whatever the release.
        least = {"threshold": DENSITY} if "threshold" in inspect.signature(prim.Prim).parameters else {}
        search = prim.Prim(frame.reset_index(drop=True), case.astype(int), mass_min=LEAST_MASS, **least)
        found = search.find_box()
    if found is None:
        return None
    # Of the boxes on its path, the one that is both dense and holds the most cases (their harmonic mean).
    path = found.peeling_trajectory
    both = path["density"] * path["coverage"] / (path["density"] + path["coverage"])
    place = int(both.to_numpy().argmax())
    if path["density"].iloc[-1] < DENSITY:
        place = 0  # no box is dense enough: all points stand for it
    limits, whole, row = found.box_lims[place], found.box_lims[0], path.iloc[place]
    rows = []
    for key in frame.columns:
        if isinstance(limits[key][0], set) or frame[key].dtype.kind not in "fiu":
            if limits[key][0] != whole[key][0]:
                rows.append((key, np.nan, np.nan, " ".join(sorted(map(str, limits[key][0])))))
        elif tuple(limits[key]) != tuple(whole[key]):
            rows.append((key, float(limits[key][0]), float(limits[key][1]), ""))
    made = pd.DataFrame(rows, columns=["key", "low", "high", "options"])
    return made.assign(density=row["density"], coverage=row["coverage"], mass=row["mass"])


@contextlib.contextmanager
def _quiet() -> Any:
    """Hold back what the workbench says while it loads and searches."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
