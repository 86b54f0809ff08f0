"""A loop as source: its functions, what of them is run for a chunk, and what they are handed."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = ("_start", "_size", "month", "_seed_low", "_seed_high", "_floats", "_ints", "_totals")
LISTS = ("_index", "_flags", "_eights")


@dataclass(frozen=True)
class Text:
    """Loops of a rule as source.

    Attributes
    ----------
    parts : tuple of (str, str)
        Functions by name, each with its source.
    call : str
        What of them is run for a chunk, in which order; ``{all}`` is all that is handed over, ``{NAME}`` one of it.
    arguments : tuple of str
        What they take after the head: ``c_`` columns, ``t_`` tables, ``u``, ``w`` and ``l`` words, ``n_`` normals,
        ``s_`` scratch for histograms, ``k_`` for spare columns.
    """

    parts: tuple[tuple[str, str], ...]
    call: str
    arguments: tuple[str, ...]
