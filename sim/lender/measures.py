"""Figures of the lender's controls: what they did this month, and what the books say by other yardsticks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.tables.population import Population
from sim.firms.firms import Firms
from sim.lender.capital import risk_weighted
from sim.lender.impairment import DEFAULT, default_probabilities
from sim.lender.lender import Lender
from sim.lender.note_programme import notes_told
from sim.lender.provisioning import classes_of, stages_of
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.ledger import Ledger

JUDGED_OF_FIRMS = (
    *(f"score_{name}" for name in ("auc", "gini", "ks", "psi", "predicted", "realised")),
    *(f"score_gini_{name}" for name in PRIVATE_SECTORS),
    "refits",
)
TOLD_OF_FIRMS = tuple((f"firm_{name}", name) for name in JUDGED_OF_FIRMS)
ALLOWANCES = (*(f"allowance_stage_{k}" for k in (1, 2, 3)), *(f"allowance_change_{k}" for k in (1, 2, 3)))


def lender_figures(
    config: Any,
    people: Population,
    firms: Firms,
    lender: Lender,
    scores: ScoreKeeper,
    firm_scores: ScoreKeeper,
    ledger: Ledger,
) -> dict[str, Any]:
    """What the lender tells at the month's close, by the names of the figures."""
    return {
        **({"taught": _taught(people)} if config.policy.education.courses else {}),
        "appetite_points": lender.appetite,
        "complaints": lender.complaints,
        "approval_gap_thin": _approval_gap(ledger.flows),
        **scores.figures,
        **(_of_firms(firm_scores.figures) if firms.exist else {}),
        **prudential(lender),
        **notes_told(lender),
    }


def _taught(people: Population) -> int:
    return int(np.count_nonzero((people.private["taught"] != 0) & (people.accounts["alive"] != 0)))


def _of_firms(figures: Mapping[str, float]) -> dict[str, float]:
    """The judgements of firms' scores that are reported: firms have no thin files, and are too few for deciles."""
    return {told: figures[name] for told, name in TOLD_OF_FIRMS}


def _approval_gap(flows: Mapping[str, int]) -> float:
    """Approval of thick files less that of thin files; 0 in a month without both."""
    thin, all_of_them = flows["applications_thin"], flows["applications_decided"]
    if thin in (0, all_of_them):
        return 0.0
    thick = (flows["approvals"] - flows["approvals_thin"]) / (all_of_them - thin)
    return thick - flows["approvals_thin"] / thin


def prudential(lender: Lender) -> dict[str, float]:
    """Figures of the books by the supervisor's yardsticks, at the month's close."""
    balance, lgd, experience = lender.last_balance, lender.settings.loss_given_default, lender.experience
    undrawn = experience.undrawn if lender.settings.undrawn_weighed else 0
    by_ratings, standard = risk_weighted(
        balance, default_probabilities(lender.rolls), lgd, undrawn=undrawn, conversion=experience.conversion
    )
    fen = balance.tolist()
    bad = float(sum(fen[DEFAULT:]))
    return {
        **stages_of(balance if experience.stages is None else lender.staged),
        **experience.told(),
        **dict(zip(ALLOWANCES, (*lender.allowances, *lender.allowance_changes), strict=True)),
        **classes_of(lender.classed),
        "contaminated": lender.contaminated,
        "rwa_irb": int(by_ratings),
        "rwa_standardised": int(standard),
        "coverage": lender.provisions / bad if bad > 0 else 0.0,
        "raroc": 12.0 * lender.profit / (0.08 * by_ratings) if by_ratings > 0 else 0.0,
        "roe": 12.0 * lender.profit / lender.equity if lender.equity > 0 else 0.0,
    }
