"""In which language and currency a study is told."""

from __future__ import annotations

from typing import Any

from sim.language.words import ENGLISH, YUAN, Words, money_of
from sim.study.plan.plan import Plan


def language_of(config: Any) -> str:
    """Return the language that results of a configuration are told in; English where it has no such setting."""
    return str(config.report.language) if hasattr(config, "report") else ENGLISH


def words_of(plan: Plan) -> Words:
    """Return the texts that results are told in; English and yuan where the model has no such setting."""
    return words_for(next(iter(plan.root.configs.values())))


def words_for(config: Any, language: str = "") -> Words:
    """Return the texts of a configuration, in its language or another, with its currency."""
    report = getattr(config, "report", None)
    money = money_of(report.currency, report.exchange_rate) if report else YUAN
    return Words(language or language_of(config), money)
