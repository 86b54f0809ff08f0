"""What came out as tables, sentences, files and a page."""

from __future__ import annotations

import csv
import dataclasses
import html
import json
import re
import shutil

import numpy as np
import pytest
import yaml

from sim.config.compose import compose
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.fit.drawing import JOURNAL, mark_of
from sim.fit.folder import (
    BEHAVIOUR,
    FACTS,
    MAPPING,
    PAGE,
    behaviour_file,
    check_folder,
    facts,
    mapping_file,
    table_of,
    worlds_file,
    write,
)
from sim.fit.moments import MOMENTS, ROLLS, Counted
from sim.fit.page import meaning, moments_table, numbers_table, picture, render
from sim.fit.prior import BELIEFS, UNCERTAIN, values_of
from sim.fit.results import WITHIN, Compared, compared, declared, held_out, moments_of, numbers_of
from sim.fit.telling import FEW, agreement, few, figure, foretold, untold, verdict
from sim.language.words import ENGLISH, LANGUAGES, Words

ENTRY = MOMENTS[0]


@pytest.fixture(scope="module")
def folder(found):
    """The folder of the small fit, written once."""
    write(found, found.asked.folder, Words())
    return found.asked.folder


def test_a_moment_is_off_by_its_distance_in_standard_errors_of_both():
    lived = np.array([-2.2, -2.0, -1.8])
    one = compared(ENTRY, Counted(0.1, -1.5, 0.15, 10.0, 100.0), lived)
    assert one.off == pytest.approx(0.5 / np.hypot(0.15, 0.2))
    assert one.within == (abs(one.off) <= WITHIN)
    assert one.tape == pytest.approx(1 / (1 + np.exp(1.5))) and one.model == pytest.approx(1 / (1 + np.exp(2.0)))
    assert one.low < one.tape < one.high and one.model_low < one.model < one.model_high
    assert not dataclasses.replace(one, off=2.0).within


def test_tables_hold_every_moment_roll_and_number(found):
    moments, rolls, numbers = moments_of(found), held_out(found), numbers_of(found)
    assert [one.key for one in moments] == [moment.key for moment, _ in found.asked.observed]
    assert {one.key for one in rolls} <= {moment.key for moment in ROLLS} and rolls
    assert [one.key for one in numbers] == [one.key for one in UNCERTAIN]
    assert numbers[0].standing == "told" and {one.standing for one in numbers[1:]} <= {"not", "hardly"}
    assert all(one.low <= one.value <= one.high for one in numbers)
    assert not any(one.missed for one in moments)
    doubtful = dataclasses.replace(found, errors=found.errors + 0.4)  # other draws may well not tell it
    assert numbers_of(doubtful)[0].standing == "hardly"
    tight, wide = (numbers_of(dataclasses.replace(found, tail=tail))[0] for tail in (0.05, 0.01))
    assert 0.0 < found.tail <= 0.05 and wide.low < tight.low <= tight.value <= tight.high < wide.high
    far = dataclasses.replace(found, granted=found.granted + np.where(np.arange(len(found.granted)) == 1, 1.0, 0.0))
    assert [one.missed for one in moments_of(far)][:3] == [False, True, False]


def test_what_is_written_is_read_as_options_of_ones_own(found, folder, tape):
    values = {key: float(of) for key, of in values_of(found.middle).items()}
    config = compose([f"behaviour={folder / BEHAVIOUR}"])
    for key, value in values.items():
        if not key.startswith(BELIEFS):
            assert getattr(config.behaviour, key.split(".")[1]) == value
    assert config.chosen["behaviour"] == folder.name
    beliefs = read_mapping(str(folder / MAPPING), build).beliefs
    assert all(
        getattr(beliefs, key[len(BELIEFS) :]) == value for key, value in values.items() if key.startswith(BELIEFS)
    )
    assert beliefs.unwilling_most == 0.6  # what is not fitted stays
    own = [f"population.file={tape}", f"population.mapping={folder / MAPPING}", f"behaviour={folder / BEHAVIOUR}"]
    study = ["study.worlds=4", "study.arms=[lenient,closing]", "study.scenarios=[calm]", "firms=none"]
    made = plan(["population=tape", *own, *study])
    assert len(made.worlds) == 4
    lived = values_of(found.worlds)
    assert [dict(world)["behaviour.oversight"] for world in made.worlds] == lived["behaviour.oversight"].tolist()
    assert str(folder / "behaviour.worlds.csv") in [one.name for one in made.inputs]


def test_texts_of_the_files(found):
    assert "defaults: china_platform" in behaviour_file(found, "us_cards")
    assert "name: us_cards fitted" in behaviour_file(found, "us_cards")  # not the name of a shipped one
    head, keys, *rows = worlds_file(found).splitlines()
    assert head.startswith("#") and len(rows) == 4 and len(keys.split(",")) == len(rows[0].split(","))
    assert yaml.safe_load(mapping_file(found))["defaults"] == "taiwan_2005"
    told = facts(found)
    assert told["accounts"] == 900 and told["held_out"] == ["2005-09"] and json.dumps(told)
    assert table_of([]) == "\n"


def test_a_mapping_of_ones_own_keeps_all_that_it_says(found, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("defaults: taiwan_2005\nmedian_income: 40000\nbeliefs: {habit_late: 0.1, unwilling_most: 0.5}\n")
    settings = dataclasses.replace(found.asked.settings, mapping=str(file))
    other = dataclasses.replace(found, asked=dataclasses.replace(found.asked, settings=settings))
    plain = yaml.safe_load(mapping_file(other))
    assert plain["median_income"] == 40000 and plain["beliefs"]["unwilling_most"] == 0.5
    assert plain["beliefs"]["habit_late"] != 0.1


def test_a_folder_of_something_else_is_refused(found, folder, tmp_path):
    mark = mark_of(found.asked.config, found.asked.fitted, found.asked.steps)
    settings = found.asked.settings
    check_folder(folder, mark, settings)  # the same fit may go on
    check_folder(tmp_path / "new", mark, settings)
    with pytest.raises(UsageError, match="holds the fit of another tape or of other keys"):
        check_folder(folder, "another", settings)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match="holds something else"):
        check_folder(tmp_path, mark, settings)
    with pytest.raises(UsageError, match="is a file"):
        check_folder(tmp_path / "notes.txt", mark, settings)
    (tmp_path / JOURNAL).write_text("cut off")
    with pytest.raises(UsageError, match="another tape"):
        check_folder(tmp_path, mark, settings)


def test_a_finished_fit_of_other_draws_is_not_written_over(found, folder, tmp_path):
    mark, settings = mark_of(found.asked.config, found.asked.fitted, found.asked.steps), found.asked.settings
    for key, value in (("draws", 800), ("seed", 2), ("worlds", 8), ("prior", "worlds")):
        with pytest.raises(UsageError, match=f"holds the fit of {key}={getattr(settings, key)}; name another folder"):
            check_folder(folder, mark, dataclasses.replace(settings, **{key: value}))
    check_folder(folder, mark, dataclasses.replace(settings, language="zh", workers=2))  # the same, told otherwise
    stopped, torn = tmp_path / "stopped", tmp_path / "torn"
    for each in (stopped, torn):
        each.mkdir()
        shutil.copy(folder / JOURNAL, each)
    check_folder(stopped, mark, dataclasses.replace(settings, seed=2))  # nothing is lost
    (torn / FACTS).write_text("{")
    with pytest.raises(UsageError, match=r"holds the fit of keys that cannot be read from its fit\.json"):
        check_folder(torn, mark, settings)


def test_the_page_and_its_tables_say_what_the_files_say(found, folder):
    page = (folder / PAGE).read_text(encoding="utf-8")
    assert "<script" not in page and "http" not in re.sub(r"http://www\.w3\.org\S*|http-equiv", "", page)
    with (folder / "moments.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        assert f'<data value="{float(row["tape"])!r}"'[:20] in page
        assert Words()(f"fit.moment.{row['key']}") in page
    assert all(one.key.replace("_", "_<wbr>") in page for one in numbers_of(found))


def test_tables_are_named_behind_their_numbers(folder):
    page = (folder / PAGE).read_text(encoding="utf-8")
    assert [text.partition(".</b>")[0] for text in page.split("<caption>")[1:]] == [
        "<b>Table 1. Moments that were compared",
        "<b>Table 2. Rolls of months that the fit did not see",
        "<b>Table 3. Intervals of 90 % before and after the tape is looked at",
    ]


def test_every_number_has_its_unit_and_meaning_in_every_language(found, folder):
    page, numbers = (folder / PAGE).read_text(encoding="utf-8"), numbers_of(found)
    assert declared("behaviour.oversight") == ("a month", "forgetting a payment for a month")
    assert declared("beliefs.cash_late") == ("of the prior's cash", "cash of those past due")
    for number in numbers:
        name = number.key.partition(".")[2]
        assert Words()(f"fit.number.{name}") == f"{number.meaning}; {number.unit}"  # else no language would say it
        assert f">{html.escape(meaning(number, Words()))}<" in page
        for language in set(LANGUAGES) - {ENGLISH}:
            assert meaning(number, Words(language)) == Words(language)(f"fit.number.{name}")
            assert meaning(number, Words(language)) in numbers_table(numbers, Words(language))


def test_so_few_draws_are_said_to_tell_little_before_all_else(found):
    assert few(FEW, Words()) == [] and found.asked.settings.draws == FEW
    settings = dataclasses.replace(found.asked.settings, draws=160)
    hasty = dataclasses.replace(found, asked=dataclasses.replace(found.asked, settings=settings))
    first, *rest = verdict(hasty, Words())
    assert "So few draws (160) tell little" in first and "draws=1200 is the default" in first
    assert rest == verdict(found, Words())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_verdict(found, language):
    say = Words(language)
    text = "\n".join(verdict(found, say))
    assert "behaviour.oversight" in text and "2005-09" in text and str(found.asked.folder) in text
    assert (say("fit.kicker") in render(found, say)) and (language == "en" or "明细" in text)


def one(key, off, tape=0.2, model=0.1, missed=False):
    return Compared(key, tape, 0.1, 0.3, model, 0.05, 0.15, off, missed)


def test_sentences_name_what_does_not_agree():
    say = Words()
    assert "all 2 moments" in agreement([one("entry", 0.5), one("use", -1.0)], say)
    told = agreement([one("entry", 5.0), one("use", -9.0), one("drew", 0.0)], say)
    assert "1 of 3 moments" in told and told.index("balances over limits") < told.index("in order, then past due")
    assert "(tape 20.0 %, worlds 10.0 %)" in told
    assert "2005-08 to 2005-09, all 1 rolls" in foretold([one("entry", 0.5)], "2005-08", "2005-09", say)
    assert "0 of 1 rolls" in foretold([one("cure_1", 2.5)], "2005-08", "2005-09", say)
    assert "too few cases" in foretold([], "2005-08", "2005-09", say)
    assert figure("growth", 1.234) == "1.23" and figure("use", 0.5) == "50.0 %"


def test_what_the_tape_cannot_tell_is_named(found):
    numbers = numbers_of(found)
    blind = [number for number in numbers if number.standing == "not"]
    (told,) = untold(numbers, Words())
    assert f"cannot tell {len(blind)} numbers" in told and all(number.key in told for number in blind)
    assert untold(numbers[:1], Words()) == []


def test_marks_of_the_tables():
    say = Words()
    text = moments_table([one("entry", 5.0, missed=True), one("use", 0.5)], "fit.caption", say)
    assert "+5.0 * †" in text and "+0.5<" in text.replace("</data>", "<")
    assert moments_table([], "fit.caption", say) == "" and numbers_table([], say) == ""


def test_the_picture_is_of_rolls_of_both():
    rows = [one("entry", 0.0), one("cure_1", 0.0)]
    drawn = picture(rows, rows, Words())
    assert drawn is not None and "1 month past due, then in order" in drawn.svg
    assert picture(rows, [], Words()) is None
