"""exp and log of eight numbers at once.

Numba calls the C library for `exp` and `log`, one number at a time and with other bits on another library. These are
branch-free polynomials with fused multiply-add, within two units in the last place, and give the same bits on every
processor and library.
"""

import math

import numpy as np
from numba import njit

from ..lanes import add, bitwise, divide, fused, larger, multiply, same, smaller, subtract

_LOG2_E = 1.0 / math.log(2.0)
# ln 2 in two parts: the first has its last 32 bits clear, so that a small integer times it is exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
# Adding and taking away 1.5 * 2**52 rounds to the nearest integer.
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))
_ONE_BITS = int(np.float64(1.0).view(np.int64))
_SQRT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))
_EXP = tuple(1.0 / math.factorial(k) for k in range(14))
_LOG = tuple(2.0 / (2 * k + 1) for k in range(12))
_LARGEST_EXPONENT = 700.0


def _exponent_bits(builder, bits, constant):
    """Binary exponent of a number whose mantissa is taken between sqrt(1/2) and sqrt(2)."""
    return builder.ashr(builder.sub(bits, constant(_SQRT_HALF_BITS)), constant(52))


def _scale(builder, bits, constant):
    return builder.add(builder.shl(bits, constant(52)), constant(_ONE_BITS))


def _mantissa(builder, bits, constant):
    return builder.sub(bits, builder.shl(_exponent_bits(builder, bits, constant), constant(52)))


def _rounded_exponent(builder, bits, constant):
    # A small integer added to the bits of the rounder becomes a float without a conversion.
    return builder.add(_exponent_bits(builder, bits, constant), constant(_ROUNDER_BITS))


_power_of_two = bitwise(_scale)
_mantissa_of = bitwise(_mantissa)
_rounder_plus_exponent = bitwise(_rounded_exponent)


@njit(cache=True, error_model="numpy")
def exp(x):
    """e to the power x, lane by lane; beyond +-700 the argument is clipped."""
    x = larger(smaller(x, same(_LARGEST_EXPONENT)), same(-_LARGEST_EXPONENT))
    rounded = fused(x, same(_LOG2_E), same(_ROUNDER))
    n = subtract(same(_ROUNDER), rounded)
    r = fused(n, same(_LN2_LOW), fused(n, same(_LN2_HIGH), x))
    square = multiply(r, r)
    # Two interleaved chains, even and odd powers, so that one need not wait for the other.
    even = fused(same(_EXP[12]), square, same(_EXP[10]))
    odd = fused(same(_EXP[13]), square, same(_EXP[11]))
    even = fused(even, square, same(_EXP[8]))
    odd = fused(odd, square, same(_EXP[9]))
    even = fused(even, square, same(_EXP[6]))
    odd = fused(odd, square, same(_EXP[7]))
    even = fused(even, square, same(_EXP[4]))
    odd = fused(odd, square, same(_EXP[5]))
    even = fused(even, square, same(_EXP[2]))
    odd = fused(odd, square, same(_EXP[3]))
    p = fused(fused(odd, r, even), square, r)
    scale = _power_of_two(rounded)
    return fused(p, scale, scale)


@njit(cache=True, error_model="numpy")
def log(x):
    """Natural logarithm of positive, normal numbers, lane by lane."""
    e = subtract(_rounder_plus_exponent(x), same(_ROUNDER))
    f = subtract(_mantissa_of(x), same(1.0))
    s = divide(f, add(same(2.0), f))
    z = multiply(s, s)
    square = multiply(z, z)
    odd = fused(same(_LOG[11]), square, same(_LOG[9]))
    even = fused(same(_LOG[10]), square, same(_LOG[8]))
    odd = fused(odd, square, same(_LOG[7]))
    even = fused(even, square, same(_LOG[6]))
    odd = fused(odd, square, same(_LOG[5]))
    even = fused(even, square, same(_LOG[4]))
    odd = fused(odd, square, same(_LOG[3]))
    even = fused(even, square, same(_LOG[2]))
    odd = fused(odd, square, same(_LOG[1]))
    p = fused(even, z, odd)
    # log(1 + f) = f - s (f - z p), which keeps the leading term exact.
    tail = multiply(s, subtract(f, multiply(z, p)))
    return fused(e, same(_LN2_HIGH), add(f, subtract(multiply(e, same(_LN2_LOW)), tail)))
