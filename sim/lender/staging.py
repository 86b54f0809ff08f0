"""Expected losses in three stages from the lender's own history: staging, moves, back-test, loss given default.

Stage 2 begins 30 days past due and holds restructured loans for their probation (IFRS 9, 5.5.9-11 and B5.5.27; EBA's
guidelines of 2018 on non-performing and forborne exposures: a year at least before a cure counts). Undrawn lines of
accounts in order count with the part that is expected to be drawn (5.5.31, B5.5.31). The level is set by a back-test:
what a year's cohort owed at default over what its moves had led to expect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.engine.loops.order import total
from sim.lender.impairment import (
    BUCKETS,
    DEFAULT,
    STAGE_2,
    YEAR,
    Scenario,
    default_hazards,
    moves_of,
    three_stage_rates,
    worsened,
)
from sim.lender.lines import LineMemory, room
from sim.lender.macro import MEMORY, MacroModel, moved, paths
from sim.lender.observation import Columns, Observation, amounts_by
from sim.lender.provisioning import ThreeStages
from sim.loan.ratios import ratio

Floats = Any
STAGES = (1, 2, 3)
PROBATION = DEFAULT  # place of restructured loans under observation, between 3 and 4 months past due
STATES = PROBATION + 1  # places before default: 0 to 3 months past due, and probation
PLACES = BUCKETS + 1
NEXT = (1, 2, 3, STATES, STATES)  # where each rolls on to; the last is default
SERIES = (0, 1, 2, 3, 3, 4)  # of the macro model, by state, and for losses: probation goes as the last roll
USUAL_REDEFAULT = 0.03  # a month of those in probation, until there is a history: about a third in a year
KEEP = 1.0 - 1.0 / MEMORY
LONG = 1.0 - 1.0 / 36.0  # of the back-test: a year's cohort of a small book holds few defaults
POINTS = 100.0
EXITS = ("lost", "saved", "recovered")
COLUMNS = ("months_past_due", "principal", "covered", "triggered", "reliefs", "written_off")


class Staging(Observation):
    """What an IFRS 9 allowance remembers, and its rates.

    Parameters
    ----------
    settings : ThreeStages
        Outlook, priors, probation.
    usual : float64[4]
        Rolls where there is no history.
    watches : bool
        Whether relief restructures loans.

    Attributes
    ----------
    moves : float64[5, 6]
        Fen that went from a place before default to another in a month, with a memory of a year.
    exposed : list of float64[6]
        Persons' debts by place before default, and what is left on lines of accounts in order, at each of the last
        twelve closes.
    expected, observed, count : float64[5]
        By place a year before: exposure at default as the moves had it and as it came, and defaults a year.
    exits : dict of str to int
        Since the start, fen of bad loans that were charged off and that were paid or cured; recovered of the former.
    """

    LEAST, LEAST_BAD = PROBATION, STATES
    NUMBERS = ("moves", "exposed", "expected", "observed", "count", "exits")

    def __init__(self, settings: ThreeStages, usual: Floats, watches: bool) -> None:
        super().__init__(settings.probation_months, watches)
        self.settings = settings
        self.macro = MacroModel(settings.slopes(), settings.slope_strength)
        self.moves = first_moves(usual)
        self.exposed: list[Any] = []
        self.expected, self.observed, self.count = np.zeros(STATES), np.zeros(STATES), np.zeros(STATES)
        self.exits = dict.fromkeys(EXITS, 0)
        self.transfers = np.zeros((2, 3, 3), dtype=np.int64)

    # ---- the month ------------------------------------------------------------------------------

    def stage(self, books: Sequence[Columns]) -> list[Any]:
        """Place in which each account is provided for, int8[rows] for each book.

        0 to 3 are months past due, 4 is probation, 5 and more are in default.
        """
        self.open_books(books)
        found = [(book["months_past_due"] + (book["months_past_due"] >= DEFAULT)).astype(np.int8) for book in books]
        for book, kept, places in zip(books, self.kept, found, strict=True):
            self.watch(book, kept, places)
        self.remember(found)
        return found

    def follow(
        self,
        books: Sequence[Columns],
        places: Sequence[Any],
        lines: Sequence[LineMemory],
        conversion: float,
        gap: float,
        exits: Mapping[str, int],
    ) -> None:
        """Take in where balances went since the last close, and what became of bad loans.

        Parameters
        ----------
        lines : sequence of LineMemory
            Of each book, before this month's close.
        conversion : float
            Believed part of an undrawn line that is drawn before default.
        gap : float
            Unemployment above normal, fraction.
        exits : mapping
            Fen of the month, see `EXITS`.
        """
        self.transfers[:] = 0
        month = np.zeros_like(self.moves)
        for place, (book, found, line) in enumerate(zip(books, places, lines, strict=True)):
            if line.past:
                month += moves_between(line.past[-1], book, found, 0.0 if place else conversion)
                self.transfers += transfers_between(line.past[-1]["late"], book["principal"], found)
        self.moves = KEEP * self.moves + month
        rolls = [ratio(month[k, NEXT[k]], total(month[k])) if month[k].any() else np.nan for k in range(DEFAULT)]
        over = exits["lost"] + exits["saved"]
        self.macro.see(POINTS * gap, [*rolls, exits["lost"] / over if over else np.nan])
        for name in EXITS:
            self.exits[name] += exits[name]

    def look_back(self, lines: LineMemory, conversion: float) -> None:
        """Compare a year's cohort of persons with what the moves had led to expect, once the close is taken in."""
        if len(self.exposed) == YEAR:
            then = self.exposed[0].copy()
            then[0] += conversion * then[-1]
            late, owed = lines.cohort["late"], lines.cohort["owed_at_default"]
            early = late < STATES
            self.observed = LONG * self.observed + np.bincount(late[early], owed[early], STATES)
            self.expected = LONG * self.expected + self._chances() * then[:STATES]
            self.count = LONG * self.count + np.bincount(late[early], minlength=STATES) / YEAR
        self.exposed = [*self.exposed[1 - YEAR :], exposed_by(lines.past[-1])]

    def _chances(self) -> Floats:
        """Chance of default within a year by the moves."""
        return np.asarray(1.0 - np.cumprod(1.0 - default_hazards([self._shares()] * YEAR), axis=0)[-1])

    def _shares(self) -> Floats:
        return self.moves / np.array([[total(row)] for row in self.moves])

    # ---- beliefs --------------------------------------------------------------------------------

    def calibration(self, weight: float) -> Floats:
        """Factor on expected losses by place, float64[5]: the back-test, drawn towards 1.

        ``weight`` is how many defaults the prior is worth.
        """
        trust = np.divide(self.count, self.count + weight, out=np.zeros(STATES), where=self.count > 0.0)
        found = np.divide(self.observed, self.expected, out=np.ones(STATES), where=self.expected > 0.0)
        return 1.0 + trust * (found - 1.0)

    def loss_given_default(self) -> float:
        """Part of what is 90 days past due that was lost so far: charged off, less what was recovered of that."""
        lost = self.exits["lost"]
        return ratio(lost - self.exits["recovered"], lost + self.exits["saved"])

    def rates(self, loss: float, weight: float) -> Floats:
        """Expected-loss rate by place, float64[15].

        Parameters
        ----------
        loss : float
            Believed loss given default.
        weight : float
            Defaults that a prior is worth.
        """
        settings, shares = self.settings, self._shares()
        ahead = max(settings.expected_term, YEAR)
        given = [*(float(shares[k, NEXT[k]]) for k in range(STATES)), loss]
        gap, adverse, benign = self.macro.gaps[-1], POINTS * settings.adverse_gap, POINTS * settings.benign_gap
        scenarios = []
        for part, way in zip(settings.weights, paths(gap, settings.half_life, adverse, benign, ahead), strict=True):
            by = self.macro.shifts(way)[:, SERIES]
            shifted = np.array([[moved(*one) for one in zip(given, month, strict=True)] for month in by.tolist()])
            months = list(worsened(shares, shifted[:, :STATES], NEXT))
            scenarios.append(Scenario(part, months, shifted[:, STATES]))
        rates = three_stage_rates(scenarios, settings.effective_rate / 12.0, settings.expected_term)
        rates[:STATES] = np.minimum(rates[:STATES] * self.calibration(weight), 1.0)
        return rates

    def balances(self, books: Sequence[Columns], places: Sequence[Any], totals: Sequence[Any]) -> Any:
        """Principal, covered and claimed principal by place, int64[3, 15]; of ``totals`` only the sums are read."""
        found = np.zeros((len(totals), PLACES), dtype=np.int64)
        for book, at in zip(books, places, strict=True):
            rows = np.flatnonzero(at)
            found += amounts_by(book, rows, at[rows], PLACES)
        for amounts, whole in zip(found, totals, strict=True):
            amounts[0] = whole.sum() - amounts.sum()  # those who are in order
        return found

    def keep(self) -> dict[str, Any]:
        """Return what a checkpoint keeps, the macro model included."""
        numbers = {name: getattr(self, name) for name in self.NUMBERS}
        return {**numbers, "exits": dict(self.exits), "watched": self.save(), "macro": self.macro.save()}

    def take(self, saved: Mapping[str, Any]) -> None:
        """Take a checkpoint's numbers back."""
        for name in self.NUMBERS:
            setattr(self, name, saved[name])
        self.exits = dict(saved["exits"])
        self.restore(saved["watched"])
        self.macro.restore(saved["macro"])


def first_moves(usual: Floats) -> Floats:
    """Moves of a fen in each place by usual rolls, float64[5, 6]; probation goes on, but for who defaults again."""
    found, moves = np.zeros((STATES, STATES + 1)), moves_of(np.asarray(usual))
    found[:DEFAULT, :DEFAULT], found[:DEFAULT, STATES] = moves[:, :DEFAULT], moves[:, DEFAULT]
    found[PROBATION, [PROBATION, STATES]] = 1.0 - USUAL_REDEFAULT, USUAL_REDEFAULT
    return found


def moves_between(then: Mapping[str, Any], book: Columns, places: Any, conversion: float) -> Floats:
    """Exposure of the last close by where it stood and where it stands now, float64[5, 6].

    Weighed by what was owed then, and for accounts in order by the part of the line that is expected to be drawn; what
    has been charged off is in default.
    """
    now = places[: len(then["late"])]
    rows = np.flatnonzero((then["late"] > 0) | (now > 0))
    late, owed = then["late"][rows].astype(np.int64), then["owed"][rows]
    to = np.where((book["written_off"][rows] > 0) & (owed > 0), STATES, np.minimum(now[rows], STATES))
    early = late < STATES
    weights = owed + conversion * room(then, rows)
    pairs = late * (STATES + 1) + to
    found = np.bincount(pairs[early], weights[early], STATES * (STATES + 1)).reshape(STATES, STATES + 1)
    order = exposed_by(then)
    found[0, 0] = order[0] + conversion * order[-1] - total(found[0, 1:])
    return found


def exposed_by(then: Mapping[str, Any]) -> Floats:
    """Fen owed by place before default, and left on lines of accounts in order, float64[6]."""
    late = np.flatnonzero(then["late"])
    owed = np.bincount(then["late"][late], then["owed"][late], STATES)
    owed[0] = float(then["owed"].sum(dtype=np.int64) - then["owed"][late].sum(dtype=np.int64))
    return np.append(owed[:STATES], float(room(then).sum(dtype=np.int64)))


def stage_of(places: Any) -> Any:
    """Number of the stage by place, less one."""
    return (places >= STAGE_2).astype(np.int64) + (places >= STATES)


def transfers_between(late: Any, principal: Any, places: Any) -> Any:
    """Fen and accounts that owe something and changed stage, by where from and where to, int64[2, 3, 3]."""
    before, after = stage_of(late), stage_of(places[: len(late)])
    rows = np.flatnonzero((before != after) & (principal[: len(late)] > 0))
    pairs = 3 * before[rows] + after[rows]
    fen = np.bincount(pairs, principal[rows], 9)
    return np.array([fen, np.bincount(pairs, minlength=9)]).astype(np.int64).reshape(2, 3, 3)
