"""The page on Python has every answer, in the words of the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pandas as pd

from sim.results.plotting import Plots
from sim.results.results import ANSWERS, Results

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "python.md").read_text(encoding="utf-8")


def called(owner, name, prefix=""):
    """How an answer is written: a property by its name, a method with its arguments."""
    found = inspect.getattr_static(owner, name)
    if isinstance(found, property):
        return f"{prefix}{name}"
    parts = []
    for one in list(inspect.signature(found).parameters.values())[1:]:
        shown = one.default.as_posix() if isinstance(one.default, Path) else one.default
        parts.append(one.name if one.default is one.empty else f"{one.name}={shown!r}".replace("'", '"'))
    return f"{prefix}{name}({', '.join(parts)})"


def rows():
    """A row for each answer: how it is written, and the first line of its documentation."""
    own = [name for name in vars(Plots) if not name.startswith("_") and name not in vars(pd.DataFrame.plot)]
    answers = [(called(Results, name), inspect.getattr_static(Results, name)) for name in ANSWERS]
    answers += [(called(Plots, name, "plot."), getattr(Plots, name)) for name in own]
    return [f"| `{words}` | {found.__doc__.partition(chr(10))[0].replace('|', '')} |" for words, found in answers]


def test_every_answer_stands_on_the_page_as_the_code_has_it():
    table = re.findall(r"^\| `.*$", PAGE.split("## What it answers")[1].split("\n## ")[0], flags=re.MULTILINE)
    assert table == rows()


def test_what_the_page_calls_exists():
    import sim

    assert {name for name in re.findall(r"sim\.(\w+)\(", PAGE)} <= set(dir(sim))
    named = set(re.findall(r"results\.(\w+)", PAGE))
    assert {name for name in named if not hasattr(Results, name)} == {"sumary"}  # the wrong name of the example
