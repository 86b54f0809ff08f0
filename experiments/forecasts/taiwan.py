"""Does the model forecast single accounts? ``python experiments/forecasts/taiwan.py TAPE.csv``.

Started from the Taiwanese card tape in September 2005, one month is lived under many seeds: the share of seeds in which
an account is past due in October is its simulated probability of default, set against the tape's own default of October
and against the naive forecast, the status of September. Started in June, the rolls of the two months after are set
against the tape's and against its rolls of the two months before. Writes ``taiwan.csv``.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sim
from experiments.forecasts.run import HERE, markdown, write
from experiments.tape_taiwan_2005.rolls import ROLLS, counts_between, own_moves, shares, state_of
from validation.targets.gradients import area
from validation.targets.page import put_between

SEEDS = 30


def started(file: str, month: str) -> Any:
    """Configuration of a run from a month of the tape, with the default behaviour."""
    tape = ("population=tape", f"population.file={file}", "population.mapping=taiwan_2005", f"population.start={month}")
    return sim.compose([*tape, "machine.threads=1"])


def lived(config: Any, months: int, seed: int) -> NDArray[np.int64]:
    """Months past due of the tape's accounts, at the start and after each month, int64[1 + months, accounts]."""
    model, count = sim.Model(dataclasses.replace(config, seed=seed)), config.tape.accounts
    seen = [model.accounts["months_past_due"][:count].astype(np.int64)]
    for _ in range(months):
        model.step()
        seen.append(model.accounts["months_past_due"][:count].astype(np.int64))
    return np.array(seen)


def error_of_area(found: float, ill: int, well: int) -> float:
    """Standard error of an area under the curve, from so many bad and good accounts (Hanley and McNeil, 1982)."""
    above, below, square = found / (2.0 - found), 2.0 * found**2 / (1.0 + found), found**2
    return float(
        np.sqrt((found - square + (ill - 1) * (above - square) + (well - 1) * (below - square)) / (ill * well))
    )


def defaults(file: str, seeds: int) -> list[dict[str, str]]:
    """Area of the simulated default of October and of the status of September."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    bad = np.array([row["DEFAULT_NEXT_MONTH"] == "1" for row in rows])
    status = np.array([float(row["PAY_0"]) for row in rows])
    config = started(file, "2005-09")
    late = np.mean([lived(config, 1, seed)[1] > 0 for seed in range(1, seeds + 1)], axis=0)
    found = []
    for name, score in (("simulated", late), ("status of September", status)):
        value = area(-score, bad)
        told = {"value": f"{value:.3f}", "se": f"{error_of_area(value, int(bad.sum()), int((~bad).sum())):.3f}"}
        found.append({"what": "AUC of default in October", "forecast": name, **told})
    level = {"what": "share in default in October", "forecast": "simulated", "value": f"{late.mean():.3f}", "se": ""}
    return [*found, level, {**level, "forecast": "the tape itself", "value": f"{bad.mean():.3f}"}]


def rolls(file: str, seeds: int) -> list[dict[str, str]]:
    """Rolls of June to August: forecast by the model, and by the tape's of April to June."""
    own, config = own_moves(file), started(file, "2005-06")
    runs = [counts_between(state_of(lived(config, 2, seed))).sum(axis=0) for seed in range(1, seeds + 1)]
    tables = {
        "simulated": np.sum(runs, axis=0),
        "tape, April to June": own[:2].sum(axis=0),
        "the tape itself": own[2:].sum(axis=0),
    }
    return [
        {"what": f"roll {start} > {' or '.join(ends)}, June to August", "forecast": name,
         "value": f"{shares(table)[start, ' or '.join(ends)]:.3f}", "se": ""}
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
