"""Hydra over our folder of configurations; knows nothing of dataclasses, so that completion answers fast."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf.errors import OmegaConfBaseException

from sim.config.errors import UsageError, one_line
from sim.config.locate import config_folder

ROOT = "config"


@cache
def hydra_here() -> Any:
    """Hydra over our folder, made once; a Hydra application around us keeps its own."""
    with initialize_config_dir(config_dir=str(config_folder()), job_name="creditcycle", version_base="1.3"):
        return GlobalHydra.instance().hydra


def hydra_tree(overrides: list[str], *, several: bool = False) -> Any:
    """Compose with Hydra, its own node included, and turn its errors into one line."""
    try:
        return hydra_here().compose_config(
            config_name=ROOT,
            overrides=overrides,
            run_mode=RunMode.MULTIRUN if several else RunMode.RUN,
            from_shell=False,
        )
    except (HydraException, OmegaConfBaseException) as error:
        raise UsageError(one_line(str(error))) from None


def show_info(what: str, overrides: list[str]) -> None:
    """Print what Hydra knows (``--info``); the logging that it sets up for that is taken down again."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        hydra_here().show_info(what, ROOT, overrides)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
