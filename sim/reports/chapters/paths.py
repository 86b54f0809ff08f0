"""What happens month by month: the scenarios, and the packages in the one that costs most."""

from __future__ import annotations

from sim.reports.document import Page, told
from sim.reports.drawing import paths
from sim.reports.folder import Study
from sim.reports.words import findings


def write(page: Page, study: Study) -> None:
    """Write what each scenario brings, and the paths of the severest one."""
    page.chapter("paths", "Paths, month by month")
    meanings = [(name, study.scenario_meaning.get(name, "")) for name in study.scenarios]
    page.bullets([told(name, meaning) for name, meaning in meanings if meaning])
    page.figure(paths.scenarios_figure(study))
    for picture in paths.path_figures(study, findings.severest(study)):
        page.figure(picture)
