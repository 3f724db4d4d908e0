"""Temperature of the hottest shell for three pulses, and what each leaves behind."""

import style as s

WIDTH, HEIGHT = 440, 352
LEFT, RIGHT, FLOOR = 22, 424, 292
MELT, GLASSY = 96, 214  # heights of the two temperatures
QUENCH = ((40, FLOOR), (52, 44), (104, 44), (114, FLOOR))
SLOW = ((40, FLOOR), (52, 44), (104, 44), (268, FLOOR))
ANNEAL = ((306, FLOOR), (316, 138), (398, 138), (408, FLOOR))


def svg() -> str:
    """Return the drawing."""
    body = [
        s.box(LEFT, MELT, RIGHT - LEFT, GLASSY - MELT, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL_FILL),
        s.arrow((LEFT, FLOOR), (LEFT, 14), colour=s.FAINT),
        s.arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=s.FAINT),
        s.line((LEFT, MELT), (RIGHT, MELT), colour=s.HEATER, dashed=True),
        s.line((LEFT, GLASSY), (RIGHT, GLASSY), colour=s.GLASS, dashed=True),
        s.label(LEFT + 8, 26, "temperature"),
        s.label(RIGHT, FLOOR + 20, "time", "end"),
        s.label(RIGHT, MELT - 8, "melting T_m", "end", colour=s.HEATER),
        s.label(122, GLASSY + 18, "glass T_g", colour=s.GLASS),
        s.label(RIGHT - 4, MELT + 20, "growth window", "end", colour=s.CRYSTAL),
        s.line(*SLOW, colour=s.CRYSTAL, width=2.4),
        s.line(*QUENCH, colour=s.GLASS, width=2.4),
        s.line(*ANNEAL, colour=s.CRYSTAL, width=2.4),
        s.label(97, FLOOR - 52, "a", "middle", bold=True, colour=s.GLASS),
        s.label(196, 160, "b", "middle", bold=True, colour=s.CRYSTAL),
        s.label(357, 160, "c", "middle", bold=True, colour=s.CRYSTAL),
        s.box(LEFT, FLOOR + 34, 14, 14, fill=s.GLASS_FILL, colour=s.GLASS),
        s.label(LEFT + 20, FLOOR + 46, "a: RESET"),
        s.box(136, FLOOR + 34, 14, 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(156, FLOOR + 46, "b: SET from the melt"),
        s.box(312, FLOOR + 34, 14, 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(332, FLOOR + 46, "c: SET, warm"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
