"""Access to credit: who has a line, at which price, and wrong refusals by true income."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.figures.catalog import ACCESS
from sim.reports.chapters.tables import means_table
from sim.reports.columns import Column, columns_table, digits, last, mean, ratio, share
from sim.reports.document import Page
from sim.reports.drawing import bars, dots, style
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Picture,
    canvas,
    grid,
    in_panel,
    months_label,
    round_numbers,
    row_head,
    to_svg,
)
from sim.reports.folder import Study
from sim.reports.words import findings

DECILES = range(1, 11)
MOST = 5
ROWS: tuple[tuple[str, Callable[[int], Callable[[Study, str, str], float]]], ...] = (
    ("access", lambda k: mean(f"access_decile_{k}", 100.0)),
    ("approved", lambda k: _times(100.0, ratio(f"approvals_decile_{k}", f"applications_decile_{k}"))),
    ("price", lambda k: mean(f"price_decile_{k}", 100.0)),
    ("refused", lambda k: _times(100.0, ratio(f"wrong_rejections_decile_{k}", f"rejections_judged_decile_{k}"))),
)
"""What a row shows, by the name of its words, and its value for a decile."""


def _times(factor: float, value: Callable[[Study, str, str], float]) -> Callable[[Study, str, str], float]:
    return lambda study, scenario, arm: factor * value(study, scenario, arm)


def measured(study: Study) -> bool:
    """Whether the study measured inclusion (``study.inclusion``)."""
    return study.has("access_decile_1") and bool((study.monthly["access_decile_1"] > 0).any())


def income_figure(study: Study, scenario: str) -> Picture:
    """Draw access, approval, price and wrong refusals by income decile; a column for each of up to five packages."""
    arms = study.arms[:MOST]
    values = {
        (row, arm.name): np.array([make(k)(study, scenario, arm.name) for k in DECILES])
        for row, (_, make) in enumerate(ROWS)
        for arm in arms
    }
    rows = [row for row in range(len(ROWS)) if any(np.isfinite(values[row, arm.name]).any() for arm in arms)]
    height = 0.95 + 0.8 * len(rows)
    say = study.say
    titles = [in_panel(arm.name, 0.88 / len(arms), 3) for arm in arms]
    with canvas(height) as figure:
        places = {"left": 0.1, "top": 1 - 0.62 / height, "bottom": 0.42 / height}
        panels = grid(figure, len(rows), len(arms), **places, hspace=0.42, wspace=0.14)
        for line, row in enumerate(rows):
            known = np.concatenate([values[row, arm.name] for arm in arms])
            low, high = float(np.nanmin(known)), float(np.nanmax(known))
            air = 0.1 * (high - low) or 1.0
            for place, arm in enumerate(arms):
                axes = panels[line, place]
                axes.plot(DECILES, values[row, arm.name], "o-", color=style.NAVY, markersize=2.4, linewidth=0.9)
                limits = (max(low - air, 0.0), high + air)
                axes.set_ylim(*limits)
                axes.set_yticks(*round_numbers(limits, 1.0, 2))
                axes.set_xticks([1, 5, 10])
                axes.tick_params(axis="y", labelleft=place == 0)
                axes.tick_params(axis="x", labelbottom=line == len(rows) - 1)
                if line == 0:
                    axes.set_title(titles[place], pad=ROW_HEAD)
            row_head(figure, panels[line, 0], say(f"front_income.{ROWS[row][0]}"))
        months_label(figure, say("front_income.axis"))
        svg = to_svg(figure, "inclusion", say("front_income.heading"), say("front_income.about"))
    few = "" if len(arms) == len(study.arms) else say("front_income.first", packages=MOST)
    caption = say("front_income.caption", place=study.place(scenario)) + few
    return Picture(
        "inclusion", say("front_income.title"), svg, caption, tuple(f"front_income.{ROWS[row][0]}" for row in rows)
    )


def income_table(study: Study) -> str | None:
    """Return approval, price and wrong refusals of the lowest, middle and highest tenth, and the concentration."""
    columns = []
    for k, tenth in ((1, "lowest"), (10, "highest")):
        approved = ratio(f"approvals_decile_{k}", f"applications_decile_{k}")
        wrong = ratio(f"wrong_rejections_decile_{k}", f"rejections_judged_decile_{k}")
        columns += [
            Column(f"front_income.approved_{tenth}", approved, share(0)),
            Column(f"front_income.price_{tenth}", mean(f"price_decile_{k}"), share(2)),
            Column(f"front_income.refused_{tenth}", wrong, share(0)),
        ]
    columns.append(Column("front_income.concentration", last("credit_concentration"), digits(3)))
    return columns_table(study, columns, "front_income.table")


def write(page: Page, study: Study) -> None:
    """Write who had credit, and whom closing lines shut out."""
    closers = study.closing()
    if not closers and not any(study.has(name) for name in ACCESS):
        return
    worst = findings.severest(study)
    page.chapter("access", study.say("front_access.title"))
    page.figure(dots.access_figure(study))
    if measured(study):
        page.figure(income_figure(study, worst))
    page.bullets(findings.closing(study, worst))
    page.figure(bars.closing_figure(study, closers))


def append(page: Page, study: Study) -> None:
    """Write access and price as tables, by true income where the study measured it."""
    metrics = [name for name in ACCESS if study.has(name)]
    if not metrics:
        return
    title = study.say("front_access.table")
    note = study.say("front_access.table_note")
    page.chapter("price", title)
    page.table(means_table(study, metrics, title, note if "approval_rate" in metrics else ""))
    page.table(income_table(study) or "" if measured(study) else "")
