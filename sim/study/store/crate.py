"""``ro-crate-metadata.json``: what a study folder holds, who made the program, and how, as RO-Crate 1.1 has it.

It names no host and no person, and holds no time but that of the manifest: the same folder gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from sim.study.store.provenance import versions

CRATE = "ro-crate-metadata.json"
FINGERPRINT, SOFTWARE, AUTHORS, RUN, TERMS = "#fingerprint", "#creditcycle", "#authors", "#run", "#terms-of-results"
PROFILE = "https://w3id.org/ro/crate/1.1"
CONTEXT = [f"{PROFILE}/context", {"sha256": "https://schema.org/sha256"}]
"""The terms of RO-Crate 1.1, which has none for a checksum; that of schema.org is added."""

NO_TERMS = "Whoever made the study has stated no licence for its results; the program's own is that of the program."
FORMATS = {
    ".json": "application/json", ".csv": "text/csv", ".html": "text/html", ".txt": "text/plain", ".yaml": "text/yaml",
    ".yml": "text/yaml", ".py": "text/x-python", ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3", ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
ABOUT = {
    "manifest.json": "Resolved configuration, seeds, versions, units, and the sha256 over all values of the results",
    "report.html": "The findings in sentences, with figures and intervals",
    "summary.csv": "Mean, interval and paired difference of every figure by package and economy",
    "scorecard.csv": "Parties by packages: money, rates in per cent, each with its difference to the parent",
    "risk.csv": "Quantiles of losses, expected shortfall and ruin by package and economy",
    "dominance.csv": "For each pair of packages and each figure: difference, margin, verdict",
    "worlds.csv": "Each difference in how many plausible worlds, and whose its doubt is",
    "closures.parquet": "Closures of each run, judged",
    "audit.html": "What model validation asks for",
    "audit.json": "What model validation asks for, to be read by programs",
}
"""What files are that stand in the folder itself; others are told by the folder that they lie in."""
INSIDE = {
    "results": "Months of some runs: every figure by package, economy, replication and month",
    "tables": "What runs noted beside their months, each row with its run",
    "journal": "Cells of a result file, and its checksum",
    "inputs": "Copy of a file that the study was made of",
    "export": "The results as a table of their own",
}


def software() -> dict[str, str]:
    """Name, version, authors and licence of the program, as its package says."""
    try:
        said: Any = metadata("creditcycle")
    except PackageNotFoundError:
        return {"name": "CreditCycle", "version": "not installed", "authors": "CreditCycle", "licence": ""}
    licence = said.get("License-Expression", "")
    authors = said.get("Author", "CreditCycle")
    return {"name": "CreditCycle", "version": said["Version"], "authors": authors, "licence": licence}


def title(manifest: Mapping[str, Any]) -> str:
    """Say what a study compares: packages, economies, runs."""
    packages = ", ".join(arm["name"] for arm in manifest["arms"])
    economies = ", ".join(scenario["name"] for scenario in manifest["scenarios"])
    cells = manifest["cells"]
    part = "" if manifest["status"] == "complete" else f", {cells['finished']} of {cells['of']} cells finished"
    return f"Policy packages ({packages}) in economies ({economies}), {manifest['replications']} replications{part}"


def made_with(manifest: Mapping[str, Any]) -> str:
    """Version of the program that made a study, as its manifest says."""
    return str(manifest.get("versions", {}).get("creditcycle", versions()["creditcycle"]))


def date(manifest: Mapping[str, Any]) -> str:
    """Day of the results: when the last run ended, or a killed study began; empty where neither is known.

    RO-Crate 1.1 asks for one of every data set.
    """
    return str(manifest.get("ended") or manifest.get("started") or "")[:10]


def crate(
    manifest: Mapping[str, Any], fingerprint: str, files: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Describe a study folder as RO-Crate.

    Parameters
    ----------
    manifest : mapping
        The study's.
    fingerprint : str
        Sha256 over the sums of all files.
    files, sizes : mapping
        Sha256 and bytes of every file, by its name in the folder.
    """
    parts = [_file(name, mark, sizes[name]) for name, mark in files.items()]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": title(manifest),
        "description": f"Results of a simulation by CreditCycle {made_with(manifest)}: {manifest['command']}",
        "license": {"@id": TERMS},
        "identifier": {"@id": FINGERPRINT},
        "hasPart": [{"@id": part["@id"]} for part in parts],
        "mentions": {"@id": RUN},
    }
    if date(manifest):
        root["datePublished"] = date(manifest)
    about = {"@id": CRATE, "@type": "CreativeWork", "conformsTo": {"@id": PROFILE}, "about": {"@id": "./"}}
    marks = [_value(FINGERPRINT, "fingerprint", fingerprint)]
    graph = [about, root, *parts, *_program(manifest), _run(manifest, files), *marks]
    terms = {"@id": TERMS, "@type": "CreativeWork", "name": "No licence stated", "description": NO_TERMS}
    return {"@context": CONTEXT, "@graph": [*graph, terms]}


def _file(name: str, mark: str, size: int) -> dict[str, Any]:
    path = PurePath(name)
    kind = FORMATS.get(path.suffix.lower(), "application/octet-stream")
    said = {"@id": quote(name, errors="surrogateescape"), "@type": "File", "name": _printable(path.name)}
    about = ABOUT.get(name) or INSIDE.get(path.parts[0] if len(path.parts) > 1 else "")
    said |= {"description": about} if about else {}
    return said | {"encodingFormat": kind, "contentSize": str(size), "sha256": mark}


def _printable(name: str) -> str:
    """A file's name as a text in UTF-8, whatever bytes it is made of."""
    return name.encode(errors="replace").decode()


def _value(key: str, name: str, value: str) -> dict[str, Any]:
    return {"@id": key, "@type": "PropertyValue", "propertyID": "sha256", "name": name, "value": value}


def _program(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The program and its authors."""
    said = software()
    program: dict[str, Any] = {
        "@id": SOFTWARE,
        "@type": "SoftwareApplication",
        "name": said["name"],
        "version": made_with(manifest),
        "author": {"@id": AUTHORS},
    }
    if said["licence"]:
        program["license"] = {"@id": f"https://spdx.org/licenses/{said['licence']}"}
    found = [program, {"@id": AUTHORS, "@type": "Organization", "name": said["authors"]}]
    if said["licence"]:
        found.append({**program["license"], "@type": "CreativeWork", "name": said["licence"]})
    return found


def _run(manifest: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """What made the results: the program, from the user's files, between the times of the manifest."""
    own = [{"@id": quote(name, errors="surrogateescape")} for name in files if name.startswith("inputs/")]
    times = {"startTime": manifest.get("started", ""), "endTime": manifest.get("ended", "")}
    return {
        "@id": RUN,
        "@type": "CreateAction",
        "name": manifest["command"],
        "description": f"results_sha256 {manifest['results_sha256']}",
        "instrument": {"@id": SOFTWARE},
        "object": own,
        "result": {"@id": "./"},
    } | {name: time for name, time in times.items() if time}


def in_text(manifest: Mapping[str, Any], fingerprint: str) -> str:
    """The citation as a sentence."""
    said, year = software(), date(manifest)[:4]
    when = f" ({year})" if year else ""
    return (
        f"{title(manifest)}{when}. Simulated with {said['name']} {made_with(manifest)} by {said['authors']}. "
        f"results_sha256 {manifest['results_sha256']}, fingerprint sha256 {fingerprint}."
    )


def in_bibtex(manifest: Mapping[str, Any], fingerprint: str) -> str:
    """The citation as an entry of BibTeX; the authors are those of the program, the study's are for you to add."""
    said, year = software(), date(manifest)[:4]
    program = f"Simulation with {said['name']} {made_with(manifest)}"
    marks = f"results_sha256 {manifest['results_sha256']}, fingerprint sha256 {fingerprint}"
    fields = {"author": f"{{{_tex(said['authors'])}}}", "title": f"{{{_tex(title(manifest))}}}", "year": year}
    fields |= {"howpublished": _tex(program), "note": _tex(marks)}
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@misc{{creditcycle-{fingerprint[:12]},", *lines, "}"])


def _tex(text: str) -> str:
    """Write a text so that TeX prints it as it is."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(char, f"\\{char}" if char in "&%$#_{}" else char) for char in text)
