"""The spatial growth model of Desmet, Nagy and Rossi-Hansberg (2018) with a line of transport through its world."""

from pathlib import Path

from ..compilation import kernel_cache

with kernel_cache(Path(__file__).parent):
    from . import aggregation, fine_costs, graph, grouped_costs, product  # noqa: F401
    from .build import build_engine
    from .dataset import dataset_engine
    from .engine import SpatialEngine

__all__ = ["SpatialEngine", "build_engine", "dataset_engine"]
