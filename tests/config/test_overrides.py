"""Overrides are read and written without loss."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config.overrides import Given, jobs_of, read, written

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="$"), max_size=12).filter(
    lambda text: "hydra:" not in text
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    PRINTABLE,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(VALUES)
def test_written_values_read_back(value):
    (found,) = read([f"out={{x:{written(value)}}}"])
    assert found.value == {"x": value}
    assert repr(found.value["x"]) == repr(value)


@settings(max_examples=300)
@given(PRINTABLE)
def test_any_text_can_be_an_override(text):
    (found,) = read([Given("out", (text,), False).text])
    assert found.value == text or str(found.value) == text


def test_long_values_are_written_whole():
    arms = [f"package_number_{number}" for number in range(40)]
    (found,) = read([Given("study.arms", (arms,), False).text])
    assert found.value == arms


def test_jobs_in_the_order_of_hydra():
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser

    raw = ["seed=1,2", "policy/limit=fixed,tiered", "study.months=range(1,4)", "out=x", "fund=choice(thin,strong)"]
    theirs = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(raw), None)[0]
    ours = [[entry.text for entry in job] for job in jobs_of(read(raw, several=True))]
    assert ours == theirs
