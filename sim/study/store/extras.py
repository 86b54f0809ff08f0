"""Libraries that only some studies need; they come with an extra of the package."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class ExtraMissing(Exception):
    """A library is not installed; the message is one line and names the extra that brings it."""


def extra(module: str, name: str) -> Any:
    """Import a library of an extra.

    Raises
    ------
    ExtraMissing
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        words = f"{module.split('.')[0]} is not installed: pip install 'creditcycle[{name}]', or make extras"
        raise ExtraMissing(words) from None
