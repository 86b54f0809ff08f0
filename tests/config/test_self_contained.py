"""A study folder holds the user's files that it was made of: it goes anywhere, and the originals may go."""

import dataclasses
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from sim.config.job import plan
from sim.config.schema import Config
from sim.config.validate import fields_of
from sim.inputs.synthetic_tape import write_tape
from sim.study.store.keeping import keep
from sim.study.store.manifest import write_manifest
from sim.study.store.store import Store

MONTHS = "month,unemployment_percent\n2020-01,5\n2020-02,5.5\n2020-03,6\n"
FILES = {
    "months.csv": MONTHS,
    "inner.csv": MONTHS.replace("6", "7"),
    "crisis.yaml": "# Jobs are lost.\nname: own crisis\nkind: path\nfile: inner.csv\n",
    "points.csv": "fund.capital_share\n0.05\n0.2\n",
    "packs/mypack.yaml": "parent: lenient\nmeaning: Ours.\n"
    "change: {policy/limit: keep, sharing: ../mysharing.yaml, fund: myfund.yaml}\n",
    "packs/myfund.yaml": "capital_share: 0.1\n",
    "mysharing.yaml": "layers:\n  - {participant: guarantee_fund, share: 0.8}\n  - {participant: lender, share: 0.2}\n",
    "my_policy.py": 'def keep(limit, months_past_due):\n    """Nothing changes."""\n    return limit\n',
}
STUDY = [
    *("population=tape", "population.file=tape.csv", "population.mapping=map.yaml"),
    *("study.scenarios=[crisis.yaml,months.csv]", "study.arms=[lenient,packs/mypack.yaml]"),
    *("design=file", "design.file=points.csv", "study.replications=1", "machine.workers=1"),
]

COMMAND = ["--plugin", "my_policy.py", *STUDY, "out=study"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with a file of each kind, which is where we are."""
    folder = tmp_path / "home"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_tape(folder / "tape.csv", 60)
    shipped = Path(__file__).parents[2] / "configs" / "mapping" / "taiwan_2005.yaml"
    (folder / "map.yaml").write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def manifest_of(folder):
    return json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def knock(home, door, monkeypatch):
    """The door, at home."""
    monkeypatch.chdir(home)
    return door


def test_a_study_of_every_kind_of_file_goes_anywhere(knock, home, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sim.reports.tell", lambda folder: [])
        patch.setattr("sim.study.run.runner.refuse_changes", lambda: None)
        code, _, err = knock(*COMMAND)
    assert (code, err) == (0, "")
    begun = manifest_of("study")
    kept = {one["name"]: one for one in begun["inputs"]}
    assert set(kept) == {*FILES, "tape.csv", "map.yaml"} - {"mysharing.yaml"} | {"packs/../mysharing.yaml"}
    for one in kept.values():
        content = (home / one["name"]).read_bytes()
        assert Path("study", one["file"]).read_bytes() == content
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (kept["tape.csv"]["rows"], kept["months.csv"]["rows"], kept["map.yaml"]["rows"]) == (60, 3, None)

    elsewhere = tmp_path / "elsewhere" / "a=b"
    elsewhere.parent.mkdir()
    shutil.move("study", elsewhere)
    monkeypatch.chdir(elsewhere.parent)
    shutil.rmtree(home)
    gone = next(elsewhere.glob("results/*.parquet"))
    gone.unlink()
    (elsewhere / "journal" / f"{gone.stem}.json").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("sim.reports.tell", lambda folder: [])
        patch.setattr("sim.study.run.runner.refuse_changes", lambda: None)
        for verb, *more in (["status"], ["resume", "--trust"], ["verify", "cells=1", "--trust"], ["export"]):
            code, _, err = knock(verb, "a=b", *more)
            assert (code, err) == (0, ""), verb
    assert knock("report", "a=b", "--trust")[0::2] == (0, "")
    assert (elsewhere / "report.html").is_file()
    ended = manifest_of("a=b")
    same = ("results_sha256", "config_sha256", "inputs")
    assert {key: ended[key] for key in same} == {key: begun[key] for key in same}


@pytest.fixture
def begun(knock, monkeypatch):
    """The study, begun and no more."""

    def begin(plan, out, **_):
        store = Store(Path(out), plan)
        store.folder.mkdir(exist_ok=True)
        store.open()
        keep(store.folder, plan.inputs)
        write_manifest(store, [], plan.task_count, complete=False, seconds=0.0)
        return store.folder

    monkeypatch.setattr("sim.study.run.runner.run_study", begin)
    monkeypatch.setattr("sim.inputs.plugin._try", lambda *_: None)  # trying the rule is not what is tested
    assert knock(*COMMAND)[::2] == (0, "")
    return knock


EDITS = {
    "months.csv": ("5.5", "5.6"),
    "inner.csv": ("5.5", "5.6"),
    "crisis.yaml": ("own crisis", "crisis"),
    "points.csv": ("0.2", "0.3"),
    "packs/mypack.yaml": ("Ours", "Ours,\n  {}".format("still")),
    "packs/myfund.yaml": ("0.1", "0.2"),
    "mysharing.yaml": ("0.8", "0.80"),
    "my_policy.py": ("return limit", "return limit + 1"),
    "tape.csv": ("\n1,", "\n91,"),
    "map.yaml": ("rate: 0.18", "rate: 0.17"),
}


def test_an_edited_original_is_told_by_name(begun, home):
    asked = {name: name if name != "mysharing.yaml" else "packs/../mysharing.yaml" for name in EDITS}
    texts = {name: (home / name).read_text(encoding="utf-8") for name in EDITS}
    edited = {name: texts[name].replace(*EDITS[name]) for name in EDITS}
    assert not [name for name in EDITS if edited[name] == texts[name]]
    for name, text in edited.items():
        (home / name).write_text(text, encoding="utf-8")
    code, out, err = begun("resume", "study", "--trust")
    note = "creditcycle: note: {} has changed since the study began; the study goes by its own copy"
    assert (code, out) == (0, "")
    assert sorted(err.splitlines()) == sorted(note.format(asked[name]) for name in EDITS)
    for name in EDITS:
        for other, text in (texts | {name: edited[name]}).items():
            (home / other).write_text(text, encoding="utf-8")
        code, out, err = begun(*COMMAND)
        if name in ("packs/mypack.yaml", "mysharing.yaml"):  # other bytes that mean the same
            assert (code, err) == (0, ""), name
            (home / name).write_text(texts[name], encoding="utf-8")
            assert begun(*COMMAND)[::2] == (0, "")
        else:
            assert (code, out) == (2, "") and err.count("\n") == 1, name
            assert f"out: study was begun with another {asked[name]} (its copy is inputs/" in err, err


def test_a_copy_that_was_changed_is_told(begun):
    for copy in sorted(Path("study/inputs").iterdir()):
        content = copy.read_bytes()
        copy.write_bytes(content + b"\n")
        code, out, err = begun("report", "study", "--trust")
        assert (code, out) == (2, "") and err.count("\n") == 1
        assert f"{copy}: is not what the study was begun with" in err
        copy.write_bytes(content)
    copy.unlink()
    assert f"{copy}: cannot be read: No such file" in begun("report", "study", "--trust")[2]


def test_a_study_is_the_same_wherever_its_files_lie(home, tmp_path, monkeypatch):
    here = plan(["plugin=my_policy.py", *STUDY])
    copy = tmp_path / "other" / "place"
    shutil.copytree(home, copy)
    monkeypatch.chdir(tmp_path)
    files = ("tape.csv", "map.yaml", "points.csv", "crisis.yaml", "months.csv", "packs/mypack.yaml", "my_policy.py")
    words = ["plugin=my_policy.py", *STUDY]
    for name in files:
        words = [word.replace(name, f"other/place/{name}") for word in words]
    there = plan(words)
    assert here.digest() == there.digest()
    assert [Store(Path("x"), here).key(task) for task in here.tasks()] == [
        Store(Path("x"), there).key(task) for task in there.tasks()
    ]
    assert [one.sha256 for one in here.inputs] == [one.sha256 for one in there.inputs]


def test_two_files_of_one_name_stand_side_by_side(home):
    (home / "sub").mkdir()
    (home / "sub" / "months.csv").write_text(MONTHS.replace("6", "8"), encoding="utf-8")
    named = "name: {}\ndefaults: path\nfile: {}\n"
    (home / "a.yaml").write_text(named.format("a", "months.csv"), encoding="utf-8")
    (home / "b.yaml").write_text(named.format("b", "sub/months.csv"), encoding="utf-8")
    found = plan(["study.scenarios=[a.yaml,b.yaml]", "study.arms=[lenient]"])
    assert len({one.kept_as for one in found.inputs}) == len(found.inputs) == 4
    assert {one.path.name for one in found.inputs} == {"a.yaml", "b.yaml", "months.csv"}


def every_setting(owner, path=""):
    for name, (kind, declared, _) in fields_of(owner).items():
        if dataclasses.is_dataclass(kind):
            yield from every_setting(kind, f"{path}{name}.")
        else:
            yield f"{path}{name}", declared


def test_every_key_that_names_a_file_is_known_to_be_a_place():
    places = {key for key, declared in every_setting(Config) if declared.place}
    assert places >= {"population.file", "population.mapping", "economy.file", "plugin", "out"}
    forgotten = [
        key
        for key, declared in every_setting(Config)
        if re.search(r"\b(CSV|YAML|Parquet|file|folder)\b", declared.meaning) and not declared.place
    ]
    assert not [key for key in forgotten if "thin" not in key and key not in ("economy.units", "population.start")]
