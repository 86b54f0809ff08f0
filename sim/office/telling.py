"""What a memo and a workbook say in words: the question, the bottom line, the fingerprint."""

from __future__ import annotations

from sim.language.words import Words
from sim.reports.folder import Study
from sim.reports.manifest import find_key
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.telling import Telling

NAMED = 5
"""Packages and economies that a question names one by one; more are counted."""


def title_of(study: Study, say: Words) -> str:
    """Return the question that the study asks; names of packages between backticks."""
    telling = Telling(say, study.scenarios)
    root = telling.package(study.root.name)
    others = [telling.package(arm.name) for arm in study.arms if arm.name != study.root.name]
    where = telling.listing([telling.economy(name) for name in study.scenarios])
    if len(study.scenarios) > NAMED:
        where = say("memo.economies_many", count=len(study.scenarios))
    if not others:
        return say("memo.title_alone", package=root, where=where)
    if len(others) > NAMED:
        return say("memo.title_many", count=len(others), root=root, where=where)
    key = "memo.title_one" if len(others) == 1 else "memo.title"
    return say(key, packages=telling.listing(others), root=root, where=where)


def bottom_line(study: Study, say: Words) -> list[tuple[str, list[str]]]:
    """Return what was found: groups of sentences, each with its heading; those without a sentence are left out."""
    return [(heading, told) for heading, told in sentences(verdict_of(study), say) if told]


def fingerprint(study: Study, say: Words) -> str:
    """Return the fingerprint of the results, and the version that made them."""
    versions = study.manifest.get("versions") or {}
    return say(
        "memo.fingerprint",
        results=str(find_key(study.manifest, "results_sha256")),
        config=str(find_key(study.manifest, "config_sha256"))[:12],
        version=str(versions.get("creditcycle", "")),
    )


def plain(text: str) -> str:
    """Return a sentence without the marks around names."""
    return text.replace("`", "")
