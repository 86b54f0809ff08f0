"""The five questions of a new study: what is asked, what there is to choose, and what an answer amounts to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.config.comparing import COMPARABLE
from sim.config.compose import compose
from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import YAML, is_file, meaning_of, option_names
from sim.config.own import own_option
from sim.config.packages import package
from sim.config.sweep import refuse_figure
from sim.inputs import numbers
from sim.study.plan.settings import StudySettings

MOST_RUNS, MOST_MONTHS = 100_000, 1200
UNTIL_PRECISE = 200  # runs after which a wanted precision is given up
NOT_ASKED = {"population": ("tape",), "economy": ("path",)}  # options that need a file of their own
WITHOUT = "without firms"


@dataclass(frozen=True)
class Choice:
    """One of the things to choose from."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    key : str
        Its name on the command line.
    text : str
        What is asked, and how it may be answered.
    listed, default : callable
        What there is to choose from, and what an empty answer stands for in words.
    taken : callable
        Turns an answer that is not empty into a part of the study's file; raises `UsageError`.
    """

    key: str
    text: str
    listed: Callable[[], Sequence[Choice]]
    default: Callable[[], str]
    taken: Callable[[str], dict[str, Any]]

    @property
    def choices(self) -> Sequence[Choice]:
        """What there is to choose from."""
        return self.listed()

    @property
    def default_words(self) -> str:
        """What an empty answer stands for."""
        return self.default()

    def read(self, answer: str) -> dict[str, Any]:
        """Part of the study's file that an answer amounts to; an empty one is the default.

        Raises
        ------
        UsageError
            The answer is none; one line.
        """
        return self.taken(answer.strip() or self.default())


@cache
def _usual() -> StudySettings:
    return compose([]).study


def _options(group: str) -> list[str]:
    usual = compose([]).chosen[group]
    names = [name for name in option_names(group) if name not in NOT_ASKED.get(group, ())]
    return sorted(names, key=lambda name: name != usual)


def _who() -> list[Choice]:
    """Each population with the firms that employ it, and without."""
    found = []
    for name in _options("population"):
        meaning = meaning_of("population", name)
        found.append(Choice(name, f"{meaning} And the firms that employ them."))
        found.append(Choice(f"{name} {WITHOUT}", f"{meaning} Jobs come from the path of the economy alone."))
    return found


def _of_who(answer: str) -> dict[str, Any]:
    name = _named("who", answer, _who())
    return {"population": name.removesuffix(f" {WITHOUT}")} | ({"firms": "none"} if name.endswith(WITHOUT) else {})


def _packages() -> list[Choice]:
    usual = _usual().arms
    names = sorted(option_names("package"), key=lambda name: usual.index(name) if name in usual else len(usual))
    return [Choice(name, package(name).meaning) for name in names]


def _of_packages(answer: str) -> dict[str, Any]:
    if answer in COMPARABLE:
        return {"study": {"compare": answer}}
    names = [_named("packages", one, _packages(), own=YAML) for one in _several("packages", answer)]
    for name in names:
        package(name, "packages")
    return {"study": {"arms": names}}


def _economies() -> list[Choice]:
    usual = _usual().scenarios
    names = sorted(_options("economy"), key=lambda name: usual.index(name) if name in usual else len(usual))
    return [Choice(name, meaning_of("economy", name)) for name in names]


def _of_economies(answer: str) -> dict[str, Any]:
    names = []
    for one in _several("economies", answer):
        own = is_file("economy", one)
        names.append(one if own else _named("economies", one, _economies()))
        if own:
            own_option("economy", one)
    return {"study": {"scenarios": names}}


def _of_sure(answer: str) -> dict[str, Any]:
    number, _, figure = answer.partition(" ")
    if numbers.is_whole(number) and not figure and 1 <= int(number[:9]) <= MOST_RUNS and len(number) < 9:
        return {"study": {"replications": int(number)}}
    if numbers.is_number(number) and float(number) > 0.0 and not numbers.is_whole(number):
        name = figure.strip() or _usual().precision_of
        refuse_figure("sure", name)
        return {"study": {"replications": UNTIL_PRECISE, "precision": float(number), "precision_of": name}}
    allowed = f"a number of runs from 1 to {MOST_RUNS}, or a width with a point and a figure, such as 0.002 loss_rate"
    raise UsageError(refusal("sure", answer, allowed))


def _of_months(answer: str) -> dict[str, Any]:
    if answer == _months():
        return {}
    if not numbers.is_whole(answer) or len(answer) > 9 or not 1 <= int(answer) <= MOST_MONTHS:
        raise UsageError(refusal("months", answer, f"a whole number of months from 1 to {MOST_MONTHS}"))
    return {"study": {"months": int(answer)}}


def _months() -> str:
    return f"{_usual().months}, a published path its own"


def _several(key: str, answer: str) -> list[str]:
    """Parts of an answer, between commas."""
    found = [part.strip() for part in answer.split(",") if part.strip()]
    if not found:
        raise UsageError(refusal(key, answer, "names or numbers, with commas between them"))
    for one in found:
        if found.count(one) > 1:
            raise UsageError(refusal(key, answer, f"each once; {one} is named twice"))
    return found


def _named(key: str, answer: str, choices: Sequence[Choice], own: tuple[str, ...] = ()) -> str:
    """The choice that a number or a name stands for, or a file of the user's."""
    names = [choice.name for choice in choices]
    if numbers.is_whole(answer):
        if not (len(answer) < 9 and 1 <= int(answer) <= len(names)):
            raise UsageError(refusal(key, answer, f"a number from 1 to {len(names)}, or a name"))
        return names[int(answer) - 1]
    if answer in names or (own and answer.lower().endswith(own)):
        return answer
    near = nearest(answer, names)
    raise UsageError(refusal(key, answer, f"a number from 1 to {len(names)}, or one of {', '.join(names)}", near))


QUESTIONS = (
    Question("who", "Who are the borrowers, and are there firms?", _who, lambda: _who()[0].name, _of_who),
    Question(
        "packages",
        "Which packages are put side by side? Numbers or names with commas between them, YAML files of yours, or a "
        "group such as policy/closing or sharing whose options are all compared.",
        _packages, lambda: ", ".join(_usual().arms), _of_packages,
    ),
    Question(
        "economies",
        "Through which economies? Numbers or names with commas between them, files of yours (YAML, CSV or Parquet).",
        _economies, lambda: ", ".join(_usual().scenarios), _of_economies,
    ),
    Question(
        "sure",
        "How sure must it be? A number of runs of each package and economy, or the width that an interval may have, as "
        f"0.002 loss_rate; then it goes on until that is reached, at most {UNTIL_PRECISE} runs.",
        tuple, lambda: str(_usual().replications), _of_sure,
    ),
    Question("months", "How many months after the policy date?", tuple, _months, _of_months),
)  # fmt: skip
"""What a new study is made of, in the order in which it is asked."""
