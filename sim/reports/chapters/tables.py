"""Tables as HTML, for every chapter; every figure also stands in its cell as a machine-readable value."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence

from sim.figures.figure import Figure
from sim.figures.naming import headed
from sim.figures.scales import IN_ENGLISH, Scale, measure_of, scale_of
from sim.language.words import Words
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.glossary.links import figured
from sim.reports.words.formats import NOT_AVAILABLE, scenario_title

CELLS, TAGS = re.compile(r"<t[hd][ >].*?</t[hd]>"), re.compile(r"<[^>]*>")
NOTHING = {NOT_AVAILABLE, "\N{EN DASH}", ""}
FEWEST_ALIKE = 3  # rows, below which it may be chance that a column says the same in all
ROWS_OF_A_PAGE = 36  # a longer table may be cut between groups of its rows


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


def table(caption: str, heads: Sequence[str], rows: Sequence[str], *, kind: str = "", say: Words = IN_ENGLISH) -> str:
    """Return a table from ready rows; ``caption`` and ``heads`` are HTML.

    A column without a figure in any row is left out, and so is one that says the same in every row of at least
    three: the caption tells it once. Each group of rows is a body of its own, which no printed page cuts; empty where
    no column is left.
    """
    told: list[str] = []
    if any(heads):
        heads, rows, told = _pruned(heads, rows, say("front_table.all"), texts="text" in kind)
    if len(heads) < 2:
        return ""
    same = say("front_table.same", items=say("list.semicolon").join(told)) if told else ""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    bodies: list[list[str]] = [[]]
    for one in rows:
        if 'class="measure"' in one and bodies[-1]:
            bodies.append([])
        bodies[-1].append(one)
    inner = "".join(f"<tbody>{''.join(body)}</tbody>" for body in bodies)
    if len(rows) > ROWS_OF_A_PAGE:
        kind = kind.replace('class="', 'class="long ') or ' class="long"'
    return (
        f'<div class="scroll"><table{kind}><caption>{caption}{same}</caption><thead><tr>{head}</tr></thead>'
        f"{inner}</table></div>"
    )


def _pruned(
    heads: Sequence[str], rows: Sequence[str], every: str, *, texts: bool
) -> tuple[list[str], list[str], list[str]]:
    """Return heads and rows without columns that say nothing or, unless they are ``texts``, one thing; and that one."""
    split = [CELLS.findall(one) for one in rows]
    full = [cells for cells in split if len(cells) == len(heads) and "colspan" not in cells[0]]
    kept, alike, told = [0], [], []
    for place in range(1, len(heads)):
        said = {html.unescape(TAGS.sub("", cells[place])).strip() for cells in full}
        if said <= NOTHING:
            continue
        if len(said) == 1 and len(full) >= FEWEST_ALIKE and not texts:
            alike.append(place)
            told.append(f"{heads[place]} {html.escape(said.pop())}")
            continue
        kept.append(place)
    if kept == [0] and alike:
        once = "".join(full[0][place] for place in alike)
        return [heads[place] for place in kept + alike], [f'<tr><th scope="row">{every}</th>{once}</tr>'], []
    shown = [
        one[: one.index(">") + 1] + "".join(cells[place] for place in kept) + "</tr>"
        if len(cells) == len(heads)
        else re.sub(r'colspan="\d+"', f'colspan="{len(kept)}"', one)
        for one, cells in zip(rows, split, strict=True)
    ]
    return [heads[place] for place in kept], shown, told


def row(name: str, cells: Sequence[str]) -> str:
    """Return a row that begins with a package's name."""
    return f'<tr><th scope="row">{name_of(name)}</th>{"".join(cells)}</tr>'


def interval(low: float, high: float, scale: Scale, *, signed: bool = False, say: Words = IN_ENGLISH) -> str:
    """Write an interval as ``low to high``; ``n/a`` where an end is missing."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOT_AVAILABLE
    return say("unit.range", low=scale.text(low, signed=signed), high=scale.text(high, signed=signed))


def group_heading(title: str, rest: str, columns: int, figure: str = "") -> str:
    """Return a row that heads a group of rows; a link where they are of one ``figure``."""
    told = figured(figure, html.escape(title)) if figure else html.escape(title)
    return (
        f'<tr class="measure"><th scope="rowgroup" colspan="{columns}">{told} '
        f"<span>{html.escape(rest)}</span></th></tr>"
    )


def months_of(study: Study, scenario: str) -> str:
    """Say how many months after the policy date a scenario has."""
    return study.say("front_table.months", months=study.months(scenario))


def means_table(study: Study, metrics: Sequence[str], caption: str, note: str = "") -> str:
    """Return some figures of every package, mean over months and replications; ``note`` ends the caption."""
    say = study.say
    columns: list[tuple[Figure, Scale, dict[tuple[str, str], float]]] = []
    for metric in metrics:
        values = {(s, a.name): mean_of(study, s, a.name, metric) for s in study.scenarios for a in study.arms}
        measure = measure_of(metric)
        columns.append((measure, scale_of(measure, values.values(), study.borrowers, say), values))
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), "", 1 + len(columns)))
        for arm in study.arms:
            figures = [(scale, values[scenario, arm.name]) for _, scale, values in columns]
            rows.append(row(arm.name, [cell(scale.text(value), value) for scale, value in figures]))
    heads = [say("front_table.package")]
    heads += [figured(measure.name, html.escape(headed(measure, scale.unit, say))) for measure, scale, _ in columns]
    caption = say("front_table.means", title=caption, note=note).rstrip()
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def mean_of(study: Study, scenario: str, arm: str, metric: str) -> float:
    """Return the mean over months and replications; ``nan`` where there is none."""
    paths = study.paths(scenario, arm, metric)
    return float(mean_known(paths)) if paths.size else math.nan


def facts_table(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """Return a two-column table of names and plain words."""
    rows = [
        f'<tr><th scope="row">{html.escape(name)}</th><td class="words"><code>{html.escape(text)}</code></td></tr>'
        for name, text in facts
    ]
    return table(caption, ("", ""), rows).replace(
        '<thead><tr><th scope="col"></th><th scope="col"></th></tr></thead>', ""
    )
