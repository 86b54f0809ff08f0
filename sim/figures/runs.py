"""Figures that a run has once: judged closures, its worst month, and what each party gained or paid."""

from __future__ import annotations

from sim.figures.figure import Figure
from sim.figures.formula import told

PAIR = "the run is compared with its pair that closes no line"


def _judged(name: str, unit: str, meaning: str, kind: str, called: str = "", **written: str) -> Figure:
    return Figure(name, unit, meaning, kind, "total", told(PAIR), called=called, span="over the horizon", **written)


CLOSURES = (
    _judged("closures", "persons", "persons whose line was closed for the first time", "count", "Lines closed"),
    _judged("censored_closures", "persons", "closures with fewer than 12 months left", "count", "Closures not judged"),
    _judged(
        "wrong_closures", "persons", "closed, yet without closing not 90+ within 12 months", "count", "Wrong closures"
    ),
    _judged(
        "defaults_caused_by_closing", "persons", "90+ within 12 months of the closure, and not without closing",
        "count", "Defaults caused by closing",
    ),
    _judged(
        "loss_avoided", "fen",
        "charge-offs net of recoveries on persons of judged closures: without closing, less with it", "money",
        since="Next",
    ),
    _judged(
        "margin_forgone", "fen",
        "interest less funding cost on persons of judged closures: without closing, less with it", "money",
        since="Next",
    ),
    _judged("loss_avoided_per_closure", "fen a judged closure", "loss avoided, a closed line", "money",
            since="Next"),
    _judged("margin_forgone_per_closure", "fen a judged closure", "margin forgone, a closed line", "money",
            since="Next"),
    _judged("random_closures", "persons", "judged lines of a random choice of the same size", "count"),
    _judged("random_wrong_closures", "persons", "wrong closures of that random choice", "count"),
    _judged("wrong_closure_share", "fraction of judged closures", "closures that were wrong", "share"),
    _judged(
        "random_wrong_closure_share", "fraction of judged closures",
        "closures that were wrong, had as many been closed at random", "share",
    ),
)  # fmt: skip

# Figure of the worst month, and the figure of a month that it comes from.
WORST_OF = {"fund_exhausted": "fund_state", "lowest_capital_ratio": "capital_ratio"}
WORST = (
    Figure(
        "fund_exhausted", "0 or 1", "the guarantee fund was exhausted in at least one month", "index", "ever",
        told("largest fund_state of the window is 2"),
    ),
    Figure(
        "lowest_capital_ratio", "equity over own loans", "lender's capital ratio in its worst month", "index", "lowest",
        told("lowest capital_ratio of the window"),
    ),
)  # fmt: skip


def _party(name: str, meaning: str, formula: str, called: str) -> Figure:
    return Figure(
        name, "fen a month", meaning, "money", "sum", told(formula), called=called, span="a month, mean over months",
        since="Next",
    )  # fmt: skip


PARTIES = (
    _party(
        "partner_result", "partner banks: cash received less paid, and the change of their claims",
        "net_partner + change of partner_claim", "Partner banks' result",
    ),
    _party(
        "fund_result", "guarantee fund: change of its net assets less capital put in",
        "change of fund_capital - change of fund_put_in", "Guarantee fund's result",
    ),
    _party(
        "reguarantee_result", "re-guarantee fund: cash received less paid", "net_reguarantee",
        "Re-guarantee fund's result",
    ),
    _party("insurer_result", "insurer: cash received less paid", "net_insurer", "Insurer's result"),
    _party(
        "government_result", "government: cash received less paid under the scheme", "-government_cost",
        "Government's result",
    ),
    _party(
        "public_result", "guarantee fund, re-guarantee fund and government together",
        "fund_result + net_reguarantee - government_cost + replenishment", "Public side's result",
    ),
    Figure(
        "borrowers_cost", "fraction of outstanding a year", "interest and premium that borrowers paid", "share",
        "annual", told("12 * (interest_received + premium_borrowers) / outstanding"),
        called="Borrowers' cost of credit", span="of outstanding, a year", since="Next",
    ),
    Figure(
        "return_on_loans", "fraction of own loans a year", "lender's profit over the part of the loans that it owns",
        "share", "annual", told("12 * lender_profit / (outstanding - partner_claim)"),
        called="Return on own loans", span="of own loans, a year", since="Next",
    ),
)  # fmt: skip
RUNS = (*CLOSURES, *WORST, *PARTIES)
