"""The whole made-up study and its page, written once for all that only look."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.reports import build
from tests.reports.synthetic import write_study


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five packages in three economies with a fund, twenty runs; nobody may change what lies in it."""
    return write_study(tmp_path_factory.mktemp("whole") / "study")


@pytest.fixture(scope="session")
def page(folder: Path) -> str:
    """Its page, which also lies in the folder."""
    return build(folder).read_text(encoding="utf-8")
