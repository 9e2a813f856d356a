"""What a store says: indices, bands, claims and the report."""

from .bands import bands, moments
from .claims import ClaimResult, claims
from .convergence import convergence, widest_interval
from .headline import headline_table
from .health import failed_share, health, provenance
from .indices import sobol
from .results import Results
from .sample import AnalysisError
from .screening import delta, fast, main_effects, morris, pawn

__all__ = [
    "AnalysisError",
    "ClaimResult",
    "Results",
    "bands",
    "claims",
    "convergence",
    "delta",
    "failed_share",
    "fast",
    "headline_table",
    "health",
    "main_effects",
    "moments",
    "morris",
    "pawn",
    "provenance",
    "sobol",
    "widest_interval",
]
