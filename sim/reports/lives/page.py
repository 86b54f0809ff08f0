"""The page of one life: what it comes to, a drawing for each package, and a table of events in plain words."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.language.words import ENGLISH, MARKS
from sim.reports.chapters.tables import name_of
from sim.reports.document import DOCUMENT
from sim.reports.drawing import style
from sim.reports.drawing.life import life_figures
from sim.reports.lives.choosing import Life
from sim.reports.lives.words import differs_words, events_of, who_words
from sim.reports.words.formats import in_sentence

SHEET = """
.lives { display: flex; flex-wrap: wrap; gap: 18px; } .lives svg { flex: 1 1 300px; min-width: 0; max-width: 440px; }
.summary .facts { margin-bottom: 14px; } .events { table-layout: fixed; } .events thead th:first-child { width: 15%; }
.events td, .events thead th { text-align: left; }
.events td { font-size: 13px; line-height: 1.45; } .events th { white-space: nowrap; }
.events td.same { background: #f5f7f8; } .events p { margin: 0 0 4px; } .events .since { border-top: 2px solid $navy; }
@media screen and (max-width: 760px) { .events th, .events td { padding: 4px; font-size: 12px; } }
"""
CAPTION = (
    "Income, cash and balance month by month after the policy date, on the same axes under each package. Shaded: "
    "months in which the account is behind at their end, darker from 30 and from 90 days past due or charged off."
)


def render(life: Life, manifest: Mapping[str, Any]) -> str:
    """Return the page of a life as one self-contained HTML document.

    Parameters
    ----------
    life : Life
        Whose it is.
    manifest : mapping
        Of the study: what its packages mean.
    """
    title = f"{life.who.capitalize()} {life.number} in {in_sentence(life.scenario)}"
    first = next(iter(life.sides.values()))
    meanings = {str(one["name"]): str(one.get("meaning") or "") for one in manifest["arms"]}
    parts = [
        '<section class="summary"><p class="kicker">CreditCycle &middot; One life of the panel</p>',
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="facts">Replication {life.replication} of the study, seed {html.escape(str(manifest["seed"]))}; '
        f"{len(first) - 1} months after the policy date. A simulated {life.who}: nobody's data.</p>",
        f"<p>At {_when(int(first.index[0]))}: {html.escape(_lower(who_words(life.who, first.iloc[0])))}</p>",
        f"<p>{html.escape(differs_words(life))}</p>",
        *(f"<p><b>{name_of(name)}.</b> {html.escape(meanings.get(name, ''))} {html.escape(_sum(rows))}</p>"
          for name, rows in life.sides.items()),
        "</section>",
        f'<figure><div class="lives">{"".join(life_figures(life.who, life.sides))}</div>',
        f"<figcaption>{CAPTION}</figcaption></figure>",
        events_table(life),
    ]  # fmt: skip
    sheet = style.sheet() + SHEET.replace("$navy", style.NAVY)
    return DOCUMENT.substitute(title=html.escape(title), sheet=sheet, body="\n".join(parts), language=MARKS[ENGLISH])


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _when(month: int) -> str:
    return "the policy date" if month < 0 else f"the end of month {month}, on arrival"


def _sum(rows: Any) -> str:
    """What a life comes to, in a sentence."""
    late = rows["months_past_due"]
    lost = rows["event"].astype(str).str.contains("charged off")
    closed = rows["event"].astype(str).str.contains("line closed")
    found = [f"{int((late > 0).sum())} months behind, at the worst {int(late.max())} months past due"]
    found += [f"line closed in month {rows.index[closed][0]}"] if closed.any() else []
    found += [f"charged off in month {rows.index[lost][0]}"] if lost.any() else []
    return "; ".join(found) + "."


def events_table(life: Life) -> str:
    """The months in which something happened; what is the same under both packages stands once."""
    told = [events_of(life.who, rows) for rows in life.sides.values()]
    rows, months = [], sorted({month for one in told for month in one})
    begins = next((month for month in months if month >= life.differs >= 0), None)
    for month in months:
        cells = [one.get(month, []) for one in told]
        since = ' class="since"' if month == begins else ""
        head = f'<tr{since}><th scope="row">{"policy date" if month < 0 else month}</th>'
        if len(cells) == 2 and cells[0] == cells[1]:
            rows.append(f'{head}<td class="same" colspan="2">{_sentences(cells[0])}</td></tr>')
        else:
            rows.append(head + "".join(f"<td>{_sentences(one)}</td>" for one in cells) + "</tr>")
    caption = "<b>Events.</b> What happened in which month after the policy date, and what the lender decided and why."
    if len(told) == 2:
        caption += (
            " What is the same under both packages stands in one grey cell; a dark line marks from when on they differ."
        )
    heads = "".join(
        f'<th scope="col">{text}</th>' for text in ("Month", *(f"Under {name_of(one)}" for one in life.sides))
    )
    return (
        f'<div class="scroll"><table class="events"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _sentences(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{html.escape(one)}</p>" for one in sentences) or "\N{EN DASH}"


def write(life: Life, manifest: Mapping[str, Any], folder: Path) -> Path:
    """Write ``life-N.html`` (``life-firm-N.html`` of a firm) into a study folder and return its path."""
    path = folder / f"life-{'firm-' * (life.who == 'firm')}{life.number}.html"
    text = render(life, manifest)
    partial = path.with_suffix(".html.partial")
    try:
        partial.unlink(missing_ok=True)  # of a killed process, or a link to elsewhere
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
