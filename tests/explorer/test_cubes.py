"""Cubes hold what the files hold: months, segments, and how both combine."""

import numpy as np
import pandas as pd
import pytest

from sim.explorer import cubes
from sim.explorer.cubes import cube, months_cube, segments_cube
from sim.explorer.described import LAST, MEAN, POOLED, Told, in_order, of_months
from sim.explorer.packing import unpacked
from sim.language.words import Words
from sim.study.store.reading import read_results

SAY = Words()
AXES = (["calm", "bad"], ["a", "b"])


def table(**figures):
    """Two economies, two packages, two runs, three months; the last run of b in bad is not done."""
    keys = [
        (economy, arm, run, month) for economy in AXES[0] for arm in AXES[1] for run in range(2) for month in range(3)
    ]
    rows = pd.DataFrame(keys, columns=["scenario", "arm", "replication", "month"]).assign(segment="all")
    for name, values in figures.items():
        rows[name] = values
    return rows.drop(index=[len(rows) - 1, len(rows) - 2, len(rows) - 3])


def test_each_value_stands_in_its_place():
    made = cube(table(delinquent_30=np.arange(24.0)), AXES, "month", ["all"], [Told("delinquent_30", "")], SAY)
    values = unpacked(made["figures"][0]["values"])
    assert values.shape == (1, 2, 2, 2, 3) and made["times"] == 3
    assert values[0, 1, 0, 1].tolist() == [15.0, 16.0, 17.0] and np.isnan(values[0, 1, 1, 1]).all()
    assert np.isfinite(values).sum() == 21


def test_a_month_without_a_base_says_nothing_and_its_base_is_there():
    base = np.tile([2.0, 0.0, 1.0], 8)
    rows = table(rate=np.ones(24), base=base)
    made = cube(rows, AXES, "month", ["all"], [Told("rate", "", POOLED, "base")], SAY)
    values = unpacked(made["figures"][0]["values"])[0, 0, 0, 0]
    assert np.isnan(values[1]) and values[[0, 2]].tolist() == [1.0, 1.0]
    assert unpacked(made["weights"]["base"])[0, 0, 0, 0].tolist() == [2.0, 0.0, 1.0]


def test_what_is_nothing_or_without_room_is_left_out_and_the_latter_told(monkeypatch):
    luck = np.random.default_rng(1)
    rows = table(first=luck.random(24), nothing=np.zeros(24), second=luck.random(24))
    figures = [Told(name, "") for name in ("first", "nothing", "second")]
    assert [one["name"] for one in cube(rows, AXES, "month", ["all"], figures, SAY)["figures"]] == ["first", "second"]
    monkeypatch.setattr(cubes, "LARGEST_CUBE", 10)
    made = cube(rows, AXES, "month", ["all"], figures, SAY)
    assert [one["name"] for one in made["figures"]] == ["first"] and made["left_out"] == ["Second"]


def test_months_of_a_study_are_those_of_its_files(study):
    months = read_results(study)
    axes = (["calm", "bad", "elsewhere"], ["lenient", "limits", "closing"])
    kept = months[months["arm"].isin(axes[1])].copy()
    made = months_cube(kept, axes, {"lender_profit": "fen a month"}, SAY)
    assert made["times"] == 24 and made["segments"] == [{"name": "all", "label": "Everybody"}]
    about = next(one for one in made["figures"] if one["name"] == "lender_profit")
    assert (about["unit"], about["factor"]) == ("yuan a month", 0.01)
    values = unpacked(about["values"])
    here = kept[
        (kept["arm"] == "limits") & (kept["scenario"] == "bad") & (kept["replication"] == 2) & (kept["month"] >= 0)
    ]
    assert values[0, 1, 1, 2, :18] == pytest.approx(here["lender_profit"].to_numpy())
    assert np.isnan(values[0, 1, 1, 2, 18:]).all()  # this economy is shorter


def years():
    """Two years (the second of six months) of two segments; run 1 has nobody who is thin."""
    sums = ("customers", "jobs", "open_lines", "outstanding", "past_due_30", "past_due_90")
    flows = ("charged_off", "recovered", "approvals", "applications_decided", "rate_of_draws", "drawn")
    rows = []
    for arm in AXES[1]:
        for run in range(2):
            for year, months in ((1, 12), (2, 6)):
                for place, segment in enumerate(("thick", "thin") if run == 0 else ("thick",)):
                    row = {"arm": arm, "scenario": "calm", "replication": run, "year": year, "months": months}
                    row |= {"borrower": "persons", "dimension": "file", "segment": segment}
                    row |= {f"{name}_month_ends": (10 + place) * months for name in sums}
                    rows.append(row | dict.fromkeys(flows, 5 + place))
    return pd.DataFrame(rows)


def test_segments_have_means_of_month_ends_and_rates_with_what_they_count_by():
    made = segments_cube(years(), (["calm"], AXES[1]), SAY)
    assert [one["label"] for one in made["segments"]] == ["Persons, thick file", "Persons, thin file"]
    figures = {one["name"]: one for one in made["figures"]}
    customers = unpacked(figures["customers"]["values"])
    assert customers[0, 0, 0, 0].tolist() == [10.0, 10.0] and customers[1, 0, 0, 0].tolist() == [11.0, 11.0]
    assert customers[1, 0, 0, 1].tolist() == [0.0, 0.0]  # nobody, in a run that is there
    past_due, approved = (unpacked(figures[name]["values"]) for name in ("delinquent_30", "approval_rate"))
    assert past_due[0, 0, 0, 0].tolist() == [1.0, 1.0] and np.isnan(past_due[1, 0, 0, 1]).all()
    assert approved[0, 0, 0, 0].tolist() == [1.0, 1.0] and figures["approval_rate"]["base"] == "applications_decided"
    assert unpacked(figures["price"]["values"])[0, 0, 0, 0].tolist() == [1.0, 1.0]
    assert unpacked(figures["outstanding"]["values"])[0, 0, 0, 0].tolist() == [10.0, 10.0]
    assert unpacked(made["weights"]["months"])[0, 0, 0, 0].tolist() == [12.0, 6.0]


def test_a_loss_of_a_segment_is_a_rate_a_year():
    table = years().assign(charged_off=8, recovered=3)
    figures = {one["name"]: one for one in segments_cube(table, (["calm"], AXES[1]), SAY)["figures"]}
    assert unpacked(figures["loss_rate"]["values"])[0, 0, 0, 0] == pytest.approx([12 * 5 / 120, 12 * 5 / 60])


@pytest.mark.parametrize(
    ("name", "combined", "base"),
    [("loss_rate", POOLED, "outstanding"), ("approval_rate", POOLED, None), ("outstanding", LAST, ""),
     ("charged_off", MEAN, ""), ("of_mine", MEAN, "")],
)  # fmt: skip
def test_months_of_a_figure_combine_as_declared(name, combined, base):
    from sim.figures.catalog import METRICS

    wanted = METRICS[name].base if base is None else base
    told = of_months(name, "fen", [name, wanted])
    assert (told.combined, told.base) == (combined, wanted)
    assert of_months("loss_rate", "", ["loss_rate"]).combined == MEAN  # without its base


def test_a_figure_is_described_with_its_unit_and_called_as_the_language_does():
    said = Told("lender_profit", "fen a month").described([5e8], Words("zh"))
    assert said["label"] == "贷款机构利润" and "万元" in said["unit"]
    share = Told("delinquent_30", "fraction", label="Mine").described([0.31], SAY)
    assert (share["label"], share["unit"], share["gap_unit"], share["factor"]) == ("Mine", "%", "points", 100.0)


def test_the_figures_of_the_report_come_first():
    assert in_order(["zebra", "lender_profit", "loss_rate", "zebra"]) == ["loss_rate", "lender_profit", "zebra"]
