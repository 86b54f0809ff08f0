"""How a study ends: nothing after the last cell makes it a failure, and whatever ends it before says how to go on."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from sim import reports
from sim.__main__ import main
from sim.study.compare import summary
from sim.study.run.runner import run_study
from sim.study.run.stopping import Interrupted, StudyStopped
from sim.study.run.streams import Steady, take_any_text
from sim.study.store.reading import read_manifest, read_results
from sim.study.store.store import StoreError
from tests.study.fake import FakeModel, toy_plan

PLAN = toy_plan(replications=2, months=6)
ENCODINGS = ("ascii", "gbk", "latin-1", "cp1252", "utf-8")
ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, engine=FakeModel, **more) -> None:
    run_study(PLAN, folder, engine=engine, **{"console": Console(file=io.StringIO()), **more})


def no_room(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# ---- streams --------------------------------------------------------------------------------------


def narrow(monkeypatch, encoding: str) -> io.TextIOWrapper:
    """Replace standard output by a stream that refuses what its encoding lacks."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_study_ends_well_under_every_encoding(encoding, monkeypatch, tmp_path):
    stream = narrow(monkeypatch, encoding)
    run_study(PLAN, tmp_path / "study", engine=FakeModel)
    said = written(stream)
    assert "manifest.json" in said and "?" not in said
    assert ("\N{MINUS SIGN}" if encoding == "utf-8" else " -") in said


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_door_writes_any_text_under_every_encoding(encoding, monkeypatch):
    stream = narrow(monkeypatch, encoding)
    take_any_text()
    stream.write("\N{MINUS SIGN}5 \N{LESS-THAN OR EQUAL TO} 3 \N{CJK UNIFIED IDEOGRAPH-8D37} \udcff caf\xe9\n")
    said = written(stream)
    assert said.endswith("\n") and "\\udcff" in said
    if encoding == "ascii":
        assert said == "-5 <= 3 \\u8d37 \\udcff caf\\xe9\n"


class Gone(io.StringIO):
    """A pipe whose reader has left, or a terminal that was closed."""

    def write(self, _text):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    flush = no_room


def test_a_study_goes_on_when_nobody_reads_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdout", Gone())
    run_study(PLAN, tmp_path / "study", engine=FakeModel)
    assert read_manifest(tmp_path / "study")["status"] == "complete"
    assert Steady(Gone()).write("word") == 4


@pytest.mark.parametrize("where", ["closed", "/dev/full"])
def test_output_that_takes_nothing_is_no_traceback(where, tmp_path):
    run(tmp_path / "study")
    closed = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    words = ["-m", "sim", "status", str(tmp_path / "study")]
    command = [sys.executable, *(["-c", closed] if where == "closed" else []), *words]
    with Path(os.devnull if where == "closed" else where).open("w") as out:
        ended = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, timeout=100)
    told = "creditcycle: the output: cannot be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == ((0, "") if where == "closed" else (3, told))


def test_a_home_that_cannot_be_written_to_is_no_warning_with_paths(tmp_path):
    (tmp_path / "home").write_text("no folder can be made in a file")
    code = (
        "import sys; from sim.__main__ import main; main(['--version']); import matplotlib; matplotlib.get_cachedir()"
    )
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=100)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_folder_of_a_name_in_another_encoding_is_read_whole(tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    run(folder)
    assert reports.build(folder).is_file() and not read_results(folder).empty


@pytest.mark.slow
@pytest.mark.parametrize("encoding", [*ENCODINGS, "C"])
def test_the_command_ends_well_under_every_encoding(encoding, tmp_path):
    own = {"LC_ALL": "C"} if encoding == "C" else {"PYTHONIOENCODING": encoding}
    words = ["economy=calm", "study.replications=2", "population.borrowers=300", "study.months=3", "study.burn_in=1"]
    command = [sys.executable, "-m", "sim", *words, f"out={tmp_path / 'study'}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1", **own}
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=500)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert read_manifest(tmp_path / "study")["status"] == "complete"
    assert (tmp_path / "study" / "report.html").exists()


def test_names_that_no_file_can_hold_are_refused_before_the_first_cell(tmp_path):
    for plan in (toy_plan(notes="caf\udce9"), toy_plan(scenarios=("calm",), arms=("lenient",), notes="\ud800")):
        with pytest.raises(StoreError, match=r"\\ud.*: cannot be stored, it is no text in UTF-8") as refused:
            run_study(plan, tmp_path / "study", engine=FakeModel, console=Console(file=io.StringIO()))
        assert "\n" not in str(refused.value) and str(refused.value).isascii()
    assert not (tmp_path / "study").exists()


# ---- after the last cell --------------------------------------------------------------------------


def wrong(*_, **__):
    raise ZeroDivisionError("a fault of the page")


def stop(*_, **__):
    raise KeyboardInterrupt


class Mute(Console):
    """A console that cannot print a table."""

    def print(self, *words, **more):
        if words and not isinstance(words[0], str):
            wrong()


@pytest.mark.parametrize(
    ("fault", "code", "why"),
    [(wrong, 4, "a fault of the page"), (no_room, 3, "No space left on device"), (stop, 130, "interrupted")],
)
@pytest.mark.parametrize("where", ["report", "tables"])
def test_what_fails_after_the_last_cell_leaves_a_finished_study(where, fault, code, why, monkeypatch, tmp_path):
    monkeypatch.setattr(summary, "write", fault if where == "tables" else summary.write)
    with pytest.raises(StudyStopped, match=rf"4 of 4 cells are finished and kept in .*{why}") as stopped:
        run(tmp_path / "study", report=fault)
    assert stopped.value.code == code
    assert f"creditcycle report {tmp_path / 'study'}" in str(stopped.value) and "\n" not in str(stopped.value)
    assert read_manifest(tmp_path / "study")["status"] == "complete"
    assert len(read_results(tmp_path / "study")) > 0


def test_a_table_that_cannot_be_printed_leaves_a_finished_study_with_its_report(tmp_path):
    made = []
    with pytest.raises(StudyStopped, match="4 of 4 cells are finished and kept") as stopped:
        run(tmp_path / "study", console=Mute(file=io.StringIO()), report=made.append)
    assert stopped.value.code == 4 and made == [tmp_path / "study"]
    assert (tmp_path / "study" / "summary.csv").exists()
    assert read_manifest(tmp_path / "study")["status"] == "complete"


@pytest.mark.parametrize("code", [3, 4, 129, 143])
def test_the_door_hands_on_how_a_study_ended(code, monkeypatch, capsys, tmp_path):
    def ended(*_, **__):
        raise StudyStopped("4 of 4 cells are finished and kept", code)

    monkeypatch.setattr("sim.study.run.runner.run_study", ended)
    assert main(["economy=calm", f"out={tmp_path / 'study'}"]) == code
    assert capsys.readouterr().err == "creditcycle: 4 of 4 cells are finished and kept\n"


def test_a_signal_before_the_first_cell_has_its_own_code(monkeypatch, capsys, tmp_path):
    def ended(*_, **__):
        raise Interrupted("ended by SIGTERM", 143)

    monkeypatch.setattr("sim.study.run.runner.run_study", ended)
    assert main(["economy=calm", f"out={tmp_path / 'study'}"]) == 143
    assert capsys.readouterr().err.startswith("creditcycle: ended by SIGTERM: go on with: creditcycle resume")


# ---- a disk that takes no more --------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_onto_a_full_disk_is_one_line_and_leaves_nothing(form, monkeypatch, capsys, tmp_path):
    if form == "xlsx":
        pytest.importorskip("xlsxwriter", reason="needs creditcycle[office]: make extras")
    run(tmp_path / "study")
    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as full:
        full.setattr("sim.study.store.files.os.fsync", no_room)
        assert main(["export", str(tmp_path / "study"), "--format", form]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"results.{form}: cannot be written: No space left on device" in said
    assert sorted(tmp_path.rglob("*")) == before
    assert main(["export", str(tmp_path / "study"), "--format", form]) == 0


def test_a_report_onto_a_full_disk_leaves_nothing(monkeypatch, tmp_path):
    replace = Path.replace

    def full_for_the_report(path, target):
        return no_room() if path.suffix == ".partial" else replace(path, target)

    monkeypatch.setattr("sim.reports.page.render", lambda _: "page")
    monkeypatch.setattr(Path, "replace", full_for_the_report)
    with pytest.raises(StudyStopped, match="No space left on device") as stopped:
        run(tmp_path / "study", report=reports.build)
    assert stopped.value.code == 3
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".partial", ".tmp", ".html")]


def test_a_disk_that_is_full_from_the_start_names_the_command_that_will_do(monkeypatch, tmp_path):
    monkeypatch.setattr("sim.study.store.files.os.fsync", no_room)
    with pytest.raises(StudyStopped, match=r"0 of 4 cells are kept .*the command that began it") as stopped:
        run(tmp_path / "study")
    assert stopped.value.code == 3 and not list(tmp_path.rglob("*.tmp"))
    monkeypatch.undo()
    run(tmp_path / "study")


# ---- signals --------------------------------------------------------------------------------------


def ended_by(number: int) -> type[FakeModel]:
    class Ended(FakeModel):
        """Behaves like somebody who ends the process in the second replication."""

        def step(self) -> None:
            if self.config.seed == PLAN.tasks()[2].seed and self.month == 0:
                os.kill(os.getpid(), number)
            super().step()

    return Ended


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_study_as_ctrl_c_does(name, tmp_path):
    number = getattr(signal, name)
    before = signal.SIG_DFL  # whatever these tests were started by
    signal.signal(number, before)
    with pytest.raises(StudyStopped, match=rf"ended by {name}: 2 of 4 cells are kept .* creditcycle resume") as stopped:
        run(tmp_path / "study", engine=ended_by(number))
    assert stopped.value.code == 128 + number
    assert signal.getsignal(number) is before
    assert read_manifest(tmp_path / "study")["cells"]["finished"] == 2
    run(tmp_path / "study")


def test_a_signal_that_is_ignored_stays_so(tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what nohup does
    try:
        run(tmp_path / "study", engine=ended_by(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert read_manifest(tmp_path / "study")["status"] == "complete"
