"""
Detection: how many series-weeks a second the regression of Farrington flexible judges.

R's rate is noted, not measured here: few machines have R. It is the best that its package `surveillance`
1.20.3 reached on a machine of two shared cores, with the same settings and series like these.
"""

import time

import numpy as np

from warp import farrington

R_SERIES_WEEKS = 194
"""A second, on one core; 141 at worst."""
SERIES = 2_000


def farrington_rates(repeats: int) -> list[float]:
    """Give series-weeks for each second of processor time, repeat by repeat."""
    generator = np.random.default_rng(1)
    mean = np.exp(generator.uniform(-2, 5, SERIES)) * np.ones((farrington.HISTORY_WEEKS + 1, 1))
    counts = generator.negative_binomial(mean / 0.5, 1 / 1.5)
    farrington.judge(counts[:, :1])
    rates = []
    for _ in range(repeats):
        start = time.process_time()
        farrington.judge(counts)
        rates.append(SERIES / (time.process_time() - start))
    return rates
