"""``summary.csv`` and the table on the terminal: what each package did, and how sure that is."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.figures.catalog import MAIN
from sim.figures.scales import IN_ENGLISH, NOT_AVAILABLE, Scale, measure_of, scale_of
from sim.language.words import Words
from sim.study.compare.compare import compare, median_reduction, run_figures
from sim.study.compare.dominance import dominance
from sim.study.compare.risk import risk_table
from sim.study.compare.terminal import Column, Number, Row, print_table, prose_lines
from sim.study.compare.worlds import worlds_table
from sim.study.plan.plan import Plan
from sim.study.plan.telling import words_of
from sim.study.store.manifest import scheme_in_words
from sim.study.store.reading import read_closures, read_results
from sim.study.store.store import CLOSURES, write_safely

if TYPE_CHECKING:
    import pandas as pd


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
    say = words_of(plan)
    parents = [(arm.name, arm.parent) for arm in plan.shown]
    for title, rows, columns in blocks(table, parents, [(one.name, one.months) for one in plan.scenarios], say):
        print_table(console, title, say("front_terminal.package"), rows, columns, say("front_terminal.to"))
        console.print()
    _print_prose(console, _reading(table, plan, say))
    for arm in plan.shown:
        words = scheme_in_words(arm.configs[plan.scenarios[0].name], say)
        if words and arm.parent:
            _print_prose(console, say("front_page.told", title=arm.name, meaning=words))
    metrics = [name for name in MAIN if (table["metric"] == name).any()]
    _print_prose(console, say("front_terminal.explained", names=say("list.comma").join(metrics)))
    for path in written:
        console.print(str(path), highlight=False, markup=False, soft_wrap=True)


def blocks(
    table: pd.DataFrame, parents: Sequence[tuple[str, str]], scenarios: Sequence[tuple[str, int]], say: Words
) -> Iterator[tuple[str, list[Row], list[Column]]]:
    """Make the main table, one block a scenario: its title, its rows, and a column for each main figure.

    Parameters
    ----------
    table : DataFrame
        As `compare` returns it; ``attrs["worlds"]`` may hold rows of the table of worlds.
    parents : sequence of (str, str)
        Name and parent of each package.
    scenarios : sequence of (str, int)
        Name and number of months of each scenario.
    say : Words
        Texts of the language.
    """
    metrics = [name for name in MAIN if (table["metric"] == name).any()]
    found = {(row["scenario"], row["arm"], row["metric"]): row for row in table.to_dict("records")}
    for row in table.attrs.get("worlds", ()):
        found[row["scenario"], row["arm"], row["metric"]] |= {"signs": f"{row['sign_holds']}/{row['worlds']}"}
    levels = {name: table.loc[table["metric"] == name, "mean"] for name in metrics}
    scales = {name: scale_of(measure_of(name), levels[name], say=say) for name in metrics}
    rows = [Row(*named) for named in parents]
    for scenario, months in scenarios:
        columns = []
        for name in metrics:
            figures = [_number(found.get((scenario, row.name, name)), scales[name], say) for row in rows]
            unit = say(f"front_terminal.unit.{name}", unit=scales[name].unit).strip()
            head = say(f"front_terminal.head.{name}")
            columns.append(Column(head, unit, figures, scales[name].difference_unit))
        yield say("front_terminal.title", scenario=scenario, months=months), rows, columns


def _print_prose(console: Console, text: str) -> None:
    for line in prose_lines(text, console.width):
        console.print(line, highlight=False, markup=False, style="dim", soft_wrap=True)


def _number(row: dict | None, scale: Scale, say: Words) -> Number:
    """Mean, the paired difference to the parent, half its interval, and in how many worlds its sign holds."""
    if row is None:
        return Number(NOT_AVAILABLE)
    mean, gap, low, high = (row[name] for name in ("mean", "difference", "difference_low", "difference_high"))
    if not (row["parent"] and math.isfinite(gap)):
        return Number(scale.text(mean))
    if gap == low == high == 0.0:
        return Number(scale.text(mean), say("front_terminal.same"))
    half = f"\N{PLUS-MINUS SIGN}{scale.text((high - low) / 2)}" if math.isfinite(high - low) else ""
    signs = row.get("signs", "") if half else ""
    return Number(scale.text(mean), scale.text(gap, signed=True), half, bool(low > 0 or high < 0), signs=signs)


def _reading(table: pd.DataFrame, plan: Plan, say: Words) -> str:
    """Say how to read the table, and what pairing saved."""
    runs = int(table["replications"].max())
    over, holds, signs = say("front_terminal.over", runs=runs), say("front_standing.error"), ""
    if plan.worlds:
        each = plan.study.replications
        over = say("front_terminal.over_worlds", runs=runs, each=each, worlds=len(plan.worlds))
        holds, signs = say("front_terminal.holds_worlds"), say("front_terminal.signs")
    sure, same = f"{plan.study.confidence:.0%}", say("front_terminal.same")
    words = say("front_terminal.reading", over=over, sure=sure, holds=holds, same=same, signs=signs)
    if runs < 2:
        words = say("front_terminal.one_run")
    known = table["p_holm"].notna()
    if known.any():
        kept = int((table.loc[known, "p_holm"] < 0.01).sum())
        words += say("front_terminal.holm", count=int(known.sum()), sure=kept)
    factor = median_reduction(table, MAIN)
    if math.isfinite(factor):
        words += say("front_terminal.pairing", factor=f"{factor:.1f}")
    return words + "".join(in_worlds(table.attrs.get("worlds", ()), say))


def in_worlds(rows: Sequence[dict], say: Words = IN_ENGLISH) -> list[str]:
    """Say in how many worlds the signs of differences hold, and whose the doubt about them is; nothing without worlds.

    Parameters
    ----------
    rows : sequence of dict
        Rows of the table of worlds, those of figures that are counted.
    say : Words
        Texts of the language; what they say goes behind other sentences.
    """
    known = [row for row in rows if row["difference"] and math.isfinite(row["luck_sd"])]
    if not known:
        return []
    count = max(row["worlds"] for row in known)
    everywhere = sum(row["sign_holds"] == row["worlds"] for row in known)
    nearly = sum(row["worlds"] > row["sign_holds"] >= 0.9 * row["worlds"] for row in known)
    shares = sorted(row["worlds_share"] for row in known if math.isfinite(row["worlds_share"]))
    said = say("front_terminal.worlds", everywhere=everywhere, known=len(known), count=count, nearly=nearly)
    half = say("front_terminal.doubt", share=f"{shares[len(shares) // 2]:.0%}") if shares else ""
    return [said + half]
