"""Does the model forecast single accounts? ``python experiments/forecasts/taiwan.py TAPE.csv``.

Started from the Taiwanese card tape in September 2005, one month is lived under many seeds: the share of seeds in which
an account is past due in October is its simulated probability of default, set against the tape's own default of October
and against the naive forecast, the status of September. Started in June, the rolls of the two months after are set
against the tape's and against its rolls of the two months before. Both under the preset of that tape, which was tuned
to these months, and under the default one, which was not. Writes ``taiwan.csv``.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from experiments.forecasts.run import HERE, markdown, write
from validation.targets.gradients import area
from validation.targets.page import put_between
from validation.targets.runs import CHINA, TAIWAN, chosen
from validation.targets.tape import ROLLS, lived, moves_between, outcome, own_moves, share_of, started

SEEDS = 30
PRESETS = {"simulated": TAIWAN, "simulated, default preset": CHINA}


def error_of_area(found: float, ill: int, well: int) -> float:
    """Standard error of an area under the curve, from so many bad and good accounts (Hanley and McNeil, 1982)."""
    above, below, square = found / (2.0 - found), 2.0 * found**2 / (1.0 + found), found**2
    return float(
        np.sqrt((found - square + (ill - 1) * (above - square) + (well - 1) * (below - square)) / (ill * well))
    )


def defaults(file: str, seeds: int) -> list[dict[str, str]]:
    """Area of the simulated default of October and of the status of September."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        status = np.array([float(row["PAY_0"]) for row in csv.DictReader(stream)])
    bad, scores = outcome(file), {}
    for name, preset in PRESETS.items():
        configs = (started(file, "2005-09", chosen(preset), seed=seed) for seed in range(1, seeds + 1))
        late = [lived(config, 1).panel["months_past_due"][1] > 0 for config in configs]
        scores[name] = np.mean(late, axis=0)
    found = []
    for name, score in {**scores, "status of September": status}.items():
        value = area(-score, bad)
        told = {"value": f"{value:.3f}", "se": f"{error_of_area(value, int(bad.sum()), int((~bad).sum())):.3f}"}
        found.append({"what": "AUC of default in October", "forecast": name, **told})
    levels = {**scores, "the tape itself": bad}
    return found + [
        {"what": "share in default in October", "forecast": name, "value": f"{share.mean():.3f}", "se": ""}
        for name, share in levels.items()
    ]


def rolls(file: str, seeds: int) -> list[dict[str, str]]:
    """Rolls of June to August: forecast by the model, and by the tape's of April to June."""
    own, tables = own_moves(file), {}
    for name, preset in PRESETS.items():
        configs = (started(file, "2005-06", chosen(preset), seed=seed) for seed in range(1, seeds + 1))
        moves = [moves_between(lived(config, 2).panel["months_past_due"]).sum(axis=0) for config in configs]
        tables[name] = np.sum(moves, axis=0)
    tables |= {"tape, April to June": own[:2].sum(axis=0), "the tape itself": own[2:].sum(axis=0)}
    return [
        {"what": f"roll {start} > {' or '.join(ends)}, June to August", "forecast": name,
         "value": f"{share_of(table, start, ends):.3f}", "se": ""}
        for start, ends in ROLLS for name, table in tables.items()
    ]  # fmt: skip


def main() -> None:
    """Simulate, compare, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tape", help="your copy of the file; docs/own_data.md says where it is found")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--to", type=Path, default=HERE)
    given = parser.parse_args()
    found = [*defaults(given.tape, given.seeds), *rolls(given.tape, given.seeds)]
    write(given.to / "taiwan.csv", found)
    print(markdown(found))
    if given.to == HERE:
        put_between(HERE / "README.md", "<!-- taiwan: begin -->", "<!-- taiwan: end -->", markdown(found))


if __name__ == "__main__":
    main()
