"""Every column of a table beside the months has a unit and a meaning, also in the files."""

from __future__ import annotations

import io

import numpy as np
import pyarrow.parquet as pq

from sim.study.compare.closures import ClosureFigures
from sim.study.follow.columns import Described
from sim.study.follow.dictionary import OF_A_RUN, PANELS, TABLES, described, metadata
from sim.study.run.cell import Outcome, Run, table_digest
from sim.study.store.store import tables_as_parquet


def test_every_column_that_is_noted_is_declared(world):
    assert set(world.tables) == set(TABLES) > set(PANELS)
    for name, table in world.tables.items():
        assert list(table) == list(described(name)), name
        assert all(isinstance(one, Described) and one.meaning for one in described(name).values())


def test_files_carry_units_and_meanings(world):
    table = {name: values[:5] for name, values in world.tables["panel"].items()}
    runs = tuple(
        Run(arm, "calm", 0, {}, ClosureFigures(), "", {"panel": table, "own": {"x": np.arange(2)}}) for arm in "ab"
    )
    found = tables_as_parquet([Outcome(runs, 0.0)])
    schema = pq.read_schema(io.BytesIO(found["panel"]))
    assert schema.field("limit").metadata == {b"unit": b"fen", b"meaning": b"credit limit"}
    assert schema.field("arm").metadata[b"meaning"] == b"package" and schema.names[:3] == [
        "arm",
        "scenario",
        "replication",
    ]
    assert {schema.field(name).metadata is not None for name in schema.names} == {True}
    own = pq.read_table(io.BytesIO(found["own"]))
    assert own.schema.field("x").metadata is None and own["x"].to_pylist() == [0, 1, 0, 1]
    read = pq.read_table(io.BytesIO(found["panel"])).to_pandas()
    assert read["line"].astype(str).tolist() == [*table["line"], *table["line"]]


def test_panels_are_described_by_their_own_columns():
    assert "person" in described("panel") and "firm" in described("panel_firms") and described("no such") == {}


def test_what_nobody_declares_has_no_metadata():
    assert metadata("panel", "no such") == {} == metadata("no such", "limit")
    assert metadata("no such", "arm")["meaning"] == OF_A_RUN["arm"].meaning


def test_a_digest_reads_texts_of_any_width(world):
    table = {"event": np.array(["a", "", "bc"], dtype=object), "month": np.arange(3)}
    mark = table_digest(table)
    assert mark == table_digest({**table, "event": table["event"].astype("U9")})
    assert mark != table_digest({**table, "event": np.array(["a", "b", "c"], dtype=object)})
    assert table_digest(world.tables["panel"]) == table_digest(dict(reversed(world.tables["panel"].items())))
