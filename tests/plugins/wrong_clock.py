"""A clock that is wrong by `CLOCK_OFFSET` seconds, in a process that imports this first and calls `spread` last.

Only the time of day is: the monotonic clock is not, nor are the times of files, which the disk keeps.
"""

import os
import sys
import time
from datetime import datetime, timedelta, tzinfo

_OFFSET = float(os.environ.get("CLOCK_OFFSET", "0"))
_right_time = time.time
time.time = lambda: _right_time() + _OFFSET


class _WrongTime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + timedelta(seconds=_OFFSET)


def spread() -> None:
    """Have every module of the package ask this clock."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cordillera") and vars(module).get("datetime") is datetime:
            vars(module)["datetime"] = _WrongTime
