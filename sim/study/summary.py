"""``summary.csv`` and the table on the terminal: what each package did, and how sure that is."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.study.compare import compare, median_reduction, run_figures
from sim.study.dominance import dominance
from sim.study.figures import MAIN
from sim.study.manifest import scheme_in_words
from sim.study.plan import Plan
from sim.study.risk import risk_table
from sim.study.store import CLOSURES, read_closures, read_results, write_safely

if TYPE_CHECKING:
    import pandas as pd

MINUS = "\N{MINUS SIGN}"
WIDE = 100


@dataclass(frozen=True)
class _Heading:
    """How a metric of the main table is headed and scaled."""

    words: str
    unit: str
    factor: float


_HEADINGS = {
    "loss_rate": _Heading("loss rate", "% a year", 100.0),
    "delinquent_30": _Heading("30+ days", "% of loans", 100.0),
    "delinquent_90": _Heading("90+ days", "% of loans", 100.0),
    "approval_rate": _Heading("approved", "% of asked", 100.0),
    "wrong_closures": _Heading("wrong closures", "a run", 1.0),
    "defaults_caused_by_closing": _Heading("caused defaults", "a run", 1.0),
    "lender_profit": _Heading("lender profit", "yuan a month", 0.01),
    "fund_capital": _Heading("fund left", "yuan", 0.01),
}


def write(folder: Path, plan: Plan) -> pd.DataFrame:
    """Write ``summary.csv`` and ``closures.parquet`` from the stored results; return the comparison."""
    closures = read_closures(folder)
    sink = io.BytesIO()
    closures.to_parquet(sink, index=False)
    write_safely(folder / CLOSURES, sink.getvalue())
    study = plan.study
    runs = run_figures(read_results(folder), closures, window_from=study.window_from, window_months=study.window_months)
    parents = {arm.name: arm.parent for arm in plan.shown}
    table = compare(runs, parents, [scenario.name for scenario in plan.scenarios], study.confidence, study.interval)
    text = table.to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n")
    write_safely(folder / "summary.csv", text.encode())
    _write_risk(folder, plan, runs)
    return table


def _write_risk(folder: Path, plan: Plan, runs: pd.DataFrame) -> None:
    """Write ``risk.csv`` and ``dominance.csv``."""
    kinds = {name: getattr(config.economy, "kind", "") for name, config in plan.root.configs.items()}
    for name, table in (
        ("risk.csv", risk_table(runs, kinds, plan.study.confidence)),
        ("dominance.csv", dominance(runs, [arm.name for arm in plan.shown], plan.study)),
    ):
        text = table.to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n")
        write_safely(folder / name, text.encode())


def print_study(table: pd.DataFrame, plan: Plan, console: Console, written: Sequence[Path]) -> None:
    """Print the main table, one block a scenario, and where the files are."""
    metrics = [name for name in MAIN if (table["metric"] == name).any()]
    rows = {(row["scenario"], row["arm"], row["metric"]): row for row in table.to_dict("records")}
    scales = {name: _scale(name, table) for name in metrics}
    for scenario in plan.scenarios:
        block = _block(scenario.name, scenario.months, metrics, scales, rows, plan, console.width)
        console.print(block, Text())
    console.print(_reading(table, plan), highlight=False, style="dim")
    for arm in plan.shown:
        words = scheme_in_words(arm.configs[plan.scenarios[0].name])
        if words and arm.parent:
            console.print(f"{arm.name}: {words}", highlight=False, style="dim")
    for path in written:
        console.print(str(path), highlight=False, soft_wrap=True)


def _scale(name: str, table: pd.DataFrame) -> tuple[float, str, int]:
    """Factor, unit and decimals that make the largest figure of a metric readable."""
    heading = _HEADINGS[name]
    largest = float((table.loc[table["metric"] == name, "mean"].abs() * heading.factor).max())
    factor, unit = heading.factor, heading.unit
    if unit.startswith("yuan") and math.isfinite(largest):
        for size, word in ((1e9, "bn "), (1e6, "m "), (1e3, "k ")):
            if largest >= size:
                factor, unit, largest = factor / size, word + unit, largest / size
                break
    decimals = 2 if largest < 10 else 1 if largest < 1000 else 0
    return factor, unit, decimals if math.isfinite(largest) else 0


def _block(
    scenario: str,
    months: int,
    metrics: Sequence[str],
    scales: dict[str, tuple[float, str, int]],
    rows: dict[tuple[str, str, str], dict],
    plan: Plan,
    width: int,
) -> Table:
    title = f"{scenario}, {months} months"
    block = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    block.title_style = "bold"
    longest = max(len(arm.name) for arm in plan.shown)
    columns: list[list[Text]] = []
    block.add_column("package\n", overflow="fold", min_width=min(longest, 14))
    for name in metrics:
        heading = Text(_HEADINGS[name].words + "\n")
        heading.append(scales[name][1], style="dim")
        cells = [_cell(rows.get((scenario, arm.name, name)), scales[name], width) for arm in plan.shown]
        columns.append(cells)
        # A figure is never broken over two lines: the widest word of the column is its least width.
        words = [word for text in (heading, *cells) for word in text.plain.split()]
        least = max(map(len, words))
        block.add_column(heading, justify="right", overflow="fold", width=least if width < WIDE else None)
    for place, arm in enumerate(plan.shown):
        first = Text(arm.name)
        if arm.parent:
            first.append(f"\nto {arm.parent}", style="dim")
        block.add_row(first, *(cells[place] for cells in columns))
    return block


def _cell(row: dict | None, scale: tuple[float, str, int], width: int) -> Text:
    """Mean, and below it the paired difference to the parent with half its interval."""
    if row is None:
        return Text("n/a")
    factor, _, decimals = scale
    write: Callable[..., str] = lambda value, sign="": _number(value * factor, decimals, sign)  # noqa: E731
    cell = Text(write(row["mean"]))
    if row["parent"] and math.isfinite(row["difference"]):
        half = (row["difference_high"] - row["difference_low"]) / 2
        sure = math.isfinite(half) and abs(row["difference"]) > half
        between = "" if width >= WIDE else "\n"
        cell.append(f"\n{write(row['difference'], '+')}", style="" if sure else "dim")
        if math.isfinite(half):
            cell.append(f"{between}±{write(half)}", style="" if sure else "dim")
    return cell


def _number(value: float, decimals: int, sign: str = "") -> str:
    if not math.isfinite(value):
        return "n/a"
    text = f"{abs(value):.{decimals}f}"
    negative = value < 0 and float(text) != 0
    return (MINUS if negative else sign if float(text) != 0 else "") + text


def _reading(table: pd.DataFrame, plan: Plan) -> str:
    """Say how to read the table, and what pairing saved."""
    runs = int(table["replications"].max())
    words = (
        f"Mean over {runs} replications; below it the paired difference to the parent package "
        f"± half its {plan.study.confidence:.0%} interval (Monte Carlo error alone; dim: zero is inside)."
    )
    if runs < 2:
        words = "One replication: no intervals, and no difference can be told from luck."
    known = table["p_holm"].notna()
    if known.any():
        sure = int((table.loc[known, "p_holm"] < 0.01).sum())
        words += (
            f" Of {int(known.sum())} differences in the main figures, {sure} keep their direction at 1 % after Holm's"
            " adjustment for their number."
        )
    factor = median_reduction(table, MAIN)
    if math.isfinite(factor):
        words += f" Pairing cut the variance of differences {factor:.1f} times (median of the table)."
    return words
