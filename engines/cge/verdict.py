"""What became of a path: solved, or which condition of the model it broke.

Two conditions end paths that the equations would allow at first. Migration answers last year's wages: where labour
demand is less elastic than migration it overshoots, and the path becomes a widening cobweb. And existing capital cannot
leave its sector: where factors replace each other easily and demand shrinks, the capital of a sector ends up earning
nothing, and no equilibrium with positive rentals exists.
"""

import numpy as np
from numpy.typing import NDArray

from ..outcome import Outcome
from .economy import Floats
from .solver import TOLERANCE

# A cobweb: so many changes of investment growth, each against the one before and wider than two before, the last above
# this size.
SWINGS = 5
LEAST_SWING = 0.01
# A rental below this share of the base year in the last solved year stands for idle capital.
IDLE_RENTAL = 0.01


def classify(residual: Floats, investment: Floats, rental: Floats) -> NDArray[np.int64]:
    """Outcome of each run.

    Parameters
    ----------
    residual : (year, run) float
        Largest relative residual.
    investment : (year, region, run) float
        At base prices.
    rental : (year, cell, run) float
        Relative to the base year.
    """
    years, runs = residual.shape
    unsolved = ~(residual <= TOLERANCE)
    solved_years = np.where(unsolved.any(axis=0), unsolved.argmax(axis=0), years)
    outcome = np.full(runs, int(Outcome.SOLVED))
    for run in range(runs):
        until = int(solved_years[run])
        if _widening_cobweb(investment[:until, :, run]):
            outcome[run] = Outcome.UNSTABLE
        elif until < years:
            idle = until > 0 and rental[until - 1, :, run].min() < IDLE_RENTAL
            outcome[run] = Outcome.IDLE_CAPITAL if idle else Outcome.NO_CONVERGENCE
    return outcome


def _widening_cobweb(investment: Floats) -> bool:
    """Whether investment in a region swings up and down every year at the end of the path, further each time."""
    if len(investment) < SWINGS + 2:
        return False
    swing = np.diff(investment[1:] / investment[:-1], axis=0)[-SWINGS:]
    size = np.abs(swing)
    turning = (swing[1:] * swing[:-1] < 0.0).all(axis=0)
    widening = (size[-1] > size[-3]) & (size[-2] > size[-4]) & (size[-1] > LEAST_SWING)
    return bool((turning & widening).any())
