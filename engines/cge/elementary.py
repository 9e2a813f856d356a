"""exp and log for arrays, written so that the compiler turns them into vector instructions.

Numba calls the C library for `exp` and `log`, one number at a time and with another result on another library. These
are branch-free polynomials with fused multiply-add, within two units in the last place, and give the same bits on every
processor and library.
"""

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_LOG2_E = 1.0 / math.log(2.0)
# ln 2 in two parts: the first has its last 32 bits clear, so that a small integer times it is exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
# Adding and taking away 1.5 * 2**52 rounds to the nearest integer.
_ROUNDER = 6755399441055744.0
_EXP = tuple(1.0 / math.factorial(k) for k in range(14))
_LOG = tuple(2.0 / (2 * k + 1) for k in range(12))
_SQRT_HALF_BITS = np.int64(np.float64(math.sqrt(0.5)).view(np.int64))
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_ONE_BITS = np.int64(0x3FF0000000000000)


@intrinsic
def _bits(typingctx, x):
    """The 64 bits of a float as an integer."""

    def build(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def _float(typingctx, x):
    """The float with these 64 bits."""

    def build(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), build


@intrinsic
def _fma(typingctx, a, b, c):
    """a * b + c with one rounding."""

    def build(context, builder, signature, args):
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), build


@njit(cache=True, error_model="numpy")
def exp(x):
    """e to the power x; beyond +-700 the argument is clipped."""
    x = min(max(x, -700.0), 700.0)
    rounded = _fma(x, _LOG2_E, _ROUNDER)
    n = rounded - _ROUNDER
    r = _fma(-n, _LN2_LOW, _fma(-n, _LN2_HIGH, x))
    p = _EXP[13]
    p = _fma(p, r, _EXP[12])
    p = _fma(p, r, _EXP[11])
    p = _fma(p, r, _EXP[10])
    p = _fma(p, r, _EXP[9])
    p = _fma(p, r, _EXP[8])
    p = _fma(p, r, _EXP[7])
    p = _fma(p, r, _EXP[6])
    p = _fma(p, r, _EXP[5])
    p = _fma(p, r, _EXP[4])
    p = _fma(p, r, _EXP[3])
    p = _fma(p, r, _EXP[2])
    p = _fma(p * r, r, r)
    scale = _float((_bits(rounded) << 52) + _ONE_BITS)
    return _fma(p, scale, scale)


@njit(cache=True, error_model="numpy")
def log(x):
    """Natural logarithm of a positive, normal number."""
    bits = _bits(x)
    shifted = bits - _SQRT_HALF_BITS
    exponent = shifted >> 52
    mantissa = _float(bits - (exponent << 52))
    # An integer below 2**51 put into the bits of the rounder becomes a float without a conversion instruction.
    e = _float(_bits(_ROUNDER) + exponent) - _ROUNDER
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = _LOG[11]
    p = _fma(p, z, _LOG[10])
    p = _fma(p, z, _LOG[9])
    p = _fma(p, z, _LOG[8])
    p = _fma(p, z, _LOG[7])
    p = _fma(p, z, _LOG[6])
    p = _fma(p, z, _LOG[5])
    p = _fma(p, z, _LOG[4])
    p = _fma(p, z, _LOG[3])
    p = _fma(p, z, _LOG[2])
    p = _fma(p, z, _LOG[1])
    # log(1 + f) = f - s (f - z p), which keeps the leading term exact.
    tail = s * (f - z * p)
    return _fma(e, _LN2_HIGH, f - _fma(-e, _LN2_LOW, tail))


@njit(cache=True, error_model="numpy")
def exp_all(values, out):
    """exp of every entry of `values` (row, lane) into `out`."""
    source = values.ravel()
    target = out.ravel()
    for k in range(source.size):
        target[k] = exp(source[k])


@njit(cache=True, error_model="numpy")
def log_all(values, out):
    """log of every entry of `values` (row, lane) into `out`."""
    source = values.ravel()
    target = out.ravel()
    for k in range(source.size):
        target[k] = log(source[k])
