"""Temperature of the hottest shell for three pulses, and what each leaves behind."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 352
LEFT, RIGHT, FLOOR = 22, 424, 292
MELT, GLASSY = 96, 214  # heights of the two temperatures
QUENCH = ((40, FLOOR), (52, 44), (104, 44), (114, FLOOR))
SLOW = ((40, FLOOR), (52, 44), (104, 44), (268, FLOOR))
ANNEAL = ((306, FLOOR), (316, 138), (398, 138), (408, FLOOR))


def svg() -> str:
    """Return the drawing."""
    body = [
        box(LEFT, MELT, RIGHT - LEFT, GLASSY - MELT, fill=CRYSTAL_FILL, colour=CRYSTAL_FILL),
        arrow((LEFT, FLOOR), (LEFT, 14), colour=FAINT),
        arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=FAINT),
        line((LEFT, MELT), (RIGHT, MELT), colour=HEATER, dashed=True),
        line((LEFT, GLASSY), (RIGHT, GLASSY), colour=GLASS, dashed=True),
        label(LEFT + 8, 26, "temperature"),
        label(RIGHT, FLOOR + 20, "time", anchor="end"),
        label(RIGHT, MELT - 8, "melting T_m", anchor="end", colour=HEATER),
        label(122, GLASSY + 18, "glass T_g", colour=GLASS),
        label(RIGHT - 4, MELT + 20, "growth window", anchor="end", colour=CRYSTAL),
        line(*SLOW, colour=DIGITAL, width=2.4),
        line(*QUENCH, colour=BIT_LINE, width=2.4),
        line(*ANNEAL, colour=CRYSTAL, width=2.4),
        label(97, FLOOR - 52, "a", anchor="middle", bold=True, colour=BIT_LINE),
        label(196, 160, "b", anchor="middle", bold=True, colour=DIGITAL),
        label(357, 160, "c", anchor="middle", bold=True, colour=CRYSTAL),
        box(LEFT, FLOOR + 34, 14, 14, fill=GLASS_FILL, colour=GLASS),
        label(LEFT + 20, FLOOR + 46, "a: RESET"),
        box(136, FLOOR + 34, 14, 14, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(156, FLOOR + 46, "b: SET from the melt"),
        box(312, FLOOR + 34, 14, 14, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(332, FLOOR + 46, "c: SET, warm"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
