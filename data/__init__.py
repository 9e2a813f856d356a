"""Cases, published results and bundled studies, as tables."""

from .case import Case, bundled_cases, case_engine, read_case
from .fault import CaseError, Fault
from .layout import model_table

__all__ = ["Case", "CaseError", "Fault", "bundled_cases", "case_engine", "model_table", "read_case"]
