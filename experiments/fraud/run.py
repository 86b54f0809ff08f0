"""What authentication stops, costs and blocks: ``python experiments/fraud/run.py [--reduced] [--to FOLDER]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

MONEY = {"factor": 1e-5, "mean_unit": "thousand yuan a month"}
COMMON = ("firms=none", "study.months=36")

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={"lenient": ""}
    | dict.fromkeys(
        ("behavioural", "face", "multi_factor", "access_control", "lender_bears", "customer_bears"), "lenient"
    ),
    worlds={"single_takeovers": (*COMMON, "fraud=takeovers"), "rings_and_leaks": (*COMMON, "fraud=organised")},
    scenarios=("calm", "fraud_wave"),
    figures=(
        Figure("drawn by strangers", "fraud_loss", **MONEY),
        Figure("drawn by strangers, of new lending", "fraud_loss / drawn", "basis points", 1e4, "basis points"),
        Figure("of it left with the persons", "fraud_on_persons / (fraud_loss + 1e-9)", "points", 100.0, "%"),
        Figure("attempts stopped", "fraud_stopped / (fraud_attempts + 1e-9)", "points", 100.0, "%"),
        Figure("honest draws blocked", "1000 * draws_blocked / persons", "a month, of 1000 persons"),
        Figure("honest draws blocked for each takeover stopped", "draws_blocked / (fraud_stopped + 1e-9)", "draws"),
        Figure("lines given up over checks", "1000 * lines_abandoned / persons", "a month, of 1000 persons"),
        Figure("persons with an open line", "access_all", "points", 100, "%"),
        Figure("data leaks", "data_leaks", "a month"),
        Figure("cost of checking and of access control", "check_cost", "yuan a month", 1e-2),
        Figure("new lending", "drawn", **MONEY),
        Figure("loss of the platform", "charged_off - recovered", **MONEY),
        Figure("entries into 90 days past due", "defaults", mean_unit="persons a month"),
        Figure("lender's profit", "lender_profit", **MONEY),
    ),
    strokes=("drawn by strangers", "honest draws blocked", "new lending", "lender's profit"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
