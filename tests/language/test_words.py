from importlib.resources import files

import pytest

from sim.language import words
from sim.language.words import CHINESE, ENGLISH, LANGUAGES, MARKS, Words, WordsError, blanks, texts

DECLARED = ("figure_label.", "figure_period.", "figure_unit.", "figure_meaning.")
"""Sections of what English declares beside each figure, so that only other languages have them."""


def test_both_languages_say_the_same_things_with_the_same_blanks():
    english = texts(ENGLISH)
    assert not [key for key in english if key.startswith(DECLARED)]
    for language in LANGUAGES:
        others = {key: text for key, text in texts(language).items() if not key.startswith(DECLARED)}
        assert sorted(others) == sorted(english)
        different = [key for key in english if blanks(others[key]) != blanks(english[key])]
        assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_every_blank_has_a_name(language):
    for key, text in texts(language).items():
        assert text.strip(), key
        assert all(name.isidentifier() for name in blanks(text)), key


def test_every_language_has_its_file_and_its_mark():
    found = {file.name for file in files("sim.language").iterdir() if file.name.endswith(".toml")}
    assert found == {f"{language}.toml" for language in LANGUAGES} and set(MARKS) == set(LANGUAGES)


def test_blanks_are_those_of_a_format():
    assert blanks("{whom}: {amount:,.1f} and {{none}}") == {"whom", "amount"}
    assert blanks("nothing") == frozenset()


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Two small files of texts in the place of the shipped ones."""
    (tmp_path / "en.toml").write_text('[table.deep]\npaid = "{whom} paid {amount:.1f} yuan"\n[list]\nplain = "so"\n')
    (tmp_path / "zh.toml").write_text('[list]\nplain = "如此"\nwrong = 3\n')
    monkeypatch.setattr(words, "files", lambda package: tmp_path)
    texts.cache_clear()
    yield
    texts.cache_clear()


def test_a_text_is_filled_in(tiny):
    say = Words()
    assert say("table.deep.paid", whom="fund", amount=2.25) == "fund paid 2.2 yuan"
    assert say("list.plain") == "so" and "list.plain" in say and "list.other" not in say
    assert say.language == "en"


@pytest.mark.parametrize(
    ("key", "values", "words_of_it"),
    [
        ("list.plian", {}, "did you mean 'list.plain'"),
        ("nothing of the kind at all", {}, "is no text"),
        ("table.deep.paid", {"whom": "fund"}, "without a value: ['amount']"),
        ("table.deep.paid", {"whom": "fund", "amount": 1.0, "more": 2}, "without a blank: ['more']"),
    ],
)
def test_nothing_wrong_is_said_in_silence(tiny, key, values, words_of_it):
    with pytest.raises(WordsError) as caught:
        Words()(key, **values)
    assert words_of_it in str(caught.value)


def test_what_is_no_text_and_what_is_no_language_are_errors(tiny):
    with pytest.raises(WordsError, match=r"'list\.wrong': 3 is no text"):
        Words("zh")
    with pytest.raises(WordsError, match="'fr' is no language"):
        Words("fr")


def test_numbers_of_things_have_a_text_for_one_and_one_for_many():
    say = Words(ENGLISH)
    assert [say.counted("running.count.workers", count) for count in (0, 1, 2)] == [
        "0 processes",
        "1 process",
        "2 processes",
    ]
    assert say.counted("audit.count.items", 2000) == "2,000 entries"
    assert Words(CHINESE).counted("running.count.workers", 2) == "2 个进程"
    for key in texts(ENGLISH):
        if ".count." in key:
            assert key.endswith("_one") or f"{key}_one" in texts(ENGLISH), key


def test_one_thing_has_a_text_of_its_own():
    say = Words("en")
    assert say.counted("memo.of_runs", 1) == "1 run" and say.counted("memo.of_runs", 2) == "2 runs"
    with pytest.raises(WordsError):
        say.counted("memo.limits.runs", 1)  # a blank without a value
