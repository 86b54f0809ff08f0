"""What stands in a memo, whatever it is written as: two pages of words, one table, one figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.figures.scales import number
from sim.language.words import Words
from sim.office.telling import bottom_line, fingerprint, title_of
from sim.reports.drawing.figures import Picture
from sim.reports.drawing.memo import memo_figure
from sim.reports.folder import Study
from sim.reports.manifest import find_key
from sim.reports.verdict.grid import Grid, grid_of
from sim.reports.verdict.telling import Telling
from sim.reports.words.findings import severest
from sim.reports.words.formats import in_words
from sim.reports.words.standing import command_of

ENOUGH_RUNS = 20
"""Runs below which a memo asks for more before anybody decides by it (our choice)."""

ECONOMIES, PACKAGES = 4, 8
"""How many economies and packages a memo explains one by one."""

Group = tuple[str, list[str]]


@dataclass(frozen=True)
class Memo:
    """A memo in words; names of packages stand between backticks.

    Attributes
    ----------
    title, facts : str
        The question, and the size of the study.
    found, made, limits : lists
        Headed groups of sentences: what was found, how it was made, what it is good for.
    grid : Grid or None
        The scorecard.
    picture : Picture or None
        The figure.
    heads : dict of str to str
        Headings of the parts, by ``found``, ``score``, ``figure``, ``made``, ``limits``, and of a ``page``.
    foot : str
        Fingerprint of the results.
    """

    language: str
    title: str
    facts: str
    found: list[Group]
    grid: Grid | None
    picture: Picture | None
    made: list[Group]
    limits: list[str]
    heads: dict[str, str]
    foot: str

    @property
    def texts(self) -> str:
        """All words in one, to see which signs a font must have."""
        groups = [text for heading, told in (*self.found, *self.made) for text in (heading, *told)]
        names = [cell for row in self.grid.rows for cell in row] + list(self.grid.heads) if self.grid else []
        return " ".join([self.title, self.facts, *groups, *self.limits, *names, *self.heads.values()])

    def shortened(self, sentences: int) -> list[Group]:
        """Return what was found with at most so many sentences a group; the last one says how many were left out."""
        kept = [(heading, told[:sentences]) for heading, told in self.found]
        left = sum(len(told) for _, told in self.found) - sum(len(told) for _, told in kept)
        return [*kept, ("", [Words(self.language).counted("memo.heads.more", left)])] if left else kept


def memo_of(study: Study, say: Words) -> Memo:
    """Put together the memo of a study."""
    worst = severest(study)
    heads = {name: say(f"memo.heads.{name}") for name in ("found", "score", "made", "limits", "kicker")}
    heads["figure"] = say("memo.heads.figure", where=Telling(say, study.scenarios).economy(worst))
    return Memo(
        language=say.language,
        title=title_of(study, say),
        facts=facts_of(study, say),
        found=bottom_line(study, say),
        grid=grid_of(study, say),
        picture=memo_figure(study, worst, say),
        made=made_of(study, say),
        limits=limits_of(study, say),
        heads=heads,
        foot=fingerprint(study, say),
    )


def facts_of(study: Study, say: Words) -> str:
    """Say how large the study is, in one line."""
    lengths = sorted({study.months(name) for name in study.scenarios})
    span = "\N{EN DASH}".join(str(months) for months in dict.fromkeys((lengths[0], lengths[-1])))
    months = say("unit.month" if lengths == [1] else "unit.months", amount=span)
    parts = [
        say("memo.facts", packages=say.counted("memo.of_packages", len(study.arms)),
            economies=say.counted("memo.of_economies", len(study.scenarios)),
            runs=say.counted("memo.of_runs", study.replications), months=months,
            burn_in=find_key(study.manifest, "burn_in") or 0),
        say("memo.borrowers", count=number(study.borrowers, 0)) if study.borrowers else "",
        say.counted("memo.worlds", study.world_count) if study.world_count else "",
    ]  # fmt: skip
    return say("list.semicolon").join(part for part in parts if part)


def made_of(study: Study, say: Words) -> list[Group]:
    """Say how the results were made: the simulation, the economies, the packages, what was assumed."""
    told = {name: in_words(f"memo.economies.{name}", study.scenario_meaning.get(name, ""), say)
            for name in study.scenarios[:ECONOMIES]}  # fmt: skip
    economies = [say("memo.root", name=f"`{name}`", meaning=text) for name, text in told.items() if text]
    packages = [
        say(
            "memo.package",
            name=f"`{arm.name}`",
            meaning=in_words(f"memo.packages.{arm.name}", arm.meaning, say),
            parent=f"`{arm.parent}`",
        )
        if arm.parent
        else say("memo.root", name=f"`{arm.name}`", meaning=in_words(f"memo.packages.{arm.name}", arm.meaning, say))
        for arm in study.arms[:PACKAGES]
    ]
    assumed = [str(text) for text in study.manifest.get("assumptions") or ()]
    return [
        (say("memo.heads.simulation"), [say("memo.simulation")]),
        (say("memo.heads.economies"), _first(economies, len(study.scenarios), say)),
        (say("memo.heads.packages"), _first(packages, len(study.arms), say)),
        (say("memo.heads.assumed"), [say("memo.assumed"), *assumed[:3]]),
    ]


def _first(told: list[str], count: int, say: Words) -> list[str]:
    return [*told, say.counted("memo.others", count - len(told))] if count > len(told) and told else told


def limits_of(study: Study, say: Words) -> list[str]:
    """Say what the results are good for, and what to do before anybody decides by them."""
    told = [say("memo.limits.conditional")]
    if study.replications < ENOUGH_RUNS:
        told.append(say.counted("memo.limits.runs", study.replications, enough=ENOUGH_RUNS))
    if not study.world_count:
        told.append(say("memo.limits.no_worlds"))
    told.append(say("memo.limits.plausibility"))
    command = command_of(study.manifest)
    told.append(say("memo.limits.again", command=f"`{command}`" if command else "`creditcycle`"))
    return told


def runs_of(text: str) -> list[tuple[str, bool]]:
    """Split a sentence into runs of words, and whether each is a name (between backticks)."""
    parts = re.split(r"`([^`]*)`", text)
    return [(part, bool(spot % 2)) for spot, part in enumerate(parts) if part]


def joined(groups: Sequence[Group]) -> list[tuple[str, list[list[tuple[str, bool]]]]]:
    """Split the sentences of groups into runs."""
    return [(heading, [runs_of(text) for text in told]) for heading, told in groups]
