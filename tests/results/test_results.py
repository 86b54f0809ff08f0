"""The object of a study: a table in all that pandas does, and answers that are those of the files."""

from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import pandas as pd
import pytest

import sim
from sim.figures.catalog import FIGURES
from sim.results.names import UnknownAttribute, UnknownName
from sim.results.results import ANSWERS, Results
from sim.study.store.reading import read_closures, read_results, read_table


def as_written(table):
    """A table as one reads it that was written to ten digits."""
    text = table.to_csv(index=False, na_rep="n/a", float_format="%.10g")
    return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=["n/a"])


def test_it_is_the_table_of_months(study, folder):
    months = read_results(folder)
    pd.testing.assert_frame_equal(study, months, check_frame_type=False)
    assert isinstance(study, pd.DataFrame) and study.attrs == months.attrs and len(study) == 3 * 2 * 3 * 16
    assert float(study["loss_rate"].mean()) == float(study.loss_rate.mean()) == float(months["loss_rate"].mean())
    joined = pd.concat([study, study])
    assert len(joined) == 2 * len(months)


def test_what_pandas_makes_of_it_is_a_plain_table(study):
    others = (
        study[study["month"] > 3], study.copy(), copy.deepcopy(study), pickle.loads(pickle.dumps(study)), study.months,
        study[["arm", "loss_rate"]], study.merge(study.months.iloc[:, :4]),
    )  # fmt: skip
    assert {type(other) for other in others} == {pd.DataFrame}
    assert others[3].attrs["units"]["loss_rate"] == study.attrs["units"]["loss_rate"]
    pd.testing.assert_frame_equal(others[3], study.months)


def test_a_wrong_name_is_an_error_with_the_nearest_one(study):
    with pytest.raises(KeyError, match=r"^column: los_rate is not allowed: .*; did you mean loss_rate\?$"):
        study["los_rate"]
    with pytest.raises(AttributeError, match=r"^sumary is nothing that a study answers to; did you mean summary\?$"):
        study.sumary  # noqa: B018
    with pytest.raises(UnknownName, match=r"table: rols is not allowed: .* did you mean rolls\?"):
        study.table("rols")
    assert study.get("los_rate") is None and not hasattr(study, "los_rate") and "los_rate" not in study
    assert issubclass(UnknownAttribute, AttributeError) and issubclass(UnknownName, KeyError)
    with pytest.raises(KeyError):
        study[("a", "b")]


def test_a_fault_within_an_answer_is_not_taken_for_a_wrong_name(study, monkeypatch):
    def fault(self):
        raise AttributeError("this is ours")

    monkeypatch.setattr(Results, "verdict", property(fault))
    with pytest.raises(AttributeError, match="this is ours"):
        study.verdict  # noqa: B018


def test_the_summary_is_that_of_the_file_to_the_digit(study, folder):
    written = pd.read_csv(folder / "summary.csv", keep_default_na=False, na_values=["n/a"])
    pd.testing.assert_frame_equal(as_written(study.summary), written, check_exact=True)


def test_tables_are_those_of_the_folder(study, folder):
    assert {"rolls", "segments", "gains", "closures", "risk", "dominance", "runs", "scorecard"} <= set(study.tables)
    for name in study.tables:
        assert len(study.table(name)) or name == "recoveries", name
    pd.testing.assert_frame_equal(study.table("rolls"), read_table(folder, "rolls"))
    pd.testing.assert_frame_equal(study.table("closures"), read_closures(folder))
    pd.testing.assert_frame_equal(study.segments, sim.segments(folder))
    pd.testing.assert_frame_equal(study.gains, sim.gains(folder))
    card = pd.read_csv(folder / "scorecard.csv")
    np.testing.assert_allclose(study.table("scorecard")["value"], card["value"], rtol=1e-9)


def test_what_it_says_of_itself(study, folder):
    assert study.folder == folder and study.replications == 3
    assert study.arms == {"lenient": "", "limits": "lenient", "guaranteed": "lenient"}
    assert study.scenarios == {"calm": 16, "severe_recession": 16}
    assert study.manifest["results_sha256"] and study.runs.index.names == ["arm", "scenario", "replication"]
    assert next(iter(study.verdict)) == "In short"


def test_nobody_changes_what_it_answers_with(study):
    for give in (lambda: study.summary, lambda: study.runs, lambda: study.months, lambda: study.table("closures")):
        before, changed = give().copy(), give()
        del changed[changed.columns[-1]]
        changed.attrs["units"] = "none"
        pd.testing.assert_frame_equal(give(), before)
        assert give().attrs == before.attrs


def test_the_dataset_is_labelled_with_units_and_meanings(study):
    pytest.importorskip("xarray", reason="make extras")
    data = study.xarray
    assert dict(data.sizes) == {"arm": 3, "scenario": 2, "replication": 3, "month": 16}
    assert data["loss_rate"].attrs["units"] == study.attrs["units"]["loss_rate"]
    assert data["loss_rate"].attrs["long_name"] == FIGURES["loss_rate"].meaning
    of = (study["arm"] == "limits") & (study["scenario"] == "calm") & (study["replication"] == 1)
    here = data["outstanding"].sel(arm="limits", scenario="calm", replication=1)
    np.testing.assert_array_equal(here, study.loc[of, "outstanding"])


def test_the_report_is_given_or_made(study, folder, tmp_path):
    assert study.report() == folder / "report.html"
    copied = study.report(tmp_path / "mine.html")
    assert copied.read_bytes() == (folder / "report.html").read_bytes()


def test_a_sweep_answers_for_its_points(sweep):
    written = pd.read_csv(sweep.folder / "points.csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(sweep.summary.to_csv(index=False, float_format="%.10g"))), written, check_exact=True
    )
    assert sweep.verdict == {} and "scorecard" not in sweep.tables
    assert sweep.runs.index.names == ["point", "arm", "scenario", "replication"]


def test_no_figure_has_the_name_of_an_answer():
    """A column of that name could be had in brackets alone."""
    assert set(ANSWERS) & set(FIGURES) == set() and {"summary", "difference", "plot"} <= set(ANSWERS)
