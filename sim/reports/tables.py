"""The report's tables, as HTML; every figure also stands in its cell as a machine-readable value."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

from sim.reports.bars import borne
from sim.reports.folder import Estimate, Study
from sim.reports.formats import NOT_AVAILABLE, number, percent, scenario_title, wilson
from sim.reports.measures import BEARERS, MAIN, Measure, Scale, measure_of, scale_of
from sim.reports.paths import bucket_shares


def name_of(text: str) -> str:
    """Return a package's name as HTML."""
    return f'<span class="name">{html.escape(text)}</span>'


def cell(text: str, value: float | None = None, kind: str = "value") -> str:
    """Return a table cell; ``value`` is the figure in its stored unit and goes into a ``data`` element."""
    if text == NOT_AVAILABLE or (value is not None and not math.isfinite(value)):
        return f'<td class="{kind} absent">{NOT_AVAILABLE}</td>'
    inner = html.escape(text)
    if value is not None:
        inner = f'<data value="{float(value)!r}">{inner}</data>'
    return f'<td class="{kind}">{inner}</td>'


def table(caption: str, heads: Sequence[str], rows: Sequence[str], *, wide: str = "") -> str:
    """Return a table from ready rows; ``caption`` and ``heads`` are HTML."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<div class="scroll"><table{wide}><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(name: str, cells: Sequence[str]) -> str:
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
    return table(caption, ("Package", "Parent", "Change", "Meaning"), rows, wide=' class="text"')


def main_table(study: Study, scenario: str, label: str) -> str:
    """Return the main table of one scenario: per metric and package, level and paired difference."""
    rows = []
    for metric in MAIN:
        found = {arm.name: study.estimate(scenario, arm.name, metric) for arm in study.arms}
        if not any(math.isfinite(item.mean) for item in found.values()):
            continue
        measure = measure_of(metric)
        scale = scale_of(measure, [item.mean for item in found.values()], study.borrowers)
        unit = ", ".join(part for part in (scale.unit, measure.period) if part)
        rows.append(
            f'<tr class="measure"><th scope="rowgroup" colspan="6">{html.escape(measure.label)} '
            f"<span>{html.escape(unit.replace('%, of', '% of').replace('%, a year', '% a year'))}</span></th></tr>"
        )
        rows += [_row(name, _main_cells(item, scale)) for name, item in found.items()]
    heads = ("Package", "Mean", "95&nbsp;% interval", "Difference to parent", "95&nbsp;% interval",
             "Variance reduction")  # fmt: skip
    caption = (
        f"<b>{label}: {html.escape(scenario_title(scenario))}.</b> Differences are paired: package less parent within "
        f"the same replication, {study.replications} replications. Differences of shares are in percentage points. "
        "<b>Bold</b>: the interval excludes zero. Variance reduction: how many times as many replications unpaired "
        "runs would need for the same precision."
    )
    return table(caption, heads, rows)


def _main_cells(item: Estimate, scale: Scale) -> list[str]:
    cells = [cell(scale.text(item.mean), item.mean), cell(interval(item.low, item.high, scale), None, "range")]
    if not item.parent:
        return [*cells, '<td class="absent">&ndash;</td>', '<td class="absent">&ndash;</td>',
                '<td class="absent">&ndash;</td>']  # fmt: skip
    kind = "clear" if item.direction else "unclear"
    return [
        *cells,
        cell(scale.text(item.difference, signed=True), item.difference, kind),
        cell(interval(item.difference_low, item.difference_high, scale, signed=True), None, kind),
        cell(number(item.variance_reduction, 1), item.variance_reduction),
    ]


def interval(low: float, high: float, scale: Scale, *, signed: bool = False) -> str:
    """Write an interval as ``low to high``; ``n/a`` where an end is missing."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOT_AVAILABLE
    return f"{scale.text(low, signed=signed)} to {scale.text(high, signed=signed)}"


def bearer_table(study: Study, scenario: str, columns: Sequence[str]) -> str:
    """Return who bears the loss of one scenario, in yuan and as a share, with the check of the sum."""
    parts = {arm.name: borne(study, scenario, arm.name) for arm in study.arms}
    sums = {name: sum(part.values()) for name, part in parts.items()}
    scale = scale_of(measure_of("loss_lender"), sums.values())
    rows = []
    for arm in study.arms:
        cells = []
        for column in columns:
            value = parts[arm.name][column]
            share = value / sums[arm.name] if sums[arm.name] else math.nan
            cells.append(cell(scale.text(value), value))
            cells.append(cell(percent(share, 0)))
        cells.append(cell(scale.text(sums[arm.name]), sums[arm.name], "clear"))
        gap = sums[arm.name] - _written_off(study, scenario, arm.name)
        cells.append(cell(scale.text(gap, signed=True), gap))
        rows.append(_row(arm.name, cells))
    heads = ["Package"]
    for column in columns:
        heads += [BEARERS[column], "share"]
    heads += ["Sum", "Sum less net charge-off"]
    caption = (
        f"<b>{html.escape(scenario_title(scenario))}.</b> Loss over {study.months(scenario)} months after the policy date, "
        f"{scale.unit}, mean of the replications. Net charge-off is principal charged off less recoveries."
    )
    return table(caption, heads, rows)


def _written_off(study: Study, scenario: str, arm: str) -> float:
    charged, recovered = (study.totals(scenario, arm, name) for name in ("charged_off", "recovered"))
    if charged.size == 0 or recovered.size == 0:
        return math.nan
    return float((charged - recovered).mean())


def bucket_table(study: Study, scenario: str) -> str:
    """Return the balance by bucket in the month in which 30+ stands highest."""
    rows = []
    for arm in study.arms:
        shares = bucket_shares(study, scenario, arm.name)
        if shares.shape[1] == 0:
            rows.append(_row(arm.name, [cell(NOT_AVAILABLE)] * 8))
            continue
        peak = int(np.argmax(shares[2:].sum(axis=0)))
        cells = [cell(str(peak), float(peak))]
        cells += [cell(number(100 * float(value), 2), float(value)) for value in shares[:, peak]]
        rows.append(_row(arm.name, cells))
    caption = (
        f"<b>{html.escape(scenario_title(scenario))}.</b> Balance by bucket in the month in which 30+ stands highest on the "
        "mean path, per cent of the outstanding balance."
    )
    return table(caption, ("Package", "Month", "M0", "M1", "M2", "M3", "M4", "M5", "M6+"), rows)


def closing_table(study: Study, scenario: str, closing: Sequence[str]) -> str:
    """Return closures, wrong ones, unjudged ones and defaults that closing caused."""
    names = ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing")
    rows = []
    for arm in closing:
        found = [study.estimate(scenario, arm, name) for name in names]
        scale = scale_of(measure_of("closures"), [item.mean for item in found], study.borrowers)
        closures, wrong, censored, _ = (item.mean for item in found)
        judged = closures - censored
        cells = [cell(scale.text(item.mean), item.mean) for item in found[:3]]
        cells.append(cell(percent(wrong / judged if judged > 0 else math.nan, 0)))
        caused = found[3]
        cells += [cell(scale.text(caused.mean), caused.mean), cell(interval(caused.low, caused.high, scale))]
        rows.append(_row(arm, cells))
    unit = "per 1\u202f000 borrowers" if study.borrowers else "number in a run"
    caption = (
        f"<b>{html.escape(scenario_title(scenario))}.</b> First closures over the horizon, {unit}, mean of the replications. "
        "Share wrong: of the closures that could be judged."
    )
    heads = ("Package", "Closures", "Wrong", "Not judged", "Share wrong", "Defaults caused", "95&nbsp;% interval")
    return table(caption, heads, rows)


def access_table(study: Study, scenario: str, metrics: Sequence[str]) -> str:
    """Return access figures of one scenario, mean over months and replications, with what the parent has."""
    columns: list[tuple[Measure, Scale, dict[str, float]]] = []
    for metric in metrics:
        values = {arm.name: mean_of(study, scenario, arm.name, metric) for arm in study.arms}
        measure = measure_of(metric)
        columns.append((measure, scale_of(measure, values.values(), study.borrowers), values))
    rows = [
        _row(arm.name, [cell(scale.text(values[arm.name]), values[arm.name]) for _, scale, values in columns])
        for arm in study.arms
    ]
    heads = ["Package"] + [
        f"{html.escape(measure.label)}, {scale.unit}{' a year' if measure.name == 'price' else ''}"
        for measure, scale, _ in columns
    ]
    caption = f"<b>{html.escape(scenario_title(scenario))}.</b> Means over all months and replications."
    return table(caption, heads, rows)


def mean_of(study: Study, scenario: str, arm: str, metric: str) -> float:
    """Return the mean over months and replications; ``nan`` where there is none."""
    paths = study.paths(scenario, arm, metric)
    return float(np.nanmean(paths)) if paths.size else math.nan


def fund_table(study: Study, funded: Sequence[str]) -> str:
    """Return, for each package with a fund and scenario, capital at the end and how often it is exhausted."""
    rows = []
    for arm in funded:
        for scenario in study.scenarios:
            paths = study.paths(scenario, arm, "fund_capital")
            if not paths.size:
                continue
            first = [int(np.argmax(path <= 0)) for path in paths if np.nanmin(path) <= 0]
            low, high = wilson(len(first), len(paths))
            scale = scale_of(measure_of("fund_capital"), [float(paths[:, 0].mean()), float(paths[:, -1].mean())])
            cells = [
                f'<td class="words">{html.escape(scenario_title(scenario))}</td>',
                cell(f"{scale.text(float(paths[:, 0].mean()))} {scale.unit}", float(paths[:, 0].mean())),
                cell(f"{scale.text(float(paths[:, -1].mean()))} {scale.unit}", float(paths[:, -1].mean())),
                cell(f"{len(first)} of {len(paths)}", len(first)),
                cell(f"{percent(low, 0)} to {percent(high, 0)}", None, "range"),
                cell(f"{min(first)}" if first else "none", float(min(first)) if first else None),
            ]
            rows.append(_row(arm, cells))
    heads = ("Package", "Scenario", "Capital, first month", "Capital, last month", "Runs exhausted",
             "95&nbsp;% interval", "Earliest month")  # fmt: skip
    caption = (
        "<b>The fund.</b> Mean capital of the replications; in how many runs the capital reaches zero, with the 95 % "
        "interval of that probability (Wilson), given the scenario; and the earliest such month."
    )
    return table(caption, heads, rows)


def facts_table(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """Return a two-column table of names and plain words."""
    rows = [
        f'<tr><th scope="row">{html.escape(name)}</th><td class="words"><code>{html.escape(text)}</code></td></tr>'
        for name, text in facts
    ]
    return table(caption, ("", ""), rows).replace("<thead><tr><th scope=\"col\"></th><th scope=\"col\"></th></tr></thead>", "")
