"""The page of one life: what it comes to, a drawing for each package, and a table of events in plain words."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.language.words import MARKS, Words
from sim.reports.chapters.tables import name_of
from sim.reports.document import DOCUMENT
from sim.reports.drawing import style
from sim.reports.drawing.life import life_figures
from sim.reports.lives.choosing import Life
from sim.reports.lives.words import differs_words, events_of, who_words
from sim.reports.words.formats import IN_ENGLISH, in_words, place_of

SHEET = """
.lives { display: flex; flex-wrap: wrap; gap: 18px; } .lives svg { flex: 1 1 300px; min-width: 0; max-width: 440px; }
.summary .facts { margin-bottom: 14px; } .events { table-layout: fixed; } .events thead th:first-child { width: 15%; }
.events td, .events thead th { text-align: left; }
.events td { font-size: 13px; line-height: 1.45; } .events th { white-space: nowrap; }
.events td.same { background: #f5f7f8; } .events p { margin: 0 0 4px; } .events .since { border-top: 2px solid $navy; }
@media screen and (max-width: 760px) { .events th, .events td { padding: 4px; font-size: 12px; } }
"""


def render(life: Life, manifest: Mapping[str, Any], say: Words = IN_ENGLISH) -> str:
    """Return the page of a life as one self-contained HTML document.

    Parameters
    ----------
    life : Life
        Whose it is.
    manifest : mapping
        Of the study: what its packages mean.
    say : Words
        Texts of the language.
    """
    who, place = life.who, place_of(manifest, life.scenario, say)
    title = say(f"life.title_{who}", number=life.number, place=place)
    first = next(iter(life.sides.values()))
    meanings = {str(one["name"]): _meaning(one, say) for one in manifest["arms"]}
    facts = {"replication": life.replication, "seed": html.escape(str(manifest["seed"])), "months": len(first) - 1}
    parts = [
        f'<section class="summary"><p class="kicker">{say("life.kicker")}</p>',
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="facts">{say(f"life.facts_{who}", **facts)}</p>',
        f"<p>{html.escape(_begins(int(first.index[0]), _lower(who_words(who, first.iloc[0], say)), say))}</p>",
        f"<p>{html.escape(differs_words(life, say))}</p>",
        *(f"<p>{told_of(name_of(name), meanings.get(name, ''), _sum(rows, say), say)}</p>"
          for name, rows in life.sides.items()),
        "</section>",
        f'<figure><div class="lives">{"".join(life_figures(who, life.sides, say))}</div>',
        f"<figcaption>{say('life.caption')}</figcaption></figure>",
        events_table(life, say),
    ]  # fmt: skip
    sheet = style.sheet(say.language) + SHEET.replace("$navy", style.NAVY)
    body, language = "\n".join(parts), MARKS[say.language]
    return DOCUMENT.substitute(title=html.escape(title), sheet=sheet, body=body, language=language)


def _meaning(arm: Mapping[str, Any], say: Words) -> str:
    return in_words(f"memo.packages.{arm['name']}", str(arm.get("meaning") or ""), say)


def told_of(name: str, meaning: str, came_to: str, say: Words) -> str:
    """What a package means and what the life under it comes to; ``name`` is ready HTML."""
    texts = {"meaning": html.escape(meaning), "sum": html.escape(came_to)}
    return say("life.side", name=name, **texts) if meaning else say("life.side_alone", name=name, sum=texts["sum"])


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _begins(month: int, who: str, say: Words) -> str:
    return say("life.at_policy_date", who=who) if month < 0 else say("life.on_arrival", month=month, who=who)


def _sum(rows: Any, say: Words) -> str:
    """What a life comes to, in a sentence."""
    late = rows["months_past_due"]
    lost = rows["event"].astype(str).str.contains("charged off")
    closed = rows["event"].astype(str).str.contains("line closed")
    found = [say("life.behind", months=int((late > 0).sum()), worst=int(late.max()))]
    found += [say("life.closed_in", month=rows.index[closed][0])] if closed.any() else []
    found += [say("life.lost_in", month=rows.index[lost][0])] if lost.any() else []
    return say("life.sum", items=say("list.semicolon").join(found))


def events_table(life: Life, say: Words = IN_ENGLISH) -> str:
    """The months in which something happened; what is the same under both packages stands once."""
    told = [events_of(life.who, rows, say) for rows in life.sides.values()]
    rows, months = [], sorted({month for one in told for month in one})
    begins = next((month for month in months if month >= life.differs >= 0), None)
    for month in months:
        cells = [one.get(month, []) for one in told]
        since = ' class="since"' if month == begins else ""
        head = f'<tr{since}><th scope="row">{say("life.policy_date") if month < 0 else month}</th>'
        if len(cells) == 2 and cells[0] == cells[1]:
            rows.append(f'{head}<td class="same" colspan="2">{_sentences(cells[0])}</td></tr>')
        else:
            rows.append(head + "".join(f"<td>{_sentences(one)}</td>" for one in cells) + "</tr>")
    caption = say("life.events_of_two" if len(told) == 2 else "life.events")
    names = [say("life.month"), *(say("life.under", package=name_of(one)) for one in life.sides)]
    heads = "".join(f'<th scope="col">{text}</th>' for text in names)
    return (
        f'<div class="scroll"><table class="events"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _sentences(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{html.escape(one)}</p>" for one in sentences) or "\N{EN DASH}"


def write(life: Life, manifest: Mapping[str, Any], folder: Path, say: Words = IN_ENGLISH) -> Path:
    """Write ``life-N.html`` (``life-firm-N.html`` of a firm) into a study folder and return its path."""
    path = folder / f"life-{'firm-' * (life.who == 'firm')}{life.number}.html"
    text = render(life, manifest, say)
    partial = path.with_suffix(".html.partial")
    try:
        partial.unlink(missing_ok=True)  # of a killed process, or a link to elsewhere
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
