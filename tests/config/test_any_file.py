"""Every key and verb that takes a file, and every kind of thing that is no file of that sort: one line, exit 2."""

import os
import resource
import signal
import socket
import time
from pathlib import Path

import pytest

from sim.config.errors import UsageError
from sim.config.overrides import LONGEST
from sim.inputs import files

DEADLINE = 20
"""Seconds of this process's own time after which a refusal counts as a hang."""

TAPE = ["population=tape", "economy=calm"]
TAKERS = {
    "economy.file": (["economy=path", "economy.units=percent", "economy.file={}"], ".csv"),
    "economy, YAML": (["economy={}"], ".yaml"),
    "economy, table": (["economy={}"], ".parquet"),
    "study.scenarios": (["study.scenarios=[calm,{}]"], ".yaml"),
    "study.arms": (["study.arms=[lenient,{}]"], ".yaml"),
    "sharing": (["sharing={}"], ".yaml"),
    "fund": (["fund={}"], ".yaml"),
    "population.file": ([*TAPE, "population.mapping=taiwan_2005", "population.file={}"], ".csv"),
    "population.mapping": ([*TAPE, "population.file=tape.csv", "population.mapping={}"], ".yaml"),
    "design.file": (["design=file", "design.file={}"], ".csv"),
    "an axis": (["economy=path", "economy.units=percent", "design=grid", "economy.file={},{}"], ".csv"),
    "--plugin": (["--plugin", "{}", "policy/limit=mine"], ".py"),
    "show sharing": (["show", "sharing={}"], ".yaml"),
    "show economy": (["show", "economy={}"], ".yaml"),
    "-m": (["-m", "sharing=none,{}"], ".yaml"),
    "--cfg": (["--cfg", "job", "economy={}"], ".csv"),
}


def huge(path):
    path.touch()
    os.truncate(path, 1 << 36)  # a hole: it takes no room


def a_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


BAD = {
    "named pipe": (os.mkfifo, "is a named pipe"),
    "directory": (lambda path: path.mkdir(), "is a directory"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), "is a device"),
    "socket": (a_socket, "is a socket"),
    "link to nowhere": (lambda path: path.symlink_to("nowhere"), "No such file"),
    "link to itself": (lambda path: path.symlink_to(path.name), "cannot be read"),
    "empty": (lambda path: path.touch(), "empty"),
    "zero bytes": (lambda path: path.write_bytes(b"a: 1\n\0\0\n"), "bytes of value 0"),
    "huge": (huge, "too large for"),
    "UTF-16": (lambda path: path.write_bytes("a: 1\n".encode("utf-16")), "UTF-16"),
    "GBK": (lambda path: path.write_bytes("month: 贷款明细表\n".encode("gbk")), "reads as GBK"),
    "workbook": (lambda path: path.write_bytes(b"PK\x03\x04 and so on"), "as an Excel workbook (xlsx) is"),
    "gzip": (lambda path: path.write_bytes(b"\x1f\x8b\x08 and so on"), "gzip"),
    "Latin-1": (lambda path: path.write_bytes(b"gr\xf6\xdfe: 1\n"), "not text in UTF-8"),
}


@pytest.fixture
def quickly():
    """Fail instead of hanging."""
    used = resource.getrusage(resource.RUSAGE_SELF)

    def alarm(*_):
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, alarm)
    signal.alarm(120)  # a pipe uses no time of ours
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    now = resource.getrusage(resource.RUSAGE_SELF)
    assert now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime < DEADLINE


@pytest.mark.parametrize("taker", TAKERS)
def test_what_is_no_such_file_is_refused(refused, tmp_path, quickly, taker):
    words, suffix = TAKERS[taker]
    (tmp_path / "tape.csv").write_text("LIMIT_BAL\n1\n")
    for number, (kind, (make, says)) in enumerate(BAD.items()):
        name = f"bad{number}{suffix}"
        make(tmp_path / name)
        line = refused(*(word.format(name, "other.csv") for word in words))
        if kind == "empty" and suffix == ".py":
            says = "has no function"
        if kind == "empty" and taker == "design.file":
            says = "holds no points"
        assert name in line and says in line, (kind, line)
        (tmp_path / name).rename(tmp_path / f"done{number}")


def test_who_may_not_read_a_file_is_told(refused, tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_sha256", forbidden)
    (tmp_path / "mine.yaml").write_text("layers: []\n")
    assert "mine.yaml: cannot be read: Permission denied, must be a YAML file" in refused("sharing=mine.yaml")


def test_a_missing_file_names_its_neighbour(refused, tmp_path):
    (tmp_path / "months.csv").write_text("month,unemployment_percent\n")
    line = refused("economy=path", "economy.file=month.csv")
    assert (
        line.startswith("economy.file: month.csv: cannot be read: No such file") and "did you mean months.csv?" in line
    )


@pytest.mark.parametrize("key", ["out", "economy.file", "population.file", "design.file", "sharing"])
def test_the_home_of_nobody(refused, key):
    name = "~nobody_of_this_name/x" + (".yaml" if key == "sharing" else "")
    with_key = {
        "economy.file": ["economy=path"],
        "population.file": ["population=tape", "population.mapping=taiwan_2005"],
        "design.file": ["design=file"],
    }
    line = refused(*with_key.get(key, ["economy=calm"]), f"{key}={name}")
    assert line.startswith(f"{key}: {name}: ~nobody_of_this_name is the home folder of nobody")


BOMB = "a: &a [1,1]\n" + "".join(f"b{k}: &b{k} [*a,*a]\n" for k in range(9))
LARGE = {
    "keys": "".join(f"key_{k}: 1\n" for k in range(30_000)),
    "fewer keys": "".join(f"key_{k}: 1\n" for k in range(9_000)),
    "a list": "layers: [" + ",".join(["1"] * 400_000) + "]\n",
    "layers": "layers: [" + ",".join(["{share: 1}"] * 3_000) + "]\n",
    "depth": "a: " + "[" * 100_000,
    "references": BOMB,
    "one line": "a: " + "x" * 2_000_000,
}


@pytest.mark.parametrize("case", LARGE)
@pytest.mark.parametrize("group", ["sharing", "economy"])
def test_a_large_configuration_is_refused_at_once(refused, tmp_path, quickly, group, case):
    (tmp_path / "large.yaml").write_text(LARGE[case])
    assert "large.yaml" in (line := refused(f"{group}=large.yaml")) or f"{group}." in line


def test_a_wide_table_is_refused_at_once(refused, tmp_path, quickly):
    (tmp_path / "wide.csv").write_text(",".join(f"c{k}" for k in range(20_000)) + "\n" + "1," * 19_999 + "1\n")
    for words in (
        ["economy=wide.csv"],
        ["design=file", "design.file=wide.csv"],
        [*TAPE, "population.file=wide.csv", "population.mapping=taiwan_2005"],
    ):
        assert "wide.csv: row 1: 20000 columns, must be at most" in refused(*words)


@pytest.mark.parametrize("words", [["economy.season={}"], ["-m", "seed={}"], ["design=grid", "design.vary={}"]])
def test_a_long_override_is_refused_at_once(refused, quickly, words):
    long = "[" + ",".join(["1"] * 50_000) + "]"
    assert f"at most {LONGEST}" in refused(*(word.format(long) for word in words))


def test_an_override_as_long_as_allowed_is_read_in_time(quickly):
    from sim.config.overrides import read

    start = time.process_time()
    text = "economy.season=[" + "1," * ((LONGEST - 40) // 2) + "1]"
    assert len(read([text])[0].value) > LONGEST / 2 - 50
    assert time.process_time() - start < DEADLINE
    with pytest.raises(UsageError, match="at most"):
        read([text, text])
