"""Putting a user's loan tape into a configuration: the mapping is found here, typed and read below."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.locate import config_folder
from sim.config.overrides import Given
from sim.config.userfile import read_yaml, refused
from sim.inputs.codes import codes_by_meaning
from sim.inputs.errors import named_by
from sim.inputs.mapping import FEN, TapeMapping
from sim.inputs.tape import read_tape
from sim.language.words import CNY
from sim.persons.population import LEAST_INCOME, TAPE

FOLDER = "mapping"
Build = Callable[[type, Any, str, list[str]], Any]


def with_tape(config: Any, build: Build) -> Any:
    """Read ``population.file`` through its mapping; a configuration without a tape comes back as it is.

    Parameters
    ----------
    config : Config
        Checked.
    build : callable
        ``sim.config.validate.build``, which types the mapping.

    Raises
    ------
    UsageError, InputError
        One line; nothing was written.
    """
    population = config.population
    if population.name != TAPE:
        return config
    mapping = read_mapping(population.mapping, build)
    with named_by("population.file"):
        tape = read_tape(population.file, mapping, population.start, population.borrowers)
    income = population.median_income or tape.unit.median_income
    if income < LEAST_INCOME:
        raise UsageError(
            "population.median_income: is missing, and the losses of a tape hang on it: give it in"
            f" {population.mapping} as median_income ({mapping.currency} a month) or income (a column), or as"
            f" population.median_income (fen a month; a {mapping.currency} is {mapping.yuan * FEN:g} fen)"
        )
    population = dataclasses.replace(population, borrowers=tape.accounts, start=tape.start, median_income=income)
    return dataclasses.replace(config, population=population, tape=tape, report=told_in(config.report, mapping))


def told_in(report: Any, mapping: TapeMapping) -> Any:
    """Settings of the report in the tape's currency, where they name none, and at its rate, where they name that."""
    if mapping.currency == CNY or report.currency not in ("", mapping.currency):
        return report
    return dataclasses.replace(report, currency=mapping.currency, exchange_rate=report.exchange_rate or mapping.yuan)


def read_mapping(name: str, build: Build) -> TapeMapping:
    """Read a mapping: the name of a shipped one, or the path of a YAML file.

    Raises
    ------
    UsageError
        No such mapping, an unknown key, a wrong value.
    """
    shipped = {path.stem: path for path in sorted((config_folder() / FOLDER).glob("*.yaml"))}
    path = shipped.get(name, PurePath(name))
    if name not in shipped and not path.suffix:
        allowed = f"one of {', '.join(shipped)}, or the path of a YAML file"
        raise UsageError(refusal("population.mapping", name, allowed, nearest(name, shipped)))
    problems: list[str] = []
    plain = _read(path, name in shipped, shipped)
    mapping = build(TapeMapping, plain, path.name, problems)
    if problems:
        line = problems[0]  # a check across keys does not name the file itself
        raise UsageError(line if line.startswith(path.name) else f"{path.name}: {line}")
    assert isinstance(mapping, TapeMapping)
    if mapping.currency != CNY and "yuan" not in plain:
        raise UsageError(
            f"{path.name}: yuan: is missing: currency {mapping.currency} needs its rate, yuan for one unit, such as 7.1"
        )
    return mapping


def _read(path: PurePath, ours: bool, shipped: Mapping[str, PurePath]) -> dict[str, Any]:
    """Plain values of a mapping: what it begins from, which ``defaults`` names, with its own on top."""
    plain = read_yaml(str(path), ours=ours, key="population.mapping", starts=True)
    base = plain.pop("defaults", None)
    if base is not None and base not in shipped:
        raise UsageError(
            refusal(f"{path.name}: defaults", base, "one of " + ", ".join(shipped), nearest(base, shipped))
        )
    with refused(path.name):
        if isinstance(plain.get("codes"), Mapping):
            plain["codes"] = codes_by_meaning(plain["codes"])
    if isinstance(plain.get("exchange"), Mapping):
        plain["exchange"] = [{"currency": code_of(str(key)), "yuan": value} for key, value in plain["exchange"].items()]
    if isinstance(plain.get("times"), Mapping):
        plain["times"] = [{"column": str(key), "by": value} for key, value in plain["times"].items()]
    if isinstance(plain.get("currency"), str):
        plain["currency"] = code_of(plain["currency"])
    return laid_over(_read(shipped[base], True, shipped), plain) if base is not None else plain


def code_of(currency: str) -> str:
    """Write a currency as its code is: usd is USD; a text that is no three letters stays as it is."""
    return currency.upper() if len(currency) == 3 and currency.isascii() and currency.isalpha() else currency


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one mapping over another: values of ``above`` count, tables are laid over each other key by key."""
    found = dict(below)
    for key, value in above.items():
        under = found.get(key)
        found[key] = laid_over(under, value) if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return found


def start_without_burn_in(plain: Mapping[str, Any], given: Sequence[Given]) -> None:
    """Set ``study.burn_in`` to 0 for a tape, unless the user said something else."""
    if plain["population"]["name"] == TAPE and not any(entry.key == "study.burn_in" for entry in given):
        plain["study"]["burn_in"] = 0
