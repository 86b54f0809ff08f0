"""Typed cells, of Parquet and of workbooks, as plain columns: what pandas, polars and R write is one thing here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from sim.inputs.errors import InputError, shown


def as_text(value: object, decimal: str = ".") -> str:
    """Write a typed cell as a CSV would: nothing for a missing one, a day for a time, a fraction with its sign."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, float | Decimal):
        text = str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
        return text.replace(".", decimal)
    return str(value)


def plain_columns(file: str, table: Any) -> Any:
    """Turn the columns of an Arrow table into texts, numbers and truth values, whatever wrote them.

    Categories become their texts, decimals numbers, dates and times days such as 2025-01-31.

    Raises
    ------
    InputError
        One line that names the column: a time beyond the calendar, or a list or structure in a cell.
    """
    import pyarrow

    columns = [_plain(file, name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
    # Without the metadata of pandas, which would make an index of a column, and hide it.
    return pyarrow.table(columns, names=table.column_names)


def _plain(file: str, name: str, column: Any) -> Any:
    import pyarrow
    import pyarrow.types as kinds

    if kinds.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if kinds.is_nested(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind):
        raise InputError(f"{file}: column {shown(name)}: is of type {kind}, must hold one text or number in a cell")
    if kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return column.cast(pyarrow.string())
    if kinds.is_decimal(kind):
        return column.cast(pyarrow.float64())
    if kinds.is_temporal(kind):
        try:
            return pyarrow.chunked_array([pyarrow.array(map(as_text, column.to_pylist()), pyarrow.string())])
        except (ValueError, OverflowError, pyarrow.ArrowException):
            raise InputError(
                f"{file}: column {shown(name)}: holds a time beyond the calendar, must be within years 1 to 9999"
            ) from None
    return column
