"""Plant faults one at a time in a copy of the tree, and see the tests of their room turn red.

    python tools/planted_faults.py                  all faults of tests/faults
    python tools/planted_faults.py policies rules   those of some files
    python tools/planted_faults.py --only bucket    those whose name holds a word

Each entry of ``tests/faults/*.toml`` names a file, a text that stands in it exactly once, what to put there instead,
and the tests that must fail then. A fault that they pass is printed as SURVIVED, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ROOT / "tests" / "faults"
COPIED = (
    *("sim", "configs", "tests", "examples", "experiments", "validation", "docs", "tools"),
    *("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "mkdocs.yml"),
)
PASSED, FAILED = 0, 1  # exit statuses of pytest; any other says that nothing was tested


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Attributes
    ----------
    name : str
        What is wrong with it, in a few words.
    file : str
        Where it goes, from the root of the project.
    find, put : str
        A text that stands there exactly once, and what takes its place.
    tests : str
        What pytest is asked to run, separated by blanks; one of these must fail.
    compiled : bool
        Run the tests with numba; left out, rules run as plain Python.
    """

    name: str
    file: str
    find: str
    put: str
    tests: str
    compiled: bool = False
    room: str = ""

    def planted(self, tree: Path = ROOT) -> str:
        """Return the file's text with the fault in it.

        Raises
        ------
        ValueError
            If the text to replace does not stand there exactly once: the list has aged.
        """
        text = (tree / self.file).read_text(encoding="utf-8")
        if text.count(self.find) != 1 or self.find == self.put:
            raise ValueError(f"{self.room}: {self.name}: stands {text.count(self.find)} times in {self.file}")
        return text.replace(self.find, self.put)


def faults(rooms: list[str] | None = None) -> list[Fault]:
    """Read the faults of some rooms, or of all."""
    paths = [path for path in sorted(FAULTS.glob("*.toml")) if not rooms or path.stem in rooms]
    tables = ((path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths)
    return [Fault(**entry, room=room) for room, table in tables for entry in table["fault"]]


def copied(tree: Path) -> Path:
    """Copy what the tests need into an empty folder, and return it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    return tree


def caught(fault: Fault, tree: Path) -> bool:
    """Plant a fault in a copy of the tree, run its tests and take it out again."""
    path = tree / fault.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(fault.planted(tree), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    if not fault.compiled:
        environment["NUMBA_DISABLE_JIT"] = "1"
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    try:
        run = subprocess.run(
            [*command, *fault.tests.split()], cwd=tree, env=environment, capture_output=True, text=True
        )
    finally:
        path.write_text(sound, encoding="utf-8")
    if run.returncode < 0:
        return True  # a signal that the fault let through has ended the tests themselves
    if run.returncode not in (PASSED, FAILED):
        raise ValueError(f"{fault.room}: {fault.name}: nothing was tested by {fault.tests}\n{run.stdout[-500:]}")
    return run.returncode == FAILED


def main() -> int:
    """Try the faults that were asked for; return the exit status."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("rooms", nargs="*", help="files of tests/faults, without .toml")
    reader.add_argument("--only", default="", help="a word that the fault's name holds")
    asked = reader.parse_args()
    chosen = [fault for fault in faults(asked.rooms) if asked.only in fault.name]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for fault in chosen:
            started = time.perf_counter()
            word = "caught" if caught(fault, tree) else "SURVIVED"
            survivors += [fault] if word == "SURVIVED" else []
            print(f"{word:<9} {fault.room}: {fault.name} ({time.perf_counter() - started:.0f} s)", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} faults caught")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
