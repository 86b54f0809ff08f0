"""Conditions on a composition, as declarations write them, on a small one made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from sim.engine.tables.conditions import Clause, below, holds, parsed, present, shown_plainly


@dataclass(frozen=True)
class Part:
    """Some settings."""

    rate: float = 0.5
    names: tuple[str, ...] = ("one", "two")
    none: tuple[str, ...] = ()
    marked: bool = True


@dataclass(frozen=True)
class Whole:
    """Settings in two parts, the option of one group beside them."""

    part: Part = field(default_factory=Part)
    list: tuple[Part, ...] = (Part(), Part(rate=0.0))
    chosen: dict[str, str] = field(default_factory=lambda: {"group": "first", "policy/limit": "fixed"})
    group: object = field(default_factory=SimpleNamespace)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("part.rate=0.5", True),
        ("part.rate=0.5|1", True),
        ("part.rate!=0.5|1", False),
        ("part.rate>0.5", False),
        ("part.rate>0.4", True),
        ("part.marked=true", True),
        ("part.names=two", True),
        ("part.names=three", False),
        ("part.names!=one", True),
        ("part.none=", True),
        ("part.none!=", False),
        ("part.names!=", True),
        ("list.1.rate>0", False),
        ("list!=", True),
        ("group=first", True),
        ("policy/limit!=fixed", False),
        ("part.rate>1 and part.marked=true", False),
        ("part.rate>1 or part.marked=true", True),
        ("part.rate>1 and nobody.knows=1 or group=first", True),
    ],
)
def test_a_condition_holds_or_not(condition, expected):
    assert holds(Whole(), condition) is expected
    assert len(parsed(condition)) == 1 + condition.count(" or ")


def test_an_address_leads_to_a_value_or_to_the_chosen_option():
    whole = Whole()
    assert present(whole, "group") == "first" and present(whole, "part.rate") == 0.5
    assert below(whole, "part") is whole.part and below(whole.list, "1") is whole.list[1]
    assert [shown_plainly(value) for value in (True, 0.5, 3, "text")] == ["true", "0.5", "3", "text"]
    assert parsed("part.rate>0.5") == ((Clause("part.rate", ">", ("0.5",)),),)


def test_what_is_no_condition_is_refused():
    with pytest.raises(ValueError, match=r"'part.rate' is no condition, such as economy.kind=path"):
        parsed("part.rate")
