"""What lowering the bar in a downturn does: ``python experiments/downturn_rule/run.py [--reduced]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

MONEY = {"factor": 1e-5, "mean_unit": "thousand yuan a month"}

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={"steady": ""} | dict.fromkeys(("supportive", "tight", "payment_holiday"), "steady"),
    worlds={"persons_and_firms": ()},
    figures=(
        Figure("loss before sharing", "charged_off - recovered", **MONEY),
        Figure("loss of the guarantee fund", "loss_fund", **MONEY),
        Figure("principal outstanding", "outstanding", factor=1e-8, mean_unit="million yuan"),
        Figure("entries into 90 days past due", "defaults", mean_unit="persons a month"),
        Figure("applications approved", "approvals / applications", "points", 100, "%"),
        Figure("persons with an open line", "access_all", "points", 100, "%"),
        Figure("lender's profit", "lender_profit", **MONEY),
        Figure("output of firms", "output", factor=1e-8, mean_unit="million yuan a month"),
        Figure("failures of firms", "firm_failures", mean_unit="a month"),
    ),
    strokes=("loss before sharing", "loss of the guarantee fund", "principal outstanding", "lender's profit"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
