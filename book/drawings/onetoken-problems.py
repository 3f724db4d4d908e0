"""One token, with the open problems in colour: what waits, attention, and the rival's weights."""

from onetoken import ATTENTION, CARD, STANDING, WAITING, WEIGHTS, picture


def svg() -> str:
    """Return the drawing."""
    return picture(ATTENTION, STANDING, WAITING, WEIGHTS, CARD)
