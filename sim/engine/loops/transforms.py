"""Exponential, logarithm, normal draws: the same bits compiled, in plain Python and on any machine.

Every function is IEEE 754 double arithmetic in a fixed order (sums, products, quotients, square roots,
comparisons) plus exact shifts of the exponent field. No library function is called, because libraries
differ in the last bit from machine to machine, and nothing branches, so that a compiled loop runs several
rows at once. Arguments beyond a stated range are clamped to it: a rule never raises and never meets an
infinity.

The polynomials of the exponential and the logarithm were fitted for this file (Chebyshev expansions in 40
digits); the reduction of the argument follows Cody and Waite (1980), "Software Manual for the Elementary
Functions".
"""

import math

import numpy as np

from sim.engine.loops.compiled import scalar

LARGEST_EXPONENT = 700.0
SMALLEST, LARGEST = 1e-300, 1e300

# ln 2 in two parts: the first has so few digits that its product with a whole exponent is exact.
_LN2_HIGH = 0.6931471803691238
_LN2_LOW = 1.9082149292705877e-10
_STEP_HIGH, _STEP_LOW = _LN2_HIGH / 32, _LN2_LOW / 32
_STEPS_PER_UNIT = 46.16624130844683  # 32 / ln 2
# Added to a small number, 1.5 * 2**52 leaves it rounded to a whole number in the low bits.
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = 0x4338000000000000
_EXPONENT_OF_ONE = 1023
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD


def _power_of_two(k: int) -> float:
    """Return 2**(k/32) correctly rounded, by whole-number roots: a library's power may be off by one bit."""
    root = 1 << (k + 32 * 64)
    for _ in range(5):
        root = math.isqrt(root)
    return root / 2**64


_POWERS = np.array([_power_of_two(k) for k in range(32)])


@scalar
def bits_of(x: float) -> int:
    """Return the 64 bits of a double as a whole number."""
    double = np.float64(x)
    return int(double.view(np.int64))


@scalar
def double_of(bits: int) -> float:
    """Return the double that 64 bits stand for."""
    word = np.int64(bits)
    return float(word.view(np.float64))


@scalar
def whole_below(x: float) -> float:
    """Return the largest whole number that is not above `x`, as a float."""
    return float(np.floor(x))


@scalar
def is_multiple(number: int, size: int) -> bool:
    """Return whether a number of less than 2**53 in size is a whole multiple of a size above 0: number % size == 0.

    No processor divides several whole numbers at once, but floats, and of a multiple the quotient is exact.
    """
    return number == math.floor(number / size) * size


@scalar
def exponential_function(x: float) -> float:
    """Return e to the power `x`, with `x` clamped to -700 .. 700.

    Relative error below 5e-16 (measured over the whole range against 50 digits).

    Method: x = (32 n + k) ln 2 / 32 + r; a polynomial of degree 5 in r, 2**(k/32) from a table, and n in the
    exponent field, after Tang (1989), "Table-driven implementation of the exponential function in IEEE
    floating-point arithmetic".
    """
    x = LARGEST_EXPONENT if x > LARGEST_EXPONENT else x
    x = -LARGEST_EXPONENT if x < -LARGEST_EXPONENT else x
    rounded = x * _STEPS_PER_UNIT + _ROUNDER
    steps = rounded - _ROUNDER
    r = (x - steps * _STEP_HIGH) - steps * _STEP_LOW
    q = 8.333356611453803e-03
    q = q * r + 4.166682961357634e-02
    q = q * r + 1.666666666663253e-01
    q = q * r + 4.9999999999761036e-01
    power = 1.0 + (r + r * r * q)
    whole = bits_of(rounded) - _ROUNDER_BITS
    root = float(_POWERS[whole & 31])
    return power * root * double_of(((whole >> 5) + _EXPONENT_OF_ONE) << 52)


@scalar
def logarithm(x: float) -> float:
    """Return the natural logarithm of `x`, with `x` clamped to 1e-300 .. 1e300.

    Error below 1 unit in the last place (measured against 50 digits).

    Method: x = 2**e (1 + f) with 1 + f between the roots of 1/2 and 2; ln(1 + f) from the series of the
    inverse hyperbolic tangent in s = f / (2 + f), added up smallest first as in Tang (1990), "Table-driven
    implementation of the logarithm function in IEEE floating-point arithmetic".
    """
    x = LARGEST if x > LARGEST else x
    x = SMALLEST if x < SMALLEST else x
    bits = bits_of(x)
    exponent = (bits - _ROOT_HALF_BITS) >> 52
    f = double_of(bits - (exponent << 52)) - 1.0
    n = double_of(exponent + _ROUNDER_BITS) - _ROUNDER
    s = f / (2.0 + f)
    z = s * s
    q = 0.14616585424888623
    q = q * z + 0.15331710618210773
    q = q * z + 0.18182889455674947
    q = q * z + 0.22222211130259878
    q = q * z + 0.2857142862600327
    q = q * z + 0.39999999999899444
    q = q * z + 0.666666666666667
    half_square = 0.5 * f * f
    return n * _LN2_HIGH - ((half_square - (s * (half_square + z * q) + n * _LN2_LOW)) - f)


@scalar
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), between 0 and 1, with `x` clamped to -700 .. 700.

    Relative error below 5e-16 on both sides.
    """
    return 1.0 / (1.0 + exponential_function(-x))


@scalar
def exponential_draw(u: float) -> float:
    """Return the exponential variate of mean 1 at the quantile `u`: -ln(1 - u), rising in `u`.

    Parameters
    ----------
    u : float
        Uniform in (0, 1); for the generator's uniforms 1 - u is exact.
    """
    return -logarithm(1.0 - u)


@scalar
def normal_quantile(u: float) -> float:
    """Return the standard normal variate at the quantile `u`.

    Relative error below 1e-15 (measured), for `u` from 1e-300 to 1 - 2**-53; beyond, clamped.

    Source: Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", Applied
    Statistics 37, routine PPND16, whose coefficients stand here. Its three regions differ only in
    coefficients and in the argument, so one quotient is evaluated with the chosen ones.

    Parameters
    ----------
    u : float
        Uniform in (0, 1).
    """
    q = u - 0.5
    tail = u if q < 0.0 else 1.0 - u
    depth = math.sqrt(-logarithm(tail))
    centre = 0.180625 - q * q
    c = centre >= 0.0
    t = depth <= 5.0
    r = centre if c else (depth - 1.6 if t else depth - 5.0)
    a = 2.5090809287301226727e3 if c else (7.74545014278341407640e-4 if t else 2.01033439929228813265e-7)
    a = a * r + (3.3430575583588128105e4 if c else (2.27238449892691845833e-2 if t else 2.71155556874348757815e-5))
    a = a * r + (6.7265770927008700853e4 if c else (2.41780725177450611770e-1 if t else 1.24266094738807843860e-3))
    a = a * r + (4.5921953931549871457e4 if c else (1.27045825245236838258e0 if t else 2.65321895265761230930e-2))
    a = a * r + (1.3731693765509461125e4 if c else (3.64784832476320460504e0 if t else 2.96560571828504891230e-1))
    a = a * r + (1.9715909503065514427e3 if c else (5.76949722146069140550e0 if t else 1.78482653991729133580e0))
    a = a * r + (1.3314166789178437745e2 if c else (4.63033784615654529590e0 if t else 5.46378491116411436990e0))
    a = a * r + (3.3871328727963666080e0 if c else (1.42343711074968357734e0 if t else 6.65790464350110377720e0))
    b = 5.2264952788528545610e3 if c else (1.05075007164441684324e-9 if t else 2.04426310338993978564e-15)
    b = b * r + (2.8729085735721942674e4 if c else (5.47593808499534494600e-4 if t else 1.42151175831644588870e-7))
    b = b * r + (3.9307895800092710610e4 if c else (1.51986665636164571966e-2 if t else 1.84631831751005468180e-5))
    b = b * r + (2.1213794301586595867e4 if c else (1.48103976427480074590e-1 if t else 7.86869131145613259100e-4))
    b = b * r + (5.3941960214247511077e3 if c else (6.89767334985100004550e-1 if t else 1.48753612908506148525e-2))
    b = b * r + (6.8718700749205790830e2 if c else (1.67638483018380384940e0 if t else 1.36929880922735805310e-1))
    b = b * r + (4.2313330701600911252e1 if c else (2.05319162663775882187e0 if t else 5.99832206555887937690e-1))
    b = b * r + 1.0
    sign = -1.0 if q < 0.0 else 1.0
    return (q if c else sign) * (a / b)


@scalar
def normal_cdf(x: float) -> float:
    """Return the probability that a standard normal variate is at most `x`.

    Relative error below 1e-14 for x >= -8, below 1e-13 for x >= -37; `x` is clamped there.

    Method: exp(-z*z/2) times a rational approximation of Mills' ratio on 0 .. 39, fitted for this file by
    weighted least squares with Lawson's reweighting, in 40 digits; the form is that of Cody (1969), "Rational
    Chebyshev approximations for the error function".
    """
    z = -x if x < 0.0 else x
    z = 37.0 if z > 37.0 else z
    a = 1.3844092805444809e-06
    a = a * z + 3.722671776200255e-05
    a = a * z + 0.0004901280984449077
    a = a * z + 0.004087385733579327
    a = a * z + 0.02361363905712585
    a = a * z + 0.09767142762672404
    a = a * z + 0.289272129147383
    a = a * z + 0.5939638650274959
    a = a * z + 0.7748187914622159
    a = a * z + 0.5
    b = 3.470199446284659e-06
    b = b * z + 9.331354331180973e-05
    b = b * z + 0.001232039149398692
    b = b * z + 0.01033887018123658
    b = b * z + 0.06041224430405721
    b = b * z + 0.25488487994936515
    b = b * z + 0.7818661217011452
    b = b * z + 1.7141106342216648
    b = b * z + 2.560979404678148
    b = b * z + 2.3475221437272875
    b = b * z + 1.0
    beyond = exponential_function(-0.5 * z * z) * (a / b)
    return 1.0 - beyond if x > 0.0 else beyond
