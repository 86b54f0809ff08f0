"""Draw the figure of the README from a study folder.

    make run
    .venv/bin/python tools/readme_figure.py out

Writes ``docs/figures/main_study.svg``: the picture "what each change does" of the report, as a file of its own.
"""

import re
import sys
from pathlib import Path

from sim.reports.drawing.forest import differences_figure
from sim.reports.folder import read_study

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "figures" / "main_study.svg"
# In the page these come from its style sheet; a file of its own carries them.
FRAME = ' xmlns="http://www.w3.org/2000/svg" style="background: #ffffff; font-family: Helvetica, Arial, sans-serif"'

MARGIN = 8


def main(folder: str) -> None:
    """Write the figure of the study in ``folder``."""
    picture = differences_figure(read_study(Path(folder)))
    if picture is None:
        raise SystemExit(f"{folder}: has no two packages to compare")
    TARGET.parent.mkdir(exist_ok=True)
    svg = picture.svg.replace("<svg", f"<svg{FRAME}", 1)
    svg = re.sub(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', widened, svg, count=1)
    TARGET.write_text(svg + "\n", encoding="utf-8")
    print(f"{TARGET}\n{picture.caption}")


def widened(found: re.Match[str]) -> str:
    """Leave a margin around the picture, which the page gives it otherwise."""
    width, height = (float(part) + 2 * MARGIN for part in found.groups())
    return f'viewBox="{-MARGIN} {-MARGIN} {width:g} {height:g}"'


if __name__ == "__main__":
    main(*sys.argv[1:])
