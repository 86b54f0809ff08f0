"""``creditcycle show month``: readable, complete, and one line for a mistake."""

import re


def test_the_month_is_printed_in_order_within_a_hundred_columns(door):
    code, out, err = door("show", "month")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    disbursed = "draws are disbursed and covered (persons, the book alone)"
    wanted = ("\nopen_books ", "people arrive (persons)", "firms collect (firms)", disbursed, "\nclose_books ")
    places = [out.index(word) for word in wanted]
    assert places == sorted(places)
    block = out[out.index("  earn  ") :].split("\n  live ")[0]
    assert re.search(r"earn +persons +Draw the month's income", block)
    for what in ("reads", "numbers", "draws", "writes"):
        assert f"\n      {what}" in block


def test_overrides_change_the_month(door):
    assert "strangers take over accounts" not in door("show", "month")[1]
    assert "strangers take over accounts" in door("show", "month", "fraud=takeovers")[1]
    assert "(firms" not in door("show", "month", "firms=none")[1]


def test_who_touches_a_name_in_order(door):
    out = door("show", "month", "shortfall")[1]
    assert out.startswith("shortfall, of what a person knows: need not covered this month (fen)\n")
    rows = [line.split() for line in out.splitlines()[1:]]
    assert rows[0][:4] == ["reads", "and", "writes", "live"] or rows[0][:2] == ["writes", "live"]
    assert door("show", "month", "jobless")[1].split()[:3] == ["tallies", "count_persons", "persons"]
    assert "keep_or_find_job" in door("show", "month", "job")[1]
    assert "reads             consume" in door("show", "month", "buffer_return")[1]


def test_a_rule_by_its_name(door):
    out = door("show", "month", "earn")[1]
    assert out.startswith("people work and earn (persons)\n  earn ") and "writes   income" in out


def test_a_column_that_nothing_touches_is_told_as_such(door):
    out = door("show", "month", "offended", "firms=none")[1]
    assert "of what a person knows" in out


def test_mistakes_are_one_line(refused):
    assert refused("show", "month", "cahs") == "show month: nothing of this month is called cahs; did you mean cash?"
    assert "one name at a time" in refused("show", "month", "cash", "income")
    assert "did you mean tiered?" in refused("show", "month", "policy/limit=tierd")
    assert refused("show", "fund", "--timed") == "--timed: is for creditcycle show month"
    assert "did you mean month?" in refused("show", "mnth")


def test_timed_says_what_each_rule_costs_and_on_which_population(door, monkeypatch):
    """How long a rule takes is measured elsewhere: compiling each in a loop of its own takes seconds."""
    asked = []

    def nanoseconds(config):
        asked.append(config)
        return {(False, "bill"): 12.34, (True, "bill"): 99.9, (False, "earn"): 88.8}

    monkeypatch.setattr("sim.study.run.timing.PERSONS", 400)
    monkeypatch.setattr("sim.study.run.timing.nanoseconds", nanoseconds)
    out = door("show", "month", "--timed", "bill")[1]
    assert [(one.population.borrowers, one.machine.threads) for one in asked] == [(400, 1)]
    assert "on 400 persons and 24 firms" in out
    assert re.search(r"\n  bill +loan +12\.3 ns ", out)
    assert "\n  earn " not in out and "99.9" not in out and "88.8" not in out


def test_a_rule_of_the_user_stands_in_the_month(door, tmp_path):
    (tmp_path / "mine.py").write_text("def gentle(limit, score):\n    return max(limit, int(score))\n")
    out = door("show", "month", "--plugin", "mine.py", "policy/limit=gentle")[1]
    assert re.search(r"\n  gentle_of_a_user +lender +Written from settings, or from a function of yours.\n", out)
