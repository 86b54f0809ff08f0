"""Texts by key, in one file a language: ``say = Words("zh"); say("verdict.lender", amount="12")``.

Texts hold blanks as `str.format` has them: ``{amount}``, ``{share:.1%}``. Nothing wrong is passed over: an unknown
language or key, a blank without a value and a value without a blank are errors.
"""

from __future__ import annotations

import difflib
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

ENGLISH, CHINESE = "en", "zh"
FEN_PER_YUAN = 100
OF_MONEY = frozenset(("currency", "fen"))
"""Blanks that hang on the currency alone."""
LANGUAGES = (ENGLISH, CHINESE)
"""Codes of the languages (ISO 639-1), which name the files."""

MARKS = {ENGLISH: "en", CHINESE: "zh-Hans"}
"""Languages as an HTML document marks them (BCP 47)."""


CNY = "CNY"


@dataclass(frozen=True)
class Money:
    """The currency in which amounts are told, by its code (ISO 4217), and its rate: yuan for one unit of it."""

    code: str = CNY
    yuan: float = 1.0

    @property
    def fen(self) -> float:
        """Fen in one unit."""
        return self.yuan * FEN_PER_YUAN


YUAN = Money()
"""The currency of the ledger."""


def money_of(code: str | None, yuan: float | None) -> Money:
    """Return the currency of that code and rate; yuan where there is neither."""
    return Money(code, float(yuan or 1.0)) if code else YUAN


class WordsError(LookupError):
    """A language, a key or a blank that is not there; one line."""


class Words:
    """The texts of one language.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    money : Money
        What amounts are told in. Texts have blanks for it, ``{currency}`` and ``{fen}`` (fen in one unit), which are
        filled without being asked for.

    Raises
    ------
    WordsError
        There is no such language.
    """

    def __init__(self, language: str = ENGLISH, money: Money = YUAN) -> None:
        if language not in LANGUAGES:
            raise WordsError(f"{language!r} is no language of this program: one of {', '.join(LANGUAGES)}")
        self.language, self.money = language, money
        self._texts = texts(language)

    def __call__(self, key: str, **values: Any) -> str:
        """Return the text of a key with its blanks filled in.

        Raises
        ------
        WordsError
            There is no such key, a blank has no value, or a value has no blank.
        """
        if key not in self._texts:
            near = difflib.get_close_matches(key, self._texts, 1)
            raise WordsError(f"{key!r} is no text" + (f"; did you mean {near[0]!r}?" if near else ""))
        text, asked = self._texts[key], blanks(self._texts[key]) - OF_MONEY
        if asked != values.keys():
            missing, idle = sorted(asked - values.keys()), sorted(values.keys() - asked)
            raise WordsError(f"{key!r}: without a value: {missing}; without a blank: {idle}")
        of_money = {"currency": self.currency, "fen": f"{self.fen:.10g}"} if asked != blanks(text) else {}
        return text.format(**values, **of_money)

    @property
    def fen(self) -> float:
        """Fen in one unit of the currency that amounts are told in."""
        return self.money.fen

    @property
    def currency(self) -> str:
        """The currency in words: its code, but for the currency of the ledger, which has a name."""
        return self._texts["money.yuan"] if self.money.code == CNY else self.money.code

    def counted(self, key: str, count: int, **values: Any) -> str:
        """Return the text of a number of things: that of ``key_one`` for one of them; its blank is ``count``."""
        return self(f"{key}_one" if count == 1 else key, count=count, **values)

    def __contains__(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._texts


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return all texts of a language by key, tables joined by dots.

    Raises
    ------
    WordsError
        A value is no text.
    """
    source = (files("sim.language") / f"{language}.toml").read_text(encoding="utf-8")
    return MappingProxyType(dict(_flat("", tomllib.loads(source))))


def _flat(above: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            yield from _flat(f"{name}.", value)
        elif isinstance(value, str):
            yield name, value
        else:
            raise WordsError(f"{name!r}: {value!r} is no text")


@cache
def blanks(text: str) -> frozenset[str]:
    """Return the names of a text's blanks."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
