"""Which parameters matter: Sobol's indices, elementary effects, linear swings, feature scores, and boxes."""

from __future__ import annotations

import contextlib
import inspect
import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.study.design import Axis, MorrisDesign, SaltelliDesign, unit_problem
from sim.study.extras import extra

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

SEED = 1
TREES = 250
DENSITY = 0.8
"""Share of cases that a box must hold where it can."""

LEAST_MASS = 0.05
"""Share of all points below which a box is not made smaller."""


def places(axes: Sequence[Axis], points: Sequence[Sequence[Any]]) -> Floats:
    """Where points lie on their axes, float64[points, axes] between 0 and 1."""
    return np.array([[axis.place(value) for axis, value in zip(axes, row, strict=True)] for row in points])


def indices(
    design: Any, axes: Sequence[Axis], points: Sequence[Sequence[Any]], outcome: Floats, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sensitivity of an outcome to each axis, by the method that the design was made for, and to pairs of axes.

    Parameters
    ----------
    design : object
        Design that made the points; Saltelli's gives Sobol's indices, Morris's elementary effects, any other the
        swings of a linear fit.
    axes : sequence of Axis
        Axes of the design.
    points : sequence of sequence
        Values of each axis, point by point, each point once.
    outcome : float64[points]
        What came out at each point.
    seed : int
        Seed of the design.

    Returns
    -------
    tuple of DataFrame
        Columns ``key, measure, value, error`` (half a 95 % interval), and ``key, other, measure, value, error``.
    """
    if isinstance(design, SaltelliDesign):
        return _sobol(design, axes, _unfolded(design, axes, points, outcome, seed))
    if isinstance(design, MorrisDesign):
        return _morris(design, axes, _unfolded(design, axes, points, outcome, seed), seed)
    return _linear(axes, places(axes, points), outcome)


def _unfolded(design: Any, axes: Sequence[Axis], points: Sequence[Sequence[Any]], outcome: Floats, seed: int) -> Floats:
    """Outcomes in the order of the design, which may visit a point more than once."""
    known = {tuple(point): value for point, value in zip(points, outcome, strict=True)}
    return np.array([known[tuple(row)] for row in design.points(axes, seed)])


def _sobol(design: SaltelliDesign, axes: Sequence[Axis], outcome: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    analysis = extra("SALib.analyze.sobol", "analysis")
    found = analysis.analyze(unit_problem(axes), outcome, calc_second_order=True, seed=SEED)
    keys = [axis.key for axis in axes]
    single = [
        (key, name, float(found[short][place]), float(found[f"{short}_conf"][place]))
        for name, short in (("Sobol index, first order", "S1"), ("Sobol index, total", "ST"))
        for place, key in enumerate(keys)
    ]
    pairs = [
        (keys[i], keys[j], "Sobol index, second order", float(found["S2"][i, j]), float(found["S2_conf"][i, j]))
        for i in range(len(keys))
        for j in range(i + 1, len(keys))
    ]
    return pd.DataFrame(single, columns=SINGLE), pd.DataFrame(pairs, columns=PAIRS)


def _morris(
    design: MorrisDesign, axes: Sequence[Axis], outcome: Floats, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    analysis = extra("SALib.analyze.morris", "analysis")
    found = analysis.analyze(
        unit_problem(axes), design.places(axes, seed), outcome, num_levels=design.levels, seed=SEED
    )
    rows = []
    for place, axis in enumerate(axes):
        rows.append((axis.key, "elementary effect, mean size", found["mu_star"][place], found["mu_star_conf"][place]))
        rows.append((axis.key, "elementary effect, spread", found["sigma"][place], np.nan))
    return pd.DataFrame(rows, columns=SINGLE), pd.DataFrame(columns=PAIRS)


SINGLE = ["key", "measure", "value", "error"]
PAIRS = ["key", "other", "measure", "value", "error"]


def _linear(axes: Sequence[Axis], spots: Floats, outcome: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Change of the outcome from the low to the high end of each axis, others equal, by least squares.

    Pairs are added one at a time to the fit of the single axes: the value is how much more an axis moves the
    outcome at the high end of the other than at its low end.
    """
    import pandas as pd

    centred = spots - 0.5
    base = np.column_stack([np.ones(len(spots)), centred])
    value, error = _least_squares(base, outcome)
    single = [
        (axis.key, "swing from low to high, linear", value[place + 1], error[place + 1])
        for place, axis in enumerate(axes)
    ]
    pairs = []
    for i in range(len(axes)):
        for j in range(i + 1, len(axes)):
            gain, doubt = _least_squares(np.column_stack([base, centred[:, i] * centred[:, j]]), outcome)
            pairs.append((axes[i].key, axes[j].key, "joint swing, linear", gain[-1], doubt[-1]))
    return pd.DataFrame(single, columns=SINGLE), pd.DataFrame(pairs, columns=PAIRS)


def _least_squares(columns: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """Coefficients and half their 95 % intervals; not-a-number where the points cannot tell them."""
    count, width = columns.shape
    nothing = np.full(width, np.nan)
    if np.linalg.matrix_rank(columns) < width:
        return nothing, nothing
    found = np.asarray(np.linalg.lstsq(columns, outcome, rcond=None)[0], np.float64)
    if count <= width:
        return found, nothing
    rest = outcome - columns @ found
    spread = float(rest @ rest) / (count - width)
    return found, np.asarray(1.96 * np.sqrt(np.diag(np.linalg.inv(columns.T @ columns)) * spread), np.float64)


def feature_scores(frame: pd.DataFrame, outcome: Floats) -> pd.Series[float]:
    """Share of the explanation that each axis takes in a forest of extra trees (Geurts, Ernst and Wehenkel, 2006).

    Parameters
    ----------
    frame : DataFrame
        A column an axis, values or options.
    outcome : float64[points] or bool[points]
        Numbers are explained by regression, truth values by classification.
    """
    with _quiet():
        scoring = extra("ema_workbench.analysis.feature_scoring", "analysis")
        kinds = scoring.RuleInductionType
        mode = kinds.CLASSIFICATION if outcome.dtype == bool else kinds.REGRESSION
        codes = frame.apply(
            lambda column: column if column.dtype.kind in "fiub" else column.astype("category").cat.codes
        )
        scores = scoring.get_ex_feature_scores(codes, outcome, mode=mode, nr_trees=TREES, random_state=SEED)[0]
    return scores.iloc[:, 0].astype(float).rename("score")


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
