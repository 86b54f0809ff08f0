"""The documentation site: it builds without a warning, has every page, and asks the network for nothing."""

from __future__ import annotations

import importlib.util
import logging
import re
from pathlib import Path

import pytest

mkdocs = pytest.importorskip("mkdocs", reason="make extras")
pytest.importorskip("material", reason="make extras")

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
# What a browser fetches by itself; a link that a reader follows is none.
FETCHED = re.compile(
    r"<(?:link|script|img|iframe|source|object|embed)\b[^>]*?(?:src|href|data)=\"?((?:https?:)?//[^\" >]*)"
)


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def hooks():
    return tool("site_hooks")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site in a folder, and what was warned of while it was built: links and anchors that lead nowhere among it."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    warned: list[str] = []
    listening = logging.Handler(logging.WARNING)
    listening.emit = lambda record: warned.append(record.getMessage())
    logging.getLogger("mkdocs").addHandler(listening)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))
    logging.getLogger("mkdocs").removeHandler(listening)
    return folder, warned


def test_no_link_and_no_anchor_leads_nowhere_and_every_page_is_in_the_navigation(site):
    assert site[1] == []


def test_every_page_of_docs_is_on_the_site(site):
    folder, _ = site
    for path in DOCS.rglob("*.md"):
        place = path.relative_to(ROOT).with_suffix(".html")
        assert (folder / (place.with_name("index.html") if path.name == "README.md" else place)).is_file(), place
    assert (folder / "index.html").is_file() and (folder / "examples" / "notebooks" / "first_study.py").is_file()


def test_no_page_fetches_anything(site):
    folder, _ = site
    pages = {path.relative_to(folder): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    assert len(pages) > 80
    assert {path: found for path, text in pages.items() if (found := FETCHED.findall(text))} == {}
    # The theme fetches a library for drawings of this class, and releases of a repository that is named.
    assert [path for path, text in pages.items() if 'class="mermaid"' in text or "repo_url" in text] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.css"))
    assert re.findall(r"url\(\s*[\"']?(?:https?:)?//|@import", styles) == []


@pytest.mark.slow
def test_search_finds_from_a_folder_without_a_network(site):
    from tests.explorer.browser import Browser, installed

    if not installed():
        pytest.skip("no Chromium is installed")
    browser = Browser()
    try:
        browser.size(1400, 850)
        browser.send("Page.navigate", url=(site[0] / "docs" / "fit.html").as_uri())
        browser.wait(
            "document.querySelector('[data-md-component=search-query]')?.form && document.readyState === 'complete'"
        )
        browser.run(
            "(() => { const field = document.querySelector('[data-md-component=search-query]'); field.focus();"
            " field.value = 'guarantee fund'; field.dispatchEvent(new Event('input', {bubbles: true}));"
            " field.dispatchEvent(new KeyboardEvent('keyup', {bubbles: true})); })()"
        )
        browser.wait("document.querySelectorAll('.md-search-result__item').length > 3")
        assert browser.complaints == []
        assert [address for address in browser.requests if not address.startswith(("file:", "data:", "about:"))] == []
    finally:
        browser.close()


def test_what_a_browser_would_fetch_is_seen():
    assert FETCHED.findall('<script async src="https://x.org/a.js">') == ["https://x.org/a.js"]
    assert FETCHED.findall('<link rel="x" href=//fonts.x.org/css>') == ["//fonts.x.org/css"]
    assert FETCHED.findall('<a href="https://x.org"><img src="../a.svg">') == []


def test_items_of_lists_are_indented_as_the_site_wants_them(hooks):
    page = "- one:\n\n      code\n\n  more\n- two\n\n1. first\n   goes on\n\nText\n  stays.\n"
    wide = "- one:\n\n        code\n\n    more\n\n- two\n\n1. first\n    goes on\n\nText\n  stays.\n"
    fenced = "\n```\n- code\n  stays\n```\n"
    assert hooks.with_wide_items(page + fenced) == wide + fenced
    assert hooks.on_page_markdown(page) == wide


def test_code_within_an_item_is_code_on_the_site(site):
    page = (site[0] / "CONTRIBUTING.html").read_text(encoding="utf-8")
    assert "<pre><span></span><code>python tools/planted_faults.py sharing" in page


def test_a_star_stands_for_the_pages_that_are_not_named(hooks):
    nav = [{"All": ["docs/decisions/*.md"]}, {"One": "docs/fit.md"}, {"Folder": "experiments/*.md"}]
    found = hooks.expanded(nav, {"docs/decisions/0001-libraries.md"})
    assert "docs/decisions/0002-lock-without-addresses.md" in found[0]["All"]
    assert "docs/decisions/0001-libraries.md" not in found[0]["All"]
    assert found[1:] == [{"One": "docs/fit.md"}, {"Folder": ["experiments/README.md"]}]
    assert list(hooks.named(found[1:])) == ["docs/fit.md", "experiments/README.md"]


def test_files_that_a_page_links_to_are_taken_along(hooks):
    assert "examples/notebooks/own_rule.py" in list(hooks.linked("docs/python.md"))
    assert list(hooks.linked("docs/none.md")) == []


def test_the_reference_is_up_to_date():
    for path, text in tool("reference_pages").pages().items():
        assert path.read_text(encoding="utf-8") == text, "python tools/reference_pages.py writes it anew"


def test_the_reference_has_every_group_option_and_key():
    from sim.config.commandline import VERBS
    from sim.config.describe import every_key
    from sim.config.options import GROUPS, option_names

    settings = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    missing = [key for key, _ in every_key() if f"`{key}`" not in settings]
    assert missing == []
    assert [group.name for group in GROUPS if f"## `{group.name}`\n" not in settings] == []
    assert [name for group in GROUPS for name in option_names(group.name) if f"`{name}`" not in settings] == []
    commands = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"| `{verb}` |" not in commands] == []
    # Value, what is allowed, unit, meaning and condition of a key, as it is declared.
    key = "| `policy.closing.thaw_points` | `20.0` | a number from 0 to 600 | points | give back this far above"
    assert key in settings


def test_pictures_are_small():
    pictures = list((DOCS / "pictures").iterdir())
    assert sum(path.stat().st_size for path in pictures) < 1_500_000
    shown = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "tutorials").glob("*.md"))
    assert [path.name for path in pictures if f"(../pictures/{path.name})" not in shown] == []
