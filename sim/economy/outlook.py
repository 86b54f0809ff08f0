"""What a scenario brings within the months that are run: its calm level, its shock, its peak, in words."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sim.economy.months import Months, calm_of
from sim.economy.paths import build_months
from sim.economy.reading import PathRead
from sim.economy.settings import EconomySettings
from sim.language.words import Words

DRAWN = ("stochastic", "factor")
"""Kinds whose months are drawn anew for each replication."""


@dataclass(frozen=True)
class Outlook:
    """The central path of a scenario, without the luck of a replication, against the months that are run.

    Parameters
    ----------
    months : int
        Months that are run, from the policy date on.
    calm : float
        Unemployment of calm times, fraction.
    peak, peak_month : float, int
        Highest unemployment in these months, and the month in which it is first reached.
    whole_peak, whole_peak_month : float, int
        The same over the whole path.
    leaves : int or None
        First month that is not calm; None where there is none.
    shock : int or None
        Month of its shock, of a path that has one.
    origin : str
        Where the calm level comes from, where that is a choice: ``asked``, ``first`` (figure of the path), ``history``
        (the figures before it), or empty.
    drawn : bool
        Whether the months are drawn anew for each replication, so that no month can be named.
    read : PathRead or None
        What was made of a user's file.
    """

    months: int
    calm: float
    peak: float
    peak_month: int
    whole_peak: float
    whole_peak_month: int
    leaves: int | None
    shock: int | None = None
    origin: str = ""
    drawn: bool = False
    read: PathRead | None = None

    @property
    def comes_too_late(self) -> bool:
        """Whether all months that are run are calm, and only later ones would not be."""
        return not self.drawn and self.leaves is not None and self.leaves >= self.months

    @property
    def words(self) -> str:
        """The outlook in one clause, in English."""
        return self.told(Words())

    @property
    def start(self) -> str:
        """What the path does first, with the month of it, in English."""
        return self._start(Words())

    def told(self, say: Words) -> str:
        """The outlook in one clause, with what was made of a user's file."""
        return with_read(self.read, self._told(say), say)

    def _told(self, say: Words) -> str:
        key = f"running.outlook.calm_{self.origin}" if self.origin else "running.outlook.calm"
        calm = say(key, calm=f"{self.calm:.1%}")
        if self.drawn:
            return say("running.outlook.drawn", calm=calm)
        if self.leaves is None:
            return say("running.outlook.no_shock", calm=calm)
        if self.comes_too_late:
            return say("running.outlook.too_late", calm=calm, start=self._start(say), months=self.months)
        return say("running.outlook.comes", calm=calm, start=self._start(say), peak=self._peak(say))

    def _start(self, say: Words) -> str:
        if self.shock is None:
            return say("running.outlook.moves", month=self.leaves)
        return say("running.outlook.shock", month=self.shock)

    def _peak(self, say: Words) -> str:
        if self.whole_peak <= self.calm:
            return say("running.outlook.no_rise")
        peak = {"peak": f"{self.peak:.1%}", "month": self.peak_month}
        if self.whole_peak > self.peak:
            whole = {"whole": f"{self.whole_peak:.1%}", "whole_month": self.whole_peak_month}
            return say("running.outlook.peak_after", **peak, **whole)
        return say("running.outlook.peak", **peak)


def with_read(read: PathRead | None, words: str, say: Words) -> str:
    """Add to what is said of a path what was made of its file."""
    made = read.told(say) if read else ""
    return say("running.outlook.read", outlook=words, read=made) if made else words


def outlook(settings: EconomySettings, months: int, read: PathRead | None = None) -> Outlook:
    """Look at a scenario's central path over the months that are run.

    Parameters
    ----------
    settings : EconomySettings
        The scenario; a path of the user's has been read.
    months : int
        Months that are run, at least 1.
    read : PathRead or None
        What was made of the file.
    """
    calm = calm_of(settings)
    length = max(months, _length(settings))
    path = build_months(_central(settings), 0, length)
    moved = (month for month in range(length) if _moved(path, month, calm.unemployment, calm.policy_rate))
    leaves = next(moved, None)
    top, whole = max(path.unemployment[:months]), max(path.unemployment)
    return Outlook(
        months=months,
        calm=calm.unemployment,
        peak=top,
        peak_month=path.unemployment.index(top),
        whole_peak=whole,
        whole_peak_month=path.unemployment.index(whole),
        leaves=leaves,
        shock=settings.shock_lag if settings.kind == "central" else None,
        origin=_origin(settings, read),
        drawn=settings.kind in DRAWN,
        read=read,
    )


def _origin(settings: EconomySettings, read: PathRead | None) -> str:
    """Say where the calm level of a path by month comes from."""
    if not settings.is_published:
        return ""
    if read and read.history:
        return "history"
    return "asked" if settings.calm_unemployment else "first"


def _central(settings: EconomySettings) -> EconomySettings:
    """Return the scenario without luck, as severe as its mean."""
    systematic = dataclasses.replace(settings.systematic, severity_sd=0.0, timing_sd=0.0, sector_sd=0.0, harvest_sd=0.0)
    return dataclasses.replace(settings, systematic=systematic)


def _length(settings: EconomySettings) -> int:
    """Months after which a path brings nothing new."""
    if settings.is_published:
        return len(settings.published.unemployment)
    if settings.kind == "sinusoidal":
        return round(settings.cycle.period) + 1
    return settings.shock_lag + settings.path.months[-1] + 2


def _moved(path: Months, month: int, unemployment: float, policy_rate: float) -> bool:
    """Whether a month differs from calm times in anything."""
    factors = (path.income[month], path.harvest[month], path.funding[month], path.fraud[month])
    aside = path.self_employed_income[month] != 1.0 or any(path.support[month])
    return (
        path.unemployment[month] != unemployment
        or path.policy_rate[month] != policy_rate
        or path.stress[month] != 0.0
        or any(factor != 1.0 for factor in factors)
        or any(path.log_demand[month])
        or aside
    )
