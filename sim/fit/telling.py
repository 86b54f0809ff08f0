"""What a fit says at the end: how well it fits, whether it foretold the months held out, what the tape cannot tell."""

from __future__ import annotations

from sim.fit.asked import FitSettings
from sim.fit.fitting import Fit
from sim.fit.results import Compared, Number, held_out, moments_of, numbers_of
from sim.language.words import Words

SHOWN = 4
"""Moments that a sentence names."""
FEW = 400
"""Draws below which two seeds tell quite different numbers; those of the made-up tapes that are fitted."""


def verdict(fit: Fit, say: Words) -> list[str]:
    """Sentences of the verdict, in the order of the page."""
    asked, moments, rolls, numbers = fit.asked, moments_of(fit), held_out(fit), numbers_of(fit)
    labels = asked.history.labels
    told = [one for one in numbers if one.standing == "told"]
    sentences = [
        *few(asked.settings.draws, say),
        say("fit.about", tape=asked.config.tape.source, accounts=asked.history.accounts, first=labels[0],
            last=labels[asked.fitted], runs=len(fit.places), worlds=len(fit.worlds)),
        agreement(moments, say),
        foretold(rolls, labels[asked.fitted], labels[-1], say),
        say("fit.tells", count=len(told), of=len(numbers), names=_names(told, say)) if told else
        say("fit.tells_nothing", of=len(numbers)),
        *untold(numbers, say),
    ]  # fmt: skip
    return [*sentences, say("fit.use", folder=str(asked.folder), tape=asked.settings.tape)]


def few(draws: int, say: Words) -> list[str]:
    """Say that so few draws tell little."""
    return [say("fit.few", draws=draws, default=FitSettings().draws)] if draws < FEW else []


def agreement(moments: list[Compared], say: Words) -> str:
    """In how many moments tape and worlds differ by luck alone, and where they do not."""
    off = sorted((one for one in moments if not one.within), key=lambda one: -abs(one.off))
    counts = {"within": len(moments) - len(off), "of": len(moments)}
    if not off:
        return say("fit.agrees", **counts)
    return say("fit.differs", **counts, names=say("list.semicolon").join(_beside(one, say) for one in off[:SHOWN]))


def foretold(rolls: list[Compared], first: str, last: str, say: Words) -> str:
    """Whether the rolls of the months held out lie within sampling error, and which do not."""
    if not rolls:
        return say("fit.no_rolls", first=first, last=last)
    off = sorted((one for one in rolls if not one.within), key=lambda one: -abs(one.off))
    counts = {"within": len(rolls) - len(off), "of": len(rolls), "first": first, "last": last}
    if not off:
        return say("fit.foretold", **counts)
    return say("fit.not_foretold", **counts, names=say("list.semicolon").join(_beside(one, say) for one in off[:SHOWN]))


def untold(numbers: list[Number], say: Words) -> list[str]:
    """What the tape cannot tell: numbers that are as doubtful after it as before."""
    blind = [one for one in numbers if one.standing == "not"]
    return [say("fit.cannot_tell", count=len(blind), names=_names(blind, say))] if blind else []


def _names(numbers: list[Number], say: Words) -> str:
    return say("list.comma").join(one.key for one in numbers)


def _beside(one: Compared, say: Words) -> str:
    name = say(f"fit.moment.{one.key}")
    return say("fit.beside", name=name, tape=figure(one.key, one.tape), model=figure(one.key, one.model))


def figure(key: str, value: float) -> str:
    """A share as a percentage, a ratio as it is."""
    return f"{value:.2f}" if key in ("growth",) else f"{100.0 * value:.1f} %"
