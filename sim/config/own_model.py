"""``study.model=FILE.py:CLASS``: a model of the user's own, read, and loaded only where its code may run."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from sim.config.errors import UsageError, refusal
from sim.figures.own import declare, own_figures
from sim.inputs.errors import InputError
from sim.inputs.files import may_run, own_file
from sim.inputs.text import text_of
from sim.study.plan.own_model import OwnModel, own_of

KEY = "study.model"
WHAT = "a Python file with a subclass of sim.Model"


def own_model(text: str) -> OwnModel | None:
    """Read the file of a user's model and see that it holds the class; None where no model is named.

    Parameters
    ----------
    text : str
        ``FILE.py:CLASS``.

    Raises
    ------
    UsageError
        One line: the file cannot be read, may not run, fails when it is loaded, or has no such class.
    """
    if not text:
        return None
    # These know the model itself, which a composition without one of the user's need not.
    from sim.study.run.cell import engine_of_own
    from sim.study.run.own_model import OwnModelError

    file, _, name = text.rpartition(":")
    if not file.lower().endswith(".py") or not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(refusal(KEY, text, f"FILE.py:CLASS, {WHAT} and the name of the class"))
    try:
        found = own_file(file, WHAT)
        source = text_of(found, WHAT)
    except InputError as error:
        raise UsageError(f"{KEY}: {error}") from None
    if not may_run(found):
        raise UsageError(
            f"{KEY}: the study was begun with a model of a file ({PurePath(file).name}), which is code: "
            "hand the file over with --model FILE, or add --trust to run the copy that the folder keeps"
        )
    bare = OwnModel(f"{PurePath(file).name}:{name}", source, found.sha256, file=file)
    try:
        figures = own_figures(engine_of_own(bare).FIGURES)
    except OwnModelError as error:
        raise UsageError(f"{KEY}: {error}") from None
    declare(figures)
    return OwnModel(bare.called, source, found.sha256, figures, file)


def refuse_unlike(arms: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse models that declare a figure of one name otherwise: a study's tables have one unit and meaning for it.

    Parameters
    ----------
    arms : mapping of str to mapping
        Configurations of each package by scenario.

    Raises
    ------
    UsageError
        One line that names both packages.
    """
    known: dict[str, tuple[str, tuple[str, ...]]] = {}
    for arm, configs in arms.items():
        for own in filter(None, map(own_of, configs.values())):
            for row in own.figures:
                first, said = known.setdefault(row[0], (arm, row))
                if said != row:
                    raise UsageError(
                        f"{arm}: FIGURES: {row[0]} is ({', '.join(row[1:])}), and {first} declares it otherwise, "
                        f"({', '.join(said[1:])}): name one of them otherwise"
                    )
