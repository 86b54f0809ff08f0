"""Change the code in small ways, one at a time, and count the changes that no test of the room notices.

    pip install cosmic-ray
    python tools/mutants.py                         a sample of 300, the same one each time
    python tools/mutants.py loan persons --sample 50

Cosmic Ray finds the places and makes the changes; rules run as plain Python. A mutant meets the tests that are named
after its file first, then all tests of its room. Declared data (settings and columns with their bounds) are left out:
they decide nothing, and pages made from them are compared elsewhere. Survivors are printed as lines of a table.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from planted_faults import FAILED, PASSED, ROOT, copied

ROOMS = {
    "loan": ("sim/loan/*.py", "tests/loan"),
    "sharing": ("sim/sharing/*.py", "tests/sharing"),
    "persons": ("sim/persons/*.py", "tests/persons"),
    "firms": ("sim/firms/*.py", "tests/firms"),
    "policies": ("sim/lender/policies/*.py", "tests/lender"),
    "intervals": ("sim/study/compare/intervals.py", "tests/study/test_intervals.py tests/study/test_formulas.py"),
}
REPLACED = {
    "BinaryOperator": ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_FloorDiv"),
    "ComparisonOperator": ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_GtE", "Gt_LtE", "Eq_NotEq", "NotEq_Eq"),
    "UnaryOperator": ("Delete_USub", "Delete_Not"),
}
OPERATORS = (
    *(f"core/Replace{kind}_{name}" for kind, names in REPLACED.items() for name in names),
    *("core/ReplaceAndWithOr", "core/ReplaceOrWithAnd", "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue"),
    *("core/AddNot", "core/NumberReplacer", "core/ReplaceBreakWithContinue", "core/ReplaceContinueWithBreak"),
)
DECLARED = ("setting", "column")
LONGEST = 300  # seconds that the tests of a mutant may take: one that never ends is noticed, too


@dataclass(frozen=True)
class Mutant:
    """One change: the file, its line, the operator and which of the places that it fits."""

    room: str
    file: str
    line: int
    operator: str
    occurrence: int


def mutants(room: str) -> list[Mutant]:
    """Every mutant of a room."""
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.plugins import get_operator

    found = []
    for path in sorted(ROOT.glob(ROOMS[room][0])):
        tree, declared = get_ast_from_path(path), lines_of_data(path)
        for name in OPERATORS:
            operator = get_operator(name)()
            places = [start for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)]
            found += [
                Mutant(room, str(path.relative_to(ROOT)), line, name, occurrence)
                for occurrence, (line, _) in enumerate(places)
                if line not in declared
            ]
    return found


def lines_of_data(path: Path) -> set[int]:
    """Lines of a file on which settings and columns are declared, or types are written down."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        is_declaration = isinstance(node, ast.Call) and getattr(node.func, "id", "") in DECLARED
        if is_declaration or (
            isinstance(node, ast.ClassDef) and any(ast.unparse(b) == "NamedTuple" for b in node.bases)
        ):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def survives(mutant: Mutant, tree: Path) -> str:
    """Return the changed line where no test notices the change, else an empty text."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    path = tree / mutant.file
    sound = path.read_text(encoding="utf-8")
    changed = mutate_code(sound, get_operator(mutant.operator)(), mutant.occurrence)
    path.write_text(changed, encoding="utf-8")
    try:
        for tests in tests_of(mutant, tree):
            if not passes(tests, tree):
                return ""
    finally:
        path.write_text(sound, encoding="utf-8")
    lines = zip(sound.splitlines(), changed.splitlines(), strict=False)
    return next((f"{before.strip()} -> {after.strip()}" for before, after in lines if before != after), "?")


def tests_of(mutant: Mutant, tree: Path) -> list[list[str]]:
    """Tests named after the file, and those of its room."""
    room = ROOMS[mutant.room][1].split()
    near = sorted(str(path) for path in (tree / room[0]).glob(f"test_{Path(mutant.file).stem}*.py"))
    return [near, room] if near else [room]


def passes(tests: list[str], tree: Path) -> bool:
    """Whether all tests pass in time; anything else counts as noticed."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *tests]
    try:
        run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return False
    if run.returncode not in (PASSED, FAILED, 2):
        raise RuntimeError(f"nothing was tested by {' '.join(tests)}: {run.stdout.decode()[-500:]}")
    return run.returncode == PASSED


def main() -> int:
    """Try a sample of the mutants; 1 where fewer than 85 % are noticed."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("rooms", nargs="*", default=list(ROOMS), help=f"of {', '.join(ROOMS)}")
    reader.add_argument("--sample", type=int, default=300, metavar="N", help="mutants to try, 300")
    reader.add_argument("--seed", type=int, default=7, metavar="N", help="of the sample, 7")
    reader.add_argument("--processes", type=int, default=os.cpu_count(), metavar="N")
    asked = reader.parse_args()
    every = [mutant for room in asked.rooms for mutant in mutants(room)]
    chosen = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
    print(f"{len(chosen)} of {len(every)} mutants", flush=True)
    survivors: dict[Mutant, str] = {}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.processes) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(asked.processes):
            (Path(folder) / str(number)).mkdir()
            trees.put(copied(Path(folder) / str(number)))

        def tried(mutant: Mutant) -> tuple[Mutant, str]:
            tree = trees.get()
            try:
                return mutant, survives(mutant, tree)
            finally:
                trees.put(tree)

        for mutant, line in pool.map(tried, chosen):
            if line:
                survivors[mutant] = line
                print(f"| {mutant.file}:{mutant.line} | `{line}` | |", flush=True)
    for room in asked.rooms:
        tried_here = [mutant for mutant in chosen if mutant.room == room]
        left = sum(mutant.room == room for mutant in survivors)
        print(f"{room}: {len(tried_here) - left} of {len(tried_here)} noticed")
    share = 1 - len(survivors) / len(chosen)
    print(f"all: {share:.1%} noticed")
    return 0 if share >= 0.85 else 1


if __name__ == "__main__":
    sys.exit(main())
