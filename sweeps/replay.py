"""One draw of a store, solved again and set beside what the store holds."""

from os import PathLike

import xarray as xr

from ..engines import Draws, Outcome
from . import schema
from .design import sample
from .hierarchy import open_store


def replay(url: str | PathLike[str], draw: int) -> xr.Dataset:
    """Solve one draw of a store again, under all its scenarios.

    Parameters
    ----------
    url : str or path
        The store, which is only read.
    draw : int
        Row of the design, counted from 0.

    Returns
    -------
    xarray.Dataset
        The outputs with dimensions (scenario, ...) and `outcome`, `residual`, `iterations` (scenario); `value` (factor)
        is the draw. Each output has the attribute `same_bits`: 1 or 0, or -1 where the store has no such run yet. The
        attribute `changed` lists what of the study decides other numbers now than when the store was made.

    Raises
    ------
    IndexError
        If the design has no such row.
    DamagedStoreError
        If the stored numbers are lost or torn.
    """
    store = open_store(url)
    if not 0 <= draw < store.layout.rows:
        message = f"The store at {store.url} has no draw {draw}. It has draws 0 to {store.layout.rows - 1}."
        raise IndexError(message)
    block, row = divmod(draw, store.block_rows)
    values = sample(store.study, block, block + 1).value[row : row + 1]
    engine = store.study.build_engine()
    solution = engine.solve_draws(Draws(store.factors, values), store.study.scenarios, store.outputs)
    # All of it: a status that is torn is a damage here, and not a draw that has not run.
    ran = bool((store.outcome()[:, draw] != Outcome.NOT_RUN).all())
    arrays = {}
    for name in store.outputs:
        output, found = engine.outputs[name], solution.outputs[name][:, 0]
        same = int(store.output(name)[:, draw].values.tobytes() == found.tobytes()) if ran else -1
        attributes = {"units": output.unit, "long_name": output.label, "same_bits": same}
        arrays[name] = ((schema.SCENARIO, *output.dims), found, attributes)
    status = {"outcome": solution.outcome, "residual": solution.residual, "iterations": solution.iterations}
    arrays |= {name: ((schema.SCENARIO,), values_of[:, 0], {}) for name, values_of in status.items()}
    arrays["value"] = ((schema.FACTOR,), values[0], {"long_name": "Value of a factor"})
    return xr.Dataset(
        arrays,
        coords=dict(store.coords),
        attrs={"draw": draw, "identity": store.identity, "changed": list(store.changes)},
    )
