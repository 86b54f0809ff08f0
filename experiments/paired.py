"""What the experiments on packages share: run them, pair them, write table, figure and hash beside the question.

An experiment names worlds (overrides that all packages of a world have in common), packages with the one that each
is compared with, and figures. A package meets the same persons with the same luck as its base, so differences are
paired by replication.
"""

from __future__ import annotations

import argparse
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from rich.console import Console

from experiments.findings import CHECKS, Change, Estimate, Part, estimate
from experiments.kept import committed, digest, note, put_between_marks
from experiments.sentences import cell_of
from experiments.strokes import draw
from sim.config.errors import UsageError, nearest, refusal
from sim.config.job import plan
from sim.config.worlds import read_table, table_of
from sim.figures.catalog import METRICS
from sim.lender.policies.shipped import USUAL_CARD
from sim.study.compare.compare import pooled
from sim.study.compare.intervals import mean_interval
from sim.study.run.runner import run_study
from sim.study.store.reading import read_closures, read_results

KEYS = ["world", "scenario", "arm"]


@dataclass(frozen=True)
class Figure:
    """What is compared.

    Attributes
    ----------
    title : str
        Heading of its column.
    formula : str
        Of figures of the month, each a mean over the months of a run: ``recovered / charged_off`` is a ratio of sums.
    unit : str
        ``%``: differences relative to the base's mean; anything else: differences in that unit.
    factor : float
        From the stored unit to ``unit``; for ``%`` to that of the mean, named in ``mean_unit``.
    """

    title: str
    formula: str
    unit: str = "%"
    factor: float = 1.0
    mean_unit: str = ""


@dataclass(frozen=True)
class Experiment:
    """A question about packages.

    Attributes
    ----------
    folder : Path
        Where README, table and figure lie; a package that is a file there is named by its stem.
    arms : mapping
        Package -> the one that it is compared with; empty for those that are only compared with.
    worlds : mapping
        Name -> overrides.
    strokes : sequence of str
        Titles of the figures that are drawn.
    borrowers, runs : int
        Persons of a run, and replications.
    reduced : sequence of str
        Overrides of the small form that a test runs.
    """

    folder: Path
    arms: Mapping[str, str]
    figures: Sequence[Figure]
    strokes: Sequence[str]
    worlds: Mapping[str, Sequence[str]]
    borrowers: int = 4000
    runs: int = 12
    scenarios: Sequence[str] = ("severe_recession",)
    settings: Sequence[str] = ()
    reduced: Sequence[str] = field(
        default=("study.replications=2", "population.borrowers=1500", "study.months=30", "study.burn_in=12")
    )

    def run(self, to: Path, more: Sequence[str] = (), change: Change = CHECKS[0]) -> pd.DataFrame:
        """Months of all worlds, each a study folder in ``to``; one that is finished there is read.

        What the twins said about closures stands in every month of its run.
        """
        names = [self._named(name) for name in self.arms]
        both = [f"study.arms=[{','.join(names)}]", f"study.scenarios=[{','.join(self.scenarios)}]"]
        both += [*self.settings, *change.overrides(self.borrowers, self.runs)]
        told = []
        for world, own in self.worlds.items():
            months = (
                lived([*both, *own, *more], to / world).astype({"arm": str, "scenario": str}).copy()
            )  # in one piece: columns are added
            judged = read_closures(to / world).assign(world=world)
            told.append(months.assign(world=world).merge(judged, on=[*KEYS, "replication"], how="left"))
        return pd.concat(told, ignore_index=True)

    def _named(self, arm: str) -> str:
        path = self.folder / f"{arm}.yaml"
        return f"'{path}'" if path.exists() else arm

    def table(self, months: pd.DataFrame) -> pd.DataFrame:
        """One row for each world, scenario, package and figure: mean, paired difference, 95 % interval (Student's).

        Differences in per cent are of the base's mean, which is taken as known.
        """
        found = self._runs(months)
        rows = []
        for world, scenario in dict.fromkeys(zip(months["world"], months["scenario"], strict=True)):
            for arm, base in self.arms.items():
                for figure in self.figures:
                    ours = found.loc[(world, scenario, arm), figure.title]
                    theirs = found.loc[(world, scenario, base), figure.title] if base else None
                    rows.append((world, scenario, arm, base, figure.title, *_compared(figure, ours, theirs)))
        names = [*KEYS, "base", "figure", "unit", "mean", "mean_unit", "difference", "low", "high", "replications"]
        return pd.DataFrame(rows, columns=names)

    def _runs(self, months: pd.DataFrame) -> pd.DataFrame:
        """Figures of every run; what an arm has no figure of counts as 0 there."""
        columns = [
            name
            for name in months.columns
            if months[name].dtype.kind in "iufb" and name not in ("month", "replication")
        ]
        means = months.groupby([*KEYS, "replication"])[columns].mean()
        means = means.where(means.groupby(KEYS).transform("count") > 0, 0.0)
        for name in columns:
            if name in METRICS and METRICS[name].base:
                means[name] = pooled(months, name, METRICS[name].base, [*KEYS, "replication"])
        return pd.DataFrame({figure.title: means.eval(figure.formula).astype(float) for figure in self.figures})

    def measure(
        self, parts: Sequence[Part], change: Change, to: Path, more: Sequence[str] = ()
    ) -> list[Estimate | None]:
        """Estimates of the parts under a change; only what they name is run, but for the experiment's own table.

        None where the worlds draw what a part's world sets: it cannot be held against them.

        Raises
        ------
        UsageError
            A part names a figure, package, scenario or world that the experiment has not.
        """
        every = [self.asked(part) for part in parts]
        drawn = read_table(table_of(USUAL_CARD))[0] if change.worlds else []
        asked = [one for one in every if not self._sets(one, drawn)]
        if not asked:
            return [None] * len(every)
        smaller = self if change.name == "own" else self._only(asked)
        found = smaller._runs(smaller.run(to, more, change))
        figures = {figure.title: figure for figure in self.figures}
        told: dict[tuple[str, ...], Estimate] = {}
        for one in asked:
            title, arm, base, scenario, world, than = one
            figure, ours = figures[title], found.loc[(world, scenario, arm), title]
            gap, unit = ours * figure.factor, figure.mean_unit or figure.unit
            if base or than:
                theirs = found.loc[(than or world, scenario, arm if than else base), title]
                gap, unit = (ours - theirs) * _scale(figure, theirs), figure.unit
            told[one] = estimate(gap.to_numpy(float), unit, change.worlds)
        return [told.get(one) for one in every]

    def _sets(self, asked: tuple[str, ...], keys: Sequence[str]) -> bool:
        """Whether the world of a part, or the one that it is compared with, sets one of these keys."""
        *_, world, than = asked
        given = [*self.worlds[world], *(self.worlds[than] if than else ())]
        return any(override.partition("=")[0] in keys for override in given)

    def asked(self, part: Part) -> tuple[str, ...]:
        """Figure, arm, base, scenario, world and the world compared with of a part, each a name of this experiment."""
        base = "" if part.against == "level" else part.against or self.arms.get(part.arm, "")
        scenario, world = part.scenario or self.scenarios[0], part.world or next(iter(self.worlds))
        asked = (part.figure, part.arm, base, scenario, world, part.than)
        titles = [figure.title for figure in self.figures]
        known = (titles, [*self.arms], ["", *self.arms], self.scenarios, [*self.worlds], ["", *self.worlds])
        keys = ("figure", "arm", "against", "scenario", "world", "than")
        for key, name, names in zip(keys, asked, known, strict=True):
            if name not in names:
                raise UsageError(refusal(key, name, ", ".join(names), nearest(name, names)))
        return asked

    def _only(self, asked: Sequence[tuple[str, ...]]) -> Experiment:
        """Leave out figures, packages, scenarios and worlds that are not asked for."""
        titles, arms, bases, scenarios, worlds, others = map(set, zip(*asked, strict=True))
        needed = arms | bases
        needed |= {base for arm, base in self.arms.items() if arm in needed}
        return replace(
            self,
            arms={arm: base for arm, base in self.arms.items() if arm in needed},
            figures=[figure for figure in self.figures if figure.title in titles],
            scenarios=[name for name in self.scenarios if name in scenarios],
            worlds={name: own for name, own in self.worlds.items() if name in worlds | others},
        )

    def text(self, table: pd.DataFrame) -> str:
        """The table as committed: rounded to what another machine's last bits cannot move."""
        return table.to_csv(index=False, na_rep="n/a", float_format="%.4g", lineterminator="\n")

    def markdown(self, table: pd.DataFrame) -> str:
        """Tables of differences for the README, one for each world and scenario, the bases' means above."""
        parts = []
        for (world, scenario), block in table.groupby(["world", "scenario"], sort=False):
            cells = {(row["arm"], row["figure"]): cell_of(row) for row in block.to_dict("records")}
            heads = [f"{arm} against {base}" if base else f"{arm}: level" for arm, base in self.arms.items()]
            lines = [f"**{world.replace('_', ' ')}, {scenario.replace('_', ' ')}**", ""]
            lines += [f"| figure | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
            for figure in self.figures:
                row = [cells[arm, figure.title] for arm in self.arms]
                lines.append(f"| {figure.title} | {' | '.join(row)} |")
            parts += ["\n".join(lines)]
        known = table[table["low"].notna()]
        outside = int(((table["low"] > 0) | (table["high"] < 0)).sum())
        runs = int(table["replications"].max())
        parts.append(
            f"{runs} replications. ± is half of the 95 % interval of the paired difference, Monte Carlo error alone. "
            f"Of {len(known)} intervals {outside} exclude zero; about {math.ceil(0.05 * len(known))} would by luck."
        )
        return "\n\n".join(parts)

    def write(self, table: pd.DataFrame) -> None:
        """Write table, figure, hash, and the README's tables between their marks."""
        text = self.text(table)
        table = committed(io.StringIO(text))
        (self.folder / "table.csv").write_text(text, encoding="utf-8")
        (self.folder / "differences.svg").write_text(draw(table, self.strokes, self.folder.name), encoding="utf-8")
        note(self.folder, table=digest(text))
        put_between_marks(self.folder / "README.md", self.markdown(table))

    def redo(self, to: Path, more: Sequence[str] = ()) -> None:
        """Run the experiment and its small form, ``more`` on the machine alone, and write what its page shows."""
        self.write(self.table(self.run(to / CHECKS[0].name, more)))
        small = self.table(self.run(to / "reduced", [*self.reduced, *more]))
        note(self.folder, reduced=digest(self.text(small)))

    def main(self, about: str) -> None:
        """Read the command line and do what it says."""
        parser = argparse.ArgumentParser(description=about)
        parser.add_argument("overrides", nargs="*", help="further overrides; the table is then printed, not written")
        parser.add_argument("--reduced", action="store_true", help="the small form that a test runs")
        parser.add_argument("--to", type=Path, default=Path("out"), help="where study folders stay (default: out)")
        given = parser.parse_args()
        changed = any(not text.startswith("machine.") for text in given.overrides)  # no machine changes a result
        name = self.folder.name + "_reduced" * given.reduced + "_changed" * changed
        small = self.reduced if given.reduced else ()
        table = self.table(self.run(given.to / name, [*small, *given.overrides]))
        print(self.markdown(table))
        if given.reduced and not changed:
            note(self.folder, reduced=digest(self.text(table)))
        elif not changed:
            self.write(table)


def lived(overrides: Sequence[str], folder: Path) -> pd.DataFrame:
    """Months of a study, kept in a folder without a report; one that is finished there is read."""
    return read_results(run_study(plan(overrides), folder, console=Console(file=io.StringIO())))


def _compared(figure: Figure, ours: pd.Series, theirs: pd.Series | None) -> tuple[object, ...]:
    mean = float(ours.mean()) * figure.factor
    mean_unit = figure.mean_unit or figure.unit
    if theirs is None:
        return figure.unit, mean, mean_unit, math.nan, math.nan, math.nan, len(ours)
    gap = (ours - theirs).to_numpy(float) * _scale(figure, theirs)
    return figure.unit, mean, mean_unit, *mean_interval(gap), len(gap)


def _scale(figure: Figure, theirs: pd.Series) -> float:
    """What a difference is multiplied by: a base that is nothing has no per cent."""
    level = abs(float(theirs.mean()))
    return figure.factor if figure.unit != "%" else 100.0 / level if level else math.nan
