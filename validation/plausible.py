"""Is the world plausible: calm figures against their bands, stationarity, and the shape of a recession.

``python -m validation.plausible --seeds 30`` prints the table and writes it to ``docs/calibration.md``
between its two marks.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.config.compose import compose
from sim.month.model import Model
from sim.study.run.burn_in import release

BURN_IN = 24
YEAR = 12
SHOCK = 12  # months from the policy date to the shock
PAGE = Path(__file__).resolve().parents[1] / "docs" / "calibration.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

BANDS: dict[str, tuple[str, float, float, str]] = {
    "delinquent_30": ("30+ by balance, persons, calm", 0.012, 0.019, "share of balance"),
    "charge_offs": ("charged off over outstanding, calm", 0.010, 0.016, "a year"),
    "ratio_90_30": ("90+ over 30+ at 360 days, calm", 0.63, 0.75, "ratio"),
    "can_pay": ("defaulters who could pay, calm", 0.15, 0.40, "share of defaults"),
    "failures": ("firms that fail, calm", 0.02, 0.07, "share a year"),
    "firm_90": ("90+ by balance, firms, calm", 0.005, 0.035, "share of balance"),
    "unemployment": ("unemployment where firms decide on jobs, calm", 0.035, 0.06, "share of persons"),
    "peak": ("severe recession: 30+ at its peak quarter over its start", 1.6, 2.6, "ratio"),
    "lag": ("severe recession: months from shock to peak", 3, 24, "months"),
    "end": ("severe recession: 30+ in the last year over its start", 0.8, 1.4, "ratio"),
}
STATIONARY = (
    *("person_delinquent_30", "person_delinquent_90", "approval_rate", "capital_ratio", "median_cash"),
    *("output", "firms", "unemployment"),
)


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, what it should be, what came out, and its sampling error."""

    name: str
    low: float
    high: float
    unit: str
    got: float
    interval: tuple[float, float]

    @property
    def passes(self) -> bool:
        """Whether the figure lies in its band."""
        return self.low <= self.got <= self.high


def history(economy: str, seed: int, borrowers: int, months: int) -> dict[str, np.ndarray]:
    """Records of one run by metric, burn-in included, shape (BURN_IN + months,)."""
    model = Model(compose([f"economy={economy}", f"seed={seed}", f"population.borrowers={borrowers}"]))
    for _ in range(BURN_IN + months):
        model.step()
    told = {name: np.array([record.get(name, 0) for record in model.records]) for name in model.record}
    release(model)
    return told


def arrears_and_losses(runs: Sequence[dict[str, np.ndarray]], months: slice) -> dict[str, np.ndarray]:
    """Persons' arrears, shares of balance, and gross charge-offs a year over loans, in some months; shape (runs,)."""
    late = np.array([run["person_delinquent_90"][months].mean() for run in runs])
    thirty = np.array([run["person_delinquent_30"][months].mean() for run in runs])
    # Of persons: firms lose more, and have a row of their own.
    losses = [(run["charged_off"] - run["firm_charged_off"], run["person_outstanding"]) for run in runs]
    return {
        "delinquent_30": thirty,
        "charge_offs": np.array([YEAR * lost[months].sum() / owed[months].sum() for lost, owed in losses]),
        "ratio_90_30": late / thirty,
    }


def calm_figures(runs: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Calm figures of each run over the months after the burn-in, shape (runs,)."""
    after = slice(BURN_IN, None)
    weight = [run["defaults"][after] for run in runs]
    could = [run["can_pay_defaults"][after] for run in runs]
    return {
        **arrears_and_losses(runs, after),
        "failures": np.array([run["firm_failure_rate"][after].mean() for run in runs]),
        "firm_90": np.array([run["firm_delinquent_90"][after].mean() for run in runs]),
        "unemployment": np.array([run["unemployment"][after].mean() for run in runs]),
        "can_pay": np.array([np.average(share, weights=count) for share, count in zip(could, weight, strict=True)]),
    }


def recession_figures(runs: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Shape of the recession: of the mean path, because one path's peak is mostly noise; shape (1,)."""
    path = np.mean([run["person_delinquent_30"][BURN_IN:] for run in runs], axis=0)
    smooth = np.convolve(path, np.ones(3) / 3, mode="valid")
    start = path[:SHOCK].mean()
    top = int(np.argmax(smooth))
    return {
        "peak": np.array([smooth[top] / start]),
        "lag": np.array([top + 1.0 - SHOCK]),
        "end": np.array([path[-YEAR:].mean() / start]),
    }


def drift_of(runs: Sequence[dict[str, np.ndarray]], name: str) -> np.ndarray:
    """Last-year mean over first-year mean less 1 after the burn-in, shape (runs,)."""
    first, last = slice(BURN_IN, BURN_IN + YEAR), slice(-YEAR, None)
    return np.array([run[name][last].mean() / run[name][first].mean() - 1.0 for run in runs])


def figures(seeds: int, borrowers: int, months: int = 60) -> list[Figure]:
    """All figures from that many seeds: 1, 2, 3 and so on, fixed in advance."""
    calm = [history("calm", seed, borrowers, months) for seed in range(1, seeds + 1)]
    severe = [history("severe_recession", seed, borrowers, months) for seed in range(1, seeds + 1)]
    values = calm_figures(calm) | recession_figures(severe)
    found = []
    for key, (name, low, high, unit) in BANDS.items():
        sample = values[key]
        error = 1.645 * sample.std(ddof=1) / np.sqrt(len(sample)) if len(sample) > 1 else 0.0
        mean = float(sample.mean())
        found.append(Figure(name, low, high, unit, mean, (mean - error, mean + error)))
    for name in STATIONARY:
        sample = drift_of(calm, name)
        error = 1.645 * sample.std(ddof=1) / np.sqrt(len(sample)) if len(sample) > 1 else 0.0
        mean = float(sample.mean())
        found.append(
            Figure(f"drift of {name} over 5 calm years", -0.10, 0.10, "share", mean, (mean - error, mean + error))
        )
    return found


def table(found: Sequence[Figure], seeds: int, borrowers: int) -> str:
    """The figures as a Markdown table."""
    lines = [
        f"{seeds} seeds of {borrowers:,} borrowers; intervals are 90 % of the mean over seeds, Monte Carlo error.",
        "",
        "| figure | unit | band | got | 90 % interval | in band |",
        "|---|---|---|---|---|---|",
    ]
    for figure in found:
        low, high = figure.interval
        spread = f"{low:.4g} to {high:.4g}" if low != high else "of the mean path"
        lines.append(
            f"| {figure.name} | {figure.unit} | {figure.low:g} to {figure.high:g} | {figure.got:.4g} | {spread} "
            f"| {'yes' if figure.passes else 'NO'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--borrowers", type=int, default=20_000)
    given = parser.parse_args()
    text = table(figures(given.seeds, given.borrowers), given.seeds, given.borrowers)
    print(text)
    if PAGE.exists():
        page = PAGE.read_text()
        head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
        PAGE.write_text(f"{head}\n{text}\n{tail}")


if __name__ == "__main__":
    main()
