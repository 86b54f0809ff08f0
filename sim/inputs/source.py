"""A user's table as bytes and as text: unpacked, bounded, decoded as its layout says."""

from __future__ import annotations

import bz2
import codecs
import contextlib
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, cast

from sim.engine.tables.file_layout import PLAIN, Layout
from sim.inputs.errors import InputError
from sim.inputs.files import OwnFile

LARGEST_UNPACKED = 4_000_000_000  # bytes of a text that was compressed
COMMON = (b"\xb0\xa1", b"\xd7\xf9")  # first and last common character in GB 2312
BLOCK = 1 << 20
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}
ZIP, PACKED_BY = "is a zip archive, as an Excel workbook (xlsx) is", "is compressed by "
WORKBOOK = "[Content_Types].xml"  # a member that every workbook has
PARQUET = b"PAR1"
OTHERS = {
    b"%pdf": "is a PDF",
    b"<html": "is a web page (HTML), as some systems save a sheet: open it and save it as CSV",
    b"<!doctype": "is a web page (HTML), as some systems save a sheet: open it and save it as CSV",
    b"<table": "is a web page (HTML), as some systems save a sheet: open it and save it as CSV",
    b"<?xml": "is XML: save its table as CSV",
    b'{"': "is JSON: save its rows as CSV or Parquet",
    b"[{": "is JSON: save its rows as CSV or Parquet",
    b"arrow1": "is Arrow (Feather): save it as Parquet",
}
"""How files begin, in small letters, that hold a table but are no text in columns."""
OF_KINDS = {
    "sheet": ("a workbook",),
    **dict.fromkeys(("encoding", "separator"), ("a text",)),
    **dict.fromkeys(("skip", "header", "names", "footer"), ("a text", "a workbook")),
}
"""Keys of the layout that not every file has: of which kinds they say something; the others say something of all."""
OF_LAYOUT = {
    "sheet": "sheets",
    "encoding": "encoding to be told",
    "separator": "signs between cells",
    "skip": "lines of notes before its table",
    "header": "row that names its columns",
    "names": "columns without a name",
    "footer": "rows of notes after its table",
}


@dataclass(frozen=True)
class Source:
    """A file that holds a table, and what was said about it.

    Attributes
    ----------
    own : OwnFile
        The file.
    what : str
        What it must be, for messages.
    largest : int
        Bytes of text that it may have, unpacked.
    layout : Layout
        As the user told it.
    keys : str
        What stands before a key of the layout where the user writes it, such as ``economy.layout.``; empty: such a
        file has no layout but the plain one.
    dated : bool
        Whether its rows begin with a date, or its columns are dates, so that notes before them can be told apart.
    """

    own: OwnFile
    what: str
    largest: int
    layout: Layout = PLAIN
    keys: str = "layout."
    dated: bool = False

    @property
    def name(self) -> str:
        """Name of the file as the user gave it."""
        return self.own.name

    def key(self, **told: object) -> str:
        """Write keys of the layout with their values as the user would; empty where there are none to write."""
        return " ".join(f"{self.keys}{name}={value}" for name, value in told.items()) if self.keys else ""

    @property
    def packed(self) -> str:
        """How the file is compressed, by its first bytes; empty where it is not."""
        with self.own.path.open("rb") as stream:
            first = stream.read(8)
        return next((kind for mark, kind in PACKED.items() if first.startswith(mark)), "")

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a workbook (xlsx)."""
        if self.packed != "zip":
            return False
        with contextlib.suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(self.own.path) as archive:
            return WORKBOOK in archive.namelist()
        return False

    @property
    def kind(self) -> str:
        """What the file is, by its first bytes: a text (packed or not), a workbook or Parquet."""
        if self.is_workbook:
            return "a workbook"
        with self.own.path.open("rb") as stream:
            return "Parquet" if stream.read(len(PARQUET)) == PARQUET else "a text"

    def refuse_idle(self) -> None:
        """Refuse the keys of the layout that say nothing of such a file: the sheet of a text, the encoding of Parquet.

        Raises
        ------
        InputError
            One line that names the key and its value.
        """
        kind = self.kind
        for name, kinds in OF_KINDS.items():
            if getattr(self.layout, name) != getattr(PLAIN, name) and kind not in kinds:
                told = self.key(**{name: getattr(self.layout, name)})
                raise InputError(f"{self.name}: {told}: is {kind} and has no {OF_LAYOUT[name]}, must be left out")

    @contextlib.contextmanager
    def binary(self) -> Iterator[IO[bytes]]:
        """Open the bytes of the table, unpacked.

        Raises
        ------
        InputError
            One line: damaged, an archive of several files, or larger than it may be, at the byte where it is.
        """
        kind = self.packed
        try:
            with _unpacked(self, kind) as stream:
                yield cast(IO[bytes], _Bounded(stream, self)) if kind else stream
        except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
            seen = ZIP if kind == "zip" else PACKED_BY + kind
            raise InputError(f"{self.name}: {seen}; damaged: {error or 'ends early'}, must be {self.what}") from None
        except OSError as error:
            if not kind or error.strerror:
                raise
            raise InputError(f"{self.name}: {PACKED_BY}{kind}; damaged: {error}, must be {self.what}") from None

    @contextlib.contextmanager
    def text(self) -> Iterator[io.TextIOWrapper]:
        """Open the text of the table, at its first line; the notes before it are passed over."""
        with self.binary() as stream:
            text = io.TextIOWrapper(stream, encoding=self.layout.codec, newline="")
            for _ in range(self.layout.skip):
                text.readline()
            yield text


class _Bounded(io.RawIOBase):
    """A stream that ends with an error where more comes out of it than may."""

    def __init__(self, stream: IO[bytes], source: Source) -> None:
        super().__init__()
        self.stream, self.source, self.left = stream, source, min(source.largest, LARGEST_UNPACKED)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self.stream.read(min(len(buffer), BLOCK))
        self.left -= len(block)
        if self.left < 0:
            source = self.source
            most = min(source.largest, LARGEST_UNPACKED)
            raise InputError(f"{source.name}: unpacks to more than {most} bytes, too large for {source.what}")
        buffer[: len(block)] = block
        return len(block)


def _unpacked(source: Source, kind: str) -> Any:
    path = source.own.path
    if kind == "gzip":
        return gzip.open(path)
    if kind == "bz2":
        return bz2.open(path)
    if kind == "xz":
        return lzma.open(path)
    if kind == "zstd":
        import pyarrow

        return pyarrow.CompressedInputStream(str(path), "zstd")
    return _only_member(source) if kind == "zip" else path.open("rb")


@contextlib.contextmanager
def _only_member(source: Source) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(source.own.path) as archive:
        if "content.xml" in archive.namelist():
            raise InputError(f"{source.name}: is an OpenDocument sheet: save it as xlsx or CSV, must be {source.what}")
        members = [member for member in archive.infolist() if not member.is_dir()]
        members = [member for member in members if not member.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            raise InputError(f"{source.name}: is a zip archive of {len(members)} files, must hold one, {source.what}")
        with archive.open(members[0]) as stream:
            yield stream


@lru_cache(maxsize=64)
def text_problem(source: Source) -> str:
    """Say what hinders that a file is read as text in the encoding that was told; empty where nothing does."""
    if source.packed and not source.keys:  # such a file is text and nothing else
        return (
            ZIP + ": save its sheet as CSV in UTF-8"
            if source.packed == "zip"
            else f"{PACKED_BY}{source.packed}: unpack it"
        )
    encoding = source.layout.encoding
    told = "UTF-8" if source.layout.codec == "utf-8-sig" else encoding
    decoder = codecs.getincrementaldecoder(source.layout.codec)()
    with source.binary() as stream:
        first = block = stream.read(BLOCK)
        if words := _foreign(source, first):
            return words
        try:
            while block:
                if "\0" in decoder.decode(block):
                    return f"not text in {told}: holds bytes of value 0"
                block = stream.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return _likely(source, told, (first, block))
    return ""


def _foreign(source: Source, first: bytes) -> str:
    """Say what a file is that begins as no text does, or as one in UTF-16 that was not told."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")) and "utf-16" not in source.layout.codec:
        return f"is text in UTF-16: {_remedy(source, 'utf-16')}"
    if first.startswith(b"\xd0\xcf\x11\xe0"):
        return "is an old Excel workbook: save it as xlsx, or its sheet as CSV"
    begins = first.removeprefix(codecs.BOM_UTF8).lstrip()[:9].lower()
    return next((words for mark, words in OTHERS.items() if begins.startswith(mark)), "")


def _likely(source: Source, told: str, blocks: tuple[bytes, ...]) -> str:
    """Name the encoding that bytes seem to have."""
    for encoding in ("utf-8", "gbk", "gb18030", "shift_jis"):
        if encoding.upper() != told.upper() and any(_reads_as(block, encoding) for block in blocks):
            return f"reads as {encoding.upper()}, not text in {told}: {_remedy(source, encoding)}"
    if source.keys and not any(map(_binary, blocks)):
        return f"not text in {told}; if it is of western Europe, {_remedy(source, 'cp1252')}"
    return f"not text in {told}"


def _remedy(source: Source, encoding: str) -> str:
    key = source.key(encoding=encoding)
    return f"{key} reads it" if key else "save it as UTF-8"


def _binary(block: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 32 for byte in block[:4096])


def _reads_as(block: bytes, encoding: str) -> bool:
    """Whether bytes read as Chinese in an encoding (or as UTF-8 at all); a block may end within a character."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(block)
    except UnicodeDecodeError:
        return False
    beyond = [char for char in text if char > "\x7f"]
    if encoding == "utf-8":
        return bool(beyond) and "\0" not in text
    if encoding == "shift_jis":  # each Japanese text has kana, and no text of western Europe reads so
        return any("\u3041" <= char <= "\u30fe" for char in beyond)
    chinese = sum(map(_is_common, beyond))
    return chinese > len(beyond) / 2


def _is_common(char: str) -> bool:
    """Whether a character is one of the common Chinese ones (level 1 of GB 2312) or a sign."""
    if "\u3000" <= char <= "\u303f" or char > "\uff00":
        return True
    return COMMON[0] <= char.encode("gb2312", errors="replace") <= COMMON[1]
