"""Units: the whole blocks of a design that are solved, written and resumed together."""

from dataclasses import dataclass
from math import log2, prod

from ..engines import Engine

# A unit of a few seconds keeps the cost of its files (about 0.05 s) small and the last unit of a sweep short.
_LONGEST_SECONDS = 5.0
_SHORTEST_SECONDS = 2.0
_UNITS_WANTED = 32
_FEWEST_UNITS = 8
# Every unit is an object in each array, and a shared file system takes some millions of files. A unit is still short
# enough for thousands of workers to end together.
_UNITS_TO_STRETCH = 2**15
_STRETCHED_SECONDS = 60.0
_LARGEST_BYTES = 128 * 2**20
_ITEM_BYTES = {"float64": 8, "float32": 4}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a design fall into blocks, and blocks into units.

    Parameters
    ----------
    block_rows : int
        Rows of a block.
    blocks : int
        Blocks of the design.
    unit_blocks : int
        Blocks of a unit, a power of two. The last unit of a design that is not nested may have fewer.

    Examples
    --------
    >>> layout = Layout(block_rows=5, blocks=64, unit_blocks=16)
    >>> layout.units, layout.rows_of(3)
    (4, slice(240, 320, None))
    """

    block_rows: int
    blocks: int
    unit_blocks: int

    def __post_init__(self) -> None:
        if self.unit_blocks < 1 or self.unit_blocks & (self.unit_blocks - 1):
            message = f"A unit holds {self.unit_blocks} blocks, which is not a power of two. Choose 1, 2, 4, ..."
            raise ValueError(message)
        if self.block_rows < 1 or self.blocks < 1:
            message = f"A design needs at least one block of one row, not {self.blocks} of {self.block_rows}."
            raise ValueError(message)

    @property
    def rows(self) -> int:
        """Rows of the whole design: the length of `draw`."""
        return self.block_rows * self.blocks

    @property
    def unit_rows(self) -> int:
        """Rows of a full unit: the length of a shard along `draw`."""
        return self.block_rows * self.unit_blocks

    @property
    def units(self) -> int:
        """Number of units, the last of which may be shorter."""
        return -(-self.blocks // self.unit_blocks)

    def blocks_of(self, unit: int) -> range:
        """The blocks of one unit.

        Raises
        ------
        IndexError
            If the design has no such unit.
        """
        if not 0 <= unit < self.units:
            message = f"There is no unit {unit}: the design has units 0 to {self.units - 1}."
            raise IndexError(message)
        return range(unit * self.unit_blocks, min((unit + 1) * self.unit_blocks, self.blocks))

    def rows_of(self, unit: int) -> slice:
        """The rows of one unit along `draw`."""
        blocks = self.blocks_of(unit)
        return slice(blocks.start * self.block_rows, blocks.stop * self.block_rows)


def run_bytes(engine: Engine, outputs: tuple[str, ...]) -> int:
    """Bytes that one run keeps in a store before compression."""
    return sum(
        prod(len(engine.coords[dim]) for dim in engine.outputs[name].dims) * _ITEM_BYTES[engine.outputs[name].dtype]
        for name in outputs
    )


def choose_unit_blocks(blocks: int, block_seconds: float, block_bytes: int) -> int:
    """Blocks of a unit, from what a block costs.

    Parameters
    ----------
    blocks : int
        Blocks of the design when the store is made.
    block_seconds : float
        Seconds that a block takes under all scenarios, as the engine declares them: a table, not a timing, so that
        the same study makes the same store on every machine.
    block_bytes : int
        Bytes of the results of a block.

    Returns
    -------
    int
        A power of two: two to five seconds of work where the design is large enough for that, up to a minute where it
        would have more than some 33,000 units, at most an eighth of the design, and at most 128 MB.
    """
    design_seconds = blocks * block_seconds
    wanted = min(max(design_seconds / _UNITS_WANTED, _SHORTEST_SECONDS), _LONGEST_SECONDS)
    wanted = max(wanted, min(design_seconds / _UNITS_TO_STRETCH, _STRETCHED_SECONDS))
    nearest = round(log2(max(wanted / block_seconds, 1.0)))
    ceilings = (blocks // _FEWEST_UNITS, _LARGEST_BYTES // max(block_bytes, 1))
    return min(2**nearest, *(_power_of_two_within(ceiling) for ceiling in ceilings))


def _power_of_two_within(ceiling: int) -> int:
    return 2 ** (max(ceiling, 1).bit_length() - 1)
