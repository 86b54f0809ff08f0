"""Change the code in small ways, one at a time, and count the changes that no test of the room notices.

    pip install cosmic-ray
    python tools/mutants.py                         a sample of 300, the same one each time
    python tools/mutants.py loan persons --sample 50
    python tools/mutants.py --journal FILE          goes on where a run with this journal was stopped
    python tools/mutants.py --journal FILE --again  tries its survivors once more, after tests were written

Cosmic Ray finds the places and makes the changes; rules run as plain Python. A mutant meets the tests that are named
after its file first, then the others of its room, each in a process of its own that has the libraries loaded already.
Declared data (settings and columns with their bounds) are left out: they decide nothing, and pages made from them are
compared elsewhere. Survivors are printed as lines of a table. A journal is of one state of the rooms' source: after a
change of it begin a new one.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from planted_faults import PASSED, ROOT, copied

ROOMS = {
    "loan": ("sim/loan/*.py", ["tests/loan/test_*.py"]),
    "sharing": ("sim/sharing/*.py", ["tests/sharing/test_*.py"]),
    "persons": ("sim/persons/*.py", ["tests/persons/test_*.py"]),
    "firms": ("sim/firms/*.py", ["tests/firms/test_*.py"]),
    "policies": ("sim/lender/policies/*.py", ["tests/lender/test_*.py"]),
    "intervals": ("sim/study/compare/intervals.py", ["tests/study/test_intervals.py", "tests/study/test_formulas.py"]),
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
LONGEST = 600  # seconds that the sound tests of a room may take
PATIENCE = 3  # times as long as they did, and half a minute: a mutant that takes longer never ends, and is noticed
# How names of tests begin that live through months of a whole model, which takes long as plain Python; "" stands for
# all of a file. One of them may notice a survivor, so the share that is noticed is a lower bound.
LEFT_OUT = {
    "persons/test_inclusion": "figures_are friction measuring courses_cost",
    "firms/test_links": "",
    "firms/test_enforcement": "security_brings each_stage every_fen firms_recover",
    "lender/test_capital_and_provisions": "the_lender_provides estimates_survive",
    "lender/test_classification": "contamination classes_survive the_table",
    "lender/test_collections": "the_table what_is_sold courts_recover after",
    "lender/test_engine": "the_table the_same a_shorter_list",
    "lender/test_regulation": "caps_bind",
    "lender/test_scorecards": "scores every sectors a_fork neighbours statements_tell",
    "lender/test_scoring": "",
    "lender/test_securitisation": "",
    "lender/test_takeovers": "",
    "lender/test_warning": "warnings several the_bar_survives",
    "sharing/test_in_model": "",
    "sharing/test_institutions": "a_thin_fund",
    "sharing/test_shipped_schemes": "a_shipped",
}
LAST = ("test_state", "test_waterfall")  # some seconds each: after all others of their room
LIBRARIES = ["numpy", "numba", "scipy.stats", "pandas", "mesa", "hydra", "omegaconf", "rich", "pytest", "hypothesis"]


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


def changed(mutant: Mutant) -> str:
    """Return the mutant's file with the change in it."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    sound = (ROOT / mutant.file).read_text(encoding="utf-8")
    return mutate_code(sound, get_operator(mutant.operator)(), mutant.occurrence)


def line_of(mutant: Mutant) -> str:
    """Return the line of a mutant before and after the change."""
    sound = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()
    lines = zip(sound, changed(mutant).splitlines(), strict=False)
    return next((f"`{before.strip()}` -> `{after.strip()}`" for before, after in lines if before != after), "?")


def tests_of(room: str, file: str = "") -> list[str]:
    """Files with the tests of a room, those that are named after a file first."""
    near = f"test_{Path(file).stem}"
    named = [tests for pattern in ROOMS[room][1] for tests in sorted(ROOT.glob(pattern))]
    named.sort(key=lambda path: (not path.stem.startswith(near), path.stem in LAST))
    return [str(path.relative_to(ROOT)) for path in named]


def notices(room: str, mutant: Mutant | None = None, longest: float = LONGEST) -> bool:
    """Whether the tests of a room fail in a copy of the tree, with the change in it or without any."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        if mutant:
            (tree / mutant.file).write_text(changed(mutant), encoding="utf-8")
        process = multiprocessing.get_context("forkserver").Process(
            target=test, args=(tree, tests_of(room, mutant.file if mutant else ""))
        )
        process.start()
        process.join(longest)
        process.kill()
        process.join()
    return process.exitcode != PASSED


def test(tree: Path, tests: list[str]) -> None:
    """Run tests in a copy of the tree and leave with pytest's exit status."""
    import pytest

    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    left_out = [
        f"--deselect=tests/{file}.py::test_{word}" for file, words in LEFT_OUT.items() for word in words.split(" ")
    ]
    sys.exit(pytest.main(["-n", "0", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *left_out, *tests]))


def read(journal: Path) -> dict[Mutant, bool]:
    """Which mutants of a journal were noticed; the last word on a mutant counts."""
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    return {Mutant(**line["mutant"]): line["noticed"] for line in map(json.loads, lines)}


def patience(room: str) -> float:
    """Return how many seconds a mutant of a room may take, from what its tests take without any change.

    Raises
    ------
    SystemExit
        If they fail as they are.
    """
    started = time.monotonic()
    if notices(room):
        raise SystemExit(f"{room}: the tests fail without any change")
    return 30 + PATIENCE * (time.monotonic() - started)


def tried(mutants: list[Mutant], journal: Path, processes: int) -> None:
    """Try mutants, write each into the journal and say on standard error how far it is."""
    longest = {room: patience(room) for room in {mutant.room for mutant in mutants}}
    started, noticed = time.monotonic(), 0
    with ThreadPoolExecutor(processes) as pool, journal.open("a", encoding="utf-8") as lines:
        running = {pool.submit(notices, mutant.room, mutant, longest[mutant.room]): mutant for mutant in mutants}
        for count, done in enumerate(as_completed(running), 1):
            lines.write(json.dumps({"mutant": asdict(running[done]), "noticed": done.result()}) + "\n")
            lines.flush()
            noticed += done.result()
            left = (time.monotonic() - started) / count * (len(mutants) - count) / 60
            print(f"{count} of {len(mutants)}: {noticed} noticed, {left:.0f} min left", file=sys.stderr, flush=True)


def main() -> int:
    """Try a sample of the mutants; 1 where fewer than 85 % are noticed."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("rooms", nargs="*", default=list(ROOMS), help=f"of {', '.join(ROOMS)}")
    reader.add_argument("--sample", type=int, default=300, metavar="N", help="mutants to try, 300")
    reader.add_argument("--seed", type=int, default=7, metavar="N", help="of the sample, 7")
    reader.add_argument("--processes", type=int, default=os.cpu_count(), metavar="N")
    reader.add_argument("--journal", type=Path, default=Path("mutants.jsonl"), help="mutants.jsonl")
    reader.add_argument("--again", action="store_true", help="try the survivors of the journal once more")
    asked = reader.parse_args()
    os.environ |= {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    multiprocessing.set_forkserver_preload(LIBRARIES)
    every = [mutant for room in asked.rooms for mutant in mutants(room)]
    chosen = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
    known = read(asked.journal)
    left = [mutant for mutant in chosen if not known.get(mutant, False) and (asked.again or mutant not in known)]
    tried(left, asked.journal, asked.processes)
    known = read(asked.journal)
    for mutant in sorted(chosen, key=lambda mutant: (mutant.file, mutant.line)):
        if not known[mutant]:
            print(f"| {mutant.file}:{mutant.line} | {line_of(mutant)} | |")
    for room in asked.rooms:
        here = [known[mutant] for mutant in chosen if mutant.room == room]
        print(f"{room}: {sum(here)} of {len(here)} noticed")
    share = sum(known[mutant] for mutant in chosen) / len(chosen)
    print(f"all: {share:.1%} of {len(chosen)} noticed; there are {len(every)} mutants")
    return 0 if share >= 0.85 else 1


if __name__ == "__main__":
    sys.exit(main())
