"""Two devices of nearly the same conductance: left in SET, and programmed to the top."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    METAL,
    METAL_FILL,
    OXIDE,
    OXIDE_FILL,
    arrow,
    box,
    label,
    line,
    number,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 446, 300
WIDE, ROD, THICK, LAYER, STEM = 150, 34, 20, 84, 52  # px


def _dome(x: float, y: float, radius: float) -> str:
    r = number(radius)
    path = f"M{number(x - radius)} {number(y)}A{r} {r} 0 0 1 {number(x + radius)} {number(y)}Z"
    return tag("path", d=path, fill=GLASS_FILL, stroke=GLASS, stroke_width=1.4)


def _cell(left: float, title: str, dome: float, reach: float, words: str) -> str:
    middle, top = left + WIDE / 2, 36
    joint = top + THICK + LAYER
    low = joint + STEM
    parts = [
        label(middle, 22, title, anchor="middle", bold=True),
        box(left, top, WIDE, THICK, fill=METAL_FILL, colour=METAL),
        box(left, top + THICK, WIDE, LAYER, fill=CRYSTAL_FILL, colour=CRYSTAL),
        box(left, joint, WIDE, STEM, fill=OXIDE_FILL, colour=OXIDE),
        box(middle - ROD / 2, joint, ROD, STEM, fill=HEATER_FILL, colour=HEATER),
        box(left, low, WIDE, THICK, fill=METAL_FILL, colour=METAL),
        label(middle, top + THICK + 24, "crystal", anchor="middle", colour=CRYSTAL),
        arrow((middle, low - 4), (middle, joint - LAYER + 34), width=2),
    ]
    if dome:
        parts.insert(5, _dome(middle, joint, dome))
        parts.append(label(left + WIDE + 8, joint - 8, "fresh glass", colour=GLASS))
        parts.append(
            line((middle + dome - 4, joint - 12), (left + WIDE + 4, joint - 12), colour=GLASS)
        )
    ruler = low + THICK + 34
    parts += [
        line((middle - reach, ruler), (middle + reach, ruler), colour=HEATER, width=3),
        line((middle - reach, ruler - 7), (middle - reach, ruler + 7), colour=HEATER, width=2),
        line((middle + reach, ruler - 7), (middle + reach, ruler + 7), colour=HEATER, width=2),
        label(middle, ruler + 28, words, anchor="middle", colour=HEATER),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        _cell(14, "left in SET", 0, 25, "moves little"),
        _cell(200, "programmed to the top", 30, 60, "moves more than twice as far"),
    )
