"""What the engine gives against published figures.

``python -m validation.targets`` measures every target, prints the tables and writes them to ``docs/plausibility.md``
between its two marks; ``--reduced`` measures a small world and only prints.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.targets.page import put_between, text_of
from validation.targets.runs import CHINA, US, world

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plausibility.md"
REDUCED = {"persons": 1_500, "seeds": 2, "months": 48}


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=8_000)
    parser.add_argument("--seeds", type=int, default=20, help="seeds 1, 2, 3 and so on")
    parser.add_argument("--months", type=int, default=60, help="months after the burn-in")
    parser.add_argument("--preset", choices=(CHINA, US), default=CHINA)
    parser.add_argument("--reduced", action="store_true", help="a small world, printed and not written")
    given = parser.parse_args()
    size = REDUCED if given.reduced else {name: getattr(given, name) for name in REDUCED}
    preset = given.preset
    worlds = [world(seed, size["persons"], size["months"], preset) for seed in range(1, size["seeds"] + 1)]
    text = text_of(worlds, size["persons"], size["months"], preset)
    print(text)
    if not given.reduced:
        put_between(PAGE, f"<!-- {preset}: begin -->", f"<!-- {preset}: end -->", text)


if __name__ == "__main__":
    main()
