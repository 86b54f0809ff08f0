"""The verb that fits behaviour to a loan tape: reads what is asked, runs, writes the folder, and says what it tells."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from sim.saying import DONE, NOT_ALLOWED, NOT_STORED, USAGE, say


def fit_tape(words: Sequence[str]) -> int:
    """Fit behaviour to a tape and write the folder; returns the exit code.

    Raises
    ------
    UsageError
        What was asked is wrong, or the folder holds something else; one line, and nothing was written.
    """
    from sim.fit.asked import asked_of
    from sim.fit.drawing import JOURNAL, Journal, mark_of
    from sim.fit.fitting import CORRECTIONS, fit
    from sim.fit.folder import check_folder, write
    from sim.fit.telling import verdict
    from sim.language.words import Words
    from sim.study.compare.terminal import to_terminal
    from sim.study.plan.settings import cores
    from sim.study.run.progress import progress_on
    from sim.study.run.stopping import Interrupted, ending_as_interrupting, interrupted
    from sim.study.run.streams import steady_console
    from sim.study.store.files import NotStored

    asked = asked_of(words)
    folder, settings, texts = asked.folder, asked.settings, Words(asked.settings.language)
    mark = mark_of(asked.config, asked.fitted, asked.steps)
    check_folder(folder, mark, settings)
    total = settings.draws + settings.worlds * (1 + CORRECTIONS)
    try:
        with ending_as_interrupting(), progress_on(steady_console(), total, texts) as progress:
            progress.begin(texts("fit.running", runs=total, accounts=asked.history.accounts))
            journal = Journal(folder / JOURNAL, mark)
            words_of = texts("fit.drawing")
            found = fit(asked, journal, settings.workers or cores(), lambda runs: progress.advance(runs, words_of))
        written = write(found, folder, texts)
    except KeyboardInterrupt as stop:
        why, code = interrupted(stop)
        again = shlex.join(["creditcycle", "fit", *words])
        raise Interrupted(f"{why}: go on with: {again}", code) from None
    except NotStored as error:
        say(f"fit: {error}")
        return USAGE if getattr(error.__cause__, "errno", None) in NOT_ALLOWED else NOT_STORED
    to_terminal("\n".join(verdict(found, texts)))
    sys.stdout.writelines(f"{path}\n" for path in written)
    return DONE
