"""Imported once by the process that workers of this machine are forked from: whatever none of them can do without.

Numba reads all types and functions that it knows when a compiled function is called for the first time; here that
happens before there are workers.
"""

import numpy as np

from ..engines import spatial
from ..engines.cge.kernel import raise_to
from ..engines.lanes import LANES
from . import plugin

raise_to(np.ones((1, LANES)), 1.0, np.empty((1, LANES)))

__all__ = ["plugin", "spatial"]
