"""What limits and closing rules do in a recession: ``python experiments/limit_policy/run.py [--reduced]``."""

from pathlib import Path

from experiments.paired import Experiment, Figure

MONEY = {"factor": 1e-5, "mean_unit": "thousand yuan a month"}
COMMON = ("firms=none",)
CLOSURES = (
    Figure("lines closed", "closures", "a run"),
    Figure(
        "wrong closures, of those judged", "wrong_closures / (closures - censored_closures + 1e-9)", "points", 100, "%"
    ),
    Figure(
        "the same, had as many been closed at random",
        "random_wrong_closures / (random_closures + 1e-9)",
        "points",
        100,
        "%",
    ),
    Figure("defaults caused by closing", "defaults_caused_by_closing", "a run"),
    Figure(
        "defaults caused by closing, of lines closed",
        "defaults_caused_by_closing / (closures + 1e-9)",
        "points",
        100,
        "%",
    ),
)

EXPERIMENT = Experiment(
    folder=Path(__file__).resolve().parent,
    arms={"lenient": ""}
    | dict.fromkeys(("limits", "countercyclical", "procyclical", "auto_close"), "lenient")
    | {"auto_close_one_engine": "auto_close", "hysteresis": "lenient", "freeze_first": "lenient"},
    worlds={
        "those_without_a_line_leave": COMMON,
        "they_stay": (*COMMON, "behaviour.leave_without_line=0.002"),
    },
    figures=(
        Figure("loss of all lenders", "charged_off - recovered + other_losses", **MONEY),
        Figure("loss of the platform", "charged_off - recovered", **MONEY),
        Figure("loss of other lenders", "other_losses", **MONEY),
        Figure("principal outstanding", "outstanding", factor=1e-8, mean_unit="million yuan"),
        Figure("loss rate of the platform", "12 * (charged_off - recovered) / outstanding", "points a year", 100, "%"),
        Figure("entries into 90 days past due", "defaults", mean_unit="persons a month"),
        Figure("persons with an open line", "access_all", "points", 100, "%"),
        *CLOSURES,
    ),
    strokes=("loss of all lenders", "loss of the platform", "principal outstanding", "entries into 90 days past due"),
)

if __name__ == "__main__":
    EXPERIMENT.main(__doc__)
