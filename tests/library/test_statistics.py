"""Confidence intervals hold what they promise."""

import numpy as np
import pytest

from aimc.statistics import mean_interval


def test_interval_of_known_numbers() -> None:
    interval = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert interval.mean == 2.5
    # t(3) = 3.182, s = 1.29099, root of n = 2
    assert interval.half_width == pytest.approx(3.182 * 1.290994 / 2, rel=1e-4)
    assert interval.low == pytest.approx(interval.mean - interval.half_width)
    assert f"{interval:.2f}" == "2.50 ± 2.05"


@pytest.mark.parametrize("n", [2, 5, 10, 31, 60])
def test_coverage_is_95_percent(n: int) -> None:
    draws = np.random.default_rng(n).standard_normal((4000, n))
    inside = np.mean(
        [abs(mean_interval(row).mean) < mean_interval(row).half_width for row in draws]
    )
    # 4.5 standard errors of a share of 0.95 over 4,000 trials
    assert inside == pytest.approx(0.95, abs=4.5 * np.sqrt(0.95 * 0.05 / 4000))
