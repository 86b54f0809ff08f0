"""Arrays and texts of the page: nothing is lost, and no text ends a script."""

import json

import numpy as np
import pytest

from sim.explorer.packing import as_json, packed, size_of, unpacked


@pytest.mark.parametrize("width", [4, 8])
def test_an_array_of_any_shape_comes_back(width):
    values = np.random.default_rng(1).normal(size=(2, 3, 5)).astype(f"<f{width}")
    values[0, 1, 2] = np.nan
    block = packed(values, width)
    assert np.array_equal(unpacked(block), values, equal_nan=True) and unpacked(block).dtype == values.dtype
    assert block["shape"] == [2, 3, 5] and size_of(block) == len(block["data"])


def test_numbers_that_are_alike_take_little_room():
    alike = packed(1e6 + np.arange(10_000.0))
    assert size_of(alike) < 4 * 10_000 / 2


def test_no_text_ends_the_script_that_it_stands_in():
    text = "</script><!--<script>&\u2028\u2029 é 宽"
    made = as_json({"name": text})
    assert not set("<>&\u2028\u2029") & set(made) and "宽" in made
    assert json.loads(made) == {"name": text}


def test_json_has_no_number_that_is_none():
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json([float("nan")])
