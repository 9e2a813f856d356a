"""How technology grows: firms innovate where there are many people, and what they find spreads.

Desmet, Nagy and Rossi-Hansberg (2018), equations (8), (12) and (13). Arrays are (location, lane).
"""

import numpy as np
from numpy.typing import NDArray

from .locations import cell_mean
from .parameters import Parameters

Floats = NDArray[np.float64]


def log_innovation(p: Parameters, log_density: Floats) -> Floats:
    """Logarithm of the innovation phi of firms, (12) and (13)."""
    return (np.log(p.gamma1 / (p.nu * (p.mu * p.xi + p.gamma1))) + log_density) / p.xi


def log_technology_next(p: Parameters, log_technology: Floats, log_density: Floats, cells: Floats) -> Floats:
    """Logarithm of tau a year later, (8): own innovation, and a part of the mean technology of all cells."""
    mean = np.log(cell_mean(np.exp(log_technology), cells))
    return p.theta * p.gamma1 * log_innovation(p, log_density) + (1.0 - p.gamma2) * mean + p.gamma2 * log_technology
