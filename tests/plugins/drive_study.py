"""A driver in a process of its own, to be killed: python -m drive_study URL BACKEND UNIT_BLOCKS.

`FRAGILE_RUN_LIMIT`: seconds that a run may hang.
"""

import os
import signal
import sys

import wrong_clock  # isort: skip
from cordillera.cluster import backend
from cordillera.sweeps import Progress, run_study, study_from_text
from fragile_engine import study_text

if __name__ == "__main__":
    # As in a terminal, also where the tests run in the background and interrupts are ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wrong_clock.spread()
    url, name, unit_blocks = sys.argv[1:]
    workers = 2 if name == "local" else None
    told: list[Progress] = []
    run_study(
        study_from_text(study_text(64)),
        url,
        backend(name, workers),
        progress=told.append,
        unit_blocks=int(unit_blocks),
        run_limit=float(os.environ.get("FRAGILE_RUN_LIMIT", "600")),
    )
    assert all(state.done <= state.runs for state in told), "a run was counted twice"
    assert told[-1].done == told[-1].runs, told[-1]
