"""Progress with the time left: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from sim.language.words import Words

SECONDS_BETWEEN_LINES = 20.0


class Progress(Protocol):
    """Where a runner reports what is done."""

    def begin(self, words: str) -> None:
        """Report that the work itself begins now; what came before tells nothing about the time left."""

    def advance(self, amount: float, words: str) -> None:
        """Report ``amount`` more as done."""

    def say(self, words: str) -> None:
        """Report something that takes time but is no part of the work."""


class _Clock:
    """Time left, from what was done since work began."""

    def __init__(self, total: float, say: Words) -> None:
        self.total = total
        self.say = say
        self.done = 0.0
        self.began = self.last = time.monotonic()

    def begin(self) -> None:
        self.began = self.last = time.monotonic()

    def advance(self, amount: float) -> None:
        self.done += amount
        self.last = time.monotonic()

    def left(self) -> float | None:
        """Seconds left, None before anything is done."""
        if not self.done:
            return None
        whole = (self.last - self.began) * self.total / self.done
        return max(0.0, self.began + whole - time.monotonic())

    def words(self) -> str:
        left = self.left()
        return "" if left is None else self.say("running.left", time=duration(left, self.say))


@contextlib.contextmanager
def progress_on(console: Console, total: float, say: Words | None = None) -> Iterator[Progress]:
    """Show progress towards ``total`` on a console until the block ends; in English where no language is named."""
    clock = _Clock(total, say or Words())
    if not console.is_terminal:
        yield _Lines(console, clock)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), _Left(clock))
    with Bar(*columns, console=console, transient=True) as bar:
        yield _OnTerminal(bar, clock)


class _Left(ProgressColumn):
    def __init__(self, clock: _Clock) -> None:
        super().__init__()
        self._clock = clock

    def render(self, task: object) -> Text:
        return Text(self._clock.words())


class _OnTerminal:
    def __init__(self, bar: Bar, clock: _Clock) -> None:
        self._bar = bar
        self._clock = clock
        self._task = bar.add_task(clock.say("running.starting"), total=clock.total)

    def begin(self, words: str) -> None:
        self._clock.begin()
        self.say(words)

    def advance(self, amount: float, words: str) -> None:
        self._clock.advance(amount)
        self._bar.update(self._task, advance=amount, description=words)

    def say(self, words: str) -> None:
        self._bar.update(self._task, description=words)


class _Lines:
    """At most one line in twenty seconds, so that a log stays short."""

    def __init__(self, console: Console, clock: _Clock) -> None:
        self._console = console
        self._clock = clock
        self._last = time.monotonic()

    def begin(self, words: str) -> None:
        self._clock.begin()

    def advance(self, amount: float, words: str) -> None:
        clock = self._clock
        clock.advance(amount)
        if clock.last - self._last >= SECONDS_BETWEEN_LINES:
            self._last = clock.last
            share = f"{clock.done / clock.total:.0%}"
            self.say(clock.say("running.line", cells=words, share=share, left=clock.words()))

    def say(self, words: str) -> None:
        self._console.print(words, highlight=False, soft_wrap=True)


def duration(seconds: float, say: Words | None = None) -> str:
    """Write seconds as a reader says them: ``40 s``, ``3 min``, ``2 h 05 min``."""
    say, minutes = say or Words(), round(seconds / 60)
    if seconds < 90:
        return say("running.seconds", count=f"{seconds:.0f}")
    if minutes < 90:
        return say("running.minutes", count=minutes)
    return say("running.hours", hours=minutes // 60, minutes=f"{minutes % 60:02d}")
