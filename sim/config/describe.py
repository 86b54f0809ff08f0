"""What there is to choose: groups, options, keys with unit, range and meaning. And the text of ``--help``."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.config import plugin
from sim.config.commandline import page_like
from sim.config.errors import UsageError, nearest, shown
from sim.config.options import BY_NAME, EXPERIMENT, GROUPS, check_option, dataclass_of, meaning_of, option_names
from sim.config.stages import is_stage_key

if TYPE_CHECKING:
    from sim.config.commandline import CommandLine
    from sim.engine.tables.declare import Setting

BESIDE = {
    EXPERIMENT: "a named study",
    "package": "policy packages, named in study.arms",
    "mapping": "which column of a loan tape is what, named in population.mapping",
}

HELP = """\
creditcycle: policy packages of an online lender, compared through economic cycles.

Borrowers and a lender live month by month; every package meets the same people and the same luck, so that
the difference between two packages is the packages. Without arguments: five packages in calm years, in a
severe recession and on the real path of 2007-2012. Ends with a table and a report to mail.

  creditcycle [run] [OVERRIDES]      run the job; overrides are group=option and key=value
  creditcycle new [FILE.yaml]        five questions, then the file of a study, its command and what it takes
  creditcycle fit tape=FILE ...      behaviour of your own from a tape, with worlds (docs/fit_your_tape.md)
  creditcycle resume DIR             go on with a study that was interrupted
  creditcycle status DIR             how far a study is
  creditcycle verify DIR [cells=5]   check every file of a study, and compute some of its cells again
  creditcycle report DIR             write tables and report again from the stored results
  creditcycle memo DIR               two pages as docx and pdf, and five slides; report.language=zh
  creditcycle workbook DIR           results.xlsx: verdict, scorecard, figures, charts, months, units
  creditcycle explore DIR            explore.html: one page to choose and compare in; sliders for a sweep
  creditcycle export DIR --to csv|sqlite|duckdb|xlsx
                                     fact and dimension tables with a dictionary, or a workbook;
                                     --format csv: the months as one file
  creditcycle audit DIR [cells=5]    what model validation asks for, as a page and for programs
  creditcycle cite DIR               a citation with a fingerprint of all files, which verify checks
  creditcycle life DIR [--person N]  one life of the panel (study.panel=200) as a page, packages side by side
  creditcycle show [WHAT]            groups; options of a group; keys with unit, range and meaning
  creditcycle show month [NAME]      rules and steps in order; who touches a column, number, draw or tally;
                                     takes overrides; --timed adds what each rule costs a row
  creditcycle show package[=NAME]    policy packages; parent, changes and scheme of one, shipped or yours
  creditcycle show metrics [NAME]    figures with unit and meaning; formula and period of one
  creditcycle show installed         options that installed packages bring, chosen as NAME:OPTION
  creditcycle show rules             rules of persons and firms that a function of yours may stand for;
                                     show behaviour/consumption: what one reads and leaves
  creditcycle help

Examples
  creditcycle
      the main study, into the folder out
  creditcycle economy=mild_recession policy/limit=tiered out=tiered
      the default lender against the same lender with tiered limits, in a mild recession
  creditcycle study.arms=[lenient,closing] study.replications=5 population.borrowers=5000 out=quick
      two of the packages, smaller and sooner
  creditcycle study.compare=policy/closing economy=severe_recession out=closings
      every way to close lines, each beside the shipped default; study.baseline names another to compare with
  creditcycle study.worlds=16 study.replications=2 economy=severe_recession out=worlds
      every package in sixteen plausible worlds: in how many does a sign hold, and whose is the doubt
  creditcycle economy=path economy.file=unemployment.csv out=mine
      your own months of unemployment (CSV, xlsx or Parquet); economy.format=fred, dfast, nbs, eurostat, ...
      reads them as published (docs/own_data.md); for a loan tape: creditcycle show population=tape
  creditcycle design=grid fund.capital_share=0.05,0.1,0.2 fund.premium_rate=0.005,0.01 out=sweep
      a sweep over two keys; `creditcycle show design` lists other designs; interval(LOW,HIGH) is an axis too
  creditcycle -m fund=thin,standard,strong study.arms=[lenient,guaranteed] out=funds
      three jobs, one for each fund, into funds/0, funds/1 and funds/2
  creditcycle --plugin my_policy.py policy/limit=my_rule out=own
      a rule of your own, a function in a file of yours (docs/your_own_policy.md)
  creditcycle --plugin my_rules.py behaviour/consumption=my_rule out=habits
      the same for what persons and firms do (docs/your_own_behaviour.md)
  creditcycle study.model=mine.py:MyModel economy=severe_recession out=agents
      a subclass of sim.Model with agents of your own as an arm (docs/your_own_agent.md)

Keys
  out, seed, study.arms, study.scenarios, study.replications, study.worlds, study.months, study.burn_in,
  population.borrowers, machine.threads, machine.workers, and all that `creditcycle show` lists.
  With policy/..., sharing, fund, lender, behaviour or study.model changed and study.arms not named, the job
  compares `baseline` with `configured`. With economy named, it is the only scenario.
  study.compare=GROUP makes a package of each option of a group; study.leave_out=[...] leaves some out.
  study.arms also takes a package of your own, a YAML file with parent, change, meaning and perhaps model:
  study.arms=[lenient,mine.yaml]; `creditcycle show package` lists those that are shipped.
  experiment=mine.yaml reads a study from a file of yours, such as `creditcycle new` writes.
  economy, behaviour, sharing and fund take a YAML file of yours as an option; economy and study.scenarios
  also take a CSV or Parquet file of months: study.scenarios=[calm,mine.yaml,months.csv].

Flags
  --plugin FILE           a Python file with rules of your own, to be chosen as options
  --model FILE            with a verb: hand over the file of the model that the study was begun with
  --trust                 with a verb: run the rules and models that the study folder names (SECURITY.md)
  -m, --multirun          a job for every combination of alternatives: seed=1,2 or seed=range(1,9)
  -c, --cfg job           print the composed configuration and stop (-p PART for a part of it)
  -i, --info [WHAT]       what Hydra knows: all, config, defaults, defaults-tree, plugins, searchpath
  -sc, --shell-completion tab completion: eval "$(creditcycle -sc install=bash)"
  --version, -h, --help

Exit codes
  0 done; 1 a job or a cell failed; 2 a mistake in what was asked for, said in one line, nothing written;
  3 the disk takes no more, what is finished is kept;
  4 every cell is finished and kept, but a table or the report could not be made: `creditcycle report DIR`;
  130 interrupted (143 SIGTERM, 129 SIGHUP), what is finished is kept and `creditcycle resume DIR` goes on.
"""


def show(line: CommandLine) -> str:
    """Text of ``creditcycle show``, of the month and of a package, too.

    Raises
    ------
    UsageError
        There is nothing of that name, or it cannot be timed.
    """
    from sim.config.overrides import written

    own = [f"plugin={written(line.plugin)}"] if line.plugin else []
    if line.words[:1] == ["month"]:
        from sim.config.month_page import month_page

        return month_page([*own, *line.words[1:]], "timed" in line.switches)
    if "timed" in line.switches:
        raise UsageError("--timed: is for creditcycle show month")
    if len(line.words) == 1 and line.words[0].startswith("package="):
        from sim.config.installed import located
        from sim.config.package_page import package_page

        return package_page(located(line.words)[0].partition("=")[2], own)
    if line.words == ["installed"]:
        from sim.config.userfile import refused
        from sim.inputs.installed import installed_page

        with refused():
            return installed_page()
    if line.words == ["rules"] or (len(line.words) == 1 and is_stage_key(line.words[0])):
        from sim.config.stage_page import rules_page, stage_page

        with plugin.using(plugin.Rules()):
            plugin.load(line.plugin)
            return rules_page() if line.words == ["rules"] else stage_page(line.words[0])
    with plugin.using(plugin.Rules()):
        plugin.load(line.plugin)
        return describe(line.words)


def describe(words: list[str]) -> str:
    """Text of ``creditcycle show``: everything, a group, an option of it, a key, or figures.

    Raises
    ------
    UsageError
        There is no such group, option or key.
    """
    if words[:1] == ["metrics"]:
        from sim.config.metrics import describe_metrics

        return describe_metrics(words[1:])
    if len(words) > 1:
        hint = f"; did you mean {page_like(words[0])} {words[1]}?" if page_like(words[0]) else ""
        raise UsageError(f"show: {shown(words)} is not allowed: one group, option or key at a time{hint}")
    if not words:
        return "\n".join(_all_groups()) + "\n"
    group, _, option = words[0].partition("=")
    slashed = group.replace(".", "/")
    if group in BESIDE or slashed in BY_NAME:
        group = group if group in BESIDE else slashed
        if option:
            check_option(group, option)
        return "\n".join(_group(group, option)) + "\n"
    keys = dict(every_key())
    below = (f"{words[0]}.", f"{words[0]}[")
    found = {key: text for key, text in keys.items() if key == words[0] or key.startswith(below)}
    if not found:
        page = None if "." in words[0] else page_like(words[0])  # a key is no page
        near = _elsewhere(words[0]) or page or nearest(words[0], [*BY_NAME, *BESIDE, *keys])
        raise UsageError(f"{words[0]}: there is no such group or key" + (f"; did you mean {near}?" if near else ""))
    return "\n".join(_aligned(found)) + "\n"


def _elsewhere(name: str) -> str:
    """How to ask for a figure or a package that is called so; empty where none is."""
    from sim.figures.catalog import FIGURES

    if name in FIGURES:
        return f"metrics {name}"
    return f"package={name}" if name in option_names("package") else ""


def _all_groups() -> Iterator[str]:
    yield "Groups and their options (choose with GROUP=OPTION; `creditcycle show GROUP` lists its keys)"
    rows = [(group.name, group.meaning) for group in GROUPS]
    rows += list(BESIDE.items())
    for group, meaning in rows:
        yield ""
        yield f"{group}: {meaning}"
        yield from _options(group)


def _options(group: str) -> Iterator[str]:
    for option in option_names(group):
        yield f"  {option:<20} {meaning_of(group, option)}".rstrip()


def _group(group: str, option: str) -> Iterator[str]:
    yield f"{group}: " + (BY_NAME[group].meaning if group in BY_NAME else BESIDE[group])
    yield from _options(group)
    if group not in BY_NAME:
        return
    options = (option,) if option else option_names(group)
    if not option and BY_NAME[group].attribute != "OPTIONS":
        options = (str(_section(group)["name"]),)
    for name in options:
        if group == "sharing" and option:
            yield from ("", _scheme_in_words(option))
        keys = dict(_keys(dataclass_of(group, name), BY_NAME[group].node, _section(group, name)))
        yield from ("", f"Keys, with the values of {group}={name}" if keys else f"{group}={name} has no keys")
        yield from _aligned(keys)


def _scheme_in_words(option: str) -> str:
    """Say what a scheme does, with the default fund behind it."""
    from sim.config.compose import compose
    from sim.sharing.reading import reading

    config = compose([f"sharing={option}"])
    return reading(config.sharing, config.fund)


def _section(group: str, option: str | None = None) -> Any:
    """Composed section of a group, with the option that is the default when none is named."""
    from sim.config.compose import compose_groups

    section: Any = compose_groups([(group, option)] if option else [])
    for part in group.split("/"):
        section = section[part]
    return section


def every_key() -> Iterator[tuple[str, str]]:
    """Every key of every option with value, what is allowed and meaning; those of the default option come last."""
    from sim.config.schema import Config
    from sim.config.validate import fields_of

    for name in ("seed", "out"):
        kind, declared, entry = fields_of(Config)[name]
        yield name, _in_words(kind, declared, entry.default)
    for group in reversed(GROUPS):
        default = str(_section(group.name)["name"])
        for option in (*option_names(group.name), default):
            if option == default or group.attribute == "OPTIONS":
                yield from _keys(dataclass_of(group.name, option), group.node, _section(group.name, option))


def _aligned(found: Mapping[str, str]) -> Iterator[str]:
    width = min(max(map(len, found), default=0), 44)
    for key, text in found.items():
        yield f"  {key:<{width}}  {text}"


def _keys(owner: type, path: str, values: Any, needs: str = "") -> Iterator[tuple[str, str]]:
    """Keys of a dataclass with value, allowed values, unit, meaning, what they need, those of its parts included."""
    from sim.config.validate import fields_of

    for name, (kind, declared, entry) in fields_of(owner).items():
        if name == "name":
            continue
        here = f"{path}.{name}"
        value = values.get(name, entry.default)
        inner: list[Any] = [one for one in (kind, *typing.get_args(kind)) if dataclasses.is_dataclass(one)]
        acts = " and ".join(filter(None, (needs, declared.needs)))
        if not inner:
            yield here, _in_words(kind, declared, value) + (f"; acts with {acts}" if acts else "")
        elif inner[0] is kind:
            yield from _keys(inner[0], here, value, acts)
        else:
            yield from _keys(inner[0], f"{here}[0]", value[0] if value else {})


def _in_words(kind: Any, declared: Setting, value: Any) -> str:
    from sim.config.validate import range_in_words

    if declared.choices:
        allowed = "one of " + ", ".join(declared.choices)
    elif kind in (int, float):
        allowed = range_in_words(kind, declared)
    else:
        words = {bool: "true or false", str: "a text"}.get(kind, "a list")
        allowed = words + (f" ({declared.unit})" if declared.unit else "")
    empty = value is dataclasses.MISSING or value in ("", ())
    return f"{'empty' if empty else shown(value)}; {allowed}; {declared.meaning}"
