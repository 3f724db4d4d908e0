"""What may become of a word line without an input: held, floating, or cut off."""

import style as s

WIDTH, HEIGHT = 446, 300
PITCH = 146


def _device(x: float, y: float) -> str:
    return s.box(x - 7, y, 14, 26, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)


def _panel(left: float, title: str, note: str, kind: str) -> str:
    first, second, word = left + 44, left + 104, 150
    parts = [s.label(left + 8, 24, title, bold=True)]
    for k, x in enumerate((first, second)):
        parts.append(s.line((x, 44), (x, 216), colour=s.BIT_LINE, width=2.4))
        parts.append(s.label(x, 236, f"{2 - k} mV", "middle", colour=s.BIT_LINE, size=14))
    parts.append(s.line((left + 14, word), (left + 132, word), colour=s.WORD_LINE, width=2.4))
    for x in (first, second):
        parts.append(s.dot(x, 76, 3.4, s.BIT_LINE))
        if kind == "cut off":
            parts += [
                s.line((x, 76), (x + 16, 76), (x + 16, 94)),
                s.line((x + 16, 94), (x + 25, 108), colour=s.INK, width=2.2),
                _device(x + 16, 112),
                s.line((x + 16, 138), (x + 16, word)),
            ]
        else:
            parts += [
                s.line((x, 76), (x + 16, 76), (x + 16, 98)),
                _device(x + 16, 98),
                s.line((x + 16, 124), (x + 16, word)),
            ]
        parts.append(s.dot(x + 16, word, 3.4, s.WORD_LINE))
    if kind == "held":
        parts += [
            s.line((left + 14, word), (left + 14, 182)),
            s.line((left + 4, 182), (left + 24, 182), width=2.2),
            s.line((left + 8, 187), (left + 20, 187), width=2.2),
            s.arrow((first + 30, 100), (first + 30, 142), colour=s.INK),
            s.arrow((second + 30, 100), (second + 30, 142), colour=s.INK),
        ]
    elif kind == "floating":
        parts += [
            s.line((left + 14, word), (left + 14, 166), colour=s.FAINT, dashed=True),
            s.arrow(
                (first + 30, 104),
                (first + 30, word - 12),
                (second + 4, word - 12),
                (second + 4, 104),
                colour=s.INK,
            ),
        ]
    parts.append(s.label(left + 8, 262, note, colour=s.INK))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _panel(2, "held at 0 V", "pulls both lines\ndown", "held"),
        _panel(2 + PITCH, "floating", "joins the lines\nweakly", "floating"),
        _panel(2 + 2 * PITCH, "cut off", "does nothing", "cut off"),
    )
