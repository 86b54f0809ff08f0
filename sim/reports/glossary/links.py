"""Links from where a figure stands to what it means: heads of tables, captions of drawings."""

from __future__ import annotations

import re

from sim.figures.catalog import FIGURES
from sim.figures.own import OWN
from sim.language.words import Words
from sim.reports.glossary.sources import SOURCES

WHOLE = "whole."
"""In front of the name of a figure of a month: its sum over all months."""
VARIANTS = re.compile(r"(_(thin|thick|poor|lowest|highest|of_all|to|\d+))+$")
"""Ends of keys of heads that show one figure for several groups, distances or stages."""


def figured(entry: str, text: str) -> str:
    """Return HTML of a head as a link to what it shows.

    Parameters
    ----------
    entry : str
        A name in `FIGURES`, one with `WHOLE` in front, or a key in `SOURCES`.

    Raises
    ------
    KeyError
        There is no such figure.
    """
    if entry not in SOURCES and not _is_figure(entry):
        raise KeyError(f"{entry}: no figure of this name is explained")
    return f'<a class="figure" href="#meaning-{entry}">{text}</a>'


def of_head(key: str) -> str:
    """Return the entry of a head by the key of its text: without what tells variants of one figure apart."""
    return key if key in SOURCES else VARIANTS.sub("", key)


def told_head(say: Words, key: str, **blanks: object) -> str:
    """Return the text of a head as a link to what it shows."""
    return figured(of_head(key), say(key, **blanks))


def known(entry: str, text: str) -> str:
    """Return a link where the figure is one of ours, else the text: a study may hold figures of a user's own."""
    return figured(entry, text) if _is_figure(entry) else text


def _is_figure(entry: str) -> bool:
    return (name := entry.removeprefix(WHOLE)) in FIGURES or name in OWN
