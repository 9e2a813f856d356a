"""The two-region recursive-dynamic general equilibrium model."""

from .build import Economy, build_engine
from .entropy import InfeasibleMatrixError

__all__ = ["Economy", "InfeasibleMatrixError", "build_engine"]
