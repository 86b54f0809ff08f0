"""Every file in `configs` fits its dataclass: same keys, valid values, right name, a line that explains."""

import pytest
import yaml
from omegaconf import OmegaConf

from sim.config.compose import _shipped, compose, compose_groups, preset_of
from sim.config.hydra_side import hydra_tree
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, EXPERIMENT, GROUPS, dataclass_of, meaning_of, option_names
from sim.config.packages import ancestry, chain, package
from sim.config.schema import Config, as_plain
from sim.config.validate import fields_of, validate

OPTIONS = [(group.name, option) for group in GROUPS for option in option_names(group.name)]
ECONOMIES = {name: preset_of(_shipped("economy", name)) for name in option_names("economy")}
# Options that leave those of other groups alone: what Hydra makes of them is asked for together.
BESIDE = {group.name: option_names(group.name) for group in GROUPS if group.name != "economy"} | {
    "economy": [name for name, preset in ECONOMIES.items() if not preset]
}
# These need a file of the user's before they say anything.
NEED_FILES = {"path": ["economy.file=months.csv"], "tape": []}
FREE_KEYS = {"name"}


def section_of(plain, group):
    for part in group.split("/"):
        plain = plain[part]
    return plain


def leaves(value):
    return {key: leaves(item) for key, item in value.items()} if isinstance(value, dict) else None


def declared_keys(owner):
    return {
        name: declared_keys(kind) if hasattr(kind, "__dataclass_fields__") else None
        for name, (kind, _, _) in fields_of(owner).items()
        if name not in FREE_KEYS
    }


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_keys_are_the_fields(group, option):
    section = section_of(compose_groups([(group, option)]), group)
    assert section.pop("name") == option
    assert leaves(section) == declared_keys(dataclass_of(group, option))


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_values_are_valid(group, option):
    if option in NEED_FILES:
        pytest.skip("needs a file of the user's")
    config = compose([f"{group}={option}"])
    assert config.chosen[group] == option


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_says_what_it_is(group, option):
    meaning = meaning_of(group, option)
    assert (len(meaning) > 10 and meaning[-1] in ".:;,)") or len(meaning.split()) > 3, meaning


@pytest.mark.parametrize("place", range(max(len(options) for options in BESIDE.values())))
def test_exchanged_sections_are_what_hydra_composes(place):
    """Hydra composes an option of every group at once, for each composition takes it half a second."""
    exchanged = [(group, options[place % len(options)]) for group, options in BESIDE.items()]
    tree = OmegaConf.to_container(hydra_tree([f"{group}={option}" for group, option in exchanged]))
    tree.pop("hydra")
    composed = compose_groups(exchanged)
    for group, option in exchanged:
        assert section_of(composed, group) == section_of(tree, group), (group, option)
    assert composed == tree


@pytest.mark.parametrize("economy", [name for name, preset in ECONOMIES.items() if preset])
def test_an_economy_with_its_preset_is_what_hydra_composes(economy):
    given = [f"economy={economy}", *(f"{group}={option}" for group, option in ECONOMIES[economy].items())]
    tree = OmegaConf.to_container(hydra_tree(given))
    tree.pop("hydra")
    assert compose_groups([("economy", economy)]) == tree


@pytest.mark.parametrize("option", option_names(EXPERIMENT))
def test_experiment_composes(option):
    assert isinstance(compose([f"experiment={option}"]), Config)


@pytest.mark.parametrize("group", [group for group in GROUPS if group.attribute == "OPTIONS"], ids=lambda g: g.name)
def test_every_registered_option_has_a_file(group):
    from importlib import import_module

    assert set(import_module(group.module).OPTIONS) == set(option_names(group.name))


def test_registry_covers_the_folders():
    folder = config_folder()
    found = {str(path.parent.relative_to(folder)) for path in folder.rglob("*.yaml")} - {"."}
    assert found == {*BY_NAME, EXPERIMENT, "package", "mapping"}


def test_yaml_readers_agree():
    """No value of ours is one that YAML 1.1 and the strict reading take for different things."""
    from sim.config.userfile import read_yaml

    for path in config_folder().rglob("*.yaml"):
        assert yaml.safe_load(path.read_text()) == read_yaml(path, ours=True), path


def test_packages_form_a_ladder():
    names = option_names("package")
    assert {chain(package(name))[0].name for name in names} == {"lenient"}
    assert set(ancestry()) == set(names) - {"lenient"}
    for name in set(names) - {"lenient"}:
        assert len(package(name).change) == 1, f"{name} differs from its parent in more than one thing"


def test_round_trip():
    config = compose(["policy/closing=threshold", "sharing=guarantee_80_20", "economy=severe_recession"])
    assert validate(as_plain(config)) == config


def test_default_job_is_the_main_study():
    study = compose().study
    assert study.arms == ("lenient", "limits", "closing", "platform", "guaranteed")
    assert study.scenarios == ("calm", "severe_recession", "us_2007_2012")
    assert (study.replications, study.months, study.burn_in) == (8, 60, 24)
    assert compose().population.borrowers == 20_000
