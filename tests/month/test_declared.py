"""Figures of a user's own: exact sums of whole parts and billionths, and what is no number is told."""

from __future__ import annotations

import pytest

from sim.month.declared import OwnFigure, figure_stage, own_figures

HALF = OwnFigure("half", "mean", "cash / 2.0 - hope", ("cash", "hope"), "yuan", "x")


def counted(*rows: tuple[float, ...], figure: OwnFigure = HALF) -> dict[str, int]:
    rule = figure_stage(figure, "").rule
    totals = [sum(column) for column in zip(*(rule(*row) for row in rows), strict=True)]
    return {**dict(zip(figure.tallies, totals, strict=True)), "persons": len(rows)}


def test_a_mean_and_a_sum_are_exact_to_a_billionth():
    rows = [(3, 0.25), (0, 2.5), (10**12, 0.125)]
    flows = counted(*rows)
    assert own_figures([HALF], flows) == {"half": pytest.approx((1.25 - 2.5 + 5e11 - 0.125) / 3, abs=1e-9)}
    total = OwnFigure("total", "sum", HALF.expression, HALF.columns, "yuan", "x")
    assert own_figures([total], counted(*rows, figure=total)) == {"total": 5e11 - 1.375}
    assert own_figures([HALF], counted((1, 0.0)))["half"] == 0.5


@pytest.mark.parametrize("row", [(1, float("nan")), (10**13, 0.0), (1, float("inf"))])
def test_what_is_no_number_or_too_large_stops_the_month(row):
    with pytest.raises(ArithmeticError, match=r"half: .* is no number below 1e\+12 for 1 persons"):
        own_figures([HALF], counted((1, 0.5), row))


def test_how_a_figure_is_declared():
    share = OwnFigure("helped", "mean", "helped", ("helped",), "fraction of persons", "had help").figure
    assert (share.kind, share.over, share.period, share.formula.text) == ("share", "mean", "of persons", "mean(helped)")
    assert (HALF.figure.kind, HALF.figure.over, HALF.figure.unit) == ("index", "mean", "yuan")
    whole = OwnFigure("all", "sum", "cash", ("cash",), "fen", "cash").figure
    assert (whole.kind, whole.over, whole.formula.text) == ("money", "last", "sum(cash)"), "fen is money"
    assert len(set(HALF.tallies)) == 3
