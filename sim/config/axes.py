"""Axes of a design as a user writes them: on the command line, in a list, or as columns of a CSV file."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from sim.config.errors import UsageError, refusal
from sim.config.locate import config_folder
from sim.config.options import BY_NAME, EXPERIMENT, check_option, option_names
from sim.config.overrides import Given, parse_sweep, refuse_long
from sim.config.stages import is_stage_key, stage_key
from sim.config.userfile import read_yaml, refused
from sim.economy.reading import told_of_files
from sim.inputs import numbers
from sim.inputs.files import LARGEST_TABLE, own_file
from sim.inputs.text import header_of
from sim.study.plan.design import LARGEST_DESIGN, Axis

OF_FILES = (
    *(f"economy.{name}" for name in told_of_files()),
    *("population.file", "population.mapping", "population.start"),
)
RECOMPOSED = ("study.months", "study.burn_in", *OF_FILES)
"""Keys that decide more than a value in a model; like group choices, they are composed anew."""

NOT_SWEPT = {
    "seed": "replications draw seeds of their own; raise study.replications",
    "out": "a study has one folder",
    "economy": "name economies in study.scenarios",
    "machine": "the machine changes no result",
    "report": "the language changes no result",
    "design": "a design spans keys of the model",
    "study": "of study, only months and burn_in can be swept",
    EXPERIMENT: "an experiment is a study of its own; use -m",
}
MOST_AXES = 1000


def gather(words: Sequence[str]) -> list[str]:
    """Move alternatives on the command line into ``design.vary`` when the job has a design.

    ``design=grid fund.capital_share=0.05,0.1`` says the same as ``design=grid
    "design.vary=['fund.capital_share=0.05,0.1']"``. An axis of the experiment gives way to one of the same key,
    and to a plain value of it.
    """
    refuse_long(words)
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


def stand_ins(given: Sequence[Given]) -> list[Given]:
    """First values of the axes over files: without one, no composition can be made before its points are known."""
    said = {entry.key: entry.value for entry in given}
    if said.get("design") == "file":
        axes = read_points(str(said["design.file"]))[0] if said.get("design.file") else []
    elif said.get("design", "none") == "none" and EXPERIMENT not in said:
        return []
    else:
        listed = said.get("design.vary", _design_of(str(said[EXPERIMENT]))[1] if EXPERIMENT in said else [])
        texts = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
        axes = [axis_of(text) for text in texts if text.partition("=")[0] in OF_FILES]
    return [Given(axis.key, axis.values[:1], False) for axis in axes if axis.key in OF_FILES and axis.values]


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
    if key in BY_NAME or is_stage_key(key):
        key = stage_key(key, given) if is_stage_key(key) else key
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


def read_points(name: str) -> tuple[list[Axis], list[list[Any]]]:
    """Read a design from a CSV file: a column for each key, a row for each point.

    Raises
    ------
    UsageError
        The file cannot be read, has no rows, or a row of another length.
    """
    what = "a CSV file of points"
    try:
        with refused("design.file"):
            file = own_file(name, what, LARGEST_TABLE)
            header_of(file, what, MOST_AXES)
        with file.path.open(newline="", encoding="utf-8-sig") as stream:
            rows_with_text = (row for row in csv.reader(stream) if any(cell.strip() for cell in row))
            lines = list(itertools.islice(rows_with_text, LARGEST_DESIGN + 2))
    except (OSError, csv.Error) as error:
        raise UsageError(f"design.file: {name} cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(lines) < 2:
        raise UsageError(f"design.file: {name} holds no points: a line of keys and a line for each point are needed")
    keys = [key.strip() for key in lines[0]]
    for number, row in enumerate(lines[1:], 1):
        if len(row) != len(keys):
            raise UsageError(f"design.file: {name}: row {number} has {len(row)} values for {len(keys)} keys")
    for place, key in enumerate(keys):
        _refuse_key(key)
        if key in keys[:place]:
            raise UsageError(f"design.file: {name}: {key} is named twice")
    rows = [[_scalar(cell.strip()) for cell in row] for row in lines[1:]]
    columns = zip(*rows, strict=True)
    return [Axis(key, tuple(dict.fromkeys(column))) for key, column in zip(keys, columns, strict=True)], rows


def _scalar(text: str) -> Any:
    if numbers.is_whole(text):
        return int(text)
    if numbers.is_number(text):
        return float(text)
    return {"true": True, "false": False}.get(text.lower(), text)
