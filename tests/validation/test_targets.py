"""Measures of published figures: on books written by hand, and on a small world."""

import math
import weakref
from dataclasses import fields
from statistics import NormalDist

import numpy as np
import pytest

from sim.loan.states import LINE_OPEN
from validation.closed_forms import FACTOR, conditional_default
from validation.targets import allowance, exposure, firms, gradients, pairs, us_path
from validation.targets.bands import ALL_TARGETS, TARGETS, WAITING
from validation.targets.page import Found, measured, number, row, size_of, text_of
from validation.targets.pooling import remembered
from validation.targets.runs import YEAR, Run, World, access, live, world
from validation.targets.target import SECTIONS, SURENESS, Target
from validation.targets.vasicek import implied_correlation

NOTHING = Run({})


def world_of(**runs: Run) -> World:
    return World(**{each.name: runs.get(each.name, NOTHING) for each in fields(World)})


def followed(**columns: object) -> Run:
    """Firms by month, each column shape (months, firms); all trade and none is late unless said."""
    given = {name: np.array(value, dtype=np.float32) for name, value in columns.items()}
    shape = next(iter(given.values())).shape
    usual = {"trading": np.ones(shape, np.float32), "months_past_due": np.zeros(shape, np.float32)}
    return Run({}, firms=usual | given)


def book(past_due: list[list[int]], **columns: object) -> Run:
    """A book of accounts, one a list of months, each with a limit of 100 and a balance of 50 unless said."""
    late = np.array(past_due, dtype=np.float32).T
    usual = {"limit": 100.0, "principal": 50.0, "interest": 0.0, "paid": 0.0, "line": LINE_OPEN, "score": 650.0,
             "employed": 1.0, "months_in_job": 50.0, "loans_elsewhere": 0.0, "alive": 1.0,
             "income_permanent": 100.0, "written_off": 0.0}  # fmt: skip
    panel = {name: np.full(late.shape, value, dtype=np.float32) for name, value in usual.items()}
    given = {name: np.array(value, dtype=np.float32).T for name, value in columns.items()}
    return Run({}, {**panel, **given, "months_past_due": late}, 3.0)


def test_the_way_into_arrears_is_of_accounts_never_late_before() -> None:
    way = [10, 20, 30, 40, 50, 60]
    run = book([[0, 0, 0, 0, 1, 2], [0, 1, 0, 0, 1, 2], [0, 0, 0, 0, 0, 1]], principal=[way, [90] * 6, [90] * 6])
    found = exposure.before_arrears(run)
    assert found[:, 0] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert found.shape == (6, 1)
    assert exposure.utilisation_before(1, np.median)([world_of(calm=run)]) == pytest.approx(0.5)


def test_conversion_is_of_the_line_left_and_small_lines_left_say_nothing() -> None:
    """Over three months of accounts never late from the fifth to the second month before, as the source has them."""
    late, owed = [[0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 1, 2], [1, 0, 0, 0, 1, 2]], [40, 40, 40, 40, 50, 70]
    run = book(late, principal=[owed, [97, 97, 97, 97, 97, 99], owed])
    assert exposure.conversion(run, 3, 2).tolist() == [[30.0], [60.0]]
    assert exposure.conversion_by_line([world_of(calm=run)]) == pytest.approx(0.5)


def test_rolls_are_by_balance() -> None:
    run = book([[2, 3], [2, 2]], principal=[[40, 30], [10, 10]])
    assert exposure.stock_ratio(3)([world_of(calm=run)]) == pytest.approx(30 / 60)


def test_stocks_are_of_open_lines_and_of_arrears_up_to_179_days() -> None:
    run = book([[0, 4], [6, 7]], principal=[[30, 80], [40, 90]], interest=[[10, 0], [0, 0]], line=[[2, 2], [3, 3]])
    worlds = [world_of(calm=run)]
    assert exposure.utilisation_of_book(worlds) == pytest.approx(120 / 200)
    assert exposure.ninety_to_179(worlds) == pytest.approx(120 / 150)
    assert exposure.utilisation_late(np.median)(worlds) == pytest.approx(0.8)
    assert exposure.utilisation_late(exposure.below_half)(worlds) == pytest.approx(1 / 3)
    assert exposure.utilisation_late(exposure.near_limit)(worlds) == 0.0


def test_leaving_before_180_days_counts_who_was_not_there_before() -> None:
    stays = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 0, 0, 0]
    leaves = [3, 4, 5, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    run = book([stays, leaves], principal=[[75] * 15, [25] * 15])
    assert exposure.leaves_before_180([world_of(calm=run)]) == pytest.approx(0.25)


def test_what_is_paid_back_is_at_most_what_was_owed() -> None:
    late = [3, 4, *[5] * 13]
    run = book([late, late], paid=[[0, 7, 5, *[0] * 12], [0, 7, 80, *[0] * 12]])
    assert exposure.recovered_within(1)([world_of(calm=run)]) == pytest.approx((5 + 50) / 100)
    assert math.isnan(exposure.recovered_within(2)([world_of(calm=run)]))


def test_what_comes_in_after_a_default_counts_once_and_ends_with_who_pays() -> None:
    """Charged off after two months: 10 are paid on the old debt; the other account pays 10 and is let go."""
    late, old = [3, 4, 5, *[0] * 12], [0, 0, 0, 50, *[40] * 9, 0, 0]  # a year ends with month 13
    paid = [[*[0] * 4, 10, *[0] * 10], [*[0] * 4, *[10] * 11]]  # the row of who has left goes on showing it
    there = [[1] * 15, [*[1] * 4, *[0] * 11]]
    run = book([late, late], written_off=[old, old], paid=paid, alive=there)
    assert exposure.recovered_within(1)([world_of(calm=run)]) == pytest.approx(20 / 100)


def test_loss_is_the_part_charged_off_times_what_is_not_recovered() -> None:
    flows = {"npl_new": 100.0, "npl_charged_off": 50.0, "recovered_year_1": 5.0, "recovered_year_2": 3.0}
    calm = Run({name: np.array([value]) for name, value in (flows | {"recovered_later": 2.0}).items()})
    assert exposure.loss_from_90([world_of(calm=calm)]) == pytest.approx(0.5 * 0.8)


def test_a_score_is_judged_on_who_opened_a_line_and_fell_behind_within_a_year() -> None:
    opens = [0, LINE_OPEN, *[LINE_OPEN] * 13]
    old = [LINE_OPEN] * 15
    past = [[0] * 5 + [4] * 10, [0] * 15, [0] * 15, [0] * 14 + [4]]
    scores = [[600] * 15, [500] * 15, [700] * 15, [900] * 15]
    run = book(past, line=[opens, opens, opens, opens], score=scores)
    assert gradients.opened(run).tolist() == [[600, 500, 700, 900], [1, 0, 0, 0]]
    assert gradients.on_opening("first", gradients.area)([world_of(first=run)]) == pytest.approx(2 / 3)
    assert gradients.opened(book(past[:2], line=[opens, old])).shape == (2, 2)


def test_gradients_run_from_the_worst_to_the_best() -> None:
    count = 100
    bad = [k < 10 and k % 2 == 0 for k in range(count)]
    bad[95] = True
    run = book(
        [[0, *([4 * b] * YEAR)] for b in bad],
        score=[[400 + k] * 13 for k in range(count)],
        income_permanent=[[100 + k] * 13 for k in range(count)],
        principal=[[15 if k >= 50 else 70] * 13 for k in range(count)],
    )
    owing = book([[0, *([4 * b] * YEAR)] for b in bad], principal=[[100 - k] * 13 for k in range(count)],
                 income_permanent=[[1] * 13] * count)  # fmt: skip
    assert gradients.highest_burden_over_lowest([world_of(calm=owing)]) == pytest.approx(5.0)
    assert gradients.area_of_book([world_of(calm=run)]) == pytest.approx(1 - (0 + 1 + 2 + 3 + 4 + 90) / (6 * 94))
    worlds = [world_of(calm=run)]
    assert gradients.worst_over_best_score(worlds) == pytest.approx(5.0)
    assert gradients.lowest_income_over_upper_half(worlds) == pytest.approx(0.5 / (1 / 50))
    assert gradients.high_utilisation_over_low(worlds) == pytest.approx(5.0)
    book_of = gradients.pooled(worlds)
    assert gradients.predicted_over_realised()(worlds) == pytest.approx(book_of["predicted"].sum() / 6)
    assert book_of["predicted"][0] == pytest.approx(1 / (1 + math.exp(3.0 - 250 / 60)))


def test_an_allowance_is_held_against_what_came_of_its_accounts() -> None:
    """Three accounts in order, 30 and 90 days late at the date; a fourth defaults after more than a year."""
    late = np.zeros((60, 4))
    gone = np.zeros((60, 4))
    for who, (default, off, fen) in enumerate(((6, 15, 80.0), (2, 11, 60.0), (0, 9, 40.0), (14, 23, 99.0))):
        late[default:off, who], gone[off : off + 24, who] = 4, fen
    late[0, 1] = 2
    late[:, 3] *= np.arange(60) > 12
    run = book(late.T.tolist(), written_off=gone.T.tolist())
    rate = allowance.PROVIDED.effective_rate
    expected = [80.0 * (1 + rate) ** -0.5, 60.0 * (1 + rate) ** (-2 / 12), 40.0]
    assert allowance.losses_of(run, 0).tolist() == pytest.approx(expected)
    assert allowance.losses_of(run, 3)[0] == pytest.approx(80.0 * (1 + rate) ** -0.25 + 99.0 * (1 + rate) ** (-11 / 12))
    told = {f"allowance_stage_{k}": np.full(60, 100.0) for k in (1, 2, 3)}
    lost = {"npl_charged_off": np.array([100.0]), "recovered_year_1": np.array([20.0])}
    lost |= {name: np.array([0.0]) for name in ("recovered_year_2", "recovered_later")}
    worlds = [world_of(calm=Run(lost), provided=Run(told, run.panel))]
    lost_3 = sum(allowance.losses_of(worlds[0].provided, date)[2] for date in allowance.DATES)
    assert allowance.allowance_over_losses(3)(worlds) == pytest.approx(500.0 / (0.8 * lost_3))


def test_default_is_compared_between_groups_by_job_and_loans() -> None:
    """Bad: all who lost the job this month, half of those new in theirs, a tenth of those settled for ten years."""
    months = [[-1.0], *[[6.0]] * 4, *[[130.0]] * 10]
    at_work = [[1.0, 0.0], *[[1.0, 1.0]] * 14]
    bad = [1, 1, 1, 0, 0, 1, *[0] * 9]
    shape = YEAR + 1
    run = book(
        [[0, *([4 * b] * YEAR)] for b in bad],
        employed=[[at_work[k][1]] * shape for k in range(15)],
        months_in_job=[months[k] * shape for k in range(15)],
        loans_elsewhere=[[3.0 if k < 3 else 0.2 if k < 13 else 1.0] * shape for k in range(15)],
    )
    worlds = [world_of(calm=run)]
    assert gradients.new_in_job_over_settled(worlds) == pytest.approx((3 / 5) / (1 / 10))
    assert gradients.many_loans_over_none(worlds) == pytest.approx(1.0 / (1 / 10))
    assert math.isnan(gradients.after_job_loss(worlds)), "nobody was at work the month before the first"
    two = {"employed": [[1] * 12 + [0] * 13, [1] * 25, [1] * 25], "months_in_job": [[9] * 25] * 3}
    later = book([[0] * 20 + [4] * 5, [0] * 20 + [4] * 5, [0] * 25], loans_elsewhere=[[0] * 25] * 3, **two)
    assert gradients.after_job_loss([world_of(calm=later)]) == pytest.approx(1.0 / (1 / 5))


def test_a_guarantee_adds_the_lines_that_would_not_be_open_without_it() -> None:
    """Three lines open under it, of 100, 300 and 50; without it the first alone. The last was open before."""
    old, opens, shut = [LINE_OPEN] * 3, [1, LINE_OPEN, LINE_OPEN], [1, 5, 5]
    limits = {"limit": [[100] * 3, [300] * 3, [50] * 3, [900] * 3], "alive": [[1] * 3] * 4}
    scores = [[650.0 - 60.0 * by] * 3 for by in (0.0, 0.5, -3.0, 0.0)]  # log-odds of default -3, -2.5, -6
    past = [[0] * 3] * 4
    covered = book(past, line=[opens, opens, opens, old], score=scores, **limits)
    calm = book(past, line=[opens, shut, opens, old], score=scores, **limits)
    worlds = [world_of(calm=calm, covered=covered)]
    assert pairs.newly_opened(covered)[1].tolist() == [100.0, 300.0, 50.0]
    assert pairs.newly_opened(covered)[0] == pytest.approx([1 / (1 + math.exp(x)) for x in (3.0, 2.5, 6.0)])
    assert pairs.additional(0.02, 0.08)(worlds) == pytest.approx(0.75)
    assert pairs.additional(0.0, 0.01)(worlds) == pytest.approx(0.0)


def test_prices_are_compared_of_those_with_a_line_in_both() -> None:
    length = YEAR + 2
    lines = [[LINE_OPEN] * length, [LINE_OPEN] * length, [5] * length]
    past = [[0] * length] * 3
    priced = book(past, line=lines, offer_rate=[[0.10] * length, [0.20] * length, [0.9] * length])
    guaranteed = book(past, line=[*lines[:1], lines[2], lines[0]], offer_rate=[[0.08] * length] * 3)
    assert pairs.dearer([world_of(priced=priced, guaranteed=guaranteed)]) == pytest.approx(-2.0, abs=1e-4)


def test_a_path_is_held_against_the_published_one_by_quarter() -> None:
    actual = us_path.published()
    assert len(actual) == 24 and actual[:4].mean() == pytest.approx(1.0) and np.argmax(actual) == 9
    months = np.repeat(actual, 3)
    months[::3] = 9.0  # the quarter's last month counts
    loans = np.full(len(months), 100.0)
    path = Run({"person_delinquent_30": 0.04 * months, "person_outstanding": loans})
    fails = Run({"person_delinquent_30": np.ones(len(months)), "person_outstanding": np.zeros(len(months))})
    worlds = [world_of(path=path), world_of(path=fails)]  # a lender that has nothing left weighs nothing
    assert us_path.correlation(worlds) == pytest.approx(1.0)
    assert us_path.peak_over_published(worlds) == pytest.approx(0.0, abs=1e-9)
    assert us_path.end_over_published(worlds) == pytest.approx(0.0, abs=1e-9)
    later = np.repeat(np.roll(actual, 2), 3)
    late = [world_of(path=Run({"person_delinquent_30": later, "person_outstanding": loans}))]
    assert us_path.quarters_late(late) == 2.0
    assert math.isnan(us_path.correlation([world_of()]))


def test_runs_are_compared_as_their_names_say() -> None:
    months = 2 * YEAR

    def persons(charged: float, at_first: float) -> dict[str, list[float]]:
        """Charge-offs of three years, .5 + .3 + .2 a month recovered; of later years nothing counts."""
        parts = {"recovered_year_1": 0.5, "recovered_year_2": 0.3, "recovered_later": 0.2, "npl_charged_off": charged}
        first = parts | {"npl_charged_off": at_first}
        return {name: [first[name]] * YEAR + [amount] * 2 * YEAR + [99.0] for name, amount in parts.items()}

    calm = {"lender_profit": [2.0] * months, "outstanding": [100.0] * months, "firm_charged_off": [1.0] * months,
            "firm_failure_rate": [0.1] * months, "firm_outstanding": [3.0] * months,
            "output": [5.0] * months}  # fmt: skip
    severe = calm | {"lender_profit": [2.0] * YEAR + [1.0] * YEAR, "firm_charged_off": [9.0] * YEAR + [4.0] * YEAR,
                     "firm_failure_rate": [0.9] * YEAR + [0.3] * YEAR, **persons(5.0, 5.0)}  # fmt: skip
    closing = persons(4.0, 6.0)
    runs = {"calm": calm, "severe": severe, "closing": closing,
            "covered": {"approvals": [6.0], "applications_decided": [10.0]}}  # fmt: skip
    calm |= {"approvals": [4.0], "applications_decided": [8.0]}
    arrays = {name: Run({k: np.array(v) for k, v in told.items()}) for name, told in runs.items()}
    worlds = [world_of(**arrays)]
    assert pairs.calm_return(worlds) == pytest.approx(0.24)
    assert pairs.worst_return(worlds) == pytest.approx(0.5)
    assert pairs.saved_by_closing(1)(worlds) == pytest.approx(0.25)
    assert pairs.saved_by_closing(0)(worlds) == pytest.approx(1.0 - 132.0 / 144.0)
    assert pairs.more_approved(worlds) == pytest.approx(10.0)
    assert pairs.firm_charge_offs(worlds) == pytest.approx(4.0)
    assert pairs.firms_in_worst_year("firm_failure_rate")(worlds) == pytest.approx(3.0)
    assert pairs.credit_over_sales(worlds) == pytest.approx(3 / 60)


def test_2020_is_measured_in_its_months() -> None:
    """From January 2019: December is month 11, May 16, June 17, March of 2021 month 26."""
    late = np.full(36, 0.01)
    late[11], late[16], late[12:15], late[21:24], late[30:33] = 0.02, 0.05, 0.03, 0.04, 0.012
    profit = np.array([4.0] * 12 + [1.0] * 12 + [9.0] * 12)
    path = Run({"person_delinquent_30": late, "person_outstanding": np.full(36, 7.0), "lender_profit": profit})
    past = np.zeros((3, 36), dtype=int)
    past[1, 17], past[1, 26], past[2] = 4, 6, 7
    months = {"months_past_due": past.T, "principal": np.array([[90, 30, 500]] * 17 + [[70, 30, 500]] * 9
              + [[90, 10, 500]] * 10)}  # fmt: skip
    worlds = [world_of(china_2020=Run(path.told, months), states_2020=path)]
    found = {target.key: target.measure(worlds) for target in ALL_TARGETS if target.key.endswith(("2020", "2021"))}
    assert found == pytest.approx(
        {"china_2020": 2.5, "china_2021": 0.1 / 0.3, "profit_2020": 0.25, "states_2020": 4 / 3, "states_2021": 0.4}
    )


def test_the_peak_is_of_quarters_after_the_shock() -> None:
    lost = np.array([3.0] * 9 + [63.0] * 3 + [3.0] * 3 + [27.0] * 3 + [3.0] * 6)
    severe = Run({"npl_charged_off": lost, "person_outstanding": np.full(24, 100.0)})
    worlds = [world_of(severe=severe)]
    assert (pairs.charge_offs_at_peak(worlds), pairs.quarters_to_peak(worlds)) == (pytest.approx(1.5), 2.0)


def test_asset_correlation_is_found_again_and_chance_alone_is_none() -> None:
    random, size = np.random.default_rng(1), 2_000
    factor = random.normal(size=4_000)
    for rho, slack in ((0.05, 0.01), (0.0, 0.0005)):
        chance = np.interp(factor, FACTOR, conditional_default(0.03, rho))
        defaults = np.zeros((4_000, YEAR))
        defaults[:, 3] = random.binomial(size, chance)
        run = Run({"defaults": defaults.ravel(), "open_lines": np.full(4_000 * YEAR, float(size))})
        assert pairs.asset_correlation([world_of(stochastic=run)]) == pytest.approx(rho, abs=slack)


def test_the_interval_of_a_mean_is_that_of_its_seeds_and_a_band_has_two_ends() -> None:
    worlds = [world_of(calm=Run({"x": np.array([value])})) for value in (1.0, 2.0, 3.0)]
    target = Target("x", SECTIONS[0], "x", "2", 1.0, 2.0, "", "V", "", lambda some: float(
        np.mean([one.calm.told["x"][0] for one in some])))  # fmt: skip
    found = measured(target, worlds)
    half = 4.302652729 / math.sqrt(3)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0 - half, 2.0 + half))
    assert (target.holds(0.99), target.holds(1.0), target.holds(2.01), target.holds(math.nan)) == (
        False,
        True,
        False,
        None,
    )
    assert row(found).endswith("| yes |")
    assert Found(target, 2.1, 1.9, 2.3).verdict == "no, open"
    assert Found(target, 2.3, 2.1, 2.5).verdict == Found(target, 2.3, math.nan, math.nan).verdict == "**NO**"
    assert Found(target, math.nan, math.nan, math.nan).verdict == "-"


def test_targets_are_well_formed() -> None:
    assert len({target.key for target in TARGETS}) == len(TARGETS)
    for target in TARGETS:
        assert target.section in SECTIONS and target.sureness in SURENESS, target.key
        assert math.isnan(target.low) == (target.sureness == "-"), target.key
        assert math.isnan(target.low) or target.low < target.high, target.key
    assert all(section in SECTIONS for section, *_ in WAITING)


def test_a_small_world_is_measured_and_the_page_names_every_target() -> None:
    worlds = [world(1, 300, 24)]
    text = text_of(worlds, size_of(worlds, 300, 24))
    for target in TARGETS:
        assert f"| {target.definition} |" in text
    assert 0.0 < float(number(exposure.utilisation_of_book(worlds))) < 1.0
    assert worlds[0].calm.panel["line"].shape[0] == 24
    assert worlds[0].guaranteed.told["guaranteed_lending"].sum() > 0.0


def test_access_is_given_to_firms_that_are_there() -> None:
    given, withheld = (access(3, 1, 1_500, [], given=given) for given in (True, False))
    assert given.firms["sales"].shape == withheld.firms["sales"].shape and given.firms["sales"].shape[1] > 5
    assert (given.firms["limit"] > 0).any() and not (withheld.firms["limit"] > 0).any()
    fewer = access(1, 1, 1_500, ["firms.credit_share=0.1"], given=True)
    assert fewer.firms["sales"].shape[1] < given.firms["sales"].shape[1], "under the preset's own firms"


def test_access_is_told_by_sales_of_firms_that_may_have_failed() -> None:
    given = followed(sales=[[30, 10], [30, 10]])
    withheld = followed(sales=[[30, 10], [30, 10]], trading=[[1, 1], [1, 0]])
    assert firms.sales_with_access([world_of(given=given, withheld=withheld)]) == pytest.approx(80 / 70)


def test_jobs_withdrawn_are_of_firms_that_owed_on_the_policy_date_after_the_shock() -> None:
    owed, before = [[1, 0]] + [[5, 5]] * 36, [[9, 9]] * 12
    calm, severe, crunch = (
        followed(principal=owed, staff=[*before, *([[staff, 99]] * 24), [9, 9]]) for staff in (10, 8, 5)
    )
    assert firms.jobs_lost_by_withdrawal([world_of(calm=calm, severe=severe, crunch=crunch)]) == pytest.approx(0.6)


def test_firms_with_a_line_are_those_that_trade() -> None:
    calm = followed(principal=[[3, 5, 7]], limit=[[10, 0, 9]], sales=[[20, 40, 80]], trading=[[1, 1, 0]])
    worlds = [world_of(calm=calm)]
    assert firms.credit_over_sales_of_customers(worlds) == pytest.approx(3 / 240)
    assert firms.utilisation_of_firms(worlds) == pytest.approx(0.3)


def test_a_firm_defaults_that_fails_or_comes_to_be_90_days_late_within_the_year() -> None:
    """Of six: in order, late within the year, failed, late before, owing nothing, late a month after the year."""
    late = np.zeros((14, 6))
    late[12, 1], late[:, 3], late[13, 5] = 4, 4, 4
    trading = np.ones((14, 6))
    trading[5:, 2] = 0
    run = followed(months_past_due=late, trading=trading, principal=[[1, 1, 1, 1, 0, 1]] * 14)
    rates, sizes = firms.yearly_defaults(run.firms)
    assert rates.tolist() == [pytest.approx(2 / 4)] and sizes.tolist() == [4.0]


def test_approval_falls_by_points_and_failures_are_of_a_year() -> None:
    months = 3 * YEAR
    calm, severe = (
        Run({"firm_approval_rate": np.full(months, rate), "firm_applications_decided": np.full(months, 10.0),
             "firm_failures": np.full(months, 2.0), "firms": np.full(months, 400.0)})
        for rate in (0.5, 0.4)
    )  # fmt: skip
    worlds = [world_of(calm=calm, severe=severe)]
    assert firms.approved_in_recession(worlds) == pytest.approx(-10.0)
    assert firms.failures_a_year(worlds) == pytest.approx(0.06)


def test_the_correlation_behind_default_rates_is_found_again() -> None:
    """Rates of the one-factor model at equally likely factors, with a pool too large for chance; and none."""
    factor = [NormalDist().inv_cdf((k + 0.5) / 4000) for k in range(4000)]
    rates = np.interp(factor, FACTOR, conditional_default(0.05, 0.06))
    assert implied_correlation(rates, np.full(4000, 1e9)) == pytest.approx(0.06, rel=0.02)
    assert implied_correlation(np.full(10, 0.05), np.full(10, 100.0)) == 0.0
    assert implied_correlation(np.array([0.0, 1.0]), np.array([1e6, 1e6])) == 0.5


def test_what_a_run_tells_is_worked_out_once_and_forgotten_with_it() -> None:
    asked: list[int] = []

    @remembered
    def told(run: Run, more: int = 0) -> int:
        asked.append(more)
        return more

    run = Run({})
    assert [told(run), told(run), told(run, 3), told(run, more=3)] == [0, 0, 3, 3] and asked == [0, 3, 3]
    gone = weakref.ref(run)
    del run
    assert gone() is None


def test_later_overrides_take_force_on_the_policy_date_and_months_are_told_from_there() -> None:
    """Every line below 900 points is closed after the burn-in, and not before."""
    world, close = ["firms=none"], ("policy/closing=threshold", "policy.closing.closing_score=900")
    never, closed, ever = live(3, 5, 300, world), live(3, 5, 300, world, later=close), live(3, 5, 300, [*world, *close])
    assert [len(run.told["open_lines"]) for run in (never, closed, ever)] == [3, 3, 3]
    assert closed.told["closures_month"][0] == never.told["open_lines"][0] > 100 > ever.told["closures_month"][0]
    assert closed.told["person_delinquent_30"][0] == never.told["person_delinquent_30"][0], "all before it is shared"
