"""How a column of a table beside the months is declared: its unit and what it means."""

from __future__ import annotations

from typing import NamedTuple


class Described(NamedTuple):
    """Unit and meaning of a column; no unit where it holds names or plain numbers."""

    unit: str
    meaning: str
