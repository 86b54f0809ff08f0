"""Numbers and texts as an HTML page holds them: arrays as base64, JSON that no text of a study can end."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

DIGITS = 7
"""Significant digits that a 32-bit number keeps."""


def packed(values: ArrayLike, width: int = 4) -> dict[str, Any]:
    """Return an array of any shape as the page reads it: its shape, and its numbers in 4 bytes each, or in 8.

    The first bytes of all numbers come first, then the second ones: neighbours are alike there, so it packs smaller.
    What is not known is not-a-number.

    Returns
    -------
    dict
        ``shape``, ``width``, and ``data``: zlib's stream of the bytes (little endian), base64.
    """
    array = np.ascontiguousarray(values, dtype=f"<f{width}")
    planes = array.reshape(-1).view(np.uint8).reshape(-1, width).T.tobytes()
    return {
        "shape": list(array.shape),
        "width": width,
        "data": base64.b64encode(zlib.compress(planes, 9)).decode("ascii"),
    }


def unpacked(block: dict[str, Any]) -> np.ndarray:
    """Return the array that `packed` was given, as float32 or float64."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(block["data"])), np.uint8)
    width = block["width"]
    return np.ascontiguousarray(planes.reshape(width, -1).T).view(f"<f{width}").reshape(block["shape"])


def size_of(block: dict[str, Any]) -> int:
    """Return the bytes that an array takes in the page."""
    return len(block["data"])


def as_json(data: Any) -> str:
    """Return data as JSON that may stand inside ``<script>``: no text in it can end the element or begin another.

    Raises
    ------
    ValueError
        A number outside an array is not finite: JSON has none.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
