"""What the report says about dominance follows every payer, the margin and the intervals."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from sim.reports import build
from sim.reports.chapters.dominance import dominance_table, dominating, margins
from sim.reports.folder import Study, read_study
from sim.study.compare.dominance import dominance
from tests.reports.synthetic import SCENARIOS, write_study
from tests.study.test_dominance import NOISE, margin_of, table

PACKAGES = [("old", "", "", "", 0.0, 0.0), ("new", "old", "one key", "", 0.0, 0.0)]
SURE = {"approval_rate": 1.0 + 0.01 * NOISE}


def study_of(folder: Path, **changed) -> Study:
    """A study whose tables of pairs come from figures in which only the named ones differ."""
    write_study(folder, packages=PACKAGES, scenarios=SCENARIOS[:1], replications=2)
    found = dominance(table(old={}, new=changed), ["old", "new"])
    found.to_csv(folder / "dominance.csv", index=False, na_rep="n/a")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["config"] = {"study": {"margin_outstanding": 0.001, "margin_access": 0.005, "margin_persons": 0.001}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return read_study(folder)


def signs(study: Study) -> dict[str, str]:
    """Cells of the only pair of the table by their heads."""
    text = dominance_table(study) or ""
    head, *_, last = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line) for line in re.findall(r"<tr.*?</tr>", text))
    plain = [[html.unescape(re.sub("<[^>]+>", "", cell)) for cell in line] for line in (head, last)]
    return dict(zip(*plain, strict=True))


def test_a_payer_that_alone_is_worse_off_stops_the_word(tmp_path: Path) -> None:
    worse = {"government_result": -2 * margin_of("government_result") + 0.01 * NOISE}
    study = study_of(tmp_path / "s", **SURE, **worse)
    assert dominating(study)[0].startswith("No package dominates another")
    # The first package is `old`: what is better for `new` is worse for it.
    assert signs(study) == {"Package": "old", "Other": "new", "Government's result": "+", "Approval rate": "\u2212"}


def test_an_interval_that_holds_a_large_loss_is_open_and_not_equal(tmp_path: Path) -> None:
    study = study_of(tmp_path / "s", **SURE, fund_result=30 * margin_of("fund_result") * NOISE)
    assert dominating(study)[0].startswith("No package dominates another")
    assert signs(study)["Guarantee fund's result"] == "?" and "Dominates" not in signs(study)


def test_who_dominates_is_told_with_what_it_costs_within_the_margin(tmp_path: Path) -> None:
    study = study_of(tmp_path / "s", **SURE, loss_rate=0.0005 + 0.00001 * NOISE)
    words = "better in Approval rate; worse, but by less than the margin, in Loss rate"
    assert dominating(study) == [f"In calm years, `new` dominates `old` ({words})."]
    assert signs(study)["Loss rate"] == "+" and signs(study)["Dominates"] == "new"
    turned = study_of(tmp_path / "t", approval_rate=-1.0 + 0.01 * NOISE, loss_rate=-0.0005 + 0.00001 * NOISE)
    assert signs(turned)["Loss rate"] == "(\u2212)" and signs(turned)["Dominates"] == "old"


def test_what_is_identical_is_called_so_and_the_margin_is_told_where_the_word_is_used(tmp_path: Path) -> None:
    study = study_of(tmp_path / "s", **SURE, delinquent_90=0.0001 * NOISE)
    text = html.unescape(dominance_table(study) or "")
    assert signs(study)["90+ days past due"] == "="
    same = text.split("Identical in every run of every pair, and left out: ")[1].split("</caption>")[0]
    for party in (
        "Lender's",
        "Partner banks'",
        "Guarantee fund's",
        "Re-guarantee",
        "Insurer's",
        "Government's",
        "Borrowers'",
    ):
        assert party in same
    page = html.unescape(build(tmp_path / "s").read_text(encoding="utf-8"))
    assert html.unescape(margins(study)) in page
    for margin in ("0.10\u202f% of loans outstanding", "0.50 points", "1.00 in 1\u202f000 borrowers"):
        assert margin in margins(study)
