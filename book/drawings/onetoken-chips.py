"""One token, with what the next chips change in colour: digital units, cache, sleep, and time."""

from onetoken import CACHE, STANDING, TIME, UNITS, picture


def svg() -> str:
    """Return the drawing."""
    return picture(UNITS, CACHE, STANDING, TIME)
