"""``experiment=mine.yaml``: a study in a YAML file of the user's, which may look like those of ``configs/experiment``.

What the file says is put in the place of its name, as if it had been typed; so the command line goes over it, a study
folder needs no copy of it, and every mistake in it is told as one on the command line is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sim.config.errors import UsageError, nearest, refusal
from sim.config.installed import located
from sim.config.options import BY_NAME, EXPERIMENT, YAML, is_file
from sim.config.overrides import parsed_value, written
from sim.config.own_model import KEY as MODEL
from sim.config.plugin import KEY as PLUGIN
from sim.config.userfile import read_yaml
from sim.inputs.files import beside

OVERRIDE = "override /"  # how a file in configs/experiment chooses the option of a group
FILES = ("economy.file", "population.file", "design.file", MODEL)
# What the command line says instead of something else in the file, where both would not go together.
INSTEAD = {
    "economy": ("study.scenarios",),
    "study.arms": ("study.compare", "study.leave_out"),
    "study.compare": ("study.arms",),
}


def unfolded(words: Sequence[str]) -> list[str]:
    """Put what a study's file says before all else that is asked for; words without such a file come back as they are.

    Raises
    ------
    UsageError
        The file cannot be read, or says what no study may. One line.
    """
    words = located(words)
    names = [word for word in words if word.startswith(f"{EXPERIMENT}=") and _named(word).lower().endswith(YAML)]
    if not names:
        return list(words)
    rest = [word for word in words if word not in names]
    given = {word.partition("=")[0] for word in rest}
    stood = {key for one in given for key in INSTEAD.get(one, ())} - given
    said = overrides_of(read_yaml(_named(names[-1]), key=EXPERIMENT, starts=True), _named(names[-1]))
    return [*(word for word in said if word.partition("=")[0] not in stood), *rest]


def _named(word: str) -> str:
    """The file that a word names, out of its quotes."""
    return str(parsed_value(EXPERIMENT, word.partition("=")[2]))


def overrides_of(said: Mapping[str, Any], name: str) -> list[str]:
    """Overrides that the content of a study's file amounts to.

    Parameters
    ----------
    said : mapping
        Groups with their options, keys with values, keys of a group below its name; ``defaults`` as in
        ``configs/experiment``.
    name : str
        Name of the file; files that it names lie beside it.

    Raises
    ------
    UsageError
        It names a file of rules or another experiment, or its ``defaults`` choose no option of a group.
    """
    found = list(_chosen(said.get("defaults") or [], name))
    found += _leaves({key: value for key, value in said.items() if key != "defaults"})
    for key, _ in found:
        if key in (PLUGIN, EXPERIMENT):
            allowed = "rules are named with --plugin FILE" if key == PLUGIN else "a study is no part of another"
            raise UsageError(refusal(f"{name}: {key}", dict(found)[key], allowed))
    return [f"{key}={written(_placed(key, value, name))}" for key, value in found]


def _chosen(entries: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Options that ``defaults`` choose."""
    for entry in entries if isinstance(entries, list) else [entries]:
        if entry == "_self_":
            continue
        words = next(iter(entry)) if isinstance(entry, dict) and len(entry) == 1 else ""
        group = str(words).removeprefix(OVERRIDE)
        if not str(words).startswith(OVERRIDE) or group not in BY_NAME:
            allowed = "a list of entries such as override /firms: none"
            raise UsageError(refusal(f"{name}: defaults", entry, allowed, nearest(group, BY_NAME) if group else None))
        yield group, entry[words]


def _leaves(said: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Keys with values; an option of a group of policies may stand below the word policy."""
    for key, value in said.items():
        here = f"{above}.{key}" if above else key
        group = here.replace(".", "/")
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, here)
        else:
            yield (group if group in BY_NAME else here), value


def _placed(key: str, value: Any, name: str) -> Any:
    """A value with the files that it names as seen from where the command is given."""
    if isinstance(value, str) and (is_file(key, value) or (key in FILES and value)):
        return beside(name, value)
    if key == "population.mapping" and isinstance(value, str) and value.lower().endswith(YAML):
        return beside(name, value)
    if key == "study.arms" and isinstance(value, list):
        return [beside(name, one) if PurePath(str(one)).suffix in YAML else one for one in value]
    if key == "study.scenarios" and isinstance(value, list):
        return [beside(name, one) if is_file("economy", one) else one for one in value]
    return value
