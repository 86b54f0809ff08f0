"""Made-up tapes of known behaviour: ``python -m validation.fit [--tapes 20] [--reduced]``.

Draws values from the prior of a fit, lets a book live by them, writes its months as a tape, and fits the tape as
``creditcycle fit`` does. Goes on where it was stopped. Writes how often what is known lies in the interval found to
``docs/fit_your_tape.md`` between its marks; ``--reduced`` only prints. ``--seating 10`` measures how far a book whose
private state is drawn from a tape is from one that has lived, which a fit grants its moments.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.fit import seating
from validation.fit.coverage import fitted, text_of
from validation.targets.page import put_between

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fit_your_tape.md"
SEATED = "<!-- seating: begin -->", "<!-- seating: end -->"
BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
REDUCED = {"tapes": 2, "draws": 160, "persons": 800, "months": 5}


def main() -> None:
    """Make tapes, fit them, count, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapes", type=int, default=20)
    parser.add_argument("--draws", type=int, default=400, help="runs of each fit")
    parser.add_argument("--persons", type=int, default=6_000, help="of each book")
    parser.add_argument("--months", type=int, default=7, help="on each tape")
    parser.add_argument("--folder", type=Path, default=Path("out") / "fitted", help="where tapes and fits are kept")
    parser.add_argument("--seating", type=int, default=0, help="measure so many drawn starts instead, with no fit")
    parser.add_argument("--reduced", action="store_true", help="a small form, printed and not written")
    given = parser.parse_args()
    tapes, draws, persons, months = ((REDUCED if given.reduced else vars(given))[name] for name in REDUCED)
    if given.seating:
        measured = seating.text_of([seating.off(given.folder, tape, persons, months) for tape in range(given.seating)])
        print(measured)
        if not given.reduced:
            put_between(PAGE, *SEATED, measured)
        return
    text = text_of(
        [fitted(given.folder, tape, draws, persons, months) for tape in range(tapes)], draws, persons, months
    )
    print(text)
    if not given.reduced:
        put_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
