"""What a study folder may not decide: which code runs here, and which address is called.

A folder may come from somebody else. Its settings and tables are data; a file of rules is code, and runs only
when the user hands it over or agrees. See SECURITY.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from sim.config.errors import UsageError
from sim.config.overrides import rules_named
from sim.config.userfile import refused
from sim.inputs.files import Shelf, own_file
from sim.study.plan.plan import Plan
from sim.study.store.keeping import shelf_of
from sim.study.store.reading import read_manifest


def check_trust(overrides: Sequence[str], folder: Path, verb: str, own: str, agreed: bool) -> None:
    """Refuse to run the rules that a study folder keeps, unless the user hands the same file over or agrees.

    Parameters
    ----------
    overrides : sequence of str
        As the folder names them.
    folder, verb : Path, str
        For the message.
    own : str
        File that the user handed over with ``--plugin``; empty without one.
    agreed : bool
        Whether the user said ``--trust``.

    Raises
    ------
    UsageError
        One line, before anything of the rules was run.
    """
    named = rules_named(overrides)
    if own:
        with refused("--plugin"):
            given = own_file(own, "a Python file of rules").sha256
        kept = shelf_of(folder, read_manifest(folder)).kept
        if named not in kept or kept[named][1] != given:
            raise UsageError(f"--plugin: {own} is not the file of rules that the study in {folder} was begun with")
    elif named and not agreed:
        raise UsageError(
            f"{verb}: {folder} was begun with rules of a file ({Path(named).name}), which are code: "
            "hand the file over with --plugin FILE, or add --trust to run the copy that the folder keeps"
        )


def trusting(shelf: Shelf, folder: Path, own: str, agreed: bool) -> Shelf:
    """The shelf of a study folder, on which those files of models may run that the user hands over or agrees to.

    Parameters
    ----------
    own : str
        File that the user handed over with ``--model``; empty without one.
    agreed : bool
        Whether the user said ``--trust``.

    Raises
    ------
    UsageError
        One line: the study was begun with no such file.
    """
    if not own:
        return dataclasses.replace(shelf, trusted=None if agreed else frozenset())
    with refused("--model"):
        given = own_file(own, "a Python file with a model").sha256
    if given not in {sha256 for _, sha256 in shelf.kept.values()}:
        raise UsageError(f"--model: {own} is not the file of a model that the study in {folder} was begun with")
    return dataclasses.replace(shelf, trusted=None if agreed else frozenset({given}))


def without_address(plan: Plan, given: Sequence[str]) -> Plan:
    """A plan from a study folder, without the scheduler that it names, unless the user names one now."""
    if any(text.lstrip("+").startswith("machine.scheduler=") for text in given):
        return plan
    return dataclasses.replace(plan, machine=dataclasses.replace(plan.machine, scheduler=""))
