"""What plausible worlds say, in sentences: in how many of them a sign holds, and whose the doubt is."""

from __future__ import annotations

import math

from sim.figures.catalog import MAIN
from sim.reports.folder import Study
from sim.reports.words.formats import listing, percent

SHOWN = ("loss_rate", "approval_rate", "lender_profit")
"""Figures of the summary whose signs are told in words; the table has the others."""


def error_words(study: Study) -> str:
    """Say what the intervals hold."""
    if study.worlds.empty:
        return study.say("front_standing.error")
    return study.say("front_standing.error_in_worlds", worlds=study.world_count)


def signs(study: Study, scenario: str) -> list[str]:
    """Say for each figure of the summary in how many worlds the sign of each difference holds; none without worlds."""
    if study.worlds.empty:
        return []
    say, found = study.say, []
    here = study.worlds[study.worlds["scenario"] == scenario]
    for metric in SHOWN:
        rows = here[(here["metric"] == metric) & (here["difference"] != 0) & here["luck_sd"].notna()].to_dict("records")
        parts = [
            say(f"back_worlds.{'higher' if row['difference'] > 0 else 'lower'}", holds=row["sign_holds"],
                worlds=row["worlds"], arm=f"`{row['arm']}`", parent=f"`{row['parent']}`")
            for row in rows
        ]  # fmt: skip
        if parts:
            found.append(say(f"back_worlds.{metric}", parts=listing(parts, say)))
    return found


def whose_doubt(study: Study) -> str:
    """Say which part of the variance of differences lies between worlds."""
    main = study.worlds[study.worlds["metric"].isin(MAIN)]
    shares = [float(share) for share in main["worlds_share"] if math.isfinite(share)]
    middle = sorted(shares)[len(shares) // 2] if shares else math.nan
    return study.say("back_worlds.whose", share=percent(middle, 0))
