"""The report's look: colours that survive colour blindness and print, style sheet, figure settings."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

from sim.language.words import CHINESE, ENGLISH

INK = "#1c2733"
MUTED = "#5a6672"
HAIRLINE = "#c9d0d6"
NAVY = "#17406d"
BAND = "#a9c1da"
OCHRE = "#c98a1b"
BRICK = "#a63d2f"
TEAL = "#3d8f8a"
GREY = "#8b959e"

SERIF = "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, 'Times New Roman', serif"
SANS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

CHINESE_FONTS = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC", "Songti SC", "SimSun",
    "Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN",
    "Droid Sans Fallback",
)  # fmt: skip
"""Fonts of a system that have Chinese signs, the first choice first."""

# Lightness rises with the lender's distance from the loss, so the order survives a grey printer.
BEARER_COLOURS = {
    "loss_lender": "#17406d",
    "loss_partner": "#6ea3bf",
    "loss_fund": "#e0b252",
    "loss_reguarantee": "#b9703a",
    "loss_insurer": "#8d6a9f",
    "loss_government": "#9aa3ab",
}
DARK = (NAVY, BRICK, "#b9703a", "#8d6a9f")
BUCKET_COLOURS = ("#d5e1ec", "#a9c5dc", "#f1d59a", "#e0a955", "#bf6a35", "#7d2a22")
SMALL, TEXT, TITLE = 8.8, 9.0, 9.2
"""Sizes of type in a figure, points: the smallest keeps 9 pixels on a telephone 400 pixels wide, see `WIDTH`."""
GROUP_STYLES = ((NAVY, "o"), (OCHRE, "s"), (BRICK, "^"), (TEAL, "D"), (MUTED, "v"))

FIGURE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 4.0,
    "axes.labelsize": SMALL,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": HAIRLINE,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e4e8eb",
    "grid.linewidth": 0.5,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": HAIRLINE,
    "ytick.color": HAIRLINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 2.0,
    "ytick.major.size": 0.0,
    "xtick.major.width": 0.6,
    "text.color": INK,
    "lines.linewidth": 1.1,
    "path.simplify": True,
    "path.simplify_threshold": 0.3,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
}


IN_CHINESE = Template("""
body { font-family: $serif; }
h1, h2, h3, caption, figcaption, table, .kicker, .facts, .note, .contents, footer, svg text, dt { font-family: $sans; }
tbody th[scope="row"] { min-width: 7em; }
""").substitute(
    serif=SERIF.replace(", serif", ", 'Songti SC', 'Noto Serif CJK SC', 'Source Han Serif SC', SimSun, serif"),
    sans=SANS.replace(", sans", ", 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans"),
)
"""What a page in Chinese adds: fonts that have its signs, and room for names of rows, which break anywhere."""


def sheet(language: str = ENGLISH) -> str:
    """Return the style sheet of a language with the report's colours and type filled in."""
    text = (Path(__file__).parents[1] / "report.css").read_text(encoding="utf-8")
    colours = {"ink": INK, "navy": NAVY, "brick": BRICK, "muted": MUTED, "hairline": HAIRLINE}
    filled = Template(text).substitute(colours, serif=SERIF, sans=SANS)
    return filled + IN_CHINESE if language == CHINESE else filled
