"""CPU time of a month here and at another commit, in alternating runs: ``python benchmarks/against.py REVISION``.

Each size is lived in fresh processes, one of each commit after the other, several times; the quickest third of the
months of each process counts, then the median over processes. Ratios above 1 say that this commit is quicker. *In
loops* is the part of a month of this commit that native loops take; the rest is Python. ``--sizes
20000,20000:firms=none`` chooses what is lived: persons, then overrides.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = "3000,10000,20000,300000,10000:firms=none,20000:firms=none,300000:firms=none"
MONTHS = """
import dataclasses, sys, time
import sim
persons, months, *overrides = sys.argv[1:]
config = sim.compose([f"population.borrowers={persons}", *overrides])
config = dataclasses.replace(config, machine=dataclasses.replace(config.machine, threads=1))
model = sim.Model(config)
model.by_hand = False
in_loops = 0.0
try:
    from sim.engine.loops import working
    drive = working.drive
    def timed(*given):
        global in_loops
        start = time.process_time()
        drive(*given)
        in_loops += time.process_time() - start
    working.drive = timed
except ImportError:
    pass  # an older commit, of which the whole month is asked alone
for _ in range(12):
    model.step()
told = []
for _ in range(int(months)):
    in_loops, start = 0.0, time.process_time()
    model.step()
    told.append((time.process_time() - start, in_loops, int((model.accounts["alive"][:] > 0).sum())))
best = sorted(told)[: max(1, len(told) // 3)]
print(*(sum(column) / len(best) for column in zip(*best)))
"""


@dataclass(frozen=True)
class Month:
    """CPU seconds of a month, of these in native loops, and the persons who lived it."""

    seconds: float
    in_loops: float
    living: float

    @classmethod
    def lived(cls, root: Path, cache: Path, size: str, months: int) -> Month:
        """Live months of a commit in a process of its own."""
        persons, _, overrides = size.partition(":")
        environment = {**os.environ, "PYTHONPATH": str(root), "CREDITCYCLE_CACHE": str(cache)}
        command = [sys.executable, "-c", MONTHS, persons, str(months), *overrides.split()]
        done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
        return cls(*map(float, done.stdout.split()))


HEAD = f"{'persons':<28}{'ms here':>9}{'ms there':>10}{'ratio':>7}{'ns a living row':>17}{'M/s':>7}{'in loops':>10}"


def line(size: str, ours: list[Month], theirs: list[Month]) -> str:
    """What months of one size took here and there."""
    now, then = (statistics.median(month.seconds for month in months) for months in (ours, theirs))
    living = statistics.median(month.living for month in ours)
    loops = statistics.median(month.in_loops for month in ours) / now
    figures = f"{1e3 * now:9.2f}{1e3 * then:10.2f}{then / now:7.2f}{1e9 * now / living:17.0f}"
    return f"{size:<28}{figures}{living / now / 1e6:7.1f}{loops:10.0%}"


def main() -> None:
    """Read the command line, live the months and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("revision", help="commit to compare with")
    parser.add_argument("--sizes", default=SIZES, help="persons[:overrides], by commas")
    parser.add_argument("--months", type=int, default=36, help="months that are timed")
    parser.add_argument("--times", type=int, default=3, help="processes of each commit")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        there, sizes = Path(folder) / "there", given.sizes.split(",")
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", there, given.revision], cwd=ROOT, check=True)
        try:
            print(HEAD)
            for size in sizes:
                found: dict[Path, list[Month]] = {ROOT: [], there: []}
                for turn in range(given.times + 1):
                    for root, told in found.items():
                        month = Month.lived(root, Path(folder) / f"cache-{root.name}", size, given.months)
                        told += [month] if turn else []  # the first process compiles
                print(line(size, *found.values()), flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", there], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
