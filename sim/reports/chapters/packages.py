"""What differs between the packages, the scenarios, and what the packages do."""

from __future__ import annotations

import html

from sim.reports.chapters.tables import name_of, table
from sim.reports.document import Page, told
from sim.reports.drawing import forest, paths
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
    """Write what was compared, and the paired differences."""
    page.chapter("packages", "What differs between the packages, and what it does")
    page.table(package_table(study))
    meanings = [(name, study.scenario_meaning.get(name, "")) for name in study.scenarios]
    if any(meaning for _, meaning in meanings):
        page.add("<h3>The scenarios</h3>")
        page.bullets([told(name, meaning) for name, meaning in meanings if meaning])
    totals = study.manifest.get("control_totals")
    if totals:
        page.add("<h3>The loan tape, as it was read</h3>")
        first, *others = map(str, totals)  # the first begins with the name of a file
        page.bullets([f"{first}.", *(f"{clause[:1].upper()}{clause[1:]}." for clause in others)])
    page.figure(paths.scenarios_figure(study))
    page.figure(forest.differences_figure(study))
