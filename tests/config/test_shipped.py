"""Nothing that is shipped sets a key without effect: packages, experiments, and the commands of the pages."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

import sim
from sim.config.acting import leaves, unmet
from sim.config.axes import gather
from sim.config.job import plan
from sim.config.locate import config_folder
from sim.config.options import option_names
from sim.config.packages import changes, package
from sim.config.userfile import read_yaml
from sim.study.plan.points import has_key

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
PAIRED = ("collections", "data_sharing", "downturn_rule", "fraud", "limit_policy", "main_study")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(EXPERIMENTS.glob("*/README.md"))]
COMMAND = re.compile(r'^ *(?:make run ARGS="(.+)"|creditcycle ([\w/]+=.+?))(?: +#.*)?$', re.MULTILINE)
COMMANDS = sorted({"".join(found) for page in PAGES for found in COMMAND.findall(page.read_text(encoding="utf-8"))})


def script(name: str):
    spec = importlib.util.spec_from_file_location(f"{name}_run", EXPERIMENTS / name / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    return run


def idle(given, configs):
    """Keys that no configuration reads."""
    return [
        key
        for key, _ in leaves(given)
        if (takers := [config for config in configs if has_key(config, key)])
        and all(unmet(config, key) for config in takers)
    ]


def idle_in_arms(resolved, folder=None):
    """Keys of packages, their ancestors' included, that no scenario of a study reads."""
    found = {}
    for arm in resolved.shown:
        file = folder and folder / f"{arm.name}.yaml"
        own = changes(package(str(file) if file and file.exists() else arm.name))
        given = [(entry.key, entry.value) for entry in own if not entry.is_group]
        found[arm.name] = idle(given, list(arm.configs.values()))
    return {name: keys for name, keys in found.items() if keys}


def test_no_shipped_package_sets_a_key_without_effect():
    resolved = plan([f"study.arms=[{','.join(option_names('package'))}]", "study.scenarios=[severe_recession]"])
    assert len(resolved.shown) == len(option_names("package"))
    assert idle_in_arms(resolved) == {}


@pytest.mark.parametrize("name", option_names("experiment"))
def test_no_shipped_experiment_sets_a_key_without_effect(name):
    if name in ("calibration", "reverse_stress"):
        pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    resolved = plan([f"experiment={name}"])
    said = read_yaml(config_folder() / "experiment" / f"{name}.yaml", ours=True)
    keys = [(part, said[part]) for part in said if part not in ("defaults", "design")]
    assert idle(keys, [config for arm in resolved.shown for config in arm.configs.values()]) == []
    assert idle_in_arms(resolved) == {}


@pytest.mark.parametrize("name", PAIRED)
def test_no_experiment_on_packages_sets_a_key_without_effect(name):
    experiment = script(name).EXPERIMENT
    arms = ",".join(experiment._named(arm) for arm in experiment.arms)
    for own in experiment.worlds.values():
        words = [f"study.arms=[{arms}]", f"study.scenarios=[{','.join(experiment.scenarios)}]"]
        assert idle_in_arms(plan([*words, *experiment.settings, *own]), experiment.folder) == {}


def test_no_script_of_an_experiment_sets_a_key_without_effect(monkeypatch, tmp_path):
    """What composes refuses a key without effect; each script's worlds are composed, none is run."""
    amplification = script("amplification")
    worlds = [(*amplification.COMMON, *given) for given, _ in amplification.tasks([1])]
    worlds += [*script("backtest_us_2007").steps().values(), script("risk_sharing").AUDITED]
    assert len(worlds) > 30 and all(sim.compose(given) for given in worlds)
    fund, asked = script("guarantee_fund"), []
    monkeypatch.setattr(fund, "lived", lambda words, *_: asked.append((plan(words), 1 / 0)))
    monkeypatch.setattr("sys.argv", ["run.py"])
    with pytest.raises(ZeroDivisionError):
        fund.main()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_of_a_page_sets_a_key_without_effect(command, tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    rows = [f"2020-{month:02d},{4.0 + month / 10}" for month in range(1, 13)]
    (tmp_path / "months.csv").write_text("month,unemployment\n" + "\n".join(rows) + "\n")
    (tmp_path / "tape.csv").symlink_to(ROOT / "examples" / "tape.csv")
    (tmp_path / "mapping.yaml").symlink_to(config_folder() / "mapping" / "taiwan_2005.yaml")
    row = "F00Q10000001|200002|98000|0|0|360|||||8.25|0|"
    (tmp_path / "sample_svcg_2000.txt").write_text(f"{row}\n")
    (tmp_path / "mine.yaml").write_text("defaults: freddie_svcg\nmedian_income: 5000\n")
    (tmp_path / "fitted").mkdir()
    (tmp_path / "fitted" / "behaviour.yaml").write_text("defaults: us_cards\noversight: 0.02\n")
    (tmp_path / "fitted" / "behaviour.worlds.csv").write_text("behaviour.oversight\n" + "0.03\n" * 16)
    (tmp_path / "fitted" / "mapping.yaml").write_text("defaults: taiwan_2005\nbeliefs: {cash_late: 0.2}\n")
    monkeypatch.chdir(tmp_path)
    assert plan(gather(shlex.split(command))).shown


def test_the_pages_have_commands():
    assert len(COMMANDS) > 8
