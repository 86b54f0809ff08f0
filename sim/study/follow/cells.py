"""Segments of persons and firms: the dimensions that a book is told apart by, and the cell that each row is in.

A cell is one segment of every dimension at once, so that sums by cell give those by any dimension. What places a
person never changes: the thickness of the file, the sector of work, and the tenth of true income among cuts that are
the same for everybody. So all packages have the same persons in a segment. A firm keeps sector, size and region; its
product is that of its last loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS, SECTORS
from sim.loan.states import PRODUCTS

DECILES = 10
FILES = ("thick", "thin")
SIZES = ("micro", "small")
CUTS = tuple(f"income_cut_{k}" for k in range(1, DECILES))


@dataclass(frozen=True)
class Dimension:
    """What rows are told apart by: its name, and its segments in the order of the place in ``axes`` of a cell."""

    name: str
    segments: tuple[str, ...]
    axes: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Cells of one book, in the order of C over axes of these lengths, and the dimensions over them."""

    borrower: str
    shape: tuple[int, ...]
    dimensions: tuple[Dimension, ...]

    @property
    def cells(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape))

    def by(self, dimension: Dimension, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add up sums by cell, int64[cells, ...], to sums by segment of a dimension."""
        whole = sums.reshape(*self.shape, *sums.shape[1:])
        others = tuple(axis for axis in range(len(self.shape)) if axis not in dimension.axes)
        found: NDArray[np.int64] = whole.sum(axis=others).reshape(len(dimension.segments), *sums.shape[1:])
        return found


PERSONS = Layout(
    "persons",
    (len(FILES), DECILES, len(SECTORS)),
    (
        Dimension("file", FILES, (0,)),
        Dimension("income_decile", tuple(str(k) for k in range(1, DECILES + 1)), (1,)),
        Dimension("sector", SECTORS, (2,)),
        Dimension("product", PRODUCTS[:1], ()),
    ),
)


SECTOR_SIZE = Dimension(
    "sector_size", tuple(f"{sector} {size}" for sector in PRIVATE_SECTORS for size in SIZES), (0, 1)
)
FIRMS_COMPARED = Layout("firms", (len(PRIVATE_SECTORS), len(SIZES)), (SECTOR_SIZE,))
"""What a firm is from its founding to its end, so that it is in the same cell in every run."""


def layout_of_firms(regions: int) -> Layout:
    """Cells of firms; a single region is no dimension."""
    dimensions: tuple[Dimension, ...] = (SECTOR_SIZE, Dimension("product", PRODUCTS, (3,)))
    if regions > 1:
        dimensions += (Dimension("region", tuple(str(k) for k in range(1, regions + 1)), (2,)),)
    return Layout("firms", (len(PRIVATE_SECTORS), len(SIZES), regions, len(PRODUCTS)), dimensions)


def cells_of_persons(persons: Any, accounts: Any, standing: Any, first: int = 0) -> NDArray[np.int32]:
    """Cell of each person from row ``first`` on."""
    decile = np.searchsorted([standing[cut] for cut in CUTS], persons["income_permanent"][first:], side="right")
    cells = (accounts["thin_file"][first:] * DECILES + decile) * len(SECTORS) + persons["sector"][first:]
    return cells.astype(np.int32)


def cells_of_firms(firms: Any, accounts: Any, regions: int, first: int = 0) -> NDArray[np.int32]:
    """Cell of each firm from row ``first`` on, by the product of its last loan."""
    place = (firms["sector"][first:].astype(np.int32) * len(SIZES) + firms["size_class"][first:]) * regions
    return (place + firms["region"][first:]) * len(PRODUCTS) + accounts["product"][first:]


def of_product(cells: NDArray[np.int32], product: NDArray[np.int8]) -> NDArray[np.int32]:
    """Cells of firms once their last loan is of that product."""
    return cells - cells % len(PRODUCTS) + product


def compared_cells(cells: NDArray[np.int32], regions: int) -> NDArray[np.int32]:
    """Cell of each firm by sector and size alone."""
    return cells // (regions * len(PRODUCTS))
