"""What the audit pack says beside its tables; each sentence follows from the facts handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.language.words import Words
from sim.reports.words.audit_standing import OPEN, PURPOSE
from sim.reports.words.formats import IN_ENGLISH, listing, scenario_title

Facts = Mapping[str, Any]
SOURCES = ("source", "calibrated", "assumption", "none named", "changed by the study")
"""What is said of where a parameter's value comes from."""


def statements(facts: Facts, say: Words = IN_ENGLISH) -> dict[str, list[str]]:
    """Sentences of the pack by heading."""
    return {
        "guidance": [say("audit.guidance")],
        "purpose": [*(say(f"audit.purpose.{key}") for key in PURPOSE), population(facts, say)],
        "model": model(facts, say),
        "inputs": inputs(facts, say),
        "assumptions": assumptions(facts, say),
        "changes": changes(facts, say),
        "limits": limits(facts, say),
        "tests": tests(facts, say),
        "outcomes": outcomes(facts, say),
        "monitoring": monitoring(facts, say),
        "reproduction": reproduction(facts, say),
        "open": [say(f"audit.open.{key}") for key in OPEN],
    }


def many(count: int, noun: str, say: Words = IN_ENGLISH) -> str:
    """A number with its noun: ``1 cell``, ``2 cells``; ``noun`` is the key of one."""
    return say.counted(f"audit.count.{noun}s", count)


def runs_of(facts: Facts, say: Words = IN_ENGLISH) -> str:
    """How many runs there are of a package in an economy, in all plausible worlds together."""
    return many(facts["outcomes"]["replications"] * max(1, facts["limits"]["worlds"]), "run", say)


def economy_of(name: str, say: Words) -> str:
    """An economy by its name in the study in English, as the report calls it in other languages."""
    return name if say.language == IN_ENGLISH.language else scenario_title(name, say)


def population(facts: Facts, say: Words = IN_ENGLISH) -> str:
    """How many persons, and the time before the policy date."""
    use = facts["use"]
    months = many(use["burn_in"], "month", say)
    return say("audit.purpose.population", borrowers=f"{use['borrowers']:,}", months=months)


def model(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What kind of model it is, and what of its theory is named."""
    month, references = facts["model"]["month"], facts["model"]["references"]
    counts = {"rules": many(len(month), "rule", say), "publications": many(len(references), "publication", say)}
    told = say("audit.model.month", references="; ".join(references), **counts)
    return [say("audit.model.kind"), told, say("audit.model.odd")]


def inputs(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """Files of the user's, or that there are none."""
    found = facts["inputs"]
    wrong = [one["name"] for one in found["files"] if not one["as_recorded"]]
    files = many(len(found["files"]), "file", say)
    if not found["files"]:
        lines = [say("audit.inputs.none")]
    elif wrong:
        lines = [say("audit.inputs.changed", files=files, names=listing(wrong, say))]
    else:
        lines = [say("audit.inputs.whole", files=files)]
    if found["own_rules_sha256"]:
        lines.append(say("audit.inputs.own_rules", sha256=found["own_rules_sha256"]))
    lines += [say("audit.inputs.own_model", **own) for own in found["own_models"]]
    lines += [say("audit.inputs.assumed", text=text) for text in found["assumptions"]]
    return lines + [say("audit.inputs.control", text=text) for text in found["control_totals"]]


def assumptions(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """How many parameters have a source, and what it means where none is named."""
    counts = {kind: facts["sources"].get(kind, 0) for kind in SOURCES}
    told = [say(f"audit.assumptions.{kind.replace(' ', '_')}", count=count) for kind, count in counts.items() if count]
    items = say("list.semicolon").join(told)
    return [
        say("audit.assumptions.counted", total=sum(counts.values()), items=items),
        say("audit.assumptions.beside"),
        say("audit.assumptions.tuned"),
    ]


def changes(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What the log counts."""
    lines = [say("audit.changes.logged", entries=many(len(facts["change_log"]), "item", say))]
    if facts["design"]:
        keys = listing([axis["key"] for axis in facts["design"]["axes"]], say)
        lines.append(say("audit.changes.design", keys=keys, points=many(facts["design"]["points"], "point", say)))
    if facts["worlds"]:
        lines.append(say("audit.changes.worlds", parameters=many(len(facts["worlds"]), "parameter", say)))
    return lines


def limits(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What bounds the use of this study, each from what was recorded."""
    found, cells = facts["limits"], facts["limits"]["cells"]
    lines = [say("audit.limits.in_worlds" if found["worlds"] else "audit.limits.of_luck")]
    if facts["outcomes"]["replications"] < 2:
        lines.append(say("audit.limits.one_run"))
    lines += [say("audit.limits.ruin", runs=runs_of(facts, say)), say("audit.limits.published")]
    if cells["finished"] < cells["of"] or cells["failed"]:
        lines.append(say("audit.limits.partial", finished=cells["finished"], of=cells["of"]))
    lines += [say("audit.limits.warning", text=text) for text in found["warnings"]]
    if found["stays_calm"]:
        names = listing([economy_of(name, say) for name in found["stays_calm"]], say)
        lines.append(say("audit.limits.calm", names=names))
    if found["foreign_preset"]:
        lines.append(say("audit.limits.foreign", names=listing(found["foreign_preset"], say)))
    if facts["calibrated_and_changed"]:
        lines.append(say("audit.limits.calibrated", keys=listing(facts["calibrated_and_changed"], say)))
    if facts["inputs"]["own_rules_sha256"]:
        lines.append(say("audit.limits.own_rules"))
    if facts["inputs"]["own_models"]:
        lines.append(say("audit.limits.own_models"))
    return [*lines, say("audit.limits.processors")]


def tests(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What was tested and what was not."""
    found = facts["tests"]
    count, cells = found["computed_again"], many(found["cells"]["finished"], "cell", say)
    if count > 1:
        lines = [say("audit.tests.checked", cells=cells, again=f"{count:,}")]
    else:
        lines = [say("audit.tests.checked_one" if count else "audit.tests.checked_none", cells=cells)]
    if found["problems"]:
        problems = many(len(found["problems"]), "problem", say)
        lines += [say("audit.tests.found", problems=problems), *found["problems"]]
    else:
        lines.append(say("audit.tests.nothing"))
    lines.append(say("audit.tests.ledger" if found["ledger_checked"] else "audit.tests.no_ledger"))
    lines.append(say("audit.tests.finite"))
    lines += [say("audit.tests.failed", text=words) for words in found["cells"]["failed"]]
    return [*lines, say("audit.tests.own")]


def outcomes(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """How figures compare, and whether the simulated lender's scores are right about the simulated customers."""
    found = facts["outcomes"]
    sure = {"confidence": f"{found['confidence']:.0%}", "interval": say(f"audit.outcomes.{found['interval']}")}
    lines = [say("audit.outcomes.paired", runs=runs_of(facts, say), **sure)]
    if not found["estimates"]:
        lines.append(say("audit.outcomes.design"))
    if found["calibration"]:
        lines += [say("audit.outcomes.calibration"), *miscalibrated(found["calibration"], say)]
    else:
        lines.append(say("audit.outcomes.no_score"))
    return [*lines, say("audit.outcomes.no_back_test")]


def miscalibrated(rows: Sequence[Mapping[str, Any]], say: Words = IN_ENGLISH) -> list[str]:
    """Name where predicted and realised default differ by more than luck, for all persons and for firms."""
    found = []
    for whom in ("persons", "firms"):
        of = [row for row in rows if row["whom"] == whom and row["low"] is not None]
        off = [row for row in of if not row["low"] <= 0.0 <= row["high"]]
        if off:
            where = listing([_where(row, say) for row in off], say)
            found.append(say(f"audit.outcomes.off_{whom}", off=len(off), of=len(of), where=where))
        elif of:
            found.append(say(f"audit.outcomes.right_{whom}", of=len(of)))
    return found


def _where(row: Mapping[str, Any], say: Words) -> str:
    economy = economy_of(row["economy"], say)
    return say("audit.outcomes.where", package=row["package"], economy=economy, ratio=ratio(row, say))


def ratio(row: Mapping[str, Any], say: Words = IN_ENGLISH) -> str:
    """Predicted over realised default; where nobody defaulted there is none."""
    return say("audit.no_default") if row["ratio"] is None else f"{row['ratio']:.2f}"


def monitoring(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What can be watched, and that nobody has yet."""
    scores = "scores" if facts["outcomes"]["monitored"] else "no_scores"
    return [say(f"audit.monitoring.{key}") for key in ("none", scores, "results", "verify", "changelog")]


def reproduction(facts: Facts, say: Words = IN_ENGLISH) -> list[str]:
    """What is needed to make the study again, and how this installation differs."""
    found, lines = facts["environment"], [say("audit.reproduction.same")]
    for key in ("unclean", "without_commit"):
        if count := facts["limits"][key]:
            lines.append(say(f"audit.reproduction.{key}", calls=many(count, "call", say)))
    if found["versions_now"]:
        now = listing([f"{name} {version}" for name, version in found["versions_now"].items()], say)
        lines.append(say("audit.reproduction.versions", versions=now))
    return lines
