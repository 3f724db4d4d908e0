"""Confidence intervals hold what they promise."""

import numpy as np
import pytest

from aimc.statistics import mean_interval, share_interval


def test_interval_of_known_numbers() -> None:
    interval = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert interval.mean == 2.5
    # t(3) = 3.182, s = 1.29099, root of n = 2
    assert interval.half_width == pytest.approx(3.182 * 1.290994 / 2, rel=1e-4)
    assert interval.low == pytest.approx(interval.mean - interval.half_width)
    assert f"{interval:.2f}" == "2.50\u00a0±\u00a02.05"


@pytest.mark.parametrize("n", [2, 5, 10, 31, 60])
def test_coverage_is_95_percent(n: int) -> None:
    draws = np.random.default_rng(n).standard_normal((4000, n))
    inside = np.mean(
        [abs(mean_interval(row).mean) < mean_interval(row).half_width for row in draws]
    )
    # 4.5 standard errors of a share of 0.95 over 4,000 trials
    assert inside == pytest.approx(0.95, abs=4.5 * np.sqrt(0.95 * 0.05 / 4000))


def test_interval_of_a_share() -> None:
    none, half, all_ = (share_interval(hits, 50) for hits in (0, 25, 50))
    assert half.mean == 0.5
    # Wilson's bounds of 0 of 50: 0 and z^2 / (n + z^2)
    assert none.low == pytest.approx(0.0, abs=1e-12)
    assert none.high == pytest.approx(1.95996**2 / (50 + 1.95996**2))
    assert all_.low == pytest.approx(1 - none.high)
    rng = np.random.default_rng(1)
    intervals = [share_interval(int(hits), 100) for hits in rng.binomial(100, 0.1, 4000)]
    inside = np.mean([i.low <= 0.1 <= i.high for i in intervals])
    assert inside == pytest.approx(0.95, abs=0.02)  # hits are whole numbers
    with pytest.raises(ValueError, match="hits"):
        share_interval(3, 2)
