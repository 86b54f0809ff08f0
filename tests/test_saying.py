"""The language that settings behind a verb name."""

from __future__ import annotations

import pytest

from sim.config.errors import UsageError
from sim.saying import language_in


def test_the_last_setting_names_the_language():
    assert language_in([]) == "" and language_in(["report.language=en", "report.language=zh"]) == "zh"
    with pytest.raises(UsageError, match=r"report\.language: fr is not allowed: one of en, zh"):
        language_in(["report.language=fr"])
    with pytest.raises(UsageError, match=r"report\.tongue: there is no such key"):
        language_in(["report.tongue=zh"])
