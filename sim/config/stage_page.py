"""``creditcycle show rules``, ``show behaviour/NAME``: which rules may be replaced, what each reads and leaves."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator

from sim.config.stages import stage_key
from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits
from sim.inputs.own_numbers import numbers_for
from sim.month.replaceable import draws_of, replaceable, results_of_rule, tables_of, visible_to

WIDTH = 116
HEAD = """\
Rules of persons (behaviour/...) and firms (firms/...) that a function of a file of yours may stand for:
creditcycle --plugin mine.py behaviour/consumption=my_function. What one reads and leaves:
creditcycle show behaviour/consumption"""


def rules_page() -> str:
    """Text of ``creditcycle show rules``: a line for each rule that may be replaced."""
    rows = [HEAD, ""]
    width = max(map(len, replaceable()))
    rows += [f"  {key:<{width}}  {_meaning(key)}" for key in replaceable()]
    return "\n".join(rows) + "\n"


def stage_page(name: str) -> str:
    """Text of ``creditcycle show behaviour/NAME`` or ``show firms/NAME``.

    Raises
    ------
    UsageError
        There is no such rule; one line.
    """
    return "\n".join(_lines(stage_key(name))) + "\n"


def _lines(key: str) -> Iterator[str]:
    stage, columns = replaceable()[key], tables_of(key)
    shown = visible_to(key)
    yield f"{key}: {_meaning(key)}"
    yield f"  shipped as {stage.name}, for rows on which none of these is 0: {', '.join(stage.where)}"
    if stage.when is not None:
        yield f"  and of these on those that fit: {(inspect.getdoc(stage.when) or '').partition(chr(10))[0]}"
    yield from ("", "Reads")
    for name in stage.arguments:
        if name in columns:
            yield _column(name, columns[name])
    yield from ("", "Numbers, of the month and of settings")
    for name, known in numbers_for(key).items():
        whole = "whole number" if known.whole else "number"
        yield f"  {name:<26} {whole} from {known.low:g} to {known.high:g}; {known.meaning}"
    yield from ("", "Random draws of its own")
    for name in draws_of(key) or ("none",):
        yield f"  {name}"
    yield from ("", f"Returns by name: return dict({', '.join(f'{name}=...' for name in results_of_rule(key))})")
    for name in results_of_rule(key):
        added = f"  {name:<26} whole number; added to the month's total"
        yield _column(name, columns[name]) if name in columns else added
    others = [name for name, column in shown.items() if name not in stage.arguments and not column.passing]
    yield ""
    yield from textwrap.wrap(f"Other columns that it may read: {', '.join(others)}", WIDTH, subsequent_indent="  ")


def _column(name: str, column: Column) -> str:
    low, high = limits(column)
    kind = "number" if column.is_float else "whole number"
    unit = f" {column.unit}" if column.unit else ""
    ends = (f" from {low:g}" if column.low is not None else "") + (f" to {high:g}" if column.high is not None else "")
    return f"  {name:<26} {kind}{ends}{unit}; {column.meaning}"


def _meaning(key: str) -> str:
    return (inspect.getdoc(replaceable()[key].rule) or "").partition("\n")[0]
