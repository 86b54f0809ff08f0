from __future__ import annotations

import io

import pytest
from rich.console import Console

from sim.language.words import Words
from sim.study.run import progress
from sim.study.run.progress import duration, progress_on


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_few_lines_with_the_time_left(clock):
    said = io.StringIO()
    with progress_on(Console(file=said, width=100), total=100) as shown:
        clock[0] += 500
        shown.begin("0 of 100 parts")
        for part in range(1, 51):
            clock[0] += 1
            shown.advance(1, f"{part} of 100 parts")
    lines = said.getvalue().splitlines()
    # Work began after 500 s; from then on one second a part, and a line every twenty seconds.
    assert lines == [
        "1 of 100 parts, 1%, about 2 min left",
        "21 of 100 parts, 21%, about 79 s left",
        "41 of 100 parts, 41%, about 59 s left",
    ]


def test_a_terminal_gets_a_bar():
    said = io.StringIO()
    console = Console(file=said, width=80, force_terminal=True, force_interactive=True)
    with progress_on(console, total=4) as shown:
        shown.say("compiling the rules")
        shown.begin("0 of 4 parts")
        shown.advance(1, "1 of 4 parts")
        console.print("a line of its own")
    assert "1 of 4 parts" in said.getvalue()
    assert "left" in said.getvalue()
    assert "a line of its own" in said.getvalue()


@pytest.mark.parametrize(("seconds", "words"), [(4.4, "4 s"), (89, "89 s"), (180, "3 min"), (7500, "2 h 05 min")])
def test_durations_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words


def test_progress_is_told_in_chinese(clock):
    said = io.StringIO()
    with progress_on(Console(file=said, width=100), 2, Words("zh")) as shown:
        shown.begin("0")
        clock[0] += 100
        shown.advance(1, "1")
    assert "50%" in said.getvalue() and "2 分钟" in said.getvalue() and "left" not in said.getvalue()
    assert duration(7500, Words("zh")) == "2 小时 05 分"
