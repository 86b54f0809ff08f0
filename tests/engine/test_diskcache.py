"""Compiled functions kept on disk: what is damaged is compiled anew, and a folder that takes nothing stops nothing."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.engine.loops import checked, diskcache, folder
from sim.engine.loops.compiled import COMPILING

TEXT = "def thrice(amount):\n    return 3 * amount\n"
OTHER = "def thrice(amount):\n    return 4 * amount\n"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    return tmp_path / "creditcycle"


def loaded(text: str = TEXT) -> tuple[int, int]:
    """Value of the kept function for 5, and how often it came from the disk."""
    made = diskcache.keep("thrice", text, {"__name__": __name__}, [diskcache.keep])
    return made(5), sum(made.stats.cache_hits.values())


def _folder(path, _):
    path.unlink()
    (path / "within").mkdir(parents=True)


def _unreadable(path, _):
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "code")


DAMAGES = {
    "cut": lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
    "cut in its checksum": lambda path, whole: path.write_bytes(whole[:7]),
    "empty": lambda path, whole: path.write_bytes(b""),
    "of another function": lambda path, whole: path.write_bytes(
        next(one for one in path.parent.glob("*.code") if one != path).read_bytes()
    ),
    "bit of its checksum flipped": lambda path, whole: path.write_bytes(bytes([whole[0] ^ 4]) + whole[1:]),
    "bit in the middle flipped": lambda path, whole: path.write_bytes(
        whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]
    ),
    "last byte flipped": lambda path, whole: path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 255])),
    "a folder": _folder,
    "a link to nothing": _unreadable,
}


@pytest.mark.skipif(not COMPILING, reason="nothing is kept without compiling")
def test_what_is_damaged_is_compiled_anew_and_replaced(cache):
    assert loaded() == (15, 0), "nothing was there"
    (path,) = cache.glob("*.code")
    assert loaded() == (15, 1), "taken from the disk"
    assert loaded(OTHER) == (20, 0), "another text is another function"
    whole = path.read_bytes()
    for kind, damage in DAMAGES.items():
        damage(path, whole)
        assert loaded() == (15, 0), f"{kind}: compiled anew"
        assert loaded() == (15, 1), f"{kind}: and kept again"
    assert len(list(cache.glob("*.code"))) == 2 and not list(cache.glob("*.tmp")), "no half-written file is left"


@pytest.mark.skipif(not COMPILING, reason="nothing is kept without compiling")
def test_rules_compiled_at_set_up_are_read_unless_a_folder_is_named(cache, tmp_path, monkeypatch):
    assert loaded() == (15, 0)
    monkeypatch.setattr(folder, "OF_THE_ENVIRONMENT", cache)
    monkeypatch.delenv(folder.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert loaded() == (15, 1), "read where the environment has it"
    assert loaded(OTHER) == (20, 0) and len(list((tmp_path / "home" / "creditcycle").glob("*.code"))) == 1
    assert len(list(cache.glob("*.code"))) == 1, "what is compiled later goes to the user's folder"
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "named"))
    assert loaded() == (15, 0), "a folder that is named is the only one"


def test_the_oldest_of_too_many_files_go_and_with_them_the_marks(tmp_path):
    for age in range(5):
        (tmp_path / f"loop_{age}.code").touch()
        os.utime(tmp_path / f"loop_{age}.code", (1000 - age, 1000 - age))
    (tmp_path / "imports_1.names").touch()
    os.utime(tmp_path / "imports_1.names", (900, 900))
    (tmp_path / "warm-1").touch()
    checked.prune(tmp_path, 6)
    assert len(list(tmp_path.iterdir())) == 7, "as many as may be"
    checked.prune(tmp_path, 3)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"loop_{age}.code" for age in range(3)]
    checked.prune(tmp_path / "nowhere")


def test_every_flipped_byte_cut_and_foreign_name_is_noticed(tmp_path):
    path = tmp_path / "loop_1.code"
    checked.write_checked(path, b"machine code")
    whole = path.read_bytes()
    assert checked.read_checked(path) == b"machine code"
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(bytes(changed))
        assert checked.read_checked(path) == b"", f"a bit of byte {place}"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert checked.read_checked(path) == b"", f"the first {length} bytes"
    (tmp_path / "loop_2.code").write_bytes(whole)
    assert checked.read_checked(tmp_path / "loop_2.code") == b"", "a whole file of another function"


def test_several_that_write_at_once_leave_a_whole_file(tmp_path):
    path = tmp_path / "loop_1.code"
    writers = [
        threading.Thread(target=lambda word=word: [checked.write_checked(path, word * 999) for _ in range(50)])
        for word in (b"a", b"b", b"c")
    ]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers):
        assert checked.read_checked(path)[:1] in (b"", b"a", b"b", b"c")
        assert not path.exists() or checked.read_checked(path), "never half of one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["loop_1.code"]


@pytest.mark.skipif(not COMPILING, reason="nothing is kept without compiling")
def test_what_native_code_raises_is_said_also_by_code_from_the_disk(cache, monkeypatch):
    import numba

    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: said.append(str(what.exc_value)))
    text = "def refuse(amount):\n    if amount > 1:\n        raise ValueError('too much')\n    return 2 * amount\n"
    sig = numba.types.int64(numba.types.int64)
    for from_disk in (False, True):
        code = diskcache.native_code("refuse", sig, lambda: diskcache.as_native("refuse", text, {}, sig))
        call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(code.address)
        assert (code.from_disk, call(1), call(2)) == (from_disk, 2, 0)
    assert said == ["too much"] * 2
    with pytest.raises(LookupError):  # one of other types stands nowhere
        diskcache.native_code("refuse", numba.types.void(), lambda: {}["compiled"])


def a_file(place):
    place.write_text("in the way")
    return place


def below_a_file(place):
    return a_file(place) / "deeper"


@pytest.mark.parametrize("taken", [a_file, below_a_file, lambda place: "~nobody-of-that-name/cache", lambda _: "/proc"])
def test_a_folder_that_takes_no_file_gives_way_to_one_for_this_run(taken, tmp_path, monkeypatch, capsys):
    named = str(taken(tmp_path / "taken"))
    monkeypatch.setenv(folder.VARIABLE, named)
    folder._usable.cache_clear()
    folder.say_not_kept.cache_clear()
    found = folder.cache_folder()
    (found / "file").write_text("it takes one")
    assert found == folder.cache_folder()
    assert os.environ[folder.VARIABLE] == str(found.parent), "processes that start later find it"
    assert folder.folders_read() == (found, folder.OF_THE_ENVIRONMENT), "what setting up compiled is read all the same"
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and named in said and folder.VARIABLE in said


def test_a_home_that_takes_no_file_is_said_once_and_its_stand_in_ends_with_the_run(tmp_path):
    program = "from sim.engine.loops.folder import cache_folder; print(cache_folder()); import matplotlib.font_manager"
    closed = ("CREDITCYCLE_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR")
    environment = {name: value for name, value in os.environ.items() if name not in closed}
    environment["HOME"] = str(a_file(tmp_path / "home"))
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert "creditcycle-cache-" in done.stdout and not Path(done.stdout.strip()).exists()
    assert done.stderr.count("\n") == 1 and "~/.cache" in done.stderr


def test_code_that_cannot_be_kept_is_said_once_and_used(tmp_path, monkeypatch, capsys):
    folder.say_not_kept.cache_clear()
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    assert not COMPILING or loaded()[0] == 15
    for name in ("loop_1", "loop_2"):
        checked.write_checked(folder.cache_folder() / f"{name}.code", b"code")
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No space left on device" in said
    assert not list(folder.cache_folder().iterdir())
