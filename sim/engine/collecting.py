"""How often Python looks for rings of objects that nobody holds any more."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

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
