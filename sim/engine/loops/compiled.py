"""The one mark that makes a scalar function callable from compiled rules.

Elsewhere in the package nothing imports numba: a helper that a rule calls is marked with :func:`scalar`,
and a rule itself is compiled by the stage that holds it.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", covariant=True)

COMPILING = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]
"""False when the environment variable ``NUMBA_DISABLE_JIT`` is set: then every rule runs as plain Python."""

NATIVE: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
"""Options of what compiled loops alone call. It keeps no array alive, and not to count who does compiles quicker."""


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
    reordered or contracted (no fastmath). Its divisors must not be 0 where its result is used: compiled code has no
    check for that, which would keep a loop from running several rows at once, and goes on with an infinity where Python
    raises.

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
    return _marked(function, {"forceinline": True, "error_model": "numpy"})


def rule_of_loop(function: Callable[Arguments, Answer]) -> Scalar[Arguments, Answer]:
    """Mark a function that compiled loops alone call: no door for Python is compiled around it.

    Calling it from Python would crash; who wants to, calls ``py_func``.
    """
    return _marked(function, {"forceinline": True, **NATIVE})


def plain(function: Any) -> Callable[..., Any]:
    """Return a marked function as plain Python all the way down: what it calls runs as written, too.

    For a few values, where compiling would cost more than it saves: each process would do it anew, for nothing keeps
    on disk what Python calls. A function that is not marked, such as the standard library's, is returned as it is.
    """
    original = getattr(function, "py_func", None)
    if original is None:
        return cast("Callable[..., Any]", function)
    names = {
        name: plain(value) if hasattr(value, "py_func") else value
        for name, value in original.__globals__.items()
        if name in original.__code__.co_names
    }
    return FunctionType(original.__code__, names, original.__name__)


def _marked(function: Callable[Arguments, Answer], options: dict[str, Any]) -> Scalar[Arguments, Answer]:
    if COMPILING:
        # Inlined whatever its size: a call that stays a call keeps the loop around it from being vectorised.
        return cast("Scalar[Arguments, Answer]", numba.njit(**options)(function))
    function.py_func = function  # type: ignore[attr-defined]
    return cast("Scalar[Arguments, Answer]", function)
