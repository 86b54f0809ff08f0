"""Whose life is asked for: the rows of a panel for one person or firm, in one economy, under one or two packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SOME = 8
"""Numbers that a refusal names."""
NOT_COMPARED = ("arm", "scenario", "replication", "rule", "event")
"""Columns that say whose the row is, or repeat in words what others hold."""


class NotInThePanelError(ValueError):
    """Who or what was asked for is not there; the line says what is."""


@dataclass(frozen=True)
class Life:
    """One person's or firm's months under each package, in the order of packages; and who it is.

    ``sides`` hold the rows of the panel by month; ``differs`` is the first month in which anything in them differs,
    in the columns ``differs_in``, and ``truly_differs`` the first in which anything that is true beside the account
    does; -1 for none.
    """

    who: str
    number: int
    scenario: str
    replication: int
    sides: Mapping[str, pd.DataFrame]
    differs: int
    differs_in: tuple[str, ...]
    truly_differs: int


def choose(
    panel: pd.DataFrame,
    who: str,
    number: int,
    arms: Sequence[tuple[str, str]],
    *,
    scenario: str = "",
    packages: Sequence[str] = (),
    replication: int = 0,
) -> Life:
    """Find one life in a panel.

    Parameters
    ----------
    panel : DataFrame
        The table ``panel``, or ``panel_firms``.
    who : str
        ``person`` or ``firm``.
    number : int
        Its number.
    arms : sequence of (str, str)
        Packages with the parent that each is compared with, empty for none, in the order of the study.
    scenario : str
        Economy; empty: the first one.
    packages : sequence of str
        One or two; empty: the package under which the life differs in most months, beside its parent.

    Raises
    ------
    NotInThePanelError
        One line.
    """
    names = [name for name, _ in arms]
    scenario = (
        _known("economy", scenario, list(panel["scenario"].cat.categories))
        if scenario
        else panel["scenario"].cat.categories[0]
    )
    for name in packages:
        _known("packages", name, names)
    if len(packages) > 2 or len(set(packages)) < len(packages):
        raise NotInThePanelError(f"packages: {','.join(packages)} is not allowed: one package, or two that differ")
    runs = sorted(panel["replication"].unique().tolist())
    if replication not in runs:
        raise NotInThePanelError(f"replication: {replication} is not allowed: from {runs[0]} to {runs[-1]}")
    there = panel[(panel["scenario"] == scenario) & (panel["replication"] == replication)]
    mine = there[there[who] == number]
    if mine.empty:
        known = sorted(there[who].unique().tolist())
        raise NotInThePanelError(
            f"{who}: {number} is not in the panel of {len(known)} in {scenario}, replication {replication}: "
            f"{', '.join(map(str, _spread(known)))} are, for example; a larger study.panel keeps more"
        )
    sides = {name: rows.set_index("month").sort_index() for name, rows in mine.groupby(mine["arm"].astype(str))}
    pair = tuple(packages) or most_different(sides, arms)
    missing = [name for name in pair if name not in sides]
    if missing:
        raise NotInThePanelError(f"{who}: {number} is not there under {missing[0]}; it is under {', '.join(sides)}")
    chosen = {name: sides[name] for name in pair}
    if who == "firm" and len(chosen) > 1 and any(rows.index[0] >= 0 for rows in chosen.values()):
        raise NotInThePanelError(
            f"firm: {number} was founded after the policy date, and may be another firm under another package: "
            f"name one with --packages, such as {pair[-1]}"
        )
    differs, truly = first_difference(chosen), first_difference(chosen, TRUE)
    return Life(who, number, scenario, replication, chosen, differs, _unlike(chosen, differs), truly)


def _known(key: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        near = get_close_matches(value, allowed, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise NotInThePanelError(f"{key}: {value} is not allowed: one of {', '.join(allowed)}{hint}")
    return value


def _spread(numbers: Sequence[int]) -> list[int]:
    """A few of many, from end to end."""
    step = max(len(numbers) / SOME, 1.0)
    return [numbers[int(place * step)] for place in range(min(SOME, len(numbers)))]


def most_different(sides: Mapping[str, pd.DataFrame], arms: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The package under which a life differs in most months from that under its parent, and that parent first."""
    pairs = [(parent, name) for name, parent in arms if name in sides and parent in sides]
    if not pairs:
        return tuple(name for name, _ in arms if name in sides)[:1]
    return max(pairs, key=lambda pair: len(different_months(*(sides[name] for name in pair))))


def different_months(one: pd.DataFrame, other: pd.DataFrame, only: Sequence[str] = ()) -> list[int]:
    """Months in which two lives differ: in what is noted of both, or in some columns of it, or in who is there."""
    both = one.index.intersection(other.index)
    columns = [name for name in one.columns if name not in NOT_COMPARED and (not only or name in only)]
    unlike = (one.loc[both, columns].astype(str) != other.loc[both, columns].astype(str)).any(axis=1)
    alone = one.index.symmetric_difference(other.index)
    return sorted({*both[unlike.to_numpy()].tolist(), *alone.tolist()})


def first_difference(sides: Mapping[str, pd.DataFrame], only: Sequence[str] = ()) -> int:
    """First month, from 0 on, in which two lives differ, or in which some columns of them do; -1 for none."""
    if len(sides) < 2:
        return -1
    one, other = sides.values()
    return next(iter(different_months(one, other, only)), -1)


def _unlike(sides: Mapping[str, pd.DataFrame], month: int) -> tuple[str, ...]:
    """Columns in which two lives differ in a month in which both are there."""
    if month < 0 or any(month not in rows.index for rows in sides.values()):
        return ()
    one, other = (rows.loc[month] for rows in sides.values())
    return tuple(name for name in one.index if name not in NOT_COMPARED and str(one[name]) != str(other[name]))


TRUE = (
    *("employed", "income", "essential", "cash", "other_debt", "other_past_due", "can_pay", "unwilling", "cause"),
    *("trading", "staff", "sales", "profit_average", "receivables", "claims", "debts", "diverted", "failure"),
)
"""Columns that hold what is true of a person or of a firm."""


def arms_of(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Packages of a study with the parent that each is compared with."""
    return [(str(one["name"]), str(one.get("parent") or "")) for one in manifest["arms"]]
