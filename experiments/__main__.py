"""Experiments once more, and whether what they found holds: ``python -m experiments [NAME ...] [--to FOLDER]``.

Runs each experiment, measures the claims of its ``findings.toml`` at half and ten times the population, with other
seeds and over plausible worlds, and writes what holds into its page. A finished study in ``--to`` is read, not run.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time
from pathlib import Path

from experiments import findings, sentences
from sim.config.errors import UsageError, nearest, refusal

HERE = Path(__file__).resolve().parent
QUOTING = {"main_study": HERE.parent / "README.md"}


def names() -> list[str]:
    """Experiments, those that make claims first."""
    every = sorted(path.parent.name for path in HERE.glob("*/run.py"))
    return sorted(every, key=lambda name: not (HERE / name / "findings.toml").exists())


def redo(name: str, to: Path, more: list[str], *, claims: bool) -> None:
    """Run an experiment, unless its claims alone are asked for, and measure its claims."""
    folder = HERE / name
    module = importlib.import_module(f"experiments.{name}.run")
    source = getattr(module, "EXPERIMENT", None) or getattr(module, "CLAIMED", None)
    if not claims and hasattr(module, "EXPERIMENT"):
        source.redo(to, more)
    elif not claims:
        subprocess.run([sys.executable, folder / "run.py"], check=True, stdout=subprocess.DEVNULL)
    if source is not None:
        said = findings.read(folder / "findings.toml")
        findings.store(folder / "findings.csv", findings.measure(source, said, to, more))


def write(name: str) -> None:
    """Write what holds into the page of an experiment, and into the page that quotes it."""
    folder = HERE / name
    if (folder / "findings.toml").exists():
        told = findings.read(folder / "findings.toml"), findings.stored(folder / "findings.csv")
        for file in (folder / "README.md", *([QUOTING[name]] if name in QUOTING else [])):
            text = sentences.section(*told, brief=name in QUOTING and file == QUOTING[name])
            file.write_text(sentences.page(file, text), encoding="utf-8")


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="experiments", description=__doc__.partition("\n\n")[2])
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments; all when left out")
    parser.add_argument("--claims", action="store_true", help="measure the claims alone, do not run the experiment")
    parser.add_argument("--page", action="store_true", help="write the pages from what was measured before")
    parser.add_argument("--to", type=Path, default=Path("out/experiments"), help="where study folders stay")
    parser.add_argument("--workers", type=int, default=0, help="processes; one a core when left out")
    given = parser.parse_args()
    more = [f"machine.workers={given.workers}"] if given.workers else []
    known = names()
    try:
        for name in given.names:
            if name not in known:
                raise UsageError(refusal("NAME", name, ", ".join(known), nearest(name, known)))
        for name in given.names or known:
            began = time.perf_counter()
            if not given.page:
                redo(name, given.to / name, more, claims=given.claims)
            write(name)
            print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
