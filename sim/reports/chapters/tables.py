"""The report's tables, as HTML; every figure also stands in its cell as a machine-readable value."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

from sim.figures.catalog import BEARERS
from sim.figures.figure import Figure
from sim.figures.scales import Scale, measure_of, scale_of
from sim.reports.chapters.funds import SUSPENDED, first_months
from sim.reports.drawing.bars import borne
from sim.reports.drawing.figures import mean_known
from sim.reports.drawing.paths import bucket_shares
from sim.reports.folder import Study
from sim.reports.words.formats import NOT_AVAILABLE, number, percent, scenario_title, wilson


def name_of(text: str) -> str:
    """Return a package's name as HTML."""
    escaped = html.escape(text).replace("_", "_<wbr>")
    return f'<span class="name">{escaped}</span>'


def cell(text: str, value: float | None = None, kind: str = "value") -> str:
    """Return a table cell; ``value`` is the figure in its stored unit and goes into a ``data`` element."""
    if text == NOT_AVAILABLE or (value is not None and not math.isfinite(value)):
        return f'<td class="{kind} absent">{NOT_AVAILABLE}</td>'
    inner = html.escape(text)
    if value is not None:
        inner = f'<data value="{float(value)!r}">{inner}</data>'
    return f'<td class="{kind}">{inner}</td>'


def table(caption: str, heads: Sequence[str], rows: Sequence[str], *, kind: str = "") -> str:
    """Return a table from ready rows; ``caption`` and ``heads`` are HTML."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<div class="scroll"><table{kind}><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(name: str, cells: Sequence[str]) -> str:
    """Return a row that begins with a package's name."""
    return f'<tr><th scope="row">{name_of(name)}</th>{"".join(cells)}</tr>'


def package_table(study: Study) -> str:
    """Return what each package is, what it changes in its parent, and what that means."""
    rows = []
    for arm in study.arms:
        parent = name_of(arm.parent) if arm.parent else '<span class="absent">none (root)</span>'
        rows.append(
            f'<tr><th scope="row">{name_of(arm.name)}</th><td class="words">{parent}</td>'
            f'<td class="words">{html.escape(arm.change) or "&ndash;"}</td>'
            f'<td class="words">{html.escape(arm.meaning) or "&ndash;"}</td></tr>'
        )
    caption = "<b>The packages.</b> Each is its parent with the change named; all else is equal."
    return table(caption, ("Package", "Parent", "Change", "Meaning"), rows, kind=' class="text"')


def interval(low: float, high: float, scale: Scale, *, signed: bool = False) -> str:
    """Write an interval as ``low to high``; ``n/a`` where an end is missing."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOT_AVAILABLE
    return f"{scale.text(low, signed=signed)} to {scale.text(high, signed=signed)}"


def bearer_table(study: Study, columns: Sequence[str]) -> str:
    """Return who bears the loss, in yuan and as a share, with the check of the sum."""
    parts = {(s, a.name): borne(study, s, a.name) for s in study.scenarios for a in study.arms}
    sums = {key: sum(part.values()) for key, part in parts.items()}
    scale = scale_of(measure_of("loss_lender"), sums.values())
    rows = []
    for scenario in study.scenarios:
        months = f"{study.months(scenario)} months"
        rows.append(group_heading(scenario_title(scenario), months, 3 + 2 * len(columns)))
        for arm in study.arms:
            whole = sums[scenario, arm.name]
            cells = []
            for column in columns:
                value = parts[scenario, arm.name][column]
                cells.append(cell(scale.text(value) if value else "\N{EN DASH}", value))
                share = value / whole if whole else math.nan
                cells.append(cell(percent(share, 0) if value else "\N{EN DASH}"))
            gap = _gap(study, scenario, arm.name, columns)
            cells += [cell(scale.text(whole), whole, "clear"), cell(scale.text(gap, signed=True), gap)]
            rows.append(row(arm.name, cells))
    heads = ["Package"]
    for column in columns:
        heads += [BEARERS[column], "share"]
    heads += ["Sum", "Sum less net charge-off"]
    caption = (
        f"<b>Loss by bearer.</b> {scale.unit.capitalize()}, over all months after the policy date, mean of "
        "the replications. Net charge-off is principal charged off less recoveries."
    )
    return table(caption, heads, rows, kind=' class="grouped"')


def group_heading(title: str, rest: str, columns: int) -> str:
    """Return a row that heads a group of rows."""
    return (
        f'<tr class="measure"><th scope="rowgroup" colspan="{columns}">{html.escape(title)} '
        f"<span>{html.escape(rest)}</span></th></tr>"
    )


def _gap(study: Study, scenario: str, arm: str, columns: Sequence[str]) -> float:
    """Return what all bearers bear less the net charge-off, fen, exact within each replication."""
    charged, recovered = (study.totals(scenario, arm, name) for name in ("charged_off", "recovered"))
    parts = [part for part in (study.totals(scenario, arm, column) for column in columns) if part.size]
    if charged.size == 0 or recovered.size == 0 or not parts:
        return math.nan
    return float(np.mean(np.sum(parts, axis=0) - charged + recovered))


def bucket_table(study: Study) -> str:
    """Return the balance by bucket in the month in which 30+ stands highest."""
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario), "", 9))
        for arm in study.arms:
            shares = bucket_shares(study, scenario, arm.name)
            if shares.shape[1] == 0:
                rows.append(row(arm.name, [cell(NOT_AVAILABLE)] * 8))
                continue
            peak = int(np.argmax(shares[2:].sum(axis=0)))
            cells = [cell(str(peak), float(peak))]
            cells += [cell(number(100 * float(value), 2), float(value)) for value in shares[:, peak]]
            rows.append(row(arm.name, cells))
    caption = (
        "<b>Balance by bucket at its worst.</b> In the month in which 30+ stands highest on the mean path, "
        "per cent of the outstanding balance."
    )
    return table(
        caption,
        ("Package", "Month", "M0", "M1", "M2", "M3", "M4", "M5", "M6+"),
        rows,
        kind=' class="grouped"',
    )


IN_YUAN = ("loss_avoided", "margin_forgone")


def yuan(fen: float) -> str:
    """Write an amount of fen in whole yuan."""
    return number(fen / 100.0, 0) if math.isfinite(fen) else NOT_AVAILABLE


def closing_table(study: Study, closing: Sequence[str]) -> str:
    """Return closures, wrong ones, unjudged ones and defaults that closing caused."""
    names = ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing")
    found = {(s, a): [study.estimate(s, a, name) for name in names] for s in study.scenarios for a in closing}
    scale = scale_of(measure_of("closures"), [part[0].mean for part in found.values()], study.borrowers)
    small = scale_of(measure_of("closures"), [part[3].mean for part in found.values()], study.borrowers)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario), "", 10))
        for arm in closing:
            closures, wrong, censored, caused = found[scenario, arm]
            judged = closures.mean - censored.mean
            luck = study.estimate(scenario, arm, "random_wrong_closure_share").mean
            cells = [cell(scale.text(item.mean), item.mean) for item in (closures, wrong, censored)]
            cells.append(cell(percent(wrong.mean / judged if judged > 0 else math.nan, 0)))
            cells.append(cell(percent(luck, 0), luck))
            cells += [
                cell(small.text(caused.mean), caused.mean),
                cell(interval(caused.low, caused.high, small)),
                *(cell(yuan(study.estimate(scenario, arm, f"{money}_per_closure").mean)) for money in IN_YUAN),
            ]
            rows.append(row(arm, cells))
    caption = (
        f"<b>Closures.</b> First closures over the horizon, {scale.unit or 'number in a run'}, mean of the "
        "replications. Share wrong: of the closures that could be judged; beside it, had as many lines been "
        "closed at random. In yuan a judged closure, over the horizon: charge-offs net of recoveries, and interest "
        "less funding cost, of the same persons had no line been closed, less with closing."
    )
    heads = ("Package", "Closures", "Wrong", "Not judged", "Share wrong", "Share wrong at random",
             "Defaults caused", f"{study.coverage} interval", "Loss avoided", "Margin forgone")  # fmt: skip
    return table(caption, heads, rows, kind=' class="grouped"')


def means_table(study: Study, metrics: Sequence[str], caption: str) -> str:
    """Return some figures of every package, mean over months and replications."""
    columns: list[tuple[Figure, Scale, dict[tuple[str, str], float]]] = []
    for metric in metrics:
        values = {(s, a.name): mean_of(study, s, a.name, metric) for s in study.scenarios for a in study.arms}
        measure = measure_of(metric)
        columns.append((measure, scale_of(measure, values.values(), study.borrowers), values))
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario), "", 1 + len(columns)))
        for arm in study.arms:
            figures = [(scale, values[scenario, arm.name]) for _, scale, values in columns]
            rows.append(row(arm.name, [cell(scale.text(value), value) for scale, value in figures]))
    heads = ["Package"]
    for measure, scale, _ in columns:
        yearly = " a year" if measure.period.startswith("a year") or measure.period.endswith(", a year") else ""
        heads.append(f"{html.escape(measure.label)}, {scale.unit}{yearly}".removesuffix(", "))
    caption = f"<b>{caption}.</b> Means over all months after the policy date and all replications."
    return table(caption, heads, rows, kind=' class="grouped"')


def mean_of(study: Study, scenario: str, arm: str, metric: str) -> float:
    """Return the mean over months and replications; ``nan`` where there is none."""
    paths = study.paths(scenario, arm, metric)
    return float(mean_known(paths)) if paths.size else math.nan


def fund_table(study: Study, funded: Sequence[str]) -> str:
    """Return, for each package with a fund and scenario, capital at the end and how often it is exhausted."""
    cells = {(arm, name): study.paths(name, arm, "fund_capital") for arm in funded for name in study.scenarios}
    cells = {key: paths for key, paths in cells.items() if paths.size}
    scale = scale_of(measure_of("fund_capital"), [float(paths[:, 0].mean()) for paths in cells.values()])
    rows = []
    for (arm, scenario), paths in cells.items():
        first = first_months(study, scenario, arm)
        suspended = first_months(study, scenario, arm, SUSPENDED)
        low, high = wilson(len(first), len(paths))
        start, end = float(paths[:, 0].mean()), float(paths[:, -1].mean())
        figures = [
            f'<td class="words">{html.escape(scenario_title(scenario))}</td>',
            cell(scale.text(start), start),
            cell(scale.text(end), end),
            cell(f"{len(suspended)} of {len(paths)}", len(suspended)),
            cell(f"{len(first)} of {len(paths)}", len(first)),
            cell(f"{percent(low, 0)} to {percent(high, 0)}", None, "range"),
            cell(f"{min(first)}" if first else "none", float(min(first)) if first else None),
        ]
        rows.append(row(arm, figures))
    heads = ("Package", "Scenario", "Capital, first month", "Capital, last month", "Runs suspended",
             "Runs exhausted", "Probability, 95&nbsp;% interval", "Earliest month")  # fmt: skip
    caption = (
        f"<b>The fund.</b> Capital in {scale.unit}, mean of the replications; in how many runs the fund "
        "is suspended or exhausted at some time, with the 95 % interval of the probability of exhaustion "
        "given the scenario (Wilson), and the earliest such month."
    )
    return table(caption, heads, rows)


def facts_table(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """Return a two-column table of names and plain words."""
    rows = [
        f'<tr><th scope="row">{html.escape(name)}</th><td class="words"><code>{html.escape(text)}</code></td></tr>'
        for name, text in facts
    ]
    return table(caption, ("", ""), rows).replace(
        '<thead><tr><th scope="col"></th><th scope="col"></th></tr></thead>', ""
    )
