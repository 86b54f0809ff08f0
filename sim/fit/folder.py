"""The folder of a fit: what may lie there before, and the files that are written."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.config.errors import UsageError
from sim.config.locate import config_folder
from sim.config.options import option_names
from sim.config.own import stem_of
from sim.config.tape import FOLDER, read_mapping
from sim.config.userfile import read_yaml
from sim.config.validate import build
from sim.config.worlds import own_table
from sim.fit.asked import FitSettings
from sim.fit.drawing import JOURNAL
from sim.fit.fitting import Fit
from sim.fit.page import render
from sim.fit.prior import BELIEFS, values_of
from sim.fit.results import held_out, moments_of, numbers_of
from sim.language.words import Words
from sim.study.store.files import write_safely
from sim.study.store.provenance import versions

BEHAVIOUR, MAPPING, PAGE, FACTS = "behaviour.yaml", "mapping.yaml", "fit.html", "fit.json"
DECIDING = ("prior", "draws", "worlds", "seed")
"""Keys beside the mark that what is written hangs on; others, such as the language, write the same fit again."""


def check_folder(folder: Path, mark: str, settings: FitSettings) -> None:
    """Refuse a folder that holds something else than this fit; one that was stopped may go on under other keys.

    Parameters
    ----------
    folder : Path
        Where the fit is to be written.
    mark : str
        Of all that moments depend on beside the values, as in the journal.
    settings : FitSettings
        Keys of this fit.

    Raises
    ------
    UsageError
        One line; nothing was written.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"fit: to: {folder} is a file, must be a folder that is empty or not there")
    journal = folder / JOURNAL
    if not journal.exists():
        if any(folder.iterdir()):
            raise UsageError(f"fit: to: {folder} holds something else, must be empty or not there")
        return
    try:
        with journal.open(encoding="utf-8") as stream:
            known = json.loads(stream.readline() or "{}").get("mark")
    except (ValueError, AttributeError):
        known = None
    if known != mark:
        raise UsageError(f"fit: to: {folder} holds the fit of another tape or of other keys; name another folder")
    if (folder / FACTS).exists() and (other := _otherwise(folder / FACTS, settings)):
        raise UsageError(f"fit: to: {folder} holds the fit of {other}; name another folder")


def _otherwise(file: Path, settings: FitSettings) -> str:
    """Keys of a finished fit that this one has otherwise, as they were told; empty where there are none."""
    try:
        there = dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return f"keys that cannot be read from its {FACTS}"
    return " ".join(f"{key}={there.get(key)}" for key in DECIDING if there.get(key) != getattr(settings, key))


def write(fit: Fit, folder: Path, say: Words) -> list[Path]:
    """Write every file of a fit; returns their paths, those that a user opens first."""
    files = {
        PAGE: render(fit, say),
        BEHAVIOUR: behaviour_file(fit, folder.name),
        own_table(BEHAVIOUR): worlds_file(fit),
        MAPPING: mapping_file(fit),
        "moments.csv": table_of(moments_of(fit)),
        "held_out.csv": table_of(held_out(fit)),
        "numbers.csv": table_of(numbers_of(fit)),
        FACTS: json.dumps(facts(fit), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in files.items():
        write_safely(folder / name, text.encode())
    return [folder / name for name in files]


def facts(fit: Fit) -> dict[str, Any]:
    """What the fit was made of."""
    asked = fit.asked
    return {
        **dataclasses.asdict(asked.settings),
        "overrides": list(asked.overrides),
        "tape_sha256": asked.config.tape.sha256,
        "months": list(asked.history.labels),
        "held_out": list(asked.history.labels[asked.fitted + 1 :]),
        "accounts": asked.history.accounts,
        "draws_near": len(fit.places),
        "effective": round(fit.found.effective, 1),
        "versions": versions(),
    }


def behaviour_file(fit: Fit, name: str) -> str:
    """The preset: the middle of the answer, over the preset that the fit began from."""
    asked, middle = fit.asked, values_of(fit.middle)
    called = stem_of(f"{name}.yaml")
    called = f"{called} fitted" if called in option_names("behaviour") else called
    source = asked.config.tape.source
    span = f"{asked.history.labels[0]} to {asked.history.labels[asked.fitted]}"
    head = [
        f"# Behaviour fitted to {source}, {span}. Middle of what the tape tells; numbers.csv says"
        " of which numbers it tells nothing.",
        yaml.safe_dump(
            {"name": called, "defaults": asked.settings.preset}, allow_unicode=True, sort_keys=False
        ).rstrip(),
    ]
    rows = [f"{key.split('.')[1]}: {float(of):g}" for key, of in middle.items() if not key.startswith(BELIEFS)]
    return "\n".join([*head, *rows]) + "\n"


def worlds_file(fit: Fit) -> str:
    """The table of worlds, a row each; every beginning of it spans what the tape leaves open."""
    columns = {key: of for key, of in values_of(fit.worlds).items() if not key.startswith(BELIEFS)}
    rows = zip(*(of.tolist() for of in columns.values()), strict=True)
    head = f"# Plausible worlds given {fit.asked.config.tape.source}: all weigh the same, every beginning spans them."
    return "\n".join([head, ",".join(columns), *(",".join(f"{cell:g}" for cell in row) for row in rows)]) + "\n"


def mapping_file(fit: Fit) -> str:
    """The mapping with the beliefs that the fit came to."""
    name, middle = fit.asked.settings.mapping, values_of(fit.middle)
    shipped = (config_folder() / FOLDER / f"{name}.yaml").exists()
    plain: dict[str, Any] = {"defaults": name} if shipped else read_yaml(name, starts=True)
    given = dataclasses.asdict(read_mapping(name, build).beliefs)
    drawn = {key.removeprefix(BELIEFS): float(of) for key, of in middle.items() if key.startswith(BELIEFS)}
    plain["beliefs"] = {**given, **drawn}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)


def table_of(rows: Sequence[Any]) -> str:
    """Rows of one dataclass as CSV, six significant digits."""
    if not rows:
        return "\n"
    stream = io.StringIO()
    names = [field.name for field in dataclasses.fields(rows[0])]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        cells = (getattr(row, name) for name in names)
        writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else str(cell).lower() for cell in cells])
    return stream.getvalue()
