"""Running a class of the user's: its file is loaded once a process, and what it raises is told in one line."""

from __future__ import annotations

import contextlib
import difflib
import functools
import importlib.util
import linecache
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from sim.figures.own import FigureError, own_figures
from sim.loan.ledger import LedgerError
from sim.study.plan.own_model import OwnModel, own_of

LONGEST = 200  # characters of what an error says of itself


class OwnModelError(Exception):
    """A class of the user's failed: one line with file, line, class, what was raised, and in which arm and scenario."""


class OwnRuleError(OwnModelError):
    """A rule of the user's made or lost money: one line with the rule, what does not add up, and in which arm."""


def class_of(own: OwnModel, base: type) -> type:
    """Load the file of a user's class and return the class.

    Parameters
    ----------
    own : OwnModel
        Text of the file and name of the class.
    base : type
        What it must be a subclass of: the engine's model.

    Raises
    ------
    OwnModelError
        One line: the file is not Python, raises when it is loaded, or has no such class.
    """
    module = _loaded(own.file_name, own.source, own.sha256)
    found = vars(module).get(own.class_name)
    mine = [name for name, one in vars(module).items() if _is_own(one, base)]
    if not _is_own(found, base):
        near = difflib.get_close_matches(own.class_name, mine, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(mine) or 'none'}"
        raise OwnModelError(f"{own.file_name}: {own.class_name} is no subclass of sim.Model in it{hint}")
    try:
        own_figures(found.FIGURES)  # type: ignore[union-attr]
    except FigureError as error:
        raise OwnModelError(f"{own.file_name}: {own.class_name}: {error}") from None
    return found  # type: ignore[return-value]


def _is_own(found: Any, base: type) -> bool:
    return isinstance(found, type) and issubclass(found, base) and found is not base


def _label(own: OwnModel) -> str:
    """Name of the compiled text, by which its lines are known in tracebacks."""
    return f"<{own.file_name} {own.sha256[:12]}>"


@functools.lru_cache(maxsize=32)
def _loaded(name: str, source: str, sha256: str) -> ModuleType:
    """Run a user's file, once a process."""
    own = OwnModel(f"{name}:", source, sha256)
    label = _label(own)
    lines = own.source.splitlines(keepends=True)
    linecache.cache[label] = (len(own.source), None, lines, label)
    module = ModuleType(f"creditcycle_own_{own.sha256[:12]}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(own.source, label, "exec", dont_inherit=True), vars(module))
    except SyntaxError as error:
        raise OwnModelError(f"{own.file_name}, line {error.lineno}: is not Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise OwnModelError(words_of(own, error)) from error
    stray = next(filter(None, (_beside(one) for one in vars(module).values())), "")
    if stray:
        raise OwnModelError(
            f"{own.file_name}: imports {stray}, a file that the study does not keep: put what you need of it into "
            f"{own.file_name}, or install it as a package"
        )
    return module


def _beside(found: Any) -> str:
    """Name of the module that something comes from, where that is a loose file, neither installed nor ours."""
    name = found.__name__ if isinstance(found, ModuleType) else getattr(found, "__module__", None)
    module = sys.modules.get(name) if isinstance(name, str) else None
    origin = getattr(module, "__file__", None)
    if origin is None or name.partition(".")[0] == "sim":  # type: ignore[union-attr]
        return ""
    homes = {Path(home).resolve() for home in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    homes |= {Path(one).resolve() for one in sys.path if "site-packages" in one or "dist-packages" in one}
    homes.add(Path(str(importlib.util.__file__)).resolve().parents[1])  # the standard library
    place = Path(origin).resolve()
    return "" if any(place.is_relative_to(home) for home in homes) else str(name)


@contextlib.contextmanager
def told(config: Any, where: str) -> Iterator[None]:
    """Say in one line what a user's class raised, or that a rule of the user's lost money; let everything else through.

    Parameters
    ----------
    config : object
        The configuration that runs: ``model`` is the user's class, and ``own`` the user's rules, where there are any.
    where : str
        Package and scenario.

    Raises
    ------
    OwnModelError
        With a class, in the place of anything that was raised, but what befell the machine outside of its own lines.
    OwnRuleError
        Without a class, in the place of books that do not close where a rule of the user's moves money.
    """
    own = own_of(config)
    try:
        yield
    except (Exception, SystemExit) as error:
        if isinstance(error, OwnModelError):
            raise
        if own is None:
            rules = config.own.of_money if isinstance(error, LedgerError) and hasattr(config, "own") else []
            if not rules:
                raise
            raise OwnRuleError(
                f"{' or '.join(rules)} makes or loses money, for the books do not close: {error} ({where})"
            ) from error
        if isinstance(error, MemoryError | OSError) and _place(own, error) is None:
            raise
        raise OwnModelError(f"{words_of(own, error)} ({where})") from error


def words_of(own: OwnModel, error: BaseException) -> str:
    """File, line, class and what was raised."""
    place = _place(own, error)
    said = " ".join(str(error).split())[:LONGEST]
    kind, parts = type(error).__name__, [own.file_name]
    if place is not None:
        parts.append(f"line {place[1]}")
    parts += [own.class_name] if own.class_name else []  # while it is loaded, none is meant yet
    if place is not None and own.class_name:
        parts.append(f"{place[0].f_code.co_qualname}{_number(place[0])}")
    at = ", ".join(parts)
    return f"{at}: {kind}: {said}" if said else f"{at}: {kind}"


def _place(own: OwnModel, error: BaseException) -> tuple[FrameType, int] | None:
    """Innermost line of the user's file that led to an error; None where no line of it did."""
    label, found = _label(own), None
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == label:
            found = frame, line
    cause = error.__cause__
    return found if cause is None else _place(own, cause) or found


def _number(frame: FrameType) -> str:
    """Which added agent was at it, where one was."""
    number = getattr(frame.f_locals.get("self"), "unique_id", None)
    return f" of agent {number}" if isinstance(number, int) else ""
