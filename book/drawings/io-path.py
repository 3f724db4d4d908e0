"""The way of one number: digital, analog, digital."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 366
LEFT, ACROSS, TALL = 148, 178, 40
STATIONS = (
    ("DAC", "x / x_{max}, rounded", WORD_LINE, WORD_LINE_FILL),
    ("crossbar", "sum of G V_{read} · input", CRYSTAL, CRYSTAL_FILL),
    ("ADC", "I / I_{max}, rounded", BIT_LINE, BIT_LINE_FILL),
    ("digital unit", "times one constant", DIGITAL, DIGITAL_FILL),
)
BETWEEN = ("a code, sent as a pulse", "a current on a bit line", "another code")


def svg() -> str:
    """Return the drawing."""
    parts = [label(LEFT + ACROSS / 2, 14, "an input, x", anchor="middle", bold=True)]
    pitch, first = 80, 40
    for k, (name, does, colour, fill) in enumerate(STATIONS):
        y = first + pitch * k
        parts += [
            box(LEFT, y, ACROSS, TALL, fill=fill, colour=colour, radius=5),
            label(LEFT - 12, y + 25, name, anchor="end", colour=colour, bold=True),
            label(LEFT + ACROSS / 2, y + 25, does, anchor="middle"),
        ]
        if k < len(BETWEEN):
            parts.append(arrow((LEFT + 89, y + TALL), (LEFT + 89, y + pitch), width=1.8))
            parts.append(label(LEFT + 100, y + TALL + 25, BETWEEN[k], halo=True))
    last = first + pitch * (len(STATIONS) - 1) + TALL
    parts += [
        arrow((LEFT + 89, 19), (LEFT + 89, first), width=1.8),
        arrow((LEFT + 89, last), (LEFT + 89, last + 20), width=1.8),
        label(LEFT + ACROSS / 2, last + 35, "an output, y", anchor="middle", bold=True),
    ]
    for y, words, x in ((60, "digital", 6), (220, "digital", 6)):
        parts.append(line((6, y), (LEFT - 60, y), colour=FAINT, dashed=True, width=1.2))
        below = y == 220
        parts.append(label(x, y + 18 if below else y - 8, words, colour=DIGITAL))
        parts.append(label(x, y - 8 if below else y + 18, "analog", colour=CRYSTAL))
    return svg_document(WIDTH, HEIGHT, *parts)
