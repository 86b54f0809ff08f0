"""The month as its declarations tell it: nothing left out, nothing told of what is not there."""

import inspect
from pathlib import Path

import pytest

from sim.config.compose import compose
from sim.engine.loops.stage import Stage
from sim.month.agenda import Phase, agenda
from sim.month.listing import LETS_ARRIVE, Line, _lines, first_line, lines_of
from sim.month.opening import open_firms
from sim.month.own import OwnRules
from sim.persons.arriving import ARRIVAL_STAGES

FULL = (
    *("fraud=organised", "policy/education=courses", "policy/authentication=multi_factor", "study.inclusion=true"),
    *("policy/collections=litigation", "behaviour.same_engine_share=0.5", "behaviour.block_churn=0.1"),
    *("policy/scoring=sector", "policy/approval=reviewed"),
)


@pytest.fixture(scope="module")
def lines():
    return lines_of(compose())


def by_name(lines, name, firms=False):
    (found,) = (line for line in lines if line.name == name and line.firms == firms)
    return found


@pytest.mark.parametrize("overrides", [(), ("firms=none",), FULL])
def test_every_rule_and_step_of_the_agenda_in_its_order(overrides):
    config = compose(overrides, idle=True)
    items = agenda(config, config.firms.count_among(config.population.borrowers) > 0)
    expected = [
        name
        for item in items
        for name in ([one.name for one in item.stages] if isinstance(item, Phase) else [item.__name__])
    ]
    found = [line.name for line in lines_of(config)]
    place = expected.index(LETS_ARRIVE.__name__) + 1
    assert found == [*expected[:place], *(stage.name for stage in ARRIVAL_STAGES), *expected[place:]]


def test_a_line_tells_what_the_rule_declares(lines):
    earn = by_name(lines, "earn")
    assert (earn.phase, earn.actor, earn.book) == ("people work and earn", "persons", False)
    assert "income" in earn.writes and "luck_income_noise" in {draw.replace("normal", "luck") for draw in earn.draws}
    bill = by_name(lines, "bill")
    assert bill.book and bill.actor == "loan" and bill.guards == ("alive", "principal")
    count = by_name(lines, "count_buckets")
    assert {"balance", "accounts"} <= set(count.tallies)
    persons = by_name(lines, "count_persons")
    assert "jobless" in persons.tallies


def test_what_a_rule_reads_is_told_once_and_as_one_kind(lines):
    for line in lines:
        kinds = [*line.columns, *line.numbers, *line.draws]
        assert len(set(kinds)) == len(kinds), line.name


def test_a_number_by_a_column_reads_that_column():
    def spend(cash: int, income_by_sector: float, month: int, luck_job: float) -> int:
        """Spend what the sector pays."""
        return cash

    (found,) = _lines(Phase("people spend", (Stage("spend", spend, ("cash",)),)), OwnRules())
    assert (found.columns, found.draws) == (("cash", "sector"), ("luck_job",))
    assert found.numbers == ("income_by_sector", "month")
    assert found.meaning == "Spend what the sector pays."


def test_a_step_tells_what_its_functions_name(lines):
    assert by_name(lines, "clear_trade").actor == "firms" and by_name(lines, "record_month").actor == "month"
    assert by_name(lines, "open_firms").parts == tuple(inspect.signature(open_firms).parameters)
    close = by_name(lines, "record_month")
    assert "approvals" in close.named  # named by a function that records the month
    assert close.touches("approvals") == ["names"] and close.touches("luck_job") == []


def test_every_line_says_what_it_means_and_whose_it_is(lines):
    rooms = {path.name for path in (Path(__file__).parents[2] / "sim").iterdir() if path.is_dir()}
    for line in lines:
        assert line.meaning.endswith((".", ":")) and line.actor in rooms, line


def test_ways_of_touching():
    line = Line("p", "rule", "persons", "", guards=("alive",), columns=("cash",), draws=("luck_job",), writes=("cash",))
    assert line.touches("cash") == ["reads", "writes"]
    assert line.touches("job") == line.touches("luck_job") == ["draws"]
    assert line.touches("alive") == ["skips rows by"] and line.touches("luck") == []


def test_a_rule_that_is_written_from_settings_says_so():
    assert first_line(lambda cash: cash) == "Written from settings, or from a function of yours."
