"""Which cells conduct when: all four combinations of signs at once, or one after the other."""

import style as s

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
    fill, colour = (s.BIT_LINE_FILL, s.BIT_LINE) if low else (s.METAL_FILL, s.METAL)
    corners = ((start, y), (start, y + height), (end, y + height), (end, y))
    return s.line(*corners, colour=colour, width=1.8, fill=fill, closed=True)


def _lines() -> str:
    parts = []
    for k, (name, window, sign) in enumerate(ROWS):
        y = 86 + 52 * k
        share = 0.85 if k < 2 else 0.55
        parts.append(s.label(8, y + 5, name, size=SIZE, colour=s.WORD_LINE))
        for start, count in ((ONE, 1), (FOUR, 4)):
            ends = ((start, y), (start + count * WINDOW, y))
            parts.append(s.line(*ends, colour=s.FAINT, width=1, dashed=True))
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
        fill = (s.METAL_FILL if up else s.BIT_LINE_FILL) if on else "none"
        colour = (s.METAL if up else s.BIT_LINE) if on else s.METAL
        parts.append(s.box(u, v, 22, 22, fill=fill, colour=colour, stroke=1.6 if on else 1))
        if on:
            words = "−" if up else "+"
            parts.append(s.label(u + 11, v + 16, words, "middle", size=SIZE))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.label(ONE + WINDOW / 2, 20, "one-phase", "middle", size=SIZE, bold=True),
        s.label(FOUR + 2 * WINDOW, 20, "four-phase", "middle", size=SIZE, bold=True),
        s.label(8, 48, "input lines", size=SIZE, colour=s.WORD_LINE),
    ]
    for k in range(5):
        x = FOUR + k * WINDOW
        parts.append(s.line((x, 34), (x, 264), colour=s.FAINT, width=1))
    for x in (ONE, ONE + WINDOW):
        parts.append(s.line((x, 34), (x, 264), colour=s.FAINT, width=1))
    for k in range(4):
        x = FOUR + (k + 0.5) * WINDOW
        parts.append(s.label(x, 48, str(k + 1), "middle", size=SIZE))
    parts.append(_lines())
    parts += [
        s.label(8, 300, "conducting", size=SIZE),
        s.label(8, 320, "cells", size=SIZE),
        _grid(ONE + 10, 280, {0, 1, 2, 3}),
        s.label(8, 352, "count enters", size=SIZE, colour=s.DIGITAL),
        s.label(ONE + 32, 352, "as it is", "middle", size=SIZE, colour=s.DIGITAL),
    ]
    for _, window, sign in ROWS:
        x = FOUR + window * WINDOW
        parts.append(_grid(x + 10, 280, {window}))
        parts.append(
            s.label(x + 32, 353, sign, "middle", size=SIZE + 3, colour=s.DIGITAL, bold=True)
        )
    parts += [
        s.label(ONE + WINDOW / 2, 386, "128 ns", "middle", size=SIZE),
        s.label(FOUR + 2 * WINDOW, 386, "4 × 128 ns", "middle", size=SIZE),
        s.box(8, 404, 26, 14, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
        s.label(42, 417, "below the output line: adds current, as when verified", size=SIZE),
        s.box(8, 428, 26, 14, fill=s.METAL_FILL, colour=s.METAL),
        s.label(42, 441, "above it: takes current, the device read backwards", size=SIZE),
        s.line((8, 460), (34, 460), colour=s.FAINT, width=1.4, dashed=True),
        s.label(42, 465, "floating: no current", size=SIZE),
    ]
    return s.svg_document(466, 476, *parts, left=4, size=SIZE)
