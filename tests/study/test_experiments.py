"""The experiments in their reduced form give the results that are committed beside them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
PAIRED = ("collections", "data_sharing", "downturn_rule", "fraud", "limit_policy", "main_study")
AGAIN = "results have changed: run experiments/{name}/run.py again, with and without --reduced"


def script(name: str):
    spec = importlib.util.spec_from_file_location(f"{name}_run", FOLDER / name / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stress_sweep", "reverse_stress"])
def test_the_stress_sweep_comes_out_as_committed(tmp_path, name):
    pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    run = script("stress_sweep")
    expected = json.loads((FOLDER / "stress_sweep" / "hashes.json").read_text())[f"{name}_reduced"]
    found = run.hash_of(run.study(name, tmp_path / name, reduced=True, quiet=True))
    assert found == expected, AGAIN.format(name="stress_sweep")


@pytest.mark.parametrize("name", ["stress_sweep", "reverse_stress"])
def test_the_stress_sweep_has_the_tables_that_its_hash_stands_for(name):
    run, folder = script("stress_sweep"), FOLDER / "stress_sweep"
    made = {f"{table}.csv": (folder / f"{table}.csv").read_text() for table in run.TABLES[name]}
    assert run.hash_of(made) == json.loads((folder / "hashes.json").read_text())[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRED)
def test_an_experiment_on_packages_comes_out_as_committed(tmp_path, name):
    from experiments.kept import digest

    experiment = script(name).EXPERIMENT
    found = experiment.text(experiment.table(experiment.run(tmp_path, experiment.reduced)))
    assert digest(found) == json.loads((FOLDER / name / "hashes.json").read_text())["reduced"], AGAIN.format(name=name)


@pytest.mark.slow
def test_the_calibration_comes_out_as_committed(tmp_path):
    pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    from experiments.kept import digest

    run = script("calibration")
    made, _ = run.tables(tmp_path, [], reduced=True)
    expected = json.loads((FOLDER / "calibration" / "hashes.json").read_text())["reduced"]
    assert digest("".join(map(run.text, made.values()))) == expected, AGAIN.format(name="calibration")


def test_the_page_of_the_calibration_shows_the_committed_tables():
    import pandas as pd

    from experiments.kept import BEGIN, END, digest

    run, folder = script("calibration"), FOLDER / "calibration"
    files = [folder / f"{name}.csv" for name in ("fit", "values", "slopes", "identification")]
    whole = "".join(file.read_text() for file in files)
    assert digest(whole) == json.loads((folder / "hashes.json").read_text())["table"]
    shown = "\n\n".join(run.markdown(pd.read_csv(file, na_values="n/a")) for file in files)
    assert (folder / "README.md").read_text().partition(BEGIN)[2].partition(END)[0].strip() == shown
    # The targets are those of the shipped search, and the defaults those of the shipped settings.
    values = pd.read_csv(folder / "values.csv")
    assert values["default"].tolist() == pytest.approx([run.default(axis.key) for axis in run.AXES], rel=1e-3)
    assert len(pd.read_csv(folder / "fit.csv").dropna(subset="scale")) >= len(run.TARGETS)


@pytest.mark.parametrize("name", PAIRED)
def test_what_a_page_says_is_the_committed_table(name):
    from experiments.kept import BEGIN, END, committed, digest

    experiment, file = script(name).EXPERIMENT, FOLDER / name / "table.csv"
    table = committed(file)
    assert digest(file.read_text()) == json.loads((FOLDER / name / "hashes.json").read_text())["table"]
    page = (FOLDER / name / "README.md").read_text()
    assert page.partition(BEGIN)[2].partition(END)[0].strip() == experiment.markdown(table)
    assert set(table["figure"]) == {figure.title for figure in experiment.figures}
    assert set(table["arm"]) == set(experiment.arms) and set(experiment.strokes) <= set(table["figure"])
    assert "(differences.svg)" in page and f"python experiments/{name}/run.py" in page


def test_a_table_pairs_by_replication():
    import pandas as pd

    from experiments.paired import Experiment, Figure

    months = pd.DataFrame(
        [("w", "calm", arm, run, month, loss + 10 * run + bonus, 100.0 + bonus)
         for arm, bonus in (("base", 0.0), ("other", 5.0)) for run in range(3) for month, loss in ((0, 1.0), (1, 3.0))],
        columns=["world", "scenario", "arm", "replication", "month", "loss", "lent"],
    )  # fmt: skip
    figures = (
        Figure("loss", "loss", "yuan"),
        Figure("loss in per cent", "loss"),
        Figure("rate", "loss / lent", "", 100),
    )
    experiment = Experiment(FOLDER, {"base": "", "other": "base"}, figures, ("loss",), {"w": ()})
    rows = experiment.table(months).set_index(["arm", "figure"])
    assert rows.loc[("base", "loss"), "mean"] == 12.0
    # Every run differs by 5, however far the runs are apart: the interval has no width.
    assert rows.loc[("other", "loss"), ["difference", "low", "high"]].tolist() == [5.0, 5.0, 5.0]
    assert rows.loc[("other", "loss in per cent"), "difference"] == pytest.approx(100 * 5 / 12)
    expected = [100 * ((2 + 10 * run + 5) / 105 - (2 + 10 * run) / 100) for run in range(3)]
    assert rows.loc[("other", "rate"), "difference"] == pytest.approx(sum(expected) / 3)
