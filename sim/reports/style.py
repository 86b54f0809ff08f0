"""The report's look: colours that survive colour blindness and print, style sheet, figure settings."""

from __future__ import annotations

from string import Template

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

# Lightness rises with the lender's distance from the loss, so the order survives a grey printer.
BEARER_COLOURS = {
    "loss_lender": "#17406d",
    "loss_partner": "#6ea3bf",
    "loss_fund": "#e0b252",
    "loss_reguarantee": "#b9703a",
    "loss_insurer": "#8d6a9f",
    "loss_government": "#9aa3ab",
}
BUCKET_COLOURS = ("#d5e1ec", "#a9c5dc", "#f1d59a", "#e0a955", "#bf6a35", "#7d2a22")
GROUP_STYLES = ((NAVY, "o"), (OCHRE, "s"), (BRICK, "^"))

FIGURE = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 4.0,
    "axes.labelsize": 7.0,
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
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
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

SHEET = Template("""
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: #eef1f3; color: $ink; font: 16.5px/1.55 $serif; }
main { max-width: 880px; margin: 32px auto; padding: 64px 72px; background: #fff;
  border-top: 6px solid $navy; box-shadow: 0 1px 4px rgba(20, 40, 60, .12); }
h1, h2, h3, caption, figcaption, table, .kicker, .facts, .note, .contents, footer { font-family: $sans; }
.kicker { margin: 0 0 10px; font-size: 12px; letter-spacing: .09em; text-transform: uppercase; color: $navy; }
h1 { margin: 0 0 10px; font-size: 31px; line-height: 1.2; font-weight: 600; letter-spacing: -.01em; }
h2 { margin: 56px 0 14px; padding-top: 14px; border-top: 1px solid $hairline; font-size: 21px; line-height: 1.3;
  font-weight: 600; color: $navy; }
h3 { margin: 34px 0 8px; font-size: 16px; line-height: 1.35; font-weight: 600; }
.summary h2 { margin-top: 30px; }
p { margin: 0 0 12px; }
.facts { margin: 0; font-size: 13px; line-height: 1.5; color: $muted; }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { margin: 0 0 9px; padding-left: 18px; position: relative; }
.findings li::before { content: ""; position: absolute; left: 0; top: .62em; width: 7px; height: 2px;
  background: $navy; }
.name { font-family: $sans; font-size: .92em; font-weight: 600; overflow-wrap: anywhere; }
.note { font-size: 13px; line-height: 1.5; color: $muted; }
.contents { columns: 2; margin: 20px 0 0; padding: 0; list-style: none; font-size: 13.5px; }
.contents a { color: $navy; text-decoration: none; }
figure { margin: 22px 0 26px; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-family: $sans; }
figcaption { margin-top: 8px; font-size: 13px; line-height: 1.5; color: $muted; }
figcaption b, caption b { color: $ink; font-weight: 600; }
table { width: 100%; margin: 14px 0 24px; border-collapse: collapse; font-size: 13px; line-height: 1.4;
  font-variant-numeric: tabular-nums; }
caption { margin-bottom: 8px; text-align: left; font-size: 13px; line-height: 1.5; color: $muted; }
th, td { padding: 4px 8px; text-align: right; vertical-align: top; border-bottom: 1px solid #e4e8eb; }
th { font-weight: 600; text-align: left; }
thead th { vertical-align: bottom; border-bottom: 1px solid $ink; font-size: 12px; text-align: right; }
th:first-child, td.words { text-align: left; overflow-wrap: anywhere; }
tbody th { font-weight: 400; }
tbody tr.measure th { padding-top: 11px; font-weight: 600; border-bottom-color: $hairline; }
tr.measure th span { font-weight: 400; color: $muted; }
td.clear { font-weight: 600; }
td.unclear, .absent { color: $muted; }
td.range, td.clear, td.unclear, td.value { white-space: nowrap; }
code { font: 12.5px/1.5 ui-monospace, 'SF Mono', Consolas, 'Liberation Mono', monospace; overflow-wrap: anywhere; }
pre { margin: 0 0 14px; padding: 10px 14px; background: #f4f6f8; border-left: 3px solid $navy; white-space: pre-wrap; }
dl { margin: 0 0 14px; }
dt { font-family: $sans; font-size: 14px; font-weight: 600; }
dd { margin: 0 0 8px; }
footer { margin-top: 48px; padding-top: 14px; border-top: 1px solid $hairline; font-size: 12px; color: $muted; }
@media (max-width: 760px) { main { margin: 0; padding: 28px 20px; } .contents { columns: 1; }
  .scroll { overflow-x: auto; } }
@page { size: A4; margin: 18mm 18mm 20mm; }
@media print {
  body { background: #fff; font-size: 9.6pt; line-height: 1.42; }
  main { max-width: none; margin: 0; padding: 0; border: 0; box-shadow: none; }
  h1 { font-size: 21pt; } h2 { font-size: 14pt; margin-top: 24pt; } h3 { font-size: 11pt; }
  table, caption, figcaption, .note, .facts { font-size: 8pt; } thead th { font-size: 7.6pt; }
  th, td { padding: 2.2pt 5pt; }
  h2, h3, caption { break-after: avoid; } figure, tr, pre { break-inside: avoid; }
  tr.measure { break-after: avoid; } thead { display: table-header-group; }
  .summary { break-after: page; } .chapter { break-before: page; }
  .contents { display: none; } a { color: inherit; text-decoration: none; }
}
""").substitute(ink=INK, navy=NAVY, muted=MUTED, hairline=HAIRLINE, serif=SERIF, sans=SANS)
