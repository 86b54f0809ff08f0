"""Figures as a page prints them: findings that hold, those that do not, the table of both, and a table's cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.findings import Claim, Estimate, Measured, Part, failures
from sim.config.errors import UsageError

BEGIN, END = "<!-- findings: begin -->", "<!-- findings: end -->"
MINUS = "\N{MINUS SIGN}"
HEAD = (
    "| claim | figure | bounds | own | half | ten times | other seeds | worlds | |",
    "|---|---|---|---|---|---|---|---|---|",
)
AGAIN = (("half",), ("ten times",), ("other seeds", "more seeds"))


def section(claims: Sequence[Claim], measured: Measured, *, brief: bool = False) -> str:
    """The sentences that hold; where they are not all that is asked for, those that do not, and the table of both."""
    found, lost, missing, rows = [], [], [], []
    for claim in claims:
        known = {place: measured.get(part.key(), {}) for place, part in claim.parts.items()}
        if not all("own" in one for one in known.values()):
            missing.append(f"- {claim.says.format(**dict.fromkeys(known, '…'))}")
            continue
        said = claim.says.format(**{place: shown(claim.parts[place], one["own"]) for place, one in known.items()})
        failed = {place: failures(claim.parts[place], one) for place, one in known.items()}
        where = [name for name in _names(known) if any(name in one for one in failed.values())]
        if where:
            lost.append(f"- *Not robust* ({', '.join(where)}): {said}")
        else:
            found.append(f"- {said}")
        rows += [_row(claim, place, one, failed[place]) for place, one in known.items()]
    blocks = [
        ["", *found],
        ["Looked for and not found:", "", *lost],
        ["Not measured yet:", "", *missing],
        [*HEAD, *rows],
    ]
    asked = [found] if brief else [found, lost, missing, rows]
    return "\n\n".join("\n".join(block) for block, has in zip(blocks, asked, strict=False) if has).strip()


def _names(known: Mapping[str, Mapping[str, Estimate]]) -> list[str]:
    return list(dict.fromkeys(name for one in known.values() for name in one))


def _row(claim: Claim, place: str, found: Mapping[str, Estimate], failed: Sequence[str]) -> str:
    part, own = claim.parts[place], found["own"]
    what = f"{part.figure}, {part.arm}" + (f" against {part.against}" if part.against not in ("", "level") else "")
    what += "".join(f", {name.replace('_', ' ')}" for name in (part.scenario, part.world) if name)
    what += f" than {part.than.replace('_', ' ')}" if part.than else ""
    ends = [f"above {part.above:g}"] * math.isfinite(part.above) + [f"below {part.below:g}"] * math.isfinite(part.below)
    again = [", ".join(number(found[n].value, _half(found[n])) for n in names if n in found) for names in AGAIN]
    worlds = found["worlds"].worlds if "worlds" in found else ()
    cells = [f"{claim.name}: {place}", what, " and ".join(ends).replace("-", MINUS)]
    cells += [signed(own.value, _half(own), own.unit), *(cell or "n/a" for cell in again)]
    cells += [f"{sum(map(part.inside, worlds))} of {len(worlds)}" if worlds else "n/a"]
    verdict = f"no: {', '.join(failed)}" if failed else "ROBUST" if len(found) > 1 else "holds, own only"
    return f"| {' | '.join([*cells, verdict])} |"


def cell_of(row: Mapping[str, Any]) -> str:
    """Level of what others are compared with, or a difference with half its interval."""
    if not row["base"]:
        return f"{number(row['mean'], abs(row['mean']) / 30)} {row['mean_unit']}".strip()
    if row["low"] == row["high"] == row["difference"] == 0:
        return "the same"
    half = (row["high"] - row["low"]) / 2
    return f"{number(row['difference'], half, '+')} ± {number(half, half)} {row['unit']}".strip()


def shown(part: Part, found: Estimate) -> str:
    """A figure in a sentence: turned where it must be negative, as the words then say that it falls."""
    return signed(-found.value if part.below <= 0 else found.value, _half(found), found.unit)


def signed(value: float, half: float, unit: str) -> str:
    """A figure with half of its interval and its unit."""
    error = f" ± {number(half, half)}" if half > 0 else ""
    return f"{number(value, half)}{error} {unit}".strip()


def _half(found: Estimate) -> float:
    return (found.high - found.low) / 2


def number(value: float, error: float, sign: str = "") -> str:
    """Write a number with as many decimals as its error leaves meaning to."""
    if not math.isfinite(value) or not math.isfinite(error):
        return "n/a" if not math.isfinite(value) else f"{value:.3g}".replace("-", MINUS)
    if error == 0:
        return f"{value:{sign if value else ''},.4g}".replace("-", MINUS)
    if max(abs(value), error) < 1e-3:
        return f"{value:{sign}.0e}".replace("-", MINUS)
    decimals = 0 if error >= 10 else max(0, min(4, 1 - math.floor(math.log10(error))))
    return f"{value:{sign},.{decimals}f}".replace("-", MINUS)


def page(file: Path, text: str) -> str:
    """A page with the section between its marks replaced."""
    before, mark, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    if not mark:
        raise UsageError(f"{file}: lacks {BEGIN}")
    return f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}"
