"""A scheme of the user's own, outside the package: shown, run, resumed, and refused in one line where it is wrong."""

import html
import json

import pytest

FIVE_LAYERS = """
layers:
  - {kind: first_loss, participant: lender, detachment: 0.01}
  - {participant: guarantee_fund, share: 0.7, lifetime_cap: 0.2, lifetime_cap_base: guaranteed_volume}
  - {participant: lender, share: 0.3}
  - {kind: stop_loss, participant: insurer, of: lender, attachment: 0.02, detachment: 0.1, premium_rate: 0.01}
  - {participant: re_guarantee_fund, of: guarantee_fund, share: 0.5, premium_rate: 0.005}
claim_trigger: months_past_due
premium_basis: annual
eligible: {largest_line: 3000000}
backing: [{participant: insurer, capital_share: 0.2, falls_on: government}]
"""
SMALL = (
    *("population=tiny", "population.borrowers=300", "study.replications=2", "study.months=8"),
    *("study.burn_in=3", "economy=severe_recession", "machine.workers=1"),
)


@pytest.fixture
def scheme(tmp_path):
    path = tmp_path / "schemes" / "five_layers.yaml"
    path.parent.mkdir()
    path.write_text(FIVE_LAYERS, encoding="utf-8")
    return path


def test_it_is_shown_in_plain_words(door, scheme):
    code, out, err = door("show", f"sharing={scheme}")
    assert (code, err) == (0, "")
    assert "the lender keeps the first losses, up to 1 % of volume; then the guarantee fund takes 70 %" in out
    assert "The insurer has capital of 20 % of what it promises; what it cannot pay falls on the government." in out


def test_it_runs_and_the_report_says_what_it_is(door, scheme, tmp_path):
    code, _, err = door("run", f"sharing={scheme}", "out=mine", *SMALL)
    assert code == 0, err
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    words = {arm["name"]: arm["scheme"] for arm in manifest["arms"]}
    assert words["baseline"] == "The lender bears every loss itself."
    assert "the insurer takes a year's losses from 2 % to 10 %" in words["configured"]
    report = html.unescape((tmp_path / "mine" / "report.html").read_text(encoding="utf-8"))
    assert words["configured"] in report and "The price of protection" in report
    assert door("resume", "mine")[0] == 0, "what is finished is not run again"


def test_it_goes_into_a_package(door, scheme, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        f"parent: lenient\nchange: {{sharing: {scheme}}}\nmeaning: Five layers.\n", encoding="utf-8"
    )
    code, out, err = door("study.arms=[lenient,mine.yaml]", "--cfg", "job", *SMALL[:-2])
    assert code == 0, err
    assert "mine" in out


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("share: 0.3}", "share: 0.2}", "shares sum to 0.9, must be 1"),
        ("layers:", "layer:", "sharing.layer: there is no such key; did you mean sharing.layers?"),
        ("participant: insurer, of", "participant: assurer, of", "did you mean insurer?"),
        ("largest_line: 3000000", "largest_line: -1", "sharing.eligible.largest_line: -1 is not allowed"),
        ("premium_basis: annual", "premium_basis: annual\npremium_basis: none", "given twice"),
        ("falls_on: government", "falls_on: '${oc.env:HOME}'", "references and resolvers are not read"),
    ],
)
def test_a_mistake_in_it_is_one_line(refused, scheme, old, new, complaint):
    scheme.write_text(FIVE_LAYERS.replace(old, new), encoding="utf-8")
    assert complaint in refused(f"sharing={scheme}", *SMALL)


def test_a_scheme_that_is_nowhere_is_one_line(refused):
    assert "nowhere.yaml: cannot be read" in refused("sharing=nowhere.yaml")
    assert "or the path of a YAML file; did you mean scheme_4321?" in refused("sharing=scheme_432")
