"""Rates from tables beside the months: by hand."""

from __future__ import annotations

import math

import pandas as pd

from sim.figures.beside import lines_before_default_of, losses_given_default_of, roll_rates_of, vintage_curves_of


def test_roll_rates_by_balance_and_by_number():
    rolls = pd.DataFrame(
        [
            (0, 0, "persons", "nothing owed", "M0", 9, 0, 90),
            (0, 0, "persons", "M0", "M0", 6, 600, 500),
            (1, 0, "persons", "M0", "M0", 2, 100, 90),
            (0, 0, "persons", "M0", "M1", 2, 300, 300),
            (0, 1, "persons", "M0", "M0", 1, 50, 40),
            (0, 1, "persons", "charged off", "nothing owed", 1, 0, 0),
            (0, 1, "persons", "charged off", "charged off", 3, 0, 0),
            (0, 1, "firms", "M0", "nothing owed", 4, 7, 0),
        ],
        columns=[
            "replication",
            "month",
            "borrower",
            "state_before",
            "state_after",
            "accounts",
            "balance_before",
            "balance_after",
        ],
    )
    rates = roll_rates_of(rolls).set_index(["borrower", "month", "state_before", "state_after"])
    assert rates.loc[("persons", 0, "M0", "M1"), ["by_number", "by_balance"]].tolist() == [0.2, 0.3]
    assert rates.loc[("persons", 0, "M0", "M0"), ["accounts", "balance_after"]].tolist() == [8, 590]
    assert rates.loc[("persons", 1, "charged off", "nothing owed"), "by_number"] == 0.25
    assert math.isnan(rates.loc[("persons", 1, "charged off", "charged off"), "by_balance"])
    assert rates.loc[("firms", 1, "M0", "nothing owed"), "by_balance"] == 1.0
    assert "nothing owed" not in rates.index.get_level_values(2)
    together = roll_rates_of(rolls, by_month=False).set_index(["borrower", "state_before", "state_after"])
    assert together.loc[("persons", "M0", "M1"), "by_number"] == 2 / 11
    sums = together.groupby(["borrower", "state_before"])["by_number"].sum()
    assert sums.tolist() == [1.0] * 3


def test_vintage_curves_pool_runs():
    columns = ["replication", "borrower", "vintage", "age", "accounts", "originated", "drawn", "ever_30", "ever_90"]
    rows = [
        (0, "persons", 0, 3, 10, 100, 150, 2, 1, 1, 30, 10),
        (1, "persons", 0, 3, 30, 300, 450, 2, 0, 0, 0, 0),
        (0, "firms", 0, 3, 5, 50, 50, 5, 5, 1, 50, 5),
    ]
    table = pd.DataFrame(rows, columns=[*columns, "charged_off_accounts", "charged_off", "recovered"])
    found = vintage_curves_of(table).set_index("borrower")
    rates = ["accounts", "ever_30_rate", "ever_90_rate", "gross_loss_rate", "net_loss_rate"]
    assert found.loc["persons", rates].tolist() == [40, 0.1, 0.025, 0.05, 20 / 600]
    assert found.loc["firms", rates].tolist() == [5, 1.0, 1.0, 1.0, 0.9] and "replication" not in found


def test_lines_before_default_pool_years_and_runs():
    columns = [
        "replication",
        "borrower",
        "default_year",
        "months_before",
        "accounts",
        "exposure",
        "limit",
        "owed",
        "undrawn",
    ]
    rows = [
        (0, "persons", 0, 12, 2, 500, 400, 100, 300, 150, 200, 100),
        (0, "persons", 1, 12, 2, 500, 100, 100, 0, 0, 0, 0),
        (0, "persons", 0, 1, 4, 9, 0, 0, 0, 0, 0, 0),
    ]
    table = pd.DataFrame(rows, columns=[*columns, "converted", "undrawn_in_order", "converted_in_order"])
    found = lines_before_default_of(table).set_index("months_before")
    assert found.loc[12, ["utilisation", "conversion_factor", "loan_equivalent", "accounts"]].tolist() == [
        0.4,
        0.5,
        0.5,
        4,
    ]
    assert math.isnan(found.loc[1, "utilisation"]) and math.isnan(found.loc[1, "conversion_factor"])
    assert math.isnan(found.loc[1, "loan_equivalent"]) and "default_year" not in found


def test_losses_given_default():
    rows = [(0, "persons", 0, 1, 3, 300, 60), (1, "persons", 0, 1, 1, 100, 40), (0, "persons", 0, 2, 3, 0, 0)]
    columns = ["replication", "borrower", "default_year", "years_since", "defaults", "exposure", "recovered"]
    found = losses_given_default_of(pd.DataFrame(rows, columns=columns))
    assert found["recovered_rate"].tolist()[0] == 0.25 and found["loss_given_default"].tolist()[0] == 0.75
    assert math.isnan(found["loss_given_default"].tolist()[1]) and found["defaults"].tolist() == [4, 3]
