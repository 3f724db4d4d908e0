"""What may become of a word line without an input: held, floating, or cut off."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 300
PITCH = 146


def _device(x: float, y: float) -> str:
    return box(x - 7, y, 14, 26, fill=CRYSTAL_FILL, colour=CRYSTAL)


def _panel(left: float, title: str, note: str, kind: str) -> str:
    first, second, word = left + 44, left + 104, 150
    parts = [label(left + 8, 24, title, bold=True)]
    for k, x in enumerate((first, second)):
        parts.append(line((x, 44), (x, 216), colour=BIT_LINE, width=2.4))
        parts.append(label(x, 236, f"{2 - k} mV", anchor="middle", colour=BIT_LINE, size=14))
    parts.append(line((left + 14, word), (left + 132, word), colour=WORD_LINE, width=2.4))
    for x in (first, second):
        parts.append(dot(x, 76, 3.4, BIT_LINE))
        if kind == "cut off":
            parts += [
                line((x, 76), (x + 16, 76), (x + 16, 94)),
                line((x + 16, 94), (x + 25, 108), colour=HEATER, width=2.2),
                _device(x + 16, 112),
                line((x + 16, 138), (x + 16, word)),
            ]
        else:
            parts += [
                line((x, 76), (x + 16, 76), (x + 16, 98)),
                _device(x + 16, 98),
                line((x + 16, 124), (x + 16, word)),
            ]
        parts.append(dot(x + 16, word, 3.4, WORD_LINE))
    if kind == "held":
        parts += [
            line((left + 14, word), (left + 14, 182)),
            line((left + 4, 182), (left + 24, 182), width=2.2),
            line((left + 8, 187), (left + 20, 187), width=2.2),
            arrow((first + 30, 100), (first + 30, 142), colour=HEATER),
            arrow((second + 30, 100), (second + 30, 142), colour=HEATER),
        ]
    elif kind == "floating":
        parts += [
            line((left + 14, word), (left + 14, 166), colour=FAINT, dashed=True),
            arrow(
                (first + 30, 104),
                (first + 30, word - 12),
                (second + 4, word - 12),
                (second + 4, 104),
                colour=HEATER,
            ),
        ]
    parts.append(label(left + 8, 262, note, colour=HEATER if kind != "cut off" else INK))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        _panel(2, "held at 0 V", "pulls both lines\ndown", "held"),
        _panel(2 + PITCH, "floating", "joins the lines\nweakly", "floating"),
        _panel(2 + 2 * PITCH, "cut off", "does nothing", "cut off"),
    )
