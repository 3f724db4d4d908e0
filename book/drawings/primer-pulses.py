"""Temperature at the heater for the two pulses of a phase-change cell: melt, and anneal."""

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 440, 264
LEFT, RIGHT, FLOOR = 22, 424, 226
MELT, GLASSY = 78, 166  # heights of the two temperatures
SCALE = 0.6  # px/ns
MELTED = fact("A053").numbers[0]  # ns
HELD, _, EDGE = fact("A054").numbers  # ns, µA, ns
STARTS = (50, 196)
_ends = (STARTS[0] + SCALE * MELTED, STARTS[1] + SCALE * HELD)
RESET = ((STARTS[0], FLOOR), (STARTS[0] + 5, 40), (_ends[0], 40), (_ends[0] + 2, FLOOR))
SET = ((STARTS[1], FLOOR), (STARTS[1] + 5, 112), (_ends[1], 112), (_ends[1] + SCALE * EDGE, FLOOR))


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
        s.label(LEFT + 114, GLASSY + 40, "too cold", colour=s.GLASS),
        s.label(RIGHT - 6, MELT + 20, "crystals grow", "end", colour=s.CRYSTAL),
        s.line(*RESET, colour=s.GLASS, width=2.4),
        s.line(*SET, colour=s.CRYSTAL, width=2.4),
        s.label(140, 46, "RESET: melt, and stop at once", bold=True, size=14),
        s.label(208, 136, "SET: anneal", bold=True, size=14),
        s.label(STARTS[0] + SCALE * MELTED / 2, FLOOR + 20, f"{MELTED:.0f} ns", "middle"),
        s.label(
            STARTS[1] + SCALE * (HELD + EDGE) / 2, FLOOR + 20, f"{HELD + EDGE:.0f} ns", "middle"
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
