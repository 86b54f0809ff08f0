"""Tell whether a change of the code has changed a result: every figure of every month, to the bit.

    python tools/same_bits.py keep FILE       live all configurations, keep what they gave
    python tools/same_bits.py compare FILE    live them again and name every figure that is not the same

Each option of each group is lived once over one world with firms, then the neutral world without firms, the shipped
packages, and random mixtures of everything with and without firms. Rules run as plain Python, so that nothing is
compiled; ``--compiled`` runs them compiled. Figures that only one side has are counted, not compared; a month of the
burn-in without a figure counts as 0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WORLD = (
    *("population.borrowers=240", "firms.per_person=0.12", "study.burn_in=4", "machine.threads=1"),
    *("economy=severe_recession", "economy.shock_lag=0", "lender.charge_off_months=5", "study.inclusion=true"),
)
MONTHS, MIXTURES = 14, 24
LEFT_OUT = ("study", "design", "machine", "report")  # what a study is, not what happens in a month


def configurations() -> dict[str, list[str]]:
    """Overrides of every configuration, by name."""
    from sim.config.options import GROUPS, option_names
    from tests.laws.configurations import drawn

    tape = ("population.file=examples/tape.csv", "population.mapping=taiwan_2005", "study.burn_in=0")
    found = {"neutral": [*WORLD], "without firms": [*WORLD, "firms=none"]}
    for group in GROUPS:
        for option in option_names(group.name) if group.name not in LEFT_OUT else ():
            given = f"{group.name}={option}"
            found[given] = [*WORLD, given, *(tape if option == "tape" else ())]
    for number in range(MIXTURES):
        found[f"mixture {number}"] = drawn(number)
    return found


def live(name: str, overrides: list[str]) -> tuple[str, dict[str, str]]:
    """Digest of the months of each figure; what a refused configuration said instead."""
    import sim
    from sim.config.errors import UsageError

    try:
        model = sim.Model(sim.compose(overrides, idle=True))
    except UsageError as refusal:
        return name, {"refused": str(refusal)}
    for _ in range(MONTHS):
        model.step()
    return name, {figure: digest([record.get(figure, 0) for record in model.records]) for figure in model.records[-1]}


def digest(months: list[Any]) -> str:
    """Digest of a figure's months; whole numbers and reals of one value are the same."""
    return hashlib.sha256(" ".join(float(value).hex() for value in months).encode()).hexdigest()[:16]


def all_lived(processes: int) -> dict[str, dict[str, str]]:
    """Live every configuration."""
    asked = configurations()
    with ProcessPoolExecutor(processes) as pool:
        found = {}
        for name, figures in pool.map(live, asked, asked.values()):
            found[name] = figures
            if sys.stderr.isatty():
                print(f"\r{len(found)} of {len(asked)}", end="", file=sys.stderr, flush=True)
    return found


def differences(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    """A line for each configuration that gives something else than before."""
    lines = []
    for name in before.keys() | now.keys():
        old, new = before.get(name, {}), now.get(name, {})
        changed = sorted(figure for figure in old.keys() & new.keys() if old[figure] != new[figure])
        if not old or not new or "refused" in old.keys() ^ new.keys():
            changed = [new.get("refused") or old.get("refused") or "only on one side"]
        if changed:
            lines.append(f"{name}: {', '.join(changed)}")
    return sorted(lines)


def main() -> int:
    """Keep or compare; 1 when something is not the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("keep", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--compiled", action="store_true", help="run the rules compiled")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), metavar="N")
    given = parser.parse_args()
    if not given.compiled:
        os.environ["NUMBA_DISABLE_JIT"] = "1"
    sys.path.insert(0, str(ROOT))
    now = all_lived(given.processes)
    if given.action == "keep":
        given.file.write_text(json.dumps(now, indent=0, sort_keys=True), encoding="utf-8")
        print(f"{len(now)} configurations, {sum(map(len, now.values()))} figures kept in {given.file}")
        return 0
    before = json.loads(given.file.read_text(encoding="utf-8"))
    found = differences(before, now)
    print("\n".join(found))
    shared = sum(len(before.get(name, {}).keys() & figures.keys()) for name, figures in now.items())
    gone = {figure for name, old in before.items() for figure in old.keys() - now.get(name, {}).keys()}
    new = {figure for name, figures in now.items() for figure in figures.keys() - before.get(name, {}).keys()}
    print(f"{len(now)} configurations, {shared} figures compared, {len(found)} configurations differ")
    for words, figures in (("no longer there", gone), ("new", new)):
        print(f"figures {words}: {len(figures)} {' '.join(sorted(figures)[:20])}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
