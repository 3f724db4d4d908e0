"""Floor 1: factors and spans of time by name; everything inside is in SI units.

A factor turns a number with a prefix into SI units, and division by it turns SI units back, so one
name never means both a millionth and a million.

>>> from aimc.units import MICRO
>>> current = 5 * MICRO
>>> current / MICRO
5.0
"""

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
]

TERA, GIGA, MEGA, KILO = 1e12, 1e9, 1e6, 1e3
MILLI, MICRO, NANO, PICO, FEMTO = 1e-3, 1e-6, 1e-9, 1e-12, 1e-15
MM2 = 1e-6
"""A square millimetre, m^2."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
"""s"""
YEAR = 365.25 * DAY
"""A Julian year, s."""
