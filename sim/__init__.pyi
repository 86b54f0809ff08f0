# What `__init__.py` imports at its first use, for those who check types.
from sim.config.compose import compose as compose
from sim.month.model import Model as Model
from sim.results.opening import open as open
from sim.results.opening import run as run
from sim.results.results import Results as Results
from sim.study.compare.by_segment import gains as gains
from sim.study.compare.by_segment import segments as segments

__version__: str
