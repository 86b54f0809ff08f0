"""Check the engine against closed forms and write the page: ``python -m validation``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from validation.oracles import run
from validation.page import page, summary
from validation.size import FULL, REDUCED

DONE, FAILED, USAGE = 0, 1, 2


def main() -> int:
    """Run every oracle; 0 when all pass, 1 when one fails, 2 when the page cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument(
        "--to", type=Path, default=Path("docs/validation.md"), help="page to write (default: %(default)s)"
    )
    parser.add_argument("--reduced", action="store_true", help="fewer seeds and persons: under a minute")
    given = parser.parse_args()
    if not given.to.parent.is_dir():
        sys.stderr.write(f"--to: {given.to}: there is no folder {given.to.parent}; name a file in one\n")
        return USAGE
    verdicts = run(REDUCED if given.reduced else FULL, lambda name: print(f"{name} ...", flush=True))
    given.to.write_text(page(verdicts), encoding="utf-8")
    print(f"{summary(verdicts).replace('**', '')}\n{given.to}")
    return DONE if all(verdict.passed for verdict in verdicts) else FAILED


if __name__ == "__main__":
    sys.exit(main())
