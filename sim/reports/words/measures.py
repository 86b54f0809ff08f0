"""Which figures the report shows where; how each is named and written is told by `sim.figures.scales`."""

from __future__ import annotations

from sim.figures.scales import MEASURES, Measure, Scale, measure_of, scale_of

__all__ = ["ACCESS", "BEARERS", "FIRMS", "MAIN", "MEASURES", "Measure", "Scale", "measure_of", "scale_of"]

MAIN = (
    "loss_rate", "delinquent_30", "delinquent_90", "approval_rate", "wrong_closures",
    "defaults_caused_by_closing", "lender_profit", "fund_capital",
)  # fmt: skip
ACCESS = (
    "access_all",
    "approval_rate",
    "access_thin_file",
    "access_low_income",
    "utilisation",
    "price",
    "median_cash",
)
FIRMS = (
    "output",
    "staff",
    "unemployment",
    "firm_failure_rate",
    "firm_delinquent_90",
    "firm_loss_rate",
    "trade_credit_lost",
    "owner_guarantee_paid",
)
BEARERS = {
    "loss_lender": "Lender", "loss_partner": "Partner banks", "loss_fund": "Guarantee fund",
    "loss_reguarantee": "Re-guarantee fund", "loss_insurer": "Insurer", "loss_government": "Government",
}  # fmt: skip
