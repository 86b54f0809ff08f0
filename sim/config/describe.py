"""What there is to choose: groups, options, keys with unit, range and meaning. And the text of ``--help``."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

from sim.config.errors import UsageError, nearest, shown
from sim.config.options import (
    BY_NAME,
    EXPERIMENT,
    GROUPS,
    check_option,
    dataclass_of,
    meaning_of,
    option_names,
)

BESIDE = {
    EXPERIMENT: "a named study",
    "package": "policy packages, named in study.arms",
    "mapping": "which column of a loan tape is what, named in population.mapping",
}

HELP = """\
creditcycle: policy packages of an online lender, compared through economic cycles.

Borrowers and a lender live month by month; every package meets the same people and the same luck, so that
the difference between two packages is the packages. Without arguments: five packages in calm years, in a
severe recession and on the real path of 2007-2012. Ends with a table and a report to mail.

  creditcycle [run] [OVERRIDES]      run the job; overrides are group=option and key=value
  creditcycle resume DIR             go on with a study that was interrupted
  creditcycle show [WHAT]            groups; options of a group; keys with unit, range and meaning
  creditcycle help

Examples
  creditcycle
      the main study, into the folder out
  creditcycle economy=mild_recession policy/limit=tiered out=tiered
      the default lender against the same lender with tiered limits, in a mild recession
  creditcycle study.arms=[lenient,closing] study.replications=5 population.borrowers=5000 out=quick
      two of the packages, smaller and sooner
  creditcycle economy=path economy.file=unemployment.csv out=mine
      your own months of unemployment (CSV or Parquet); for a loan tape: creditcycle show population=tape
  creditcycle -m fund=thin,standard,strong study.arms=[lenient,guaranteed] out=funds
      three jobs, one for each fund, into funds/0, funds/1 and funds/2

Keys
  out, seed, study.arms, study.scenarios, study.replications, study.months, study.burn_in,
  population.borrowers, machine.threads, machine.workers, and all that `creditcycle show` lists.
  With policy/..., sharing, fund, lender or behaviour changed and study.arms not named, the job compares
  `baseline` with `configured`. With economy named, it is the only scenario.

Flags
  -m, --multirun          a job for every combination of alternatives: seed=1,2 or seed=range(1,9)
  -c, --cfg job           print the composed configuration and stop (-p PART for a part of it)
  -i, --info [WHAT]       what Hydra knows: all, config, defaults, defaults-tree, plugins, searchpath
  -sc, --shell-completion tab completion: eval "$(creditcycle -sc install=bash)"
  --version, -h, --help

Exit codes
  0 done; 1 a job failed; 2 a mistake in what was asked for, said in one line, nothing written;
  130 interrupted, what is finished is kept and `creditcycle resume DIR` goes on.
"""


def describe(words: list[str]) -> str:
    """Text of ``creditcycle show``: everything, a group, an option of it, or a key.

    Raises
    ------
    UsageError
        There is no such group, option or key.
    """
    if len(words) > 1:
        raise UsageError(f"show: {shown(words)} is not allowed: one group, option or key at a time")
    if not words:
        return "\n".join(_all_groups()) + "\n"
    group, _, option = words[0].partition("=")
    slashed = group.replace(".", "/")
    if group in BESIDE or slashed in BY_NAME:
        group = group if group in BESIDE else slashed
        if option:
            check_option(group, option)
        return "\n".join(_group(group, option)) + "\n"
    found = [
        line
        for line in _every_key()
        if line.split()[0] == words[0] or line.startswith((f"{words[0]}.", f"{words[0]}["))
    ]
    if not found:
        known = [line.split()[0] for line in _every_key()]
        near = nearest(words[0], [*BY_NAME, *BESIDE, *known])
        raise UsageError(f"{words[0]}: there is no such group or key" + (f"; did you mean {near}?" if near else ""))
    return "\n".join(found) + "\n"


def _all_groups() -> Iterator[str]:
    yield "Groups and their options (choose with GROUP=OPTION; `creditcycle show GROUP` lists its keys)"
    rows = [(group.name, group.meaning) for group in GROUPS]
    rows += list(BESIDE.items())
    for group, meaning in rows:
        yield ""
        yield f"{group}: {meaning}"
        yield from _options(group)


def _options(group: str) -> Iterator[str]:
    for option in option_names(group):
        yield f"  {option:<20} {meaning_of(group, option)}".rstrip()


def _group(group: str, option: str) -> Iterator[str]:
    yield f"{group}: " + (BY_NAME[group].meaning if group in BY_NAME else BESIDE[group])
    yield from _options(group)
    if group not in BY_NAME:
        return
    options = (option,) if option else option_names(group)
    owners = {dataclass_of(group, name): name for name in reversed(options)}
    for owner, name in reversed(owners.items()):
        yield ""
        yield f"Keys of {group}={name}" if len(owners) > 1 or option else "Keys"
        yield from _keys(owner, BY_NAME[group].node)


def _every_key() -> list[str]:
    found: dict[str, str] = {}
    for group in GROUPS:
        for option in option_names(group.name):
            for line in _keys(dataclass_of(group.name, option), group.node):
                found.setdefault(line.split()[0], line.strip())
    return [
        "seed  a whole number of at least 0, default 1: seed of every random draw",
        "out  a text, default out: study folder, made when the job starts",
        *found.values(),
    ]


def _keys(owner: type, path: str) -> Iterator[str]:
    from sim.config.validate import fields_of, range_in_words

    for name, (kind, declared, entry) in fields_of(owner).items():
        if name == "name":
            continue
        here = f"{path}.{name}"
        inner = [part for part in (kind, *typing.get_args(kind)) if dataclasses.is_dataclass(part)]
        if inner:
            assert isinstance(inner[0], type)
            yield from _keys(inner[0], here if inner[0] is kind else f"{here}[0]")
            continue
        if declared.choices:
            allowed = "one of " + ", ".join(declared.choices)
        elif kind in (int, float):
            allowed = range_in_words(kind, declared)
        else:
            allowed = _in_words(kind) + (f" ({declared.unit})" if declared.unit else "")
        yield f"  {here}  {allowed}{_default(entry)}: {declared.meaning}"


def _in_words(kind: Any) -> str:
    return {bool: "true or false", str: "a text"}.get(kind, "a list" if typing.get_origin(kind) else str(kind))


def _default(entry: dataclasses.Field[Any]) -> str:
    if entry.default is dataclasses.MISSING or entry.default in ("", ()):
        return ""
    return f", default {shown(entry.default)}"
