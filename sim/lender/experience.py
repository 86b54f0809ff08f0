"""What the lender has learned from its own defaults: conversion of undrawn lines, losses, and three stages of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.lender.lines import LineMemory
from sim.lender.observation import Columns
from sim.lender.provisioning import ThreeStages
from sim.lender.settings import LenderSettings
from sim.lender.staging import STAGES, Staging
from sim.loan.ledger import Ledger
from sim.loan.ratios import ratio
from sim.loan.states import MONTHS_90

Floats = Any
USUAL_ROLLS = (0.012, 0.45, 0.60, 0.75)  # until there is a history


class Experience:
    """Memory of lines and, for an IFRS 9 allowance, of moves and outcomes.

    Attributes
    ----------
    lines : list of LineMemory
        Of the persons' book; of the firms' too where losses are expected in stages.
    stages : Staging or None
        Where the allowance is IFRS 9's.
    figures : dict of str to float
        What the last close told of lines.
    """

    def __init__(self, settings: LenderSettings, provisioning: Any, watches: bool) -> None:
        self.settings = settings
        self.lines = [LineMemory(isinstance(provisioning, ThreeStages))]
        self.stages = Staging(provisioning, USUAL_ROLLS, watches) if isinstance(provisioning, ThreeStages) else None
        self.places: list[Any] = []
        self.figures: dict[str, float] = {}

    def close(self, month: int, books: Sequence[Columns], gap: float, ledger: Ledger) -> None:
        """Take in a month's close; ``gap`` is unemployment above normal, fraction."""
        stages, early = self.stages, self.settings.charge_off_months < MONTHS_90
        if stages is not None:
            self.lines += [LineMemory(whole=True) for _ in books[len(self.lines) :]]
            self.places = stages.stage(books)
            stages.follow(books, self.places, self.lines, self.conversion, gap, exits_of(ledger))
        else:
            self.places = [books[0]["months_past_due"]]
        told = [
            line.close(month, book, late, early)
            for line, book, late in zip(self.lines, books, self.places, strict=False)
        ]
        self.figures = told[0]
        if stages is not None:
            stages.look_back(self.lines[0], self.conversion)

    @property
    def conversion(self) -> float:
        """Believed part of what is left on a line that is drawn before default, 0 to 1.

        A factor below 0 would say that a line is worth less than what is owed on it, which Basel II does not allow
        (paragraph 474).
        """
        lines, settings = self.lines[0], self.settings
        own = min(max(ratio(lines.converted, lines.undrawn), 0.0), 1.0)
        return believed(own, lines.count, settings.conversion_prior, settings.prior_defaults)

    @property
    def loss(self) -> float:
        """Believed loss given default of an allowance in stages: the setting, and what the lender lost itself."""
        settings, stages = self.settings, self.stages
        if stages is None:
            return settings.loss_given_default
        own = min(max(stages.loss_given_default(), 0.0), 1.0)
        return believed(own, self.lines[0].count, settings.loss_given_default, settings.prior_defaults)

    @property
    def undrawn(self) -> int:
        """Fen left on persons' open lines in order, at the last close."""
        return self.lines[0].left

    @property
    def commitments(self) -> int:
        """Fen of undrawn lines that an allowance counts as owed."""
        return int(self.conversion * self.undrawn) if self.stages is not None else 0

    def rates(self, matrix: Floats) -> Floats:
        """Provision by months past due, float64[14]; in stages by place, float64[15]."""
        if self.stages is None:
            return matrix
        return self.stages.rates(self.loss, self.settings.prior_defaults)

    def told(self) -> dict[str, float]:
        """Figures of the month's close."""
        found = {**self.figures, "conversion_believed": self.conversion}
        if self.stages is None:
            return found
        fen, accounts = self.stages.transfers
        for source in range(3):
            for target in range(3):
                if source != target:
                    name = f"stage_{STAGES[source]}_to_{STAGES[target]}"
                    found |= {name: int(fen[source, target]), f"{name}_accounts": int(accounts[source, target])}
        return {**found, "loss_believed": self.loss, "commitments": self.commitments}

    def save(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        stages = self.stages.keep() if self.stages is not None else None
        return {"lines": [line.save() for line in self.lines], "stages": stages}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take a checkpoint's numbers back; what another allowance did not remember is learned anew."""
        lines = saved["lines"] if self.stages is not None else saved["lines"][:1]
        self.lines = [LineMemory(self.stages is not None) for _ in lines]
        for line, kept in zip(self.lines, lines, strict=True):
            line.restore(kept)
        if self.stages is not None and saved["stages"] is not None:
            self.stages.take(saved["stages"])


def believed(own: float, count: int, prior: float, weight: float) -> float:
    """A belief between one's own figure and a prior that is worth so many cases (Buehlmann's credibility, 1967)."""
    trust = count / (count + weight) if count else 0.0
    return prior + trust * (own - prior)


def exits_of(ledger: Ledger) -> dict[str, int]:
    """What became of bad loans this month: charged off, cured or repaid; and what was recovered of old ones."""
    both = ledger.both
    return {
        "lost": both("charged_off"),
        "saved": both("npl_cured") + both("npl_repaid"),
        "recovered": both("recoveries.received") + both("debt_sold.received"),
    }
