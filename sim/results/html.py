"""What a notebook shows of a study: the bottom line, and the main table of each scenario."""

from __future__ import annotations

import html
from collections.abc import Sequence

from sim.figures.catalog import MAIN
from sim.reports.verdict import sentences, verdict_of
from sim.results.source import Source
from sim.study.compare.summary import blocks
from sim.study.compare.terminal import Column, Row
from sim.study.store.journal import POINT

FIRST_POINTS = 10
"""Rows that are shown of a study with a design."""


def told(source: Source) -> dict[str, list[str]]:
    """The bottom line: sentences under their headings, in the language of the study; none of a study with a design."""
    if source.with_design:
        return {}
    return {heading: list(said) for heading, said in sentences(verdict_of(source.study), source.say)}


def as_html(source: Source) -> str:
    """Bottom line and main table; of a study with a design the first of its points."""
    if source.with_design:
        return _points(source)
    parts = [f"<h4>{html.escape(heading)}</h4>{_listed(said)}" for heading, said in told(source).items()]
    say = source.say
    shown_blocks = blocks(source.summary, list(source.arms.items()), list(source.scenarios.items()), say)
    parts += [
        _table(title, [say("front_terminal.package"), say("front_terminal.to")], rows, columns)
        for title, rows, columns in shown_blocks
    ]
    return "\n".join(parts)


def _points(source: Source) -> str:
    """The first points of a design: the values of its axes, and the main figures."""
    table = source.summary
    axes = [axis["key"] for axis in source.manifest["design"]["axes"]]
    columns = [POINT, "arm", "scenario", *axes, "replications", *(name for name in MAIN if name in table)]
    shown = table[[name for name in columns if name in table]].head(FIRST_POINTS)
    counts = {"points": table[POINT].nunique(), "rows": len(table), "shown": len(shown)}
    return f"<p>{html.escape(source.say('results.points', **counts))}</p>{shown.to_html(index=False, border=0)}"


def _listed(said: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{_named(sentence)}</li>' for sentence in said)}</ul>"


def _named(sentence: str) -> str:
    """Set names, which stand between backticks, as code."""
    pieces = html.escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))


def _table(title: str, words: Sequence[str], rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """One block of the main table: below each mean the difference to the parent, in grey where zero is inside."""
    first, to = words
    heads = "".join(f"<th>{html.escape(column.words)}<br>{html.escape(column.unit)}</th>" for column in columns)
    lines = []
    for place, row in enumerate(rows):
        below = f"<br><small>{html.escape(f'{to} {row.parent}')}</small>" if row.parent else ""
        cells = []
        for column in columns:
            number = column.numbers[place]
            value, *beside = (html.escape(line) for line in number.lines(joined=True))
            grey = "" if number.sure else ' style="color: #8b959e"'
            cells.append(f"<td>{value}{''.join(f'<br><small{grey}>{line}</small>' for line in beside)}</td>")
        lines.append(f"<tr><th>{html.escape(row.name)}{below}</th>{''.join(cells)}</tr>")
    head = f"<tr><th>{html.escape(first)}</th>{heads}</tr>"
    return f"<table><caption>{html.escape(title)}</caption><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
