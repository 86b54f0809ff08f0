"""What the packages are, what they lose, and what each change does."""

from __future__ import annotations

import html

from sim.language.words import ENGLISH, Words
from sim.reports.chapters.tables import name_of, table
from sim.reports.document import Page
from sim.reports.drawing import dots, forest
from sim.reports.folder import Study
from sim.reports.words.formats import in_words


def package_table(study: Study) -> str:
    """Return what each package is, what it changes in its parent, and what that means."""
    say, rows = study.say, []
    for arm in study.arms:
        root = f'<span class="absent">{say("front_packages.root")}</span>'
        parent = name_of(arm.parent) if arm.parent else root
        meaning = in_words(f"memo.packages.{arm.name}", arm.meaning, say)
        rows.append(
            f'<tr><th scope="row">{name_of(arm.name)}</th><td class="words">{parent}</td>'
            f'<td class="words">{html.escape(arm.told(say)) or "&ndash;"}</td>'
            f'<td class="words">{_marked(meaning, say) or "&ndash;"}</td></tr>'
        )
    heads = (say("front_table.package"), *(say(f"front_packages.{key}") for key in ("parent", "change", "meaning")))
    return table(say("front_packages.caption"), heads, rows, kind=' class="text"', say=say)


def _marked(meaning: str, say: Words) -> str:
    """Return a meaning as HTML; one in English alone is marked where the page is in another language."""
    text = html.escape(meaning)
    return (
        f'<span lang="{ENGLISH}">{text}</span>' if meaning.isascii() and meaning and say.language != ENGLISH else text
    )


def write(page: Page, study: Study) -> None:
    """Write what was compared."""
    page.chapter("packages", study.say("front_packages.chapter"))
    page.table(package_table(study))
    totals = study.manifest.get("control_totals")
    if totals:
        page.add(f"<h3>{study.say('front_packages.tape')}</h3>")
        first, *others = map(str, totals)  # the first begins with the name of a file
        page.untranslated([f"{first}.", *(f"{clause[:1].upper()}{clause[1:]}." for clause in others)])


def append(page: Page, study: Study) -> None:
    """Write what each package loses, and the paired differences, as figures."""
    pictures = [made for made in (dots.glance_figure(study), forest.differences_figure(study)) if made]
    if pictures:
        page.chapter("differences", study.say("front_packages.figures"))
    for picture in pictures:
        page.figure(picture)
