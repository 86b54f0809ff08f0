"""Which parameters matter: Sobol's indices, elementary effects, linear swings, feature scores, and boxes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from sim.study.compare.intervals import mean_interval
from sim.study.plan.design import Axis, MorrisDesign, SaltelliDesign, unit_problem
from sim.study.store.extras import extra
from sim.study.sweep.boxes import SEED, Floats

if TYPE_CHECKING:
    import pandas as pd


def indices(
    design: Any, axes: Sequence[Axis], points: Sequence[Sequence[Any]], outcome: Floats, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sensitivity of an outcome to each axis, by the method that the design was made for, and to pairs of axes.

    Options have neither order nor distance: where a method needs either, they are left to `option_effects`.

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
        Columns `SINGLE` and `PAIRS`; ``error`` is half a 95 % interval, ``option`` is empty for an axis of numbers.
    """
    if isinstance(design, SaltelliDesign):
        return _sobol(design, axes, _unfolded(design, axes, points, outcome, seed))
    if isinstance(design, MorrisDesign):
        return _morris(design, axes, _unfolded(design, axes, points, outcome, seed), seed)
    return _linear(_terms(axes, points), outcome)


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
        (key, "", name, float(found[short][place]), float(found[f"{short}_conf"][place]))
        for name, short in (("Sobol index, first order", "S1"), ("Sobol index, total", "ST"))
        for place, key in enumerate(keys)
    ]
    pairs = [
        (keys[i], "", keys[j], "", "Sobol index, second order", float(found["S2"][i, j]), float(found["S2_conf"][i, j]))
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
        if not axis.is_option:
            size, error = found["mu_star"][place], found["mu_star_conf"][place]
            rows.append((axis.key, "", "elementary effect, mean size", size, error))
            rows.append((axis.key, "", "elementary effect, spread", found["sigma"][place], np.nan))
    return pd.DataFrame(rows, columns=SINGLE), pd.DataFrame(columns=PAIRS)


SINGLE = ["key", "option", "measure", "value", "error"]
PAIRS = ["key", "option", "other", "other_option", "measure", "value", "error"]
MATCHED = "effect against the first option, matched runs"
FITTED = "effect against the first option, linear fit"


@dataclass(frozen=True)
class _Term:
    """A column of a linear fit: an axis of numbers from -1/2 to 1/2, or whether an option is chosen, 0 or 1."""

    key: str
    option: str
    column: Floats


def _terms(axes: Sequence[Axis], points: Sequence[Sequence[Any]]) -> list[_Term]:
    """Columns that a linear fit has for some axes; the first option of an axis is what the others are set against."""
    found = []
    for axis, values in zip(axes, zip(*points, strict=True), strict=True):
        if axis.is_option:
            chosen = [(option, np.array([float(value == option) for value in values])) for option in axis.values[1:]]
            found += [_Term(axis.key, str(option), column) for option, column in chosen]
        else:
            found.append(_Term(axis.key, "", _shares(axis, values) - 0.5))
    return found


def _shares(axis: Axis, values: Sequence[Any]) -> Floats:
    """How far along an axis of numbers its values lie, 0 to 1: a list by its numbers, not by their places in it."""
    if axis.is_interval:
        return np.array([axis.place(value) for value in values])
    low, high = min(axis.values), max(axis.values)
    return (np.array(values, np.float64) - low) / ((high - low) or 1.0)


def _linear(terms: Sequence[_Term], outcome: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Change of the outcome from the low to the high end of each axis, others equal, by least squares.

    Pairs of axes are added one at a time to the fit of the single ones: the value is how much more an axis moves the
    outcome at the high end of the other, or under the option, than at its low end, or under the first option.
    """
    import pandas as pd

    base = np.column_stack([np.ones(len(outcome)), *(term.column for term in terms)])
    value, error = _least_squares(base, outcome)
    single = [
        (term.key, "", "swing from low to high, linear", value[place + 1], error[place + 1])
        for place, term in enumerate(terms)
        if not term.option
    ]
    pairs = []
    for first, second in itertools.combinations(dict.fromkeys(term.key for term in terms), 2):
        both = [(one, two) for one in terms for two in terms if (one.key, two.key) == (first, second)]
        gain, doubt = _least_squares(np.column_stack([base, *(one.column * two.column for one, two in both)]), outcome)
        for (one, two), more, half in zip(both, gain[-len(both) :], doubt[-len(both) :], strict=True):
            pairs.append((first, one.option, second, two.option, "joint swing, linear", more, half))
    return pd.DataFrame(single, columns=SINGLE), pd.DataFrame(pairs, columns=PAIRS)


def option_effects(axes: Sequence[Axis], points: Sequence[Sequence[Any]], runs: Floats) -> pd.DataFrame:
    """What each option does to an outcome, against the first option of its axis.

    Where points differ in nothing else, by their difference within each replication, mean over such pairs of points;
    elsewhere by a linear fit over all points.

    Parameters
    ----------
    axes : sequence of Axis
        Axes of the design.
    points : sequence of sequence
        Values of each axis, point by point, each point once.
    runs : float64[points, replications]
        Outcome of each run; all points meet the same luck.

    Returns
    -------
    DataFrame
        Columns `SINGLE`; a row for each option but the first of each axis, none where nothing tells the effect. The
        interval is of Monte Carlo error where points match, and of what the fit misses elsewhere.
    """
    import pandas as pd

    terms = _terms(axes, points)
    columns = np.column_stack([np.ones(len(points)), *(term.column for term in terms)])
    value, error = _least_squares(columns, runs.mean(axis=1))
    fitted = {(term.key, term.option): place + 1 for place, term in enumerate(terms)}
    rows: list[tuple[object, ...]] = []
    for spot, axis in enumerate(axes):
        for option in axis.values[1:] if axis.is_option else ():
            gaps = _matched(spot, axis.values[0], option, points, runs)
            if len(gaps):
                mean, low, _ = mean_interval(gaps)
                rows.append((axis.key, str(option), MATCHED, mean, mean - low))
            elif np.isfinite(value[(place := fitted[axis.key, str(option)])]):
                rows.append((axis.key, str(option), FITTED, value[place], error[place]))
    return pd.DataFrame(rows, columns=SINGLE)


def _matched(spot: int, first: Any, option: Any, points: Sequence[Sequence[Any]], runs: Floats) -> Floats:
    """Effect of an option in each replication, mean over points that differ in nothing else; empty without any."""
    rest = {value: {} for value in (first, option)}  # type: dict[Any, dict[tuple[Any, ...], int]]
    for number, point in enumerate(points):
        if point[spot] in rest:
            rest[point[spot]][(*point[:spot], *point[spot + 1 :])] = number
    shared = [others for others in rest[option] if others in rest[first]]
    if not shared:
        return np.empty(0)
    gap = runs[[rest[option][others] for others in shared]] - runs[[rest[first][others] for others in shared]]
    return np.asarray(gap.mean(axis=0), np.float64)


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
    deviate = float(scipy.stats.t.ppf(0.975, count - width))
    return found, np.asarray(deviate * np.sqrt(np.diag(np.linalg.inv(columns.T @ columns)) * spread), np.float64)
