"""The facts that model validation asks for, gathered from a study folder and the configurations it was composed of.

Nothing is said here that was not recorded, declared, or computed while the pack was made; what the facts mean is said
by `sim.reports.words.auditing`.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.config.parameters import calibrated_and_changed, change_log, count_kinds, register
from sim.config.sources import references_in
from sim.figures.catalog import FIGURES, MAIN
from sim.month.listing import lines_of
from sim.study.compare.outcomes import calibration, known_or_none, last_judged, monitored
from sim.study.plan.plan import Plan
from sim.study.store.citing import fingerprint
from sim.study.store.provenance import file_digest, versions
from sim.study.store.reading import read_manifest

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
ROOMS = ("economy", "loan", "persons", "firms", "lender", "sharing", "figures", "month")
"""Rooms of the program that hold the model, in the order in which they stand on each other."""

MARKS = ("status", "results_sha256", "config_sha256", "program_sha256", "command", "overrides", "started", "ended")
ESTIMATES = (
    "mean", "low", "high", "difference", "difference_low", "difference_high", "variance_reduction", "p_value", "p_holm",
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What was checked while the pack was made: cells asked for and computed again, and a line for each problem."""

    asked: int
    cells: int
    problems: tuple[str, ...]


def facts(folder: Path, plan: Plan, checked: Checked) -> dict[str, Any]:
    """Everything that the pack says about a study, as plain data.

    Parameters
    ----------
    folder : Path
        Study folder.
    plan : Plan
        The plan that it was begun with, composed again.
    checked : Checked
        What `sim.study.store.checking.verify` found just now.
    """
    manifest = read_manifest(folder)
    parameters, changed = register(plan), change_log(plan)
    runs = in_order(last_judged(folder), manifest)
    return {
        "format": FORMAT,
        "study": {name: manifest.get(name, "") for name in MARKS},
        "use": _use(manifest),
        "model": _model(plan, [entry.source for entry in parameters if entry.acts]),
        "inputs": _inputs(folder, manifest),
        "parameters": [entry.record() for entry in parameters],
        "sources": dict(count_kinds(parameters)),
        "change_log": [entry.record() for entry in changed],
        "calibrated_and_changed": calibrated_and_changed(parameters),
        "worlds": worlds_of(manifest.get("worlds") or ()),
        "design": manifest.get("design"),
        "limits": _limits(manifest, plan),
        "tests": _tests(manifest, checked),
        "outcomes": {
            "confidence": manifest["confidence"],
            "window": manifest["window"],
            "replications": manifest["replications"],
            "interval": plan.study.interval,
            "estimates": estimates(folder),
            "calibration": calibration(runs, manifest["confidence"]),
            "monitored": monitored(runs, manifest["confidence"]),
        },
        "environment": _environment(manifest),
    }


def in_order(runs: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of runs in the order in which the study names its packages and economies."""
    places = [{one["name"]: place for place, one in enumerate(manifest[part])} for part in ("arms", "scenarios")]
    order = runs.assign(of_arm=runs["arm"].map(places[0]), of_scenario=runs["scenario"].map(places[1]))
    return runs.loc[order.sort_values(["of_arm", "of_scenario"], kind="stable").index]


def _use(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared, and where."""
    of_arm = ("name", "parent", "meaning", "change", "changes", "scheme", "scheme_told", "rules", "judged_by")
    of_scenario = ("name", "meaning", "months", "outlook", "stays_calm")
    return {
        "packages": [{name: arm.get(name, "") for name in of_arm} for arm in manifest["arms"]],
        "economies": [{name: one.get(name, "") for name in of_scenario} for one in manifest["scenarios"]],
        "borrowers": manifest["config"]["population"]["borrowers"],
        "burn_in": manifest["burn_in"],
    }


def _model(plan: Plan, sources: Sequence[str]) -> dict[str, Any]:
    """Rooms, the month rule by rule, and the publications that rules and parameters name."""
    lines = lines_of(plan.root.configs[plan.scenarios[0].name])
    rooms = [(room, importlib.import_module(f"sim.{room}").__doc__ or "") for room in ROOMS]
    month = [{"name": line.name, "by": line.actor, "phase": line.phase, "meaning": line.meaning} for line in lines]
    named = {entry for text in [*sources, *(line.meaning for line in lines)] for entry in references_in(text)}
    return {
        "rooms": [{"name": room, "meaning": meaning.strip()} for room, meaning in rooms],
        "month": month,
        "references": sorted(named, key=str.casefold),
    }


def _inputs(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Files of the user's and whether their copies are those of the manifest; what a tape left open; own code."""
    files = [
        {**one, "as_recorded": file_digest(folder / one["file"]) == one["sha256"]} for one in manifest.get("inputs", ())
    ]
    rules = manifest.get("own_rules") or ""
    return {
        "files": files,
        "control_totals": manifest.get("control_totals") or [],
        "assumptions": manifest.get("assumptions") or [],
        "own_rules_sha256": hashlib.sha256(rules.encode()).hexdigest() if rules else "",
        "own_models": [{"package": name, **own} for name, own in (manifest.get("own_models") or {}).items()],
        "seed": manifest["seed"],
        "seeds": manifest["seeds"],
        "seeds_rule": manifest["seeds_rule"],
    }


def worlds_of(worlds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each parameter that plausible worlds differ in, its lowest and highest value and their number."""
    values: dict[str, list[Any]] = {}
    for world in worlds:
        for key, value in world.items():
            values.setdefault(key, []).append(value)
    ends = {key: (min(found), max(found), len(found)) for key, found in values.items()}
    return [{"key": key, "lowest": low, "highest": high, "worlds": of} for key, (low, high, of) in ends.items()]


def _limits(manifest: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """What bounds the use of the study, as far as it was recorded."""
    first = plan.root.configs
    meant = {name: config.economy.preset for name, config in first.items() if config.economy.preset}
    calls = manifest.get("calls") or []
    return {
        "warnings": manifest.get("warnings") or [],
        "stays_calm": [one["name"] for one in manifest["scenarios"] if one.get("stays_calm")],
        "cells": manifest["cells"],
        "worlds": len(manifest.get("worlds") or ()),
        "foreign_preset": sorted(
            f"{name} (made for {preset}, run with behaviour={first[name].chosen['behaviour']})"
            for name, preset in meant.items()
            if first[name].chosen["behaviour"] != preset
        ),
        "unclean": sum(call.get("clean") is False for call in calls),
        "without_commit": sum(not call.get("commit") for call in calls),
        "calls": len(calls),
    }


def _tests(manifest: Mapping[str, Any], checked: Checked) -> dict[str, Any]:
    """What was tested: while the study ran, and while the pack was made."""
    return {
        "ledger_checked": bool(manifest["config"]["machine"]["check"]),
        "cells": manifest["cells"],
        "asked": checked.asked,
        "computed_again": checked.cells,
        "problems": list(checked.problems),
    }


def _environment(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """By which program and on what machine it was made, and with which versions the pack was."""
    calls = manifest.get("calls") or []
    then, now = manifest["versions"], versions()
    of_call = ("began", "ended", "platform", "commit", "clean", "lock_sha256", "cells")
    return {
        "machine": manifest["machine"],
        "versions": then,
        "versions_now": {name: found for name, found in now.items() if found != then.get(name)},
        "calls": [{name: call.get(name) for name in of_call} for call in calls],
        "configurations_sha256": configurations_digest(),
    }


def configurations_digest() -> str:
    """Sha256 over the sums of the shipped configuration files, as a citation makes it over those of a folder."""
    from sim.config.locate import config_folder

    above = config_folder()
    files = {path.relative_to(above).as_posix(): file_digest(path) for path in above.rglob("*") if path.is_file()}
    return fingerprint(dict(sorted(files.items())))


def estimates(folder: Path) -> list[dict[str, Any]]:
    """Main figures of ``summary.csv`` with their intervals and differences; none for a study with a design."""
    import pandas as pd

    path = folder / "summary.csv"
    if not path.is_file():
        return []
    texts = dict.fromkeys(("arm", "scenario", "metric", "parent", "interval"), str)
    missing = {name: ["", "n/a"] for name in (*ESTIMATES, "replications")}
    table = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=missing)
    table = table[table["metric"].isin(MAIN) & table["mean"].notna()]
    rows = table.iloc[table["metric"].map(MAIN.index).argsort(kind="stable")].to_dict("records")
    return [
        {
            "package": row["arm"],
            "economy": row["scenario"],
            "figure": row["metric"],
            "unit": FIGURES[row["metric"]].unit,
            "period": row["period"],
            "parent": row["parent"],
            "runs": int(row["replications"]),
            **{name: known_or_none(row[name]) for name in ESTIMATES},
        }
        for row in rows
    ]
