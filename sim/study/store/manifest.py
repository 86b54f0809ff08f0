"""The manifest: what was run, from what, by which program, and the hash of what came out."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.inputs.control_totals import control_totals
from sim.language.words import ENGLISH, Words
from sim.lender.policies.engine import RuleList
from sim.lender.policies.user import UserRule
from sim.sharing.reading import reading
from sim.sharing.scheme import Scheme
from sim.sharing.terms import GUARANTEE_FUND
from sim.study.compare import outlooks
from sim.study.compare.figures import figures_of
from sim.study.plan.design import declaration
from sim.study.plan.differences import changes, digest, model_part
from sim.study.plan.own_model import own_models
from sim.study.plan.parts import Arm, replication_seed
from sim.study.plan.plan import Plan
from sim.study.plan.telling import language_of, words_for
from sim.study.run.driving import Failure
from sim.study.store.keeping import described
from sim.study.store.provenance import machine_words, versions
from sim.study.store.reading import result_columns
from sim.study.store.store import MANIFEST, Entry, Store, StoreError, results_digest, write_safely

FORMAT = 1
SEEDS_LISTED = 1000


def typed(word: str) -> str:
    """Write a word as a shell takes it back, quoted only where it must be."""
    if re.fullmatch(r"[\w@%+=:,./\[\]-]+", word, re.ASCII):
        return word
    plain = "'" in word and not re.search(r'["$`\\!]', word)
    return f'"{word}"' if plain else shlex.quote(word)


def write_manifest(
    store: Store,
    finished: Sequence[Entry],
    total: int,
    *,
    complete: bool,
    seconds: float,
    failures: Sequence[Failure] = (),
    calls: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write ``manifest.json`` of a study folder.

    Parameters
    ----------
    store : Store
        The folder and its plan.
    finished : sequence of Entry
        Journal entries of what is done.
    total : int
        Cells that the study asks for, as far as that is known.
    complete : bool
        Whether nothing is left to do.
    seconds : float
        Wall time so far, over all calls; not part of any hash.
    failures : sequence of Failure
        Cells that failed.
    calls : sequence of mapping
        Every call that worked on the study: when, where and by which program; part of no hash.
    """
    plan = store.plan
    content = {
        "format": FORMAT,
        "status": "complete" if complete else "partial",
        "results_sha256": results_digest(finished) if finished else "",
        "config_sha256": plan.digest(),
        "program_sha256": store.program,
        **_made(plan, calls),
        **plan.summary(),
        **_counted(plan),
        **_done(plan, finished, total, seconds, failures),
        **_compared(plan),
        **_handed_in(plan),
        "units": _units(store, finished),
    }
    if plan.has_design:
        content["design"] = _design(plan)
    content["check"] = digest(content)
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_safely(store.folder / MANIFEST, (text + "\n").encode())


def _made(plan: Plan, calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say when, where, with which libraries and by which command the study was made."""
    return {
        "started": calls[0]["began"] if calls else "",
        "ended": calls[-1]["ended"] if calls else "",
        "calls": list(calls),
        "versions": versions(),
        "machine": machine_words(),
        "command": " ".join(["creditcycle", *map(typed, plan.overrides)]),
        "overrides": list(plan.overrides),
        "inputs": described(plan.inputs),
    }


def _counted(plan: Plan) -> dict[str, Any]:
    """Say what the replications draw from, and what intervals and means are taken over."""
    seeds = range(min(plan.study.runs, SEEDS_LISTED))
    return {
        "seeds": [replication_seed(plan.seed, one) for one in seeds],
        "seeds_rule": "top 53 bits of SplitMix64 at seed + (replication + 1) * 0x9E3779B97F4A7C15",
        "confidence": plan.study.confidence,
        "window": {"from": plan.study.window_from, "months": plan.study.window_months},
    }


def _done(
    plan: Plan, finished: Sequence[Entry], total: int, seconds: float, failures: Sequence[Failure]
) -> dict[str, Any]:
    """Say how much is done, and what it took."""
    return {
        "cells": {"finished": len(finished), "of": total, "failed": [failure.words for failure in failures]},
        "seconds": round(seconds, 2),
        "worker_seconds": round(sum(entry.seconds for entry in finished), 2),
        "borrower_months": _borrower_months(plan, finished),
    }


def _compared(plan: Plan) -> dict[str, Any]:
    """Describe the packages and the scenarios."""
    brings, seen = outlooks.in_words(plan), outlooks.outlooks(plan)
    return {
        "arms": [_arm(arm, plan) for arm in plan.shown],
        "twins": {arm.name: arm.meaning for arm in plan.arms if arm.shadow_of},
        "scenarios": [
            {
                "name": entry.name,
                "meaning": entry.meaning,
                "months": entry.months,
                "outlook": brings.get(entry.name, ""),
                "stays_calm": bool(seen.get(entry.name)) and all(one.comes_too_late for one in seen[entry.name]),
                "burn_in_shared_with": entry.family,
            }
            for entry in plan.scenarios
        ],
        "warnings": outlooks.warnings(plan),
    }


def _handed_in(plan: Plan) -> dict[str, Any]:
    """Describe the user's loan tape, rules and models."""
    return {
        "control_totals": tape_totals(plan),
        "assumptions": _assumptions(plan),
        "own_rules": _own_rules(plan),
        **own_models(plan),
    }


def refuse_unwritable(plan: Plan) -> None:
    """Refuse a study whose names no file can hold, before the first cell rather than after the last one.

    Raises
    ------
    StoreError
        A text is none in UTF-8: it came from a file name or an argument in another encoding. One line.
    """
    names = [text for arm in plan.arms for text in (arm.name, arm.meaning, arm.differs)]
    names += [text for scenario in plan.scenarios for text in (scenario.name, scenario.meaning)]
    config = json.dumps(plan.summary(), ensure_ascii=False)
    for text in (*plan.overrides, *names, config):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            part = text[max(0, error.start - 20) : error.end + 20].encode("ascii", "backslashreplace").decode()
            raise StoreError(f"{part}: cannot be stored, it is no text in UTF-8; name the file otherwise") from None


def _design(plan: Plan) -> dict[str, Any]:
    """Describe the axes of a design, each with unit and meaning; the points themselves stand in ``design.csv``."""
    configs = [config for arm in plan.shown for config in arm.configs.values()]
    return {"points": len(plan.points), "axes": [vars(axis) | declaration(axis.key, configs) for axis in plan.axes]}


def _assumptions(plan: Plan) -> list[str]:
    """Say what had to be assumed about a loan tape of the user's; empty without one."""
    tape = getattr(plan.root.configs[plan.scenarios[0].name], "tape", None)
    return list(getattr(tape, "assumptions", ()))


def tape_totals(plan: Plan) -> list[str]:
    """Control totals of a loan tape of the user's, under the root package; empty without one."""
    config = plan.root.configs[plan.scenarios[0].name]
    if getattr(config, "tape", None) is None:
        return []
    return control_totals(config.tape, config.lender.charge_off_months, config.population.median_income)


def _own_rules(plan: Plan) -> str:
    """Text of the user's file of rules; empty without one."""
    for arm in plan.shown:
        own = getattr(arm.configs[plan.scenarios[0].name], "own", None)
        if own is not None and own.source:
            return str(own.source)
        for chosen in policies_of(arm.configs[plan.scenarios[0].name]):
            if isinstance(chosen, UserRule):
                return chosen.source
    return ""


def _arm(arm: Arm, plan: Plan) -> dict[str, Any]:
    """Describe an arm: what it means, and what it changes relative to its parent, key by key."""
    parents = {entry.name: entry for entry in plan.shown}
    first = plan.scenarios[0].name
    found: Iterable[tuple[str, str, str]] = ()
    if arm.parent:
        found = changes(parents[arm.parent].configs[first], arm.configs[first])
    return {
        "name": arm.name,
        "parent": arm.parent,
        "meaning": arm.meaning,
        "change": arm.differs,
        "changes": [{"key": key, "value": new, "parent_value": old} for key, new, old in found],
        "judged_by": plan.paired.get(arm.name, ""),
        "refusals_judged_by": plan.approving.get(arm.name, ""),
        "rules": rules_in_words(arm.configs[first]),
        "scheme": scheme_in_words(arm.configs[first], words_for(arm.configs[first], ENGLISH)),
        **_told(arm.configs[first]),
        "caps": caps_of(arm.configs[first]),
        "config_sha256": digest({name: model_part(config) for name, config in arm.configs.items()}),
    }


def rules_in_words(config: Any) -> list[str]:
    """Name the rules of an arm's list, in order; empty where policies decide each for itself."""
    lists = [chosen.rules for chosen in policies_of(config) if isinstance(chosen, RuleList)]
    return [f"{rule.id}: {rule.do} when {rule.when}" for rules in lists for rule in rules]


def policies_of(config: Any) -> list[Any]:
    """The lender's policies of a configuration; none where the model has no lender."""
    return list(vars(config.policy).values()) if hasattr(config, "policy") else []


def scheme_in_words(config: Any, say: Words | None = None) -> str:
    """Say what the risk-sharing scheme of an arm does, in English if not asked for; empty where the model has none."""
    scheme = getattr(config, "sharing", None)
    return reading(scheme, config.fund, say or Words()) if isinstance(scheme, Scheme) else ""


def _told(config: Any) -> dict[str, str]:
    """What a report in another language than English says of an arm beside what it translates itself."""
    language = language_of(config)
    return {} if language == ENGLISH else {"scheme_told": scheme_in_words(config, words_for(config))}


def caps_of(config: Any) -> dict[str, Any]:
    """Return what ends new cover under an arm's scheme; empty where it shares nothing.

    ``denominator``, ``above`` and ``resume_below`` of the compensation rate, and the most that the fund's liabilities
    may be, in times its net assets (``leverage``; 0 without a fund); and on whom falls what that cannot pay.
    """
    scheme = getattr(config, "sharing", None)
    if not isinstance(scheme, Scheme) or not scheme.layers:
        return {}
    has_fund = GUARANTEE_FUND in scheme.participants
    return dataclasses.asdict(scheme.suspension) | {
        "leverage": scheme.fund_terms(config.fund).leverage_cap if has_fund else 0.0,
        "falls_on": scheme.insolvent_share_falls_on if has_fund else "",
    }


def _borrower_months(plan: Plan, finished: Sequence[Entry]) -> int | None:
    """Borrower-months of the finished parts at the configured population, burn-in and twins included."""
    population = getattr(plan.root.configs[plan.scenarios[0].name], "population", None)
    borrowers = getattr(population, "borrowers", None)
    if borrowers is None:
        return None
    return sum(_months(plan, entry) for entry in finished) * int(borrowers)


def _months(plan: Plan, entry: Entry) -> int:
    point = plan.points[entry.point]
    composed = plan.composition(point)
    after = sum(scenario.months for scenario in plan.families_at(point)[entry.family])
    return composed.study.burn_in + len(composed.arms) * after


def _units(store: Store, finished: Sequence[Entry]) -> dict[str, dict[str, str]]:
    """Say unit, meaning and way of combining for every metric in the results and every closure figure."""
    if not finished:
        return {}
    return {
        name: {"unit": figure.unit, "meaning": figure.meaning, "combined": figure.over}
        for name, figure in figures_of(result_columns(store.folder)).items()
    }
