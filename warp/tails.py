"""
How likely a high count is, when its mean and dispersion are known.

Dispersion is variance over mean: counts are Poisson at 1, and negative binomial above it. Everything is
vectorised, and holds for dispersions from 1 and means over 0.
"""

import numpy as np
from scipy import special

from warp.judged import Floats

_LEAST_EXCESS = 1e-9
"""Of a dispersion over 1. So near to it the negative binomial is the Poisson, to eight digits."""


def above(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Give the chance of a count over `count`, a whole number from -1."""
    excess = np.maximum(dispersion - 1, _LEAST_EXCESS)
    chance: Floats = special.betainc(np.maximum(count, 0) + 1, mean / excess, excess / (1 + excess))
    return np.where(count < 0, 1.0, chance)


def mid_p(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """
    Give the chance of a higher count, and half the chance of this one.

    Source: Lancaster, Significance tests in discrete distributions, J. Am. Stat. Assoc. 56 (1961).
    """
    return (above(count, mean, dispersion) + above(count - 1, mean, dispersion)) / 2


def quantile(tail: float, mean: Floats, dispersion: Floats) -> Floats:
    """Give the least count that is exceeded with a chance of at most `tail`."""
    deviation = np.sqrt(mean * dispersion)
    # Cantelli's inequality says between which counts it lies, whatever the distribution.
    low: Floats = np.floor(mean - np.sqrt(tail / (1 - tail)) * deviation)
    high: Floats = np.ceil(mean + np.sqrt((1 - tail) / tail) * deviation)
    for _ in range(int(np.log2(np.max(high - low, initial=1))) + 1):
        middle = np.floor((low + high) / 2)
        enough = above(middle, mean, dispersion) <= tail
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
