"""Tab completion by Hydra's own plugins (bash, zsh, fish), over our folder and behind our verbs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys

from omegaconf.errors import OmegaConfBaseException

from sim.config.commandline import SYNONYMS, VERBS
from sim.config.errors import UsageError, refusal
from sim.config.hydra_side import ROOT, hydra_here

SHELLS = ("bash", "zsh", "fish")


def complete(words: list[str]) -> None:
    """Answer ``-sc install=bash``, ``uninstall=bash`` or, for the shell itself, ``query=bash``.

    Raises
    ------
    UsageError
        Another command or shell.
    """
    command, _, shell = words[0].partition("=") if len(words) == 1 else ("", "", "")
    if command not in ("install", "uninstall", "query") or shell not in SHELLS:
        given = " ".join(words)
        raise UsageError(refusal("-sc", given, "install=SHELL or uninstall=SHELL, with bash, zsh or fish"))
    verbs = "|".join((*VERBS, *SYNONYMS))
    # The line after the program's name is what Hydra completes; a leading verb is ours.
    os.environ["COMP_LINE"] = re.sub(rf"^(\s*\S+\s+)(?:{verbs})\s+", r"\1", os.environ.get("COMP_LINE", ""))
    answer = io.StringIO()
    with contextlib.redirect_stdout(answer), contextlib.suppress(OmegaConfBaseException):
        hydra_here().shell_completion(ROOT, words)
    # Packages are chosen by study.arms, mappings by population.mapping; Hydra's own node is nobody's first wish.
    text = (
        re.sub(r"(?<!\S)(?:package|mapping|hydra)[=/.]\S*[ \n]?", "", answer.getvalue())
        if command == "query"
        else answer.getvalue()
    )
    sys.stdout.write(text)
