"""Whose loans the claims under a scheme are on: firms by sector and size, persons together."""

from __future__ import annotations

from sim.reports.chapters.gainers import part_of
from sim.reports.folder import Study
from sim.reports.verdict.telling import Telling

LARGEST = 3
"""Segments that a sentence names (our choice)."""
PERSONS = "persons"
BY = "sector_size"


def claimants(study: Study, arm: str) -> dict[str, dict[str, float]]:
    """Return the part of all claims that each segment has, by economy.

    Returns
    -------
    dict of str to dict of str to float
        Segments, that with the largest part in any economy first; of sums over all months and runs. Empty where the
        study keeps no segments or nothing is claimed.
    """
    found = study.segments
    if found.empty:
        return {}
    of_firms = (found["borrower"] == "firms") & (found["dimension"] == BY)
    of_persons = (found["borrower"] == PERSONS) & (found["dimension"] == "product")
    mine = found[(found["arm"] == arm) & (of_firms | of_persons)]
    segment = mine["segment"].where(mine["borrower"] == "firms", PERSONS)
    claims = mine["claims"].groupby([segment, mine["scenario"]]).sum().unstack(fill_value=0)
    whole = claims.sum()
    parts = claims.loc[:, whole > 0] / whole[whole > 0]
    largest = parts.max(axis=1)
    order = largest[largest > 0].sort_values(ascending=False, kind="stable").index
    return {str(name): {str(place): float(part) for place, part in parts.loc[name].items()} for name in order}


def sentence(arm: str, parts: dict[str, dict[str, float]], telling: Telling) -> str:
    """Say whose loans most of what is claimed is on, lowest to highest of the economies."""
    say, items = telling.say, []
    for name in list(parts)[:LARGEST]:
        share = telling.percent(parts[name].values())
        if name == PERSONS:
            items.append(say("verdict.claims_of_persons", share=share))
            continue
        sector, _, size = name.rpartition(" ")
        items.append(say("verdict.claims_of_firms", share=share, sector=part_of(sector, say), size=part_of(size, say)))
    left = len(parts) - LARGEST
    rest = say.counted("verdict.claims_left", left) if left > 0 else ""
    over = say("verdict.claims_over") if any(len(places) > 1 for places in parts.values()) else ""
    return say("verdict.claims", arm=telling.package(arm), over=over, items=telling.joined(items), rest=rest)
