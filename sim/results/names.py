"""Names that somebody asks a study for: a wrong one is an error in one line, with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.config.errors import nearest, refusal, shown

MOST_LISTED = 12
"""Names that a line lists; more are counted."""


class UnknownName(KeyError):
    """A study has no package, scenario, figure, table or column of this name; one line with the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownAttribute(AttributeError):
    """A study answers to no such name; one line with the nearest."""


class NotOfThisStudy(ValueError):
    """What is asked for needs something that this study does not have; one line."""


def listed(names: Iterable[str]) -> str:
    """Write names one after the other, or how many there are with the first of them."""
    known = list(names)
    if len(known) <= MOST_LISTED:
        return "one of " + ", ".join(known) if known else "there is none"
    return f"one of {len(known)}, such as {', '.join(known[:3])}"


def known(kind: str, name: str, names: Iterable[str]) -> str:
    """Return a name that is among those that a study has.

    Parameters
    ----------
    kind : str
        What the name is one of, such as ``figure``.
    name : str
        The name that was asked for.
    names : iterable of str
        Those that there are.

    Raises
    ------
    UnknownName
        It is none of them.
    """
    there = [str(one) for one in names]
    if not isinstance(name, str) or name not in there:
        raise UnknownName(refusal(kind, name, listed(there), nearest(str(name), there)))
    return name


def chosen(kind: str, wanted: str | Sequence[str] | None, names: Iterable[str]) -> list[str]:
    """Return the names that were asked for, one or several, each once; all where none was.

    Raises
    ------
    UnknownName
        One of them is not there.
    """
    there = [str(one) for one in names]
    if wanted is None:
        return there
    return list(dict.fromkeys(known(kind, name, there) for name in ([wanted] if isinstance(wanted, str) else wanted)))


def attribute_refused(name: str, names: Iterable[str]) -> str:
    """One line that says that a study does not answer to a name."""
    near = nearest(name, names)
    return f"{shown(name)} is nothing that a study answers to" + (f"; did you mean {near}?" if near else "")
