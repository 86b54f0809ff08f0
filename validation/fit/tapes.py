"""Made-up tapes: books that the engine has lived with known values, written as a servicer would write them.

A book has lived for two years before its first month is written, so its customers' cash, debts and habits have come
about by the behaviour that is to be found. A fit draws them from what the tape shows instead, as it must with any tape.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.config.compose import compose, preset_of
from sim.fit.prior import BELIEFS
from sim.loan.states import LINE_CHARGED_OFF, LINE_OPEN
from sim.study.run.burn_in import release
from sim.study.run.cell import default_engine

BURN_IN = 24
FEN = 100.0
CLOSED, WRITTEN_OFF = "closed", "written_off"


def made_up(folder: Path, values: Mapping[str, float], seed: int, persons: int, months: int, preset: str) -> Path:
    """Live a book and write its last months as ``tape.csv`` with ``mapping.yaml``; returns the folder.

    Parameters
    ----------
    values : mapping of str to float
        Values of behaviour that are to be found; beliefs among them have no counterpart in a book that has lived.
    persons, months : int
        Persons of the book, most of whom have an account, and months that are written.
    """
    chosen = [f"{group}={option}" for group, option in preset_of({"preset": preset}).items()]
    keys = [f"{key}={value!r}" for key, value in values.items() if not key.startswith(BELIEFS)]
    run = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={BURN_IN}", f"study.months={months}"]
    model = default_engine()(compose([*chosen, *keys, *run, "firms=none", "machine.threads=1"]))
    for _ in range(BURN_IN):
        model.step()
    first = rows_of(model)
    kept = np.flatnonzero((first["alive"] != 0) & ((first["line"] == LINE_OPEN) | (first["principal"] > 0)))
    income = int(np.median(model.people.private["income_permanent"][kept]))
    months_of = [first]
    for _ in range(months - 1):
        model.step()
        months_of.append(rows_of(model))
    release(model)
    write(folder, [{name: column[kept] for name, column in month.items()} for month in months_of], income)
    return folder


def rows_of(model: Any) -> dict[str, Any]:
    """What a servicer sees of the accounts now."""
    names = ("alive", "line", "limit", "principal", "interest", "months_past_due", "paid", "rate", "term", "payment")
    return {name: model.accounts[name][: model.people.size].copy() for name in names}


def status_of(month: Mapping[str, Any]) -> list[str]:
    """Months past due, or why an account has ended."""
    owed = month["principal"].astype(np.int64) + month["interest"]
    late = np.where(owed > 0, month["months_past_due"], 0).astype(str).astype(object)
    late[month["alive"] == 0] = CLOSED
    late[month["line"] == LINE_CHARGED_OFF] = WRITTEN_OFF
    return [str(one) for one in late]


def write(folder: Path, months: list[dict[str, Any]], income: int) -> None:
    """Write the accounts' months as a tape, one row an account, and its mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = [f"{2020 + month // 12}-{month % 12 + 1:02d}" for month in range(len(months))]
    start = months[0]
    columns: dict[str, Any] = {
        "account": range(len(start["limit"])),
        "limit": start["limit"] / FEN,
        "product": np.where(start["term"] == 0, "card", "instalment"),
        "rate": [f"{rate:.6f}" for rate in start["rate"]],
        "term": np.maximum(start["term"], 1),
        "instalment": start["payment"] / FEN,
    }
    for label, month in zip(labels, months, strict=True):
        columns[f"status {label}"] = status_of(month)
        columns[f"balance {label}"] = (month["principal"].astype(np.int64) + month["interest"]) / FEN
        columns[f"paid {label}"] = month["paid"] / FEN
    with (folder / "tape.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    mapping = {
        "description": "A made-up book", "id": "account", "limit": "limit", "months": labels,
        **{role: [f"{word} {label}" for label in labels]
           for role, word in (("status", "status"), ("balance", "balance"), ("payment", "paid"))},
        "codes": {"current": ["0"], "closed": [CLOSED], "written_off": [WRITTEN_OFF]},
        "columns": {"product": "product", "rate": "rate", "term": "term", "instalment": "instalment"},
        "currency": "CNY", "yuan": 1.0, "median_income": income / FEN,
    }  # fmt: skip
    text = yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False)
    (folder / "mapping.yaml").write_text(text, encoding="utf-8")
