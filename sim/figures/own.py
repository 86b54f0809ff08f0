"""Figures that a user's own model declares: name, unit, meaning, and how months combine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sim.figures.catalog import FIGURES, SHIPPED
from sim.figures.figure import Figure, of_a_user
from sim.figures.formula import told

COMBINED = ("sum", "mean", "last")
"""How months of such a figure may combine."""
KEYS = ("arm", "scenario", "replication", "month", "point")
"""Columns of a result that are no figures."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LONGEST = 200  # characters of a unit or a meaning

OWN: dict[str, Figure] = {}
"""Those of the study that this process composed or read last, and of those before it; the last declaration of a name
holds, so that who answers for a study declares its figures first (`declare_units`)."""


class FigureError(ValueError):
    """A figure of a user's own is not declared as it must be, or is not what was declared."""


def own_figures(declared: Any) -> tuple[tuple[str, str, str, str], ...]:
    """Check what a class declares as its figures.

    Parameters
    ----------
    declared : mapping of str to tuple
        Name to ``(unit, meaning)`` or ``(unit, meaning, combined)``, the last one of `COMBINED`.

    Returns
    -------
    tuple of (name, unit, meaning, combined)

    Raises
    ------
    FigureError
        One line that names the figure and what is allowed.
    """
    if not isinstance(declared, Mapping):
        raise FigureError("FIGURES: must be a dictionary of names with (unit, meaning)")
    return tuple(_checked(name, said) for name, said in declared.items())


def _checked(name: Any, said: Any) -> tuple[str, str, str, str]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise FigureError(f"FIGURES: {name!r} is no name: small letters, digits and _, at most 60")
    if name in FIGURES or name in KEYS:
        raise FigureError(f"FIGURES: {name} is the name of another figure or column, name it otherwise")
    if not isinstance(said, tuple | list) or len(said) not in (2, 3):
        raise FigureError(f"FIGURES: {name}: must be (unit, meaning) or (unit, meaning, combined)")
    unit, meaning, combined = (*said, "mean")[:3]
    for text in (unit, meaning):
        if not isinstance(text, str) or not text.strip() or not text.isprintable() or len(text) > LONGEST:
            raise FigureError(f"FIGURES: {name}: unit and meaning are texts of 1 to {LONGEST} characters on one line")
    if combined not in COMBINED:
        raise FigureError(f"FIGURES: {name}: months combine by one of {', '.join(COMBINED)}, not {combined!r}")
    return name, unit, meaning, combined


def declare(rows: Iterable[Iterable[str]]) -> None:
    """Make figures of a user's own known to tables and pages, as `own_figures` returns them."""
    for name, unit, meaning, combined in rows:
        OWN[name] = of_a_user(name, unit, meaning, combined, told(""))


def declare_units(units: Mapping[str, Any]) -> list[str]:
    """Make the figures of a user's own in a study known, whether rules or models brought them.

    Parameters
    ----------
    units : mapping of str to mapping
        As a manifest has them: of each figure ``unit``, ``meaning`` and ``combined``.

    Returns
    -------
    list of str
        Their names, in the order of the results.
    """
    own = {name: entry for name, entry in units.items() if name not in SHIPPED and entry.get("combined") in COMBINED}
    declare((name, entry["unit"], entry.get("meaning", ""), entry["combined"]) for name, entry in own.items())
    return list(own)
