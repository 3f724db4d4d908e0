"""Which cells conduct when: all four combinations of signs at once, or one after the other."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    FAINT,
    METAL,
    METAL_FILL,
    WORD_LINE,
    box,
    label,
    line,
    svg_document,
)

SIZE = 15
ONE, FOUR, WINDOW = 122, 208, 64  # where the reads begin, length of a window, px
# rows: sign of the input, polarity of the devices; the window of the four-phase read, the sign
ROWS = (
    ("x > 0, G^+", 0, "+"),
    ("x > 0, G^−", 1, "−"),
    ("x < 0, G^+", 2, "−"),
    ("x < 0, G^−", 3, "+"),
)


def _pulse(start: float, y: float, low: bool, share: float) -> str:
    """Return a pulse of one window, below (low) or above the level of the bit line."""
    height = 14 if low else -14
    end = start + share * WINDOW
    fill, colour = (BIT_LINE_FILL, BIT_LINE) if low else (METAL_FILL, METAL)
    corners = ((start, y), (start, y + height), (end, y + height), (end, y))
    return line(*corners, colour=colour, width=1.8, fill=fill, closed=True)


def _lines() -> str:
    parts = []
    for k, (name, window, sign) in enumerate(ROWS):
        y = 86 + 52 * k
        share = 0.85 if k < 2 else 0.55
        parts.append(label(8, y + 5, name, size=SIZE, colour=WORD_LINE))
        for start, count in ((ONE, 1), (FOUR, 4)):
            ends = ((start, y), (start + count * WINDOW, y))
            parts.append(line(*ends, colour=FAINT, width=1, dashed=True))
        parts.append(_pulse(ONE, y, sign == "+", share))
        parts.append(_pulse(FOUR + window * WINDOW, y, True, share))
    return "".join(parts)


def _grid(x: float, y: float, lit: set[int]) -> str:
    """Return the four combinations as two by two squares; those that conduct are filled."""
    parts = []
    for k, (_, _, sign) in enumerate(ROWS):
        u, v = x + 22 * (k % 2), y + 22 * (k // 2)
        on = k in lit
        up = sign == "−" and len(lit) > 1
        fill = (METAL_FILL if up else BIT_LINE_FILL) if on else "none"
        colour = (METAL if up else BIT_LINE) if on else METAL
        parts.append(box(u, v, 22, 22, fill=fill, colour=colour, stroke=1.6 if on else 1))
        if on:
            words = "−" if up else "+"
            parts.append(label(u + 11, v + 16, words, anchor="middle", size=SIZE))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    parts = [
        label(ONE + WINDOW / 2, 20, "one-phase", anchor="middle", size=SIZE, bold=True),
        label(FOUR + 2 * WINDOW, 20, "four-phase", anchor="middle", size=SIZE, bold=True),
        label(8, 48, "input lines", size=SIZE, colour=WORD_LINE),
    ]
    for k in range(5):
        x = FOUR + k * WINDOW
        parts.append(line((x, 34), (x, 264), colour=FAINT, width=1))
    for x in (ONE, ONE + WINDOW):
        parts.append(line((x, 34), (x, 264), colour=FAINT, width=1))
    for k in range(4):
        x = FOUR + (k + 0.5) * WINDOW
        parts.append(label(x, 48, str(k + 1), anchor="middle", size=SIZE))
    parts.append(_lines())
    parts += [
        label(8, 300, "conducting", size=SIZE),
        label(8, 320, "cells", size=SIZE),
        _grid(ONE + 10, 280, {0, 1, 2, 3}),
        label(8, 352, "count enters", size=SIZE, colour=DIGITAL),
        label(ONE + 32, 352, "as it is", anchor="middle", size=SIZE, colour=DIGITAL),
    ]
    for _, window, sign in ROWS:
        x = FOUR + window * WINDOW
        parts.append(_grid(x + 10, 280, {window}))
        parts.append(
            label(x + 32, 353, sign, anchor="middle", size=SIZE + 3, colour=DIGITAL, bold=True)
        )
    parts += [
        label(ONE + WINDOW / 2, 386, "128 ns", anchor="middle", size=SIZE),
        label(FOUR + 2 * WINDOW, 386, "4 × 128 ns", anchor="middle", size=SIZE),
        box(8, 404, 26, 14, fill=BIT_LINE_FILL, colour=BIT_LINE),
        label(42, 417, "below the output line: adds current, as when verified", size=SIZE),
        box(8, 428, 26, 14, fill=METAL_FILL, colour=METAL),
        label(42, 441, "above it: takes current, the device read backwards", size=SIZE),
        line((8, 460), (34, 460), colour=FAINT, width=1.4, dashed=True),
        label(42, 465, "floating: no current", size=SIZE),
    ]
    return svg_document(466, 476, *parts, left=4, size=SIZE)
