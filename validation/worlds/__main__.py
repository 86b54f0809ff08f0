"""Plausible worlds of the default preset: ``python -m validation.worlds [--reduced]``.

Draws values from the prior, measures published figures in each (goes on where it was stopped), works out which values
are plausible given the figures, checks the drawing on made-up truths, and writes the table beside the preset
(``configs/behaviour/china_platform.worlds.csv``) and ``docs/worlds.md`` between its marks. ``--reduced`` only prints.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.config.worlds import table_of
from validation.targets.page import put_between
from validation.targets.runs import CHINA
from validation.worlds.draws import drawn, measured
from validation.worlds.page import found_in, text_of, whole, worlds_csv

PAGE = Path(__file__).resolve().parents[2] / "docs" / "worlds.md"
BEGIN, END = "<!-- worlds: begin -->", "<!-- worlds: end -->"
LIVED = 16
REDUCED = {"draws": 64, "persons": 500, "months": 24}


def main() -> None:
    """Draw, work out, check, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=512, help="draws from the prior in all, those kept included")
    parser.add_argument("--persons", type=int, default=8_000)
    parser.add_argument("--months", type=int, default=60, help="months after the burn-in")
    parser.add_argument("--folder", type=Path, default=Path("out") / "worlds", help="where draws are kept")
    parser.add_argument("--reduced", action="store_true", help="a small form, printed and not written")
    given = parser.parse_args()
    draws, persons, months = ((REDUCED if given.reduced else vars(given))[name] for name in REDUCED)
    prior, preset = (whole(table) for table in drawn(given.folder, draws, 2 if given.reduced else 8, persons, months))
    found = found_in(prior, preset)
    few = found[1][: 2 if given.reduced else LIVED]
    lived = whole(measured(given.folder, "worlds", few, 2_000_001, persons, months))
    text = text_of(prior, preset, lived, found, f"{persons:,} persons and {months} months after the burn-in")
    print(text)
    if not given.reduced:
        table_of(CHINA).write_text(worlds_csv(found[1], len(prior.values)), encoding="utf-8")
        put_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
