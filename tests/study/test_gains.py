"""Who gains and who loses: pairs by hand, pairs of runs against the two runs, a question asked of a study folder."""

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import sim
from sim.config.job import plan
from sim.engine.loops.compiled import plain
from sim.study.compare import by_segment
from sim.study.compare.by_segment import gains, mean_segments, segments, with_rates
from sim.study.follow import gains as gaining
from sim.study.follow import segments as segmenting
from sim.study.follow.cells import FIRMS_COMPARED, PERSONS
from sim.study.follow.follower import ASKED_FOR, FOLLOWERS, GAINS, followers, left_by, tables_of
from sim.study.follow.gains import Lives, NotTheSameError, gains_of, outcomes_of, paired
from sim.study.follow.lives import DEFAULTS, FAILURES, INTEREST, ROW_BY_ROW
from sim.study.run.cell import run_task
from sim.study.run.runner import run_study
from sim.study.store.files import StoreError

BURN_IN = 4
SMALL = ["population.borrowers=900", "study.replications=1", f"study.burn_in={BURN_IN}", "machine.workers=1"]
HARD = ["lender.charge_off_months=5", "policy.collections.recovery_hazard=0.6"]


def test_months_in_a_word():
    assert [plain(gaining.months_in)(word) for word in (0, 1, 0b1011, 2**63 - 1)] == [0, 1, 3, 63]


def lives(layout=PERSONS, *, cells, stays, common=None, words=None, there=None, **totals):
    """Rows of a run by hand: what is not said is nothing."""
    whole = np.zeros((len(ROW_BY_ROW), len(cells)), dtype=np.int64)
    for name, values in totals.items():
        whole[ROW_BY_ROW.index(name)] = values
    there = np.ones(len(cells), dtype=bool) if there is None else np.array(there, dtype=bool)
    bits = np.array(words or [[0] * len(cells)], dtype=np.int64)
    return Lives(layout, np.array(cells, np.int32), there, np.array(stays, np.int8), common, whole, bits)


def rows_of(table, **keys):
    frame = pd.DataFrame(table)
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return frame.set_index(["segment", "outcome"])


def test_five_persons_by_hand():
    """Thick: one default is saved, one caused, one in both. Thin: in neither; and one who left long ago is not counted.

    The saved one leaves here, the thin one with the parent. The caused one loses the months 1, 3 and 70 and gains 2.
    """
    cells, defaults = [0, 0, 0, 60, 60], [1, 0, 2, 0, 0]
    before = lives(
        cells=cells, stays=[1, 1, 1, 0, 0], defaults=defaults, interest_received=[10, 20, 30, 40, 0],
        words=[[0, 0b1010, 0, 0, 0], [0, 1 << 7, 0, 0, 0]], there=[1, 1, 1, 1, 0],
    )  # fmt: skip
    here = lives(
        cells=cells, stays=[0, 1, 1, 1, 0], defaults=[0, 1, 1, 0, 0], interest_received=[1, 2, 3, 4, 0],
        words=[[0, 0b0100, 0, 0, 0], [0, 0, 0, 0, 0]], there=[1, 1, 1, 1, 0],
    )  # fmt: skip
    assert outcomes_of(DEFAULTS, before, here).tolist() == [1, 2, 3, 0, 0]
    table = gains_of("lenient", [before], [here])
    assert set(table["parent"]) == {"lenient"} and set(table["event"]) == {"default"}
    found = rows_of(table, dimension="file")
    assert found["number"].to_dict() == {
        ("thick", "saved"): 1, ("thick", "caused"): 1, ("thick", "in both"): 1, ("thin", "in neither"): 1
    }  # fmt: skip
    caused, saved, both, neither = (
        found.loc[one]
        for one in (("thick", "caused"), ("thick", "saved"), ("thick", "in both"), ("thin", "in neither"))
    )
    assert (caused["line_months_lost"], caused["line_months_gained"]) == (3, 1)
    assert (caused["line_lost"], caused["line_gained"], both["line_lost"]) == (1, 1, 0)
    assert (saved["left_here_alone"], saved["left_with_parent_alone"], saved["left_in_both"]) == (1, 0, 0)
    assert (neither["left_here_alone"], neither["left_with_parent_alone"]) == (0, 1)
    assert (both["defaults_with_parent"], both["defaults"]) == (2, 1)
    assert (neither["interest_received_with_parent"], neither["interest_received"]) == (40, 4)


def test_a_firm_that_only_one_run_has_is_counted_apart():
    """One common firm fails with the parent; each run has a firm of its own, that of the parent fails as well."""
    before = lives(FIRMS_COMPARED, cells=[8, 1], stays=[0, 0], common=1, failures=[1, 1], sales=[5, 7],
                   words=[[3, 1]])  # fmt: skip
    here = lives(FIRMS_COMPARED, cells=[8, 8], stays=[1, 1], common=1, sales=[6, 9], words=[[1, 7]])
    found = rows_of(gains_of("lenient", [before], [here]), event="failure")
    assert found["number"].to_dict() == {
        ("agriculture micro", "saved"): 1, ("manufacturing small", "parent's alone"): 1,
        ("agriculture micro", "its own alone"): 1,
    }  # fmt: skip
    alone, own = found.loc["manufacturing small", "parent's alone"], found.loc["agriculture micro", "its own alone"]
    assert (alone["failures_with_parent"], alone["failures"], alone["sales_with_parent"], alone["sales"]) == (
        1,
        0,
        7,
        0,
    )
    assert (own["sales_with_parent"], own["sales"]) == (0, 9)
    assert (alone["line_months_lost"], own["line_months_gained"]) == (1, 3)
    assert alone["left_with_parent_alone"] == alone["left_in_both"] == own["left_here_alone"] == 0
    saved = found.loc["agriculture micro", "saved"]
    assert (saved["left_with_parent_alone"], saved["line_months_lost"]) == (1, 1)
    assert rows_of(gains_of("lenient", [before], [here]), event="default")["number"].sum() == 3


def test_a_firm_that_had_failed_before_counts_with_what_it_still_does():
    gone = {"cells": [8], "stays": [0], "common": 1, "there": [0]}
    before, here = lives(FIRMS_COMPARED, **gone, charged_off=[50]), lives(FIRMS_COMPARED, **gone, charged_off=[40])
    found = rows_of(gains_of("lenient", [before], [here]), event="default")
    assert found["number"].tolist() == [0] and found["left_in_both"].tolist() == [0]
    assert (found["charged_off_with_parent"].tolist(), found["charged_off"].tolist()) == ([50], [40])
    late = lives(FIRMS_COMPARED, **gone, defaults=[1])
    assert rows_of(gains_of("lenient", [late], [here]), event="default")["number"].to_dict() == {
        ("agriculture micro", "saved"): 1
    }


def test_pairs_are_of_the_same_persons():
    one, other = lives(cells=[0, 1], stays=[1, 1]), lives(cells=[0, 2], stays=[1, 1])
    for wrong in (other, lives(cells=[0], stays=[1])):
        with pytest.raises(NotTheSameError, match="other persons"):
            paired(DEFAULTS, one, wrong)
    assert paired(FAILURES, one, one)[:, 0, 0].sum() == 2


def test_which_tables_a_study_keeps():
    usual = tuple(name for name in FOLLOWERS if name not in ASKED_FOR)
    assert tables_of("auto", has_design=False) == tables_of("all", has_design=True) == (*usual, GAINS)
    assert tables_of("auto", has_design=True) == tables_of("none", has_design=False) == ()
    model = sim.Model(sim.compose(["population.borrowers=60", "firms=none", "study.burn_in=0"]))
    assert len(followers((*FOLLOWERS, GAINS), model)) == len(FOLLOWERS)
    left = left_by({"a": followers(("segments",), model), "b": followers(("segments",), model)}, {"a": "b", "b": ""})
    assert {arm: set(tables) for arm, tables in left.items()} == {"a": {"segments", GAINS}, "b": {"segments"}}
    assert left_by({"a": followers(("rolls",), model)}, {"a": "b"})["a"].keys() == {"rolls"}


# ---- pairs of runs ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair():
    """A recession under closing and under what it is compared with, where firms decide on jobs."""
    arms = ["study.arms=[limits,closing]", "study.scenarios=[severe_recession]", "study.months=30"]
    runs = {run.arm: run for run in run_task(plan([*SMALL, *HARD, *arms]).tasks()[0]).runs}
    assert GAINS not in runs["limits"].tables
    return runs["limits"].columns, runs["closing"].columns, pd.DataFrame(runs["closing"].tables[GAINS])


def test_gains_less_losses_are_the_difference_of_the_two_runs(pair):
    """Net defaults, months with a line, interest, charge-offs, sales and failures, to the last person and fen."""
    before, here, table = pair
    for event, columns in (("default", ("file", "income_decile", "sector")), ("failure", ("sector_size",))):
        for dimension in columns:
            persons = table[(table["event"] == event) & (table["dimension"] == dimension)]
            if event == "default":
                assert persons["defaults_with_parent"].sum() == before["defaults"].sum() > 0
                assert persons["defaults"].sum() == here["defaults"].sum()
                firms = table[(table["event"] == "default") & (table["borrower"] == "firms")]
                for name in ("interest_received", "charged_off", "recovered", "drawn"):
                    both = pd.concat([persons, firms])
                    assert both[f"{name}_with_parent"].sum() == before[name].sum() > 0
                    assert both[name].sum() == here[name].sum()
            else:
                for name, figure in (("sales", "output"), ("failures", "firm_failures"), ("jobs_month_ends", "staff")):
                    assert persons[f"{name}_with_parent"].sum() == before[figure].sum() > 0
                    assert persons[name].sum() == here[figure].sum()


def test_a_default_is_saved_or_caused_person_by_person(pair):
    """Who defaulted at least once with the parent and here: the two sides of one table of the same persons."""
    _, _, table = pair
    number = table[(table["dimension"] == "file")].groupby("outcome")["number"].sum()
    assert number["saved"] > 0 and number["caused"] > 0
    arms = table[(table["dimension"] == "sector")].groupby("outcome")["number"].sum()
    assert arms.equals(number) and set(number.index) == {"in neither", "saved", "caused", "in both"}
    firms = table[(table["event"] == "failure")].groupby("outcome")["number"].sum()
    assert firms.get("parent's alone", 0) + firms.get("its own alone", 0) > 0


def test_lines_lost_less_gained_are_the_months_without():
    """Months with an open line under both, counted by hand from the books of two runs month by month."""
    config = ["population.borrowers=700", f"study.burn_in={BURN_IN}", "firms=none", *HARD, "economy=severe_recession",
              "economy.shock_lag=0"]  # fmt: skip
    models = [
        sim.Model(sim.compose([*config, *more]))
        for more in ([], ["policy/closing=threshold", "policy/approval=everyone"])
    ]
    for _ in range(BURN_IN):
        models[0].step()
    start = models[0].save(departed=False)
    models = [sim.Model.fork(model.config, start) for model in models]
    watching = [followers(("segments",), model)[0] for model in models]
    lost = gained = 0
    for _ in range(20):
        opened = []
        for model, follower in zip(models, watching, strict=True):
            model.step()
            follower.follow(model)
            opened.append((model.accounts["line"] == 2) & (model.accounts["alive"] > 0))
        lost, gained = lost + (opened[0] & ~opened[1]).sum(), gained + (opened[1] & ~opened[0]).sum()
    table = gains_of("", watching[0].lives(), watching[1].lives())
    whole = rows_of(table, dimension="income_decile")
    assert (whole["line_months_lost"].sum(), whole["line_months_gained"].sum()) == (lost, gained)
    assert lost > 0 and gained > 0
    alive = [model.accounts["alive"] > 0 for model in models]
    assert whole["left_here_alone"].sum() == (alive[0] & ~alive[1]).sum() > 0
    assert whole["left_with_parent_alone"].sum() == (alive[1] & ~alive[0]).sum()
    assert whole["number"].sum() == len(alive[0]), "everybody was there at the policy date or came later"
    assert int(watching[1].lives()[0].totals[INTEREST].sum()) == whole["interest_received"].sum()


# ---- a question of an analyst ------------------------------------------------------------------------

ASKED = {"agriculture micro", "manufacturing micro"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A scheme 4321 with a cap of 5 % against 80/20, calm, in a severe recession and after a failed harvest."""
    asked = [
        *SMALL, *HARD, "firms.per_person=0.3", "study.months=18", "study.arms=[guarantee_80_20,scheme_4321]",
        "study.baseline=guarantee_80_20", "study.scenarios=[calm,severe_recession,harvest_failure]",
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("asked") / "out"
    run_study(plan(asked), folder, console=Console(file=io.StringIO()))
    return folder


def test_farm_and_factory_micro_firms_can_be_asked_about(study):
    found = sim.segments(study)
    firms = found[(found["dimension"] == "sector_size") & found["segment"].isin(ASKED)]
    assert len(firms.groupby(["arm", "scenario"], observed=True)) == 2 * 3
    for name in (
        "outstanding",
        "past_due_30",
        "charged_off",
        "claims",
        "approvals",
        "price",
        "jobs",
        "sales",
        "customers",
    ):
        assert firms[name].notna().any() and name in firms, name
    year = firms[firms["year"] == 1].groupby(["arm", "scenario"], observed=True)
    assert (year["outstanding"].sum() > 0).all() and (year["jobs"].sum() > 100).all()
    assert firms["price"].dropna().between(0.02, 0.36).all()
    sums = firms[[name for name in found if name.startswith("claims_on_")]].sum(axis=1)
    assert (sums == firms["claims"]).all()
    assert found.attrs["units"]["outstanding"] == "fen" and found.attrs["units"]["price"] == "fraction a year"


def test_who_gains_can_be_asked_of_the_same_folder(study):
    found = sim.gains(study)
    assert set(found["arm"]) == {"scheme_4321"} and set(found["parent"]) == {"guarantee_80_20"}
    firms = found[(found["event"] == "failure") & found["segment"].isin(ASKED)]
    assert {"saved", "caused", "in neither"} & set(firms["outcome"])
    assert found["price"].dropna().between(0.0, 0.36).all() and "price_with_parent" in found
    assert found.attrs["units"]["limits_month_ends_with_parent"] == "fen"


def test_a_mean_over_months_and_rates_by_hand():
    frame = pd.DataFrame({
        "drawn": [200, 0], "rate_of_draws": [30, 0], "charged_off": [50, 0], "recovered": [20, 0],
        "interest_received": [40, 0],
    })  # fmt: skip
    found = with_rates(frame, pd.Series([1_200, 0]))
    assert found[["price", "return_on_loans", "loss_rate"]].iloc[0].tolist() == [0.15, 0.4, 0.3]
    assert found[["price", "return_on_loans", "loss_rate"]].iloc[1].isna().all()


def test_a_study_without_tables_says_so(tmp_path):
    asked = [
        *SMALL,
        "study.detail=none",
        "study.months=6",
        "study.arms=[lenient]",
        "study.scenarios=[calm]",
        "firms=none",
    ]
    run_study(plan(asked), tmp_path / "out", console=Console(file=io.StringIO()))
    for read in (segments, gains):
        with pytest.raises(StoreError, match=r"keeps no table .*study\.detail"):
            read(tmp_path / "out")


def test_a_run_in_which_a_segment_is_empty_counts_in_its_mean(monkeypatch):
    """One of two runs has a firm on farms, which owes 1 200 at each of 12 month ends and lost 60: means are halves."""
    columns = {name: 0 for name in segmenting.COLUMNS}
    keys = {"arm": "lenient", "scenario": "calm", "year": 1, "months": 12, "borrower": "firms",
            "dimension": "sector_size"}  # fmt: skip
    shop = {"segment": "retail micro", "customers_month_ends": 24, "outstanding_month_ends": 12_000, "charged_off": 100}
    farm = {"segment": "farm micro", "customers_month_ends": 12, "outstanding_month_ends": 14_400, "charged_off": 60}
    other = {**shop, "charged_off": 300, "outstanding_month_ends": 36_000}
    rows = [{**keys, "replication": run, **columns, **one} for run, one in ((0, shop), (0, farm), (1, other))]
    monkeypatch.setattr(by_segment, "read_table", lambda folder, name: pd.DataFrame(rows))
    found = mean_segments("anywhere").set_index("segment")
    assert found["customers"].to_dict() == {"retail micro": 2, "farm micro": 0.5}
    assert found["outstanding"].to_dict() == {"retail micro": 2_000, "farm micro": 600}
    assert found["charged_off"].to_dict() == {"retail micro": 200, "farm micro": 30}
    assert found["loss_rate"].to_dict() == pytest.approx({"retail micro": 0.1, "farm micro": 0.05})
    assert found["months"].eq(12).all() and "replication" not in found and found.attrs["units"]["charged_off"] == "fen"
