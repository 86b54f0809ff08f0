"""Text of ``creditcycle show package=NAME``: a policy package, and what it changes as it is composed."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from sim.config.compose import compose
from sim.config.errors import shown
from sim.config.job import plan
from sim.config.options import BY_NAME
from sim.config.overrides import written
from sim.config.packages import Package, chain, package
from sim.study.plan.differences import changes
from sim.study.run.stopping import bare
from sim.study.store.manifest import rules_in_words, scheme_in_words

WIDTH = 116
ECONOMY = "economy=calm"  # it has no preset, which would change the lender and the persons, too


def package_page(name: str, own: Sequence[str] = ()) -> str:
    """Meaning, parent, changes and scheme of a package.

    Parameters
    ----------
    name : str
        A shipped package, or the path of a YAML file of the user's.
    own : sequence of str
        The override that names the user's file of rules; empty without one.

    Raises
    ------
    UsageError
        There is no such package, or it cannot be composed; one line.
    """
    found = package(name, "package")
    beside = [found.parent, name] if found.parent else [name]
    *above, arm = plan([*own, ECONOMY, f"study.arms={written(beside)}"]).shown
    config = arm.configs["calm"]
    parent = above[0].configs["calm"] if above else compose([*own, ECONOMY])
    file = f"--plugin {shlex.quote(bare(own[0].partition('=')[2]))} " if own else ""
    return "\n".join(_lines(found, beside, parent, config, file)) + "\n"


def _lines(found: Package, beside: Sequence[str], parent: Any, config: Any, file: str) -> Iterator[str]:
    line = [step.name for step in chain(found)]
    yield from _entry(found.name, found.meaning)
    yield from _entry("  parent", f"{found.parent} ({' > '.join(line)})" if found.parent else "none: it is a root")
    than = f"against {found.parent}" if found.parent else "against the default composition"
    composed = changes(parent, config)
    changed = [f"{key}: {new} instead of {old}, {than}" for key, new, old in composed]
    # Keys of an option that was exchanged are no differences of their own.
    listed = {key for key, _, _ in composed} | set(BY_NAME)
    changed += [f"{key}: {shown(value)}" for key, value in found.change.items() if key not in listed]
    for what in changed or [f"nothing, {than}"]:
        yield from _entry("  changes", what)
    for rule in rules_in_words(config):
        yield from _entry("  rule", rule)
    yield from _entry("  scheme", scheme_in_words(config) or "none: the lender bears every loss")
    for key, option in found.change.items():
        if key in BY_NAME:
            yield from _entry("  keys", f"creditcycle {file}show {key}={option}")
    yield from _entry("  compare", f"creditcycle {file}study.arms={written(list(beside))}")


def _entry(head: str, text: str) -> list[str]:
    """A head and its text, in lines no wider than `WIDTH`; later ones are set in below the text."""
    start = f"{head:<10}" if head.startswith(" ") else f"{head}: "
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=" " * (len(start) if head.startswith(" ") else 2),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
