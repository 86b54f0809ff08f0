"""From plain values to a frozen dataclass, on small ones made for it."""

import dataclasses

import pytest

from sim.config.validate import build
from sim.engine.tables.declare import setting


@dataclasses.dataclass(frozen=True)
class Part:
    share: float = setting(0.5, 0.0, 1.0, unit="fraction", meaning="a share")


@dataclasses.dataclass(frozen=True)
class Whole:
    count: int = setting(3, 1, 10, unit="things", meaning="how many")
    rate: float = setting(0.1, None, 1.0, meaning="at most")
    weight: float = setting(1.0, 0.0, None, meaning="at least")
    free: float = setting(1.0, meaning="any number")
    on: bool = setting(True, meaning="switch")
    word: str = setting("red", choices=("red", "green"), meaning="colour")
    text: str = setting("", meaning="anything")
    months: tuple[int, ...] = setting((), 0, 12, unit="months", meaning="some months")
    part: Part = dataclasses.field(default_factory=Part)
    parts: tuple[Part, ...] = ()

    def check(self):
        return ["whole.count: is 7, must not be 7"] if self.count == 7 else []


@dataclasses.dataclass(frozen=True)
class Needy:
    count: int


@dataclasses.dataclass(frozen=True)
class Strange:
    odd: complex = 1j
    pair: tuple[int, int] = (1, 2)


def problems_of(plain, owner=Whole):
    problems = []
    build(owner, plain, "whole", problems)
    return problems


def test_defaults_and_conversions():
    problems = []
    made = build(
        Whole,
        {"count": 4, "rate": 1, "text": 7, "months": [1, 2], "part": {"share": 1}, "parts": [{}, {"share": 0}]},
        "whole",
        problems,
    )
    assert problems == []
    assert made == Whole(4, 1.0, text="7", months=(1, 2), part=Part(1.0), parts=(Part(), Part(0.0)))
    assert type(made.count) is int and type(made.rate) is float and type(made.text) is str


@pytest.mark.parametrize(
    ("plain", "line"),
    [
        ({"count": 0}, "whole.count: 0 is not allowed: a whole number from 1 to 10 (things)"),
        ({"count": 11}, "whole.count: 11 is not allowed: a whole number from 1 to 10 (things)"),
        ({"count": 2.5}, "whole.count: 2.5 is not allowed: a whole number from 1 to 10 (things)"),
        (
            {"count": 4.0},
            "whole.count: 4.0 is not allowed: a whole number from 1 to 10 (things), written without exponent or point",
        ),
        (
            {"count": "1_0"},
            "whole.count: 1_0 is not allowed: a whole number from 1 to 10 (things), "
            "in plain digits without leading zeros",
        ),
        (
            {"rate": "\uff11"},
            "whole.rate: \uff11 is not allowed: a number of at most 1, in plain digits without leading zeros",
        ),
        ({"count": True}, "whole.count: true is not allowed: a whole number from 1 to 10 (things)"),
        ({"count": float("inf")}, "whole.count: inf is not allowed: a whole number from 1 to 10 (things)"),
        ({"rate": 1.01}, "whole.rate: 1.01 is not allowed: a number of at most 1"),
        ({"weight": -1}, "whole.weight: -1 is not allowed: a number of at least 0"),
        ({"free": "x"}, "whole.free: x is not allowed: a number"),
        ({"free": float("nan")}, "whole.free: nan is not allowed: a number"),
        ({"on": "yes"}, "whole.on: yes is not allowed: true or false"),
        ({"on": 1}, "whole.on: 1 is not allowed: true or false"),
        ({"word": "gren"}, "whole.word: gren is not allowed: one of red, green; did you mean green?"),
        ({"word": 1}, "whole.word: 1 is not allowed: one of red, green"),
        ({"text": None}, "whole.text: null is not allowed: a text"),
        ({"text": True}, "whole.text: true is not allowed: a text"),
        ({"text": 1.5}, "whole.text: 1.5 is not allowed: a text"),
        ({"months": "1,2"}, "whole.months: 1,2 is not allowed: a list, such as [a,b]"),
        ({"months": [1, 13]}, "whole.months[1]: 13 is not allowed: a whole number from 0 to 12 (months)"),
        ({"part": 1}, "whole.part: 1 is not allowed: keys with values, such as share"),
        ({"part": {"shar": 1}}, "whole.part.shar: there is no such key; did you mean whole.part.share?"),
        ({"parts": [{"share": 2}]}, "whole.parts[0].share: 2 is not allowed: a number from 0 to 1 (fraction)"),
        ({"size": 1}, "whole.size: there is no such key; `creditcycle show` lists the keys"),
        ({"count": 7}, "whole.count: is 7, must not be 7"),
    ],
)
def test_one_line_for_what_is_wrong(plain, line):
    assert problems_of(plain) == [line]


def test_all_problems_are_collected():
    assert len(problems_of({"count": 0, "rate": 5, "on": 3, "part": {"share": 9}, "nothing": 1})) == 5


def test_a_field_without_default_must_be_given():
    assert problems_of({}, Needy) == ["whole.count: is missing, it has no default"]


def test_a_kind_of_field_that_is_not_provided_for_is_our_mistake():
    with pytest.raises(TypeError, match="complex"):
        problems_of({"odd": 1}, Strange)
    with pytest.raises(TypeError, match="not provided for"):
        problems_of({"pair": [1, 2]}, Strange)
