"""The one mark that makes a scalar function callable from compiled rules.

Elsewhere in the package nothing imports numba: a helper that a rule calls is marked with :func:`scalar`,
and a rule itself is compiled by the stage that holds it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", covariant=True)

COMPILING = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]
"""False when the environment variable ``NUMBA_DISABLE_JIT`` is set: then every rule runs as plain Python."""


class Scalar(Protocol[Arguments, Answer]):
    """A pure function of numbers that Python and compiled code can both call."""

    @property
    def py_func(self) -> Callable[Arguments, Answer]:
        """The function as it was written, never compiled."""
        ...

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        """Call the function, compiled where compiling is on."""
        ...


def scalar(function: Callable[Arguments, Answer]) -> Scalar[Arguments, Answer]:
    """Mark a pure scalar function as callable from compiled rules.

    The function sees Python ``int`` and ``float`` only and gives the same bits compiled or not: nothing is
    reordered or contracted (no fastmath) and a division by zero raises as it does in Python.

    Parameters
    ----------
    function : callable
        State in, state out: no arrays, no side effects.

    Returns
    -------
    Scalar
        A numba dispatcher that compiles at its first call, or `function` itself with numba disabled; either
        way ``py_func`` is the original.
    """
    return _marked(function, {"forceinline": True})


def unguarded(function: Callable[Arguments, Answer]) -> Scalar[Arguments, Answer]:
    """Mark a function like :func:`scalar` whose divisors cannot be 0, whatever its arguments.

    Compiled without the checks for zero, it leaves the loop that calls it free to run several rows at once;
    were a divisor 0 after all, compiled code would go on with an infinity where Python raises.
    """
    return _marked(function, {"forceinline": True, "error_model": "numpy"})


def _marked(function: Callable[Arguments, Answer], options: dict[str, Any]) -> Scalar[Arguments, Answer]:
    if COMPILING:
        # Inlined whatever its size: a call that stays a call keeps the loop around it from being vectorised.
        return cast("Scalar[Arguments, Answer]", numba.njit(**options)(function))
    function.py_func = function  # type: ignore[attr-defined]
    return cast("Scalar[Arguments, Answer]", function)
