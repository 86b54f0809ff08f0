"""What the packages are, what they lose, and what each change does."""

from __future__ import annotations

import html

from sim.reports.chapters.tables import name_of, table
from sim.reports.document import Page
from sim.reports.drawing import dots, forest
from sim.reports.folder import Study


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


def write(page: Page, study: Study) -> None:
    """Write what was compared, what each package loses, and the paired differences."""
    page.chapter("packages", "The packages, and what each change does")
    page.table(package_table(study))
    totals = study.manifest.get("control_totals")
    if totals:
        page.add("<h3>The loan tape, as it was read</h3>")
        first, *others = map(str, totals)  # the first begins with the name of a file
        page.bullets([f"{first}.", *(f"{clause[:1].upper()}{clause[1:]}." for clause in others)])
    page.figure(dots.glance_figure(study))
    page.figure(forest.differences_figure(study))
