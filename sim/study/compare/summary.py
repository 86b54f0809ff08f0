"""``summary.csv`` and the table on the terminal: what each package did, and how sure that is."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.figures.catalog import MAIN
from sim.figures.scales import NOT_AVAILABLE, Scale, measure_of, scale_of
from sim.study.compare.compare import compare, median_reduction, run_figures
from sim.study.compare.dominance import dominance
from sim.study.compare.risk import risk_table
from sim.study.compare.terminal import Column, Number, Row, print_table
from sim.study.compare.worlds import worlds_table
from sim.study.plan.plan import Plan
from sim.study.store.manifest import scheme_in_words
from sim.study.store.reading import read_closures, read_results
from sim.study.store.store import CLOSURES, write_safely

if TYPE_CHECKING:
    import pandas as pd

SAME = "same"
HEADINGS = {
    "loss_rate": ("loss rate", "a year"),
    "delinquent_30": ("30+ days", "of loans"),
    "delinquent_90": ("90+ days", "of loans"),
    "approval_rate": ("approved", "of asked"),
    "wrong_closures": ("wrong closures", "a run"),
    "defaults_caused_by_closing": ("caused defaults", "a run"),
    "lender_profit": ("lender profit", "a month"),
    "fund_capital": ("fund left", ""),
}
"""How the main figures are headed, and what follows their unit."""


def write(folder: Path, plan: Plan) -> pd.DataFrame:
    """Write ``summary.csv`` and ``closures.parquet`` from the stored results; return the comparison."""
    closures = read_closures(folder)
    sink = io.BytesIO()
    closures.to_parquet(sink, index=False)
    write_safely(folder / CLOSURES, sink.getvalue())
    study = plan.study
    runs = run_figures(read_results(folder), closures, window_from=study.window_from, window_months=study.window_months)
    parents = {arm.name: arm.parent for arm in plan.shown}
    scenarios = [scenario.name for scenario in plan.scenarios]
    table = compare(runs, parents, scenarios, study.confidence, study.interval, study.worlds)
    _write_table(folder / "summary.csv", table)
    _write_risk(folder, plan, runs)
    if plan.worlds:
        table.attrs["worlds"] = _write_worlds(folder, plan, runs)
    return table


def _write_worlds(folder: Path, plan: Plan, runs: pd.DataFrame) -> list[dict]:
    """Write ``worlds.csv``; return the rows of the main figures."""
    parents = {arm.name: arm.parent for arm in plan.shown}
    scenarios = [scenario.name for scenario in plan.scenarios]
    table = worlds_table(runs, parents, scenarios, plan.study.confidence, plan.study.worlds)
    _write_table(folder / "worlds.csv", table)
    return table[table["metric"].isin(MAIN)].to_dict("records")


def _write_table(file: Path, table: pd.DataFrame) -> None:
    text = table.to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n")
    write_safely(file, text.encode())


def _write_risk(folder: Path, plan: Plan, runs: pd.DataFrame) -> None:
    """Write ``risk.csv`` and ``dominance.csv``."""
    kinds = {name: getattr(config.economy, "kind", "") for name, config in plan.root.configs.items()}
    for name, table in (
        ("risk.csv", risk_table(runs, kinds, plan.study.confidence)),
        ("dominance.csv", dominance(runs, [arm.name for arm in plan.shown], plan.study)),
    ):
        _write_table(folder / name, table)


def print_study(table: pd.DataFrame, plan: Plan, console: Console, written: Sequence[Path]) -> None:
    """Print the main table, one block a scenario, and where the files are."""
    metrics = [name for name in MAIN if (table["metric"] == name).any()]
    found = {(row["scenario"], row["arm"], row["metric"]): row for row in table.to_dict("records")}
    for row in table.attrs.get("worlds", ()):
        found[row["scenario"], row["arm"], row["metric"]] |= {"signs": f"{row['sign_holds']}/{row['worlds']}"}
    scales = {name: scale_of(measure_of(name), table.loc[table["metric"] == name, "mean"]) for name in metrics}
    rows = [Row(arm.name, arm.parent) for arm in plan.shown]
    for scenario in plan.scenarios:
        columns = []
        for name in metrics:
            words, after = HEADINGS[name]
            figures = [_number(found.get((scenario.name, row.name, name)), scales[name]) for row in rows]
            columns.append(Column(words, f"{scales[name].unit} {after}".strip(), figures, scales[name].difference_unit))
        print_table(console, f"{scenario.name}, {scenario.months} months", "package", rows, columns)
        console.print()
    console.print(_reading(table, plan), highlight=False, style="dim")
    for arm in plan.shown:
        words = scheme_in_words(arm.configs[plan.scenarios[0].name])
        if words and arm.parent:
            console.print(f"{arm.name}: {words}", highlight=False, markup=False, style="dim")
    for path in written:
        console.print(str(path), highlight=False, markup=False, soft_wrap=True)


def _number(row: dict | None, scale: Scale) -> Number:
    """Mean, the paired difference to the parent, half its interval, and in how many worlds its sign holds."""
    if row is None:
        return Number(NOT_AVAILABLE)
    mean, gap, low, high = (row[name] for name in ("mean", "difference", "difference_low", "difference_high"))
    if not (row["parent"] and math.isfinite(gap)):
        return Number(scale.text(mean))
    if gap == low == high == 0.0:
        return Number(scale.text(mean), SAME)
    half = f"\N{PLUS-MINUS SIGN}{scale.text((high - low) / 2)}" if math.isfinite(high - low) else ""
    signs = row.get("signs", "") if half else ""
    return Number(scale.text(mean), scale.text(gap, signed=True), half, bool(low > 0 or high < 0), signs=signs)


def _reading(table: pd.DataFrame, plan: Plan) -> str:
    """Say how to read the table, and what pairing saved."""
    runs = int(table["replications"].max())
    over, holds, signs = f"{runs} replications", "Monte Carlo error alone", ""
    if plan.worlds:
        over = f"{runs} runs, {plan.study.replications} in each of {len(plan.worlds)} plausible worlds"
        holds, signs = "Monte Carlo error and doubt about parameters", "; last, in how many worlds its sign holds"
    words = (
        f"Mean over {over}; below it the paired difference to the parent package, and after the ± "
        f"half its {plan.study.confidence:.0%} interval ({holds}; dim: zero is inside, no direction "
        f"can be named; {SAME}: identical in every run){signs}."
    )
    if runs < 2:
        words = "One replication: no intervals, and no difference can be told from luck."
    known = table["p_holm"].notna()
    if known.any():
        sure = int((table.loc[known, "p_holm"] < 0.01).sum())
        words += (
            f" Of {int(known.sum())} differences in the main figures, {sure} keep their direction at 1% after Holm's"
            " adjustment for their number."
        )
    factor = median_reduction(table, MAIN)
    if math.isfinite(factor):
        words += f" Pairing cut the variance of differences {factor:.1f} times (median of the table)."
    return " ".join([words, *in_worlds(table.attrs.get("worlds", ()))])


def in_worlds(rows: Sequence[dict]) -> list[str]:
    """Say in how many worlds the signs of differences hold, and whose the doubt about them is; nothing without worlds.

    Parameters
    ----------
    rows : sequence of dict
        Rows of the table of worlds, those of figures that are counted.
    """
    known = [row for row in rows if row["difference"] and math.isfinite(row["luck_sd"])]
    if not known:
        return []
    count = max(row["worlds"] for row in known)
    everywhere = sum(row["sign_holds"] == row["worlds"] for row in known)
    nearly = sum(row["worlds"] > row["sign_holds"] >= 0.9 * row["worlds"] for row in known)
    shares = sorted(row["worlds_share"] for row in known if math.isfinite(row["worlds_share"]))
    said = (
        f"The sign of {everywhere} of {len(known)} differences in the main figures holds in all {count} plausible "
        f"worlds, of {nearly} more in nine of ten."
    )
    half = f" Worlds, not luck, make {shares[len(shares) // 2]:.0%} of the variance (median)." if shares else ""
    return [said + half]
