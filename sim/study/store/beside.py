"""Rates from the tables that a study keeps beside its months, for one package in one economy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.figures import beside
from sim.study.store.files import StoreError
from sim.study.store.reading import read_table

if TYPE_CHECKING:
    import pandas as pd


def roll_rates(folder: str | Path, scenario: str, arm: str) -> pd.DataFrame:
    """Monthly roll rates by balance and by number, all runs together; see `sim.figures.beside.roll_rates_of`.

    Raises
    ------
    StoreError
        No study, no such table, package or economy.
    """
    return _rates(folder, "rolls", scenario, arm, beside.roll_rates_of)


def vintage_curves(folder: str | Path, scenario: str, arm: str) -> pd.DataFrame:
    """Vintage curves, all runs together; see `sim.figures.beside.vintage_curves_of`.

    Raises
    ------
    StoreError
        No study, no such table, package or economy.
    """
    return _rates(folder, "vintages", scenario, arm, beside.vintage_curves_of)


def lines_before_default(folder: str | Path, scenario: str, arm: str) -> pd.DataFrame:
    """Utilisation and conversion by months before default; see `sim.figures.beside.lines_before_default_of`.

    Raises
    ------
    StoreError
        No study, no such table, package or economy.
    """
    return _rates(folder, "exposure", scenario, arm, beside.lines_before_default_of)


def losses_given_default(folder: str | Path, scenario: str, arm: str) -> pd.DataFrame:
    """Loss given default by years since; see `sim.figures.beside.losses_given_default_of`.

    Raises
    ------
    StoreError
        No study, no such table, package or economy.
    """
    return _rates(folder, "recoveries", scenario, arm, beside.losses_given_default_of)


def _rates(
    folder: str | Path, name: str, scenario: str, arm: str, rates: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    table = read_table(folder, name)
    for key, asked in (("scenario", scenario), ("arm", arm)):
        known = list(table[key].cat.categories)
        if asked not in known:
            raise StoreError(f"{folder}: has no {key} {asked!r}; it has {', '.join(known)}")
    return rates(table[(table["scenario"] == scenario) & (table["arm"] == arm)])
