"""A user's way through the door with the engine behind it: two jobs, one resumed, the same from Python."""

import json
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.study.store.reading import read_results

# What NumPy or matplotlib would say on standard error is a mistake of ours.
pytestmark = [pytest.mark.filterwarnings(f"error::{kind}") for kind in ("RuntimeWarning", "UserWarning")]

TINY = [
    "economy=calm",
    "population.borrowers=200",
    "study.replications=2",
    "study.months=4",
    "study.burn_in=2",
    "machine.workers=1",
]

SAME_IN_BOTH = ("results_sha256", "config_sha256", "program_sha256")
"""What a manifest says of a study in whichever language it is told."""


def test_two_jobs_then_resume_then_python(door, tmp_path):
    code, out, err = door("-m", "policy/limit=fixed,tiered", *TINY, "out=sweep")
    assert (code, err) == (0, "")
    assert "job 1 of 2, into sweep/1: policy/limit=tiered" in out
    for number in ("0", "1"):
        folder = tmp_path / "sweep" / number
        assert {"report.html", "summary.csv", "results", "manifest.json"} <= {path.name for path in folder.iterdir()}
    manifest = json.loads(Path("sweep/1/manifest.json").read_text())
    assert manifest["overrides"] == ["policy/limit=tiered", *TINY, "out=sweep"]

    assert "holds another study" in door(*TINY, "out=sweep/1")[2]

    assert 'lang="en"' in Path("sweep/1/report.html").read_text()
    assert door("report", "sweep/1", "report.language=zh")[0] == 0
    told = json.loads(Path("sweep/1/manifest.json").read_text())
    assert {key: told[key] for key in SAME_IN_BOTH} == {key: manifest[key] for key in SAME_IN_BOTH}
    assert 'lang="zh-Hans"' in Path("sweep/1/report.html").read_text()
    assert door("resume", "sweep/1", "report.language=en", "machine.workers=1")[0] == 0
    assert json.loads(Path("sweep/1/manifest.json").read_text())["results_sha256"] == manifest["results_sha256"]
    assert 'lang="en"' in Path("sweep/1/report.html").read_text()
    assert "name one of them" in door("report", "sweep", "report.language=zh")[2]

    before = sorted(tmp_path.rglob("*"))
    found = sim.run(["policy/limit=tiered", *TINY])
    pd.testing.assert_frame_equal(found, read_results("sweep/1"))
    assert set(found["arm"]) == {"baseline", "configured"}
    assert len(found) == 2 * 2 * 4
    assert found.attrs["units"]["drawn"]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_model_of_a_composed_configuration():
    import mesa

    model = sim.Model(sim.compose(["population.borrowers=200", "study.burn_in=2"]))
    assert isinstance(model, mesa.Model)
    month = model.month
    model.step()
    assert model.month == month + 1


def test_run_refuses_like_the_door():
    with pytest.raises(ValueError, match=r"did you mean study\.months\?"):
        sim.run(["study.month=3"])
