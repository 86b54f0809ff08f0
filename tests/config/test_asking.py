"""``creditcycle new``: five questions, a study's file, and what it takes."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest
import yaml

from sim.config.job import plan
from sim.config.questions import QUESTIONS

ALL = ("who=tiny", "packages=lenient,closing", "economies=calm", "sure=3", "months=6")


@pytest.fixture
def new(door, monkeypatch):
    """Run ``creditcycle new`` with lines of standard input."""

    def run(*words, lines=()):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return door("new", *words)

    return run


def test_empty_answers_are_the_main_study(new, tmp_path):
    code, out, err = new(lines=[""] * 5)
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "study.yaml: 5 packages, 3 scenarios, 8 runs of each",
        "  run it  creditcycle experiment=study.yaml out=study",
    ]
    assert "  takes   about " in out and " of memory, in " in out
    assert plan(["experiment=study.yaml"]).digest() == plan([]).digest()


def test_answers_on_the_command_line_are_not_asked_for(new, tmp_path):
    code, _, err = new("mine.yaml", *ALL)
    assert (code, err) == (0, "")
    assert yaml.safe_load((tmp_path / "mine.yaml").read_text()) == {
        "population": "tiny",
        "study": {"arms": ["lenient", "closing"], "scenarios": ["calm"], "replications": 3, "months": 6},
    }
    made = plan(["experiment=mine.yaml"])
    assert [arm.name for arm in made.shown] == ["lenient", "closing"]
    assert (made.study.replications, made.scenarios[0].months) == (3, 6)
    assert made.root.configs["calm"].population.borrowers == 500


def test_choices_are_numbered_and_a_bad_answer_is_told_and_asked_again(new, tmp_path):
    code, _, err = new(lines=["9", "2", "1,1", "1,clsing", "1,3", "calm,2", "0", "many", "4", "0", "12"])
    assert code == 0
    told = err.splitlines()
    assert len(told) == 6 and all(line.endswith("; once more") for line in told)
    assert "who: 9 is not allowed: a number from 1 to 8, or a name" in told[0]
    assert "each once; 1 is named twice" in told[1] and "did you mean closing?" in told[2]
    assert told[3].startswith("creditcycle: sure: 0 is not allowed: a number of runs from 1 to 100000")
    assert "months: 0 is not allowed: a whole number of months from 1 to 1200" in told[5]
    made = yaml.safe_load((tmp_path / "study.yaml").read_text())
    assert made["firms"] == "none" and made["study"]["arms"] == ["lenient", "closing"]
    assert made["study"]["scenarios"] == ["calm", "severe_recession"] and made["study"]["months"] == 12


def test_a_precision_may_be_wanted_and_the_options_of_a_group(new, tmp_path):
    assert new("packages=policy/closing", "sure=0.002 approval_rate", "who=tiny", "economies=calm", "months=6")[0] == 0
    made = plan(["experiment=study.yaml"])
    assert (made.study.precision, made.study.precision_of, made.study.replications) == (0.002, "approval_rate", 200)
    assert made.study.compare == "policy/closing" and made.study.baseline == "never"


def test_files_of_the_users_are_named_as_seen_from_the_study(new, tmp_path):
    (tmp_path / "late.yaml").write_text("parent: limits\nchange: {policy/closing: threshold}\nmeaning: Late.\n")
    (tmp_path / "mild.yaml").write_text("# Mild.\nname: mild\n")
    (tmp_path / "studies").mkdir()
    words = ["who=tiny", "packages=limits,late.yaml", "economies=calm,mild.yaml", "sure=2", "months=4"]
    assert new("studies/mine.yaml", *words)[0] == 0
    study = yaml.safe_load((tmp_path / "studies" / "mine.yaml").read_text())["study"]
    assert study["arms"] == ["limits", "../late.yaml"] and study["scenarios"] == ["calm", "../mild.yaml"]
    assert [arm.name for arm in plan(["experiment=studies/mine.yaml"]).shown] == ["limits", "late"]


def test_nothing_is_written_where_it_is_refused(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert "no terminal and holds no answers; try creditcycle new who=... packages=..." in refused("new")
    monkeypatch.setattr(sys, "stdin", None)
    assert "no terminal and holds no answers" in refused("new")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n"))
    assert "ended before economies was answered; nothing was written" in refused("new")
    assert "new: whom: 1 is not allowed: one of who, packages, economies, sure, months" in refused("new", "whom=1")
    assert "did you mean tiny?" in refused("new", *ALL[1:], "who=tinny")
    assert "sure: -1 is not allowed" in refused("new", *ALL[:3], "sure=-1", "months=6")
    assert "did you mean loss_rate?" in refused("new", *ALL[:3], "sure=0.1 loss_rat", "months=6")
    assert "packages: nowhere.yaml: cannot be read" in refused("new", "who=tiny", "packages=nowhere.yaml", *ALL[2:])
    assert "new: notes.txt is not allowed: the name of a YAML file" in refused("new", "notes.txt", *ALL)
    assert "one file at a time" in refused("new", "a.yaml", "b.yaml", *ALL)
    assert "no/such.yaml cannot be made: no is no folder" in refused("new", "no/such.yaml", *ALL)
    (tmp_path / "study.yaml").write_text("seed: 1\n")
    assert "study.yaml is there already; name another" in refused("new", *ALL)


def test_each_question_lists_its_choices_with_their_meaning():
    for question in QUESTIONS:
        assert question.text.endswith((".", "?"))
        assert all(choice.meaning.strip() for choice in question.choices)
        assert question.read("") == question.read(question.default_words)


def on_a_terminal(folder, keys, kill=None):
    """Run ``creditcycle new`` on a terminal, type when the first question stands there; exit code and what was seen."""
    own, other = pty.openpty()
    command = [sys.executable, "-m", "sim", "new"]
    child = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, cwd=folder, start_new_session=True)
    os.close(other)
    seen, typed, until = b"", False, time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([own], [], [], 0.2)[0]:
            if child.poll() is not None:
                break
            continue
        try:
            part = os.read(own, 65536)
        except OSError:
            break
        seen += part
        if not typed and b"who [demo]: " in seen:
            typed = True
            if kill:
                child.send_signal(kill)
            os.write(own, keys)
    return child.wait(30), seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("kill", [None, signal.SIGINT])
def test_leaving_at_a_terminal_leaves_no_trace(tmp_path, kill):
    code, seen = on_a_terminal(tmp_path, b"\x04", kill)
    assert code == 130 and seen.splitlines()[-1].startswith("creditcycle: interrupted: nothing was written")
    assert "   1  demo                    Twenty thousand persons" in seen
    assert list(tmp_path.iterdir()) == []
