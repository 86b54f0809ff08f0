"""What a study folder may not decide: which code runs here, and which address is called.

A folder may come from somebody else. Its settings and tables are data; a file of rules is code, and runs only
when the user hands it over or agrees. See SECURITY.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from sim.config.errors import UsageError
from sim.config.plugin import KEY
from sim.study.plan import Plan
from sim.study.store import read_manifest


def trusted(overrides: Sequence[str], folder: Path, verb: str, own: str, agreed: bool) -> list[str]:
    """Overrides of a study folder, with no rules among them but those that the user trusts.

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
    named = [text.partition("=")[2] for text in overrides if text.startswith(f"{KEY}=")]
    if own:
        try:
            same = Path(own).read_text(encoding="utf-8") == read_manifest(folder).get("own_rules")
        except (OSError, ValueError) as error:
            raise UsageError(f"--plugin: {own}: cannot be read: {getattr(error, 'strerror', error)}") from None
        if not same:
            raise UsageError(f"--plugin: {own} is not the file of rules that the study in {folder} was begun with")
        return [text for text in overrides if not text.startswith(f"{KEY}=")] + [f"{KEY}={Path(own).absolute()}"]
    if named and not agreed:
        raise UsageError(
            f"{verb}: {folder} was begun with rules of a file ({Path(named[-1]).name}), which are code: "
            "hand the file over with --plugin FILE, or add --trust to run what the folder names"
        )
    return list(overrides)


def without_address(plan: Plan, given: Sequence[str]) -> Plan:
    """A plan from a study folder, without the scheduler that it names, unless the user names one now."""
    if any(text.lstrip("+").startswith("machine.scheduler=") for text in given):
        return plan
    return dataclasses.replace(plan, machine=dataclasses.replace(plan.machine, scheduler=""))
