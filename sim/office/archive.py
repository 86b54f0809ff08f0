"""Files that are zip archives (docx, pptx): packed again with one date, so that the same words give the same bytes."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip archive can hold."""


def dateless(content: bytes) -> bytes:
    """Return an archive with every entry dated 1980-01-01, in the order that it has."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            fresh = zipfile.ZipInfo(entry.filename, EPOCH)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.external_attr = 0o600 << 16
            new.writestr(fresh, old.read(entry.filename))
    return sink.getvalue()


def printable(text: str) -> str:
    """Return a text without the signs that XML cannot hold; a mark stands where one was."""
    allowed = "\t\n\r"
    return "".join(
        sign
        if sign in allowed or (sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF and sign not in "\ufffe\uffff")
        else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )
