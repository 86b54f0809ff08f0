"""``memo.docx``, ``memo.pdf`` and ``memo.pptx``: one memo, written three ways into a study folder."""

from __future__ import annotations

from pathlib import Path

from sim.office.folder import told_in
from sim.office.memo import memo_of
from sim.office.pdf import missing_font, pdf_of, picture_of
from sim.office.slides import slides_of
from sim.office.word import word_of
from sim.reports.folder import read_study
from sim.study.store.extras import extra
from sim.study.store.files import StoreError, write_safely
from sim.study.store.reading import check_tables, read_manifest, read_results

NEEDED = ("typst", "docx", "pptx")
"""Libraries of the extra ``office`` that a memo is written with."""


def write_memo(folder: Path, language: str = "") -> tuple[list[Path], str]:
    """Write the memo of a study as PDF, Word file and slides into its folder; the same files give the same bytes.

    Parameters
    ----------
    language : str
        A code of `sim.language.words.LANGUAGES`; that of the study where it is empty.

    Returns
    -------
    tuple
        The files, and one line on what this system cannot show; empty where it can.

    Raises
    ------
    StoreError
        No study that compares packages, a damaged or missing file, or a disk that takes no more.
    ExtraMissing
        A memo needs the extra ``office``.
    """
    for library in NEEDED:
        extra(library, "office")
    manifest = read_manifest(folder)
    if "design" in manifest:
        raise StoreError(f"{folder}: a sweep compares points, not packages, and has no memo; report.html tells of it")
    if not (folder / "summary.csv").is_file():
        raise StoreError(f"{folder}: summary.csv is missing: creditcycle report {folder}")
    read_results(folder)  # every checksum
    check_tables(folder)
    memo = memo_of(read_study(folder), told_in(manifest, language))
    pages, size, sentences = pdf_of(memo)
    picture = picture_of(memo) if memo.picture is not None else None
    contents = {
        "memo.pdf": pages,
        "memo.docx": word_of(memo, picture, size, sentences),
        "memo.pptx": slides_of(memo, picture),
    }
    for name, content in contents.items():
        write_safely(folder / name, content)
    return [folder / name for name in contents], missing_font(memo)
