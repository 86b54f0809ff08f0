"""What the audit pack says beside its tables; each sentence follows from the facts handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.reports.words.audit_standing import GUIDANCE, INTERVALS, OPEN, PURPOSE
from sim.reports.words.formats import listing

Facts = Mapping[str, Any]


def statements(facts: Facts) -> dict[str, list[str]]:
    """Sentences of the pack by heading."""
    return {
        "guidance": [GUIDANCE],
        "purpose": [*PURPOSE, population(facts)],
        "model": model(facts),
        "inputs": inputs(facts),
        "assumptions": assumptions(facts),
        "changes": changes(facts),
        "limits": limits(facts),
        "tests": tests(facts),
        "outcomes": outcomes(facts),
        "monitoring": monitoring(facts),
        "reproduction": reproduction(facts),
        "open": list(OPEN),
    }


def many(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: ``1 cell``, ``2 cells``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def runs_of(facts: Facts) -> str:
    """How many runs there are of a package in an economy, in all plausible worlds together."""
    return many(facts["outcomes"]["replications"] * max(1, facts["limits"]["worlds"]), "run")


def population(facts: Facts) -> str:
    """How many persons, and the time before the policy date."""
    use = facts["use"]
    return (
        f"This study has {use['borrowers']:,} borrowers at the start and {many(use['burn_in'], 'month')} before the "
        "policy date, which all packages share."
    )


def model(facts: Facts) -> list[str]:
    """What kind of model it is, and what of its theory is named."""
    found = facts["model"]
    return [
        "An agent-based simulation in monthly steps. Each person, firm and lender follows rules; a rule is a pure "
        "function of plain numbers, and a random draw a function of seed, purpose, person and month. Money is whole "
        "fen.",
        f"The month of the first package has {many(len(found['month']), 'rule or step', 'rules and steps')}, which "
        f"the appendix names; they and the parameters in force name {many(len(found['references']), 'publication')}: "
        f"{'; '.join(found['references'])}.",
        "The model in the form of the ODD protocol is docs/odd.md of the source distribution; it is not installed.",
    ]


def inputs(facts: Facts) -> list[str]:
    """Files of the user's, or that there are none."""
    found = facts["inputs"]
    if not found["files"]:
        lines = ["The study was made of shipped configurations alone; no file of a user's went into it."]
    else:
        wrong = [one["name"] for one in found["files"] if not one["as_recorded"]]
        state = f"no longer what was recorded: {listing(wrong)}" if wrong else "all are what was recorded"
        lines = [f"Copies of {many(len(found['files']), 'file')} of the user's lie in the study folder; {state}."]
    if found["own_rules_sha256"]:
        lines.append(f"Rules of the user's own decide in it (sha256 of their text: {found['own_rules_sha256']}).")
    lines += [f"Assumed about the loan tape: {text}" for text in found["assumptions"]]
    return lines + [f"Control total of the loan tape: {text}" for text in found["control_totals"]]


def assumptions(facts: Facts) -> list[str]:
    """How many parameters have a source, and what it means where none is named."""
    counts = facts["sources"]
    words = [
        (counts.get("source", 0), "a source named beside it"),
        (counts.get("calibrated", 0), "calibrated to published figures"),
        (counts.get("assumption", 0), "called an assumption"),
        (counts.get("none named", 0), "no source named, which makes it an assumption as well"),
        (counts.get("changed by the study", 0), "set by this study"),
    ]
    total = sum(count for count, _ in words)
    said = "; ".join(f"{count}: {text}" for count, text in words if count)
    return [
        f"Of {total} parameters that act in this study: {said}.",
        "Sources are those that stand beside the shipped values, in the declarations and in the comments of the "
        "option's file. They speak for the shipped value alone and not for one that the study sets.",
        "Which figures a calibration was tuned to, and which stay out of band, stands in docs/fit.md and "
        "docs/plausibility.md of the source distribution; neither is installed, so no such figure is repeated here.",
    ]


def changes(facts: Facts) -> list[str]:
    """What the log counts."""
    count = len(facts["change_log"])
    lines = [
        f"{many(count, 'entry', 'entries')}: options other than the default composition's, keys other than as the "
        "chosen option ships them, and how the study is run. What is not listed is as shipped."
    ]
    if facts["design"]:
        keys = listing([axis["key"] for axis in facts["design"]["axes"]])
        lines.append(f"A design varies {keys} over {many(facts['design']['points'], 'point')}; see design.csv.")
    if facts["worlds"]:
        lines.append(
            f"Plausible worlds differ in {many(len(facts['worlds']), 'parameter')}; the table gives their range."
        )
    return lines


def limits(facts: Facts) -> list[str]:
    """What bounds the use of this study, each from what was recorded."""
    found, outcomes_ = facts["limits"], facts["outcomes"]
    lines = [
        "Intervals hold Monte Carlo error and doubt about the parameters that plausible worlds differ in; not doubt "
        "about the model."
        if found["worlds"]
        else "Intervals hold the error of a finite number of replications alone: not doubt about parameters, "
        "nor about the model."
    ]
    if outcomes_["replications"] < 2:
        lines.append("One replication: no interval can be given, and no difference told from luck.")
    lines.append(
        "That a fund or a lender survives in 99 of 100 runs needs 381 runs without a ruin to be shown (Wilson's "
        f"interval, 95 %); this study has {runs_of(facts)} of each package in each economy."
    )
    lines.append(
        "Which published figures the shipped presets meet and which they miss stands in docs/plausibility.md of the "
        "source distribution; it speaks for the presets as shipped, and for nothing that the change log lists."
    )
    cells = found["cells"]
    if cells["finished"] < cells["of"] or cells["failed"]:
        lines.append(f"The study is partial: {cells['finished']} of {cells['of']} cells are finished.")
    lines += [f"Warning of the study: {text}." for text in found["warnings"]]
    if found["stays_calm"]:
        lines.append(
            f"The shock comes after the last month, so that these are calm throughout: {listing(found['stays_calm'])}."
        )
    if found["foreign_preset"]:
        lines.append(
            f"Run with borrowers of another market than the scenario is made for: {listing(found['foreign_preset'])}."
        )
    if facts["calibrated_and_changed"]:
        keys = listing(facts["calibrated_and_changed"])
        lines.append(
            f"Calibrated values that the study changes, so that the calibration no longer speaks for them: {keys}."
        )
    if facts["inputs"]["own_rules_sha256"]:
        lines.append("No test of the program speaks for rules of the user's own.")
    lines.append("The same bits were tried on x86-64 processors; others have not been tried.")
    return lines


def tests(facts: Facts) -> list[str]:
    """What was tested and what was not."""
    found = facts["tests"]
    count, of = found["computed_again"], many(found["cells"]["finished"], "cell")
    again = f"{count:,} {'was' if count == 1 else 'were'}" if count else "none was"
    lines = [
        "While this pack was made, the manifest, the journal and every result file were held against their "
        f"checksums. Of {of}, {again} computed again and compared bit for bit."
    ]
    if found["problems"]:
        lines.append(f"{many(len(found['problems']), 'problem')} found; the study is not as it was written:")
        lines += found["problems"]
    else:
        lines.append("No difference was found.")
    lines.append(
        "While the study ran, the ledger compared both tallies of every flow, and every stock with its flows, each "
        "month; a fen too much or too little would have stopped the run."
        if found["ledger_checked"]
        else "The study ran with machine.check=false: nothing checked each month that no fen was made or lost."
    )
    lines.append("Each month every column was checked for numbers that are not finite, which stop a run as well.")
    lines += [f"A cell failed: {words}" for words in found["cells"]["failed"]]
    lines.append(
        "The program's own tests were not run for this pack. From a checkout of the source: make test, and make test "
        'ARGS="-m slow" for those that take longer.'
    )
    return lines


def outcomes(facts: Facts) -> list[str]:
    """How figures compare, and whether the simulated lender's scores are right about the simulated customers."""
    found = facts["outcomes"]
    lines = [
        f"Packages are paired: within a run ({runs_of(facts)} of each package in each economy) the persons and their "
        "luck are the same under every package, and differences are taken within it. Intervals have a coverage of "
        f"{found['confidence']:.0%} ({INTERVALS[found['interval']]})."
    ]
    if not found["estimates"]:
        lines.append("A study with a design has its figures by point in points.csv, with standard errors.")
    if found["calibration"]:
        lines.append(
            "Predicted over realised default: what the lender's score stood for and what came within 12 months, at "
            "the last judgement of each run, in the simulation. A ratio below 1 means that more defaulted than the "
            "score foretold."
        )
        lines += miscalibrated(found["calibration"])
    else:
        lines.append("No score was judged in this study, so that predicted and realised default cannot be compared.")
    lines.append(
        "No account of the world enters: this is no back-test, which only the institution's own data can give."
    )
    return lines


def miscalibrated(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name where predicted and realised default differ by more than luck, for all persons and for firms."""
    found = []
    for whom in ("persons", "firms"):
        of = [row for row in rows if row["whom"] == whom and row["low"] is not None]
        off = [row for row in of if not row["low"] <= 0.0 <= row["high"]]
        where = listing([f"{row['package']} in {row['economy']} ({ratio(row)})" for row in off])
        if off:
            found.append(f"Of {whom}, the interval of the difference leaves out 0 in {len(off)} of {len(of)}: {where}.")
        elif of:
            found.append(f"Of {whom}, the interval of the difference holds 0 in each of {len(of)}.")
    return found


def ratio(row: Mapping[str, Any]) -> str:
    """Predicted over realised default; where nobody defaulted there is none."""
    return "no default" if row["ratio"] is None else f"{row['ratio']:.2f}"


def monitoring(facts: Facts) -> list[str]:
    """What can be watched, and that nobody has yet."""
    recorded = "the table has its last values" if facts["outcomes"]["monitored"] else "none was judged in this study"
    return [
        "Nothing has been monitored over time: a study is made once. What there is to watch from one study to the "
        "next:",
        f"Discrimination and stability of the lender's scores ({recorded}).",
        "results_sha256: the same command with the same versions gives the same one; another one means that "
        "program, versions or inputs changed.",
        "creditcycle verify, after the folder was moved or the machine changed: it computes cells again.",
        "The changelog of each version of the program lists what changes a number that a study prints.",
    ]


def reproduction(facts: Facts) -> list[str]:
    """What is needed to make the study again, and how this installation differs."""
    found, limits_ = facts["environment"], facts["limits"]
    lines = [
        "The same command with the same versions gives the same results_sha256, for any number of threads and workers."
    ]
    if limits_["unclean"]:
        lines.append(
            f"{many(limits_['unclean'], 'call')} ran from a checkout whose sources were not those of its commit."
        )
    if limits_["without_commit"]:
        lines.append(
            f"{many(limits_['without_commit'], 'call')} ran without a known commit, as an installed package does; "
            "program_sha256 says which sources decided the results."
        )
    if found["versions_now"]:
        now = listing([f"{name} {version}" for name, version in found["versions_now"].items()])
        lines.append(f"This pack was made with other versions than the study: {now}.")
    return lines
