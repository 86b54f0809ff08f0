"""Put the model's rolls beside the tape's own: ``python experiments/tape_taiwan_2005/compare.py TAPE.csv``.

Writes ``rolls.csv``, ``rolls.svg`` and the table of ``README.md`` beside this file.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray

from experiments.kept import put_between_marks
from validation.targets.runs import CHINA, TAIWAN, chosen
from validation.targets.tape import MONTHS, ROLLS, STATES, lived, moves_between, own_moves, share_of, started

matplotlib.use("svg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
SEEDS = range(1, 11)  # fixed in advance; the search of the preset used seeds 1 to 4
Moves = NDArray[np.int64]


def runs(file: str, preset: str) -> list[Moves]:
    """Moves of every seed under a preset, each int64[months - 1, from, to]."""
    words = chosen(preset)
    configs = (started(file, MONTHS[0], words, seed=seed) for seed in SEEDS)
    return [moves_between(lived(config, len(MONTHS) - 1).panel["months_past_due"]) for config in configs]


def row_of(start: str, ends: tuple[str, ...], own: Moves, ours: dict[str, list[Moves]]) -> dict[str, str]:
    """One line of the table: percent, the tape's and the model's, mean and spread over seeds."""
    found = {
        "from": start,
        "to": " or ".join(ends),
        "accounts on the tape": str(int(own.sum(axis=(0, 2))[STATES.index(start)])),
        "tape %": f"{100 * share_of(own.sum(axis=0), start, ends):.1f}",
    }
    for name, seeds in ours.items():
        each = [100 * share_of(moves.sum(axis=0), start, ends) for moves in seeds]
        found[f"{name} %"] = f"{np.mean(each):.1f}"
        found[f"{name} sd"] = f"{np.std(each, ddof=1):.1f}"
    return found


def figure(own: Moves, ours: dict[str, list[Moves]]) -> None:
    """Draw each roll by month: the tape's, and that of each preset with its range over seeds."""
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "rolls", "axes.spines.top": False, "axes.spines.right": False})
    picture, axes = plt.subplots(2, 4, figsize=(11, 5), sharex=True)
    places = np.arange(len(MONTHS) - 1)
    for axis, (start, ends) in zip(axes.flat, ROLLS, strict=False):
        axis.plot(places, [100 * share_of(step, start, ends) for step in own], "ko-", label="tape")
        for (name, seeds), colour in zip(ours.items(), ("#2b6a99", "#b0b0b0"), strict=True):
            paths = np.array([[100 * share_of(step, start, ends) for step in moves] for moves in seeds])
            axis.plot(places, paths.mean(axis=0), color=colour, label=name)
            axis.fill_between(places, paths.min(axis=0), paths.max(axis=0), color=colour, alpha=0.25, lw=0)
        axis.set_title(f"{start} → {' or '.join(ends)}", fontsize=9)
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
    ours = {preset: runs(file, preset) for preset in (TAIWAN, CHINA)}
    table = [row_of(start, ends, own, ours) for start, ends in ROLLS]
    with (HERE / "rolls.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    lines = [f"| {' | '.join(table[0])} |", "|---" * len(table[0]) + "|"]
    text = "\n".join([*lines, *(f"| {' | '.join(line.values())} |" for line in table)])
    print(text)
    put_between_marks(HERE / "README.md", text)
    figure(own, ours)


if __name__ == "__main__":
    main(sys.argv[1])
