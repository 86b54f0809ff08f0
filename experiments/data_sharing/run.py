"""What a credit bureau buys and costs: ``python experiments/data_sharing/run.py [--reduced] [--to FOLDER]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={
        "lenient": "",
        "partial": "lenient",
        "full": "lenient",
        "full_unread": "lenient",
        "capped": "",
        "capped_partial": "capped",
        "capped_full": "capped",
    },
    worlds={"persons": ("firms=none",)},
    scenarios=("calm", "severe_recession"),
    figures=(
        Figure("persons who owe several lenders", "several_lenders", mean_unit="persons"),
        Figure("persons with debt service above half of income", "over_indebted", mean_unit="persons"),
        Figure("debt to other lenders", "other_debt", factor=1e-8, mean_unit="million yuan"),
        Figure("principal outstanding", "outstanding", factor=1e-8, mean_unit="million yuan"),
        Figure("loss of the platform", "charged_off - recovered", factor=1e-5, mean_unit="thousand yuan a month"),
        Figure("loss of other lenders", "other_losses", factor=1e-5, mean_unit="thousand yuan a month"),
        Figure("entries into 90 days past due", "defaults", mean_unit="persons a month"),
        Figure("lender's profit", "lender_profit", factor=1e-5, mean_unit="thousand yuan a month"),
        Figure("applications approved", "approvals / applications", "points", 100.0, "%"),
        Figure("persons with an open line", "access_all", "points", 100.0, "%"),
        Figure("thin files with an open line", "access_thin_file", "points", 100.0, "%"),
        Figure("low incomes with an open line", "access_low_income", "points", 100.0, "%"),
    ),
    strokes=("debt to other lenders", "loss of the platform", "loss of other lenders", "applications approved"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
