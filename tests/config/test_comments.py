"""Comments of the shipped files that repeat a declaration are the declaration's."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.config.locate import config_folder
from sim.engine.tables.declare import setting

ROOT = Path(__file__).resolve().parents[2]


def loaded():
    spec = importlib.util.spec_from_file_location("config_comments", ROOT / "tools" / "config_comments.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = loaded()
FILES = TOOL.files()


@dataclass(frozen=True)
class Inner:
    share: float = setting(0.5, 0.0, 1.0, unit="share", meaning="what is kept")


@dataclass(frozen=True)
class Owner:
    name: str = setting("a", meaning="option")
    text: str = setting("", meaning="a text, with # in it")
    long: int = setting(1, 0, 9, meaning="word " * 30 + "end")
    parts: tuple[int, ...] = setting((), meaning="a list")
    inner: Inner = Inner()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(config_folder())))
def test_comments_are_those_of_the_declarations(path):
    text = path.read_text(encoding="utf-8")
    assert TOOL.printed(text, FILES[path]) == text, "python tools/config_comments.py writes them anew"
    written = [line for line in text.splitlines() if "  # " in line or line.lstrip().startswith(TOOL.LONG)]
    assert all(len(line) <= TOOL.WIDTH for line in written)


def test_most_keys_are_commented():
    lines = [line for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
    assert sum("  # " in line for line in lines) > 800


def test_a_comment_that_says_something_else_is_written_anew():
    text = '# What it is.\nname: a\ntext: "#1"  # old\nparts: [1, 2]   # older\ninner:  # by hand\n  share: 0.5  # x\n'
    assert TOOL.printed(text, Owner) == (
        '# What it is.\nname: a\ntext: "#1"  # a text, with # in it\nparts: [1, 2]  # a list\n'
        "inner:  # by hand\n  share: 0.5  # what is kept [share]\n"
    )


def test_what_does_not_fit_stands_above_and_is_not_doubled():
    once = TOOL.printed("# Source by hand.\nlong: 1  # old\n", Owner)
    assert once.startswith("# Source by hand.\n#: word word") and once.endswith(" end\nlong: 1\n")
    assert TOOL.printed(once, Owner) == once


def test_a_key_without_a_comment_gets_none():
    assert TOOL.printed("long: 1\ninner:\n  share: 0.5\n", Owner) == "long: 1\ninner:\n  share: 0.5\n"
