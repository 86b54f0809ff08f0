"""Risk weights against the published table; expected losses and classes against closed forms and worked cases."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.capital import (
    capital_requirement,
    corporate_weight,
    mortgage_weight,
    retail_weight,
    revolving_weight,
    risk_weighted,
)
from sim.lender.impairment import (
    Scenario,
    class_of,
    default_hazards,
    default_probabilities,
    expected_credit_loss,
    five_category_rates,
    moves_of,
    three_stage_rates,
)
from sim.lender.provisioning import as_written, classes_of, stages_of, times

# Basel II, June 2006, Annex 5: illustrative IRB risk weights, percent, LGD 45 % (and M 2.5 years).
PD = np.array([0.03, 0.05, 0.10, 0.25, 0.40, 0.50, 0.75, 1.00, 1.30, 1.50, 2.00, 2.50, 3.00]) / 100
ANNEX_5 = {
    "corporate": (14.44, 19.65, 29.65, 49.47, 62.72, 69.61, 82.78, 92.32, 100.95, 105.59, 114.86, 122.16, 128.44),
    "sme": (11.30, 15.39, 23.30, 39.01, 49.49, 54.91, 65.14, 72.40, 78.77, 82.11, 88.55, 93.43, 97.58),
    "mortgage": (4.15, 6.23, 10.69, 21.30, 29.94, 35.08, 46.46, 56.40, 67.00, 73.45, 87.94, 100.64, 111.99),
    "retail": (4.45, 6.63, 11.16, 21.15, 28.42, 32.36, 40.10, 45.77, 50.80, 53.37, 57.99, 60.90, 62.79),
    "revolving": (0.98, 1.51, 2.71, 5.76, 8.41, 10.04, 13.80, 17.22, 21.02, 23.40, 28.92, 33.98, 38.66),
}
OURS = {
    "corporate": corporate_weight(PD),
    "sme": corporate_weight(PD, turnover=5.0),
    "mortgage": mortgage_weight(PD),
    "retail": retail_weight(PD),
    "revolving": revolving_weight(PD),
}
# The same table at other losses: mortgages at 25 %, other retail and revolving at 85 %.
OTHER_LOSSES = {
    "mortgage": (mortgage_weight(PD[:7], 0.25), (2.30, 3.46, 5.94, 11.83, 16.64, 19.49, 25.81)),
    "retail": (retail_weight(PD[:7], 0.85), (8.41, 12.52, 21.08, 39.96, 53.69, 61.13, 75.74)),
    "revolving": (revolving_weight(PD[:7], 0.85), (1.85, 2.86, 5.12, 10.88, 15.88, 18.97, 26.06)),
}
ROLLS = np.array([0.012, 0.45, 0.6, 0.75])


@pytest.mark.parametrize("asset", list(ANNEX_5))
def test_risk_weights_are_those_of_the_published_table(asset):
    np.testing.assert_allclose(100 * OURS[asset], ANNEX_5[asset], rtol=0, atol=0.01)


@pytest.mark.parametrize("asset", list(OTHER_LOSSES))
def test_risk_weights_at_other_losses(asset):
    ours, published = OTHER_LOSSES[asset]
    np.testing.assert_allclose(100 * ours, published, rtol=0, atol=0.01)


def test_capital_is_the_vasicek_quantile_less_what_is_expected():
    """Two per cent at correlation .15: the 99.9 % quantile is .1763289."""
    assert float(capital_requirement(0.02, 1.0, 0.15)) == pytest.approx(0.1763289 - 0.02, abs=5e-8)


def test_rates_and_losses_go_together_as_arrays_do():
    found = capital_requirement([[0.01], [0.2]], [0.3, 0.6, 0.9], 0.1)
    assert found.shape == (2, 3) and found[1, 2] == float(capital_requirement(0.2, 0.9, 0.1))
    assert retail_weight(PD)[3] == float(retail_weight(PD[3])) and retail_weight(0.01).shape == ()


def test_weights_of_a_book():
    balance = np.zeros(14, dtype=np.int64)
    balance[0], balance[5] = 1_000_000, 10_000
    by_ratings, standard = risk_weighted(balance, np.array([0.01, 0.1, 0.3, 0.6]), 0.45)
    assert by_ratings == pytest.approx(457_700, abs=100)
    assert standard == pytest.approx(0.75 * 1_000_000 + 1.5 * 10_000)


def test_expected_loss_with_a_constant_hazard():
    """Hazard .02 a month: 12-month PD .2152833; without discount the loss is PD x LGD."""
    hazard, flat = np.full(12, 0.02), np.full(12, 0.6)
    assert expected_credit_loss(hazard, flat, 0.0) == pytest.approx(0.6 * 0.2152833, abs=1e-7)
    by_hand = sum(0.98 ** (t - 1) * 0.02 * 0.6 * (1 - (t - 1) / 12) / 1.01**t for t in range(1, 13))
    assert expected_credit_loss(hazard, flat * (1 - np.arange(12) / 12), 0.01) == pytest.approx(by_hand, abs=1e-12)


def test_hazards_and_probabilities_agree():
    for start, probability in enumerate(default_probabilities(ROLLS)):
        assert probability == pytest.approx(
            1 - np.prod(1 - default_hazards([moves_of(ROLLS)] * 12)[:, start]), abs=1e-12
        )
    assert default_probabilities(np.ones(4)).tolist() == [1.0] * 4
    assert default_probabilities(np.zeros(4)).tolist() == [0.0] * 4


def at(rolls, lgd, weight=1.0):
    """A scenario in which nothing changes."""
    return Scenario(weight, [moves_of(rolls)] * 12, np.full(12, lgd))


@given(st.floats(0.0, 0.05), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(1.0, 1.5))
def test_provisions_rise_with_risk_and_with_arrears(first, second, lgd, factor):
    rolls = np.array([first, second, 0.5, 0.7])
    rates = three_stage_rates([at(rolls, lgd)], 0.01, 9)
    riskier = three_stage_rates([at(np.minimum(rolls * factor, 1.0), lgd)], 0.01, 9)
    assert (riskier >= rates - 1e-12).all()
    assert rates[2] <= rates[3] + 1e-12 and rates[3] <= lgd + 1e-12
    assert rates[0] <= rates[1] + 1e-12 and (rates[4:] == lgd).all()


def test_scenarios_are_weighted():
    ways = [at(ROLLS, 0.8, 0.5), at(ROLLS * 1.2, 0.9, 0.3), at(ROLLS * 0.8, 0.7, 0.2)]
    mixed = three_stage_rates(ways, 0.01, 9)
    parts = [three_stage_rates([one._replace(weight=1.0)], 0.01, 9) for one in ways]
    np.testing.assert_allclose(mixed, 0.5 * parts[0] + 0.3 * parts[1] + 0.2 * parts[2])


def test_the_five_classes_by_days():
    """Any day: special-mention; over 90: substandard; over 270: doubtful; over 360: loss."""
    days = {0: 0, 1: 1, 3: 1, 4: 2, 9: 2, 10: 3, 12: 3, 13: 4}
    assert {months: class_of(months) for months in days} == days
    rates = five_category_rates()
    assert rates.tolist() == [0.01, *[0.02] * 3, *[0.25] * 6, *[0.5] * 3, 1.0]


def test_a_worked_case():
    """Of 100, 92 pass, 4 special-mention, 2 substandard, 1 doubtful, 1 loss: .92 + .08 + .5 + .5 + 1 = 3.00."""
    balance = np.zeros(14)
    balance[[0, 2, 5, 11, 13]] = 92, 4, 2, 1, 1
    assert float(np.dot(five_category_rates(), balance)) == pytest.approx(3.00)
    assert list(classes_of(balance).values()) == [92, 4, 2, 1], "what is a loss is charged off"
    assert list(stages_of(balance).values()) == [92, 4, 4]


def told(option: str, months: int = 48):
    given_ = ["seed=4", "population.borrowers=4000", "economy=severe_recession", f"provisioning={option}"]
    model = sim.Model(sim.compose([*given_, "machine.threads=1"]))
    for _ in range(months):
        model.step()
    return model


def test_the_lender_provides_by_the_method_chosen():
    models = {option: told(option) for option in ("matrix", "ifrs9", "five_category")}
    for option, model in models.items():
        lender, record = model.lender, model.record
        rates = model.config.provisioning.rates(lender.experience.rates(lender.matrix))
        undrawn = rates[0] * record.get("commitments", 0)
        assert record["provisions"] == math.floor(float(np.dot(rates, lender.staged)) + undrawn + 0.5), option
        assert record["provisions"] == sum(record[f"allowance_stage_{k}"] for k in (1, 2, 3))
        assert sum(record[f"stage_{k}"] for k in (1, 2, 3)) == record["outstanding"]
        assert sum(value for name, value in record.items() if name.startswith("class_")) == record["outstanding"]
        assert record["rwa_standardised"] > 0 < record["rwa_irb"] and 0 < record["coverage"] < 5
    assert len({model.record["provisions"] for model in models.values()}) == 3
    rolls = models["ifrs9"].lender.rolls
    assert 0.004 < rolls[0] < 0.2 and 0.05 < rolls[1] < rolls[2] < 1.0


def test_estimates_survive_a_checkpoint():
    model = told("ifrs9", months=20)
    again = sim.Model.fork(model.config, model.save())
    model.step()
    again.step()
    assert again.record == model.record


def test_a_rate_is_the_decimal_that_a_setting_says():
    """Two per cent of 25 fen are half a fen, exactly: the nearest binary fraction of .02 lies above it."""
    assert as_written(0.02) == Fraction(1, 50) != Fraction(0.02)
    assert as_written(0.02) * 25 == Fraction(1, 2)
    assert times(as_written(0.06), 100) == 6 and times(Fraction(0), 7) == 0
