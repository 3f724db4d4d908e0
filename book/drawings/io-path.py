"""The way of one number: digital, analog, digital."""

import style as s

WIDTH, HEIGHT = 446, 366
LEFT, ACROSS, TALL = 148, 178, 40
STATIONS = (
    ("DAC", "x / x_{max}, rounded", s.BIT_LINE, s.BIT_LINE_FILL),
    ("crossbar", "sum of G V_{read} · input", s.WORD_LINE, s.WORD_LINE_FILL),
    ("ADC", "I / I_{max}, rounded", s.BIT_LINE, s.BIT_LINE_FILL),
    ("digital unit", "times one constant", s.DIGITAL, s.DIGITAL_FILL),
)
BETWEEN = ("a code, sent as a pulse", "a current on a bit line", "another code")


def svg() -> str:
    """Return the drawing."""
    parts = [s.label(LEFT + ACROSS / 2, 14, "an input, x", "middle", bold=True)]
    pitch, first = 80, 40
    for k, (name, does, colour, fill) in enumerate(STATIONS):
        y = first + pitch * k
        parts += [
            s.box(LEFT, y, ACROSS, TALL, fill=fill, colour=colour, radius=5),
            s.label(LEFT - 12, y + 25, name, "end", colour=colour, bold=True),
            s.label(LEFT + ACROSS / 2, y + 25, does, "middle"),
        ]
        if k < len(BETWEEN):
            parts.append(s.arrow((LEFT + 89, y + TALL), (LEFT + 89, y + pitch), width=1.8))
            parts.append(s.label(LEFT + 100, y + TALL + 25, BETWEEN[k], halo=True))
    last = first + pitch * (len(STATIONS) - 1) + TALL
    parts += [
        s.arrow((LEFT + 89, 19), (LEFT + 89, first), width=1.8),
        s.arrow((LEFT + 89, last), (LEFT + 89, last + 20), width=1.8),
        s.label(LEFT + ACROSS / 2, last + 35, "an output, y", "middle", bold=True),
    ]
    for y, words, x in ((60, "digital", 6), (220, "digital", 6)):
        parts.append(s.line((6, y), (LEFT - 60, y), colour=s.FAINT, dashed=True, width=1.2))
        below = y == 220
        parts.append(s.label(x, y + 18 if below else y - 8, words, colour=s.DIGITAL))
        parts.append(s.label(x, y - 8 if below else y + 18, "analog", colour=s.WORD_LINE))
    return s.svg_document(WIDTH, HEIGHT, *parts)
