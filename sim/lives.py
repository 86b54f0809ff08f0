"""The verb that shows one life of the panel as a page, or says which lives tell something."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.saying import DONE

if TYPE_CHECKING:
    from sim.config.commandline import CommandLine

TABLES = {"person": "panel", "firm": "panel_firms"}


def life(folder: Path, line: CommandLine, tell: Callable[[Path], object], language: str = "") -> int:
    """Write the page of one life, and tell where the folder was cited; without a number name lives that tell something.

    In a language of `sim.language.words.LANGUAGES`, that of the study where none is named.

    Raises
    ------
    UsageError, StoreError
        Who was asked for is not there, or there is no panel; one line.
    """
    from sim.config.errors import UsageError
    from sim.reports.lives.choosing import NotInThePanelError, arms_of, choose
    from sim.reports.lives.page import write
    from sim.reports.lives.telling import listed
    from sim.reports.manifest import words_of
    from sim.study.compare.terminal import to_terminal
    from sim.study.store.reading import read_manifest, read_table

    manifest = read_manifest(folder)
    say, arms, who = words_of(manifest, language), arms_of(manifest), "firm" if line.firm else "person"
    if line.person and line.firm:
        raise UsageError("life: --person and --firm exclude each other")
    if not line.person and not line.firm:
        if any((line.economy, line.packages, line.replication)):
            raise UsageError("life: needs --person N or --firm N beside --economy, --packages and --replication")
        there = TABLES if manifest["config"]["firms"]["name"] != "none" else {"person": TABLES["person"]}
        panels = {one: read_table(folder, table) for one, table in there.items()}
        to_terminal("\n".join(listed(panels, arms, str(folder), say)))
        return DONE
    number, replication = (whole(f"--{name}", getattr(line, name) or "0") for name in (who, "replication"))
    packages = [name for name in line.packages.split(",") if name]
    panel, economy = read_table(folder, TABLES[who]), line.economy
    try:
        found = choose(panel, who, number, arms, scenario=economy, packages=packages, replication=replication)
    except NotInThePanelError as error:
        raise UsageError(f"life: {error}") from None
    sys.stdout.write(f"{write(found, manifest, folder, say)}\n")
    tell(folder)
    return DONE


def whole(key: str, text: str) -> int:
    """A whole number of nine digits at most.

    Raises
    ------
    UsageError
        It is none; the line names the key.
    """
    from sim.config.errors import UsageError, refusal
    from sim.inputs.numbers import is_whole

    if not is_whole(text) or len(text) > 9 or int(text) < 0:
        raise UsageError(refusal(key, text, "a whole number of at least 0"))
    return int(text)
