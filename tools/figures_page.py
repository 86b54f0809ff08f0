"""Writes docs/figures.md: every figure, as it is declared. ``python tools/figures_page.py``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.figures.catalog import FIGURES, ROOMS, shown_in

HEAD = """# Figures

Every figure of a month and of a run: unit, meaning, how months combine, what it is computed from. Flows stand under
the name by which rules and steps book them, those of firms with `firm.`; a ratio is 0 where what it is over is 0.
A figure that the composed options cannot produce is absent: no fund, no figures of a fund. So is one that they leave
nothing but 0: where an arm does not fulfil what stands under *needs*, nor did the options before the policy date
([why](decisions/0064-no-column-of-zeros.md)). What needs nothing may happen, and 0 of it is an answer.
`creditcycle show metrics NAME` prints one. Made from the declarations in `sim/figures` by `tools/figures_page.py`.

Money is in fen (1 yuan = 100 fen). Since: the heading of the changelog under which a figure came.
"""
HEADS = "| figure | unit | meaning | formula | needs | over months | since |\n|---|---|---|---|---|---|---|"


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for room, figures in ROOMS.items():
        parts.append(f"## {room}\n\n{HEADS}")
        for figure in figures:
            formula = f"`{figure.formula.text}`" if figure.formula.code else figure.formula.text
            needs = f"`{figure.needs}`".replace("|", "\\|") if figure.needs else ""
            cells = (f"`{figure.name}`", figure.unit, figure.meaning, formula, needs, figure.window, figure.since)
            parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    parts.append("## Tables of the report that are a list of figures\n")
    parts += [f"- `{name}`: {shown_in(name)}" for name in FIGURES if "the table of" in shown_in(name)]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "figures.md").write_text(page(), encoding="utf-8")
