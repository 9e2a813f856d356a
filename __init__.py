"""Cordillera: run a policy model thousands of times and see how far its headline results can be trusted."""

from .engines import Scenario, Shock, engine

__all__ = ["Scenario", "Shock", "engine"]
__version__ = "0.1.0"
