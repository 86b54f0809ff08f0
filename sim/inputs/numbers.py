"""The one way in which a text is read as a number, in a CSV, in YAML and on the command line.

Readers differ in what they take for a number: ``1_0``, ``010``, ``0x10`` and full-width digits are ten to one of
them and nothing to another. Here a number is in plain decimal digits or it is none. Full-width ones are made plain
before they are looked at where a publisher is known to write them, and in dates, in which they have one meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

WHOLE = r"[+-]?(?:0|[1-9][0-9]*)"
NUMBER = rf"(?:{WHOLE}(?:\.[0-9]*)?|[+-]?\.[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?"
_WHOLE, _NUMBER = re.compile(WHOLE), re.compile(NUMBER)
_WHOLE_CELL = rf"^{WHOLE}(?:\.0*)?$"  # a table with a gap in it is exported with 3.0 for 3
_NUMBER_CELL = rf"^(?:{NUMBER})$"
_PLAIN = {ord(char) + 0xFEE0: char for char in "0123456789.+-%"}


def half_width(text: str) -> str:
    """Write the full-width digits of a text, and the signs of a number, as plain ones; each has one meaning."""
    return text.translate(_PLAIN)


def is_whole(text: str) -> bool:
    """Whether a text is a whole number in plain digits, without exponent."""
    return _WHOLE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a text is a number in plain digits, perhaps with fraction and exponent."""
    return _NUMBER.fullmatch(text) is not None


def looks_like_one(text: str) -> bool:
    """Whether a text is no plain number, though some reader would take it for one."""
    if is_number(text):
        return False
    try:
        float(text)
    except ValueError:
        return re.fullmatch(r"[+-]?0[xXoObB][0-9a-fA-F_]+", text) is not None
    return any(char.isdecimal() for char in text)


def numbers_of(cells: pd.Series, whole: bool = False) -> NDArray[np.float64]:
    """Read a column; what is no number is nan.

    Parameters
    ----------
    cells : Series
        Texts, of which only plain numbers count, or numbers of any type, which are taken as they are.
    whole : bool
        Whether an exponent is no part of a number either.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute

    values = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    if not pd.api.types.is_numeric_dtype(cells):
        texts = pa.array([cell if isinstance(cell, str) else str(cell) for cell in cells], pa.string())
        plain = pa.compute.match_substring_regex(texts, _WHOLE_CELL if whole else _NUMBER_CELL)
        values = np.where(plain.to_numpy(zero_copy_only=False), values, np.nan)
    return np.asarray(values, dtype=np.float64)
