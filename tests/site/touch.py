"""A finger on the screen of a phone, which scrolls what does not take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STEPS = 12


@contextmanager
def phone(browser: Any, address: str, **more: Any) -> Iterator[Any]:
    """Open a page on a phone."""
    context = browser.new_context(**PHONE, **more)
    page = context.new_page()
    page.goto(address, wait_until="load")
    yield page
    context.close()


def middle(part: Any) -> tuple[float, float]:
    """Return the middle of a part of a page, in px of the screen."""
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def swipe(page: Any, start: tuple[float, float], right: float = 0, down: float = 0) -> None:
    """Put a finger down, move it in a straight line and lift it."""
    hand = page.context.new_cdp_session(page)
    x, y = start
    points = [(x + k * right / STEPS, y + k * down / STEPS) for k in range(STEPS + 1)]
    for k, (x, y) in enumerate(points):
        kind = "touchMove" if k else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    hand.detach()
