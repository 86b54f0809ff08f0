"""Reading YAML strictly."""

import math

import pytest

from sim.config.errors import UsageError
from sim.config.userfile import read_yaml

BAD = {
    "": "is empty or no mapping",
    "- a\n": "is empty or no mapping",
    "just a text": "is empty or no mapping",
    "a: [1\n": "cannot be read as YAML",
    "a: 1\na: 2\n": "given twice",
    "a: &x 1\nb: *x\n": "references",
    "a: !!python/object/apply:os.system [ls]\n": "cannot be read as YAML",
    "a: !include x\n": "cannot be read as YAML",
    "_target_: os.system\n": "the keys of one group",
    "a: {_target_: os.system}\n": "the keys of one group",
    "hydra: {searchpath: [x]}\n": "the keys of one group",
    "hydra.callbacks: x\n": "the keys of one group",
    "defaults: [other]\n": "the keys of one group",
    "a: ${oc.env:HOME}\n": "references and resolvers",
    "a: [{b: '${hydra:runtime.cwd}'}]\n": "references and resolvers",
    "1: a\n": "the keys of one group",
    "a: 1e999\n": "a finite number",
}


@pytest.mark.parametrize("text", BAD)
def test_refused(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_yaml(path)
    assert BAD[text] in str(caught.value) and "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="is a directory"):
        read_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(UsageError, match="UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
    (tmp_path / "big.yaml").write_text("a: " + "x" * 1_100_000)
    with pytest.raises(UsageError, match="too large"):
        read_yaml(tmp_path / "big.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("10", 10),
        ("1_000", "1_000"),
        ("1_0.5", "1_0.5"),
        ("\uff11\uff10", "\uff11\uff10"),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("1.e-3", 0.001),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", "010"),
        ("0x10", "0x10"),
        ("yes", "yes"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        (".inf", ".inf"),
        ("nan", "nan"),
    ],
)
def test_a_value_is_what_it_looks_like(tmp_path, written, value):
    path = tmp_path / "mine.yaml"
    path.write_text(f"a: {written}\nb: 1\n")
    found = read_yaml(path)["a"]
    assert found == value and type(found) is type(value)
    assert not (isinstance(found, float) and not math.isfinite(found))
