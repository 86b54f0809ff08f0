"""Figures of lines before default against the accounts of every month, looked up one by one; an outlook that moves."""

from __future__ import annotations

import pytest

import sim
from sim.loan.states import LINE_OPEN

WORLD = ("population.borrowers=900", "study.burn_in=3", "machine.threads=1", "economy=severe_recession",
         "economy.shock_lag=0", "behaviour.strategic_hazard=0.02", "firms=none")  # fmt: skip
COLUMNS = ("principal", "interest", "limit", "line", "months_past_due", "default_month", "written_off")


@pytest.fixture(scope="module")
def lived():
    """The accounts at every close, and the records."""
    model, closes = sim.Model(sim.compose([*WORLD])), []
    for _ in range(26):
        model.step()
        columns = [model.accounts[name].tolist() for name in COLUMNS]
        closes.append([dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)])
    return model.records, closes


def owed(row):
    return row["principal"] + row["interest"]


def open_line(row):
    return row["limit"] if row["line"] == LINE_OPEN and row["months_past_due"] < 4 else 0


def defaulters(closes, month):
    """Places of those who default in a month of the run, and what they owe."""
    counted = {place: row for place, row in enumerate(closes[month]) if row["default_month"] == month - 3}
    return {place: owed(row) + row["written_off"] for place, row in counted.items()}


def before(closes, month, back, place):
    """The account so many months ago; None where it was not there."""
    then = closes[month - back] if back <= month else []
    return then[place] if place < len(then) else None


@pytest.mark.parametrize("back", [3, 6, 12])
def test_conversion_of_every_month(lived, back):
    records, closes = lived
    seen = 0
    for month, record in enumerate(records):
        left = added = 0
        for place, exposure in defaulters(closes, month).items():
            row = before(closes, month, back, place)
            if row is not None and open_line(row) > owed(row):
                left, added = left + open_line(row) - owed(row), added + exposure - owed(row)
        assert record["exposure_at_default"] == sum(defaulters(closes, month).values())
        assert record[f"undrawn_before_{back}"] == left
        assert record[f"conversion_before_{back}"] == (added / left if left else 0.0)
        seen += left > 0
    assert seen > 5


def test_utilisation_and_the_cohort_of_every_month(lived):
    records, closes = lived
    for month, record in enumerate(records):
        bad = {place: before(closes, month, 6, place) for place in defaulters(closes, month)}
        lines = [(open_line(row), owed(row)) for row in bad.values() if row is not None and open_line(row)]
        assert record["limit_before_6"] == sum(limit for limit, _ in lines)
        assert record["utilisation_before_6"] == (
            sum(used for _, used in lines) / sum(limit for limit, _ in lines) if lines else 0.0
        )
        first: dict[int, int] = {}
        for earlier in range(max(month - 11, 0), month + 1):
            first = {**defaulters(closes, earlier), **first}
        left = added = 0
        for place, exposure in first.items():
            row = before(closes, month, 12, place)
            if row is not None and row["months_past_due"] == 0 and open_line(row) > owed(row):
                left, added = left + open_line(row) - owed(row), added + exposure - owed(row)
        assert record["undrawn_of_cohort"] == left
        assert record["conversion_of_cohort"] == (added / left if left else 0.0)
    assert left > 0


def test_the_allowance_rises_with_unemployment_before_arrears_do():
    """The same book, and news of four points more."""
    model = sim.Model(sim.compose([*WORLD[:3], "provisioning=ifrs9"]))
    for _ in range(16):
        model.step()
    experience = model.lender.experience
    calm = experience.rates(model.lender.matrix)
    experience.stages.macro.gaps[-1] += 4.0
    news = experience.rates(model.lender.matrix)
    assert (news > calm).all() and (news[:2] > 1.2 * calm[:2]).all()
