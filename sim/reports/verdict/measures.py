"""What a verdict looks at: whose figure it is, and how the figure of a month becomes one of the whole period."""

from __future__ import annotations

from dataclasses import dataclass

from sim.figures.catalog import FIGURES
from sim.reports.glossary.links import WHOLE

MONEY, RATE, COUNT = "money", "rate", "count"
"""Kinds: fen over the period; a fraction, told in per cent and its differences in points; a number of cases."""


@dataclass(frozen=True)
class Measure:
    """One figure of the verdict.

    Attributes
    ----------
    figure : str
        Its name in ``summary.csv``.
    party : str
        Whose figure it is.
    kind : str
        `MONEY`, `RATE` or `COUNT`.
    sign : int
        -1 turns what a party loses into its result.
    """

    figure: str
    party: str
    kind: str
    sign: int = 1

    @property
    def is_flow(self) -> bool:
        """Whether ``summary.csv`` holds it for a month, so that the period has as many times more."""
        return FIGURES[self.figure].over == "sum"

    @property
    def entry(self) -> str:
        """What the glossary of a page calls the figure of the whole period."""
        return f"{WHOLE}{self.figure}" if self.is_flow else self.figure

    @property
    def is_summed(self) -> bool:
        """Whether it speaks for the whole period, and not for its end."""
        return FIGURES[self.figure].over in ("sum", "total")


PUBLIC = ("guarantee_fund", "re_guarantee_fund", "government")
PAYERS = ("partner_banks", "guarantee_fund", "re_guarantee_fund", "insurer", "government", "public_side")
"""Who may pay beside lender and borrowers; the public side is the sum of the three of `PUBLIC`."""

MEASURES = (
    Measure("borrowers_cost", "borrowers", RATE),
    Measure("access_all", "borrowers", RATE),
    Measure("approval_rate", "borrowers", RATE),
    Measure("wrong_closures", "borrowers", COUNT),
    Measure("defaults_caused_by_closing", "borrowers", COUNT),
    Measure("lender_profit", "lender", MONEY),
    Measure("roe", "lender", RATE),
    Measure("return_on_loans", "lender", RATE),
    Measure("partner_result", "partner_banks", MONEY),
    Measure("fund_result", "guarantee_fund", MONEY),
    Measure("reguarantee_result", "re_guarantee_fund", MONEY),
    Measure("insurer_result", "insurer", MONEY),
    Measure("government_result", "government", MONEY),
    Measure("public_result", "public_side", MONEY),
    Measure("other_losses", "other_lenders", MONEY, -1),
    Measure("firm_failures", "firms", COUNT),
    Measure("output", "firms", MONEY),
    Measure("staff", "jobs", COUNT),
    Measure("unemployment", "jobs", RATE),
)
BY_FIGURE = {measure.figure: measure for measure in MEASURES}
OF_BOOK = ("lender", *PAYERS, "other_lenders")
"""Parties whose money is told as a part of the loans; sales of firms are told as a part of the parent's sales."""
