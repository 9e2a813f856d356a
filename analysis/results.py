"""A store with its analyses as methods: what `cordillera.run` and `cordillera.open` return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import pandas as pd
import xarray as xr

from ..engines import Engine
from ..sweeps.store import Store
from .bands import QUANTILES, bands, moments
from .claims import ClaimResult, claims
from .convergence import convergence
from .headline import headline_table
from .health import health, provenance
from .indices import DEFAULT_SEED, sobol
from .screening import delta, fast, main_effects, morris, pawn


@final
@dataclass(frozen=True)
class Results:
    """A sweep and what can be asked of it.

    Each method is the function of the same name in `cordillera.analysis`, which documents it.

    Parameters
    ----------
    store : Store
        The sweep, finished or not.

    Examples
    --------
    >>> results = Results(store)  # doctest: +SKIP
    >>> results.sobol("gdp_growth", relative_to="baseline")["total"]  # doctest: +SKIP
    """

    store: Store

    def output(self, name: str) -> xr.DataArray:
        """One output, (scenario, draw, ...)."""
        return self.store.output(name)

    def sobol(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 100,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Sobol indices of an output by factor and scenario."""
        return sobol(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def bands(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        quantiles: Sequence[float] = QUANTILES,
    ) -> xr.DataArray:
        """Quantiles of an output or of its difference from a scenario."""
        return bands(self.store, output, relative_to=relative_to, select=select, quantiles=quantiles)

    def moments(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
    ) -> xr.DataArray:
        """Mean and standard deviation of an output or of its difference from a scenario."""
        return moments(self.store, output, relative_to=relative_to, select=select)

    def convergence(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 100,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Sobol indices over a quarter, half and all of the base points."""
        return convergence(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def morris(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 100,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Elementary effects of a Morris design."""
        return morris(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def delta(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 10,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Moment-independent importance, from any design."""
        return delta(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def pawn(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 100,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Distances between conditional distributions, from any design."""
        return pawn(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def fast(
        self,
        output: str,
        *,
        relative_to: str | None = None,
        select: Mapping[str, object] | None = None,
        resamples: int = 100,
        seed: int = DEFAULT_SEED,
    ) -> xr.Dataset:
        """Indices of a FAST design."""
        return fast(self.store, output, relative_to=relative_to, select=select, resamples=resamples, seed=seed)

    def main_effects(
        self, output: str, *, relative_to: str | None = None, select: Mapping[str, object] | None = None
    ) -> xr.Dataset:
        """Main effects of a factorial design."""
        return main_effects(self.store, output, relative_to=relative_to, select=select)

    def claims(self, *, resamples: int = 100, seed: int = DEFAULT_SEED) -> list[ClaimResult]:
        """How often each claim of the study holds, and what turns it."""
        return claims(self.store, resamples=resamples, seed=seed)

    def headlines(self, engine: Engine | None = None) -> pd.DataFrame:
        """The published headlines beside the model's central value and band."""
        return headline_table(self.store, engine or self.store.study.build_engine())

    def health(self) -> pd.DataFrame:
        """Runs by outcome and scenario."""
        return health(self.store)

    def provenance(self) -> dict[str, str]:
        """Where the numbers come from."""
        return provenance(self.store)
