"""Figures of the lender's controls: what they did this month, and what the books say by other yardsticks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.lender.note_programme import notes_told

if TYPE_CHECKING:
    from sim.month.model import Model

JUDGED_OF_FIRMS = (
    *(f"score_{name}" for name in ("auc", "gini", "ks", "psi", "predicted", "realised")),
    *(f"score_gini_{name}" for name in PRIVATE_SECTORS),
    "refits",
)


def lender_figures(model: Model) -> dict[str, Any]:
    """What the lender tells at the month's close, by the names of the figures."""
    lender, courses = model.lender, model.config.policy.education.courses
    return {
        **({"taught": _taught(model)} if courses else {}),
        "appetite_points": lender.appetite,
        "complaints": lender.complaints,
        "approval_gap_thin": _approval_gap(model.ledger.flows),
        **model.scores.figures,
        **(_of_firms(model.firm_scores.figures) if model.firms.exist else {}),
        **lender.prudential(model.profit),
        **notes_told(lender),
    }


def _taught(model: Model) -> int:
    return int(np.count_nonzero((model.persons["taught"] != 0) & (model.accounts["alive"] != 0)))


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
