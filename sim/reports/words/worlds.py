"""What plausible worlds say, in sentences: in how many of them a sign holds, and whose the doubt is."""

from __future__ import annotations

import math

from sim.figures.catalog import MAIN
from sim.reports.folder import Study
from sim.reports.words.formats import listing, percent

SHOWN = ("loss_rate", "approval_rate", "lender_profit")
"""Figures of the summary whose signs are told in words; the table has the others."""

IN_WORDS = {"loss_rate": "loss rate", "approval_rate": "share of requests approved", "lender_profit": "lender's profit"}


def error_words(study: Study) -> str:
    """Say what the intervals hold."""
    if study.worlds.empty:
        return study.say("front_standing.error")
    return study.say("front_standing.error_in_worlds", worlds=study.world_count)


def signs(study: Study, scenario: str) -> list[str]:
    """Say for each figure of the summary in how many worlds the sign of each difference holds; none without worlds."""
    if study.worlds.empty:
        return []
    here = study.worlds[study.worlds["scenario"] == scenario]
    found = []
    for metric in SHOWN:
        rows = here[(here["metric"] == metric) & (here["difference"] != 0) & here["luck_sd"].notna()].to_dict("records")
        parts = [
            f"in {row['sign_holds']} of {row['worlds']} plausible worlds for `{row['arm']}` "
            f"({'higher' if row['difference'] > 0 else 'lower'} than in `{row['parent']}`)"
            for row in rows
        ]
        if parts:
            found.append(f"The sign of the difference in {IN_WORDS[metric]} holds {listing(parts)}.")
    return found


def whose_doubt(study: Study) -> str:
    """Say which part of the variance of differences lies between worlds."""
    main = study.worlds[study.worlds["metric"].isin(MAIN)]
    shares = [float(share) for share in main["worlds_share"] if math.isfinite(share)]
    middle = sorted(shares)[len(shares) // 2] if shares else math.nan
    return (
        f"Of the variance of a difference {percent(middle, 0)} (median over the main figures) lies between worlds; the "
        "rest is Monte Carlo error, which more replications make smaller."
    )
