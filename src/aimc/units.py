"""Floor 1: factors and spans of time by name; everything inside is in SI units.

A factor turns a number with a prefix into SI units, and division by it turns SI units back, so one
name never means both a millionth and a million.

>>> from aimc.units import MICRO
>>> current = 5 * MICRO
>>> current / MICRO
5.0

`seconds` reads spans of time as a person writes them.
"""

import math
import re
from numbers import Real

__all__ = [
    "DAY",
    "FEMTO",
    "GIGA",
    "HOUR",
    "KILO",
    "MEGA",
    "MICRO",
    "MILLI",
    "MINUTE",
    "MM2",
    "NANO",
    "PICO",
    "TERA",
    "YEAR",
    "seconds",
]

TERA, GIGA, MEGA, KILO = 1e12, 1e9, 1e6, 1e3
MILLI, MICRO, NANO, PICO, FEMTO = 1e-3, 1e-6, 1e-9, 1e-12, 1e-15
MM2 = 1e-6
"""A square millimetre, m^2."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
"""s"""
YEAR = 365.25 * DAY
"""A Julian year, s."""

_SPANS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("week", "weeks"), 7 * DAY),
    **dict.fromkeys(("month", "months"), YEAR / 12),
    **dict.fromkeys(("y", "yr", "year", "years"), YEAR),
    "ms": MILLI,
    "us": MICRO,
    "ns": NANO,
}
_WRITTEN = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)?\s*([a-z]+)?\s*", re.IGNORECASE)


def seconds(span: float | str, name: str = "span") -> float:
    """Return a span of time in seconds, from a number of seconds or from words such as ``"1 h"``.

    Parameters
    ----------
    span : float or str
        Seconds, or a number and a unit: ``ns``, ``us``, ``ms``, ``s``, ``min``, ``h``, ``d``,
        ``week``, ``month``, ``y``, or the unit in full. A unit alone means one of it, a number
        alone means seconds.
    name : str
        Name of the argument, for errors.

    Raises
    ------
    TypeError
        If it is neither a real number nor a string.
    ValueError
        If it is negative, infinite or no number, or if the unit is unknown.

    Examples
    --------
    >>> seconds("1 h"), seconds("2.5 min"), seconds("day"), seconds(25)
    (3600.0, 150.0, 86400.0, 25.0)
    """
    if isinstance(span, str):
        found = _WRITTEN.fullmatch(span)
        number, unit = found.groups() if found else (None, None)
        known = unit is None or unit.lower() in _SPANS
        if (number is None and unit is None) or not known or (number or "").count(".") > 1:
            raise ValueError(
                f"{name}={span!r} is no time: write a number and a unit, such as '1 s', '20 min', "
                "'1 h', '1 d' or '1 y'"
            )
        factor = 1.0 if unit is None else _SPANS[unit.lower()]
        value = (1.0 if number is None else _number(name, span, number)) * factor
    elif isinstance(span, Real) and not isinstance(span, bool):
        value = float(span)
    else:
        raise TypeError(
            f"{name} must be a number of seconds or a string such as '1 h', got {span!r} "
            f"({type(span).__name__})"
        )
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name}={span!r} is not allowed: a time lies in [0, inf) s")
    return value


def _number(name: str, span: str, written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise ValueError(f"{name}={span!r} is no time: {written!r} is no number") from None
