"""``creditcycle new``: five questions, and a study's YAML file that ``experiment=FILE`` reads.

An answer comes from the command line (``who=1``), from a terminal, or from a line of piped standard input; an empty one
is the default. A bad one is told in one line and asked for again, but for one on the command line, which is refused.
"""

from __future__ import annotations

import os
import shlex
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import yaml

from sim.config.errors import UsageError, nearest, refusal, shown
from sim.config.job import plan
from sim.config.overrides import written
from sim.config.questions import QUESTIONS, Question
from sim.config.study_file import overrides_of
from sim.config.userfile import refused
from sim.inputs.files import expanded
from sim.study.plan.plan import Plan
from sim.study.plan.settings import share_of_machine
from sim.study.plan.telling import words_of
from sim.study.sweep.forecast import forecast

FILE = "study.yaml"
LONGEST = 2_000
WIDTH = 110
LISTS = ("arms", "scenarios")
OWN_SUFFIXES = (".yaml", ".yml", ".csv", ".parquet")


@dataclass(frozen=True)
class Study:
    """A study's file, what stands in it, and what is said of it."""

    file: Path
    text: str
    words: str


@dataclass
class Answers:
    """Where answers come from, and where questions and complaints go."""

    source: TextIO | None
    screen: TextIO
    complain: Callable[[str], None]
    count: int = 0

    @property
    def somebody_reads(self) -> bool:
        """Whether questions are read by anybody."""
        return self.source is not None and self.source.isatty()

    def next(self, question: Question) -> str:
        """The next line, without blanks at its ends.

        Raises
        ------
        KeyboardInterrupt
            Who is asked at a terminal ends the input.
        UsageError
            Standard input has no line left, or holds no text.
        """
        leaving = self.somebody_reads
        try:
            if self.somebody_reads:
                self.screen.write(f"{question.key} [{question.default_words}]: ")
                self.screen.flush()
            line = self.source.readline(LONGEST) if self.source is not None else ""
        except (UnicodeDecodeError, OSError):
            raise UsageError(f"new: standard input holds no text where {question.key} is to be answered") from None
        except KeyboardInterrupt:
            line, leaving = "", True
        if line:
            self.count += 1
            return line.strip()
        if leaving:
            self.screen.write("\n")
            self.screen.flush()
            raise KeyboardInterrupt("interrupted: nothing was written")
        if not self.count:
            keys = " ".join(f"{one.key}=..." for one in QUESTIONS)
            raise UsageError(f"new: standard input is no terminal and holds no answers; try creditcycle new {keys}")
        raise UsageError(f"new: standard input ended before {question.key} was answered; nothing was written")


def asked(words: Sequence[str], answers: Answers) -> Study:
    """Ask what was not answered on the command line, and compose the study.

    Parameters
    ----------
    words : sequence of str
        At most one name of a file, and answers as ``key=answer``.

    Raises
    ------
    UsageError
        The file is there already or cannot be, an answer on the command line is bad, or none comes; one line.
    """
    file, given = _sorted(words)
    tree: dict[str, Any] = {"study": {}}
    for question in QUESTIONS:
        said = question.read(given[question.key]) if question.key in given else _answer(question, answers)
        study = said.pop("study", {})
        tree = {**tree, **said, "study": {**tree["study"], **study}}
    return _study(file, {**{key: value for key, value in tree.items() if key != "study"}, "study": tree["study"]})


def _sorted(words: Sequence[str]) -> tuple[Path, dict[str, str]]:
    """The file to write, and the answers on the command line."""
    given = dict(word.partition("=")[::2] for word in words if "=" in word)
    keys = [question.key for question in QUESTIONS]
    for key, value in given.items():
        if key not in keys:
            raise UsageError(refusal(f"new: {key}", value, "one of " + ", ".join(keys), nearest(key, keys)))
    names = [word for word in words if "=" not in word]
    if len(names) > 1:
        raise UsageError(f"new: {shown(names)} is not allowed: one file at a time, and answers key=answer")
    name = names[0] if names else FILE
    if Path(name).suffix not in (".yaml", ".yml"):
        raise UsageError(refusal("new", name, "the name of a YAML file, such as " + FILE))
    with refused("new"):
        file = expanded(name)
    if file.exists():
        raise UsageError(f"new: {name} is there already; name another: creditcycle new OTHER.yaml")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"new: {name} cannot be made: {file.parent} is no folder")
    return file, given


def _answer(question: Question, answers: Answers) -> dict[str, Any]:
    """Ask until an answer can be read."""
    if answers.somebody_reads:
        answers.screen.write("\n".join(_page(question)) + "\n")
    while True:
        line = answers.next(question)
        try:
            return question.read(line)
        except UsageError as error:
            answers.complain(f"{error}; once more")


def _page(question: Question) -> Iterator[str]:
    """A question with its choices, numbered, each with its meaning."""
    yield ""
    yield from textwrap.wrap(question.text, WIDTH)
    width = max((len(choice.name) for choice in question.choices), default=0)
    for number, choice in enumerate(question.choices, 1):
        start = f"  {number:>2}  {choice.name:<{width}}  "
        yield from textwrap.wrap(choice.meaning, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))


def _study(file: Path, tree: Mapping[str, Any]) -> Study:
    """Compose the study, so that what cannot be is told before a file is written."""
    content = _beside(tree, file)
    made = plan(overrides_of(content, str(file)))
    command = f"creditcycle {_quoted('experiment', file)} {_quoted('out', file.with_suffix(''))}"
    body = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, allow_unicode=True, width=WIDTH)
    head = f"# A study; run it with: {command}\n# Any group and key that `creditcycle show` lists may stand here.\n"
    return Study(file, head + body, "\n".join(_said(file, command, made)) + "\n")


def _said(file: Path, command: str, made: Plan) -> Iterator[str]:
    """What the study compares, how to run it, and what it takes."""
    tasks = made.tasks()
    workers, threads = share_of_machine(made.machine, len(tasks))
    say, most = words_of(made), "_most" if made.study.precision else ""
    counts = {"packages": len(made.shown), "scenarios": len(made.scenarios), "runs": made.study.runs}
    said = {key: say.counted(f"running.count.{key}", count) for key, count in counts.items()}
    yield say(f"new.compared{most}", file=file, **said)
    yield say("new.run", command=command)
    takes, processes = forecast(made, tasks, workers, threads).told(say), say.counted("running.count.workers", workers)
    yield say(f"new.takes{most}", takes=takes, processes=processes)
    yield say("new.change")


def _quoted(key: str, value: Path) -> str:
    """An override as a shell takes it."""
    return shlex.quote(f"{key}={written(str(value))}")


def _beside(tree: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """The study with the user's files named as seen from its own file."""

    def placed(entry: str) -> str:
        own = Path(entry).suffix.lower() in OWN_SUFFIXES and not entry.startswith(("/", "~"))
        return os.path.relpath(entry, file.parent) if own else entry

    study = {key: [placed(one) for one in value] if key in LISTS else value for key, value in tree["study"].items()}
    return {**tree, "study": study}
