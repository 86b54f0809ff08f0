"""Writes docs/reference: settings and commands, as they are declared. ``python tools/reference_pages.py``."""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.config.commandline import SYNONYMS, VALUED, VERBS  # noqa: E402
from sim.config.compose import compose_groups  # noqa: E402
from sim.config.describe import BESIDE, HELP  # noqa: E402
from sim.config.errors import shown  # noqa: E402
from sim.config.options import GROUPS, Group, dataclass_of, meaning_of, option_names  # noqa: E402
from sim.config.schema import Config  # noqa: E402
from sim.config.validate import fields_of, range_in_words  # noqa: E402
from sim.engine.tables.declare import Setting  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
SETTINGS = """# Settings

Every group, its options and its keys: the value that is shipped, what is allowed, the unit, what it means, and
with which options or other keys it acts. `group=option` chooses, `key=value` changes one number; `creditcycle
show GROUP=OPTION` prints the same with the values of that option. Values are those of the default option (in
bold), or of the first option that has the key. What stands in a list has `[0]` in its key. Money is in fen (1
yuan = 100 fen). Made from the declarations by `tools/reference_pages.py`.
"""
COMMANDS = """# Commands

`creditcycle [VERB] [WORDS] [FLAGS]`; without a verb the words are overrides and a study runs. `creditcycle --help`,
also behind a verb, prints the text [below](#what-creditcycle---help-prints). A mistake in what was asked for is one
line, with exit code 2, and nothing has been written. Made from the declarations by `tools/reference_pages.py`.
"""


class Key(typing.NamedTuple):
    """A key as the page has it; an empty text where there is nothing to say."""

    address: str
    value: str
    allowed: str
    unit: str
    meaning: str
    needs: str


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = (heads, ("---",) * len(heads), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def keys_of(owner: type, path: str, values: Any, needs: str = "") -> Iterator[Key]:
    """Keys of a dataclass and of its parts, in the order of their declaration."""
    for name, (kind, declared, entry) in fields_of(owner).items():
        if name == "name" or kind is dict:
            continue
        here, value = f"{path}.{name}", values.get(name, entry.default)
        inner: list[Any] = [one for one in (kind, *typing.get_args(kind)) if dataclasses.is_dataclass(one)]
        acts = " and ".join(filter(None, (needs, declared.needs)))
        if not inner:
            yield key_of(here, kind, declared, value, acts)
        elif inner[0] is kind:
            yield from keys_of(inner[0], here, value, acts)
        else:
            yield from keys_of(inner[0], f"{here}[0]", value[0] if value else {})


def key_of(address: str, kind: Any, declared: Setting, value: Any, needs: str) -> Key:
    """One key with its value and its declaration in words."""
    if declared.choices:
        allowed = "one of " + ", ".join(f"`{choice}`" for choice in declared.choices)
    elif kind in (int, float):
        allowed = range_in_words(kind, dataclasses.replace(declared, unit=""))
    else:
        allowed = {bool: "true or false", str: "a text"}.get(kind, "a list")
    empty = value is dataclasses.MISSING or value in ("", ())
    return Key(address, "" if empty else f"`{shown(value)}`", allowed, declared.unit, declared.meaning, needs)


def keys_in(group: Group) -> dict[str, tuple[Key, list[str]]]:
    """Every key of a group, and the options that have it, the default one first."""
    default = default_of(group)
    options = [default, *(name for name in option_names(group.name) if name != default)]
    found: dict[str, tuple[Key, list[str]]] = {}
    for option in options if group.attribute == "OPTIONS" else [default]:
        section = section_of(group, option)
        for key in keys_of(dataclass_of(group.name, option), group.node, section):
            found.setdefault(key.address, (key, []))[1].append(option)
    return found


def section_of(group: Group, option: str | None = None) -> Any:
    """A group as it is composed, with the default option where none is named."""
    section: Any = compose_groups([(group.name, option)] if option else [])
    for part in group.name.split("/"):
        section = section[part]
    return section


def default_of(group: Group) -> str:
    """Name of the option that is composed where none is chosen."""
    return str(section_of(group)["name"])


def settings() -> str:
    """The page of settings."""
    parts = [SETTINGS]
    for name in ("seed", "out"):
        kind, declared, entry = fields_of(Config)[name]
        key = key_of(name, kind, declared, entry.default, "")
        parts.append(f"- `{name}`: {key.value}; {key.allowed}; {key.meaning}")
    for group in GROUPS:
        default, names = default_of(group), list(option_names(group.name))
        bold = (f"**`{name}`**" if name == default else f"`{name}`" for name in names)
        options = [(name, meaning_of(group.name, option)) for name, option in zip(bold, names, strict=True)]
        parts += [f"\n## `{group.name}`", f"\n{group.meaning[:1].upper()}{group.meaning[1:]}.\n"]
        parts.append(table(("option", "what it is"), options))
        rows = [
            (f"`{key.address}`", *key[1:-1], _acts(key, having, names if group.attribute == "OPTIONS" else having))
            for key, having in keys_in(group).values()
        ]
        parts.append("\n" + table(("key", "value", "allowed", "unit", "meaning", "acts with"), rows) if rows else "")
    parts.append("\n## Named by other keys\n")
    others = [(f"`{name}`", meaning, _names(option_names(name))) for name, meaning in BESIDE.items()]
    parts.append(table(("what", "what it is", "shipped"), others))
    return "\n".join(parts) + "\n"


def _acts(key: Key, having: list[str], names: list[str]) -> str:
    options = "" if len(having) == len(names) else _names(having)
    return "; ".join(filter(None, (options, f"`{key.needs}`" if key.needs else "")))


def _names(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def commands() -> str:
    """The page of commands."""
    rows = []
    for verb, text in VERBS.items():
        meaning, _, usage = text.partition(": creditcycle ")
        also = [other for other, meant in SYNONYMS.items() if meant == verb]
        meaning += f" (also {_names(also)})" if also else ""
        rows.append((f"`{verb}`", meaning, f"`creditcycle {usage or verb}`"))
    flags = [(f"`{flag}`", _names(choices or ())) for flag, (_, choices) in VALUED.items() if flag.startswith("--")]
    return (
        "\n".join(
            [
                COMMANDS,
                "## Verbs\n",
                table(("verb", "what it does", "how"), rows),
                "\n## Flags that take a value\n",
                table(("flag", "values; empty: what you name"), flags),
                "\n## What `creditcycle --help` prints\n",
                f"```text\n{HELP}```",
            ]
        )
        + "\n"
    )


def pages() -> dict[Path, str]:
    """The pages, and what each should say."""
    return {FOLDER / "settings.md": settings(), FOLDER / "commands.md": commands()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
