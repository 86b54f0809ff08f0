"""What ``creditcycle fit`` is asked: its own keys, and overrides of the composition that the runs live in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.config.compose import compose, preset_of
from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import is_file, option_names
from sim.config.overrides import parsed_value, read, written
from sim.config.tape import read_mapping
from sim.config.userfile import refused
from sim.config.validate import build
from sim.config.worlds import has_worlds, read_table, table_of
from sim.engine.tables.declare import setting
from sim.fit.moments import MOMENTS, Counted, Moment, told
from sim.fit.prior import BELIEFS, UNCERTAIN, Prior
from sim.inputs.files import expanded
from sim.inputs.tape_history import History, first_month, read_history, refuse_few_months, thinned
from sim.language.words import ENGLISH, LANGUAGES

WORLDS, EVEN = "worlds", "even"
FEWEST_ACCOUNTS, FEWEST_MONTHS = 300, 4
NEEDED = ("entry", "cure_1")
"""Moments without which nothing of behaviour can be told: who falls behind, and who comes back."""
OF_A_FIT = ("population", "study", "design", "seed", "out", "experiment", "plugin", "machine", "report")
"""Groups and keys that the fit sets itself."""
MOST_POWER = 6


@dataclass(frozen=True)
class FitSettings:
    """Keys of ``creditcycle fit``."""

    tape: str = setting("", meaning="the loan tape: CSV, xlsx or Parquet")
    mapping: str = setting("", meaning="which column of the tape is what: a shipped mapping or a YAML file")
    to: str = setting("fitted", meaning="folder that the fit is written to")
    preset: str = setting("china_platform", meaning="preset of behaviour that the fit begins from")
    prior: str = setting(WORLDS, meaning="worlds: as the preset's worlds are spread, where it has them; even: evenly")
    since: str = setting("", meaning="month of the tape that the runs start from; empty: its first")
    until: str = setting("", meaning="last month that is looked at; empty: the last of the tape")
    held_out: int = setting(0, 0, 120, unit="months", meaning="last months held out; 0: a quarter, one at least")
    accounts: int = setting(20_000, FEWEST_ACCOUNTS, 10_000_000, unit="accounts", meaning="most, spread over the file")
    draws: int = setting(
        1_200, 160, 1_000_000, unit="runs", meaning="runs in all, half of them near what the others told"
    )
    worlds: int = setting(16, 2, 64, unit="worlds", meaning="plausible worlds that are written, a power of two")
    seed: int = setting(1, 0, 2**31 - 1, meaning="seed of all draws")
    workers: int = setting(0, 0, 1_024, unit="processes", meaning="at a time; 0: one for each core")
    language: str = setting(ENGLISH, meaning="language of the page and of what is printed: " + ", ".join(LANGUAGES))

    def check(self) -> list[str]:
        """One-line problems."""
        problems = [f"fit: {key}: is missing: {key}=FILE" for key in ("tape", "mapping") if not getattr(self, key)]
        choices = {"prior": (WORLDS, EVEN), "language": LANGUAGES, "preset": option_names("behaviour")}
        for key, allowed in choices.items():
            value = getattr(self, key)
            if value not in allowed:
                problems.append(refusal(f"fit: {key}", value, f"one of {', '.join(allowed)}", nearest(value, allowed)))
        if self.worlds not in [2**power for power in range(1, MOST_POWER + 1)]:
            problems.append(refusal("fit: worlds", self.worlds, "2, 4, 8, 16, 32 or 64"))
        return problems


KEYS = tuple(field.name for field in dataclasses.fields(FitSettings))


@dataclass(frozen=True, eq=False)
class Asked:
    """A fit that may begin.

    Attributes
    ----------
    settings : FitSettings
        Its keys.
    overrides : tuple of str
        What the runs are composed from, beside the tape.
    config : Config
        Of every run, but for the values that are drawn.
    history : History
        Months of the tape, those held out included.
    fitted : int
        Month, counted from the first, up to which moments are compared.
    observed : tuple of (Moment, Counted)
        Moments that the tape tells over those months.
    prior : Prior
        Of the numbers that are uncertain.
    """

    settings: FitSettings
    overrides: tuple[str, ...]
    config: Any
    history: History
    fitted: int
    observed: tuple[tuple[Moment, Counted], ...]
    prior: Prior

    @property
    def folder(self) -> Path:
        """Where the fit is written."""
        return expanded(self.settings.to)

    @property
    def steps(self) -> int:
        """Months that a run lives."""
        return len(self.history.labels) - 1


def asked_of(words: Sequence[str]) -> Asked:
    """Read the words of a command line, and the tape.

    Raises
    ------
    UsageError, InputError
        A key, a value, the tape or its mapping is wrong, or the tape is too short to tell anything; one line.
    """
    settings, others = _sorted(words)
    presets = [f"{group}={option}" for group, option in preset_of({"preset": settings.preset}).items()]
    overrides = (*presets, *others)
    with refused("fit"):
        mapping = read_mapping(settings.mapping, build)
        refuse_few_months(settings.tape, mapping, FEWEST_MONTHS)
        since = settings.since or first_month(settings.tape, mapping)
        named = {"file": settings.tape, "mapping": settings.mapping, "start": since}
        tape_words = (f"population.{key}={written(value)}" for key, value in named.items())
        config = compose(["population=tape", *tape_words, *overrides])
        assert config.tape is not None
        history = read_history(settings.tape, mapping, config.tape, settings.until)
        tape, history = thinned(config.tape, history, settings.accounts)
    population = dataclasses.replace(config.population, borrowers=tape.accounts)
    config = dataclasses.replace(config, tape=tape, population=population)
    fitted = _fitted(settings, history)
    observed = told(MOMENTS, history, 0, fitted)
    _refuse_too_few(settings.tape, history, observed)
    return Asked(settings, overrides, config, history, fitted, observed, _prior(settings))


def _sorted(words: Sequence[str]) -> tuple[FitSettings, list[str]]:
    """Keys of the fit, and overrides of the composition."""
    plain: dict[str, Any] = {}
    others: list[str] = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(refusal("fit", word, "KEY=VALUE with " + ", ".join(KEYS), nearest(word, KEYS)))
        if key in KEYS:
            plain[key] = value if key in ("tape", "mapping", "to", "since", "until") else parsed_value(key, value)
        else:
            others.append(word)
    for word in others:
        _refuse_other(word.partition("=")[0], word.partition("=")[2])
    problems: list[str] = []
    settings = build(FitSettings, plain, "fit", problems)
    if problems:
        raise UsageError(problems[0] if problems[0].startswith("fit") else f"fit: {problems[0]}")
    read(others)
    return settings, others


def _refuse_other(key: str, value: str) -> None:
    """Refuse an override that the fit sets itself, or that is no key of a composition and near one of the fit."""
    head = key.split(".")[0].split("/")[0]
    drawn = [one.key for one in UNCERTAIN if not one.key.startswith(BELIEFS)]
    if key in drawn:
        raise UsageError(refusal(f"fit: {key}", value, "a number that the fit draws; leave it out"))
    if head in OF_A_FIT and not (head == "population" and key not in ("population", "population.file",
                                 "population.mapping", "population.start", "population.borrowers")):  # fmt: skip
        raise UsageError(refusal(f"fit: {key}", value, "set by the fit itself; its keys are " + ", ".join(KEYS)))
    if key == "behaviour" or (key == "lender" and is_file(key, value)):
        raise UsageError(refusal(f"fit: {key}", value, "named as preset=" + "|".join(option_names("behaviour"))))
    if "." not in key and "/" not in key and (near := nearest(key, KEYS)):
        raise UsageError(refusal(f"fit: {key}", value, "one of " + ", ".join(KEYS), near))


def _fitted(settings: FitSettings, history: History) -> int:
    """Month up to which moments are compared."""
    steps = len(history.labels) - 1
    if steps + 1 < FEWEST_MONTHS:
        raise UsageError(_too_short(settings.tape, steps + 1))
    held = settings.held_out or max(1, steps // 4)
    if steps - held < 2:
        allowed = f"at most {steps - 2} of the {steps} months after the first, so that two are left to fit to"
        raise UsageError(refusal("fit: held_out", held, allowed))
    return steps - held


def _too_short(name: str, months: int) -> str:
    return (
        f"fit: {name}: shows {months} month{'s' if months > 1 else ''}: must show at least {FEWEST_MONTHS}, two steps"
        " to fit to and one to hold out"
    )


def _refuse_too_few(name: str, history: History, observed: Sequence[tuple[Moment, Counted]]) -> None:
    """Refuse a tape that cannot tell anything."""
    if history.accounts < FEWEST_ACCOUNTS:
        raise UsageError(f"fit: {name}: has {history.accounts} accounts in {history.labels[0]}: must have at least"
                         f" {FEWEST_ACCOUNTS}")  # fmt: skip
    keys = [moment.key for moment, _ in observed]
    if missing := [key for key in NEEDED if key not in keys]:
        what = "fall behind" if missing[0] == "entry" else "come back after a month"
        raise UsageError(f"fit: {name}: too few accounts {what} from {history.labels[0]} on to tell anything: fewer"
                         " than 5 cases, or than 30 accounts that might")  # fmt: skip


def _prior(settings: FitSettings) -> Prior:
    if settings.prior == EVEN or not has_worlds(settings.preset):
        return Prior()
    return Prior(*read_table(table_of(settings.preset)))
