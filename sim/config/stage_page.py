"""``creditcycle show rules``, ``show behaviour/NAME``: which rules may be replaced, what each reads and leaves."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping

from sim.config.plugin import documented, loaded
from sim.config.stages import own_section, stage_key
from sim.engine.tables.declare import Column
from sim.engine.tables.narrow import limits
from sim.inputs.declared import own_columns
from sim.inputs.own_numbers import Known, numbers_for
from sim.lender.policies.dialect import returned
from sim.month.own import arguments_of
from sim.month.replaceable import draws_of, is_flow, replaceable, results_of_rule, tables_of, visible_to

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
    """Text of ``creditcycle show behaviour/NAME`` or ``show firms/NAME``; ``=FUNCTION``: of a function in its place.

    Raises
    ------
    UsageError
        There is no such rule, or no such function in the file in use, or it is refused; one line.
    """
    named, _, function = name.partition("=")
    key = stage_key(named)
    own = own_section({key: function}) if function else None
    return "\n".join(_own_lines(key, function) if own and key in own else _lines(key)) + "\n"


def _own_lines(key: str, function: str) -> Iterator[str]:
    """A function of the file in use in the place of a rule: what it says of itself, what it reads and leaves."""
    source = loaded().source
    columns = {**tables_of(key), **{one.name: one.column for one in own_columns(source)}}
    first, *further = documented(function).splitlines()
    yield f"{key}={function}: {first}"
    yield from (f"  {line}".rstrip() for line in further)
    yield f"  stands for {replaceable()[key].name}: {_meaning(key)}"
    yield from ("", "Reads")
    for name in arguments_of(source, function) or ("nothing",):
        known = numbers_for(key).get(name)
        yield _column(name, columns[name]) if name in columns else _number(name, known) if known else f"  {name}"
    yield from ("", "Returns by name")
    yield from (_result(name, columns) for name in returned(source)[function])


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
    yield from (_number(name, known) for name, known in numbers_for(key).items())
    yield from ("", "Random draws of its own")
    for name in draws_of(key) or ("none",):
        yield f"  {name}"
    yield from ("", f"Returns by name: return dict({', '.join(f'{name}=...' for name in results_of_rule(key))})")
    yield from (_result(name, columns) for name in results_of_rule(key))
    for passing, what in (
        (False, "Other columns that it may read"),
        (True, "Of the month alone, 0 until they are set"),
    ):
        others = [name for name, one in shown.items() if name not in stage.arguments and one.passing == passing]
        yield ""
        yield from textwrap.wrap(f"{what}: {', '.join(others)}", WIDTH, subsequent_indent="  ")


def _number(name: str, known: Known) -> str:
    whole = "whole number" if known.whole else "number"
    return f"  {name:<26} {whole} from {known.low:g} to {known.high:g}; {known.meaning}"


def _result(name: str, columns: Mapping[str, Column]) -> str:
    if name in columns:
        return _column(name, columns[name])
    return f"  {name:<26} whole number{' from 0 fen' if is_flow(name) else ''}; added to the month's total"


def _column(name: str, column: Column) -> str:
    low, high = limits(column)
    kind = "number" if column.is_float else "whole number"
    unit = f" {column.unit}" if column.unit else ""
    ends = (f" from {low:g}" if column.low is not None else "") + (f" to {high:g}" if column.high is not None else "")
    return f"  {name:<26} {kind}{ends}{unit}; {column.meaning}"


def _meaning(key: str) -> str:
    return (inspect.getdoc(replaceable()[key].rule) or "").partition("\n")[0]
