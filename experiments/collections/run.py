"""What each way of collecting brings, costs and breaks: ``python experiments/collections/run.py [--reduced]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

MONEY = {"factor": 1e-5, "mean_unit": "thousand yuan a month"}

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={
        "lenient": "",
        "light": "lenient",
        "compliant": "lenient",
        "restructuring_first": "lenient",
        "bulk_sale": "lenient",
        "court_no_evidence": "lenient",
        "court_logged": "court_no_evidence",
        "court_notarised": "court_no_evidence",
    },
    worlds={"persons": ("firms=none", "study.months=84")},
    scenarios=("severe_recession",),
    figures=(
        Figure("90 days past due and more, of principal", "npl_stock / outstanding", "points", 100.0, "%"),
        Figure("entries into 90 days past due", "defaults", mean_unit="persons a month"),
        Figure("principal charged off", "charged_off", **MONEY),
        Figure("recovered, of what is charged off", "recovered / charged_off", "points", 100.0, "%"),
        Figure("loss of the platform", "charged_off - recovered", **MONEY),
        Figure("cost of collections", "collections_cost", **MONEY),
        Figure("loss and cost", "charged_off - recovered + collections_cost", **MONEY),
        Figure("lender's profit", "lender_profit", **MONEY),
        Figure("complaints expected", "complaints", mean_unit="a month"),
        Figure("defaults after a new plan, of plans", "redefaults / (restructured + 1e-9)", "points", 100.0, "%"),
        Figure("suits won", "judgments_won", "a month", 1.0),
        Figure("sold debt fetched, of what was owed", "debt_sold / (face_sold + 1e-9)", "points", 100.0, "%"),
        Figure("loss of other lenders", "other_losses", **MONEY),
        Figure("persons with an open line", "access_all", "points", 100.0, "%"),
    ),
    strokes=("loss of the platform", "cost of collections", "complaints expected", "lender's profit"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
