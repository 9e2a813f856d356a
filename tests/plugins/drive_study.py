"""A driver in a process of its own, to be killed: python -m drive_study URL BACKEND UNIT_BLOCKS."""

import sys

from cordillera.cluster import backend
from cordillera.sweeps import run_study, study_from_text
from fragile_engine import study_text

if __name__ == "__main__":
    url, name, unit_blocks = sys.argv[1:]
    workers = 2 if name == "local" else None
    run_study(study_from_text(study_text(64)), url, backend(name, workers), unit_blocks=int(unit_blocks))
