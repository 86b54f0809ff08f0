"""The project around the engine: its lock, its targets, its set-up and the wheel."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
EXTRAS_LOCK = (ROOT / "requirements-extras.lock").read_text(encoding="utf-8")
EXTRAS = ("cluster", "analysis", "office", "notebooks", "docs")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def pins(lock=LOCK):
    """Return one (name, version, condition, hashes) for each entry of a lock."""
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    found = []
    for entry in entries:
        head, *hashes = entry.replace("\\\n", "\n").split("--hash=")
        requirement, _, condition = head.strip().partition(" ; ")
        name, _, version = requirement.partition("==")
        found.append((name, version, condition.strip(), [line.split()[0] for line in hashes]))
    return found


def pinned(name, python, lock=LOCK):
    """Return the versions of a library that a lock gives to one Python on Linux."""
    from packaging.markers import Marker

    place = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    return [
        version
        for entry, version, condition, _ in pins(lock)
        if entry == name and (not condition or Marker(condition).evaluate(place))
    ]


def load_set_up():
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "tools" / "set_up.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_pin_has_a_version_and_hashes():
    entries = pins(EXTRAS_LOCK)
    assert len(entries) > 80
    # What both locks name, they name alike, or the extras ask for it on every machine.
    both = {(name, version): (condition, hashes) for name, version, condition, hashes in entries}
    for name, version, condition, hashes in pins():
        assert both[name, version] in ((condition, hashes), ("", hashes)), name
    for name, version, _, hashes in entries:
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), name
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found) for found in hashes), name


def test_files_of_tests_that_begin_first_are_there():
    from tests.conftest import LONGEST

    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST) > 0


def test_files_that_look_at_the_same_studies_go_to_one_process(pytestconfig, monkeypatch):
    from tests.conftest import TOGETHER, pytest_xdist_make_scheduler

    pytest.importorskip("xdist")
    for option, value in (("dist", "loadfile"), ("tx", ["popen"])):
        monkeypatch.setattr(pytestconfig.option, option, value)
    scope = pytest_xdist_make_scheduler(pytestconfig, None)._split_scope
    for folder in TOGETHER:
        names = [f"tests/{folder}/{file.name}::test" for file in (ROOT / "tests" / folder).glob("test_*.py")]
        assert len(names) > 1 and {scope(name) for name in names} == {folder}
    assert scope("tests/study/test_runner.py::test[a]") == "tests/study/test_runner.py"
    monkeypatch.setattr(pytestconfig.option, "dist", "load")
    assert pytest_xdist_make_scheduler(pytestconfig, None) is None, "whoever asks for another way gets it"


def test_lock_names_no_address():
    for lock in (LOCK, EXTRAS_LOCK):
        assert "://" not in lock
        assert "index-url" not in lock
        assert "find-links" not in lock


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_lock_answers_each_declared_dependency_once(python):
    optional = PROJECT["project"]["optional-dependencies"]
    groups = [PROJECT["project"]["dependencies"], optional["dev"], PROJECT["dependency-groups"]["build"]]
    wanted = [(text, LOCK) for group in groups for text in group]
    wanted += [(text, EXTRAS_LOCK) for name in EXTRAS for text in optional[name]]
    from packaging.requirements import Requirement

    for text, lock in wanted:
        requirement = Requirement(text)
        versions = pinned(requirement.name.lower(), python, lock)
        assert len(versions) == 1, (requirement.name, python)
        assert requirement.specifier.contains(versions[0]), text


def test_mesa_is_pinned_for_both_pythons():
    assert pinned("mesa", "3.11") == ["3.3.1"]
    assert pinned("mesa", "3.12") == ["3.5.1"]


@pytest.mark.skipif(not Path(sys.prefix, "ready.json").exists(), reason="not the environment of the Makefile")
def test_environment_holds_what_the_lock_says():
    from importlib.metadata import version

    python = "{}.{}".format(*sys.version_info)
    for name in ("mesa", "numpy", "hydra-core"):
        assert [version(name)] == pinned(name, python)


def test_readme_names_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    assert {"run", "test", "lint", "clean", "help"} <= targets
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.MULTILINE))
    assert named
    assert named <= targets


def test_readme_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README + (ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    assert links
    missing = [link for link in links if not ((ROOT / link).exists() or (ROOT / "docs" / link).exists())]
    assert missing == []


def test_version_stands_once_everywhere():
    import sim

    assert sim.__version__ == PROJECT["project"]["version"]
    assert f"## {sim.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_page_is_in_the_index():
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    pages = {str(path.relative_to(docs)) for path in docs.rglob("*.md")} - {"README.md"}
    assert sorted(page for page in pages if f"]({page})" not in index) == []


def test_checks_before_a_change_run_lint_and_tests():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "make lint" in lines
    assert "make test" in lines


def test_set_up_leaves_only_the_source_package_for_the_second_step():
    set_up = load_set_up()
    first = set_up.without_sources(LOCK)
    assert "antlr4-python3-runtime==" in LOCK
    assert "antlr4-python3-runtime==" not in first
    assert first.count("==") == LOCK.count("==") - 1


def test_set_up_notices_a_changed_lock_and_a_missing_package(tmp_path, monkeypatch):
    set_up = load_set_up()
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n", encoding="utf-8")
    monkeypatch.setattr(set_up, "LOCK", lock)
    package = tmp_path / "environment" / "lib" / "python3.11" / "site-packages" / "a-1.dist-info"
    package.mkdir(parents=True)
    before = set_up.state_of(tmp_path / "environment")
    assert set_up.state_of(tmp_path / "environment") == before
    lock.write_text("a==2\n", encoding="utf-8")
    assert set_up.state_of(tmp_path / "environment") != before
    lock.write_text("a==1\n", encoding="utf-8")
    package.rmdir()
    assert set_up.state_of(tmp_path / "environment") != before


def test_set_up_reads_a_cut_off_stamp_as_none(tmp_path):
    set_up = load_set_up()
    assert set_up.read(tmp_path / "ready.json") is None
    (tmp_path / "ready.json").write_text('{"sources": "ab', encoding="utf-8")
    assert set_up.read(tmp_path / "ready.json") is None


def test_set_up_refuses_an_old_python_in_one_line(monkeypatch, capsys):
    set_up = load_set_up()
    monkeypatch.setattr(set_up.sys, "version_info", (3, 10, 4, "final", 0))
    assert set_up.main(".venv") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "3.11" in captured.err
    assert "3.10" in captured.err


def test_set_up_removes_nothing_that_is_no_environment(tmp_path, monkeypatch, capsys):
    set_up = load_set_up()
    keep = tmp_path / "mine" / "work.txt"
    keep.parent.mkdir()
    keep.write_text("a year of it", encoding="utf-8")
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "state_of", lambda environment, extras: {})
    assert set_up.main("mine") == 1
    assert keep.exists()
    assert "not a virtual environment" in capsys.readouterr().err


@pytest.mark.slow
def test_wheel_carries_the_configurations_and_runs_from_any_folder(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("creditcycle-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    shipped = {f"sim/configs/{path.relative_to(ROOT / 'configs')}" for path in (ROOT / "configs").rglob("*.yaml")}
    assert "sim/configs/config.yaml" in shipped
    shipped |= {f"sim/language/{path.name}" for path in (ROOT / "sim" / "language").glob("*.toml")}
    assert "sim/language/zh.toml" in shipped
    page = ROOT / "sim" / "explorer" / "page"
    shipped |= {f"sim/explorer/page/{path.relative_to(page)}" for path in page.rglob("*") if path.is_file()}
    assert {"sim/explorer/page/uplot/uPlot.iife.min.js", "sim/explorer/page/uplot/LICENSE"} <= shipped
    assert shipped <= inside
    assert not any(name.startswith(("tests/", "tools/", "configs/")) for name in inside)
    question = "import json, sim; config = sim.compose(['seed=7']); print(json.dumps([sim.__file__, config.seed]))"
    answer = subprocess.run(
        [sys.executable, "-c", question],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    where, seed = json.loads(answer.stdout)
    assert Path(where).is_relative_to(tmp_path)
    assert seed == 7
