"""Writes docs/schemes.md: every shipped scheme, its source, and what it says. ``python tools/schemes_page.py``."""

from __future__ import annotations

import textwrap
from pathlib import Path

from sim.config.compose import compose
from sim.config.locate import config_folder
from sim.config.options import option_names
from sim.sharing.reading import reading

WIDTH = 116
HEAD = """# Risk-sharing schemes

Every scheme is a file in `configs/sharing`, chosen by name (`sharing=guarantee_80_20`) or, as a package that changes
nothing else, in a study (`study.arms=[lenient,efg]`). Each file names its source and what of it is an assumption;
figures that could not be verified are said to be so. What each does, in the words that `creditcycle show sharing=NAME`
prints, with the standard fund behind it:
"""


def source(name: str) -> str:
    """Return the comment that opens a scheme's file."""
    words = []
    for line in (config_folder() / "sharing" / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        words.append(line.strip("# "))
    return " ".join(words)


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name in option_names("sharing"):
        config = compose([f"sharing={name}"])
        quoted = textwrap.indent(textwrap.fill(reading(config.sharing, config.fund), WIDTH - 2), "> ")
        parts.append(f"## {name}\n\n{textwrap.fill(source(name), WIDTH)}\n\n{quoted}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "schemes.md").write_text(page(), encoding="utf-8")
