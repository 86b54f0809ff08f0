"""Normal variates for the population, from a table: several times cheaper than the exact quantile.

A month draws two normals for each borrower, which makes this the dearest transform. The table holds cubics
for the lower half of the unit interval, 32 to each halving of the probability, so that the tail is as fine
as the middle.
"""

import numpy as np

from sim.engine.loops.compiled import plain, scalar
from sim.engine.loops.transforms import bits_of, double_of, normal_quantile

SMALLEST_TAIL = 2.0**-33
"""The most extreme uniform that the generator gives lies this far from 0 or 1."""

_LARGEST_TAIL = 0.49999999999999994  # the last double below 1/2, which would begin another segment
_SEGMENT_SHIFT = 52 - 5  # leaves a double's exponent and first 5 digits: 32 segments to an octave
_FIRST_SEGMENT = plain(bits_of)(SMALLEST_TAIL) >> _SEGMENT_SHIFT
_TERMS = 4
_exact = plain(normal_quantile)


def _cubic(start: float, width: float) -> list[float]:
    """Return the cubic in (p - start), highest power last, through the quantile at four Lobatto points.

    The outer points are the ends of the segment, so that neighbouring cubics meet.
    """
    places = [0.0, 0.25 * width, 0.75 * width, width]
    heights = [_exact(start + place) for place in places]
    for order in range(1, _TERMS):  # divided differences, in place from the end
        for i in range(_TERMS - 1, order - 1, -1):
            heights[i] = (heights[i] - heights[i - 1]) / (places[i] - places[i - order])
    terms = [heights[-1]]
    for place, height in zip(places[-2::-1], heights[-2::-1], strict=True):
        longer = [0.0, *terms]  # multiply by (x - place), then add the next difference
        for i, term in enumerate(terms):
            longer[i] -= place * term
        longer[0] += height
        terms = longer
    return terms


def _table() -> np.ndarray:
    """Return the coefficients of all segments in a row, in order of the tail probability."""
    terms: list[float] = []
    for octave in range(-33, -1):
        for segment in range(32):
            terms += _cubic(2.0**octave * (1.0 + segment / 32), 2.0**octave / 32)
    return np.array(terms)


_CUBICS = _table()


@scalar
def segment_of(u: float) -> tuple[int, float]:
    """Return where the cubic of a uniform's tail starts in the table, and how far into its segment the tail lies."""
    tail = u if u < 0.5 else 1.0 - u
    tail = tail if tail > SMALLEST_TAIL else SMALLEST_TAIL
    tail = tail if tail < _LARGEST_TAIL else _LARGEST_TAIL
    segment = bits_of(tail) >> _SEGMENT_SHIFT
    return (segment - _FIRST_SEGMENT) * _TERMS, tail - double_of(segment << _SEGMENT_SHIFT)


@scalar
def height_at(first: int, x: float) -> float:
    """Return the value of the cubic that starts at a place of the table, negative like the tail it is for."""
    z = float(_CUBICS[first + 3])
    z = z * x + float(_CUBICS[first + 2])
    z = z * x + float(_CUBICS[first + 1])
    return z * x + float(_CUBICS[first])


@scalar
def normal_draw(u: float) -> float:
    """Return the standard normal variate at the quantile `u`, for a uniform of the generator.

    Within 2e-9 of the exact quantile, continuous and symmetric about 1/2: about what one step of a 32-bit
    uniform moves the variate by. For exact work take :func:`sim.engine.loops.transforms.normal_quantile`.

    Parameters
    ----------
    u : float
        Uniform in (0, 1); beyond 2**-33 from either end it is clamped, which bounds the variate by 6.34.
    """
    first, x = segment_of(u)
    z = height_at(first, x)
    return z if u < 0.5 else -z
