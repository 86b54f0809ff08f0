"""Results by segment, and who gains and who loses, as tables with rates worked out.

What runs leave is sums, so that rows add up; here stands what a reader asks for: means of month ends and rates.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.store.journal import POINT
from sim.study.store.reading import read_table

if TYPE_CHECKING:
    import pandas as pd

YEAR = 12.0
MONTH_ENDS = "_month_ends"
WITH_PARENT = "_with_parent"
FEN = ("limits", "outstanding", "drawn", "interest_received", "charged_off", "recovered", "claims", "sales")
UNITS = {
    **dict.fromkeys(("loss_rate", "price", "return_on_loans"), "fraction a year"),
    **dict.fromkeys(("past_due_30", "past_due_90"), "fraction of outstanding"),
    "approval_rate": "fraction of applications decided",
}


def segments(folder: str | Path) -> pd.DataFrame:
    """Results of each run by year after the policy date and segment.

    Parameters
    ----------
    folder : str or Path
        A finished study that kept its tables (``study.detail``).

    Returns
    -------
    pandas.DataFrame
        One row for each arm, scenario, replication, year, borrower (persons or firms), dimension and segment.
        ``customers``, ``jobs``, ``open_lines``, ``limits`` and ``outstanding`` are means over month ends; flows are
        sums over the ``months`` of the year; rates are a year. Rates of nothing are empty. ``attrs["units"]`` has the
        units.

    Raises
    ------
    StoreError
        If the folder holds no study, or none that kept this table.
    """
    return _with_figures(read_table(folder, "segments"))


def mean_segments(folder: str | Path) -> pd.DataFrame:
    """Results by year after the policy date and segment, means over the runs of each arm and scenario.

    A run in which a segment is empty counts as nothing, so that means of segments add up to those of the months; rates
    are those of all runs together.

    Returns
    -------
    pandas.DataFrame
        As `segments` has it, without replications.

    Raises
    ------
    StoreError
        If the folder holds no study, or none that kept this table.
    """
    found = read_table(folder, "segments")
    of = [name for name in (POINT, "arm", "scenario") if name in found]
    keys = [*of, "year", "months", "borrower", "dimension", "segment"]
    runs = found.groupby(of, observed=True)["replication"].nunique()
    sums = found.drop(columns="replication").groupby(keys, observed=True, sort=False).sum().reset_index()
    each = sums[of].join(runs.rename("runs"), on=of)["runs"]
    means = sums.assign(**{name: sums[name] / each for name in sums if name not in keys})
    return _with_figures(means.sort_values([*of, "year"], kind="stable", ignore_index=True))


def _with_figures(found: pd.DataFrame) -> pd.DataFrame:
    """Put means of month ends and rates in place of sums."""
    outstanding = found["outstanding" + MONTH_ENDS]
    found = with_rates(found, outstanding)
    for name in ("past_due_30", "past_due_90"):
        found[name] = _ratio(found.pop(name + MONTH_ENDS), outstanding)
    found["approval_rate"] = _ratio(found["approvals"], found["applications_decided"])
    for name in [name for name in found if name.endswith(MONTH_ENDS)]:
        place = found.columns.get_loc(name)
        found.insert(place, name.removesuffix(MONTH_ENDS), found.pop(name) / found["months"])
    found.attrs["units"] = _units(found)
    return found


def with_rates(found: pd.DataFrame, outstanding: pd.Series, suffix: str = "") -> pd.DataFrame:
    """Add the price of draws, and interest and losses over what was owed, a year."""
    lent, owed = found["drawn" + suffix], outstanding / YEAR
    price = _ratio(found.pop("rate_of_draws" + suffix), lent)
    lost = found["charged_off" + suffix] - found["recovered" + suffix]
    rates = {"price": price, "return_on_loans": _ratio(found["interest_received" + suffix], owed)}
    rates["loss_rate"] = _ratio(lost, owed)
    return found.assign(**{name + suffix: values for name, values in rates.items()})


def gains(folder: str | Path) -> pd.DataFrame:
    """Who gains and who loses by each package, against its parent, with the same luck: each run by segment and outcome.

    Parameters
    ----------
    folder : str or Path
        A finished study that kept its tables (``study.detail``).

    Returns
    -------
    pandas.DataFrame
        One row for each arm with a parent, scenario, replication, borrower, event, dimension, segment and ``outcome``:
        the event (a ``default``, or the ``failure`` of a firm) was ``saved``, ``caused``, ``in both`` or ``in
        neither``, or the firm is ``parent's alone`` or ``its own alone``. ``number`` counts persons or firms; amounts
        are sums over all months after the policy date, and ``..._with_parent`` those of the parent's run; what ends in
        ``_month_ends`` is a sum over month ends. Rows of one event and dimension add up to the two runs.
        ``attrs["units"]`` has the units.

    Raises
    ------
    StoreError
        If the folder holds no study, or none that kept this table.
    """
    found = read_table(folder, "gains")
    for suffix in (WITH_PARENT, ""):
        found = with_rates(found, found["outstanding" + MONTH_ENDS + suffix], suffix)
    found.attrs["units"] = _units(found)
    return found


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """A quotient, empty where there is no whole."""
    return part / whole.where(whole > 0)


def _units(found: pd.DataFrame) -> dict[str, str]:
    units = {}
    for name in found:
        plain = name.removesuffix(WITH_PARENT).removesuffix(MONTH_ENDS)
        if plain in UNITS:
            units[name] = UNITS[plain]
        elif plain in FEN or plain.startswith("claims_on_"):
            units[name] = "fen"
    return units
