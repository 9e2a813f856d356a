"""The two-region recursive-dynamic general equilibrium model."""

from pathlib import Path

from ..compilation import kernel_cache

with kernel_cache(Path(__file__).parent):
    from .build import Economy, build_engine
    from .entropy import InfeasibleMatrixError

__all__ = ["Economy", "InfeasibleMatrixError", "build_engine"]
