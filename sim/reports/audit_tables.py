"""Tables of the audit pack that hold texts: what is compared, inputs, parameters, rules, calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sim.language.words import ENGLISH, Words
from sim.reports.chapters.tables import facts_table, table
from sim.reports.document import prose
from sim.reports.words.audit_standing import PLACES
from sim.reports.words.auditing import Facts, economy_of
from sim.reports.words.formats import in_words

TEXT = ' class="text"'
LONGEST_VALUE = 400
EVERYWHERE = "all packages and economies"
DECLARED = (
    *("scheme", "rules", "path", "key", "value", "unit", "source", "shipped", "here", "there", "allowed", "stands_for"),
    *("rule", "actor", "phase", "does"),
)
"""Columns that hold what the program or its user declares, in English or in signs that no language has."""


def words_table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], say: Words, declared: Collection[str] = DECLARED
) -> str:
    """Return a table of texts; empty where there is no row.

    Parameters
    ----------
    caption, heads : str, sequence of str
        Keys of their texts.
    rows : iterable of sequence
        A value for each head.
    declared : collection of str
        Heads of columns in English, which another language marks as such.
    """
    marks = [' lang="en"' if head in declared and say.language != ENGLISH else "" for head in heads]
    made = [
        "<tr>" + "".join(_cell(value, mark, say) for value, mark in zip(row, marks, strict=True)) + "</tr>"
        for row in rows
    ]
    named = [say(f"audit.head_of.{head}") for head in heads]
    return table(say(f"audit.caption.{caption}"), named, made, kind=TEXT, say=say) if made else ""


def _cell(value: Any, mark: str, say: Words) -> str:
    return f'<td class="words"{mark}>{prose(_word(value, say))}</td>'


def _word(value: Any, say: Words) -> str:
    """A value as it is written: a text as such, nothing as a dash, all else as JSON has it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else say("audit.in_full", start=text[:LONGEST_VALUE])


def places(say: Words) -> str:
    """Where each part of the guidance is answered."""
    rows = [
        (say(f"audit.part.{part}"), say("list.comma").join(say(f"audit.heading.{key}") for key in keys))
        for part, keys in PLACES.items()
    ]
    return words_table("places", ("part", "heading"), rows, say)


def packages(facts: Facts, say: Words) -> str:
    """What is compared; the scheme in the language of the page where the study was told in it."""
    known = facts["use"]["packages"]
    told = say.language != ENGLISH and all(one.get("scheme_told") or not one["scheme"] for one in known)
    rows = [
        (
            *(one["name"], one["parent"], in_words(f"memo.packages.{one['name']}", one["meaning"], say)),
            *(one["scheme_told" if told and one["scheme"] else "scheme"], "; ".join(one["rules"])),
        )
        for one in known
    ]
    declared = [head for head in DECLARED if head != "scheme" or not told]
    return words_table("packages", ("package", "compared", "meaning", "scheme", "rules"), rows, say, declared)


def economies(facts: Facts, say: Words) -> str:
    """Economies, what they are and what they bring here."""
    rows = [
        (economy_of(name, say), in_words(f"memo.economies.{name}", one["meaning"], say), one["months"], one["outlook"])
        for one in facts["use"]["economies"]
        for name in (one["name"],)
    ]
    return words_table("economies", ("economy", "meaning", "months", "path"), rows, say)


def rooms(facts: Facts, say: Words) -> str:
    """Parts of the model."""
    rows = [(one["name"], one["meaning"]) for one in facts["model"]["rooms"]]
    return words_table("rooms", ("part", "does"), rows, say, ("part", "does"))


def files(facts: Facts, say: Words) -> str:
    """Files of the user's, and whether their copies are as recorded."""
    rows = [
        (*(one[name] for name in ("name", "file", "sha256", "bytes", "rows")), _yes(one["as_recorded"], say))
        for one in facts["inputs"]["files"]
    ]
    return words_table("files", ("asked", "copy", "digest", "bytes", "rows", "recorded"), rows, say)


def _yes(value: bool | None, say: Words) -> str:
    return "" if value is None else say("audit.yes" if value else "audit.no")


def seeds(facts: Facts, say: Words) -> str:
    """Seeds of the study and of its runs, and the rule that made them."""
    found = facts["inputs"]
    values = {"seed": str(found["seed"]), "seeds": ", ".join(map(str, found["seeds"]))}
    values["seeds_rule"] = found["seeds_rule"]
    return _facts("seeds", values, say)


def _facts(caption: str, values: Mapping[str, str], say: Words) -> str:
    """A table of names and values; a name that is no text is one of the study's own marks."""
    named = [(say(f"audit.fact.{key}") if f"audit.fact.{key}" in say else key, text) for key, text in values.items()]
    return facts_table(say(f"audit.caption.{caption}"), named)


def source_of(one: Mapping[str, Any], say: Words) -> str:
    """Source of the shipped value; for one that the study sets, that it does not speak for it."""
    if one["kind"] == "option":
        return str(one["source"])
    said = ": ".join(filter(None, [one["kind"], one["source"]]))
    changed = one["changed"] and one["kind"] != "how the study is run"
    return say("audit.study_change", source=said) if changed else said


def where_of(one: Mapping[str, Any], say: Words) -> str:
    """Where a value holds: everywhere, or in packages and economies by their names in the study."""
    where = str(one["where"])
    if where == EVERYWHERE:
        return say("audit.everywhere")
    if where.startswith("in "):
        return say("audit.in_economies", economies=where.removeprefix("in "))
    pairs = [part.partition(" in ")[::2] for part in where.split(", ")]
    return ", ".join(say("audit.in_both", package=arm, economy=place) if place else arm for arm, place in pairs)


def named(facts: Facts, say: Words) -> str:
    """Parameters with a source or a calibration."""
    rows = [
        (one["key"], one["value"], one["unit"], where_of(one, say), source_of(one, say))
        for one in facts["parameters"]
        if one["acts"] and one["kind"] in ("source", "calibrated")
    ]
    return words_table("named", ("key", "value", "unit", "where", "source"), rows, say)


def log(facts: Facts, say: Words) -> str:
    """What the study has otherwise than what is shipped."""
    rows = [
        (
            *(one[name] for name in ("key", "default", "value", "unit", "allowed")),
            where_of(one, say),
            source_of(one, say),
        )
        for one in facts["change_log"]
    ]  # fmt: skip
    return words_table("log", ("key", "shipped", "here", "unit", "allowed", "where", "source"), rows, say)


def package_changes(facts: Facts, say: Words) -> str:
    """What each package changes."""
    rows = [
        (one["name"], one["parent"], change["key"], change["parent_value"], change["value"])
        for one in facts["use"]["packages"]
        for change in one["changes"]
    ]
    return words_table("changes", ("package", "against", "key", "there", "here"), rows, say)


def worlds(facts: Facts, say: Words) -> str:
    """Ranges of the parameters that plausible worlds differ in."""
    rows = [(one["key"], one["lowest"], one["highest"], one["worlds"]) for one in facts["worlds"]]
    return words_table("worlds", ("key", "lowest", "highest", "worlds"), rows, say)


def marks(facts: Facts, say: Words) -> str:
    """Command, fingerprints, times, versions and machine."""
    study, found = facts["study"], facts["environment"]
    values = {name: study[name] for name in ("command", "results_sha256", "config_sha256", "program_sha256")}
    values |= {"configurations": found["configurations_sha256"], "status": study["status"]}
    values["times"] = f"{study['started']}, {study['ended']}"
    values["versions"] = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return _facts("marks", {**values, "machine": found["machine"]}, say)


def calls(facts: Facts, say: Words) -> str:
    """Calls that computed cells."""
    rows = [
        (
            *(one[name] for name in ("began", "ended", "commit")),
            _yes(one["clean"], say),
            *(one[name] for name in ("lock_sha256", "platform", "cells")),
        )
        for one in facts["environment"]["calls"]
    ]
    return words_table("calls", ("began", "ended", "commit", "clean", "lock", "platform", "cells"), rows, say)


def register(facts: Facts, say: Words) -> str:
    """Every parameter that acts."""
    rows = [
        (*(one[name] for name in ("key", "value", "unit", "allowed")), where_of(one, say), one["meaning"],
         source_of(one, say))
        for one in facts["parameters"]
        if one["acts"]
    ]  # fmt: skip
    return words_table("register", ("key", "value", "unit", "allowed", "where", "stands_for", "source"), rows, say)


def month(facts: Facts, say: Words) -> str:
    """The month of the first package, rule by rule."""
    rows = [(one["name"], one["by"], one["phase"], one["meaning"]) for one in facts["model"]["month"]]
    return words_table("month", ("rule", "actor", "phase", "does"), rows, say)


TABLES: Mapping[str, Sequence[Callable[[Facts, Words], str]]] = {
    "purpose": (packages, economies),
    "model": (rooms,),
    "inputs": (files, seeds),
    "assumptions": (named,),
    "changes": (log, package_changes, worlds),
    "reproduction": (marks, calls),
    "register": (register,),
    "month": (month,),
}
"""What writes the tables of texts below each heading."""
