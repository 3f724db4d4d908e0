"""A drawing that is moved by hand, on its page and without Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from explorer_gallery import FIRST, SAVES_DATA
from page_visit import LAPTOP
from touch import PHONE, middle

VALUES = """section => [...section.querySelectorAll('.aimc-control')].map((box) =>
  [...box.querySelectorAll('input, select')].map((one) =>
    (['radio', 'checkbox'].includes(one.type) ? one.checked : one.value)))"""


@contextmanager
def stage(
    browser: Any, base: str, target: str, *, phone: bool = False, **more: Any
) -> Iterator[Any]:
    """Open the page of an explorer where no Python can be had; give the explorer's section."""
    size = PHONE if phone else {"viewport": {"width": LAPTOP, "height": 900}}
    context = browser.new_context(**size, reduced_motion="reduce", **more)
    page = context.new_page()
    page.add_init_script(SAVES_DATA)
    page.route("**/runtime.mjs*", lambda route: route.abort())
    page.goto(f"{base}/{FIRST[target]}.html", wait_until="load")
    section = page.locator(f'section[data-target="{target}"]')
    section.locator(".aimc-stage svg [tabindex]").first.wait_for()
    yield section
    context.close()


def now(part: Any) -> float:
    """Return the value of a slider."""
    return float(part.get_attribute("aria-valuenow"))


def settle(part: Any) -> None:
    """Bring a part into view and wait until it stays there: what is above may still be drawn."""
    before = None
    for _ in range(20):
        # in one step, which a redrawing of the stage cannot come between
        part.evaluate("part => part.scrollIntoView({ block: 'center' })")
        if before == (before := middle(part)):
            return
        part.page.wait_for_timeout(150)


def drag(part: Any, right: float = 0, down: float = 0) -> float:
    """Drag a part by its middle; return where it stands then."""
    settle(part)
    (x, y), mouse = middle(part), part.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y + down, steps=5)
    mouse.up()
    return now(part)


def press(part: Any, key: str, until: float) -> None:
    """Press a key until a slider has a value."""
    part.focus()
    for _ in range(300):
        if now(part) == until:
            return
        part.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {until}, but to {now(part)}")


def state_of(section: Any) -> tuple[list[Any], str]:
    """Return what the controls say, and the state in the address."""
    section.page.wait_for_timeout(400)  # the address follows after a while
    return section.evaluate(VALUES), section.page.evaluate("location.hash")
