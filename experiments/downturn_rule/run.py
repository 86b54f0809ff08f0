"""Run the study of this folder and write its table: ``python experiments/downturn_rule/run.py [--out FOLDER]``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import sim

HERE = Path(__file__).resolve().parent
MINE = ("steady", "supportive", "tight", "payment_holiday")
ARMS = [*(f"'{HERE / name}.yaml'" for name in MINE)]
FIGURES = {
    "loss before sharing": ("charged_off", "recovered"),
    "loss of the guarantee fund": ("loss_fund", ""),
    "principal outstanding": ("outstanding", ""),
    "entries into 90 days past due": ("defaults", ""),
    "persons with an open line": ("access_all", ""),
    "lender's profit": ("lender_profit", ""),
    "output of firms": ("output", ""),
    "failures of firms": ("firm_failures", ""),
}


def study(replications: int, borrowers: int, out: Path, more: list[str]) -> pd.DataFrame:
    """Results of the study, one row an arm, replication and month."""
    return sim.run(
        [
            f"study.arms=[{','.join(ARMS)}]",
            "study.scenarios=[severe_recession]",
            *(
                f"study.replications={replications}",
                f"population.borrowers={borrowers}",
                *more,
            ),
        ],
        out=out,
    )


def table(results: pd.DataFrame) -> str:
    """Paired difference of every arm to `steady`, percent with its 95 % interval."""
    sums = {}
    for title, (plus, minus) in FIGURES.items():
        values = results[plus].astype(float) - (results[minus].astype(float) if minus else 0.0)
        sums[title] = values.groupby([results["arm"], results["replication"]]).mean().unstack("replication")
    lines = [f"| arm | {' | '.join(sums)} |", "|---" * (len(sums) + 1) + "|"]
    for arm in [name for name in results["arm"].unique() if name != "steady"]:
        cells = []
        for found in sums.values():
            base = found.loc["steady"]
            difference = 100.0 * (found.loc[arm] - base) / base.mean()
            width = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
            cells.append(f"{difference.mean():+.1f} ± {width:.1f} %")
        lines.append(f"| {arm} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Run, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overrides", nargs="*", help="further overrides, such as behaviour.leave_without_line=0.002")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--borrowers", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=Path("out_downturn_rule"))
    given = parser.parse_args()
    print(table(study(given.replications, given.borrowers, given.out, given.overrides)))


if __name__ == "__main__":
    main()
