"""Scenarios of the user's own stand beside the shipped ones: by file, from any folder, with a name and a meaning."""

import html
import json
import shutil
import textwrap
from pathlib import Path

import pytest

from sim.config.errors import UsageError
from sim.config.job import plan
from sim.economy.environment import Support
from sim.study.store.manifest import write_manifest
from sim.study.store.store import Store

ROOT = Path(__file__).parents[2]
MONTHS = "month,unemployment_percent\n2020-01,5\n2020-02,5.5\n2020-03,6\n"
SLUMP = """\
# A slump of our own. It is short.
path:
  months: [0, 4, 9]
  unemployment_rise: [0.0, 0.04, 0.0]
  income: [1.0, 0.95, 1.0]
  demand: [1.0, 0.9, 1.0]
  policy_rate_change: [0.0, 0.0, 0.0]
  stress: [0.0, 1.0, 0.0]
"""
SMALL = ["study.arms=[lenient]"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "slump.yaml").write_text(SLUMP)
    (tmp_path / "mine" / "months.csv").write_text(MONTHS)
    (tmp_path / "mine" / "worse.csv").write_text(MONTHS.replace("6", "9") + "2020-04,8\n")
    (tmp_path / "mine" / "told.yaml").write_text(
        "name: as in 2020\nmeaning: What we lived through.\nkind: path\nfile: months.csv\n"
        "systematic: {severity_sd: 0.1}\n"
    )
    return tmp_path


def scenarios(*words):
    found = plan([*SMALL, *words])
    configs = found.shown[0].configs
    return {one.name: (one.months, one.meaning, configs[one.name].economy) for one in found.scenarios}


def test_a_file_of_keys_is_a_scenario(here):
    ((name, (months, meaning, economy)),) = scenarios("economy=mine/slump.yaml", "study.months=20").items()
    assert (name, months, meaning) == ("slump", 20, "A slump of our own.")
    assert max(economy.path.unemployment_rise) == 0.04
    assert economy.shock_lag == 12, "what it leaves out is as in calm"


def test_a_shipped_path_without_its_support_stands_beside_it(here):
    """As the page on own data has it."""
    page = (ROOT / "docs" / "own_data.md").read_text(encoding="utf-8")
    block = page.split("name: alone\n")[1].split("\n\n")[0]
    (here / "alone.yaml").write_text("name: alone\n" + textwrap.dedent("    " + block.lstrip()))
    found = scenarios("study.scenarios=[us_2020,alone.yaml]")
    (_, _, shipped), (months, meaning, alone) = found["us_2020"], found["alone"]
    assert months == 36 and meaning.endswith("nobody is helped.")
    assert shipped.brings(*Support._fields) and not alone.brings(*Support._fields)
    assert alone.published.unemployment == shipped.published.unemployment


def test_a_table_of_months_is_a_scenario(here):
    ((name, (months, meaning, economy)),) = scenarios("economy=mine/months.csv").items()
    assert (name, months, meaning) == ("months", 3, "A path of the user's own, from months.csv.")
    by_key = scenarios("economy=path", "economy.file=mine/months.csv")
    assert by_key == {name: (months, meaning, economy)}, "the long way says the same"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["economy=path", "economy.file=mine/months.csv"], "calm_unemployment=0.04"),
        (["economy=mine/months.csv"], "units=percent"),
        (["economy=mine/slump.yaml"], "shock_lag=3"),
        (["economy=mine/told.yaml"], "calm_unemployment=0.04"),
        (["economy=severe_recession"], "shock_lag=3"),
    ],
)
def test_a_key_of_the_economy_goes_with_each_kind_of_scenario(here, words, key):
    name, value = key.split("=")
    for arms in ([], ["policy/closing=threshold"]):
        found = plan([*words, f"economy.{key}", *(arms or SMALL)])
        (config,) = found.shown[-1].configs.values()
        assert str(getattr(config.economy, name)) == value


@pytest.mark.parametrize(("file", "name"), [("a=b.csv", "a b"), ("calm.csv", "path"), ("x" * 90 + ".csv", "x" * 60)])
def test_an_odd_name_of_a_path_is_made_even(here, file, name):
    (here / file).write_text(MONTHS)
    assert list(scenarios("economy=path", f"economy.file={file}")) == [name]


def test_several_stand_side_by_side(here):
    found = scenarios("study.scenarios=[calm,mine/slump.yaml,mine/months.csv,mine/worse.csv,mine/told.yaml]")
    assert list(found) == ["calm", "slump", "months", "worse", "as in 2020"]
    assert found["as in 2020"][:2] == (3, "What we lived through.")
    told, plainly = found["as in 2020"][2], found["months"][2]
    assert told.published == plainly.published
    assert (told.systematic.severity_sd, plainly.systematic.severity_sd) == (0.1, 0.0)
    assert (found["worse"][0], found["worse"][2].published.unemployment[2]) == (4, 0.09)


def test_keys_belong_to_the_scenario_that_was_named(here):
    found = scenarios("study.scenarios=[calm,mine/slump.yaml]", "economy=mine/slump.yaml", "economy.unemployment=0.07")
    assert [economy.unemployment for _, _, economy in found.values()] == [0.05, 0.07]


def test_a_copy_of_a_shipped_scenario_is_one(here):
    text = (ROOT / "configs" / "economy" / "severe_recession.yaml").read_text(encoding="utf-8")
    (here / "harder.yaml").write_text(text.replace("0.050", "0.060").replace("name: severe_recession\n", ""))
    mine, ours = scenarios("economy=harder.yaml")["harder"], scenarios("economy=severe_recession")["severe_recession"]
    assert mine[1].startswith("Severe recession: unemployment 5 points up")
    assert max(mine[2].path.unemployment_rise) == 0.06 and mine[2].path.income == ours[2].path.income


@pytest.mark.parametrize("kind", ["stochastic", "path"])
def test_a_kind_starts_from_the_shipped_scenario_of_its_name(here, kind):
    (here / "kin.yaml").write_text(f"kind: {kind}\n" + "file: mine/months.csv\n" * (kind == "path"))
    mine = scenarios("economy=kin.yaml")["kin"][2]
    ours = scenarios(f"economy={kind}", *(["economy.file=mine/months.csv"] * (kind == "path")))
    ((_, _, shipped),) = ours.values()
    assert (mine.kind, mine.shock_lag, mine.systematic) == (kind, shipped.shock_lag, shipped.systematic)


def test_an_axis_over_files_makes_each_a_point_of_one_scenario(here):
    found = plan([*SMALL, "economy=path", "design=grid", "economy.file=mine/months.csv,mine/worse.csv"])
    assert [scenario.name for scenario in found.scenarios] == ["path"]
    finals = []
    for task in found.tasks()[: len(found.points)]:
        assert task.family == "path"
        finals.append(task.config(task.arms[0], "path").economy.published.unemployment[2])
    assert sorted(finals) == [0.06, 0.09]
    assert {one.name for one in found.inputs} == {"mine/months.csv", "mine/worse.csv"}
    assert plan(found.overrides).digest() == found.digest()
    shutil.copy("mine/months.csv", "again.csv")
    with pytest.raises(UsageError, match="points 1 and 2 are the same"):
        plan([*SMALL, "economy=path", "design=grid", "economy.file=mine/months.csv,again.csv"])
    (here / "points.csv").write_text("economy.file,fund.capital_share\nmine/worse.csv,0.1\nmine/months.csv,0.2\n")
    listed = plan(["study.arms=[guaranteed]", "economy=path", "design=file", "design.file=points.csv"])
    assert len(listed.points) == 2 and len(listed.compositions) == 1


def test_the_start_of_a_tape_is_an_axis_that_acts(here):
    tape = ["population=tape", f"population.file={ROOT / 'examples' / 'tape.csv'}", "population.mapping=taiwan_2005"]
    found = plan([*SMALL, "economy=calm", *tape, "design=grid", "population.start=2005-08,2005-09"])
    books = [task.config(task.arms[0], "calm").tape.start for task in found.tasks()[:2]]
    assert sorted(books) == ["2005-08", "2005-09"]


BAD = {
    "name:\n": "name: null is not allowed: a text of 1 to 60 characters",
    "name: ''\n": "name: an empty text is not allowed",
    "name: 'a:b'\n": "name: a:b is not allowed",
    "name: [a]\n": "name: [a] is not allowed",
    "meaning: ''\n": "meaning: an empty text is not allowed: a text of 1 to 400 characters",
    "name: calm\n": "calm is the name of a shipped option, name it otherwise",
    "defaults: clam\n": "defaults: clam is not allowed: one of calm, fraud_wave",
    "kindd: path\n": "did you mean economy.kind?",
    "kind: paths\n": "did you mean path?",
    "kind: path\n": "economy.file: empty",
    "kind: path\nfile: nowhere.csv\n": "mine/nowhere.csv: cannot be read",
    "income: 3\n": "keys with values",
    "unemployment: {a: 1}\n": "economy.unemployment: {a:1} is not allowed",
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_in_it_is_one_line(refused, here, text):
    (here / "mine" / "bad.yaml").write_text(text)
    assert BAD[text] in refused("study.scenarios=[calm,mine/bad.yaml]", *SMALL)


def test_two_of_one_name_are_refused(refused, here):
    (here / "months.csv").write_text(MONTHS)
    line = refused("study.scenarios=[months.csv,mine/months.csv]", *SMALL)
    assert "mine/months.csv: another scenario is called months" in line
    assert "did you mean severe_recession?" in refused("economy=sevre_recession")
    (here / "calm.csv").write_text(MONTHS)
    assert "calm is the name of a shipped option" in refused("economy=calm.csv")


@pytest.mark.parametrize("text", ["layers: []\n", "layers:\n", "funded: false\n"])
def test_a_scheme_without_a_layer_is_refused(refused, here, text):
    (here / "mine.yaml").write_text(text)
    line = refused("sharing=mine.yaml").replace("null", "[]")
    assert line.startswith("sharing: mine.yaml: layers: [] is not allowed: at least one layer")


@pytest.mark.parametrize("group", ["sharing", "fund"])
def test_an_empty_name_is_refused_everywhere(refused, here, group):
    (here / "mine.yaml").write_text("name:\n")
    assert "mine.yaml: name: null is not allowed" in refused(f"{group}=mine.yaml")
    (here / "mine.yaml").write_text("name: mine\nmeaning: [a]\n")
    assert "mine.yaml: meaning: [a] is not allowed" in refused(f"{group}=mine.yaml")


def test_the_manifest_calls_each_by_its_name(here):
    found = plan([*SMALL, "study.scenarios=[mine/told.yaml,mine/worse.csv]"])
    (here / "out").mkdir()
    store = Store(here / "out", found)
    store.open()
    write_manifest(store, [], found.task_count, complete=False, seconds=0.0)
    manifest = json.loads((here / "out" / "manifest.json").read_text(encoding="utf-8"))
    named = {one["name"]: one["meaning"] for one in manifest["scenarios"]}
    assert named == {"as in 2020": "What we lived through.", "worse": "A path of the user's own, from worse.csv."}


@pytest.mark.slow
def test_the_report_calls_each_by_its_name(door, here):
    code, _, err = door(
        *("study.scenarios=[mine/told.yaml,mine/worse.csv]", *SMALL, "population.borrowers=100", "firms=none"),
        *("study.burn_in=1", "study.months=2", "study.replications=1", "machine.workers=1", "out=out"),
    )
    assert (code, err) == (0, "")
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in manifest["scenarios"]] == ["as in 2020", "worse"]
    report = html.unescape(Path("out/report.html").read_text(encoding="utf-8"))
    for words in ("What we lived through.", "A path of the user's own, from worse.csv.", "Worse", "As in 2020"):
        assert words in report, words
    assert ">Path<" not in report


def test_it_is_shown(door, here):
    code, out, err = door("show", "economy=mine/slump.yaml")
    assert (code, err) == (0, "") and "economy.path.unemployment_rise" in out and "[0.0,0.04,0.0]" in out


def test_a_model_of_it_from_python(here):
    from sim.config.compose import compose

    config = compose(["economy=mine/slump.yaml"])
    assert config.chosen["economy"] == "slump" and max(config.economy.path.unemployment_rise) == 0.04
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read"):
        compose(["economy=nowhere.yaml"])
