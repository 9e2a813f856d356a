"""How often each claim of a study holds, and which assumption turns it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

from ..engines import Outcome
from ..sweeps.claim import Claim
from ..sweeps.distribution import Choice
from ..sweeps.factor import index_names
from .box import Box, find_box
from .flip import Flip, smallest_flip
from .indices import DEFAULT_SEED, column_indices
from .sample import SweepResults, independent_rows, is_sample, sampling_weights, whole_blocks

_COUNTED = "Counted over the points of the design, which are no sample."
_BOUNDED = f"{_COUNTED[:-1]}; the bounds count every failed point against, or for, the claim."
_NO_SAMPLE = (
    "The points of a quadrature give means and spreads, not how often something holds; use a Sobol or Latin design."
)


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """How often a claim holds over the independent draws, and what decides it.

    Parameters
    ----------
    claim : str
        Name of the claim.
    share : float
        Share of the draws with a verdict in which it holds; NaN if there are none.
    low, high : float
        Wilson interval of the share, its lower end with every failed draw counted against the claim, its upper end
        with every failed draw counted for it. Of a grid or a factorial design, whose points are no sample, the share
        itself with the failed points counted so.
    rows : int
        Independent draws with a verdict.
    failed : int
        Independent draws that ran and left no verdict.
    missing : int
        Independent draws not run yet.
    carried_by : str
        The factor (or group) with the largest total-order index of the claim's indicator; empty where the design has
        no such indices, or where the claim holds in all draws or in none.
    total, total_confidence : mapping of str to float
        Total-order indices of the indicator by factor, with the half-width of their interval.
    dropped : int
        Blocks left out of the indices for a failed run.
    flip : Flip, optional
        The smallest change of one factor that turns the verdict.
    box : Box, optional
        Where it fails; where it holds, if that is the rarer case.
    note : str
        Why there is no result, or what its bounds are where they are no interval.
    """

    claim: str
    share: float
    low: float
    high: float
    rows: int
    failed: int
    missing: int = 0
    carried_by: str = ""
    total: Mapping[str, float] = field(default_factory=dict)
    total_confidence: Mapping[str, float] = field(default_factory=dict)
    dropped: int = 0
    flip: Flip | None = None
    box: Box | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A claim in every draw of a design: whether it `holds`, whether that is `known`, whether its runs were made."""

    holds: NDArray[np.bool_]
    known: NDArray[np.bool_]
    run: NDArray[np.bool_]


def claims(
    store: SweepResults,
    claims: Sequence[Claim] | None = None,
    *,
    resamples: int = 100,
    seed: int = DEFAULT_SEED,
    level: float = 0.95,
) -> list[ClaimResult]:
    """The study's claims, or others, judged on a store.

    Shares and boxes are over independent draws only: the crossed rows of a Saltelli block repeat the values of its
    first and last row. The points of a grid are counted, without an interval; those of a quadrature give no shares.

    Parameters
    ----------
    store : Store
        A sweep of any design; indices and flips need a Sobol design.
    claims : sequence of Claim, optional
        Those of the study if left out.
    resamples, seed : int
        Of the confidence of the indices.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    list of ClaimResult
        In the order of the claims. A claim on something that the store has not kept has a `note` instead of numbers.
    """
    wanted = store.study.claims if claims is None else claims
    if sampling_weights(store) is not None:
        return [_without(claim, _NO_SAMPLE) for claim in wanted]
    outcome = store.outcome()
    arrays: dict[str, xr.DataArray] = {}
    results = []
    for claim in wanted:
        lacking = _lacking(store, claim, outcome)
        if lacking:
            results.append(_without(claim, lacking))
            continue
        for name in claim.outputs_needed:
            if name not in arrays:
                arrays[name] = store.output(name)
        results.append(_judge(store, claim.name, verdicts(claim, arrays, outcome), resamples, seed, level))
    return results


def verdicts(claim: Claim, arrays: Mapping[str, xr.DataArray], outcome: xr.DataArray) -> Verdicts:
    """A claim in every draw; a run that did not solve leaves its draw without a verdict, whatever numbers it left."""
    needed = list(claim.scenarios_needed)
    states = outcome.sel(scenario=needed)
    solved = states == Outcome.SOLVED
    dataset = xr.Dataset({name: arrays[name].sel(scenario=needed).where(solved) for name in claim.outputs_needed})
    verdict = claim.holds(dataset)
    known = verdict.known.values
    return Verdicts(verdict.holds.values & known, known, (states != Outcome.NOT_RUN).all("scenario").values)


def wilson(successes: float, rows: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a share.

    Parameters
    ----------
    successes : float
        How many of `rows`.
    rows : int
        Independent draws; 0 gives the interval (0, 1).
    level : float
        Confidence level.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 3), round(high, 3)
    (0.49, 0.943)
    """
    if rows == 0:
        return 0.0, 1.0
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    share = successes / rows
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = math.sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    # Exact where all or none hold, where the sum would be off by its rounding.
    low = max(middle - half, 0.0) if successes > 0 else 0.0
    return low, min(middle + half, 1.0) if successes < rows else 1.0


def _without(claim: Claim, note: str) -> ClaimResult:
    return ClaimResult(claim.name, math.nan, math.nan, math.nan, 0, 0, note=note)


def _lacking(store: SweepResults, claim: Claim, outcome: xr.DataArray) -> str:
    """What a claim needs and the store has not kept, in words."""
    outputs = [name for name in claim.outputs_needed if name not in store.study.outputs]
    known = {str(name) for name in outcome["scenario"].values}
    scenarios = [name for name in claim.scenarios_needed if name not in known]
    parts = [f"the output {name!r}" for name in outputs] + [f"the scenario {name!r}" for name in scenarios]
    if not parts:
        return ""
    return f"The store has not kept {' and '.join(parts)}; add it to the study and run it into a new store."


def _judge(store: SweepResults, name: str, verdict: Verdicts, resamples: int, seed: int, level: float) -> ClaimResult:
    used = independent_rows(store)
    holds, known, run = verdict.holds[used], verdict.known[used], verdict.run[used]
    rows, failed, successes = int(known.sum()), int((run & ~known).sum()), int(holds.sum())
    low, high = successes, successes + failed
    sampled = is_sample(store)
    result = ClaimResult(
        claim=name,
        share=successes / rows if rows else math.nan,
        low=wilson(low, rows + failed, level)[0] if sampled else low / max(rows + failed, 1),
        high=wilson(high, rows + failed, level)[1] if sampled else high / max(rows + failed, 1),
        rows=rows,
        failed=failed,
        missing=int((~run).sum()),
        box=_box(store, used[known], verdict.holds),
        note="" if sampled else _BOUNDED if failed else _COUNTED,
    )
    if store.study.design.method != "sobol":
        return result
    return _explained(store, result, verdict, resamples, seed, level)


def _box(store: SweepResults, rows: NDArray[np.intp], holds: NDArray[np.bool_]) -> Box | None:
    """Where the claim fails, or where it holds if that is the rarer case."""
    if not len(rows):
        return None
    rarer = "holds" if 2 * holds[rows].sum() < len(rows) else "fails"
    cases = holds[rows] if rarer == "holds" else ~holds[rows]
    names = [factor.name for factor in store.study.factors]
    unordered = [isinstance(factor.distribution, Choice) for factor in store.study.factors]
    return find_box(names, store.design().values[rows], cases, unordered=unordered, name=rarer)


def _explained(
    store: SweepResults, result: ClaimResult, verdict: Verdicts, resamples: int, seed: int, level: float
) -> ClaimResult:
    """The result with the indices of the indicator and the smallest change that turns it."""
    blocks = whole_blocks(store, verdict.known)
    dropped = int((whole_blocks(store, verdict.run) & ~blocks).sum())
    ends = verdict.holds.reshape(len(blocks), -1)[blocks][:, [0, -1]]
    if not len(ends) or ends.all() or not ends.any():
        return replace(result, dropped=dropped, flip=smallest_flip(store, verdict.holds, verdict.known))
    indicator = verdict.holds.astype(np.float64)[:, None]
    found = column_indices(store, indicator, verdict.known, resamples=resamples, seed=seed, level=level)
    names = index_names(store.study.factors)
    total = {name: float(value) for name, value in zip(names, found.total[:, 0], strict=True)}
    spread = {name: float(value) for name, value in zip(names, found.total_confidence[:, 0], strict=True)}
    return replace(
        result,
        carried_by=max(total, key=lambda name: np.nan_to_num(total[name], nan=-1.0)),
        total=total,
        total_confidence=spread,
        dropped=dropped,
        flip=smallest_flip(store, verdict.holds, verdict.known),
    )
