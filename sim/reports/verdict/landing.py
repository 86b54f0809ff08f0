"""Whose loans the claims under a scheme are on: firms by sector and size, persons together."""

from __future__ import annotations

from sim.reports.chapters.gainers import named
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
        share, firms = telling.percent(parts[name].values()), named(BY, name, say)
        whose = "persons" if name == PERSONS else "firms"
        blanks = {} if name == PERSONS else {"segment": firms[:1].lower() + firms[1:]}
        items.append(say(f"verdict.claims_of_{whose}", share=share, **blanks))
    left = len(parts) - LARGEST
    rest = say("verdict.claims_left", count=left) if left > 0 else ""
    return say("verdict.claims", arm=telling.package(arm), items=telling.joined(items), rest=rest)
