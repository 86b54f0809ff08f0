"""Five rules beside the same arithmetic written by hand in C: ``python benchmarks/c_twin.py [--borrowers 300000]``.

Each rule runs in its compiled loop, then its twin in C (``cc -O3 -march=native``, no contracted and no reordered
floats) on a copy of the same columns, in turns in one run; the least of many repeats counts. Columns and sums must
come out the same to the bit. Prints nanoseconds a row and their ratio as JSON: 1 says as quick as C. Needs a C
compiler, ``cc``.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.loan.servicing import apply_payment
from sim.loan.states import LINE_OPEN
from sim.persons.elsewhere import carry_other_debt, owe_elsewhere
from sim.persons.measures import add_up_purses, count_access

REPEATS = 40
C_TYPES = {"int8": "int8_t", "int16": "int16_t", "int32": "int32_t", "int64": "int64_t", "float32": "float"}
HEAD = """#include <stdint.h>
static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
#define IF(on, new, old) (((int64_t)(new) & (on)) | ((int64_t)(old) & ~(on)))
"""


@dataclass(frozen=True)
class Twin:
    """A rule and its body in C.

    Attributes
    ----------
    stage : Stage
        The rule.
    body : str
        What it does to row ``i``; ``on`` has all bits set where the row lives by the rule. Up to four sums.
    numbers : tuple of str
        Numbers of the month that it reads, as doubles.
    """

    stage: Any
    body: str
    numbers: tuple[str, ...] = ()


TWINS = (
    Twin(
        apply_payment,
        """
        int64_t to_interest = least(paid[i], interest[i]), to_principal = paid[i] - to_interest;
        int64_t left = principal[i] - to_principal;
        sum0 += to_interest & on;
        sum1 += to_principal & on;
        principal[i] = IF(on, left, principal[i]);
        interest[i] = IF(on, interest[i] - to_interest, interest[i]);
        payment[i] = IF(on & -(int64_t)(left == 0), 0, payment[i]);
        due[i] = IF(on, 0, due[i]);
        drawn[i] = IF(on, 0, drawn[i]);
        """,
    ),
    Twin(
        carry_other_debt,
        """
        int64_t to_interest = least(paid_other[i], (int64_t)(other_debt[i] * other_interest));
        int64_t repaid = paid_other[i] - to_interest, left = other_debt[i] - repaid;
        int64_t late = IF(-(int64_t)(paid_other[i] >= other_due[i]), 0, other_past_due[i] + 1);
        int64_t gone = -(int64_t)(late >= (int64_t)other_charge_off_months);
        sum0 += repaid & on;
        sum1 += to_interest & on;
        sum2 += left & on & gone;
        other_debt[i] = IF(on, left & ~gone, other_debt[i]);
        other_past_due[i] = IF(on, late & ~gone, other_past_due[i]);
        loans_elsewhere[i] = (float)(loans_elsewhere[i] * (1.0 + on * (1.0 / 24.0)));
        """,
        ("other_interest", "other_charge_off_months"),
    ),
    Twin(
        owe_elsewhere,
        """
        double share = other_due_share + 0.01 * other_squeeze[i] * squeezed_due;
        int64_t asked = least((int64_t)(other_debt[i] * share) * (1 + least(other_past_due[i], 3)), other_debt[i]);
        double line = other_limit * income_permanent[i] * appetite[i];
        int64_t room = (int64_t)(line < LARGEST ? line : LARGEST) - other_debt[i];
        room = most(room - (int64_t)(bureau_share * principal[i]), 0);
        other_due[i] = IF(on, asked, other_due[i]);
        other_room[i] = IF(on, IF(-(int64_t)(other_past_due[i] > 0), 0, room), other_room[i]);
        """,
        ("other_due_share", "squeezed_due", "other_limit", "bureau_share"),
    ),
    Twin(
        add_up_purses,
        """
        int64_t heavy = 2 * (payment[i] + (int64_t)(other_debt[i] * other_due_share)) > income_permanent[i];
        sum0 += cash[i] & on;
        sum1 += other_debt[i] & on;
        sum2 += heavy & on;
        sum3 += (int64_t)((other_debt[i] > 0) & (principal[i] > 0)) & on;
        """,
        ("other_due_share",),
    ),
    Twin(
        count_access,
        """
        int64_t is_open = line[i] == OPEN, low = income_permanent[i] < (int64_t)low_income;
        sum0 += thin_file[i] & on;
        sum1 += thin_file[i] & is_open & on;
        sum2 += low & on;
        sum3 += low & is_open & on;
        """,
        ("low_income",),
    ),
)


def source(twin: Twin, types: dict[str, str]) -> str:
    """The twin as a C function over arrays that share no memory."""
    given = [f"{C_TYPES[kind]} *restrict {name}" for name, kind in types.items()]
    given += [f"double {name}" for name in twin.numbers]
    on = " & ".join(f"({name}[i] != 0)" for name in twin.stage.where)
    return (
        f"{HEAD}void run(int64_t size, int64_t *restrict total, {', '.join(given)}) {{\n"
        "    int64_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;\n"
        f"    for (int64_t i = 0; i < size; i++) {{\n        int64_t on = -(int64_t)({on});{twin.body}}}\n"
        "    total[0] = sum0, total[1] = sum1, total[2] = sum2, total[3] = sum3;\n}\n"
    )


def built(text: str, folder: Path, name: str) -> Any:
    """Compile C and return its function."""
    file, library = folder / f"{name}.c", folder / f"{name}.so"
    file.write_text(text, encoding="utf-8")
    options = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", f"-DOPEN={LINE_OPEN}"]
    subprocess.run(["cc", *options, "-DLARGEST=2147483647.0", "-o", library, file], check=True)
    return ctypes.CDLL(str(library)).run


def columns_of(model: Any, stage: Any) -> dict[str, np.ndarray]:
    """Columns that a rule touches, alive and guards included, from the model's tables."""
    found = {name: table[name] for table in model.people.tables for name in table.columns}
    return {name: found[name] for name in dict.fromkeys(["alive", *stage.where, *stage.touches]) if name in found}


def pay(model: Any) -> None:
    """Let everybody pay something, for what lives within a month is forgotten at its end."""
    accounts, persons = model.people.accounts, model.people.private
    accounts["paid"][:] = accounts["interest"] + accounts["principal"] // 12
    persons["other_due"][:] = persons["other_debt"] // 12
    persons["paid_other"][:] = persons["other_debt"] // (10 + np.arange(len(persons["other_debt"])) % 4)


def compared(model: Any, twin: Twin, folder: Path) -> dict[str, float]:
    """Nanoseconds a row of a rule and of its twin; raises where they differ by a bit."""
    name = twin.stage.name
    mine = columns_of(model, twin.stage)
    run = built(source(twin, {one: str(column.dtype) for one, column in mine.items()}), folder, name)
    numbers = [ctypes.c_double(float(model.environment[number])) for number in twin.numbers]
    rows, total = len(mine["alive"]), np.zeros(4, np.int64)
    begun = {one: column.copy() for one, column in mine.items()}
    theirs = {one: column.copy() for one, column in mine.items()}
    pointers = [ctypes.c_void_p(column.ctypes.data) for column in theirs.values()]
    best = {"loop": math.inf, "c": math.inf}
    for _ in range(REPEATS):
        for one, column in begun.items():
            mine[one][:], theirs[one][:] = column, column
        start = time.perf_counter()
        tallies, _ = model.people.run(((twin.stage, False),), model.environment, model.month, model.config.machine)
        middle = time.perf_counter()
        run(ctypes.c_int64(rows), ctypes.c_void_p(total.ctypes.data), *pointers, *numbers)
        best = {"loop": min(best["loop"], middle - start), "c": min(best["c"], time.perf_counter() - middle)}
    same = all(np.array_equal(mine[one], theirs[one]) for one in mine)
    if not same or [amount for _, amount in tallies] != total[: len(tallies)].tolist():
        raise SystemExit(f"{name}: the rule and its twin in C differ")
    for one, column in begun.items():
        mine[one][:] = column
    loop, c = (1e9 * best[kind] / rows for kind in ("loop", "c"))
    return {"loop_ns": round(loop, 2), "c_ns": round(c, 2), "ratio": round(loop / c, 2)}


def main() -> None:
    """Compare all five and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--borrowers", type=int, default=300_000)
    given = parser.parse_args()
    config = sim.compose([f"population.borrowers={given.borrowers}", "machine.threads=1", "firms=none"])
    model = sim.Model(config)
    for _ in range(6):
        model.step()
    model.month -= 1  # the numbers are of the month that was lived last
    pay(model)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({twin.stage.name: compared(model, twin, Path(folder)) for twin in TWINS}, indent=1))


if __name__ == "__main__":
    main()
