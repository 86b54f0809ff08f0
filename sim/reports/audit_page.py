"""The audit pack as a page: headings, sentences and tables, from the facts alone and nothing else."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.figures.catalog import FIGURES
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import ENGLISH, MARKS
from sim.reports.chapters.tables import cell, facts_table, group_heading, table
from sim.reports.document import DOCUMENT, Page, prose
from sim.reports.drawing import style
from sim.reports.words.audit_standing import GUIDANCE, HEADINGS, PLACES
from sim.reports.words.auditing import Facts, ratio, statements
from sim.reports.words.formats import NOT_AVAILABLE

TEXT = ' class="text"'
LONGEST_VALUE = 400


def render(facts: Facts) -> str:
    """Return the audit pack as an HTML document in one file, no script, no network.

    Parameters
    ----------
    facts : mapping
        As ``audit.json`` holds them.
    """
    page, said = Page(), statements(facts)
    page.add('<section class="summary"><p class="kicker">CreditCycle &middot; For model validation</p>')
    page.add(f"<h1>{html.escape(_title(facts))}</h1>")
    page.paragraph(GUIDANCE)
    page.table(_places())
    page.add("</section>")
    for key, heading in HEADINGS.items():
        page.chapter(key, heading)
        sentences = said.get(key, [])
        if len(sentences) > 1:
            page.bullets(sentences)
        elif sentences:
            page.paragraph(sentences[0])
        for made in TABLES.get(key, ()):
            if text := made(facts):
                page.table(text)
    page.add(
        "<footer>Made from the study folder and the installed configurations; audit.json holds the same to be read "
        "by programs. Money: 1 yuan = 100 fen.</footer>"
    )
    title = f"For model validation: {_title(facts)}"
    return DOCUMENT.substitute(
        title=html.escape(title), sheet=style.sheet(), body="\n".join(page.parts), language=MARKS[ENGLISH]
    )


def as_json(facts: Facts) -> str:
    """Return the audit pack to be read by programs: the facts, and what the page says about them by heading."""
    whole = {**facts, "statements": statements(facts)}
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _title(facts: Facts) -> str:
    packages, economies = ([one["name"] for one in facts["use"][part]] for part in ("packages", "economies"))
    return f"Policy packages {', '.join(packages)} in {', '.join(economies)}"


def words_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table of texts; empty where there is no row."""
    made = ["<tr>" + "".join(f'<td class="words">{prose(_word(text))}</td>' for text in row) + "</tr>" for row in rows]
    return table(caption, heads, made, kind=TEXT) if made else ""


def _word(value: Any) -> str:
    """A value as it is written: a text as such, nothing as a dash, all else as JSON has it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} … (in full in audit.json)"


def _places() -> str:
    rows = [(part, ", ".join(HEADINGS[key] for key in keys)) for part, keys in PLACES]
    return words_table("<b>Where each part of SR 11-7 is answered.</b>", ("Part", "Heading"), rows)


def _packages(facts: Facts) -> str:
    rows = [
        (one["name"], one["parent"], one["meaning"], one["scheme"], "; ".join(one["rules"]))
        for one in facts["use"]["packages"]
    ]
    heads = ("Package", "Compared with", "What it is", "Who bears which loss", "Rules of its list")
    return words_table("<b>Packages.</b>", heads, rows)


def _economies(facts: Facts) -> str:
    rows = [(one["name"], one["meaning"], one["months"], one["outlook"]) for one in facts["use"]["economies"]]
    heads = ("Economy", "What it is", "Months", "Path")
    return words_table("<b>Economies.</b> Months after the policy date.", heads, rows)


def _rooms(facts: Facts) -> str:
    rows = [(one["name"], one["meaning"]) for one in facts["model"]["rooms"]]
    caption = "<b>Parts of the model</b>, each of which uses those above it alone."
    return words_table(caption, ("Part", "What it is"), rows)


def _files(facts: Facts) -> str:
    rows = [
        (one["name"], one["file"], one["sha256"], one["bytes"], one["rows"], "yes" if one["as_recorded"] else "no")
        for one in facts["inputs"]["files"]
    ]
    heads = ("As asked for", "Copy", "sha256", "Bytes", "Rows", "As recorded")
    return words_table("<b>Files of the user's.</b>", heads, rows)


def _seeds(facts: Facts) -> str:
    found = facts["inputs"]
    rows = [("seed", str(found["seed"])), ("seeds of replications", ", ".join(map(str, found["seeds"])))]
    return facts_table("<b>Seeds.</b>", [*rows, ("rule", found["seeds_rule"])])


def _source(one: Mapping[str, Any]) -> str:
    """Source of the shipped value; for one that the study sets, that it does not speak for it."""
    if one["kind"] == "option":
        return one["source"]
    said = ": ".join(filter(None, [one["kind"], one["source"]]))
    changed = one["changed"] and one["kind"] != "how the study is run"
    return f"set by this study; of the shipped value: {said}" if changed else said


def _named(facts: Facts) -> str:
    rows = [
        (one["key"], one["value"], one["unit"], one["where"], _source(one))
        for one in facts["parameters"]
        if one["acts"] and one["kind"] in ("source", "calibrated")
    ]
    caption = "<b>Parameters with a source or a calibration.</b> The others stand in the appendix."
    return words_table(caption, ("Key", "Value", "Unit", "Where", "Source"), rows)


def _log(facts: Facts) -> str:
    rows = [
        (one["key"], one["default"], one["value"], one["unit"], one["allowed"], one["where"], _source(one))
        for one in facts["change_log"]
    ]
    heads = ("Key", "Shipped", "Here", "Unit", "Allowed", "Where", "Source")
    return words_table("<b>Change log.</b>", heads, rows)


def _package_changes(facts: Facts) -> str:
    rows = [
        (one["name"], one["parent"], change["key"], change["parent_value"], change["value"])
        for one in facts["use"]["packages"]
        for change in one["changes"]
    ]
    heads = ("Package", "Against", "Key", "There", "Here")
    return words_table("<b>What each package changes</b> against the one that it is compared with.", heads, rows)


def _worlds(facts: Facts) -> str:
    rows = [(one["key"], one["lowest"], one["highest"], one["worlds"]) for one in facts["worlds"]]
    return words_table("<b>Plausible worlds.</b>", ("Key", "Lowest", "Highest", "Worlds"), rows)


def _estimates(facts: Facts) -> str:
    """Main figures with their intervals and paired differences, those of a figure below its unit and period."""
    rows = facts["outcomes"]["estimates"]
    heads = (
        "Package", "Economy", "Mean", "Interval", "Difference to parent", "Interval",
        "Variance saved by pairing, times", "Runs",
    )  # fmt: skip
    made = []
    for name in dict.fromkeys(row["figure"] for row in rows):
        of = [row for row in rows if row["figure"] == name]
        scale = scale_of(measure_of(name), [row["mean"] for row in of])
        unit = f"{scale.unit or of[0]['unit']}, {of[0]['period']}"
        made += [group_heading(FIGURES[name].label, unit, len(heads)), *(_estimate(row, scale) for row in of)]
    caption = "<b>Main figures.</b> Differences of shares are in percentage points."
    return table(caption, heads, made) if made else ""


def _estimate(row: Mapping[str, Any], scale: Scale) -> str:
    """One row of the main figures."""
    gap = NOT_AVAILABLE if row["difference"] is None else scale.text(row["difference"], signed=True)
    saved = NOT_AVAILABLE if row["variance_reduction"] is None else f"{row['variance_reduction']:.1f}"
    cells = [
        cell(scale.text(row["mean"]), row["mean"]),
        cell(_range(row["low"], row["high"], scale)),
        cell(gap, row["difference"]),
        cell(_range(row["difference_low"], row["difference_high"], scale, signed=True)),
        cell(saved),
        cell(str(row["runs"])),
    ]
    names = "".join(f'<td class="words">{html.escape(row[name])}</td>' for name in ("package", "economy"))
    return f"<tr>{names}{''.join(cells)}</tr>"


def _range(low: float | None, high: float | None, scale: Scale, *, signed: bool = False) -> str:
    if low is None or high is None:
        return NOT_AVAILABLE
    return f"{scale.text(low, signed=signed)} to {scale.text(high, signed=signed)}"


def _calibration(facts: Facts) -> str:
    rows = []
    for row in facts["outcomes"]["calibration"]:
        if "decile" in row["whom"]:
            continue
        words = "".join(f'<td class="words">{html.escape(row[name])}</td>' for name in ("whom", "package", "economy"))
        rates = [cell(f"{100 * row[name]:.2f}", row[name]) for name in ("predicted", "realised")]
        ends = NOT_AVAILABLE if row["low"] is None else " to ".join(points(row[name]) for name in ("low", "high"))
        rest = (ratio(row), ends, str(row["runs"]), str(row["runs_without"]))
        rows.append(f"<tr>{words}{''.join([*rates, *map(cell, rest)])}</tr>")
    heads = (
        "Whose", "Package", "Economy", "Predicted, % within 12 months", "Realised, % within 12 months", "Ratio",
        "Difference, interval in percentage points", "Runs", "Runs not judged",
    )  # fmt: skip
    caption = (
        "<b>Predicted over realised default</b>, at the last judgement of each run: ratio of the means over runs. "
        "Deciles of the score stand in audit.json."
    )
    return table(caption, heads, rows) if rows else ""


def points(value: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{100 * value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _monitored(facts: Facts) -> str:
    rows = [
        (one["figure"], one["unit"], one["package"], one["economy"], f"{one['mean']:.3g}",
         NOT_AVAILABLE if one["low"] is None else f"{one['low']:.3g} to {one['high']:.3g}", one["runs"])
        for one in facts["outcomes"]["monitored"]
    ]  # fmt: skip
    heads = ("Figure", "Unit", "Package", "Economy", "Mean", "Interval", "Runs")
    return words_table("<b>Scores</b>, as last judged.", heads, rows)


def _marks(facts: Facts) -> str:
    study, found = facts["study"], facts["environment"]
    rows = [("command", study["command"]), ("results_sha256", study["results_sha256"])]
    rows += [("config_sha256", study["config_sha256"]), ("program_sha256", study["program_sha256"])]
    rows += [("installed configurations, sha256", found["configurations_sha256"])]
    rows += [("status", study["status"]), ("began, ended (UTC)", f"{study['started']}, {study['ended']}")]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return facts_table("<b>The study.</b>", [*rows, ("versions", versions), ("machine", found["machine"])])


def _calls(facts: Facts) -> str:
    clean = {True: "yes", False: "no", None: ""}
    rows = [
        (
            *(one[name] for name in ("began", "ended", "commit")),
            clean[one["clean"]],
            *(one[name] for name in ("lock_sha256", "platform", "cells")),
        )
        for one in facts["environment"]["calls"]
    ]
    heads = ("Began", "Ended", "Commit", "Sources as in it", "Lock of packages, sha256", "Platform", "Cells")
    return words_table("<b>Calls</b> that computed cells.", heads, rows)


def _register(facts: Facts) -> str:
    rows = [
        (one["key"], one["value"], one["unit"], one["allowed"], one["where"], one["meaning"], _source(one))
        for one in facts["parameters"]
        if one["acts"]
    ]
    caption = "<b>Parameters that act in the study.</b> Those that do not stand in audit.json."
    return words_table(caption, ("Key", "Value", "Unit", "Allowed", "Where", "Meaning", "Source"), rows)


def _month(facts: Facts) -> str:
    rows = [(one["name"], one["by"], one["phase"], one["meaning"]) for one in facts["model"]["month"]]
    caption = "<b>The month</b> of the first package, in order; a step has no phase."
    return words_table(caption, ("Rule or step", "Whose", "Phase", "What it does"), rows)


TABLES: Mapping[str, Sequence[Callable[[Facts], str]]] = {
    "purpose": (_packages, _economies),
    "model": (_rooms,),
    "inputs": (_files, _seeds),
    "assumptions": (_named,),
    "changes": (_log, _package_changes, _worlds),
    "outcomes": (_estimates, _calibration),
    "monitoring": (_monitored,),
    "reproduction": (_marks, _calls),
    "register": (_register,),
    "month": (_month,),
}
"""What writes the tables below each heading; one that has no rows writes nothing."""
