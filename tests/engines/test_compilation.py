"""Where compiled kernels are kept."""

import os
import subprocess
import sys
from pathlib import Path

KERNEL = """
import numpy as np
from cordillera.engines.cge.kernel import raise_to
from cordillera.engines.lanes import LANES

out = np.empty((1, LANES))
raise_to(np.full((1, LANES), 4.0), 0.5, out)
print(out[0, 0], raise_to.stats.cache_path)
"""


def kernel_under(home: Path, temporary: Path) -> list[str]:
    """What a process with this home finds, and where it has kept the kernel."""
    temporary.mkdir()
    hidden = {"XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "LOCALAPPDATA"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(temporary), "TEMP": str(temporary)}
    done = subprocess.run([sys.executable, "-c", KERNEL], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split()


def test_without_a_cache_that_can_be_written_a_process_compiles_for_itself(tmp_path: Path) -> None:
    home = tmp_path / "a-file"
    home.write_text("no home")
    found, place = kernel_under(home, tmp_path / "temporary")
    assert float(found) == 2.0
    assert Path(place).is_relative_to(tmp_path / "temporary")
    assert list((tmp_path / "temporary").iterdir()) == []
