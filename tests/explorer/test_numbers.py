"""What the page computes, run by Node beside Python: arrays, months, intervals, emulators, numbers and tables."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.explorer.emulator import Emulator, emulated, placed
from sim.explorer.packing import packed
from tests.explorer.small import made_up

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="no Node is installed")
NUMBERS = Path(sim.__file__).parent / "explorer" / "page" / "numbers.js"


def node(script: str, **given):
    """What a script returns that knows `Numbers` and what is given, arrays unpacked."""
    program = (
        f"const Numbers = require({json.dumps(str(NUMBERS))});"
        f"Numbers.unpackAll({json.dumps(given)}).then((given) => {{"
        f" const found = (() => {{ {script} }})(); process.stdout.write(JSON.stringify(found)); }});"
    )
    made = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


def data_of(folder):
    page = (folder / "explore.html").read_text(encoding="utf-8")
    return json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])


def test_an_array_comes_back_bit_for_bit():
    values = np.array([[0.1, -2.5e9, 3e-20], [math.inf, 1.0, 7.25]], np.float32)
    found = node(
        "return {shape: given.block.shape, bits: [...new Uint32Array(given.block.values.buffer)]};",
        block=packed(values),
    )
    wide = node("return [...given.block.values];", block=packed([0.1, -2.5e300], 8))
    assert wide == [0.1, -2.5e300]
    assert found["shape"] == [2, 3] and found["bits"] == values.view(np.uint32).ravel().tolist()


def test_every_figure_and_difference_of_the_summary_comes_out_of_the_page(study):
    """Levels and differences to the parent with their intervals, all months, as summary.csv has them."""
    data = data_of(study)
    summary = pd.read_csv(study / "summary.csv", na_values="n/a").set_index(["arm", "scenario", "metric"])
    found = node(
        """const {data} = given, cube = data.cubes.months, all = [], names = data.packages.map((one) => one.name);
        data.packages.forEach((one) => data.economies.forEach((economy, scenario) => cube.figures.forEach((figure) => {
          const runs = (name) => Numbers.runs(cube, figure, [0, scenario, names.indexOf(name)], 0, cube.times - 1);
          const level = Numbers.interval(runs(one.name), data.quantiles);
          const gaps = one.parent && Numbers.paired(runs(one.name), runs(one.parent));
          const gap = gaps ? Numbers.interval(gaps, data.quantiles) : null;
          all.push([one.name, economy.name, figure.name, level, gap]);
        })));
        return all;""",
        data=data,
    )
    compared = 0
    for arm, scenario, figure, level, gap in found:
        if figure == "loss_rate":
            continue
        row = summary.loc[(arm, scenario, figure)]
        assert level["mean"] == pytest.approx(row["mean"], rel=1e-5)
        assert level["half"] == pytest.approx((row["high"] - row["low"]) / 2, rel=1e-4, abs=1e-9)
        if gap:
            assert gap["mean"] == pytest.approx(row["difference"], rel=1e-4, abs=1e-9)
            assert gap["half"] == pytest.approx(
                (row["difference_high"] - row["difference_low"]) / 2, rel=1e-3, abs=1e-9
            )
            compared += 1
    assert compared > 40


def test_months_combine_by_their_base_alike_or_as_the_last_one():
    found = node(
        """const nan = NaN, values = [1, nan, 3, 4], weights = [1, 5, 0, 2];
        return ["pooled", "mean", "last"].map((how) => [
          Numbers.combine(values, weights, how, 0, 3), Numbers.combine(values, weights, how, 1, 2),
          Numbers.combine(values, weights, how, 1, 1)]);"""
    )
    assert found == [[3.0, None, None], [pytest.approx(8 / 3), 3.0, None], [4.0, 3.0, None]]


def test_an_interval_needs_two_runs_and_a_difference_both_sides():
    found = node(
        """const q = [12.7062, 4.3027];
        return [Numbers.interval([1, 3], q), Numbers.interval([5], q), Numbers.interval([], q),
          Numbers.interval(Numbers.paired([3, 4, NaN], [1, 1, 1]), q)];"""
    )
    assert found[0] == {"mean": 2, "half": pytest.approx(12.7062), "count": 2}
    assert found[1] == {"mean": 5, "half": None, "count": 1} and found[2]["mean"] is None
    assert found[3] == {"mean": 2.5, "half": pytest.approx(12.7062 * 0.5), "count": 2}


def test_the_page_answers_as_python_does():
    """One figure, axes of numbers, equal ratios and options, at points that no fit has seen."""
    pytest.importorskip("sklearn", reason="needs creditcycle[analysis]: make extras")
    luck = np.random.default_rng(4)
    axes = [
        {"key": "a", "options": [], "low": 2.0, "high": 5.0, "log": False},
        {"key": "b", "options": [], "low": 0.01, "high": 1.0, "log": True},
        {"key": "c", "options": ["no", "yes", "often"], "low": 0.0, "high": 1.0, "log": False},
    ]
    points = np.column_stack([2 + 3 * luck.random(40), 10 ** (-2 * luck.random(40)), luck.integers(0, 3, 40)])
    places = np.column_stack([placed(points[:, place], axis) for place, axis in enumerate(axes)])
    places = places.astype(np.float32).astype(float)
    figure = 100 + np.sin(points[:, 0]) + np.log(points[:, 1]) + 2 * (points[:, 2] == 1)
    about = emulated(places, figure)
    asked = np.column_stack([2 + 3 * luck.random(7), 10 ** (-2 * luck.random(7)), luck.integers(0, 3, 7)])
    said = node(
        "return given.asked.map((one) => Numbers.answer(given.about, given.places, Numbers.placed(given.axes, one)));",
        about=about, places=packed(places), axes=axes, asked=asked.tolist(),
    )  # fmt: skip
    here = Emulator(places, figure)(np.column_stack([placed(asked[:, place], axis) for place, axis in enumerate(axes)]))
    assert said == pytest.approx(here, rel=1e-9)
    truth = 100 + np.sin(asked[:, 0]) + np.log(asked[:, 1]) + 2 * (asked[:, 2] == 1)
    assert said == pytest.approx(truth, abs=0.3)


def test_what_would_make_an_emulator_better_is_the_larger_part_of_its_error():
    given = [(0.96, 0.97), (0.9, 0.95), (0.9, 0.951), (0.9, 1.0), (0.5, None)]
    script = "return given.all.map(([r2, allowed]) => Numbers.limit({r2, allowed}));"
    assert node(script, all=given) == ["none", "runs", "points", "points", "unknown"]


def test_a_value_at_an_end_that_was_rounded_lies_in_a_field():
    script = "return [0.3 - 1e-9, 0.3, 0.41, 0.6, 0.7 + 1e-9].map((value) => Numbers.fieldOf(value, 0.3, 0.1, 4));"
    assert node(script) == [0, 0, 1, 2, 3]


def test_numbers_are_written_with_the_digits_of_their_error():
    found = node(
        """const figure = {factor: 100, decimals: 2};
        const {withError, written} = Numbers;
        return [
          withError(-0.0042, 0.0010, figure, true), withError(0.5, NaN, figure), withError(12345.678, 210, figure),
          written(-0.001, 2), written(1234567.5, 1, true), withError(0, 0, figure, true), written(NaN, 2)];"""
    )
    assert found == [
        "\u22120.42 ± 0.10", "50.00", "1\u202f234\u202f568 ± 21\u202f000", "0.00",
        "+1\u202f234\u202f567.5", "0.00 ± 0.00", "n/a",
    ]  # fmt: skip


def test_a_table_computes_nothing_in_a_spreadsheet():
    found = node("return Numbers.csv([['a,b', '=1+1', 'say \"x\"'], [1.5, NaN, '@x']]);")
    assert found == '"a,b",\'=1+1,"say ""x"""\n1.5,,\'@x\n'


def test_a_blank_is_filled_and_an_unknown_one_stays():
    assert node("return Numbers.fill('{a} of {b} {a}', {a: 1});") == "1 of {b} 1"


def test_made_up_figures_are_smooth():
    places, figure = made_up(50, 3)
    assert places.shape == (50, 3) and float(np.ptp(figure)) > 0.5
