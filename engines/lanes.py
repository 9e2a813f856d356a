"""Eight runs in one vector register.

Arrays of shape (row, LANES) hold one number of each run in a row; `load` takes a row as a vector value, and arithmetic
on it is one instruction for all runs. The vector type is given to the compiler outright, so that nothing depends on
what its optimiser happens to recognise.
"""

from collections.abc import Callable

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic, models, register_model

LANES = 8
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BITS = ir.VectorType(ir.IntType(64), LANES)


class Lanes(types.Type):
    """A vector of `LANES` floats."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes_type = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """Held as one vector value."""

    def __init__(self, manager: object, kind: types.Type) -> None:
        super().__init__(manager, kind, _VECTOR)


def _row_pointer(context, builder, kind: types.Array, array, row):
    data = context.make_array(kind)(context, builder, array).data
    width = context.get_constant(types.intp, LANES)
    return builder.bitcast(builder.gep(data, [builder.mul(row, width)]), _VECTOR.as_pointer())


def _check_rows(values: types.Type) -> None:
    if not (isinstance(values, types.Array) and values.layout == "C" and values.ndim == 2):
        raise TypingError(f"rows of lanes are a C-contiguous (row, {LANES}) array, not {values}")


@intrinsic
def load(typingctx, values, row):
    """Row `row` of `values` (row, lane)."""
    _check_rows(values)

    def build(context, builder, signature, args):
        loaded = builder.load(_row_pointer(context, builder, signature.args[0], args[0], args[1]))
        loaded.align = 8
        return loaded

    return lanes_type(values, types.intp), build


@intrinsic
def store(typingctx, values, row, vector):
    """Write `vector` to row `row` of `values` (row, lane)."""
    _check_rows(values)

    def build(context, builder, signature, args):
        written = builder.store(args[2], _row_pointer(context, builder, signature.args[0], args[0], args[1]))
        written.align = 8
        return context.get_dummy_value()

    return types.void(values, types.intp, lanes_type), build


@intrinsic
def same(typingctx, number):
    """The same number in every lane."""

    def build(context, builder, signature, args):
        first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], cgutils.int32_t(0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), mask)

    return lanes_type(types.float64), build


def _arithmetic(operation: Callable) -> Callable:
    """An intrinsic of two vectors."""

    @intrinsic
    def apply(typingctx, a, b):
        def build(context, builder, signature, args):
            return operation(builder, *args)

        return lanes_type(lanes_type, lanes_type), build

    return apply


def _larger(builder, a, b):
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


def _smaller(builder, a, b):
    return builder.select(builder.fcmp_ordered("<", a, b), a, b)


add = _arithmetic(lambda builder, a, b: builder.fadd(a, b))
multiply = _arithmetic(lambda builder, a, b: builder.fmul(a, b))
divide = _arithmetic(lambda builder, a, b: builder.fdiv(a, b))
subtract = _arithmetic(lambda builder, a, b: builder.fsub(a, b))
larger = _arithmetic(_larger)
smaller = _arithmetic(_smaller)


@intrinsic
def moved(typingctx, position, step, moving):
    """position + step in the lanes where `moving` is not zero; the others stay, whatever the step holds."""

    def build(context, builder, signature, args):
        position, step, moving = args
        active = builder.fcmp_ordered("!=", moving, ir.Constant(_VECTOR, [0.0] * LANES))
        return builder.select(active, builder.fadd(position, step), position)

    return lanes_type(lanes_type, lanes_type, lanes_type), build


@intrinsic
def fused(typingctx, a, b, c):
    """a * b + c with one rounding."""

    def build(context, builder, signature, args):
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f64")
        return builder.call(function, args)

    return lanes_type(lanes_type, lanes_type, lanes_type), build


@intrinsic
def fused_number(typingctx, a, b, c):
    """a * b + c of numbers with one rounding, as `fused` does it in a lane."""

    def build(context, builder, signature, args):
        kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType()] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.f64")
        return builder.call(function, args)

    return types.float64(types.float64, types.float64, types.float64), build


def bitwise(operation: Callable) -> Callable:
    """An intrinsic that works on the bits of a vector as integers: `operation(builder, bits, constant)`."""

    @intrinsic
    def apply(typingctx, vector):
        def build(context, builder, signature, args):
            bits = builder.bitcast(args[0], _BITS)
            return builder.bitcast(operation(builder, bits, lambda value: ir.Constant(_BITS, [value] * LANES)), _VECTOR)

        return lanes_type(lanes_type), build

    return apply


@njit(cache=True, error_model="numpy")
def add_scaled(total, weight, vector):
    """total + weight * vector."""
    return add(total, multiply(same(weight), vector))


@njit(cache=True, error_model="numpy")
def add_product(total, weight, a, b):
    """total + weight * a * b."""
    return add(total, multiply(multiply(same(weight), a), b))
