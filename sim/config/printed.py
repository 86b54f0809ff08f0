"""A composed configuration as text, as Hydra's ``--cfg`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from omegaconf import OmegaConf

from sim.config.commandline import CommandLine
from sim.config.errors import UsageError, nearest
from sim.config.job import job_tree
from sim.config.overrides import Given
from sim.study.plan.plan import Plan


def printed(line: CommandLine, job: Sequence[Given], plan: Plan, tree: Any) -> str:
    """YAML of what ``--cfg`` and ``--package`` ask for: the job's configuration, Hydra's own node, or both.

    Raises
    ------
    UsageError
        There is no such part.
    """
    shown: Any = job_tree(job, plan)
    if line.cfg != "job":
        hydra = {"hydra": OmegaConf.to_container(tree.hydra, resolve=False)}
        shown = hydra if line.cfg == "hydra" else {**shown, **hydra}
    for part in filter(None, line.package.split(".")):
        if not isinstance(shown, dict) or part not in shown:
            near = nearest(part, shown) if isinstance(shown, dict) else None
            raise UsageError(f"--package: there is no {line.package}" + (f"; did you mean {near}?" if near else ""))
        shown = shown[part]
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True).removesuffix("...\n")
