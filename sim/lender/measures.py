"""Figures of the lender's controls: what they did this month, and what the books say by other yardsticks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.tables.population import Population
from sim.lender.capital import risk_weighted
from sim.lender.impairment import DEFAULT, default_probabilities
from sim.lender.lender import Lender
from sim.lender.note_programme import notes_told
from sim.lender.provisioning import classes_of, stages_of
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.ledger import Ledger
from sim.loan.states import MONTHS_90

# Figures that are what the month's rules tallied under the same name.
JUDGED_OF_FIRMS = (
    *(f"score_{name}" for name in ("auc", "gini", "ks", "psi", "predicted", "realised")),
    *(f"score_gini_{name}" for name in PRIVATE_SECTORS),
    "refits",
)
COUNTED = (
    *("reopenings", "freezes", "recalls", "lines_given_up", "lines_cut_elsewhere", "restructured", "holidays_begun"),
    *("warning_cost", "reviews", "review_cost", "contacts", "suits", "judgments_won", "judgments_lost"),
    *("pledges_enforced", "owners_called", "security_brought"),
    *("npl_new", "npl_cured", "npl_repaid", "npl_charged_off", "npl_restructured"),
    *("over_indebted", "several_lenders", "referrals"),
    *("lost_after_block", "lost_after_closing", "courses", "education_cost"),
    *("fraud_attempts", "fraud_stopped", "fraud_cases", "fraud_rings", "data_leaks"),
    *("draws_blocked", "lines_abandoned"),
)


def lender_figures(
    config: Any,
    people: Population,
    lender: Lender,
    scores: ScoreKeeper,
    firm_scores: ScoreKeeper,
    ledger: Ledger,
    bins: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """Figures of the month by the names of the catalogue."""
    flows, by_age = ledger.flows, bins["recovered_by_age"]
    return {
        **{name: flows[name] for name in COUNTED},
        **{f"rule_hits_{k}": int(hits) for k, hits in enumerate(bins.get("rule_hits", ())) if k > 0},
        # Firms are warned of, too, and looking at a warning costs the same.
        "alerts": ledger.both("alerts"),
        "other_losses": flows["others_written_off"],
        "check_cost": flows["check_cost"],
        "taught": _taught(config, people),
        "fraud_loss": flows["fraud.paid"],
        "fraud_on_persons": flows["fraud_on_book"],
        "appetite_points": lender.appetite,
        "complaints": lender.complaints,
        "debt_sold": ledger.both("debt_sold.received"),
        "face_sold": ledger.both("face_sold"),
        "npl_stock": int(bins["balance"][MONTHS_90:].sum()),
        "recovered_year_1": int(by_age[:12].sum()),
        "recovered_year_2": int(by_age[12:24].sum()),
        "recovered_later": int(by_age[24:].sum()),
        "approval_gap_thin": _approval_gap(flows),
        **scores.figures,
        **_of_firms(firm_scores.figures),
        **prudential(lender),
        **notes_told(lender),
    }


def _taught(config: Any, people: Population) -> int:
    if not config.policy.education.courses:
        return 0
    return int(np.count_nonzero((people.private["taught"] != 0) & (people.accounts["alive"] != 0)))


def _of_firms(figures: Mapping[str, float]) -> dict[str, float]:
    """The judgements of firms' scores that are reported: firms have no thin files, and are too few for deciles."""
    return {f"firm_{name}": figures[name] for name in JUDGED_OF_FIRMS}


def _approval_gap(flows: Mapping[str, int]) -> float:
    """Approval of thick files less that of thin files; 0 in a month without both."""
    thin, all_of_them = flows["applications_thin"], flows["applications_decided"]
    if thin in (0, all_of_them):
        return 0.0
    thick = (flows["approvals"] - flows["approvals_thin"]) / (all_of_them - thin)
    return thick - flows["approvals_thin"] / thin


def prudential(lender: Lender) -> dict[str, float]:
    """Figures of the books by the supervisor's yardsticks, at the month's close."""
    balance, lgd = lender.last_balance, lender.settings.loss_given_default
    by_ratings, standard = risk_weighted(balance, default_probabilities(lender.rolls), lgd)
    bad = float(balance[DEFAULT:].sum())
    return {
        **stages_of(balance),
        **classes_of(lender.classed),
        "contaminated": lender.contaminated,
        "rwa_irb": int(by_ratings),
        "rwa_standardised": int(standard),
        "coverage": lender.provisions / bad if bad > 0 else 0.0,
        "raroc": 12.0 * lender.profit / (0.08 * by_ratings) if by_ratings > 0 else 0.0,
        "roe": 12.0 * lender.profit / lender.equity if lender.equity > 0 else 0.0,
    }
