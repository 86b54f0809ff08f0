"""What each control does: paired effect of switching it on, on the figure named for it.

``python -m validation.mechanisms --seeds 20`` runs every claim and writes ``docs/mechanisms.md``. A claim
names what is compared with what, the figure, its direction and the least effect, all fixed before the run.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import stats

from sim.config.compose import compose
from sim.figures.catalog import METRICS
from sim.month.model import Model
from sim.study.run.burn_in import release
from validation.checks import FAMILY_LEVEL, holm
from validation.claims import CLAIMS, Claim

BURN_IN, MONTHS = 24, 48
PAGE = Path(__file__).resolve().parents[1] / "docs" / "mechanisms.md"
FIGURES = PAGE.with_suffix(".csv")
KEYS = ("control", "against", "figure")
NUMBERS = ("mean", "difference", "error", "p")
SIZE = ("seeds", "borrowers")


@dataclass(frozen=True)
class Effect:
    """Measured effect of a claim: mean without, paired difference, its standard error, two-sided p."""

    claim: Claim
    mean: float
    difference: float
    error: float
    p: float

    @property
    def relative(self) -> float:
        """Difference over the mean without the control; the difference itself where that mean is 0."""
        return self.difference / abs(self.mean) if self.mean else self.difference

    def passes(self, adjusted: float) -> bool:
        """Whether the figure moved as claimed, beyond chance and by the least effect."""
        return adjusted < FAMILY_LEVEL and self.claim.sign * self.relative >= self.claim.least


@cache
def figure(claim_figure: str, seed: int, borrowers: int, overrides: tuple[str, ...]) -> float:
    """Mean of a figure over the months after the policy date, by their base where it has one; ``a/b`` is a ratio.

    A figure that a run without the control does not have counts as 0.
    """
    told = history(seed, borrowers, overrides)
    top, _, bottom = claim_figure.partition("/")
    nothing = np.zeros(MONTHS)
    above, below = (told.get(METRICS[name].name, nothing) for name in (top, bottom or top))
    if bottom:
        whole = float(below.sum())
        return float(above.sum()) / whole if whole else 0.0
    months = told[METRICS[top].base] if METRICS[top].base else np.ones(MONTHS)
    return float((above * months).sum() / months.sum()) if months.sum() else 0.0


@cache
def history(seed: int, borrowers: int, overrides: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Figures of one run, month by month from the policy date on."""
    fixed = (f"seed={seed}", f"population.borrowers={borrowers}", f"study.burn_in={BURN_IN}", "machine.threads=1")
    model = Model(compose([*fixed, *overrides]))
    for _ in range(BURN_IN + MONTHS):
        model.step()
    told = {name: np.array([record[name] for record in model.records[BURN_IN:]]) for name in model.record}
    release(model)
    return told


def effect(claim: Claim, seeds: Sequence[int], borrowers: int) -> Effect:
    """Measure a claim: the same seeds, persons and luck with the control and without."""
    before = np.array([figure(claim.figure, seed, borrowers, claim.base) for seed in seeds])
    after = np.array([figure(claim.figure, seed, borrowers, claim.changed) for seed in seeds])
    difference = after - before
    error = float(difference.std(ddof=1) / np.sqrt(len(seeds)))
    p = float(stats.ttest_1samp(difference, 0.0).pvalue) if error > 0 else float(not difference.any())
    return Effect(claim, float(before.mean()), float(difference.mean()), error, p)


def table(effects: Sequence[Effect], seeds: int, borrowers: int) -> str:
    """The page: one row a claim, Holm-adjusted over all of them."""
    adjusted = holm([found.p for found in effects])
    quantile = float(stats.t.ppf(0.975, seeds - 1))
    lines = [
        "# What each control does",
        "",
        "Made by `python -m validation.mechanisms`. Each row switches one control on and names the figure",
        "that should move, its direction and the least effect, all written down in `validation/claims.py`.",
        f"{seeds} seeds of {borrowers:,} persons, {MONTHS} months after {BURN_IN} of burn-in; runs are paired.",
        "The interval (95 %) is of the paired difference over the mean without the control, Monte Carlo error",
        "alone. *p* is two-sided, adjusted for the number of rows (Holm, 1979); a row passes below .01 with at",
        "least the least effect. `mechanisms.csv` holds the figures; `--only TEXT` measures the rows whose control",
        "contains a text again and leaves the others as they were measured before.",
        "",
        "| control | compared with | figure | without | effect | 95 % interval | least | p | passes |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(found, p, quantile) for found, p in zip(effects, adjusted, strict=True)),
    ]
    return "\n".join([*lines, *REMARK])


def _verdict(found: Effect, p: float) -> str:
    """Whether it passes, and why not; a reason beside a row that passes has no business there."""
    why = found.claim.unmet
    if found.passes(p):
        return f"yes, in spite of: {why}" if why else "yes"
    return f"no: {why}" if why else "NO"


def _row(found: Effect, p: float, quantile: float) -> str:
    claim, scale = found.claim, abs(found.mean) or 1.0
    low, high = (100 * (found.difference + side * quantile * found.error) / scale for side in (-1, 1))
    unit = " %" if found.mean else ""
    if not found.mean:
        low, high = low / 100, high / 100
    shown = 100 * found.relative if found.mean else found.relative
    least = f"{claim.sign * 100 * claim.least:+g} %" if found.mean else f"{claim.sign * claim.least:+g}"
    return (
        f"| {claim.control} | {claim.against} | {claim.says} | {found.mean:.4g} | {shown:+.3g}{unit} "
        f"| {low:+.3g} to {high:+.3g}{unit} | {least} | {p:.2g} | {_verdict(found, p)} |"
    )


def stored(path: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """Rows measured before, by control, what it is compared with, and figure; empty where there is no file."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {tuple(row[name] for name in KEYS): row for row in csv.DictReader(file)}


def merged(found: Sequence[Effect], before: Mapping[tuple[str, ...], Mapping[str, str]]) -> list[Effect]:
    """All claims in their order: as measured now, else as measured before; claims never measured are left out."""
    now = {_key(one.claim): one for one in found}
    rows = []
    for claim in CLAIMS:
        key = _key(claim)
        if key in now:
            rows.append(now[key])
        elif key in before:
            rows.append(Effect(claim, *(float(before[key][name]) for name in NUMBERS)))
    return rows


def _key(claim: Claim) -> tuple[str, ...]:
    return claim.control, claim.against, claim.figure


def store(path: Path, effects: Sequence[Effect], seeds: int, borrowers: int) -> None:
    """Write the figures, one row a claim, with the size of the runs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*KEYS, *NUMBERS, *SIZE])
        for found in effects:
            numbers = [repr(float(getattr(found, name))) for name in NUMBERS]
            writer.writerow([*_key(found.claim), *numbers, seeds, borrowers])


REMARK = (
    "",
    "Rows that do not pass say why; nothing was changed after the run to make them pass.",
    "",
)


def main() -> int:
    """Measure claims, print the table, and write the page and its figures; 2 when rows of other sizes would mix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--borrowers", type=int, default=4_000)
    parser.add_argument(
        "--only",
        nargs="+",
        default=[""],
        metavar="TEXT",
        help="measure claims whose control contains it, keep the others",
    )
    parser.add_argument("--dry", action="store_true", help="print the rows that were measured and write nothing")
    given = parser.parse_args()
    before = stored(FIGURES) if given.only != [""] else {}
    sizes = {tuple(row[name] for name in SIZE) for row in before.values()}
    if sizes - {(str(given.seeds), str(given.borrowers))} and not given.dry:
        words = ", ".join(f"--seeds {seeds} --borrowers {borrowers}" for seeds, borrowers in sorted(sizes))
        sys.stderr.write(f"--only: the other rows were measured with {words}; rows of other sizes are not mixed\n")
        return 2
    claims = [claim for claim in CLAIMS if any(text in claim.control for text in given.only)]
    effects = [effect(claim, range(101, 101 + given.seeds), given.borrowers) for claim in claims]
    print(table(effects, given.seeds, given.borrowers))
    if not given.dry:
        rows = merged(effects, before)
        store(FIGURES, rows, given.seeds, given.borrowers)
        PAGE.write_text(table(rows, given.seeds, given.borrowers), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
