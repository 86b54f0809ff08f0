"""Every option of a policy group answers what the month asks of the group."""

import typing

import pytest

from sim.config.options import dataclass_of, option_names
from sim.config.schema import Policies
from sim.lender.policies.kinds import Appetite, Limits, ListedRules, Rules
from sim.lender.policies.limit import Behavioural, Fixed
from sim.lender.policies.pricing import USUAL_RATE, Flat, Prices, RiskBased
from sim.lender.policies.scorecards import SectorCards, Weight
from sim.lender.policies.scoring import Static
from sim.lender.policies.user import USER

KINDS = typing.get_type_hints(Policies)
OPTIONS = [(group, option) for group in KINDS for option in option_names(f"policy/{group}")]


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_an_option_is_of_the_kind_of_its_group(group, option):
    assert isinstance(dataclass_of(f"policy/{group}", option)(), KINDS[group])


@pytest.mark.parametrize("group", sorted(USER))
def test_a_rule_of_the_user_is_of_the_kind_of_its_group(group):
    kind = KINDS[group.partition("/")[2]]
    assert hasattr(USER[group], "stages") and (kind is Rules or issubclass(USER[group], kind))


def test_what_is_no_policy_is_of_no_kind():
    for kind in (Rules, ListedRules, Appetite, Limits, Prices):
        assert not isinstance(object(), kind)
    assert not isinstance(Fixed(), ListedRules | Appetite)


def test_firms_have_a_largest_multiple_in_proportion_and_lines_for_a_year():
    assert Fixed().for_firms(0.4) == {}
    for (opening, largest), multiple, expected in (
        ((4.0, 6.0), 0.4, 0.4 / 4.0 * 6.0), ((0.0, 6.0), 0.4, 6.0), ((1.0, 60.0), 2.0, 60.0),
    ):  # fmt: skip
        found = Behavioural(opening_multiple=opening, largest_multiple=largest).for_firms(multiple)
        assert found == {"largest_multiple": expected, "review_interval": 12}
    assert Behavioural(review_interval=18).for_firms(0.4)["review_interval"] == 18


def test_the_offer_on_file():
    assert Flat(flat_rate=0.2).flat_offer == 0.2
    assert RiskBased().flat_offer == USUAL_RATE == 0.146


def test_sectors_that_cards_name():
    assert Static().sectors == ()
    assert SectorCards().sectors == ()
    assert SectorCards(cards=(Weight("used", 1.0), Weight("used", 2.0, "technology"))).sectors == ("technology",)
