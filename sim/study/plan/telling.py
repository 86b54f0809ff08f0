"""In which language a study is told."""

from __future__ import annotations

from typing import Any

from sim.language.words import ENGLISH, Words
from sim.study.plan.plan import Plan


def language_of(config: Any) -> str:
    """Return the language that results of a configuration are told in; English where it has no such setting."""
    return str(config.report.language) if hasattr(config, "report") else ENGLISH


def words_of(plan: Plan) -> Words:
    """Return the texts of the language that results are told in; English where the model has no such setting."""
    return Words(language_of(next(iter(plan.root.configs.values()))))
