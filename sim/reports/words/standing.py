"""Standing words of the report: the subtitle, the method in half a page, definitions, provenance."""

from __future__ import annotations

import json
import shlex
from typing import Any

from sim.reports.folder import Study
from sim.reports.manifest import find_key
from sim.reports.words.formats import listing, number, scenario_title
from sim.reports.words.worlds import error_words

MONTH = (
    "CreditCycle simulates borrowers, one by one, firms where a study has them, and an online lender, month by month. "
    "A month runs in a fixed order: the economy moves; persons keep or lose work, earn, meet expense shocks, consume, "
    "draw on open lines and pay what they can and will; the lender observes, with noise, what a lender can observe, "
    "and decides on scores, limits, closures, prices and collections; it lends within its funding and "
    "capital; losses run through the risk-sharing scheme; the books close, and every fen that leaves one "
    "account is found in another. What the lender decides acts from the next month."
)

CALCULATION = (
    "Common random numbers. Every random draw is a function of the seed, its purpose, the person and the "
    "month, never of how many draws came before. All packages fork from one burn-in and meet the same "
    "shocks and the same luck, so a difference between two packages within a replication is due to the "
    "packages. Differences are taken within the replication (paired), and the tables of main results say how much "
    "variance that saved.",
    "What the intervals cover. Intervals are 95 % intervals of a mean over replications; they hold ERROR. They "
    "do not cover doubt about the model, OPEN or the scenario. Where there are too few replications the report "
    "prints n/a. The interval of few runs may reach where no run can, such as below zero. The bands in the figures "
    "show how replications differ, not the error of the mean.",
)

JUDGED = (
    "No lender can know what would have happened to a customer whose line it closed. The simulation can: each "
    "package that closes lines is run again without closing, all else equal, for the same persons with the same "
    "luck. A closure is judged by what the same person does there in the next 12 months. The random choice says what "
    "closing as many lines blindly would have got wrong. Closing causes defaults through a lost cushion and a weaker "
    "wish to repay (behaviour.liquidity_draws, closed_line_factor, closed_line_last); how much weaker, no published "
    "figure settles (docs/worlds.md). What closing saved a bank, beside what it saves in the shipped presets, stands "
    "in docs/plausibility.md."
)

UNSEEN = (
    "The lender knows its book: balances, arrears, the inflows that it sees, its own scores. The simulation also knows "
    "what became of everybody, and what would have become of those who were turned away. The figures below set the one "
    "against the other; a lender could only ever have some of them, and late."
)

DEFINITIONS = (
    (
        "Months past due; 30+ and 90+",
        "By contract date: M0 is current, M1 is 1–29 days past due, M2 30–59, M3 60–89, M4 90–119 and so "
        "on. 30+ is M2 and worse, 90+ is M4 and worse; balances of "
        "principal, written-off loans excluded.",
    ),
    (
        "Loss rate",
        "Principal charged off less recoveries, as a share of loans outstanding, annualised. Whoever bears "
        "it: sharing does not change this rate by itself.",
    ),
    (
        "Wrong closure",
        "The same person, in the paired run that closes no line and is otherwise equal, does not reach 90+ "
        "within 12 months of the first closure.",
    ),
    (
        "Default caused by closing",
        "90+ within 12 months of the closure in the closing run, and not in that paired run. Defaults that a closure "
        "prevents are not set against them. Closures with fewer than 12 months left are not judged, and counted.",
    ),
    (
        "Difference to parent",
        "Package less parent, within the same replication, mean over replications: the effect of all that the table of "
        "packages says the package changes in its parent, taken together.",
    ),
    (
        "Variance reduction",
        "Variance of the difference had the two runs been independent, divided by its variance as paired. "
        "Above 1, pairing helped.",
    ),
    (
        "Exhausted fund",
        "A guarantee fund that can no longer pay what it owes. A suspended fund takes on no new guarantees "
        "while its rules forbid it, and can open again.",
    ),
)


def calculation(study: Study) -> list[str]:
    """Say how differences and intervals are worked out."""
    without = study.worlds.empty
    still_open = "its parameters" if without else "parameters that no world changes"
    filled = {"95 %": study.coverage, "ERROR": error_words(study), "OPEN": still_open}
    texts = list(CALCULATION)
    for mark, words in filled.items():
        texts = [text.replace(mark, words) for text in texts]
    return texts


def caution(study: Study) -> str:
    """Say what the figures of a first page are not."""
    pins = "the number of replications pins" if study.worlds.empty else "replications and worlds pin"
    return (
        f"The intervals are {error_words(study)}: they say how far {pins} a "
        f"figure down, not whether the model{' or its parameters are' if study.worlds.empty else ' is'} right. "
        "Results of a simulation, not forecasts."
    )


SOURCES = (
    "Which figures of the shipped presets lie within published bands, and which do not, stands in "
    "docs/plausibility.md; sources of values stand in configs/, and a value that names none there is an assumption."
)


def many(study: Study) -> str:
    """Say what so many comparisons do to intervals; empty with one comparison."""
    compared = sum(1 for arm in study.arms if arm.parent) * len(study.scenarios)
    if compared < 2:
        return ""
    chance = round(1 / max(1 - study.confidence, 1e-9))
    return (
        f"One interval in {chance} excludes zero by chance where nothing differs; there are {compared} "
        "comparisons for each metric, and the intervals are not widened for that."
    )


def subtitle(study: Study) -> str:
    """Return the line under the title: size of the study and its fingerprint, no date."""
    manifest = study.manifest
    parts = [
        f"{len(study.arms)} package{'s' if len(study.arms) != 1 else ''}",
        f"{len(study.scenarios)} scenario{'s' if len(study.scenarios) != 1 else ''} "
        f"({listing([scenario_title(name) for name in study.scenarios])})",
        f"{study.replications} replication{'s' if study.replications != 1 else ''}"
        + (f" in {study.world_count} plausible worlds" if study.world_count else ""),
    ]
    if study.borrowers:
        parts.append(f"{number(study.borrowers, 0)} borrowers")
    lengths = sorted({study.months(name) for name in study.scenarios})
    if lengths:
        span = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
        parts.append(f"{span} months after the policy date")
    burn_in = find_key(manifest, "burn_in")
    if burn_in is not None:
        parts.append(f"{burn_in} months of burn-in before it")
    fingerprint = find_key(manifest, "results_sha256")
    tail = f". Results {str(fingerprint)[:12]}" if fingerprint else ""
    return "; ".join(parts) + tail + "."


def provenance(study: Study) -> tuple[list[tuple[str, str]], str]:
    """Return names and values of the study's origin, and the command that does it again (may be empty)."""
    manifest = study.manifest
    facts: list[tuple[str, str]] = []
    for name, keys in (
        ("Configuration (hash)", ("config_hash", "config_sha256")),
        ("Results (sha256)", ("results_sha256",)),
        ("Sources of the program (sha256)", ("program_sha256",)),
        ("Seed", ("seed",)),
        ("Seeds of the replications", ("seeds_rule",)),
        ("Replications", ("replications",)),
        ("Borrowers in a run", ("borrowers",)),
        ("Months of burn-in", ("burn_in",)),
    ):
        value = next((found for key in keys if (found := find_key(manifest, key)) is not None), None)
        if value is not None or keys[0] in ("config_hash", "results_sha256", "seed"):
            facts.append((name, "n/a" if value is None else _words(value)))
    versions = manifest.get("versions")
    if isinstance(versions, dict):
        facts.append(("Versions", ", ".join(f"{key} {value}" for key, value in versions.items())))
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
