"""Two small studies with their pages, made once for all that only look."""

import pytest

from sim.explorer import points
from sim.explorer.writing import write_page
from tests.explorer.small import compared, many_points, not_fitted, swept


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    folder = compared(tmp_path_factory.mktemp("explorer") / "study")
    write_page(folder)
    return folder


@pytest.fixture(scope="session")
def sweep(tmp_path_factory):
    pytest.importorskip("sklearn", reason="needs creditcycle[analysis]: make extras")
    folder = swept(tmp_path_factory.mktemp("explorer") / "sweep")
    write_page(folder)
    return folder


@pytest.fixture(scope="session")
def large(tmp_path_factory):
    """A page of 2 000 points, forty figures and eight axes, whose emulators were not fitted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points, "emulated", not_fitted)
        return write_page(many_points(tmp_path_factory.mktemp("explorer") / "large"))
