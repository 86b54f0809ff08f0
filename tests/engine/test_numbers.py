"""The numbers that rules read: each name has one owner, and what stands over another is listed and true."""

import dataclasses
import itertools
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

import sim
from sim.config.options import GROUPS, dataclass_of, option_names
from sim.engine.tables.numbers import STANDS_OVER, NameTakenError, Numbers
from sim.firms.settings import FirmSettings

SMALL = ("population.borrowers=60", "study.burn_in=1")
CHOOSES = {"bureau", "fraud", "regulation"}  # beside the policies: groups whose options have settings of their own


def built(*overrides):
    """The numbers of a model's first month, of persons and of firms; nothing is lived."""
    model = sim.Model(sim.compose([*SMALL, *overrides]))
    model.open_month()
    return model


def with_every_option():
    """Yield small configurations, one for each option of each group whose options differ in what rules read."""
    config = sim.compose([*SMALL])
    for group in GROUPS:
        outer, _, name = group.name.rpartition("/")
        for option in option_names(group.name) if outer or name in CHOOSES else ():
            chosen = dataclass_of(group.name, option)()
            if outer:
                yield replace(config, policy=replace(config.policy, **{name: chosen}))
            else:
                yield replace(config, **{name: chosen})


@pytest.fixture(scope="module")
def given():
    """Names that each owner set, by the owners that were there before, over all options one by one."""
    seen, give = [], Numbers.give

    def noted(self, owner, numbers):
        seen.append((owner, frozenset(numbers), frozenset(self)))
        return give(self, owner, numbers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Numbers, "give", noted)
        for config in with_every_option():
            sim.Model(config)
    return seen


def test_no_option_of_any_group_sets_a_number_of_somebody_else(given):
    assert len(given) > 700


def test_two_options_of_different_groups_never_share_a_name(given):
    names = {}
    for owner, own, _ in given:
        if not owner.startswith(("firms: ", "the first")):  # parts of what firms give; what the first month replaces
            names.setdefault(owner, set()).update(own)
    for one, other in itertools.combinations(names, 2):
        for name in names[one] & names[other]:
            allowed = (*STANDS_OVER.get(one, ()), *STANDS_OVER.get(other, ()))
            assert any(fnmatchcase(name, pattern) for pattern in allowed), f"{name}: {one} and {other}"


def test_everything_listed_does_stand_over_something(given):
    rare = {"firms' cards", "firms' jobs", "job risk", "rationing", "firms' layoffs"}  # within a month
    for owner in STANDS_OVER.keys() - rare:
        over = {name for who, own, before in given if who == owner for name in own & before}
        assert over == set(STANDS_OVER[owner]), owner


def test_a_plan_and_a_technology_loan_have_a_grace_of_their_own():
    model = built("policy/relief=restructuring", "policy.relief.grace_months=6", "firms.grace_months=9")
    for numbers in (model.environment, model.firms.environment):
        assert numbers["grace_months"] == 6
    assert model.firms.environment["firm_grace_months"] == 9


def test_a_model_in_which_two_owners_set_one_number_is_refused_before_it_lives(monkeypatch):
    (field,) = (one for one in dataclasses.fields(FirmSettings) if one.name == "grace_months")
    monkeypatch.setattr(field, "metadata", {})
    with pytest.raises(NameTakenError, match=r"^firms: grace_months is set already"):
        sim.Model(sim.compose([*SMALL, "policy/relief=restructuring"]))


def test_a_number_is_given_once():
    numbers = Numbers().give("behaviour", {"patience": 1.0})
    with pytest.raises(NameTakenError, match=r"^fraud: patience is set already"):
        numbers.give("fraud", {"patience": 2.0})
    assert numbers == {"patience": 1.0}


def test_what_was_added_is_told_apart_from_what_stood_before():
    numbers = Numbers({"standing": 1.0}).give("behaviour", {"patience": 2.0}).give("firms", {"staff": 4.0})
    assert numbers.given == {"patience": 2.0, "staff": 4.0} and Numbers(numbers).given == {}
    numbers.renew({"staff": 5.0})
    assert numbers == {"staff": 5.0}
