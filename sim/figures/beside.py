"""Rates from the tables that runs leave beside their months: roll rates, vintage curves, conversion, recoveries.

Each takes the rows of such a table as a frame, pools all runs in it, and gives rates with the amounts that they are
made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OWES_NOTHING = "nothing owed"
OF_A_RUN = ("point", "arm", "scenario", "replication")


def roll_rates_of(rolls: pd.DataFrame, *, by_month: bool = True) -> pd.DataFrame:
    """Roll rates by balance and by number, of accounts that owed something or were pursued.

    Parameters
    ----------
    rolls : DataFrame
        Rows of the table ``rolls`` of some runs.
    by_month : bool
        A rate for each month, or one of all months together.

    Returns
    -------
    DataFrame
        ``borrower``, ``month`` where asked for, ``state_before``, ``state_after``, ``accounts``, ``balance_before``,
        ``balance_after`` (fen), ``by_number`` and ``by_balance``: the part of all accounts that were in the state
        before a month, and of their balance, that went to the state after. Rates of a state before add up to one;
        there is none by balance of accounts whose loan is charged off, for nothing stands on the book of them.
    """
    owing = rolls[rolls["state_before"].astype(str) != OWES_NOTHING]
    before = ["borrower", *(["month"] if by_month else []), "state_before"]
    amounts = ["accounts", "balance_before", "balance_after"]
    kinds = {name: str for name in ("borrower", "state_before", "state_after")}
    found = owing.astype(kinds).groupby([*before, "state_after"])[amounts].sum().reset_index()
    whole = found.groupby(before)[["accounts", "balance_before"]].transform("sum")
    return found.assign(
        by_number=found["accounts"] / whole["accounts"],
        by_balance=found["balance_before"] / whole["balance_before"].where(whole["balance_before"] > 0),
    )


def vintage_curves_of(vintages: pd.DataFrame) -> pd.DataFrame:
    """Vintage curves: parts of a quarter's loans by their age.

    Parameters
    ----------
    vintages : DataFrame
        Rows of the table ``vintages`` of some runs.

    Returns
    -------
    DataFrame
        ``borrower``, ``vintage``, ``age``, the sums, and ``ever_30_rate`` and ``ever_90_rate`` of accounts,
        ``gross_loss_rate`` and ``net_loss_rate`` of what was drawn, all so far.
    """
    keys = ["borrower", "vintage", "age"]
    amounts = [name for name in vintages.columns if name not in (*keys, *OF_A_RUN)]
    found = vintages.astype({"borrower": str}).groupby(keys)[amounts].sum().reset_index()
    return found.assign(
        ever_30_rate=found["ever_30"] / found["accounts"],
        ever_90_rate=found["ever_90"] / found["accounts"],
        gross_loss_rate=found["charged_off"] / found["drawn"],
        net_loss_rate=(found["charged_off"] - found["recovered"]) / found["drawn"],
    )


def lines_before_default_of(exposure: pd.DataFrame) -> pd.DataFrame:
    """Lines of those who default, by the months before: utilisation, conversion factor, loan equivalent.

    Parameters
    ----------
    exposure : DataFrame
        Rows of the table ``exposure`` of some runs.

    Returns
    -------
    DataFrame
        ``borrower``, ``months_before``, the sums over the years of default, ``utilisation``,
        ``conversion_factor`` and ``loan_equivalent``, all by amount; not-a-number where no line had anything left.
    """
    keys = ["borrower", "months_before"]
    amounts = [name for name in exposure.columns if name not in (*keys, "default_year", *OF_A_RUN)]
    found = exposure.astype({"borrower": str}).groupby(keys)[amounts].sum().reset_index()
    return found.assign(
        utilisation=found["owed"] / found["limit"].where(found["limit"] > 0),
        conversion_factor=found["converted"] / found["undrawn"].where(found["undrawn"] > 0),
        loan_equivalent=found["converted_in_order"] / found["undrawn_in_order"].where(found["undrawn_in_order"] > 0),
    )


def losses_given_default_of(recoveries: pd.DataFrame) -> pd.DataFrame:
    """What comes in on defaults within some years, and the loss given default, without discount or cost.

    Parameters
    ----------
    recoveries : DataFrame
        Rows of the table ``recoveries`` of some runs.

    Returns
    -------
    DataFrame
        ``borrower``, ``default_year``, ``years_since``, the sums, ``recovered_rate`` and
        ``loss_given_default``, fractions of the exposure of the defaults that were seen for so long.
    """
    keys = ["borrower", "default_year", "years_since"]
    amounts = ["defaults", "exposure", "recovered"]
    found = recoveries.astype({"borrower": str}).groupby(keys)[amounts].sum().reset_index()
    rate = found["recovered"] / found["exposure"].where(found["exposure"] > 0)
    return found.assign(recovered_rate=rate, loss_given_default=1.0 - rate)
