"""Where tables are written: a folder of CSV files, an SQLite or a DuckDB database; each whole or absent."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim.study.store.exporting import as_text
from sim.study.store.extras import extra
from sim.study.store.files import NotStored
from sim.study.tables.declared import INTEGER, NUMBER, TEXT, Column

if TYPE_CHECKING:
    import pandas as pd

SQL_TYPES: Mapping[str, Mapping[str, str]] = {
    "sqlite": {INTEGER: "INTEGER", NUMBER: "REAL", TEXT: "TEXT"},
    "duckdb": {INTEGER: "BIGINT", NUMBER: "DOUBLE", TEXT: "VARCHAR"},
}


class Sink(Protocol):
    """Takes tables, one after the other, each in pieces."""

    def begin(self, table: str, columns: Sequence[Column]) -> None:
        """Begin a table; what is added from now on belongs to it."""

    def add(self, rows: pd.DataFrame) -> None:
        """Add rows that have the columns of the table, in their order and of their types."""


@contextlib.contextmanager
def csv_sink(path: Path) -> Iterator[Sink]:
    """Yield what writes a folder of CSV files, which takes the place of ``path`` once the block ends well."""
    with _replacing(path) as temporary:
        temporary.mkdir()
        sink = _Csv(temporary)
        yield sink
        sink.end()


@contextlib.contextmanager
def sqlite_sink(path: Path) -> Iterator[Sink]:
    """Yield what writes an SQLite database, which takes the place of ``path`` once the block ends well."""
    with _replacing(path, sqlite3.Error) as temporary:
        with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as base:
            base.execute("PRAGMA journal_mode = OFF")  # a file that is not whole is thrown away
            base.execute("BEGIN")
            yield _Sqlite(base)
            base.execute("COMMIT")
        _flush(temporary)


@contextlib.contextmanager
def duckdb_sink(path: Path) -> Iterator[Sink]:
    """Yield what writes a DuckDB database, which takes the place of ``path`` once the block ends well.

    Raises
    ------
    ExtraMissing
        DuckDB comes with the extra ``analysis``.
    """
    duckdb = extra("duckdb", "analysis")
    with _replacing(path, duckdb.Error) as temporary:
        with contextlib.closing(duckdb.connect(str(temporary))) as base:
            yield _DuckDb(base)
        _flush(temporary)


SINKS: Mapping[str, tuple[str, Callable[[Path], contextlib.AbstractContextManager[Sink]]]] = {
    "csv": ("export", csv_sink),
    "sqlite": ("study.sqlite", sqlite_sink),
    "duckdb": ("study.duckdb", duckdb_sink),
}
"""For each form what it is called in a study folder, and what writes it."""


@contextlib.contextmanager
def _replacing(path: Path, *errors: type[Exception]) -> Iterator[Path]:
    """Yield a name for a file or a folder that takes the place of ``path`` once the block ends well.

    Raises
    ------
    NotStored
        The disk takes no more, or the folder may not be written to; nothing of it is left.
    """
    expected: tuple[type[Exception], ...] = (OSError, *errors)
    temporary, before = (path.with_name(f".{path.name}.{os.getpid()}.{kind}") for kind in ("tmp", "old"))
    try:
        _remove(temporary)
        yield temporary
        if path.is_dir():
            path.replace(before)  # no system exchanges folders that hold something in one step
        temporary.replace(path)
    except expected as error:
        words = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise NotStored(f"{path}: cannot be written: {words}") from error
    finally:
        for left in (temporary, temporary.with_name(f"{temporary.name}.wal"), before):
            with contextlib.suppress(OSError):
                _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Have a file on the disk before it gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


class _Csv:
    """Writes each table into a file of its name; a text that a spreadsheet would compute gets its mark of a text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: Any = None
        self._texts: list[str] = []

    def begin(self, table: str, columns: Sequence[Column]) -> None:
        self.end()
        self._file = (self.folder / f"{table}.csv").open("xb")
        self._texts = [column.name for column in columns if column.type == TEXT]
        self._file.write((",".join(_quoted(as_text(column.name)) for column in columns) + "\n").encode())

    def add(self, rows: pd.DataFrame) -> None:
        marked = rows.assign(**{name: rows[name].map(as_text, na_action="ignore") for name in self._texts})
        self._file.write(marked.to_csv(index=False, header=False, lineterminator="\n").encode())

    def end(self) -> None:
        """Have the file of the last table on the disk."""
        if self._file is not None:
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if any(char in name for char in ',"\n') else name


class _Sqlite:
    """Writes each table with ``INSERT``, in one transaction."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self._insert = ""

    def begin(self, table: str, columns: Sequence[Column]) -> None:
        self.base.execute(statement(table, columns, "sqlite"))
        self._insert = f"INSERT INTO {sql_name(table)} VALUES ({', '.join('?' * len(columns))})"

    def add(self, rows: pd.DataFrame) -> None:
        plain = rows.astype(object).where(rows.notna(), None)
        self.base.executemany(self._insert, plain.itertuples(index=False, name=None))


class _DuckDb:
    """Writes each table from frames that DuckDB reads where they lie."""

    def __init__(self, base: Any) -> None:
        self.base = base
        self._table = ""

    def begin(self, table: str, columns: Sequence[Column]) -> None:
        self.base.execute(statement(table, columns, "duckdb"))
        self._table = sql_name(table)

    def add(self, rows: pd.DataFrame) -> None:
        self.base.register("piece", rows)
        self.base.execute(f"INSERT INTO {self._table} SELECT * FROM piece")
        self.base.unregister("piece")


def statement(table: str, columns: Sequence[Column], dialect: str) -> str:
    """The statement that makes a table, its keys among it."""
    parts = [f"{sql_name(column.name)} {SQL_TYPES[dialect][column.type]}" for column in columns]
    keys = ", ".join(sql_name(column.name) for column in columns if column.key)
    return f"CREATE TABLE {sql_name(table)} ({', '.join(parts + ([f'PRIMARY KEY ({keys})'] if keys else []))})"


def sql_name(name: str) -> str:
    """A name as SQL takes it, whatever it holds."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
