"""Put the model's rolls beside the tape's own: ``python experiments/tape_taiwan_2005/compare.py TAPE.csv``.

Writes ``rolls.csv`` and ``rolls.svg`` beside this file.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import matplotlib
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rolls import HERE, MONTHS, ROLLS, fitted_settings, own_moves, shares, simulated_moves, start_config, with_settings

matplotlib.use("svg")
import matplotlib.pyplot as plt

SEEDS = range(1, 11)  # fixed in advance; the fit used seed 1 alone


def runs(file: str, fitted: bool) -> np.ndarray:
    """Moves of every seed, shape (seeds, months - 1, from, to)."""
    config, settings = start_config(file), fitted_settings() if fitted else {}
    return np.array([simulated_moves(with_settings(config, settings, seed)) for seed in SEEDS])


def row_of(roll: tuple[str, str], own: np.ndarray, ours: dict[str, np.ndarray]) -> dict[str, str]:
    """One line of the table: percent, the tape's and the model's, mean and spread over seeds."""
    found = {
        "from": roll[0],
        "to": roll[1],
        "accounts on the tape": str(int(own.sum(axis=(0, 2))[("at most 0", "2", "3 or worse").index(roll[0])])),
        "tape %": f"{100 * shares(own.sum(axis=0))[roll]:.1f}",
    }
    for name, moves in ours.items():
        each = [100 * shares(run.sum(axis=0))[roll] for run in moves]
        found[f"{name} %"] = f"{np.mean(each):.1f}"
        found[f"{name} sd"] = f"{np.std(each, ddof=1):.1f}"
    return found


def figure(own: np.ndarray, ours: dict[str, np.ndarray]) -> None:
    """Draw each roll by month: the tape's, the fitted model's with its range over seeds, the default's."""
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "rolls", "axes.spines.top": False, "axes.spines.right": False})
    picture, axes = plt.subplots(2, 4, figsize=(11, 5), sharex=True)
    places = np.arange(len(MONTHS) - 1)
    for axis, (start, ends) in zip(axes.flat, ROLLS, strict=False):
        roll = (start, " or ".join(ends))
        axis.plot(places, [100 * shares(step)[roll] for step in own], "ko-", label="tape")
        for (name, moves), colour in zip(ours.items(), ("#2b6a99", "#b0b0b0"), strict=True):
            paths = np.array([[100 * shares(step)[roll] for step in run] for run in moves])
            axis.plot(places, paths.mean(axis=0), color=colour, label=f"model, {name}")
            axis.fill_between(places, paths.min(axis=0), paths.max(axis=0), color=colour, alpha=0.25, lw=0)
        axis.set_title(f"{start} → {roll[1]}", fontsize=9)
        axis.set_ylim(0, None)
        axis.set_xticks(places, ["May", "June", "July", "Aug."])
    axes[0, 0].set_ylabel("% of accounts a month")
    axes[1, 0].set_ylabel("% of accounts a month")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    axes[1, 3].axis("off")
    axes[1, 3].legend(handles, labels, loc="center", frameon=False)
    picture.tight_layout()
    picture.savefig(HERE / "rolls.svg", metadata={"Date": None})


def main(file: str) -> None:
    """Compare, write, print."""
    own = own_moves(file)
    ours = {"fitted": runs(file, True), "default": runs(file, False)}
    table = [row_of((start, " or ".join(ends)), own, ours) for start, ends in ROLLS]
    with (HERE / "rolls.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    print("| " + " | ".join(table[0]) + " |")
    print("|" + "---|" * len(table[0]))
    for line in table:
        print("| " + " | ".join(line.values()) + " |")
    figure(own, ours)


if __name__ == "__main__":
    main(sys.argv[1])
