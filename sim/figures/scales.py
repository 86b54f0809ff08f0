"""How a figure is named, scaled and written, the same on the terminal and in the report."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

NOT_AVAILABLE = "n/a"
MINUS = "\u2212"
NARROW_SPACE = "\u202f"
FEN_PER_YUAN = 100


@dataclass(frozen=True)
class Measure:
    """What a metric is called and in which kind of unit it is printed.

    ``kind`` is one of ``share`` (fraction, printed in per cent), ``money`` (fen), ``count``
    (printed for each 1 000 borrowers where their number is known) and ``plain``.
    """

    name: str
    label: str
    kind: str
    period: str

    @property
    def is_share(self) -> bool:
        """Whether the figure is a fraction that is printed in per cent."""
        return self.kind == "share"


@dataclass(frozen=True)
class Scale:
    """Factor from stored to printed figure, the printed unit and its decimals."""

    factor: float
    unit: str
    decimals: int
    difference_unit: str

    @property
    def spaced_unit(self) -> str:
        """Unit with the space before it: narrow before a per cent sign."""
        return f"{NARROW_SPACE}%" if self.unit == "%" else f" {self.unit}" if self.unit else ""

    def refined(self, intervals: Iterable[tuple[float, float]]) -> Scale:
        """Return the scale with up to two further decimals where an interval needs them.

        One more where that shows the width of the narrowest interval, two where an end next to zero would
        else be printed as zero.
        """
        ends = [(low * self.factor, high * self.factor) for low, high in intervals]
        ends = [(low, high) for low, high in ends if math.isfinite(low) and math.isfinite(high)]
        widths = [_needed((high - low) / 2) for low, high in ends]
        nearest = [_needed(2 * min(abs(low), abs(high))) for low, high in ends]
        for_width = min(max(widths, default=0), self.decimals + 1)
        for_ends = min(max(nearest, default=0), self.decimals + 2)
        return replace(self, decimals=max(self.decimals, for_width, for_ends))

    def text(self, value: float, *, signed: bool = False) -> str:
        """Write ``value`` (in stored units) as printed, without its unit."""
        if value is None or not math.isfinite(value):
            return NOT_AVAILABLE
        return number(value * self.factor, self.decimals, signed=signed)


_LIST = (
    Measure("loss_rate", "Loss rate", "share", "of outstanding, a year"),
    Measure("delinquent_30", "30+ days past due", "share", "of outstanding balance, mean over months"),
    Measure("delinquent_90", "90+ days past due", "share", "of outstanding balance, mean over months"),
    Measure("approval_rate", "Approval rate", "share", "of applications decided"),
    Measure("wrong_closures", "Wrong closures", "count", "over the horizon"),
    Measure("defaults_caused_by_closing", "Defaults caused by closing", "count", "over the horizon"),
    Measure("closures", "Lines closed", "count", "over the horizon"),
    Measure("censored_closures", "Closures not judged", "count", "over the horizon"),
    Measure("lender_profit", "Lender's profit", "money", "a month, mean over months"),
    Measure("partner_result", "Partner banks' result", "money", "a month, mean over months"),
    Measure("fund_result", "Guarantee fund's result", "money", "a month, mean over months"),
    Measure("reguarantee_result", "Re-guarantee fund's result", "money", "a month, mean over months"),
    Measure("insurer_result", "Insurer's result", "money", "a month, mean over months"),
    Measure("government_result", "Government's result", "money", "a month, mean over months"),
    Measure("borrowers_cost", "Borrowers' cost of credit", "share", "of outstanding, a year"),
    Measure("other_losses", "Losses of other lenders", "money", "a month, mean over months"),
    Measure("fund_capital", "Fund capital left", "money", "at the end of the horizon"),
    Measure("capital_ratio", "Lender's capital ratio", "share", "mean over months"),
    Measure("unemployment", "Unemployment", "share", "of the labour force"),
    Measure("outstanding", "Loans outstanding", "money", "at the end of the month"),
    Measure("price", "Price of new lending", "share", "a year, of what was drawn"),
    Measure("utilisation", "Utilisation", "share", "of limits, mean over months"),
    Measure("median_cash", "Median cash of borrowers", "money", "mean over months"),
    Measure("access_all", "Open line", "share", "of persons"),
    Measure("access_thin_file", "Open line, thin files", "share", "of thin-file persons"),
    Measure("access_low_income", "Open line, low incomes", "share", "of low-income persons"),
    Measure("loss_lender", "Loss borne by the lender", "money", "a month"),
    Measure("loss_partner", "Loss borne by partner banks", "money", "a month"),
    Measure("loss_fund", "Loss borne by the guarantee fund", "money", "a month"),
    Measure("defaults", "Defaults (90+ reached)", "count", "a month"),
    Measure("output", "Sales of firms", "money", "a month, mean over months"),
    Measure("staff", "Employed by firms", "count", "at the end of the month"),
    Measure("firm_failure_rate", "Failures of firms", "share", "of firms, a year"),
    Measure("firm_delinquent_90", "Firms' loans 90+ days past due", "share", "of firms' loans, mean over months"),
    Measure("firm_loss_rate", "Loss rate on firms", "share", "of firms' loans, a year"),
    Measure("trade_credit_lost", "Lost on customers", "money", "a month, mean over months"),
    Measure("owner_guarantee_paid", "Paid by owners", "money", "a month, mean over months"),
)
MEASURES = {measure.name: measure for measure in _LIST}


def number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Write a number with a true minus sign and narrow spaces between thousands; ``n/a`` if not finite."""
    if value is None or not math.isfinite(value):
        return NOT_AVAILABLE
    text = f"{abs(value):,.{decimals}f}".replace(",", NARROW_SPACE)
    is_zero = not any(digit in "123456789" for digit in text)
    sign = "" if is_zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def measure_of(name: str, unit: str = "") -> Measure:
    """Return how ``name`` is printed; an unknown metric is guessed from the unit in the manifest."""
    if name in MEASURES:
        return MEASURES[name]
    lowered = unit.lower()
    kind = "plain"
    if lowered.startswith("fen"):
        kind = "money"
    elif lowered.startswith(("fraction", "share")):
        kind = "share"
    return Measure(name, name.replace("_", " ").capitalize(), kind, unit)


def scale_of(measure: Measure, values: Iterable[float], borrowers: int | None = None) -> Scale:
    """Choose unit and decimals so that the largest of ``values`` (stored units) reads well.

    Money is stored in fen (1 yuan = 100 fen), shares as fractions, counts as persons or lines.
    """
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(finite, default=0.0)
    if measure.kind == "share":
        return Scale(100.0, "%", 2 if largest < 0.2 else 1, "points")
    if measure.kind == "money":
        return _money_scale(largest)
    if measure.kind == "count" and borrowers:
        factor = 1000.0 / borrowers
        return Scale(factor, "per 1\u202f000 borrowers", _decimals(largest * factor), "per 1\u202f000")
    return Scale(1.0, "", _decimals(largest), "")


def _money_scale(largest_fen: float) -> Scale:
    yuan = largest_fen / FEN_PER_YUAN
    for size, unit in ((1e9, "billion yuan"), (1e6, "million yuan"), (1e4, "thousand yuan")):
        if yuan >= size:
            divisor = 1e3 if size == 1e4 else size
            return Scale(1 / (FEN_PER_YUAN * divisor), unit, _decimals(yuan / divisor), unit)
    return Scale(1 / FEN_PER_YUAN, "yuan", _decimals(yuan), "yuan")


def _decimals(largest: float) -> int:
    return 2 if largest < 10 else 1 if largest < 1000 else 0


def _needed(value: float) -> int:
    """Return the decimals that show the first digit of ``value``; 0 for zero."""
    return math.ceil(-math.log10(value)) if value > 0 else 0
