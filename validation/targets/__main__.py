"""What the engine gives against published figures.

``python -m validation.targets`` measures every target, prints the tables and writes them to ``docs/plausibility.md``
between its two marks; ``--reduced`` measures a small world and only prints.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.targets.page import put_between, size_of, size_of_tape, text_of
from validation.targets.runs import CHINA, TAIWAN, US, World, world
from validation.targets.tape import tape_world

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plausibility.md"
PERSONS = 8_000
REDUCED = {"persons": 1_500, "seeds": 2, "months": 48}


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, help="8 000, or all accounts of the tape")
    parser.add_argument("--seeds", type=int, default=20, help="seeds 1, 2, 3 and so on")
    parser.add_argument("--months", type=int, default=60, help="months after the burn-in")
    parser.add_argument("--preset", choices=(CHINA, US, TAIWAN), default=CHINA)
    parser.add_argument("--tape", help=f"your copy of the card tape, for {TAIWAN}")
    parser.add_argument("--reduced", action="store_true", help="a small world, printed and not written")
    given = parser.parse_args()
    if given.preset == TAIWAN and not given.tape:
        parser.error(f"--preset {TAIWAN} needs --tape FILE: docs/own_data.md says where it is found")
    size = REDUCED if given.reduced else {name: getattr(given, name) for name in REDUCED}
    preset, seeds = given.preset, range(1, size["seeds"] + 1)
    worlds: list[World]
    if preset == TAIWAN:
        most = [f"population.borrowers={size['persons']}"] if size["persons"] else []
        worlds = [tape_world(given.tape, seed, most) for seed in seeds]
        said = size_of_tape(worlds)
    else:
        persons = size["persons"] or PERSONS
        worlds = [world(seed, persons, size["months"], preset) for seed in seeds]
        said = size_of(worlds, persons, size["months"])
    text = text_of(worlds, said, preset)
    print(text)
    if not given.reduced:
        put_between(PAGE, f"<!-- {preset}: begin -->", f"<!-- {preset}: end -->", text)


if __name__ == "__main__":
    main()
