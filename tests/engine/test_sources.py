"""What compiled code was made of: which files a source imports, and the mark that changes with them."""

from __future__ import annotations

import ast

import pytest

from sim.engine.loops import checked, folder, sources

SOURCE = b"""
import json; import helper.deep, other as name
from . import beside
from ..above import (
    one,  # import nothing
    two,
)
def late():
    from sim.engine.loops import money
"""
NAMES = [
    (0, ["json"]),
    (0, ["helper.deep", "other"]),
    (1, ["", ".beside"]),
    (2, ["above", "above.one", "above.two"]),
    (0, ["sim.engine.loops", "sim.engine.loops.money"]),
]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "creditcycle"


def test_every_import_of_a_source_is_found_and_parsed_once(cache, monkeypatch):
    found = [(level, names) for level, names in sources._names_imported(SOURCE)]
    assert sorted(found) == sorted(NAMES)
    assert list(map(tuple, sources._names_imported(b"import other"))) == [(0, ["other"])], "of another source its own"
    monkeypatch.setattr(ast, "parse", lambda *_: pytest.fail("parsed again"))
    assert [(level, names) for level, names in sources._names_imported(SOURCE)] == found, "as it was kept"
    for path in cache.glob("*.names"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(pytest.fail.Exception):
        sources._names_imported(SOURCE)  # what is damaged is parsed anew


def test_a_kept_file_is_found_where_it_was_kept(cache):
    assert checked.found_kept("one.code") == b""
    checked.keep_file("one.code", b"1")
    assert checked.found_kept("one.code") == b"1" and [file.name for file in cache.iterdir()] == ["one.code"]


def test_a_mark_is_of_the_text_the_salt_and_the_files(tmp_path):
    spaces = []
    for name in ("one", "two"):
        spaces.append({})
        sources.run_text(name, f"def rule():\n    return '{name}'\n", spaces[-1])
    one, two = (space["rule"] for space in spaces)
    marks = [
        sources.mark_of(text, origins, salt)
        for text in ("a", "b")
        for origins in ([one], [two], [one, two], [sources.mark_of])
        for salt in ("", "salt")
    ]
    assert len(set(marks)) == len(marks) and marks[0] == sources.mark_of("a", [one])
