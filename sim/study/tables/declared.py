"""Which tables there are, and what each column holds: the dictionary that goes with every export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.figures.catalog import FIGURES, METRICS
from sim.figures.own import OWN
from sim.study.compare.figures import figures_of
from sim.study.run.cell import KEYS
from sim.study.store.journal import POINT

INTEGER, NUMBER, TEXT = "integer", "number", "text"
UNKNOWN = "not declared"
"""Unit and meaning of a column that neither the program nor the file that it comes from declares."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its type (integer, number or text), its unit, and what it means; keys name a row."""

    name: str
    type: str
    unit: str
    meaning: str
    key: bool = False


Columns = tuple[Column, ...]


def _text(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name, TEXT, "", meaning, key)


def _number(name: str, meaning: str, unit: str = "that of the figure") -> Column:
    return Column(name, NUMBER, unit, meaning)


RUN = Column("run", INTEGER, "", "number of the run in dim_run, from 1")
PACKAGE, ECONOMY = _text("package", "policy package, see dim_package"), _text("economy", "scenario, see dim_economy")
FIGURE = _text("figure", "name of the figure, see dim_figure")
REPLICATIONS = Column("replications", INTEGER, "runs", "runs that have the figure")
AT_POINT = Column(POINT, INTEGER, "", "point of the design, see dim_point; 0 without a design")
INTERVAL = _text("interval", "how ends are worked out: t or bootstrap over replications, or a standard error")

DIMENSIONS: Mapping[str, Columns] = {
    "dim_package": (
        _text("package", "name of the policy package", key=True),
        _text("parent", "package that it is compared with; empty for the one that all build on"),
        _text("meaning", "what it is, in a sentence"),
        _text("change", "what it changes against its parent, in a sentence"),
        _text("scheme", "who bears which loss, in words; empty without a scheme"),
        _text("config_sha256", "hash of its resolved configuration"),
    ),
    "dim_economy": (
        _text("economy", "name of the scenario", key=True),
        _text("meaning", "what it is, in a sentence"),
        Column("months", INTEGER, "months", "months after the policy date"),
        _text("outlook", "unemployment in calm times, when the shock comes, the peak"),
        _text("burn_in_shared_with", "scenario with whose runs it shares the months before the policy date"),
    ),
    "dim_figure": (
        _text("figure", "name of the figure, of a month or of a run", key=True),
        _text("label", "what reports call it"),
        _text("unit", "unit of its values"),
        _text("period", "which span of time the figure of a run speaks for"),
        _text("meaning", "what it counts or measures"),
        _text("formula", "what it is computed from"),
        _text("combined", "how the months of a run combine: sum, mean, last, pooled, total, annual, ever, lowest"),
    ),
    "dim_point": (
        Column(POINT, INTEGER, "", "point of the design, from 0"),
        _text("setting", "key or group of the configuration that the design varies"),
        _text("value", "its value there, as on the command line"),
    ),
    "dim_run": (
        Column("run", INTEGER, "", RUN.meaning, key=True),
        PACKAGE,
        ECONOMY,
        Column("replication", INTEGER, "", "number of the replication, from 0; packages share the luck of one"),
        AT_POINT,
        Column("world", INTEGER, "", "plausible world that it lives in, from 0; empty without worlds"),
        _text("sha256", "hash of the run's values"),
    ),
}
FACTS: Mapping[str, Columns] = {
    "fact_run": (RUN, FIGURE, _number("value", "months of the run combined as dim_figure says, over the window")),
    "fact_estimate": (
        AT_POINT,
        PACKAGE,
        ECONOMY,
        FIGURE,
        _number("mean", "mean over the runs"),
        _number("low", "lower end of its interval"),
        _number("high", "upper end of its interval"),
        _number("error", "standard error of the mean, with a design"),
        REPLICATIONS,
        INTERVAL,
    ),
    "fact_difference": (
        AT_POINT,
        PACKAGE,
        _text("parent", "package that it is compared with, replication by replication"),
        ECONOMY,
        FIGURE,
        _number("difference", "mean over the runs of the paired difference"),
        _number("low", "lower end of its interval"),
        _number("high", "upper end of its interval"),
        _number("error", "standard error of the difference, with a design"),
        _number("variance_reduction", "variance of an unpaired difference over that of the paired one", "ratio"),
        _number("p_value", "two-sided p value of the paired difference", "probability"),
        _number("p_holm", "the same, adjusted over all differences in the main figures (Holm, 1979)", "probability"),
        INTERVAL,
    ),
}
DICTIONARY: Columns = (
    _text("table_name", "name of the table"),
    _text("column_name", "name of the column"),
    _text("type", "integer, number or text; an integer of money is whole fen"),
    _text("unit", "unit of its values; 1 yuan is 100 fen; empty where there is none"),
    _text("meaning", "what it holds"),
)
KEY_COLUMNS = {
    "month": Column("month", INTEGER, "months", "month after the policy date, from 0"),
    "arm": PACKAGE,
    "scenario": ECONOMY,
    "replication": DIMENSIONS["dim_run"][3],
    POINT: AT_POINT,
}


def months_columns(names: Iterable[str]) -> Columns:
    """Columns of ``fact_month`` for those of the results: the run, the month, then a column for each figure."""
    figures = [name for name in names if name not in (POINT, *KEYS)]
    return (RUN, KEY_COLUMNS["month"], *(_of_figure(name) for name in figures))


def _of_figure(name: str) -> Column:
    """Column of a figure of a month; one that the program does not declare says so."""
    figure = OWN.get(name) or METRICS.get(name)
    if figure is None:
        return Column(name, NUMBER, UNKNOWN, UNKNOWN)
    return Column(name, INTEGER if figure.is_whole else NUMBER, figure.unit, figure.meaning)


def further_columns(schema: Any) -> Columns:
    """Columns of a table that the program keeps beside the months, from the schema of its Parquet file.

    Where arm, scenario and replication stand they are replaced by the run. Units and meanings are those of the
    catalogue where a column has the name of a figure, else those that the file declares (``unit`` and ``meaning`` in
    the metadata of a column).
    """
    names = [field.name for field in schema]
    of_run = {"arm", "scenario", "replication"} <= set(names)
    gone = {"arm", "scenario", "replication", POINT} if of_run else set()
    return ((RUN,) if of_run else ()) + tuple(_of_field(field) for field in schema if field.name not in gone)


def _of_field(field: Any) -> Column:
    if field.name in KEY_COLUMNS:
        return KEY_COLUMNS[field.name]
    said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    kind = _type_of(field.type)
    if "meaning" in said:
        return Column(field.name, kind, said.get("unit", ""), said["meaning"])
    known = FIGURES.get(field.name)
    unit, meaning = (known.unit, known.meaning) if known else (UNKNOWN, UNKNOWN)
    return Column(field.name, kind, unit, meaning)


def _type_of(kind: Any) -> str:
    from pyarrow import types

    if types.is_integer(kind) or types.is_boolean(kind):
        return INTEGER
    return NUMBER if types.is_floating(kind) else TEXT


def figure_rows(columns: Iterable[str]) -> list[dict[str, str]]:
    """Rows of ``dim_figure`` for the columns of the results: figures of a month, then those of a run."""
    return [
        {
            "figure": name,
            "label": figure.label,
            "unit": figure.unit,
            "period": figure.window,
            "meaning": figure.meaning,
            "formula": figure.formula.text,
            "combined": figure.over,
        }
        for name, figure in figures_of(name for name in columns if name != POINT).items()
    ]


def dictionary_rows(tables: Mapping[str, Sequence[Column]]) -> list[dict[str, str]]:
    """Rows of the dictionary for tables and their columns, its own among them."""
    return [
        {
            "table_name": table,
            "column_name": column.name,
            "type": column.type,
            "unit": column.unit,
            "meaning": column.meaning,
        }
        for table, columns in {**tables, "dictionary": DICTIONARY}.items()
        for column in columns
    ]
