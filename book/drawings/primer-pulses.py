"""Temperature at the heater for the two pulses of a phase-change cell: melt, and anneal."""

import style as s

WIDTH, HEIGHT = 440, 262
LEFT, RIGHT, FLOOR = 22, 424, 226
MELT, GLASSY = 78, 166  # heights of the two temperatures
RESET = ((52, FLOOR), (64, 40), (112, 40), (122, FLOOR))
SET = ((206, FLOOR), (220, 112), (374, 112), (392, FLOOR))


def svg() -> str:
    """Return the drawing."""
    body = [
        s.box(LEFT, MELT, RIGHT - LEFT, GLASSY - MELT, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL_FILL),
        s.arrow((LEFT, FLOOR), (LEFT, 12), colour=s.FAINT),
        s.arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=s.FAINT),
        s.line((LEFT, MELT), (RIGHT, MELT), colour=s.HEATER, dashed=True),
        s.line((LEFT, GLASSY), (RIGHT, GLASSY), colour=s.GLASS, dashed=True),
        s.label(LEFT + 8, 22, "temperature"),
        s.label(RIGHT, FLOOR + 20, "time", "end"),
        s.label(RIGHT, MELT - 8, "melts", "end", colour=s.HEATER),
        s.label(LEFT + 110, GLASSY + 40, "too cold", colour=s.GLASS),
        s.label(RIGHT - 6, MELT + 20, "crystals grow", "end", colour=s.CRYSTAL),
        s.line(*RESET, colour=s.GLASS, width=2.4),
        s.line(*SET, colour=s.CRYSTAL, width=2.4),
        s.label(134, 46, "RESET: melt, and stop at once", bold=True, size=14),
        s.label(297, 136, "SET: anneal", "middle", bold=True, size=14),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
