"""What a study compares, how often, over which months, how it uses the machine and how it is told."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from multiprocessing import current_process

from sim.engine.tables.declare import setting
from sim.language.words import CNY, ENGLISH, LANGUAGES

LARGEST_WORLDS = 64
"""Rows of a table of worlds."""

NOBODY, EVERYBODY = "0", "all"
PANEL = re.compile(r"all|0|[1-9][0-9]{0,7}")
"""What ``study.panel`` may be."""

DEFAULT_ARMS = ("lenient", "limits", "closing", "platform", "guaranteed")
DEFAULT_SCENARIOS = ("calm", "severe_recession", "us_2007_2012")


@dataclass(frozen=True)
class StudySettings:
    """Arms, scenarios and replications of a study, and the months that its figures cover."""

    arms: tuple[str, ...] = setting(
        DEFAULT_ARMS, meaning="policy packages put side by side, in the order of the report"
    )
    scenarios: tuple[str, ...] = setting(DEFAULT_SCENARIOS, meaning="economies that every package lives through")
    compare: str = setting(
        "", meaning="group whose options are put side by side, a package of each; empty: the packages of arms"
    )
    leave_out: tuple[str, ...] = setting((), meaning="options of the compared group that are left out")
    model: str = setting(
        "", meaning="model of your own, as FILE.py:CLASS, a subclass of sim.Model; empty: the engine's", place=True
    )
    replications: int = setting(
        20, 1, 100_000, unit="runs", meaning="independent repetitions of each package and scenario, in each world"
    )
    worlds: int = setting(
        0,
        0,
        LARGEST_WORLDS,
        unit="worlds",
        meaning="plausible worlds of the behaviour's preset that every package lives in; 0 or 1: its values alone",
    )
    precision: float = setting(
        0.0,
        0.0,
        unit="unit of the figure",
        meaning="stop when every interval of precision_of is narrower; 0: run all replications",
    )
    precision_of: str = setting(
        "loss_rate",
        meaning="figure whose paired differences to the parent (without one: whose means) must be precise",
        needs="study.precision>0",
    )
    months: int = setting(
        60,
        1,
        1200,
        unit="months",
        meaning="length after the policy date; a published path keeps its own, or is cut where this is given",
    )
    burn_in: int = setting(
        24, 0, 1200, unit="months", meaning="calm months before the policy date, shared by all packages"
    )
    baseline: str = setting("", meaning="package that all others are compared with; empty: each with its own parent")
    confidence: float = setting(0.95, 0.5, 0.999, unit="fraction", meaning="coverage of the Monte Carlo intervals")
    interval: str = setting(
        "t",
        choices=("t", "bootstrap"),
        meaning="t: Student's; bootstrap: bias-corrected and accelerated, for few runs with long tails",
    )
    margin_outstanding: float = setting(
        0.001,
        0.0,
        1.0,
        unit="fraction of outstanding, a year for flows",
        meaning="losses, arrears, cost of credit or a party's money: less than this to the worse counts as not worse",
    )
    margin_access: float = setting(
        0.005, 0.0, 1.0, unit="fraction", meaning="approval rate or access: less than this to the worse is not worse"
    )
    margin_persons: float = setting(
        0.001,
        0.0,
        1.0,
        unit="fraction of borrowers",
        meaning="wrong closures or caused defaults: fewer than this to the worse count as not worse",
    )
    detail: str = setting(
        "auto",
        choices=("auto", "all", "none"),
        meaning="tables of each run beside its months, such as roll rates; auto: where no design visits many points",
    )
    panel: str = setting(
        NOBODY,
        unit="persons, and as many firms",
        meaning="sampled and kept month by month, what the lender sees beside what is true; 0: none; all: everybody",
    )
    inclusion: bool = setting(
        False,
        meaning="access, price and refusals by true income; refusals judged by a paired run that approves everybody",
    )
    window_from: int = setting(
        0, 0, 1199, unit="months", meaning="first month after the policy date that the table averages"
    )
    window_months: int = setting(0, 0, 1200, unit="months", meaning="months that the table averages; 0: up to the end")

    @property
    def has_panel(self) -> bool:
        """Whether persons and firms are kept month by month."""
        return self.panel != NOBODY

    @property
    def many_worlds(self) -> bool:
        """Whether packages live in more worlds than one."""
        return self.worlds > 1

    @property
    def runs(self) -> int:
        """Runs of each package and scenario: the replications of all worlds."""
        return self.replications * max(self.worlds, 1)

    def _against_worlds(self) -> list[str]:
        """What cannot be asked for together with worlds."""
        with_worlds = f"not allowed with study.worlds={self.worlds}"
        problems = []
        if self.replications < 2:
            problems.append(f"study.replications: 1 is {with_worlds}: at least 2 tell worlds from luck")
        if self.precision:
            problems.append(f"study.precision: {self.precision:g} is {with_worlds}; leave one of them out")
        if self.interval != "t":
            problems.append(f"study.interval: {self.interval} is {with_worlds}; choose t")
        return problems

    def check(self) -> list[str]:
        """One-line problems that no single field shows."""
        problems = []
        for name in ("arms", "scenarios"):
            chosen = getattr(self, name)
            if not chosen:
                problems.append(f"study.{name}: is empty, must name at least one")
            for entry in sorted({entry for entry in chosen if list(chosen).count(entry) > 1}):
                problems.append(f"study.{name}: {entry!r} is named twice, must be named once")
        if not PANEL.fullmatch(self.panel):
            allowed = f"a whole number from 0 to 99999999 (persons), or {EVERYBODY}"
            near = "; did you mean all?" if get_close_matches(self.panel.casefold(), (EVERYBODY,)) else ""
            problems.append(f"study.panel: {self.panel} is not allowed: {allowed}{near}")
        if self.leave_out and not self.compare:
            problems.append("study.leave_out: would change nothing: it acts with study.compare")
        if self.many_worlds:
            problems += self._against_worlds()
        if self.window_from >= self.months:
            problems.append(f"study.window_from: is {self.window_from}, must be below study.months ({self.months})")
        return problems


@dataclass(frozen=True)
class MachineSettings:
    """How a study spreads over the cores. No choice here changes a result."""

    threads: int = setting(0, 0, 256, unit="threads", meaning="threads of one run; 0: chosen from the cores")
    workers: int = setting(0, 0, 1024, unit="processes", meaning="processes of a study; 0: one for each core")
    block: int = setting(2_048, 1, 2_147_483_647, unit="rows", meaning="rows that one thread works through at a time")
    scheduler: str = setting(
        "", meaning="Dask scheduler that runs the cells: local, or tcp://host:port; empty: processes of this machine"
    )
    deadline: int = setting(
        0, 0, 10_000_000, unit="seconds", meaning="a cell that takes longer is taken for hung; 0: chosen from its size"
    )
    recycle: int = setting(
        100, 1, 1_000_000, unit="groups of cells", meaning="what a worker process does before a fresh one takes over"
    )
    check: bool = setting(True, meaning="check every month that no fen is made or lost")
    driver: str = setting(
        "kernel",
        choices=("kernel", "mesa"),
        meaning="compiled loops over columns, or every agent stepped by Mesa (same bits, slow)",
    )


@dataclass(frozen=True)
class ReportSettings:
    """How results are told. No choice here changes a result."""

    language: str = setting(
        ENGLISH,
        choices=LANGUAGES,
        meaning="language of reports, lives and audit pack, and of what the terminal says of results",
    )
    currency: str = setting(
        "", meaning="currency of amounts in all that is told of results, such as USD; empty: a tape's, else yuan"
    )
    exchange_rate: float = setting(
        0.0, 0.0, 1e6, unit="yuan per unit", meaning="rate of that currency; 0: a tape's, where that is its currency"
    )

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        if self.currency and not CURRENCY.fullmatch(self.currency):
            near = f"; did you mean {self.currency.upper()}?" if CURRENCY.fullmatch(self.currency.upper()) else ""
            allowed = f"a code of three capitals (ISO 4217), such as USD{near}"
            return [f"report.currency: {self.currency} is not allowed: {allowed}"]
        if self.currency in ("", CNY) and self.exchange_rate not in (0.0, 1.0):
            told = f"report.exchange_rate: {self.exchange_rate:g} is not allowed"
            return [f"{told}: report.currency names no other currency than the yuan"]
        return []


CURRENCY = re.compile(r"[A-Z]{3}")
SCHEDULER = re.compile(r"(local|(tcp|tls|ws|wss|ucx)://[^\s/]+:[0-9]+)?")


def scheduler_problems(machine: MachineSettings) -> list[str]:
    """One-line problems of the scheduler's address (``check`` is the name of a setting here)."""
    if SCHEDULER.fullmatch(machine.scheduler):
        return []
    return [f"machine.scheduler: {machine.scheduler} is not allowed: empty, local, or an address like tcp://host:8786"]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_of_machine(machine: MachineSettings, tasks: int) -> tuple[int, int]:
    """Choose processes and threads for ``tasks`` independent tasks, as ``(workers, threads)``.

    Tasks need no word from each other, so processes come first; cores left over because tasks are few
    become threads of each task. A process that may have no children, such as a worker of `multiprocessing.Pool`,
    does all itself.
    """
    available = cores()
    workers = machine.workers or max(1, min(available, tasks))
    workers = max(1, min(workers, tasks))
    threads = machine.threads or max(1, available // workers)
    return 1 if current_process().daemon else workers, threads
