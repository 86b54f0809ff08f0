from pathlib import Path

from validation.scenarios import page

ROOT = Path(__file__).parents[2]


def test_the_page_says_what_the_configurations_do():
    written = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m validation.scenarios > docs/scenarios.md"
