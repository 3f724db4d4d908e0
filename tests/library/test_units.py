"""Spans of time as a person writes them."""

import numpy as np
import pytest

from aimc.units import DAY, HOUR, MINUTE, YEAR, seconds


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1 h", HOUR),
        ("1h", HOUR),
        ("20 min", 20 * MINUTE),
        ("1 d", DAY),
        ("1 y", YEAR),
        ("1 year", YEAR),
        ("1e3 s", 1000.0),
        ("25", 25.0),
        ("day", DAY),
        ("0.5 Month", YEAR / 24),
        (25, 25.0),
        (0.0, 0.0),
        (np.float64(3.0), 3.0),
    ],
)
def test_times_are_read(written: float | str, expected: float) -> None:
    assert seconds(written) == pytest.approx(expected)


@pytest.mark.parametrize("written", ["", "  ", "1 fortnight", "h 1", "-1 h", "1.2.3 s", ".", -1.0])
def test_what_is_no_time_is_refused_by_name(written: float | str) -> None:
    with pytest.raises(ValueError, match="span="):
        seconds(written)


@pytest.mark.parametrize("written", [None, True, [1.0], np.nan])
def test_other_types_and_nan_are_refused(written: object) -> None:
    with pytest.raises((TypeError, ValueError), match="span"):
        seconds(written)  # type: ignore[arg-type]
