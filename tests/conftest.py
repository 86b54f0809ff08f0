"""What all tests share."""

import gc
import os
import subprocess
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
# Files that take longest, the longest first: begun late, one of them would keep a core busy after the others are done.
# Those that compile rules stand beside some that do not, so that two processes seldom compile the same ones at once.
LONGEST = (
    *("study/test_surviving.py", "oracles/test_oracles.py", "office/test_memo.py", "study/test_runner.py"),
    *("directions/test_directions.py", "reports/test_page.py", "laws/test_extremes.py", "inputs/test_plugin.py"),
    *("laws/test_one_rule.py", "firms/test_links.py", "study/test_cluster.py", "laws/test_money.py"),
    *("config/test_auditing.py", "directions/test_2020_twice.py", "lender/test_scoring.py"),
    *("config/test_shipped_files.py", "directions/test_sharing_directions.py", "study/test_one_writer.py"),
    *("laws/test_one_result.py", "study/test_search.py", "directions/test_stacking.py", "study/test_endings.py"),
    *("laws/test_stale_cache.py", "config/test_journey.py", "study/test_forecast.py", "month/test_own.py"),
    *("config/test_your_own_behaviour.py",),
    *("results/test_notebooks.py",),
    *("explorer/test_page.py", "test_tutorials.py"),
)

# Folders whose files look at the same studies and pages: one process makes them once, for all of these files.
TOGETHER = ("explorer", "reports", "results", "study/follow")

# Two processes whose linear algebra has a thread for each core wait for one another: fits take forty times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Figures are drawn into files: no test may open a window.
os.environ.setdefault("MPLBACKEND", "Agg")
# What is printed is not broken to the width of whatever terminal the tests are run from.
os.environ.pop("COLUMNS", None)

# The first example of a property may compile a rule, so no time is asserted, and a failure found on one
# machine is found on the next.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def pytest_xdist_auto_num_workers(config):
    """Spread the whole suite over the cores; files that somebody names stay in this process."""
    return os.cpu_count() if config.args == config.getini("testpaths") else 0


def pytest_sessionstart(session):
    """Compile the rules of the main study on all cores before the processes begin: each would compile every one."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        from sim.config.job import plan
        from sim.study.run.warming import needs_warming

        if needs_warming(plan([])):
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, "-m", "sim.config.beforehand"], env=environment, cwd=ROOT, check=True)


def pytest_collection_finish():
    """Leave modules and tests out of what Python looks through for rings of objects, a twentieth of the time."""
    gc.collect()
    gc.freeze()


def pytest_xdist_make_scheduler(config, log):
    """Hand out file by file, but the folders of `TOGETHER` as wholes; other ways to hand out are left as they are."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return scope_of(super()._split_scope(nodeid))

    return Scheduling(config, log)


def scope_of(file):
    """Name what goes to one process: the folder of a file where it is one of `TOGETHER`, else the file."""
    return next((folder for folder in TOGETHER if file.startswith(f"tests/{folder}/")), file)


def pytest_collection_modifyitems(items):
    """Begin with the longest files; the others stay in order."""
    place = {ROOT / "tests" / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
