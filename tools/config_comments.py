"""Writes the comments of configs/ that repeat a declaration: what a key means, its unit. ``tools/config_comments.py``.

A comment behind a value is the declaration's and is written anew; where it makes the line too long it stands above,
after ``#:``. Comments on lines of their own are by hand (sources, reasons) and stay, as do those behind a key that
opens a section.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.config.locate import config_folder  # noqa: E402
from sim.config.options import GROUPS, dataclass_of, option_names  # noqa: E402
from sim.config.schema import Config  # noqa: E402
from sim.config.validate import fields_of  # noqa: E402

WIDTH = 120
LONG = "#:"
# Indent, key, value (a text in quotes or a list may hold a "#"), comment.
LINE = re.compile(r"""^(\s*)(\w+):((?:\s+(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^\s#"\[{][^#]*?))?)(?:\s+#\s*(.*))?$""")


def files() -> dict[Path, type]:
    """Every file whose keys are declared, with the dataclass that declares them."""
    folder = config_folder()
    options = {
        folder / group.name / f"{option}.yaml": dataclass_of(group.name, option)
        for group in GROUPS
        for option in option_names(group.name)
    }
    return {folder / "config.yaml": Config, **options}


def declared(owner: type, keys: list[str]) -> str:
    """What a key means and its unit, as a comment says it; empty where nothing is declared."""
    kind, found = owner, None
    for key in keys:
        if not dataclasses.is_dataclass(kind) or key not in fields_of(kind):
            return ""
        kind, found, _ = fields_of(kind)[key]
    if found is None or not found.meaning:
        return ""
    return found.meaning + (f" [{found.unit}]" if found.unit else "")


def printed(text: str, owner: type) -> str:
    """The text of a file with the comments of its declarations."""
    lines: list[str] = []
    above: list[tuple[int, str]] = []  # keys that the line lies in, with how far they are set in
    commented = False
    for line in text.splitlines():
        if line.lstrip().startswith(LONG):
            commented = True
            continue
        match = LINE.match(line)
        if match:
            indent, key, value, comment = match.groups()
            above = [*((depth, name) for depth, name in above if depth < len(indent)), (len(indent), key)]
            meaning = declared(owner, [name for _, name in above])
            if meaning and value and (comment or commented):
                lines += _commented(f"{indent}{key}:{value}".rstrip(), indent, meaning)
                commented = False
                continue
        commented = False
        lines.append(line)
    return "\n".join(lines) + "\n"


def _commented(line: str, indent: str, meaning: str) -> list[str]:
    if len(f"{line}  # {meaning}") <= WIDTH:
        return [f"{line}  # {meaning}"]
    start = f"{indent}{LONG} "
    return [*textwrap.wrap(meaning, WIDTH, initial_indent=start, subsequent_indent=start), line]


if __name__ == "__main__":
    for path, owner in files().items():
        path.write_text(printed(path.read_text(encoding="utf-8"), owner), encoding="utf-8")
