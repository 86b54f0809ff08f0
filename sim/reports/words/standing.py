"""Standing words of the report: the subtitle, the method in half a page, definitions, provenance."""

from __future__ import annotations

import json
import shlex
from typing import Any

from sim.reports.folder import Study
from sim.reports.manifest import find_key
from sim.reports.words.formats import listing, number, scenario_title
from sim.reports.words.worlds import error_words

DEFINED = ("past_due", "loss_rate", "wrong_closure", "caused", "difference", "variance_reduction", "exhausted")
"""Terms of the definitions, as keys of texts."""


def calculation(study: Study) -> list[str]:
    """Say how differences and intervals are worked out."""
    say = study.say
    still_open = say("front_standing.open" if study.worlds.empty else "front_standing.open_in_worlds")
    covered = say("front_standing.cover", coverage=study.coverage, error=error_words(study), open=still_open)
    return [say("front_standing.numbers"), covered]


def caution(study: Study) -> str:
    """Say what the figures of a first page are not."""
    key = "front_standing.caution" if study.worlds.empty else "front_standing.caution_in_worlds"
    return study.say(key, error=error_words(study))


def many(study: Study) -> str:
    """Say what so many comparisons do to intervals; empty with one comparison."""
    compared = sum(1 for arm in study.arms if arm.parent) * len(study.scenarios)
    if compared < 2:
        return ""
    chance = round(1 / max(1 - study.confidence, 1e-9))
    return study.say("front_standing.many", chance=chance, compared=compared)


def subtitle(study: Study) -> str:
    """Return the line under the title: size of the study and its fingerprint, no date."""
    say, manifest = study.say, study.manifest

    def counted(key: str, count: int, **rest: str) -> str:
        return say(f"front_subtitle.{key}{'' if count == 1 else 's'}", count=count, **rest)

    worlds = say("front_subtitle.worlds", count=study.world_count) if study.world_count else ""
    names = listing([scenario_title(name, say) for name in study.scenarios], say)
    parts = [
        counted("package", len(study.arms)),
        counted("scenario", len(study.scenarios), names=names),
        counted("replication", study.replications) + worlds,
    ]
    if study.borrowers:
        parts.append(say("front_subtitle.borrowers", count=number(study.borrowers, 0)))
    lengths = sorted({str(length) for length in map(study.months, study.scenarios)}, key=int)
    if lengths:
        span = lengths[0] if len(lengths) == 1 else say("unit.range", low=lengths[0], high=lengths[-1])
        parts.append(say("front_subtitle.months", months=span))
    burn_in = find_key(manifest, "burn_in")
    if burn_in is not None:
        parts.append(say("front_subtitle.burn_in", months=burn_in))
    fingerprint = find_key(manifest, "results_sha256")
    tail = say("front_subtitle.results", fingerprint=str(fingerprint)[:12]) if fingerprint else ""
    return say("list.semicolon").join(parts) + tail + say("front_findings.stop")


ORIGIN = {
    "configuration": ("config_hash", "config_sha256"),
    "results": ("results_sha256",),
    "program": ("program_sha256",),
    "seed": ("seed",),
    "seeds": ("seeds_rule",),
    "replications": ("replications",),
    "borrowers": ("borrowers",),
    "burn_in": ("burn_in",),
}
"""Facts of a study's origin by the keys that a manifest has them under; names are keys of texts."""

ALWAYS = ("configuration", "results", "seed")
"""Facts that are n/a where a manifest has none."""


def provenance(study: Study) -> tuple[list[tuple[str, str]], str]:
    """Return names and values of the study's origin, and the command that does it again (may be empty)."""
    say, manifest = study.say, study.manifest
    facts: list[tuple[str, str]] = []
    for name, keys in ORIGIN.items():
        value = next((found for key in keys if (found := find_key(manifest, key)) is not None), None)
        if value is not None or name in ALWAYS:
            facts.append((say(f"back_provenance.{name}"), "n/a" if value is None else _words(value)))
    versions = manifest.get("versions")
    if isinstance(versions, dict):
        told = ", ".join(f"{key} {value}" for key, value in versions.items())
        facts.append((say("back_provenance.versions"), told))
    return facts, command_of(manifest)


def command_of(manifest: dict[str, Any]) -> str:
    """Return the command line that made the study, from ``command`` or from ``overrides``."""
    command = manifest.get("command")
    if isinstance(command, list):
        return shlex.join(str(part) for part in command)
    if isinstance(command, str):
        return command
    overrides = manifest.get("overrides")
    if isinstance(overrides, list):
        return shlex.join(["creditcycle", *(str(part) for part in overrides)])
    return ""


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
