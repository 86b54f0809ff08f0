"""The text of a user's file: what it is where it is no text in UTF-8, and what stands between its cells."""

from __future__ import annotations

import codecs
import csv
import io
from functools import lru_cache
from pathlib import Path

from sim.inputs.errors import InputError, shown
from sim.inputs.files import OwnFile

PARQUET = b"PAR1"
SIGNATURES = {
    b"PK\x03\x04": "is a zip archive, as an Excel workbook (xlsx) is: save its sheet as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save its sheet as CSV in UTF-8",
    b"\x1f\x8b": "is compressed by gzip: unpack it",
    b"\xff\xfe": "is text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "is text in UTF-16: save it as UTF-8",
    b"%PDF": "is a PDF",
}
SEPARATORS = {";": "semicolons (;)", "\t": "tabs", "|": "bars (|)", "\uff0c": "full-width commas (\uff0c)"}
LONGEST_HEADER = 1_000_000  # bytes
BLOCK = 1 << 20


def is_parquet(file: OwnFile) -> bool:
    """Whether a file begins like Parquet."""
    with file.path.open("rb") as stream:
        return stream.read(len(PARQUET)) == PARQUET


def check_text(file: OwnFile, what: str) -> None:
    """Refuse a file that is no text in UTF-8, and say what it seems to be.

    Raises
    ------
    InputError
        One line that names the file, what its bytes look like, and what it must be.
    """
    problem = _problem(file.path, file.sha256)
    if problem:
        raise InputError(f"{file.name}: {problem}, must be {what}")


def text_of(file: OwnFile, what: str) -> str:
    """Read a small text; a byte-order mark, which spreadsheets put first, is left out."""
    check_text(file, what)
    return file.path.read_text(encoding="utf-8-sig")


@lru_cache(maxsize=64)
def _problem(path: Path, sha256: str) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        first = block = stream.read(BLOCK)
        for signature, words in SIGNATURES.items():
            if first.startswith(signature):
                return words
        try:
            while block:
                if b"\0" in block:
                    return "not text in UTF-8: holds bytes of value 0"
                decoder.decode(block)
                block = stream.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            if _reads_as_gbk(first) or _reads_as_gbk(block):
                return "reads as GBK, not text in UTF-8: save it as UTF-8"
            return "not text in UTF-8"
    return ""


def _reads_as_gbk(block: bytes) -> bool:
    """Whether bytes read as Chinese in GBK; a block may end within a character."""
    try:
        text = codecs.getincrementaldecoder("gbk")().decode(block)
    except UnicodeDecodeError:
        return False
    beyond = [char for char in text if char > "\x7f"]
    chinese = sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or char > "\uff00" for char in beyond)
    return chinese > len(beyond) / 2


def header_of(file: OwnFile, what: str, most: int) -> list[str]:
    """Read the first row of a CSV, and refuse one whose cells are not parted by commas, or too many.

    Raises
    ------
    InputError
        One line that names the separator that was seen, or how many columns there are.
    """
    check_text(file, what)
    with file.path.open(encoding="utf-8-sig", newline="") as stream:
        start = stream.read(LONGEST_HEADER)
    header = [cell.strip() for cell in next(csv.reader(io.StringIO(start, newline=""), strict=True), [])]
    seen = [words for char, words in SEPARATORS.items() if char in "".join(header)]
    if len(header) == 1 and seen:
        raise InputError(
            f"{file.name}: row 1: {shown(header[0])} is parted by {seen[0]}, must have commas between its cells"
            " (and points in its numbers)"
        )
    if len(header) > most:
        raise InputError(f"{file.name}: row 1: {len(header)} columns, must be at most {most}")
    return header
