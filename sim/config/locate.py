"""Where the configuration files are."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def config_folder() -> Path:
    """Absolute path of the folder with ``config.yaml``.

    A wheel carries the files as ``sim/configs``; a checkout keeps them beside the package. A relative
    path would be read from the caller's module by Hydra and break in a wheel, so it is always absolute.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "configs", package.parent / "configs"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no configs/config.yaml in {package} or {package.parent}: installation is broken")


@cache
def shipped_names(group: str) -> tuple[str, ...]:
    """Options of a group that have a file of the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in (config_folder() / group).glob("*.yaml")))
