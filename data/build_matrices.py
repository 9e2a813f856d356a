"""Balance the numbered matrices that come with a bundled case: `python -m cordillera.data.build_matrices peru-2002`.

The matrices follow from the tables of the case and its `noise`, under its default parameter set; their number is
`noise.shipped`. The file has the same bytes each time on the same libraries. When a table changes it must be made
again, else it is passed over.
"""

import sys

from ..engines.cge.build import Economy
from ..engines.cge.drawn import fill
from ..engines.cge.settings import read_settings
from ..engines.cge.shipped import FILE, StoredMatrices, save
from ..engines.entry import table, whole_number
from .case import read_case


def build_matrices(case: str) -> StoredMatrices:
    """Write the central and the shipped matrices of a case into its folder.

    Parameters
    ----------
    case : str
        A bundled case, or a folder.
    """
    loaded = read_case(case)
    economy = Economy(loaded, read_settings(loaded, None, {}))
    stored = fill(
        economy, StoredMatrices(economy.matrix_identity), whole_number(table(loaded.meta, "noise"), "shipped")
    )
    save(loaded.folder / FILE, stored)
    return stored


if __name__ == "__main__":
    for name in sys.argv[1:]:
        build_matrices(name)
