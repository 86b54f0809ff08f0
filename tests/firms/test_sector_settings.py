import dataclasses

import numpy as np
import pytest

from sim.config.compose import compose
from sim.economy.sector_settings import PrivateSectors, SectorSettings
from sim.economy.sectors import PRIVATE_SECTORS, SECTORS


def with_sector(**changes) -> PrivateSectors:
    return PrivateSectors(technology=SectorSettings(**changes))


def test_shipped_sectors_differ_in_the_ways_that_sectors_do():
    sectors = compose().sectors
    assert sectors.check() == []
    season, margin = sectors.by_sector("season"), sectors.by_sector("margin")
    assert season.shape == (5, 12) and margin.shape == (5,)
    np.testing.assert_allclose(season.mean(axis=1), 1.0, atol=1e-12)
    spread = dict(zip(PRIVATE_SECTORS, season.max(axis=1) / season.min(axis=1), strict=True))
    assert max(spread, key=spread.get) == "agriculture" and spread["agriculture"] > 5.0
    assert all(spread[name] < 1.5 for name in ("manufacturing", "wholesale_retail", "internet_services", "technology"))
    assert season[SECTORS.index("wholesale_retail")].argmax() == 0  # New Year and Spring Festival
    assert season[SECTORS.index("agriculture"), 8:11].sum() > 0.55 * 12
    assert sectors.technology.research_share == sectors.by_sector("research_share").max()
    assert sectors.internet_services.observability == sectors.by_sector("observability").max()
    assert (sectors.by_sector("fixed_share") > 0.0).all()


def test_one_number_of_every_sector_stands_in_the_order_of_sectors_and_cannot_be_written():
    margins = compose(["sectors.agriculture.margin=0.2"]).sectors.by_sector("margin")
    assert SECTORS[: len(margins)] == PRIVATE_SECTORS
    assert margins[SECTORS.index("agriculture")] == 0.2
    with pytest.raises(ValueError, match="read-only"):
        margins[0] = 1.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"season": (1.0,) * 11}, "sectors.technology.season: 11 numbers, must be 12 (January to December)"),
        ({"season": (1.0,) * 13}, "sectors.technology.season: 13 numbers, must be 12 (January to December)"),
        ({"season": (*(1.0,) * 11, 1.1)}, "sectors.technology.season: mean is 1.00833333, must be 1 within 1e-06"),
        ({"margin": 0.5, "input_share": 0.6}, "wage_share, research_share and margin sum to 1.35, must be at most 1"),
    ],
)
def test_a_season_or_shares_that_do_not_add_up_are_one_line(changes, says):
    (line,) = with_sector(**changes).check()
    assert says in line


def test_a_mean_within_rounding_and_shares_of_exactly_one_are_taken():
    assert with_sector(season=(*(1.0,) * 11, 1.0 + 1e-6)).check() == []
    assert with_sector(margin=0.1, input_share=0.7, wage_share=0.1, research_share=0.1).check() == []


def test_every_field_can_be_set_by_name():
    for field in dataclasses.fields(SectorSettings):
        if field.name != "season":
            low = field.metadata["setting"].low
            sectors = compose([f"sectors.technology.{field.name}={low}"]).sectors
            assert getattr(sectors.technology, field.name) == low
