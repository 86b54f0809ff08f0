"""A row of small panels drawn on one axes: the same look for a fraction of the work of many axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import offset_copy

from sim.reports.drawing import style
from sim.reports.drawing.figures import Band, round_numbers

GAP = 0.12  # between panels, as a share of the longest one
LABELS = 56  # digits that go below all panels of a strip


class Strip:
    """Panels side by side on one axes, each with its own time axis and all with one value axis.

    Parameters
    ----------
    axes : Axes
        Axes that hold the whole row.
    months : sequence of int
        Number of months in each panel.
    limits : tuple of float
        Lower and upper end of the value axis, in stored units.
    factor : float
        Printed figure for each stored one.
    suffix : str
        Words after the topmost tick.
    """

    def __init__(
        self, axes: Axes, months: Sequence[int], limits: tuple[float, float], factor: float, suffix: str = ""
    ) -> None:
        lengths = np.maximum(np.array(months, dtype=np.float64) - 1, 1.0)
        gap = GAP * float(lengths.max())
        self.axes, self.months = axes, list(months)
        self.starts = np.concatenate([[0.0], np.cumsum(lengths + gap)[:-1]])
        self.ends = self.starts + lengths
        axes.grid(visible=False)
        axes.set_xlim(-0.5, self.ends[-1])
        axes.set_ylim(*limits)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        ticks, labels = round_numbers(limits, factor, 3)
        if labels and suffix:
            labels[-1] += suffix
        axes.set_yticks(ticks, labels)
        for level in ticks:
            axes.hlines([level] * len(self.starts), self.starts, self.ends, color="#e4e8eb", linewidth=0.5)
        axes.hlines([limits[0]] * len(self.starts), self.starts, self.ends, color=style.HAIRLINE, linewidth=1.0)
        axes.vlines(self.starts, *limits, color=style.HAIRLINE, linewidth=0.6)
        axes.set_xticks([])

    def titles(self, words: Sequence[str], above: float = 4.0) -> None:
        """Head each panel, so many points above it."""
        place = offset_copy(self.axes.get_xaxis_transform(), self.axes.get_figure(root=True), y=above, units="points")
        for start, text in zip(self.starts, words, strict=True):
            self.axes.text(start, 1.0, text, va="bottom", fontsize=style.TITLE, fontweight="bold", transform=place)

    def label_months(self) -> None:
        """Write the months from the policy date below each panel, every year or two."""
        # Three digits and a half of room for each label: panels side by side get few.
        step = 12 * max(1, round(3.5 * sum(self.months) / LABELS / 12))
        ticks = [np.arange(0, months, step) for months in self.months]
        places = np.concatenate([start + part for start, part in zip(self.starts, ticks, strict=True)])
        self.axes.set_xticks(places, [f"{tick}" for part in ticks for tick in part])

    def bands(self, bands: Sequence[Band]) -> None:
        """Draw a mean and the band around it in each panel."""
        for panel, band in enumerate(bands):
            if band.mean.size == 0:
                self.blank(panel)
        places = self._joined([band.months for band in bands], self.starts)
        low, high = (self._joined([getattr(band, end) for band in bands]) for end in ("low", "high"))
        if np.isfinite(low).any():
            self.axes.fill_between(places, low, high, color=style.BAND, alpha=0.65, linewidth=0)
        self.axes.plot(places, self._joined([band.mean for band in bands]), color=style.NAVY)

    def references(self, bands: Sequence[Band | None]) -> None:
        """Draw in each panel a mean to compare with, grey and dashed; nothing in a panel without one."""
        shown = [(start, band) for start, band in zip(self.starts, bands, strict=True) if band is not None]
        if not shown:
            return
        places = self._joined([band.months for _, band in shown], [start for start, _ in shown])
        means = self._joined([band.mean for _, band in shown])
        self.axes.plot(places, means, color=style.GREY, linewidth=0.9, dashes=(2.5, 1.2))

    @staticmethod
    def _joined(parts: Sequence[np.ndarray], starts: Sequence[float] | np.ndarray = ()) -> np.ndarray:
        """Return all parts, each moved to its start, as one line with a gap after each: one drawing for all panels."""
        moved = [part + start for part, start in zip(parts, starts, strict=True)] if len(starts) else parts
        return np.concatenate([piece for part in moved for piece in (np.asarray(part, np.float64), [np.nan])])

    def stack(self, panel: int, parts: np.ndarray, colours: Sequence[str]) -> None:
        """Draw float64[parts, months] one on top of another."""
        if parts.size == 0:
            self.blank(panel)
            return
        self.axes.stackplot(self.starts[panel] + np.arange(parts.shape[1]), parts, colors=colours, linewidth=0)

    def strokes(self, panel: int, months: Sequence[int], colour: str = style.BRICK) -> None:
        """Stroke single months along the foot of a panel."""
        if not months:
            return
        foot = np.full(len(months), self.axes.get_ylim()[0])
        self.axes.plot(
            self.starts[panel] + np.array(months),
            foot,
            linestyle="none",
            marker="|",
            markersize=7,
            color=colour,
            markeredgewidth=1.0,
            clip_on=False,
        )

    def blank(self, panel: int) -> None:
        """Mark a panel that has nothing to show."""
        middle = (self.starts[panel] + self.ends[panel]) / 2
        low, high = self.axes.get_ylim()
        self.axes.text(middle, (low + high) / 2, "n/a", ha="center", va="center", color=style.MUTED)
