"""The tutorials: their files and commands as the pages have them; the researcher's page, made from its notebook.

    python tools/tutorials.py                                 # docs/tutorials/researcher.md from the notebook
    python tools/tutorials.py pictures researcher             # runs the page, and draws its pictures
    python tools/tutorials.py pictures policy_analyst FOLDER  # draws them from a folder in which its commands were run

Pictures are written to docs/pictures. The page to explore is photographed where a Chromium is installed.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
NOTEBOOK = ROOT / "examples" / "notebooks" / "rule_and_agent.py"
RESEARCHER = DOCS / "tutorials" / "researcher.md"
SAVED = re.compile(r"`([\w.]+)`[^`]*?:\n\n```\w+\n(.*?)```", re.DOTALL)
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MADE = "<!-- Made from examples/notebooks/rule_and_agent.py by tools/tutorials.py. -->\n"


def files_of(page: str) -> dict[str, str]:
    """Files that a page asks to save, by name."""
    asked = re.split(r"[Ss]ave this as |and this as ", page)[1:]
    return {found[1]: found[2] for part in asked if (found := SAVED.match(part))}


def blocks_of(page: str) -> list[tuple[str, str]]:
    """Commands and programs of a page in their order: kind (``bash`` or ``python``) and text, a command each."""
    found: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall(page):
        found += [(kind, line) for line in text.splitlines()] if kind == "bash" else [(kind, text)]
    return found


def cells() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Cells of the researcher's notebook: kind, source, and what stands behind the mark."""
    import jupytext

    for cell in jupytext.reads(NOTEBOOK.read_text(encoding="utf-8"), fmt="py:percent").cells:
        yield cell.cell_type, cell.source, dict(cell.metadata)


def researcher() -> str:
    """The researcher's page: text and code of the notebook, and a picture behind a cell that names one."""
    parts = [MADE]
    for kind, source, about in cells():
        parts.append(source + "\n" if kind == "markdown" else f"```python\n{source}\n```\n")
        if "picture" in about:
            parts.append(f"![{about['caption']}](../pictures/{about['picture']}.svg)\n")
    first = parts.index(next(part for part in parts if part.startswith("# ")))
    parts.insert(
        first + 1,
        "The same as a notebook, to be opened with Jupyter and run whole:\n"
        "[rule_and_agent.py](../../examples/notebooks/rule_and_agent.py).\n",
    )
    return "\n".join(parts)


def run_page(name: str, folder: Path) -> None:
    """Do what a page says, word for word, in a folder."""
    import subprocess

    page = (DOCS / "tutorials" / f"{name}.md").read_text(encoding="utf-8")
    (folder / "examples").symlink_to(ROOT / "examples")
    for file, text in files_of(page).items():
        (folder / file).write_text(text, encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    for kind, text in blocks_of(page):
        print(text, flush=True)
        command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-c", text]
        done = subprocess.run(command, cwd=folder, env=environment)
        if done.returncode and "KILL" not in text:
            raise SystemExit(f"{name}: exit code {done.returncode}")


def run_notebook(folder: Path) -> None:
    """Run the researcher's notebook in a folder, and draw what its marked cells show."""
    from sim.reports.drawing.standing import save

    os.chdir(folder)
    room: dict[str, Any] = {}
    for kind, source, about in cells():
        if kind == "code":
            exec(compile(source, NOTEBOOK.name, "exec"), room)
        if "picture" in about:
            last = ast.parse(source).body[-1]
            save(eval(ast.unparse(last), room), PICTURES / f"{about['picture']}.svg")


def policy_analyst(folder: Path) -> None:
    """Draw the analyst's pictures from the study that the page runs."""
    from sim.reports.drawing.forest import differences_figure
    from sim.reports.drawing.fund import fund_figure
    from sim.reports.folder import read_study

    study = read_study(folder / "schemes")
    standing(differences_figure(study), "policy_analyst_changes")
    standing(fund_figure(study, study.funded()), "policy_analyst_fund")
    photograph(folder / "schemes", "policy_analyst_explore", "segment=firms/sector_size/agriculture%20micro")


def stress_tester(folder: Path) -> None:
    """Draw the tester's pictures from the studies that the page runs."""
    import sim
    from sim.reports.drawing.standing import save

    save(losses(sim.open(folder / "stress")), PICTURES / "stress_tester_losses.svg")
    photograph(folder / "sweep", "stress_tester_explore", "")


def losses(results: Any) -> Any:
    """Loss rates of the runs in order, a step for each: the share of runs (up) that lose at most so much (across)."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.8, 3.0), layout="constrained")
    axes = figure.subplots()
    for (scenario, arm), rates in results.runs["loss_rate"].groupby(["scenario", "arm"], observed=True, sort=False):
        ordered = np.sort(100 * rates.to_numpy())
        share = np.arange(1, len(ordered) + 1) / len(ordered) * 100
        axes.step(ordered, share, where="post", label=f"{arm}, {scenario}")
    axes.set(xlabel="loss rate, % of loans a year", ylabel="% of runs that lose at most so much", ylim=(0, 102))
    axes.legend(frameon=False, fontsize="small")
    return figure


def standing(picture: Any, name: str) -> None:
    """Write a picture of the report as a file of its own, with the style that the page gives it otherwise."""
    from readme_figure import FRAME, widened

    svg = picture.svg.replace("<svg", f"<svg{FRAME}", 1)
    svg = re.sub(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', widened, svg, count=1)
    (PICTURES / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")


def photograph(folder: Path, name: str, address: str) -> None:
    """Photograph the page to explore of a study as a reader sees it; nothing without a Chromium."""
    import base64

    from tests.explorer.browser import Browser, installed

    if not installed():
        print(f"{name}: no Chromium is installed, the picture stays as it was")
        return
    browser = Browser()
    try:
        browser.size(1100, 820)
        browser.open(folder / "explore.html", address)
        shot = browser.send("Page.captureScreenshot", format="png")
    finally:
        browser.close()
    (PICTURES / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


def pictures(name: str, folder: Path | None) -> None:
    """Draw the pictures of a page, in a folder in which its commands were run, or after running them."""
    drawing = {"policy_analyst": policy_analyst, "stress_tester": stress_tester}
    if name not in (*drawing, "researcher"):
        raise SystemExit(f"{name}: must be one of researcher, {', '.join(drawing)}")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        if name == "researcher":
            run_notebook(folder or Path(made))
            return
        if folder is None:
            run_page(name, Path(made))
        drawing[name](folder or Path(made))


if __name__ == "__main__":
    if sys.argv[1:2] == ["pictures"] and len(sys.argv) in (3, 4):
        pictures(sys.argv[2], Path(sys.argv[3]).resolve() if len(sys.argv) == 4 else None)
    elif len(sys.argv) == 1:
        RESEARCHER.write_text(researcher(), encoding="utf-8")
    else:
        raise SystemExit(__doc__)
