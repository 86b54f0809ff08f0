"""The memo: two pages whatever the study, the same words in every file, and nothing of a name read as a command."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from sim.__main__ import main
from sim.config.options import meaning_of, option_names
from sim.language.words import LANGUAGES, Words
from sim.office import archive, pdf, slides, word, writing
from sim.office.memo import facts_of, joined, limits_of, made_of, memo_of, runs_of
from sim.office.pdf import fonts_for, missing_font, pdf_of, picture_of, standing_alone, wide
from sim.office.slides import size_for, slides_of
from sim.office.telling import bottom_line, fingerprint, plain, title_of
from sim.office.word import word_of
from sim.office.writing import write_memo
from sim.reports.folder import read_study
from sim.study.run.runner import run_study
from sim.study.store.extras import ExtraMissing
from sim.study.store.store import StoreError
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study
from tests.study.fake import FakeModel, toy_plan

docx = pytest.importorskip("docx", reason="needs creditcycle[office]: make extras")
pptx = pytest.importorskip("pptx", reason="needs creditcycle[office]: make extras")
pytest.importorskip("typst", reason="needs creditcycle[office]: make extras")

LONG = "A sentence about a package that says at great length what its authors had in mind when they wrote it. "


def pages_of(content: bytes) -> int:
    """Pages of a PDF, from the count of its page tree."""
    return max(int(count) for count in re.findall(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)", content, re.DOTALL))


def words_in(content: bytes) -> str:
    """All text of a Word file, its tables and its foot."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    foot = [part.text for part in document.sections[0].footer.paragraphs]
    return "\n".join([*(part.text for part in document.paragraphs), *cells, *foot])


def words_on(deck: bytes) -> list[str]:
    """Text of each slide."""
    return [
        "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for slide in pptx.Presentation(io.BytesIO(deck)).slides
    ]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return read_study(write_study(tmp_path_factory.mktemp("memo") / "study", replications=4))


@pytest.fixture(scope="module")
def memo(study):
    return memo_of(study, Words("en"))


def packages(count: int, meaning: str = "short"):
    """As many packages, each built on the first one, with names of some length."""
    made = [("lenient", "", "", meaning, 0.0, 0.0)]
    made += [(f"package_of_a_long_name_{spot}", "lenient", "sharing: guarantee", meaning, 0.01 * spot, 0.02)
             for spot in range(1, count)]  # fmt: skip
    return tuple(made)


SLOW = ((1, 1, "short"), (6, 3, 3 * LONG))


@pytest.mark.parametrize(
    ("count", "economies", "meaning"),
    [(5, 3, "short"), (12, 6, LONG), *(pytest.param(*one, marks=pytest.mark.slow) for one in SLOW)],
)
def test_a_memo_has_two_pages_whatever_the_study(tmp_path, count, economies, meaning):
    scenarios = tuple((f"economy_{spot}", 24, spot / economies) for spot in range(economies))
    shipped = PACKAGES if count == 5 else packages(count, meaning)
    folder = write_study(
        tmp_path / "study", packages=shipped, scenarios=SCENARIOS if economies == 3 else scenarios, replications=3
    )
    study = read_study(folder)
    for language in LANGUAGES:
        memo = memo_of(study, Words(language))
        content, size, sentences = pdf_of(memo)
        assert pages_of(content) <= 2, language
        assert content.startswith(b"%PDF") and content == pdf_of(memo)[0], language
        assert size in pdf.SIZES and sentences in pdf.SENTENCES, language


def test_what_does_not_fit_is_set_smaller_then_shortened_and_says_so(memo, monkeypatch):
    _, size, sentences = pdf_of(memo)
    assert (size, sentences) == (pdf.SIZES[0], pdf.SENTENCES[0])
    longer = memo.__class__(**{**vars(memo), "made": [("", [LONG * 4] * 24)]})
    assert pdf_of(longer)[1] < size
    longest = memo.__class__(**{**vars(memo), "found": [(f"{spot}", [LONG] * 12) for spot in range(8)]})
    kept = pdf_of(longest)[2]
    assert kept < 12
    shown = longest.shortened(kept)
    assert [len(told) for heading, told in shown] == [kept] * 8 + [1]
    assert shown[-1] == ("", [f"{8 * (12 - kept)} more sentences stand in report.html."])
    monkeypatch.setattr(pdf, "PAGES", 0)
    with pytest.raises(StoreError, match="more than 0 pages"):
        pdf_of(memo)


def test_every_file_says_what_was_found(study, memo):
    picture = picture_of(memo)
    assert picture.startswith(b"\x89PNG")
    content = words_in(word_of(memo, picture, 9.5, 99))
    for _, told in bottom_line(study, Words("en")):
        assert all(plain(text) in content for text in told)
    assert plain(title_of(study, Words("en"))) in content
    assert all(plain(text) in content for text in memo.limits)
    assert "ab12" * 16 in content and memo.grid.note in content
    shown = words_on(slides_of(memo, picture))
    assert len(shown) == 5
    assert plain(memo.title) in shown[0] and memo.heads["score"] in shown[1] and memo.heads["limits"] in shown[4]
    assert all("ab12" * 16 in text for text in shown)


def test_the_same_memo_gives_the_same_bytes(memo):
    picture = picture_of(memo)
    assert picture == picture_of(memo)
    assert word_of(memo, picture, 9.0, 3) == word_of(memo, picture, 9.0, 3)
    made = slides_of(memo, picture)
    assert made == slides_of(memo, picture)
    with zipfile.ZipFile(io.BytesIO(made)) as pack:
        assert {entry.date_time for entry in pack.infolist()} == {archive.EPOCH}


def test_a_word_file_prints_on_a4_with_fonts_of_both_scripts(memo):
    made = docx.Document(io.BytesIO(word_of(memo, picture_of(memo), 9.5, 99)))
    section = made.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    with zipfile.ZipFile(io.BytesIO(word_of(memo, None, 9.5, 99))) as pack:
        styles = pack.read("word/styles.xml").decode()
    assert f'w:eastAsia="{word.EASTERN}"' in styles and f'w:eastAsia="{word.HEADS}"' in styles
    assert 'w:eastAsia="zh-CN"' in styles
    assert made.tables[0].rows[0]._tr.trPr.xpath("w:tblHeader")
    assert made.inline_shapes[0]._inline.docPr.get("descr") == memo.picture.title


def test_names_are_no_commands(tmp_path):
    names = ('#panic("read")', "*bold* [x] $x$ @ref <a> \\", "_under_ `code` {x}")
    made = [(names[0], "", "", "first", 0.0, 0.0), (names[1], names[0], "sharing: guarantee", names[1], 0.01, 0.02)]
    memo = memo_of(read_study(write_study(tmp_path / "study", packages=made, replications=3)), Words("en"))
    assert pages_of(pdf_of(memo)[0]) <= 2
    content = words_in(word_of(memo, None, 9.5, 99))
    assert names[0] in content and names[1] in content
    assert 'font-family="DejaVu Sans"' in standing_alone("<svg role='img'></svg>")


def test_signs_that_no_file_holds_are_replaced(memo):
    broken = memo.__class__(**{**vars(memo), "title": "a\x00b\x0b \ud800"})
    assert "a\N{REPLACEMENT CHARACTER}b" in words_in(word_of(broken, None, 9.5, 99))
    assert "a\N{REPLACEMENT CHARACTER}b" in words_on(slides_of(broken, None))[0]
    assert archive.printable("x\ty\n\uffff") == "x\ty\n\N{REPLACEMENT CHARACTER}"


def test_the_size_of_a_study_is_told(study):
    told = facts_of(study, Words("en"))
    assert told.startswith(
        "5 packages, 3 economies, 4 runs of each package in each economy, 60\N{EN DASH}72 months after 24 calm months"
    )
    assert "20\u202f000 borrowers" in told
    assert "ab12" * 16 in fingerprint(study, Words("en"))


def test_how_it_was_made_names_every_package_and_economy(study):
    told = dict(made_of(study, Words("en")))
    assert len(told["Packages"]) == 5 and len(told["Economies"]) == 3
    assert told["Packages"][3].startswith("`platform`, set against `closing`:")
    assert told["Packages"][0].startswith("`lenient`: ")


def test_a_study_of_many_packages_says_how_many_are_left_out(tmp_path):
    folder = write_study(tmp_path / "study", packages=packages(11), replications=3)
    told = dict(made_of(read_study(folder), Words("en")))
    assert len(told["Packages"]) == 9 and told["Packages"][-1] == "3 more stand in report.html."
    memo = memo_of(read_study(folder), Words("en"))
    assert "Shown are the first 6 of 11 packages." in memo.picture.caption
    assert "Other packages and economies stand in results.xlsx." in memo.grid.note
    assert len(memo.grid.heads) == 7


def test_limits_ask_for_what_the_study_lacks(tmp_path, study):
    told = " ".join(limits_of(study, Words("en")))
    assert "4 runs are few" in told and "study.worlds=16" in told and "`creditcycle seed=1 out=study`" in told
    study_of_many = read_study(write_study(tmp_path / "many", replications=20))
    assert "runs are few" not in " ".join(limits_of(study_of_many, Words("en")))


def test_a_chinese_memo_speaks_chinese(study):
    memo = memo_of(study, Words("zh"))
    ours = [text for _, told in memo.found for text in told] + [memo.title, memo.facts, *memo.limits, memo.grid.note]
    assert all(wide(text) for text in ours)
    assert "平稳年份" in memo.title
    said = " ".join(word for word in re.findall(r"[a-z]{4,}", plain(" ".join(ours))))
    assert not {"against", "higher", "lower", "months", "packages"} & set(said.split())
    assert wide(memo.picture.svg) and "损失率" in memo.picture.svg


def test_shipped_packages_and_economies_are_told_in_every_language(tmp_path):
    english = Words("en")
    for name in option_names("economy"):
        assert english(f"memo.economies.{name}") == meaning_of("economy", name)
    files = sorted((Path(__file__).parents[2] / "configs" / "package").glob("*.yaml"))
    assert files and all(wide(Words("zh")(f"memo.packages.{file.stem}")) for file in files)
    shipped = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["meaning"] for file in files}
    assert {name: english(f"memo.packages.{name}") for name in shipped} == shipped
    made = [("lenient", "", "", shipped["lenient"], 0.0, 0.0), ("guaranteed", "lenient", "", "my own", 0.0, 0.0)]
    told = dict(made_of(read_study(write_study(tmp_path / "study", packages=made, replications=2)), Words("zh")))
    assert told["政策方案"][0] == "`lenient`：贷款机构只设定一次额度，从不关闭额度，独自承担全部损失。"  # noqa: RUF001
    assert told["政策方案"][1].endswith("my own")


def test_a_system_without_chinese_fonts_is_named_in_one_line(memo, study, monkeypatch):
    chinese = memo_of(study, Words("zh"))
    monkeypatch.setattr(pdf, "chinese_font", lambda: "")
    assert missing_font(memo) == ""
    assert "memo.pdf shows boxes" in missing_font(chinese) and "\n" not in missing_font(chinese)
    assert list(fonts_for("plain")) == list(fonts_for("中文")) == [pdf.LATIN, pdf.OF_FIGURES]
    monkeypatch.setattr(pdf, "chinese_font", lambda: "SimSun")
    assert missing_font(chinese) == ""
    assert list(fonts_for("中文")) == [pdf.LATIN, "SimSun", pdf.OF_FIGURES]
    assert list(fonts_for("plain")) == [pdf.LATIN, pdf.OF_FIGURES]


def test_a_font_is_chosen_from_those_of_the_system(monkeypatch):
    class Fonts:
        @staticmethod
        def families():
            return ["Arial", "SimSun", "Noto Sans CJK SC"]

    monkeypatch.setattr(pdf, "_fonts", lambda system: Fonts)
    pdf.chinese_font.cache_clear()
    assert pdf.chinese_font() == "Noto Sans CJK SC"
    pdf.chinese_font.cache_clear()


def test_sentences_are_split_at_names():
    assert runs_of("`a` less `b`.") == [("a", True), (" less ", False), ("b", True), (".", False)]
    assert joined([("head", ["x `y`"])]) == [("head", [[("x ", False), ("y", True)]])]
    assert json.loads(json.dumps(runs_of("plain"))) == [["plain", False]]


def test_type_on_a_slide_is_as_large_as_fits():
    short, long = [("a", ["few words"])], [("a", [LONG] * 30)]
    assert size_for(short, 12, 5) == slides.LARGEST and size_for(long, 12, 5) < size_for(long, 12, 8)
    assert size_for([("", [LONG * 200])], 12, 5) == slides.SMALLEST
    assert size_for([("", ["中" * 900])], 12, 3) < size_for([("", ["a" * 900])], 12, 3)


# ---- the verb -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path) -> Path:
    run_study(toy_plan(replications=2, months=6), tmp_path / "study", engine=FakeModel, console=quiet())
    return tmp_path / "study"


def quiet() -> Console:
    return Console(file=io.StringIO())


def test_the_verb_writes_three_files_into_the_folder(folder, capsys):
    assert main(["memo", str(folder)]) == 0
    said = capsys.readouterr()
    assert said.out.split() == [str(folder / f"memo.{kind}") for kind in ("pdf", "docx", "pptx")] and said.err == ""
    assert pages_of((folder / "memo.pdf").read_bytes()) <= 2
    english = (folder / "memo.docx").read_bytes()
    assert "The bottom line" in words_in(english)
    assert main(["memo", str(folder), "report.language=zh"]) == 0
    assert "The bottom line" not in words_in((folder / "memo.docx").read_bytes())
    assert write_memo(folder)[0] and (folder / "memo.docx").read_bytes() == english
    assert not list(folder.glob(".*.tmp"))


@pytest.mark.parametrize("plan", [{"arms": ("lenient",), "scenarios": ("calm",), "months": 1}, {"months": 6}])
def test_one_run_has_a_memo_and_a_workbook_too(tmp_path, plan):
    run_study(toy_plan(replications=1, **plan), tmp_path / "study", engine=FakeModel, console=quiet())
    assert main(["memo", str(tmp_path / "study")]) == main(["workbook", str(tmp_path / "study")]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["memo"], "memo: needs one study folder"),
        (["workbook", "DIR", "report.language=fr"], "report.language: fr is not allowed: one of en, zh"),
        (["memo", "DIR", "report.langage=zh"], "report.langage: there is no such key; did you mean report.language?"),
        (["memo", "DIR", "seed=2"], "memo: only report.* may change"),
        (["export", "DIR", "report.language=zh"], "export: only nothing may change"),
        (["memoo", "DIR"], "did you mean memo?"),
        (["memo", "nowhere"], "nowhere: holds no study"),
        (["workbook", "nowhere"], "nowhere: holds no study"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(folder, capsys, words, said):
    before = sorted(folder.rglob("*"))
    assert main([str(folder) if word == "DIR" else word for word in words]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and said in told
    assert sorted(folder.rglob("*")) == before


def test_a_damaged_result_is_named_and_nothing_is_written(folder, capsys):
    file = sorted((folder / "results").glob("*.parquet"))[0]
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    for verb in ("memo", "workbook"):
        assert main([verb, str(folder)]) == 2
        assert file.name in capsys.readouterr().err
    assert not list(folder.glob("memo.*")) and not (folder / "results.xlsx").exists()


def test_a_missing_summary_says_which_command_makes_it(folder, capsys):
    (folder / "summary.csv").unlink()
    assert main(["memo", str(folder)]) == main(["workbook", str(folder)]) == 2
    assert capsys.readouterr().err.count("creditcycle report") == 2


@pytest.mark.parametrize("library", [*writing.NEEDED, "xlsxwriter"])
def test_a_missing_library_is_named_with_its_extra(folder, monkeypatch, capsys, library):
    def absent(module, name):
        if module.split(".")[0] == library:
            raise ExtraMissing(f"{module} is not installed: pip install 'creditcycle[{name}]', or make extras")
        return __import__(module)

    for room in ("writing", "book", "pdf", "word", "slides"):
        monkeypatch.setattr(f"sim.office.{room}.extra", absent)
    before = sorted(folder.rglob("*"))
    assert main(["workbook" if library == "xlsxwriter" else "memo", str(folder)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "creditcycle[office]" in told
    assert sorted(folder.rglob("*")) == before


def test_a_sweep_has_no_memo(folder, monkeypatch):
    monkeypatch.setattr(writing, "read_manifest", lambda _: {"design": {"axes": []}})
    with pytest.raises(StoreError, match="a sweep compares points, not packages, and has no memo"):
        write_memo(folder)
