"""Cases, published results and bundled studies, as tables."""

from .case import Case, CaseError, bundled_cases, model_table, read_case

__all__ = ["Case", "CaseError", "bundled_cases", "model_table", "read_case"]
