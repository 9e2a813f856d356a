"""Numbered matrices made beforehand: structural uncertainty as a factor of a sweep."""

from collections.abc import Callable
from dataclasses import dataclass

from ...data import read_case
from ..entry import table, whole_number
from .build import Economy
from .entropy import InfeasibleMatrixError
from .matrix import SocialAccountingMatrix
from .settings import read_settings
from .shipped import StoredMatrices, cache_file, load_stored, save

# A noise that leaves fewer feasible numbers than one in so many is too strong.
MOST_TRIED, LEAST_TRIED = 5, 20
USUAL_NUMBER = 200
_SAVE_EVERY = 25


@dataclass(frozen=True, slots=True)
class DrawnMatrices:
    """What `draw_matrices` leaves.

    Parameters
    ----------
    numbers : tuple of int
        Numbers that have a balanced matrix, without the central one, which is 0.
    infeasible : dict of int to str
        Numbers below the last of these that have none, each with the constraint that stays open.
    made : int
        How many were not there before.
    file : str
        Where they are kept.
    """

    numbers: tuple[int, ...]
    infeasible: dict[int, str]
    made: int
    file: str


def draw_matrices(
    case: str,
    count: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    parameters: str | None = None,
) -> DrawnMatrices:
    """Balance numbered matrices from noisy priors into the user's cache, where the factor `matrix` finds them.

    Number n is the same matrix whenever and wherever it is drawn. Numbers whose priors meet no matrix, or whose base
    year cannot be calibrated, are passed over.

    Parameters
    ----------
    case : str
        A bundled case, a folder or a workbook.
    count : int, optional
        How many balanced matrices there shall be; `available` of the case's table `noise` if left out.
    progress : callable, optional
        Called with the matrices that there are and those wanted.
    parameters : str, optional
        A parameter set of the case; the default set if left out.

    Raises
    ------
    CaseError
        If the case has faults or no `noise`.
    InfeasibleMatrixError
        If almost no number has a matrix.
    """
    loaded = read_case(case)
    economy = Economy(loaded, read_settings(loaded, parameters, {}))
    economy.numbered_priors(1)
    noise = table(loaded.meta, "noise")
    stated = whole_number(noise, "available") if "available" in noise else USUAL_NUMBER
    wanted = stated if count is None else count
    if wanted < 1:
        raise ValueError(f"The number of matrices must be at least 1, not {wanted}.")
    stored = load_stored(loaded.folder, economy.matrix_identity)
    file = cache_file(economy.matrix_identity)
    known = set(stored.matrices) | set(stored.infeasible)
    drawn = fill(economy, stored, wanted, progress, lambda so_far: save(file, so_far))
    last = _last(drawn, wanted)
    return DrawnMatrices(
        tuple(number for number in drawn.numbers if 0 < number <= last),
        {number: drawn.infeasible[number] for number in sorted(drawn.infeasible) if number <= last},
        len(set(drawn.matrices) - known - {0}),
        str(file),
    )


def fill(
    economy: Economy,
    stored: StoredMatrices,
    wanted: int,
    progress: Callable[[int, int], None] | None = None,
    keep: Callable[[StoredMatrices], None] | None = None,
) -> StoredMatrices:
    """Matrix 0 and the first `wanted` feasible numbers, those already stored left as they are.

    `keep` is called now and then, and at the end, with what there is.
    """
    matrices, infeasible = dict(stored.matrices), dict(stored.infeasible)
    number, found, unsaved = 0, -1, 0
    while found < wanted:
        if number not in matrices and number not in infeasible:
            outcome = attempt(economy, number)
            unsaved += 1
            if isinstance(outcome, str):
                infeasible[number] = outcome
            else:
                matrices[number] = outcome
        found += number in matrices
        if number >= MOST_TRIED * wanted + LEAST_TRIED:
            message = (
                f"Of {number} numbered matrices of {economy.case.name} only {found} are feasible. Lower noise.spread. "
                f"The last fault: {infeasible[max(infeasible)]}"
            )
            raise InfeasibleMatrixError(message)
        number += 1
        if progress is not None and found > 0:
            progress(found, wanted)
        if keep is not None and unsaved and (unsaved >= _SAVE_EVERY or found == wanted):
            keep(StoredMatrices(economy.matrix_identity, matrices, infeasible))
            unsaved = 0
    return StoredMatrices(economy.matrix_identity, matrices, infeasible)


def attempt(economy: Economy, number: int) -> SocialAccountingMatrix | str:
    """The balanced matrix of a number whose base year can be calibrated, or why there is none.

    Raises
    ------
    InfeasibleMatrixError
        If it is the central one that cannot be had.
    """
    try:
        matrix = economy.balanced(number)
        economy.calibrated(matrix)
    except InfeasibleMatrixError as error:
        if number == 0:
            raise
        return str(error)
    return matrix


def _last(stored: StoredMatrices, wanted: int) -> int:
    """The number of the last matrix that was wanted."""
    return [number for number in stored.numbers if number > 0][wanted - 1]
