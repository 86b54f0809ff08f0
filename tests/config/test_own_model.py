"""``study.model=FILE.py:CLASS`` through the door: refused in one line, run as an arm, and kept as code is."""

from __future__ import annotations

import json
import pickle
import shlex
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.__main__ import main
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.own_model import own_model, refuse_unlike
from sim.config.package_page import package_page
from sim.figures.own import OWN
from sim.study.plan.own_model import model_files, models_kept, own_models, tellers_of
from sim.study.run.cell import run_task
from sim.study.run.job import widest
from sim.study.run.own_model import _loaded
from sim.study.run.stopping import bare, go_on, go_on_with
from sim.study.store.keeping import described
from sim.study.store.reading import read_manifest
from sim.study.store.store import entries

MODEL = '''"""Grants for those in arrears."""

import mesa

import sim


class Donor(mesa.Agent):
    def step(self):
        late = self.model.borrowers.select("months_past_due >= 1")
        chosen = late.select(self.model.draw("whom", late) < 0.5, at_most=20)
        self.model.given += self.model.pay("outside", chosen, 100_00)
        if self.model.month == FAILS and self.model.config.seed in WHERE:
            raise LookupError("no more")


FAILS, WHERE = 99, ()


class Grants(sim.Model):
    FIGURES = {"given": ("fen a month", "grants to persons in arrears", "sum")}

    def __init__(self, config, checkpoint=None):
        super().__init__(config, checkpoint)
        Donor.create_agents(self, 2)

    def before_month(self):
        self.given = 0
        self.added.shuffle_do("step")

    def figures(self):
        return {"given": self.given}
'''
SMALL = ["population.borrowers=300", "study.replications=2", "study.months=4", "study.burn_in=3", "economy=calm",
         "machine.workers=1", "machine.threads=1"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a model and the study of both arms."""
    home = tmp_path_factory.mktemp("model")
    (home / "mine.py").write_text(MODEL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(home)
        assert main([*SMALL, "study.model=mine.py:Grants", "out=study"]) == 0
    return home


@pytest.fixture
def study(home, tmp_path, monkeypatch):
    """A copy of the study in a folder without the original file."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(home / "study", "study")
    return tmp_path / "study"


def months(folder):
    return pd.concat(pd.read_parquet(path) for path in sorted((folder / "results").glob("*.parquet")))


def test_the_model_is_the_configured_arm_and_its_figures_have_units(home):
    frame, manifest = months(home / "study"), read_manifest(home / "study")
    given = frame.groupby("arm", observed=True)["given"]
    assert given.count().to_dict() == {"baseline": 0, "configured": 8} and given.sum()["configured"] > 0
    assert manifest["units"]["given"] == {
        "unit": "fen a month", "meaning": "grants to persons in arrears", "combined": "sum"
    }  # fmt: skip
    assert manifest["own_models"]["configured"]["model"] == "mine.py:Grants"
    assert [arm["change"] for arm in manifest["arms"]] == ["", "baseline with model mine.py:Grants instead of nothing"]
    kept = (home / "study" / manifest["inputs"][0]["file"]).read_text(encoding="utf-8")
    assert kept == MODEL and manifest["inputs"][0]["sha256"] == manifest["own_models"]["configured"]["sha256"]
    assert "given,fen a month" in (home / "study" / "summary.csv").read_text(encoding="utf-8")


def test_a_cell_that_travels_is_computed_from_the_text_it_carries(home, monkeypatch):
    monkeypatch.chdir(home)
    task = plan([*SMALL, "study.model=mine.py:Grants"]).tasks()[0]
    monkeypatch.chdir("/")
    _loaded.cache_clear()
    found = {run.arm: run.digest for run in run_task(pickle.loads(pickle.dumps(task))).runs}
    stored = {run["arm"]: run["sha256"] for run in entries(home / "study")[0].runs}
    assert found == stored and len(set(found.values())) == 2


def test_its_figure_may_be_the_one_that_must_be_precise(home, monkeypatch):
    """Packages that do not tell it take no part; where the parent does not, its own level must be precise."""
    monkeypatch.chdir(home)
    for name, change in (("given", "lender.loss_given_default: 0.8"), ("more", "policy/limit: tiered")):
        text = f"parent: lenient\nmodel: mine.py:Grants\nmeaning: With grants.\nchange: {{{change}}}\n"
        (home / f"{name}.yaml").write_text(text)
    asked = [*SMALL, "study.arms=[lenient,given.yaml,more.yaml]", "study.precision=500", "study.precision_of=given"]
    made = plan(asked)
    assert tellers_of(made, "given") == ["given", "more"] and tellers_of(made, "loss_rate") == []
    with pytest.raises(UsageError, match=r"study\.precision_of: givn is not allowed.*did you mean given"):
        plan([*asked, "study.precision_of=givn"])
    levels = {"lenient": [float("nan")] * 4, "given": [100.0, 140.0, 60.0, 100.0], "more": [102.0, 143.0, 62.0, 105.0]}
    rows = {(arm, "calm", run): value for arm, values in levels.items() for run, value in enumerate(values)}
    index = pd.MultiIndex.from_tuples(rows, names=["arm", "scenario", "replication"])
    monkeypatch.setattr("sim.study.run.job.figures", lambda job: pd.DataFrame({"given": [*rows.values()]}, index))
    quantile, spread = 3.18244630528371, pd.DataFrame(levels).std() / 2  # of Student's t with three degrees of freedom
    assert widest(SimpleNamespace(plan=made)) == pytest.approx(2 * quantile * spread["more"])
    gap = (pd.Series(levels["more"]) - pd.Series(levels["given"])).std() / 2
    paired = plan([*asked, "study.baseline=given"])
    assert widest(SimpleNamespace(plan=paired)) == pytest.approx(2 * quantile * gap)


@pytest.mark.slow
def test_workers_change_no_bit(home, monkeypatch, tmp_path):
    monkeypatch.chdir(home)
    more = [entry for entry in SMALL if "workers" not in entry]
    assert main([*more, "study.model=mine.py:Grants", "machine.workers=2", f"out={tmp_path / 'two'}"]) == 0
    assert read_manifest(tmp_path / "two")["results_sha256"] == read_manifest(home / "study")["results_sha256"]


def test_a_package_of_the_users_names_its_model_beside_it(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.py").write_text(MODEL, encoding="utf-8")
    for name, parent in (("given", "lenient"), ("closes", "closing")):
        text = f"parent: {parent}\nmodel: mine.py:Grants\nmeaning: As its parent, with grants.\n"
        (home / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    arms = "study.arms=[lenient,limits,home/given.yaml]"
    found = plan([arms, "study.scenarios=[calm]"])
    models = {arm.name: arm.configs["calm"].model for arm in found.shown}
    assert {name: own and own.called for name, own in models.items()} == {
        "lenient": None, "limits": None, "given": "mine.py:Grants"
    }  # fmt: skip
    assert [arm.differs for arm in found.shown][2] == "lenient with model mine.py:Grants instead of nothing"
    closes = plan(["study.arms=[lenient,home/closes.yaml]", "study.scenarios=[calm]"])
    assert closes.paired["closes"] == "closes_never_closing"
    assert [arm.configs["calm"].model is not None for arm in closes.arms] == [False, True, True]
    everywhere = plan([arms, "study.scenarios=[calm]", "study.model=home/mine.py:Grants"])
    assert {arm.configs["calm"].model.called for arm in everywhere.arms} == {"mine.py:Grants"}
    page = package_page("home/given.yaml")
    assert "model: mine.py:Grants instead of nothing, against lenient" in " ".join(page.split())


@pytest.mark.parametrize("verb", ["verify", "resume", "report", "audit"])
def test_the_model_of_a_folder_does_not_run_unasked(verb, study, monkeypatch, capsys):
    monkeypatch.setattr("sim.study.run.own_model._loaded", lambda *_: pytest.fail("the file was run"))
    assert main([verb, str(study)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "mine.py" in said and "--model FILE" in said and "--trust" in said
    (study.parent / "other.py").write_text(MODEL + "\n", encoding="utf-8")
    assert main([verb, str(study), "--model", "other.py"]) == 2
    assert "other.py is not the file of a model that the study" in capsys.readouterr().err
    assert main([verb, str(study), "--model", "nowhere.py"]) == 2
    assert "--model: nowhere.py: cannot be read" in capsys.readouterr().err


def test_a_manifest_that_hides_its_model_runs_it_no_sooner(study, monkeypatch, capsys):
    from sim.study.plan.differences import digest

    manifest = json.loads((study / "manifest.json").read_text(encoding="utf-8"))
    del manifest["check"]
    manifest["own_models"], manifest["own_figures"] = {}, []
    (study / "manifest.json").write_text(json.dumps({**manifest, "check": digest(manifest)}), encoding="utf-8")
    monkeypatch.setattr("sim.study.run.own_model._loaded", lambda *_: pytest.fail("the file was run"))
    assert main(["resume", str(study)]) == 2 and "--trust" in capsys.readouterr().err
    manifest["own_figures"] = [["given", "fen", "grants", "most"]]
    (study / "manifest.json").write_text(json.dumps({**manifest, "check": digest(manifest)}), encoding="utf-8")
    assert main(["status", str(study)]) == 2 and "damaged" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("how", ["--trust", "--model"])
def test_handed_over_or_agreed_to_it_is_computed_again_bit_for_bit(how, study, capsys):
    (study.parent / "copy.py").write_text(MODEL, encoding="utf-8")
    assert main(["verify", str(study), "cells=1", how, *(["copy.py"] if how == "--model" else [])]) == 0
    assert "1 cells computed again, bit for bit the same" in capsys.readouterr().out


@pytest.mark.slow
def test_a_study_goes_on_where_it_stopped(study):
    whole = read_manifest(study)["results_sha256"]
    for part in ("results", "journal"):
        sorted((study / part).iterdir())[0].unlink()
    assert main(["resume", str(study), "--trust"]) == 0
    assert read_manifest(study)["results_sha256"] == whole


def test_a_citation_holds_the_file(study, capsys):
    assert main(["cite", str(study)]) == 0
    copy = next((study / "inputs").iterdir())
    assert copy.name in (study / "ro-crate-metadata.json").read_text(encoding="utf-8")
    copy.write_text(MODEL + "\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(study), "--trust"]) == 2
    assert "is not what the study was begun with" in capsys.readouterr().err


def test_a_cell_that_fails_is_one_line_and_the_others_are_kept(home, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seeds = read_manifest(home / "study")["seeds"]
    fails = MODEL.replace("FAILS, WHERE = 99, ()", f"FAILS, WHERE = 1, ({seeds[1]},)")
    (tmp_path / "mine.py").write_text(fails, encoding="utf-8")
    assert main([*SMALL, "study.model=mine.py:Grants"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    line = "1 cell failed: calm, replication 1: OwnModelError: mine.py, line 14, Grants, Donor.step of agent "
    assert line in said and "LookupError: no more (configured in calm): 1 of 2 cells are kept" in said
    assert said.endswith("go on with: creditcycle resume out --model mine.py\n")
    assert go_on(tmp_path, ["study.model=''", "seed=1"]) == f"creditcycle resume {tmp_path}"
    quoted = go_on(tmp_path, [r"plugin='it\'s my rule.py'", "study.model='my model.py:Mine'"])
    assert shlex.split(quoted)[-4:] == ["--plugin", "it's my rule.py", "--model", "my model.py"]
    assert bare("mine.py") == "mine.py" and bare("'a b'") == "a b" and bare("'") == "'"
    everywhere = fails.replace(f"({seeds[1]},)", str(tuple(seeds)))
    (tmp_path / "mine.py").write_text(everywhere, encoding="utf-8")
    assert main([*SMALL, "study.model=mine.py:Grants", "out=none"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "none: the model failed: mine.py, line 14, Grants, Donor.step of agent" in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("mine.py", "study.model: mine.py is not allowed: FILE.py:CLASS"),
        ("mine.txt:Grants", "mine.txt:Grants is not allowed"),
        ("mine.py:class", "mine.py:class is not allowed"),
        ("none.py:Grants", "study.model: none.py: cannot be read"),
        ("mine.py:Grant", "study.model: mine.py: Grant is no subclass of sim.Model in it; did you mean Grants?"),
        ("broken.py:Grants", "study.model: broken.py, line 1: is not Python"),
        ("gbk.py:Grants", "study.model: gbk.py: reads as GBK"),
    ],
)
def test_what_is_no_model_is_refused_before_anything_is_written(given, words, refused, tmp_path):
    (tmp_path / "mine.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "broken.py").write_text("class Grants(:\n", encoding="utf-8")
    (tmp_path / "gbk.py").write_bytes("# 信贷周期模型\n".encode("gbk"))
    assert words in refused(f"study.model={given}")


def test_where_models_are_named_and_where_not(refused, tmp_path):
    (tmp_path / "mine.py").write_text(MODEL, encoding="utf-8")
    assert "--model: mine.py is not allowed: with resume" in refused("--model", "mine.py", "economy=calm")
    (tmp_path / "own.yaml").write_text("parent: lenient\nmodel: [1]\nmeaning: Mine.\n", encoding="utf-8")
    assert "own.yaml: model: [1] is not allowed" in refused("study.arms=[own.yaml]")
    (tmp_path / "own.yaml").write_text("parent: lenient\nmodel: my.py:Grants\nmeaning: Mine.\n", encoding="utf-8")
    assert "my.py: cannot be read" in refused("study.arms=[own.yaml]")


def test_a_study_file_names_a_model_that_lies_beside_it(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "study.yaml").write_text("study:\n  model: mine.py:Grants\n  months: 3\n", encoding="utf-8")
    monkeypatch.chdir("/")
    found = plan([f"experiment={tmp_path / 'study.yaml'}", "economy=calm"])
    models = {arm.name: arm.configs["calm"].model for arm in found.shown}
    assert models["baseline"] is None and models["configured"].called == "mine.py:Grants"
    assert str(tmp_path / "mine.py") in [one.name for one in found.inputs]
    assert OWN["given"].unit == "fen a month" and own_model("") is None


def test_the_way_to_go_on_hands_over_models_that_packages_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(f"# {name}\n{MODEL}", encoding="utf-8")
        text = f"parent: limits\nmodel: {name}.py:Grants\nmeaning: As limits, with grants.\n"
        (tmp_path / f"{name}_arm.yaml").write_text(text, encoding="utf-8")
    found = plan([*SMALL, "study.arms=[limits,one_arm.yaml]"])
    assert model_files(found) == ["one.py"]
    assert go_on_with(tmp_path, found) == f"creditcycle resume {tmp_path} --model one.py"
    stored = {"inputs": described(found.inputs), **own_models(found)}
    assert models_kept(stored) == ["one.py"] and models_kept({"inputs": stored["inputs"]}) == []
    both = plan([*SMALL, "study.arms=[limits,one_arm.yaml,two_arm.yaml]"])
    assert go_on_with(tmp_path, both) == f"creditcycle resume {tmp_path} --trust"


def test_models_of_a_study_agree_on_what_a_figure_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, unit in (("one", "fen a month"), ("two", "persons")):
        (tmp_path / f"{name}.py").write_text(MODEL.replace('"fen a month"', f'"{unit}"'), encoding="utf-8")
    one, two = (SimpleNamespace(model=own_model(f"{name}.py:Grants")) for name in ("one", "two"))
    refuse_unlike({"a": {"calm": one}, "b": {"calm": one}, "c": {"calm": SimpleNamespace(model=None)}})
    with pytest.raises(UsageError, match=r"^b: FIGURES: given is \(persons, .*, sum\), and a declares it otherwise"):
        refuse_unlike({"a": {"calm": one}, "b": {"calm": two}})
