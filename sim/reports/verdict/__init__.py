"""The bottom line of a study: data first, worked out from its stored files, and the words after them.

`verdict_of` a study holds every figure that `sentences` speak of; `scorecard` and `gauges` are tables of the same.
"""

from sim.reports.verdict.gauges import gauges
from sim.reports.verdict.scorecard import scorecard
from sim.reports.verdict.sentences import sentences
from sim.reports.verdict.verdict import Verdict, verdict_of

__all__ = ["Verdict", "gauges", "scorecard", "sentences", "verdict_of"]
