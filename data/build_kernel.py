"""Make the costs between groups that come with a case: `python -m cordillera.data.build_kernel pacific-corridor`.

They follow from the world, the line and the region of the case. All costs of the world are solved first, once a
machine, which takes some minutes; the file has the same bytes each time on the same libraries. When a table changes it
must be made again, else it is passed over.
"""

import sys
from pathlib import Path

from ..engines import engine
from ..engines.spatial.shelf import GroupedShelf, packed
from .archive import save_archive


def build_kernel(case: str) -> Path:
    """Write the costs between groups of a case into its folder.

    Parameters
    ----------
    case : str
        A bundled case, or a folder.
    """
    shelf: GroupedShelf = engine("spatial", case).geography.open_costs  # type: ignore[attr-defined]
    save_archive(shelf.file, packed(shelf.make(_tell), shelf.identity))
    return shelf.file


def _tell(done: int, steps: int) -> None:
    sys.stderr.write(f"\r{done} of {steps}")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        build_kernel(name)
