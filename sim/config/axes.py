"""Axes of a design as a user writes them: on the command line, in a list, or as columns of a CSV file."""

from __future__ import annotations

import csv
import itertools
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from sim.config.errors import UsageError, refusal
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, EXPERIMENT, check_option, option_names
from sim.config.overrides import parse_sweep
from sim.config.userfile import read_yaml
from sim.study.design import LARGEST_DESIGN, Axis

RECOMPOSED = ("study.months", "study.burn_in")
"""Keys that decide more than a value in a model; like group choices, they are composed anew."""

NOT_SWEPT = {
    "seed": "replications draw seeds of their own; raise study.replications",
    "out": "a study has one folder",
    "economy": "name economies in study.scenarios",
    "machine": "the machine changes no result",
    "design": "a design spans keys of the model",
    "study": "of study, only months and burn_in can be swept",
    EXPERIMENT: "an experiment is a study of its own; use -m",
}
INTEGER, NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)"), re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")


def gather(words: Sequence[str]) -> list[str]:
    """Move alternatives on the command line into ``design.vary`` when the job has a design.

    ``design=grid fund.capital_share=0.05,0.1`` says the same as ``design=grid
    "design.vary=['fund.capital_share=0.05,0.1']"``. An axis of the experiment gives way to one of the same key,
    and to a plain value of it.
    """
    given = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    experiment = given.get(EXPERIMENT, "")
    design, axes = _design_of(experiment) if experiment in option_names(EXPERIMENT) else ("none", [])
    if given.get("design", design) in ("none", "file") or "design.vary" in given:
        return list(words)
    swept = [word for word in words if parse_sweep(word)]
    kept = [axis for axis in axes if axis.partition("=")[0] not in given]
    if not swept and kept == axes:
        return list(words)
    quoted = ",".join("'" + axis.replace("'", "\\'") + "'" for axis in (*kept, *swept))
    return [*(word for word in words if word not in swept), f"design.vary=[{quoted}]"]


def _design_of(experiment: str) -> tuple[str, list[str]]:
    """Design that an experiment chooses, and its axes."""
    found = read_yaml(config_folder() / EXPERIMENT / f"{experiment}.yaml", ours=True)
    chosen = [entry["override /design"] for entry in found.get("defaults", []) if "override /design" in entry]
    return (chosen or ["none"])[0], list(found.get("design", {}).get("vary", []))


def axis_of(text: str) -> Axis:
    """Read one axis, such as ``fund.capital_share=interval(0.02,0.3)`` or ``policy/closing=never,threshold``.

    Raises
    ------
    UsageError
        It is no key with alternatives, or its ends are the wrong way round.
    """
    key, _, given = text.partition("=")
    swept = parse_sweep(text, complain=True)
    if key in BY_NAME:
        _refuse_key(key)
        return Axis(key, tuple(check_option(key, value) for value in _listed(key, given, swept)))
    key = key.replace("/", ".")
    _refuse_key(key)
    return _interval(key, given, swept) if isinstance(swept, IntervalSweep) else Axis(key, _listed(key, given, swept))


def _listed(key: str, given: str, swept: ChoiceSweep | RangeSweep | IntervalSweep) -> tuple[Any, ...]:
    if isinstance(swept, IntervalSweep):
        raise UsageError(refusal(key, given, "options a,b"))
    found = swept.range() if isinstance(swept, RangeSweep) else map(Override._convert_value, swept.list)
    values = tuple(itertools.islice(found, LARGEST_DESIGN + 1))
    if len(set(map(str, values))) < len(values):
        raise UsageError(refusal(key, given, "every value once"))
    return values


def _interval(key: str, given: str, swept: IntervalSweep) -> Axis:
    low, high = float(swept.start or 0), float(swept.end or 0)
    log = "log" in swept.tags
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or (log and low <= 0):
        raise UsageError(refusal(key, given, "interval(LOW,HIGH) with LOW below HIGH" + ", both positive" * log))
    whole = isinstance(swept.start, int) and isinstance(swept.end, int)
    return Axis(key, low=low, high=high, whole=whole, log=log)


def _refuse_key(key: str) -> None:
    head = key.replace("/", ".").split(".")[0]
    if (key in NOT_SWEPT or head in NOT_SWEPT) and key not in RECOMPOSED and not key.startswith("economy."):
        raise UsageError(f"{key}: cannot be an axis of a design: {NOT_SWEPT.get(key) or NOT_SWEPT[head]}")


def read_points(path: Path) -> tuple[list[Axis], list[list[Any]]]:
    """Read a design from a CSV file: a column for each key, a row for each point.

    Raises
    ------
    UsageError
        The file cannot be read, has no rows, or a row of another length.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"design.file: {path} cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(lines) < 2:
        raise UsageError(f"design.file: {path} holds no points: a line of keys and a line for each point are needed")
    keys = [key.strip() for key in lines[0]]
    for number, row in enumerate(lines[1:], 1):
        if len(row) != len(keys):
            raise UsageError(f"design.file: {path}: row {number} has {len(row)} values for {len(keys)} keys")
    for place, key in enumerate(keys):
        _refuse_key(key)
        if key in keys[:place]:
            raise UsageError(f"design.file: {path}: {key} is named twice")
    rows = [[_scalar(cell.strip()) for cell in row] for row in lines[1:]]
    columns = zip(*rows, strict=True)
    return [Axis(key, tuple(dict.fromkeys(column))) for key, column in zip(keys, columns, strict=True)], rows


def _scalar(text: str) -> Any:
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text) and not re.fullmatch(r"[-+]?0[0-9]+", text):
        return float(text)
    return {"true": True, "false": False}.get(text.lower(), text)
