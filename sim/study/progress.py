"""Progress with the time left: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

SECONDS_BETWEEN_LINES = 20.0


class Progress(Protocol):
    """Where a runner reports what is done."""

    def advance(self, amount: float, words: str) -> None:
        """Report ``amount`` more as done."""

    def say(self, words: str) -> None:
        """Report something that takes time but is no part of the work."""


@contextlib.contextmanager
def progress_on(console: Console, total: float) -> Iterator[Progress]:
    """Show progress towards ``total`` on a console until the block ends."""
    if not console.is_terminal:
        yield _Lines(console, total)
        return
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=console,
        transient=True,
        speed_estimate_period=600,
    ) as bar:
        yield _OnTerminal(bar, total)


class _OnTerminal:
    def __init__(self, bar: Bar, total: float) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=total)

    def advance(self, amount: float, words: str) -> None:
        self._bar.update(self._task, advance=amount, description=words)

    def say(self, words: str) -> None:
        self._bar.update(self._task, description=words)


class _Lines:
    """At most one line in twenty seconds, so that a log stays short."""

    def __init__(self, console: Console, total: float) -> None:
        self._console = console
        self._total = total
        self._done = 0.0
        self._started = self._last = time.monotonic()

    def advance(self, amount: float, words: str) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = now
        left = (now - self._started) * (self._total - self._done) / self._done
        self._write(f"{words}, {self._done / self._total:.0%}, about {duration(left)} left")

    def say(self, words: str) -> None:
        self._write(words)

    def _write(self, words: str) -> None:
        self._console.print(words, highlight=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """Write seconds as a reader says them: ``40 s``, ``3 min``, ``2 h 05 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
