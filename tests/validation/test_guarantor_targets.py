"""Measures of what a guarantee moves, of calm levels and of firms' rolls, on books written by hand."""

import math

import numpy as np
import pytest

from sim.config.compose import compose
from sim.loan.states import LINE_NONE, LINE_OPEN
from tests.validation.test_targets import book, followed, world_of
from validation.targets import exposure, gradients, guarantor, pairs
from validation.targets.runs import GUARANTEED, THIN, YEAR, Run, live


def test_a_fund_recovers_of_what_it_paid() -> None:
    months = {"fund_recoveries": [0.0, 3.0], "compensation_fund": [10.0, 5.0], "compensation_paid": [99.0, 99.0]}
    covered = Run({name: np.array(values) for name, values in months.items()})
    assert guarantor.recovered_by_fund([world_of(covered=covered)]) == pytest.approx(3 / 15)


def claim(of: float, falls: dict[int, float], months: int = 20) -> list[float]:
    """What of a claim made in month 1 is left, month by month."""
    left = [0.0, *[of] * (months - 1)]
    for month, paid in falls.items():
        left[month:] = [amount - paid for amount in left[month:]]
    return left


def test_what_debtors_pay_in_the_year_after_the_payment_is_held_against_the_claim() -> None:
    """Paid in month 4: 50 before it are none of it, 7 and 5 in the year after, 9 come too late."""
    one = claim(200.0, {3: 30, 4: 20, 5: 7, 16: 5, 17: 9})
    whole = claim(100.0, {6: 100})
    late = [0.0] * 10 + [500.0] * 10  # claimed too late to be followed for a year
    run = followed(triggered=np.transpose([whole, late]))
    covered = Run({}, book([[0] * 20], triggered=[one]).panel, firms=run.firms)
    worlds = [world_of(covered=covered)]
    assert guarantor.recovered_in_first_year(worlds) == pytest.approx((12 + 100) / (200 + 100))
    short = Run({}, book([[0] * 15], triggered=[one[:15]]).panel)
    assert math.isnan(guarantor.recovered_in_first_year([world_of(covered=short)]))


def test_an_account_pays_no_more_than_its_claim() -> None:
    """60 claimed in month 1 and 40 more in month 4; all 100 paid in month 5, of the second before its payment."""
    left = np.array([[0.0, *[60.0] * 3, 100.0, *[0.0] * 20]], np.float32).T
    assert guarantor.paid_on_claims(left) == (100.0, 60.0)


def test_a_claim_is_paid_after_the_months_of_the_contract() -> None:
    sharing = compose([GUARANTEED]).sharing
    assert (sharing.payment_lag, sharing.claim_trigger) == (guarantor.LAG, "months_past_due")


def test_lines_are_compared_while_the_guarantee_is_open() -> None:
    """Four lines open in month 1 and one in month 2, when the fund has stopped; the fourth is never drawn on."""
    months = YEAR + 4
    shut, first = [5] + [LINE_OPEN] * (months - 1), [5, 5] + [LINE_OPEN] * (months - 2)
    lines = [shut, shut, shut, shut, first]
    falls, fine, later = [0] * 5 + [4] * (months - 5), [0] * months, [0] * (YEAR + 2) + [4, 4]
    owed = [[50] * months] * 3 + [[0] * months] + [[50] * months]
    covered = book([falls, fine, later, fine, falls], line=lines, principal=owed)
    calm = book([fine, fine, fine, fine, falls], line=lines, principal=owed)
    state = np.array([0.0, 0.0, *[1.0] * (months - 2)])
    worlds = [world_of(covered=Run({"fund_state": state}, covered.panel), calm=calm)]
    assert guarantor.defaults_of_new(covered)[:, :4].tolist() == [[0, 3, 1, 0], [0, 1, 1, 0]]
    assert guarantor.more_defaults(worlds) == pytest.approx(100.0 / 3)


def test_lines_that_are_not_seen_for_a_year_are_not_counted() -> None:
    late = book([[0] * 12 + [4]], line=[[LINE_NONE] + [LINE_OPEN] * 12])
    assert guarantor.defaults_of_new(late).sum() == 0.0


def test_calm_arrears_and_losses_are_of_persons() -> None:
    told = {"person_delinquent_90": [0.01, 0.02], "person_delinquent_30": [0.03, 0.03], "charged_off": [5.0, 7.0],
            "firm_charged_off": [3.0, 5.0], "person_outstanding": [100.0, 300.0]}  # fmt: skip
    worlds = [world_of(calm=Run({name: np.array(values) for name, values in told.items()}))]
    found = {name: exposure.calm_level(name)(worlds) for name in ("delinquent_30", "ratio_90_30", "charge_offs")}
    assert found == pytest.approx({"delinquent_30": 0.03, "ratio_90_30": 0.5, "charge_offs": 12 * 4 / 400})


def test_firms_rolls_are_of_firms() -> None:
    firms = followed(months_past_due=[[2, 2, 0], [3, 0, 0]], principal=[[40, 10, 900], [30, 10, 900]],
                     trading=[[1, 0, 1], [0, 0, 1]])  # fmt: skip
    calm = Run({}, book([[2, 3]]).panel, firms=firms.firms)
    assert exposure.stock_ratio(3, "firms")([world_of(calm=calm)]) == pytest.approx(30 / 50)
    assert exposure.stock_ratio(3)([world_of(calm=calm)]) == pytest.approx(1.0)


def test_who_opens_a_line_is_ranked_by_what_is_asked() -> None:
    """Forty lines: of the four with the lowest incomes two fall behind, of the upper half one, the best by score."""
    months = YEAR + 1
    bad = [k in (0, 1, 39) for k in range(40)]
    run = book(
        [[0, *([4 * b] * YEAR)] for b in bad],
        line=[[LINE_OPEN] * months] * 40,
        score=[[500 - k] * months for k in range(40)],
        income_permanent=[[100 + k] * months for k in range(40)],
    )
    worlds = [world_of(everyone=run)]
    by_score = gradients.on_opening("everyone", gradients.lowest_over_highest_tenth)
    by_income = gradients.on_opening("everyone", gradients.lowest_tenth_over_upper_half, "income_permanent")
    assert by_score(worlds) == pytest.approx((1 / 4) / (2 / 4))
    assert by_income(worlds) == pytest.approx((2 / 4) / (1 / 20))


def test_a_lender_on_thin_capital_has_a_third_of_it_and_may_fail() -> None:
    fails, lives = (Run({"lender_failed": np.array([0.0, *last])}) for last in ([1.0, 1.0], [0.0, 0.0]))
    worlds = [world_of(thin=fails), world_of(thin=lives), world_of(thin=lives), world_of(thin=lives)]
    assert pairs.fails_on_thin_capital(worlds) == pytest.approx(0.25)
    usual, thin = (compose(words).lender for words in ((), THIN))
    for name in ("equity_per_borrower", "target_capital_ratio", "minimum_capital_ratio"):
        assert getattr(thin, name) == pytest.approx(getattr(usual, name) / 3, rel=1e-3)
    assert thin.leverage_cap == 3 * usual.leverage_cap


def test_firms_claims_are_followed_under_the_guarantee() -> None:
    run = live(8, 1, 1_500, [GUARANTEED], watched=("triggered",), followed=True)
    assert run.firms["triggered"].shape[0] == run.panel["triggered"].shape[0] == 8
    claimed = sum(float(np.maximum(np.diff(book["triggered"], axis=0), 0).sum()) for book in (run.panel, run.firms))
    assert claimed > 0.0
