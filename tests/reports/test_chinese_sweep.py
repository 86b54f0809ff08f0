"""The page of a sweep in Chinese: every sentence, head and figure, with the numbers of the English one."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.language.words import CHINESE, ENGLISH, LANGUAGES, Words, texts
from sim.reports.drawing.sweep import KINDS, MATCHED, SWING, TOTAL, figure_words, kinds_words, read_sweep
from sim.reports.sweep_found import CASES, PAIRED, case_words, findings, measure_words
from sim.reports.sweep_page import render_sweep, title_of
from sim.study.sweep.discovery import _cases

IN_CHINESE = Words(CHINESE)
KEYS = ("fund.capital_share", "policy/limit", "seed", "economy.severity")
NAMES = {
    *("CreditCycle", "PRIM", "lenient", "own", "csv", "points", "top", "bits", "of", "sha", "fixed", "behavioural"),
    *("creditcycle", "option", "show", "metrics", "NAME"),
    *re.findall(r"[A-Za-z]{2,}", " ".join(KEYS)),
}


def folder_of(folder: Path, keys: tuple[str, ...], rates: tuple[float, ...] = (0.01, 0.02, 0.03)) -> Path:
    """A folder of a made-up design: a row for each point and package, effects, pairs and boxes."""
    folder.mkdir()
    values = {"fund.capital_share": [0.1, 0.2, 0.1, 0.2], "policy/limit": ["fixed", "behavioural"] * 2,
              "seed": [1, 1, 2, 2], "economy.severity": [0.5, 0.5, 1.0, 1.0]}  # fmt: skip
    design = pd.DataFrame({key: values[key] for key in keys})
    rows = []
    for arm in ("lenient", "own"):
        rates_of = [rates[k % len(rates)] for k in range(len(design))] if arm == "lenient" else [0.02] * len(design)
        made = design.assign(point=range(len(design)), arm=arm, scenario="severe_recession", loss_rate=rates_of)
        made = made.assign(lender_profit=[1e7 * (k + 1) for k in range(len(design))], fund_exhausted=0.5)
        rows.append(
            made.assign(**{f"{name}.error": 0.001 for name in ("loss_rate", "lender_profit", "fund_exhausted")})
        )
    pd.concat(rows).to_csv(folder / "points.csv", index=False)
    place = {"arm": "lenient", "scenario": "severe_recession", "figure": "loss_rate"}
    effects = [(keys[0], "", SWING, 0.004, 0.001)]
    effects += [("policy/limit", "behavioural", MATCHED, 0.003, 0.001)] if len(keys) > 1 else []
    names = ("key", "option", "measure", "value", "error")
    pd.DataFrame([place | dict(zip(names, row, strict=True)) for row in effects]).to_csv(
        folder / "sensitivity.csv", index=False
    )
    pairs = [place | {"key": keys[0], "option": "", "other": keys[-1], "other_option": "", "measure": measure,
                      "value": 0.1, "error": 0.2} for measure in PAIRED]  # fmt: skip
    pd.DataFrame(pairs).to_csv(folder / "interactions.csv", index=False)
    box = {"key": keys[0], "low": 0.1, "high": 0.2, "options": "", "coverage": 0.8, "density": 0.9}
    cases = ["loss_rate in its worst tenth", "fund_exhausted in more than 10% of runs"]
    boxes = [place | box | {"figure": case} for case in cases]
    boxes += [boxes[0] | {"key": "policy/limit", "low": None, "high": None, "options": "fixed"}]
    pd.DataFrame(boxes).to_csv(folder / "boxes.csv", index=False)
    spread = [place | {"parameters": 0.7, "monte_carlo": 0.3}, place | {"arm": "own", "parameters": None}]
    pd.DataFrame(spread).to_csv(folder / "spread.csv", index=False)
    return folder


def manifest_of(language: str, keys: tuple[str, ...], **more: object) -> dict:
    axes = [{"key": key, "values": ["fixed", "behavioural"] if key == "policy/limit" else [], "low": 0.1, "high": 1.0,
             "log": key == "seed"} for key in keys]  # fmt: skip
    manifest = {"design": {"axes": axes, "points": 4}, "units": {"lender_profit": {"unit": "fen a month"}}}
    manifest |= {"config": {"report": {"language": language}}, "replications": 2, "seed": 1, "status": "partial"}
    manifest |= {"arms": [{"name": "lenient"}, {"name": "own"}], "scenarios": [{"name": "severe_recession"}]}
    return manifest | {"warnings": ["9"]} | more


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Keys of the texts that were asked for while ``pages`` were made."""
    return set()


@pytest.fixture(scope="module")
def pages(said, tmp_path_factory) -> dict[str, list[str]]:
    above = tmp_path_factory.mktemp("sweeps")
    folders = [(folder_of(above / str(count), KEYS[:count]), KEYS[:count]) for count in (4, 1)]
    with pytest.MonkeyPatch.context() as patch:
        call = Words.__call__
        patch.setattr(Words, "__call__", lambda self, key, **values: said.add(key) or call(self, key, **values))
        return {one: [render_sweep(path, manifest_of(one, keys)) for path, keys in folders] for one in LANGUAGES}


def shown(page: str) -> str:
    """Words of a page, those of its drawings among them, without names."""
    body = re.sub(r'<div lang="en">.*?</div>|<code>.*?</code>', " ", page[page.index("<body>") :], flags=re.S)
    return html.unescape(re.sub(r"<(style|path|defs)\b.*?</\1>|<[^>]*>", " ", body, flags=re.S))


@pytest.mark.parametrize("place", [0, 1])
def test_no_english_stays_on_a_chinese_page_of_a_sweep(pages, place):
    assert set(re.findall(r"[A-Za-z]{2,}", shown(pages[CHINESE][place]))) <= NAMES
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", shown(pages[ENGLISH][place]))
    assert '<html lang="zh-Hans">' in pages[CHINESE][place]


@pytest.mark.parametrize("place", [0, 1])
def test_a_chinese_page_has_the_shares_and_the_shape_of_the_english_one(pages, place):
    english, chinese = (pages[one][place] for one in (ENGLISH, CHINESE))
    for tag in ("<h2", "<table", "<tr", "<th", "<td", "<li", "<svg", "<figure"):
        assert chinese.count(tag) == english.count(tag), tag
    data = [re.findall(r'<data value="[^"]*"', text) for text in (english, chinese)]
    shares = [sorted(re.findall(r"[\d.]+(?=\u202f%)", shown(text))) for text in (english, chinese)]
    assert data[0] == data[1] and shares[0] == shares[1] and len(shares[0]) > 4


def test_every_text_of_a_sweep_is_asked_for(pages, said):
    """A text is said on these pages, or its key stands whole in the program: what is said of others."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(sim.__file__).parent.rglob("*.py"))
    keys = [key for key in texts(ENGLISH) if key.startswith("sweep.")]
    assert len(keys) > 60
    left = {key for key in keys if key not in said and f'"{key}"' not in source}
    kinds = {f"sweep.kind.{key}" for key in KINDS.values()}
    assert left - kinds <= {"sweep.title_search", "sweep.title_search_more", "sweep.of_runs.lender_failed",
                            "sweep.of_runs.lowest_capital_ratio"}  # fmt: skip
    assert {key for key in keys if key.startswith("sweep.kind.")} == kinds


def test_what_was_found_by_a_search_stays_english_and_says_so(tmp_path):
    folder = folder_of(tmp_path / "s", KEYS[:2])
    (folder / "search.txt").write_text("The fund fails at a mild shock.\n")
    page = render_sweep(folder, manifest_of(CHINESE, KEYS[:2]))
    assert re.search(r'<div lang="en">\s*<ul[^>]*><li>The fund fails', page)
    sweep = read_sweep(folder, manifest_of(CHINESE, KEYS[:2]))
    assert title_of(sweep) == IN_CHINESE("sweep.title_search", keys="fund.capital_share、policy/limit")


def test_sentences_say_what_moves_the_loss_rate(tmp_path):
    for language, strongest, still in (
        (ENGLISH, "moves it most", "no point changes it"),
        (CHINESE, "影响最大", "都没有"),
    ):
        sweep = read_sweep(folder_of(tmp_path / language, KEYS[:2]), manifest_of(language, KEYS[:2]))
        moved, same = findings(sweep)
        assert (
            f"`fund.capital_share`{' ' if language == ENGLISH else ' 的'}{strongest}" in moved and "70\u202f%" in moved
        )
        assert "2.0" in same and still not in same, "profit changes"


@pytest.mark.parametrize("language", LANGUAGES)
def test_cases_and_measures_are_read_as_they_are_written(language):
    say = Words(language)
    here = pd.DataFrame({"fund_exhausted": [0.0, 1.0], "lender_failed": [0.0, 1.0], "loss_rate": [0.0, 1.0]})
    for case, _ in _cases(here):
        told = case_words(case, say)
        assert (told == case) == (language == ENGLISH) and any(one.fullmatch(case) for one in CASES.values())
    assert case_words("another case", say) == "another case"
    assert measure_words("of somebody's own", say) == "of somebody's own"
    for measure in PAIRED:
        assert (measure_words(measure, say) == measure) == (language == ENGLISH)
    assert kinds_words([TOTAL, SWING], say).startswith(say("sweep.kind.total"))
    assert kinds_words([TOTAL, SWING], say).endswith(say("sweep.kind.swing"))
    assert figure_words("my_rate", say) == "My rate" and figure_words("loss_rate", say) != figure_words("price", say)
