"""An emulator of a sweep: a Gaussian process for a figure over the axes, with its error at points left out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from sim.explorer.packing import packed
from sim.study.store.extras import extra

Floats = NDArray[np.float64]

FEWEST_POINTS = 10
"""Points below which no figure is emulated."""

FITTED_AT, STEPS = 200, 40
"""Points that lengths and noise are fitted to, and steps that the fit may take; all points enter the answer."""

FOLDS, SEED = 5, 1
FEWEST_RUNS = 2
"""Runs below which nothing is known of their luck."""
WITHIN = 0.95
"""Share of the points left out that the printed error holds."""

SHORTEST, LONGEST = 0.05, 100.0
"""Ends of what a length of an axis may be, in units of the axis."""


def placed(values: Sequence[Any], axis: dict[str, Any]) -> Floats:
    """Return where values of an axis lie: one column from 0 to 1, or a column of 0 and 1 for each option.

    Parameters
    ----------
    values : sequence
        Values of the axis, options as their numbers in ``axis["options"]``.
    axis : dict
        ``options`` (empty for numbers), ``low``, ``high``, ``log``.
    """
    array = np.asarray(values, np.float64)
    if axis["options"]:
        return (array[:, None] == np.arange(len(axis["options"]))).astype(np.float64)
    low, high = axis["low"], axis["high"]
    if axis["log"]:
        array, low, high = np.log(array), math.log(low), math.log(high)
    return ((array - low) / ((high - low) or 1.0))[:, None]


def _climb(objective: Callable[[Floats], Any], start: Floats, bounds: Floats) -> tuple[Floats, float]:
    """Fit as the library does (L-BFGS-B), for so many steps: the last ones move no answer."""
    from scipy.optimize import minimize

    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": STEPS})
    return found.x, float(found.fun)


class Emulator:
    """A Gaussian process with a Matern kernel (5/2) of a length for each column, a variance and noise.

    Attributes
    ----------
    places : float64[points, columns]
        Where the points lie, see `placed`.
    centre, scale : float
        Mean and standard deviation of the figure, in its unit.
    variance : float
        Variance of the process, in squares of ``scale``.
    lengths : float64[columns]
        In units of the axes.
    weights : float64[points]
        What each point adds, in ``scale``.
    """

    def __init__(self, places: Floats, values: Floats) -> None:
        """Fit to values float64[points] at places float64[points, columns]."""
        gaussian_process = extra("sklearn.gaussian_process", "analysis")
        kernels = extra("sklearn.gaussian_process.kernels", "analysis")
        self.places, self.centre, self.scale = places, float(values.mean()), float(values.std()) or 1.0
        ends = (SHORTEST, LONGEST)
        kernel = kernels.ConstantKernel(1.0, (1e-2, 1e3)) * kernels.Matern(np.ones(places.shape[1]), ends, nu=2.5)
        kernel += kernels.WhiteKernel(1e-2, (1e-5, 1.0))
        aim = (values - self.centre) / self.scale
        some = np.sort(np.random.default_rng(SEED).permutation(len(aim))[:FITTED_AT])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a length at its end: the figure does not depend on the axis
            fitted = gaussian_process.GaussianProcessRegressor(kernel, optimizer=_climb).fit(places[some], aim[some])
            if len(some) < len(aim):
                fitted = gaussian_process.GaussianProcessRegressor(fitted.kernel_, optimizer=None).fit(places, aim)
        self._solved = partial(linalg.cho_solve, (fitted.L_, True))
        found = fitted.kernel_.k1
        self.variance, self.lengths = float(found.k1.constant_value), np.atleast_1d(found.k2.length_scale)
        self.weights = np.asarray(fitted.alpha_, np.float64).reshape(-1)

    def __call__(self, places: Floats) -> Floats:
        """Answer at places float64[any, columns]: float64[any], in the unit of the figure. The page does the same."""
        return self.centre + self.scale * (self._alike(places) @ self.weights)

    def of_others(self, places: Floats, figures: Floats) -> Floats:
        """Answer for other figures at its points, with the same lengths, variance and noise.

        Parameters
        ----------
        places : float64[any, columns]
            Where.
        figures : float64[points, figures]
            In any unit.

        Returns
        -------
        float64[any, figures]
        """
        centres = figures.mean(axis=0)
        return centres + self._alike(places) @ self._solved(figures - centres)

    def _alike(self, places: Floats) -> Floats:
        apart = (places[:, None, :] - self.places[None, :, :]) / self.lengths
        far = np.sqrt(5.0 * (apart * apart).sum(axis=2))
        return np.asarray(self.variance * (1.0 + far + far * far / 3.0) * np.exp(-far))


def left_out(places: Floats, values: Floats, runs: Floats | None = None) -> tuple[Floats, Floats]:
    """Return what an emulator says of each point that was fitted without it, and without the rest of its fold.

    Lengths and noise are fitted again for each of the folds, so that nothing of a point is in its answer.

    Parameters
    ----------
    runs : float64[points, runs], optional
        The figure in each run; the values are their means.

    Returns
    -------
    float64[points]
        Of the values.
    float64[points, runs]
        Of each run by itself, with the lengths and noise of the values; without runs, nothing.
    """
    order = np.random.default_rng(SEED).permutation(len(values))
    said, of_runs = np.empty(len(values)), np.empty((len(values), 0) if runs is None else runs.shape)
    for fold in np.array_split(order, FOLDS):
        others = np.setdiff1d(order, fold)
        emulator = Emulator(places[others], values[others])
        said[fold] = emulator(places[fold])
        if runs is not None:
            of_runs[fold] = emulator.of_others(places[fold], runs[others])
    return said, of_runs


def allowed_by_runs(errors: Floats, spread: float) -> float | None:
    """Return the R² that an emulator would have that erred by the luck of the runs alone.

    An emulator's answer for a mean over runs is the mean of its answers for each. Where it does not know the shape of a
    figure it errs in every run alike; what differs between the runs is their luck, which more of them average out.

    Parameters
    ----------
    errors : float64[points, runs]
        At points left out.
    spread : float
        Variance of the figure between the points, in squares of its unit.

    Returns
    -------
    float or None
        From 0 to 1; None with fewer than two runs, or where one lacks the figure.
    """
    if errors.shape[1] < FEWEST_RUNS or not np.isfinite(errors).all():
        return None
    luck = float(errors.var(axis=1, ddof=1).mean()) / errors.shape[1]
    return max(1.0 - luck / spread, 0.0)


def emulated(places: Floats, values: Floats, runs: Floats | None = None) -> dict[str, Any] | None:
    """Return an emulator of a figure as the page evaluates it, with its error; None where there is nothing to fit.

    Parameters
    ----------
    places : float64[points, columns]
        See `placed`.
    values : float64[points]
        The figure; points where it is not known are left out.
    runs : float64[points, runs], optional
        The figure in each run.

    Returns
    -------
    dict or None
        ``centre``, ``scale``, ``variance``, ``lengths``, ``weights`` (0 at points without the figure); ``r2``:
        1 less squared errors at points left out over squared distances from the mean; ``within``: the error that
        holds 95 % of the points left out, in the unit of the figure; ``allowed``: see `allowed_by_runs`, None without
        runs; ``points``.
    """
    known = np.isfinite(values)
    if known.sum() < FEWEST_POINTS or np.ptp(values[known]) == 0.0:
        return None
    here, aim = places[known], values[known]
    # On one core: matrices are small, and the same study has the same page on any number of cores.
    with extra("threadpoolctl", "analysis").threadpool_limits(1):
        # A point that some run lacks tells nothing of luck, and its mean is of the other runs.
        single = None if runs is None or not np.isfinite(runs[known]).all() else runs[known]
        said, of_runs = left_out(here, aim, single)
        errors = np.abs(said - aim)
        emulator = Emulator(here, aim)
    weights = np.zeros(len(values))
    weights[known] = emulator.weights
    return {
        "centre": emulator.centre,
        "scale": emulator.scale,
        "variance": emulator.variance,
        "lengths": [float(length) for length in emulator.lengths],
        "weights": packed(weights, 8),  # large ones of both signs cancel each other
        "r2": float(1.0 - (errors**2).sum() / ((aim - aim.mean()) ** 2).sum()),
        "within": float(np.quantile(errors, WITHIN, method="higher")),
        "allowed": None if single is None else allowed_by_runs(of_runs - single, float(aim.var())),
        "points": int(known.sum()),
    }
