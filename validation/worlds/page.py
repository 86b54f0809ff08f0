"""What is written of worlds: their table, and the page that says what they are and whether the drawing is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.fit.posterior import Posterior, chosen, posterior, ranks
from validation.targets.page import number
from validation.worlds.draws import DIGITS, FIGURES, PRIOR, Floats, Table, shipped
from validation.worlds.posterior import errors, uniform

Found = tuple[Posterior, Floats, Floats]
TRUTHS = 200
ROWS = 64
ENDS = np.array(list(PRIOR.values()))
MIDDLE = np.array([(target.low + target.high) / 2 for target in FIGURES])
HALF = np.array([(target.high - target.low) / 2 for target in FIGURES])
SOURCES = [target.source for target in FIGURES]


def whole(table: Table) -> Table:
    """Draws with the middle of its band for a figure that could not be measured, which then says nothing."""
    return Table(table.values, np.where(np.isfinite(table.seen), table.seen, MIDDLE))


def error_of(preset: Table) -> Floats:
    """Standard error that each figure is granted: half its band, or what the preset misses where that is more."""
    return np.maximum(HALF, np.abs(preset.seen.mean(axis=0) - MIDDLE))


def compared(prior: Table, preset: Table) -> tuple[Floats, Floats]:
    """Places of the draws in the prior, and their figures with error, in errors from the middle of the band."""
    places = (prior.values - ENDS[:, 0]) / np.ptp(ENDS, axis=1)
    return places, (prior.seen - MIDDLE) / error_of(preset) + errors(len(places), SOURCES)


def values_of(places: Floats) -> Floats:
    """Values at places in the prior, rounded as they are written."""
    values = ENDS[:, 0] + places * np.ptp(ENDS, axis=1)
    return np.array([[float(f"{value:.{DIGITS - 1}g}") for value in row] for row in values])


def worlds_csv(values: Floats, draws: int) -> str:
    """The table that a study reads, a row for each world."""
    head = (
        f"# Plausible worlds: values given published figures, from {draws} draws. `python -m validation.worlds` wrote",
        "# them, docs/worlds.md says how. Every beginning of the list spans the posterior; all weigh the same.",
    )
    rows = [",".join(f"{value:g}" for value in row) for row in values]
    return "\n".join([*head, ",".join(PRIOR), *rows]) + "\n"


def found_in(prior: Table, preset: Table) -> Found:
    """Return the posterior, the worlds of the table, and the ranks of made-up truths."""
    places, seen = compared(prior, preset)
    given = posterior(places, seen, np.zeros(len(FIGURES)))
    return given, values_of(chosen(given, ROWS)), ranks(places, seen, min(TRUTHS, len(places)))


def text_of(prior: Table, preset: Table, lived: Table, found: Found, size: str) -> str:
    """Write what stands between the page's marks: numbers, the check, and what the worlds give for every figure."""
    given, values, rank = found
    mean = (given.weights[:, None] * given.places).sum(axis=0)
    spread = np.sqrt((given.weights[:, None] * (given.places - mean) ** 2).sum(axis=0))
    p_values = [uniform(column) for column in rank.T]
    passed = sum(p > 0.05 for p in p_values)
    lines = [
        f"{len(prior.values)} draws, each of {size}; {given.effective:.0f} effective; {len(values)} worlds,"
        f" of which the first {len(lived.values)} were lived for the last table. Made-up truths: {len(rank)}."
        f" **Ranks are even (p above .05) for {passed} of {len(p_values)} numbers.**",
        "",
        "| key | low | high | preset | mean | sd over the prior's | worlds: least to greatest | p of ranks |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for place, (key, (low, high)) in enumerate(PRIOR.items()):
        cells = [f"{low:g}", f"{high:g}", f"{shipped()[place]:g}", number(low + mean[place] * (high - low))]
        column = values[:, place]
        cells += [f"{spread[place] * 12**0.5:.2f}", f"{number(column.min())} to {number(column.max())}"]
        lines.append(f"| {key} | {' | '.join(cells)} | {p_values[place]:.2f} |")
    lines += ["", *_figures(prior, preset, lived)]
    return "\n".join(lines)


def _figures(prior: Table, preset: Table, lived: Table) -> Sequence[str]:
    """What every figure is in the preset and in the worlds, with the error that it was granted."""
    granted, by_luck = error_of(preset), np.std(preset.seen, axis=0, ddof=1)
    lines = [
        "| figure | band | error granted | sd by luck | prior | preset | worlds: mean | worlds: least to greatest |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for place, target in enumerate(FIGURES):
        ours = lived.seen[:, place]
        cells = [f"{number(target.low)} to {number(target.high)}", number(granted[place]), number(by_luck[place])]
        cells += [number(float(table.seen[:, place].mean())) for table in (prior, preset, lived)]
        cells.append(f"{number(float(ours.min()))} to {number(float(ours.max()))}")
        lines.append(f"| {target.definition} | {' | '.join(cells)} |")
    return lines
