"""Which program made a result: its sources, its version and the versions of what it stands on."""

from __future__ import annotations

import datetime
import hashlib
import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("mesa", "numba", "numpy", "pandas", "pyarrow", "scipy", "hydra-core", "matplotlib")
NOT_IN_RESULTS = ("language", "reports", "results", "config", "__main__.py", "saying.py", "verbs.py", "__init__.py")
STUDY_IN_RESULTS = ("cell.py", "closures.py", "own_model.py", "plan.py", "refusals.py")


@cache
def program_digest() -> str:
    """Sha256 over the sources that decide results: not those that only print, draw or compose."""
    return _digest(everything=False)


@cache
def sources_digest() -> str:
    """Sha256 over all sources: compiled rules are kept under the same condition."""
    return _digest(everything=True)


def _digest(*, everything: bool) -> str:
    package = Path(__file__).resolve().parents[2]
    mark = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).parts
        if not everything and not decides_results(parts):
            continue
        mark.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return mark.hexdigest()


def decides_results(parts: tuple[str, ...]) -> bool:
    """Whether a file, by its place below the package, decides what comes out of a cell."""
    if parts[0] == "study":
        return parts[1] == "follow" or parts[-1] in STUDY_IN_RESULTS
    return parts[0] not in NOT_IN_RESULTS


def versions() -> dict[str, str]:
    """Versions of the program, of Python and of the packages that results depend on."""
    found = {"creditcycle": _version("creditcycle"), "python": platform.python_version()}
    found |= {name: _version(name) for name in PACKAGES}
    return found


def machine_words() -> str:
    """Say on what kind of machine the program runs, without naming the machine itself."""
    return f"{platform.system()} {platform.machine()}, {sys.implementation.name}"


def now() -> str:
    """The time in UTC, whole seconds, as ISO 8601 writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def call() -> dict[str, Any]:
    """When a call begins, on which host, and which sources and locked packages it runs."""
    root = Path(__file__).resolve().parents[3]
    return {
        "began": now(),
        "host": platform.node(),
        "platform": platform.platform(),
        **checkout(root),
        "lock_sha256": file_digest(root / "requirements.lock"),
    }


def checkout(root: Path) -> dict[str, Any]:
    """Commit of the checkout that a program lies in, and whether its sources are those of the commit.

    Returns
    -------
    dict
        ``commit`` (empty outside a checkout, and without git) and ``clean`` (None where there is no commit).
    """
    commit = _git(root, "rev-parse", "HEAD") if (root / ".git").exists() else None
    if not commit:
        return {"commit": "", "clean": None}
    changed = _git(root, "status", "--porcelain", "--", "sim", "configs", "pyproject.toml")
    return {"commit": commit, "clean": None if changed is None else not changed}


def _git(root: Path, *words: str) -> str | None:
    """Ask git; None where it is not installed, refuses, or takes too long."""
    try:
        asked = ["git", "--no-optional-locks", "-C", str(root), *words]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def file_digest(path: Path) -> str:
    """Sha256 over the bytes of a file; empty where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
