"""What the packages of the main study do: ``python experiments/main_study/run.py [--reduced] [--to FOLDER]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

MONEY = {"factor": 1e-5, "mean_unit": "thousand yuan a month"}

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={"lenient": "", "limits": "lenient", "closing": "limits", "platform": "closing", "guaranteed": "lenient"},
    worlds={"persons_and_firms": ()},
    scenarios=("calm", "severe_recession"),
    runs=8,
    figures=(
        Figure("loss rate", "12 * (charged_off - recovered) / outstanding", "points a year", 100, "%"),
        Figure("30 days past due and more, of principal", "delinquent_30", "points", 100, "%"),
        Figure("applications approved", "approvals / applications", "points", 100, "%"),
        Figure("persons with an open line", "access_all", "points", 100, "%"),
        Figure("principal outstanding", "outstanding", factor=1e-8, mean_unit="million yuan"),
        Figure("lender's profit", "lender_profit", **MONEY),
        Figure(
            "wrong closures, of those judged",
            "wrong_closures / (closures - censored_closures + 1e-9)",
            "points",
            100,
            "%",
        ),
        Figure("failures of firms", "1000 * firm_failures / persons", "a month, of 1000 persons"),
    ),
    strokes=("loss rate", "30 days past due and more, of principal", "applications approved", "lender's profit"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
