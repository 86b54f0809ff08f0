"""What a call asks for: packages, scenarios and everything else, sorted out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sim.config.compose import compose_plain
from sim.config.errors import UsageError, refusal
from sim.config.options import EXPERIMENT, POLICY_ROOTS, check_option, is_file, meaning_of, option_names
from sim.config.overrides import Given
from sim.config.own import own_option, path_meaning, stem_of
from sim.config.own_model import KEY as MODEL
from sim.config.schema import Config
from sim.config.stages import is_stage_key

PATH = "path"  # the economy that reads economy.file


@dataclasses.dataclass(frozen=True)
class Request:
    """Overrides of one job, sorted by what they touch."""

    common: list[Given]
    policy: list[Given]
    economy: list[Given]

    @property
    def all(self) -> list[Given]:
        """Every override."""
        return [*self.common, *self.policy, *self.economy]

    def says(self, key: str) -> bool:
        """Whether the user set a key or a group."""
        return mentions(self.all, key)

    @property
    def two_arms(self) -> bool:
        """Whether the job compares the user's policy with the baseline instead of running packages."""
        named = self.says("study.arms") or any(entry.key == "study.compare" and entry.value for entry in self.common)
        return bool(self.policy) and not named

    @property
    def chosen_economy(self) -> str | None:
        """Economy that the user named."""
        return next((entry.value for entry in self.economy if entry.is_group), None)


def mentions(given: Sequence[Given], key: str) -> bool:
    """Whether an override sets a key."""
    return any(entry.key == key for entry in given)


def sort_out(given: Sequence[Given]) -> Request:
    """Sort overrides into those that all arms share, those of policies and those of the economy."""
    request = Request([], [], [])
    for entry in given:
        head = entry.key.replace("/", ".").split(".")[0]
        if head in POLICY_ROOTS or is_stage_key(entry.key) or entry.key == MODEL:
            request.policy.append(entry)
        elif head == "economy":
            request.economy.append(entry)
        else:
            request.common.append(entry)
    return request


def scenarios_of(request: Request, base: Config) -> tuple[str, ...]:
    """Names of the scenarios that a job lives through."""
    named = request.chosen_economy
    scenarios = base.study.scenarios if named is None or request.says("study.scenarios") else (named,)
    for name in scenarios:
        try:
            check_option("economy", name)
        except UsageError as error:
            raise UsageError(str(error).replace("economy:", "study.scenarios:", 1)) from None
    if named is not None and named not in scenarios:
        raise UsageError(refusal("economy", named, "one of study.scenarios: " + ", ".join(scenarios)))
    return scenarios


def economies_of(
    request: Request, options: Sequence[str], one_path: bool
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Plain economies and meanings of the scenarios, by name; a user's own are named as their files say."""
    sections: dict[str, dict[str, Any]] = {}
    meanings = {}
    for option in options:
        section = economy_of(request, option)
        if option == PATH and section["file"] and not one_path:
            stem = stem_of(section["file"])
            section["name"] = PATH if stem in option_names("economy") else stem
        name = section["name"]
        if name in sections:
            raise UsageError(f"study.scenarios: {option}: another scenario is called {name}, name the file otherwise")
        sections[name], meanings[name] = section, own_meaning(option, section)
    return sections, meanings


def own_meaning(option: str, section: Mapping[str, Any]) -> str:
    """What a scenario is in words: as its file says, or as its option is described."""
    if is_file("economy", option):
        return own_option("economy", option).meaning
    return path_meaning(section["file"]) if option == PATH and section["file"] else meaning_of("economy", option)


def economy_of(request: Request, scenario: str) -> dict[str, Any]:
    """Plain economy of a scenario: keys belong to the economy that the user named, else to every scenario."""
    shared = [entry for entry in request.common if entry.key == EXPERIMENT]
    keys = [entry for entry in request.economy if not entry.is_group]
    if request.chosen_economy not in (None, scenario):
        keys = []
    section = compose_plain([*shared, Given("economy", (scenario,), True), *keys])["economy"]
    assert isinstance(section, dict)
    return section
