"""The page of a fit: the verdict, rolls of tape and worlds, moments, and what the tape tells of each number."""

from __future__ import annotations

import html
from collections.abc import Sequence

from sim.fit.fitting import Fit
from sim.fit.results import Compared, Number, held_out, moments_of, numbers_of
from sim.fit.telling import figure, verdict
from sim.language.words import MARKS, Words
from sim.reports.chapters.tables import cell, row, table
from sim.reports.document import DOCUMENT, Page
from sim.reports.drawing import style
from sim.reports.drawing.figures import Picture, canvas, grid, to_svg
from sim.reports.words.formats import in_words

ROW, HEAD, FOOT = 0.24, 0.35, 0.42  # inches


def render(fit: Fit, say: Words) -> str:
    """Return the page as an HTML document in one file, no script, no network."""
    page, asked = Page(say), fit.asked
    moments, rolls, numbers = moments_of(fit), held_out(fit), numbers_of(fit)
    title = say("fit.title", tape=asked.config.tape.source)
    page.add(f'<section class="summary"><p class="kicker">{html.escape(say("fit.kicker"))}</p>')
    page.add(f"<h1>{html.escape(title)}</h1>")
    page.bullets(verdict(fit, say))
    page.add("</section>")
    fitted = [one for one in moments if one.key in {roll.key for roll in rolls}]
    page.figure(picture(fitted, rolls, say))
    page.chapter("moments", say("fit.moments"))
    page.table(moments_table(moments, "fit.caption", say))
    page.chapter("held-out", say("fit.held_out"))
    page.table(moments_table(rolls, "fit.caption_held_out", say))
    page.chapter("numbers", say("fit.numbers"))
    page.table(numbers_table(numbers, say))
    page.add(f"<footer>{html.escape(say('fit.footer'))}</footer>")
    body, sheet, mark = "\n".join(page.parts), style.sheet(say.language), MARKS[say.language]
    return DOCUMENT.substitute(title=html.escape(title), sheet=sheet, body=body, language=mark)


def moments_table(rows: Sequence[Compared], caption: str, say: Words) -> str:
    """Tape, its interval, the worlds, and whether the two differ by luck alone; empty without rows."""
    heads = [html.escape(say(f"fit.head.{name}")) for name in ("moment", "tape", "interval", "model", "range", "off")]
    made = []
    for one in rows:
        spans = [_span(one.key, *ends, say) for ends in ((one.low, one.high), (one.model_low, one.model_high))]
        off = f"{one.off:+.1f}" + ("" if one.within else " *") + (" †" if one.missed else "")
        made.append(_row(say(f"fit.moment.{one.key}"), [
            cell(figure(one.key, one.tape), one.tape), cell(spans[0]), cell(figure(one.key, one.model), one.model),
            cell(spans[1]), cell(off, one.off),
        ]))  # fmt: skip
    return table(say(caption), heads, made, say=say) if made else ""


def numbers_table(rows: Sequence[Number], say: Words) -> str:
    """What each number is and its unit, prior, answer, and how much narrower the answer is."""
    names = ("number", "meaning", "prior", "value", "answer", "width", "standing")
    heads = [html.escape(say(f"fit.head.{name}")) for name in names]
    made = [
        row(one.key, [
            cell(meaning(one, say), kind="text"),
            cell(say("unit.range", low=f"{one.prior_low:.3g}", high=f"{one.prior_high:.3g}")),
            cell(f"{one.value:.3g}", one.value), cell(say("unit.range", low=f"{one.low:.3g}", high=f"{one.high:.3g}")),
            cell(f"{one.width:.2f} ± {one.error:.2f}", one.width),
            cell(say(f"fit.standing.{one.standing}"), kind="text"),
        ])
        for one in rows
    ]  # fmt: skip
    return table(say("fit.caption_numbers"), heads, made, say=say)


def meaning(one: Number, say: Words) -> str:
    """What a number is, and its unit, as declared."""
    return in_words(f"fit.number.{one.key.partition('.')[2]}", f"{one.meaning}; {one.unit}", say)


def picture(fitted: Sequence[Compared], rolls: Sequence[Compared], say: Words) -> Picture | None:
    """Rolls of the tape with their intervals, and the range of the worlds: months fitted and months held out."""
    panels = [(say("fit.panel_fitted"), fitted), (say("fit.panel_held_out"), rolls)]
    if not rolls or len(fitted) != len(rolls):
        return None
    height = HEAD + FOOT + ROW * len(rolls)
    top = max(max(one.high, one.model_high) for one in (*fitted, *rolls))
    with canvas(height) as drawing:
        places = {"left": 0.4, "right": 0.97, "top": 1 - HEAD / height, "bottom": FOOT / height, "wspace": 0.08}
        axes = grid(drawing, 1, 2, **places)[0]
        for one, (name, rows) in zip(axes, panels, strict=True):
            one.set_title(name)
            one.set_xlim(0.0, 105.0 * top)
            one.set_ylim(len(rows) - 0.5, -0.5)
            one.set_yticks(range(len(rows)), [say(f"fit.moment.{each.key}") for each in rows])
            one.tick_params(axis="y", labelleft=one is axes[0])
            one.set_xlabel(say("fit.axis"))
            for place, each in enumerate(rows):
                ends = [100.0 * each.model_low, 100.0 * each.model_high]
                one.plot(ends, [place, place], color=style.BAND, linewidth=6.0, solid_capstyle="butt")
                one.plot([100.0 * each.low, 100.0 * each.high], [place, place], color=style.NAVY, linewidth=1.4)
                one.plot([100.0 * each.tape], [place], "o", color=style.NAVY, markersize=3.6)
        svg = to_svg(drawing, "rolls", say("fit.picture"), say("fit.picture_about"))
    return Picture("rolls", say("fit.picture"), svg, say("fit.picture_about"))


def _row(name: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{html.escape(name)}</th>{"".join(cells)}</tr>'


def _span(key: str, low: float, high: float, say: Words) -> str:
    return say("unit.range", low=figure(key, low), high=figure(key, high))
