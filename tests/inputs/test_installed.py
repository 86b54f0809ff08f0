"""Options of installed packages: a made-up distribution on the path, found by name, read as a user's own files are."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

import sim
from sim.__main__ import main
from sim.config.errors import UsageError
from sim.config.installed import located
from sim.config.job import plan
from sim.inputs.errors import InputError
from sim.inputs.installed import brought_by, file_of, installed, installed_page
from sim.study.store.keeping import described

RULES = "def thrifty(cash):\n    return dict(cash=cash, discretionary__paid=0)\n"
FILES = {
    "__init__.py": "raise SystemExit('a package of options is not to be imported')\n",
    "economy/crunch.yaml": "meaning: A crunch.\nunemployment: 0.08\n",
    "package/house.yaml": "meaning: Lines close.\nparent: limits\nchange:\n  policy/closing: threshold\n",
    "package/thrift.yaml": "meaning: Nobody spends.\nparent: limits\nchange:\n  behaviour/consumption: thrifty\n",
    "economy/evil.yaml": "meaning: x\nunemployment: ${oc.env:HOME}\n",
    "rules/habits.py": RULES,
    "experiment/first.yaml": "study:\n  months: 24\n",
}


def install(site: Path, name: str = "acme", value: str = "acme_rules", distribution: str = "acme_rules") -> Path:
    """Put a distribution into a folder of the path."""
    for file, text in FILES.items():
        path = site / "acme_rules" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    about = site / f"{distribution}-1.2.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[creditcycle.options]\n{name} = {value}\n", encoding="utf-8")
    importlib.invalidate_caches()
    return site / "acme_rules"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "site").mkdir()
    yield tmp_path / "site"
    sys.modules.pop("acme_rules", None)


def test_what_a_package_brings_is_found_by_name_and_not_imported(site, capsys):
    folder = install(site)
    one = installed()["acme"]
    assert (one.folder, one.distribution, one.version) == (folder, "acme_rules", "1.2")
    assert file_of("economy", "acme:crunch") == str(folder / "economy" / "crunch.yaml")
    assert file_of("policy/limit", "acme:crunch") == "acme:crunch" and file_of("economy", "calm") == "calm"
    assert brought_by(str(folder / "economy" / "crunch.yaml")) == "acme_rules 1.2" and brought_by("other.yaml") == ""
    assert main(["show", "installed"]) == 0
    out = capsys.readouterr().out
    assert out == installed_page()
    assert "study.arms   acme:house, acme:thrift" in out and "--plugin     acme:habits" in out
    assert "acme_rules" not in sys.modules


def test_options_stand_where_files_of_ones_own_may(site):
    folder = install(site)
    assert located(["study.arms=[lenient,acme:house]", "seed=1", "out=a:b"]) == [
        f"study.arms=[lenient,{folder / 'package' / 'house.yaml'}]", "seed=1", "out=a:b",
    ]  # fmt: skip
    words = ["study.arms=[limits,acme:house]", "study.scenarios=[calm,acme:crunch]", "population.borrowers=300"]
    made = plan(words)
    assert [arm.name for arm in made.shown] == ["limits", "house"]
    assert [scenario.name for scenario in made.scenarios] == ["calm", "crunch"]
    assert {one["brought_by"] for one in described(made.inputs)} == {"acme_rules 1.2"}
    assert sim.compose(["experiment=acme:first"]).study.months == 24


def test_rules_of_a_package_are_the_users_once_named(site, tmp_path, monkeypatch, capsys):
    install(site)
    monkeypatch.chdir(tmp_path)
    own = ["--plugin", "acme:habits", "study.arms=[limits,acme:thrift]", "economy=calm"]
    assert main([*own, "--cfg", "job"]) == 0
    assert main(own[2:]) == 2, "without the file that holds it"
    assert "behaviour/consumption: thrifty is not allowed: shipped, or a function of a file" in capsys.readouterr().err
    assert json.dumps([path.name for path in tmp_path.iterdir()]) == '["site"]'


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["economy=acme:crunsh"], "economy: acme:crunsh: acme_rules has crunch, evil; did you mean crunch?"),
        (["economy=acne:crunch"], "no installed package brings options under acne; there are acme; did you mean acme?"),
        (["economy=acme:evil"], "a plain value; references and resolvers are not read"),
    ],
)
def test_what_is_refused(words, says, site):
    install(site)
    with pytest.raises(UsageError) as found:
        plan(words)
    assert says in str(found.value) and "\n" not in str(found.value)


@pytest.mark.parametrize("value", ["acme_rules:main", "/etc", "..", "acme_rules.nothing", "no_such_package", "json"])
def test_an_entry_that_names_no_folder_of_a_package_is_refused(value, site):
    install(site, value=value)
    if value == "json":
        assert installed()["acme"].folder.name == "json", "a folder, though one without options"
        return
    with pytest.raises(InputError, match="is no folder of a package"):
        installed()


def test_one_name_of_two_packages_and_links_that_lead_out_are_refused(site):
    folder = install(site)
    (folder / "economy" / "out.yaml").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="acme_rules has crunch, evil"):
        file_of("economy", "acme:out")
    install(site, distribution="other")
    with pytest.raises(InputError, match="acme is brought by acme_rules and other"):
        installed()
    assert brought_by(str(folder / "economy" / "crunch.yaml")) == ""
