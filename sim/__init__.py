"""CreditCycle: an agent-based portfolio simulation engine.

``sim.compose`` makes a configuration, ``sim.Model`` is the Mesa model of one, ``sim.run`` runs a whole study and
``sim.open`` reads the folder of one; both return ``sim.Results``, which answers for the study. ``sim.segments`` and
``sim.gains`` read of a folder what a study says by segment, and of who gains and who loses.
Importing the package imports none of what these need; the first use does.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from importlib import import_module
from typing import Any

__version__ = "0.1.0"
# `open` is left out: it would take the place of the built-in one wherever all names are imported.
__all__ = ["Model", "Results", "__version__", "compose", "gains", "run", "segments"]

_WHERE = {
    **{"compose": "sim.config.compose", "Model": "sim.month.model", "Results": "sim.results.results"},
    **dict.fromkeys(("open", "run"), "sim.results.opening"),
    **dict.fromkeys(("segments", "gains"), "sim.study.compare.by_segment"),
}


COLLECTED_AFTER = 100_000
"""Objects that come, less those that go, between two searches for rings among the young ones."""


@contextlib.contextmanager
def rarely_collected() -> Iterator[None]:
    """Let Python look for rings of objects more rarely than it does by itself.

    Each time it looks through what libraries hold for good: that was a fifth of composing a study and of its report,
    and a tenth of importing what a model needs.
    """
    usual = gc.get_threshold()
    gc.set_threshold(COLLECTED_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with rarely_collected():
        return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
