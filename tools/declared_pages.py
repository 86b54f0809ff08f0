"""Writes tables of docs/odd.md, architecture.md, tables.md from declarations. ``python tools/declared_pages.py``.

The pages are prose by hand; between ``<!-- begin: NAME -->`` and ``<!-- end -->`` stands what this file writes.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import networkx  # noqa: E402

import sim  # noqa: E402
from sim.config.compose import compose  # noqa: E402
from sim.config.describe import every_key  # noqa: E402
from sim.config.month_page import TABLES, heading  # noqa: E402
from sim.config.options import GROUPS, meaning_of, option_names  # noqa: E402
from sim.engine.loops.draws import PURPOSES, WORDS  # noqa: E402
from sim.engine.loops.stage import Stage  # noqa: E402
from sim.engine.tables.declare import Column  # noqa: E402
from sim.figures.catalog import METRICS  # noqa: E402
from sim.month.listing import Line, first_line, lines_of  # noqa: E402
from sim.study.follow import dictionary  # noqa: E402

PAGES = ("odd.md", "architecture.md", "tables.md")
BLOCK = re.compile(r"(<!-- begin: (?P<name>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)
# A month in which everything that an option may add happens; enforcing security and courts exclude each other.
EVERYTHING = (
    *("fraud=organised", "policy/education=courses", "policy/authentication=multi_factor", "study.inclusion=true"),
    *("behaviour.same_engine_share=0.5", "behaviour.block_churn=0.1", "policy/scoring=sector"),
    *("policy/approval=reviewed", "bureau=full", "economy=v_shape"),
    *(f"economy.path.{name}=[0,0,0,0,0,0,0,0,0]" for name in ("universal_transfer", "holidays_offered")),
)
EITHER = ("policy/collections=secured", "policy/collections=litigation")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def columns(name: str) -> str:
    """Columns of one table: name, meaning, unit, range, and whether it lives within the month."""
    return table(
        ("variable", "meaning", "unit", "range", "stored as"), (_column(*item) for item in TABLES[name].items())
    )


def _column(name: str, column: Column) -> tuple[str, ...]:
    low, high = ("" if bound is None else f"{bound:,}" for bound in (column.low, column.high))
    within = f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}" if high else "any"
    return f"`{name}`", column.meaning, column.unit, within, column.dtype + (", within the month" * column.passing)


def months() -> list[Line]:
    """Every rule and step of a month in which everything happens, in order."""
    full, other = (lines_of(compose([*EVERYTHING, choice], idle=True)) for choice in EITHER)
    places = [(line.phase, line.name, line.firms) for line in full]
    place = 0
    for line in other:
        key = (line.phase, line.name, line.firms)
        if key in places:
            place = places.index(key) + 1
        else:
            full.insert(place, line)
            places.insert(place, key)
            place += 1
    return full


def phases() -> str:
    """The month: a phase with its rules, or a step, a row."""
    rows = []
    grouped = groupby(months(), key=lambda line: (line.phase or line.name, line.firms))
    for number, (_, together) in enumerate(grouped, start=1):
        inside = list(together)
        first = inside[0]
        what = heading(first) if first.phase else first.meaning
        rows.append((f"{number}", what, first.actor if not first.phase else "", _names(line.name for line in inside)))
    return table(("", "what happens (on whose rows)", "step of", "rules, or the step"), rows)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def stages() -> list[Stage]:
    """Every rule of the package that is written down, by room and name."""
    found = {}
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if module.name != "sim.__main__":
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Stage) and value.rule.__module__.startswith("sim."):
                    found[value.rule.__module__, value.name] = value
    return [found[key] for key in sorted(found)]


def rules() -> str:
    """Every rule: room, name, what it does."""
    return table(
        ("rule", "file", "what it does"),
        (
            (f"`{stage.name}`", stage.rule.__module__.removeprefix("sim.").replace(".", "/"), first_line(stage.rule))
            for stage in stages()
        ),
    )


def options() -> str:
    """Every option of every group that says how the model is, with the first sentence of its file."""
    rows = (
        (group.name if place == 0 else "", f"`{option}`", meaning_of(group.name, option))
        for group in GROUPS
        for place, option in enumerate(option_names(group.name))
    )
    return table(("group", "option", "what it is"), rows)


def settings() -> str:
    """Every key: value, what is allowed, meaning. A key that several options have stands once."""
    order = {group.node: place for place, group in enumerate(GROUPS)}
    found = sorted(dict(every_key()).items(), key=lambda item: max(order.get(part, -1) for part in _above(item[0])))
    return table(("key", "value; allowed; meaning"), ((f"`{key}`", text) for key, text in found))


def _above(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def figures() -> str:
    """Every figure of a month: unit, how months combine, meaning."""
    return table(
        ("figure", "meaning", "unit", "months combine by"),
        ((f"`{name}`", metric.meaning, metric.unit, metric.over) for name, metric in METRICS.items()),
    )


def draws() -> str:
    """Purposes of the random draws, by the group that one call of the generator fills."""
    groups = [PURPOSES[start : start + WORDS] for start in range(0, len(PURPOSES), WORDS)]
    return table(("group", "purposes"), ((f"{number}", _names(names)) for number, names in enumerate(groups)))


def beside() -> str:
    """Columns of every table beside the months: unit and meaning."""
    parts = []
    for name in dictionary.TABLES:
        rows = ((f"`{column}`", one.unit, one.meaning) for column, one in dictionary.described(name).items())
        parts.append(f"### `{name}`\n\n{table(('column', 'unit', 'meaning'), rows)}")
    return "\n\n".join(parts)


def imports() -> dict[str, set[str]]:
    """Which room uses which, by what its files import when they run."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        room = path.relative_to(ROOT / "sim").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        found.setdefault(room, set())  # also of a room that uses none
        for node in _that_run(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim."):
                found.setdefault(room, set()).add(str(node.module).split(".")[1])
    return {room: used - {room} for room, used in found.items()}


def _that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under ``if TYPE_CHECKING:``, which name types and never run."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield node
            yield from _that_run(node)


def rooms() -> str:
    """A drawing of the rooms (an arrow that follows from others is left out), and a table with every arrow."""
    used = imports()
    graph = networkx.DiGraph((room, other) for room, others in used.items() for other in others)
    together = networkx.condensation(graph)  # rooms that use each other stand as one
    label = {node: " and ".join(sorted(data["members"])) for node, data in together.nodes(data=True)}
    short = sorted((label[one], label[other]) for one, other in networkx.transitive_reduction(together).edges)
    drawing = [f"    {_node(one)} --> {_node(other)}" for one, other in short]
    rows = [(f"`{room}`", _first_line_of(room), ", ".join(sorted(others))) for room, others in sorted(used.items())]
    return "\n".join(["```mermaid", "graph TD", *drawing, "```", "", table(("room", "what it is", "uses"), rows)])


def _node(label: str) -> str:
    word = label.replace(" ", "_").strip("_")
    return word if word == label else f"{word}[{label}]"


def _first_line_of(room: str) -> str:
    return (importlib.import_module(f"sim.{room}").__doc__ or "").strip().partition("\n")[0]


BLOCKS: Mapping[str, Callable[[], str]] = {
    **{f"columns of {name}": lambda name=name: columns(name) for name in TABLES},
    "tables beside the months": beside,
    **{made.__name__: made for made in (phases, rules, options, settings, figures, draws, rooms)},
}


def written(text: str) -> str:
    """The text of a page with its tables written anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found['name']]()}\n{found[3]}", text)


def blocks_of(text: str) -> Iterator[str]:
    """Names of the tables of a page."""
    return (found["name"] for found in BLOCK.finditer(text))


def pages() -> dict[Path, str]:
    """The pages, and what each should say."""
    return {path: written(path.read_text(encoding="utf-8")) for path in (ROOT / "docs" / name for name in PAGES)}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
