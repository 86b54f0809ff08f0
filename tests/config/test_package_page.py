"""``creditcycle show package=NAME``."""

import re

from sim.config.commandline import page_like
from sim.config.package_page import package_page


def page(door, name, *flags):
    code, out, err = door("show", *flags, f"package={name}")
    assert (code, err) == (0, "")
    return out


def test_a_package_is_shown_with_its_line_and_what_it_changes(door):
    lines = page(door, "closing").splitlines()
    assert lines[0].startswith("closing: As limits, but a line is closed automatically")
    assert lines[1:4] == [
        "  parent  limits (lenient > limits > closing)",
        "  changes policy/closing: threshold instead of never, against limits",
        "  scheme  The lender bears every loss itself.",
    ]
    assert lines[4:] == [
        "  keys    creditcycle show policy/closing=threshold",
        "  compare creditcycle study.arms=[limits,closing]",
    ]


def test_the_scheme_is_told_in_words(door):
    words = " ".join(page(door, "scheme_4321").split())
    assert "the guarantee fund takes 40 % of each loss, the re-guarantee fund takes 30 %" in words
    assert "changes sharing: scheme_4321 instead of none, against lenient" in words


def test_a_root_is_compared_with_the_default_composition(door):
    out = page(door, "lenient")
    assert "  parent  none: it is a root\n  changes nothing, against the default composition\n" in out


def test_a_users_file_is_shown_with_the_keys_that_it_sets(door, tmp_path):
    (tmp_path / "late.yaml").write_text(
        "parent: null\nchange: {policy/closing: threshold, policy.closing.closing_score: 480}\nmeaning: Late.\n"
    )
    out = page(door, "late.yaml")
    assert out.startswith("late: Late.\n  parent  none")
    assert "  changes policy/closing: threshold instead of never, against the default composition\n" in out
    assert out.count("  changes ") == 2 and "  changes policy.closing.closing_score: 480\n" in out
    assert out.endswith("  compare creditcycle study.arms=[late.yaml]\n")


RULE = '''\
def lower(limit, line, inflow_slow, inflow_fast, score, months_past_due, unemployment_gap):
    """Half of what flows in."""
    return int(0.5 * inflow_slow) // 10000 * 10000
'''


def test_a_package_may_choose_a_rule_of_the_users(door, tmp_path):
    (tmp_path / "rules.py").write_text(RULE)
    (tmp_path / "own.yaml").write_text("parent: lenient\nchange: {policy/limit: lower}\nmeaning: Half.\n")
    out = page(door, "own.yaml", "--plugin", "rules.py")
    assert "  changes policy/limit: lower instead of fixed, against lenient\n" in out
    assert "  keys    creditcycle --plugin rules.py show policy/limit=lower\n" in out
    assert out.endswith("  compare creditcycle --plugin rules.py study.arms=[lenient,own.yaml]\n")


def test_what_is_no_package_is_refused(refused):
    assert refused("show", "package=clsing").endswith("did you mean closing?")
    assert refused("show", "package=clsing").startswith("package: clsing is not allowed: packages are ")
    assert refused("show", "package=nowhere.yaml").startswith("package: nowhere.yaml: cannot be read")


def test_lines_fit_a_terminal():
    assert max(map(len, package_page("kodit").splitlines())) <= 116


def test_a_figure_or_package_asked_for_as_a_key_is_pointed_to(refused):
    assert refused("show", "loss_rate").endswith("did you mean metrics loss_rate?")
    assert refused("show", "guaranteed").endswith("did you mean package=guaranteed?")
    assert re.search("there is no such group or key$", refused("show", "zzzzzz"))


def test_a_page_asked_for_by_almost_its_name_is_pointed_to(refused):
    for word, page in {"metric": "metrics", "figures": "metrics", "rule": "rules", "packages": "package"}.items():
        assert page_like(word) == page and refused("show", word).endswith(f"; did you mean {page}?")
    assert refused("show", "metric", "loss_rate").endswith("did you mean metrics loss_rate?")
    assert refused("show", "zzzzzz", "loss_rate").endswith("one group, option or key at a time")
    assert refused("show", "polcy/limit").endswith("did you mean policy/limit?") and page_like("zzzzzz") is None
    assert refused("metrics").endswith("did you mean show metrics?")
    assert refused("exprt").endswith("did you mean export?")
