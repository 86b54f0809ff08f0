"""Reading the command line: a leading verb, Hydra's flags as its users know them, and overrides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.config.errors import UsageError, nearest, refusal

VERBS = {
    "run": "run the job of the composed configuration (what happens without a verb)",
    "new": "ask five questions and write the YAML file of a study: creditcycle new [FILE.yaml] [who=... sure=...]",
    "fit": "fit behaviour to a loan tape: creditcycle fit tape=FILE mapping=FILE.yaml [to=FOLDER] [preset=us_cards]",
    "resume": "go on with the study in a folder: creditcycle resume DIR",
    "status": "how far the study in a folder is: creditcycle status DIR",
    "verify": "check the files of a study and compute some cells again: creditcycle verify DIR [cells=5]",
    "audit": "write what model validation asks for: creditcycle audit DIR [cells=5] [report.language=zh]",
    "cite": "write and print a citation with a fingerprint of all files: creditcycle cite DIR",
    "report": "write tables and report again from the stored results: creditcycle report DIR [report.language=zh]",
    "memo": "write two pages, docx and pdf, and five slides: creditcycle memo DIR [report.language=zh]",
    "workbook": "write results.xlsx, with verdict, figures and charts: creditcycle workbook DIR [report.language=zh]",
    "explore": "write one page to explore the results in a browser: creditcycle explore DIR [report.language=zh]",
    "export": "write the results as tables or as one file: creditcycle export DIR --to sqlite",
    "life": "one life of the panel as a page: creditcycle life DIR --person 12 [--economy NAME] [--packages a,b]",
    "show": "list groups, options and keys, or the month: creditcycle show [GROUP | GROUP=OPTION | KEY | month]",
    "help": "print the help",
}
SYNONYMS = {"options": "show"}
PAGES = ("month", "package", "metrics", "installed", "rules")
"""What ``show`` has pages of, beside groups, options and keys."""
CALLED = {"figure": "metrics", "figures": "metrics", "packages": "package"}
"""What such a page is asked for as."""

# Flag -> (name of the field it sets, choices of its value or None for a switch).
SWITCHES = {
    "-h": "help",
    "--help": "help",
    "--version": "version",
    "--hydra-help": "help",
    "-m": "several",
    "--multirun": "several",
    "-r": "single",
    "--run": "single",
    "--resolve": "resolve",
    "--trust": "trust",
    "--timed": "timed",
    "-sc": "completion",
    "--shell-completion": "completion",
}
VALUED: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "--plugin": ("plugin", None),
    "--model": ("model", None),
    "-c": ("cfg", ("job", "hydra", "all")),
    "--cfg": ("cfg", ("job", "hydra", "all")),
    "--format": ("format", ("csv", "xlsx")),
    "--to": ("to", ("csv", "xlsx", "sqlite", "duckdb")),
    "-p": ("package", None),
    "--package": ("package", None),
    "--person": ("person", None),
    "--firm": ("firm", None),
    "--economy": ("economy", None),
    "--packages": ("packages", None),
    "--replication": ("replication", None),
    "-i": ("info", ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")),
    "--info": ("info", ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")),
}
WITH_CODE = ("resume", "verify", "report", "audit")  # verbs that compose what a folder was begun with
OF_A_LIFE = ("person", "firm", "economy", "packages", "replication")
REFUSED = (
    "-cp", "--config-path", "-cn", "--config-name", "-cd", "--config-dir",
    "-er", "--experimental-rerun",
)  # fmt: skip
LONG_FLAGS = [flag for flag in (*SWITCHES, *VALUED) if flag.startswith("--")]


@dataclass
class CommandLine:
    """What was asked for: the verb, its words (overrides, or a study folder, or what `show` is about), flags."""

    verb: str = "run"
    words: list[str] = field(default_factory=list)
    cfg: str = ""
    package: str = ""
    info: str = ""
    format: str = ""
    to: str = ""
    plugin: str = ""
    model: str = ""
    person: str = ""
    firm: str = ""
    economy: str = ""
    packages: str = ""
    replication: str = ""
    switches: set[str] = field(default_factory=set)


def parse(arguments: Sequence[str]) -> CommandLine:
    """Read the arguments after the program's name.

    Raises
    ------
    UsageError
        An unknown verb or flag, or a flag without its value.
    """
    line = CommandLine()
    words = list(arguments)
    if words and not words[0].startswith(("-", "+", "~")) and "=" not in words[0]:
        line.verb = _verb(words.pop(0))
    while words:
        word = words.pop(0)
        flag, equals, value = word.partition("=")
        if not word.startswith("-") or line.switches & {"completion"}:
            line.words.append(word)
        elif flag in SWITCHES and not equals:
            line.switches.add(SWITCHES[flag])
        elif flag in VALUED:
            name, choices = VALUED[flag]
            setattr(line, name, _value(flag, value if equals else None, choices, words))
        elif flag in REFUSED:
            raise UsageError(
                f"{flag}: configurations come from the installed folder alone; name files of yours instead: "
                "economy=mine.yaml, sharing=mine.yaml, fund=mine.yaml, study.arms=[lenient,mine.yaml]"
            )
        else:
            near = nearest(flag, LONG_FLAGS)
            raise UsageError(f"{flag}: there is no such flag" + (f"; did you mean {near}?" if near else ""))
    astray = next((name for name in OF_A_LIFE if getattr(line, name) and line.verb != "life"), "")
    if astray:
        raise UsageError(f"--{astray}: is for creditcycle life DIR, not for {line.verb}")
    if line.model and line.verb not in WITH_CODE:
        allowed = f"with {', '.join(WITH_CODE)}, to hand over the file of a study's model; begin with study.model=..."
        raise UsageError(refusal("--model", line.model, allowed))
    _refuse_form(line)
    return line


def _refuse_form(line: CommandLine) -> None:
    """Refuse the form of an export where nothing is exported, and two forms at once."""
    for flag, form in (("--to", line.to), ("--format", line.format)):
        if form and line.verb != "export":
            raise UsageError(refusal(flag, form, "with the verb export alone: creditcycle export DIR --to sqlite"))
    if line.to and line.format:
        raise UsageError(refusal("--format", line.format, "one form of an export: leave it out beside --to"))


def page_like(word: str) -> str | None:
    """Name the page of ``show`` that a word asks for, or nearly does; None where there is none."""
    return CALLED.get(word) or nearest(word, PAGES)


def _verb(word: str) -> str:
    word = SYNONYMS.get(word, word)
    if word not in VERBS:
        page = page_like(word)
        near = nearest(word, [*VERBS, *SYNONYMS]) or (f"show {page}" if page else None)
        allowed = "a verb (" + ", ".join(VERBS) + ") or an override key=value"
        raise UsageError(refusal(word, "", allowed, near).replace("an empty text ", ""))
    return word


def _value(flag: str, given: str | None, choices: tuple[str, ...] | None, words: list[str]) -> str:
    """Value of a flag; `--info` alone means all, as in Hydra."""
    if given is None and words and not words[0].startswith("-") and (choices is None or "=" not in words[0]):
        given = words.pop(0)
    if given is None and flag in ("-i", "--info"):
        given = "all"
    if given is None:
        raise UsageError(f"{flag}: needs a value" + (": " + ", ".join(choices) if choices else ""))
    if choices is not None and given not in choices:
        raise UsageError(refusal(flag, given, "one of " + ", ".join(choices), nearest(given, choices)))
    return given
