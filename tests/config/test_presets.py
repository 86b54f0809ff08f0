"""Options that go with a scenario: whom they reach, and that what is said stands over them."""

import pytest

import sim
from sim.config.compose import preset_of
from sim.config.errors import UsageError
from sim.config.job import plan

OWN = ("behaviour", "lender", "policy/limit", "policy/collections", "firms")
THEIRS = {**dict.fromkeys(OWN, "us_cards"), "bureau": "full"}


def chosen(config) -> dict[str, str]:
    return {group: config.chosen[group] for group in THEIRS}


def test_a_preset_is_every_option_of_its_name():
    assert preset_of({"preset": "us_cards"}) == THEIRS
    taiwan = {group: "taiwan_cards_2005" for group in ("behaviour", "lender")}
    assert preset_of({"preset": "taiwan_cards_2005"}) == taiwan
    assert preset_of({"preset": "china_platform"}) == {"behaviour": "china_platform"}
    assert preset_of({"preset": ""}) == preset_of({}) == {}
    with pytest.raises(UsageError, match=r"economy.preset: us_card is not allowed: one of .*; did you mean us_cards"):
        preset_of({"preset": "us_card"})


@pytest.mark.parametrize("economy", ["us_2007_2012", "us_2020"])
def test_a_published_path_of_the_united_states_is_lived_by_their_cards(economy):
    assert chosen(sim.compose([f"economy={economy}"])) == THEIRS
    assert sim.compose([f"economy={economy}"]).lender.charge_off_months == 7
    assert chosen(sim.compose([])) == {"behaviour": "china_platform", "lender": "default", "policy/limit": "fixed",
                                           "policy/collections": "staged", "firms": "standard",
                                           "bureau": "none"}  # fmt: skip


def test_what_is_said_stands_over_the_preset():
    config = sim.compose(["economy=us_2020", "lender=default", "behaviour.evergreening=0"])
    assert chosen(config) == {**THEIRS, "lender": "default"} and config.behaviour.evergreening == 0


def test_a_preset_brings_its_firms_where_there_are_firms():
    alone = {**THEIRS, "firms": "none"}
    assert chosen(sim.compose(["economy=us_2020", "firms=none"])) == alone
    assert chosen(sim.compose(["experiment=risk_sharing", "economy=us_2020"])) == alone, "the experiment has no firms"
    study = plan(["experiment=risk_sharing", "study.scenarios=[calm,us_2020]", "population.borrowers=200"])
    assert {chosen(arm.configs["us_2020"])["firms"] for arm in study.shown} == {"none"}


def test_each_scenario_of_a_study_has_its_own_preset_and_a_package_stands_over_it():
    found = plan(["study.arms=[lenient,limits]", "study.scenarios=[calm,us_2007_2012]", "population.borrowers=200"])
    lenient, limits = (arm.configs for arm in found.shown)
    for package in (lenient, limits):
        own = package["calm"].chosen["policy/limit"]
        assert chosen(package["us_2007_2012"]) == {**THEIRS, "policy/limit": own}, "a package says how limits are set"
        assert package["calm"].chosen["behaviour"] == "china_platform"
    assert len(found.families) == 2, "another behaviour is another burn-in"
