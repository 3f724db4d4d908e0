"""How the energy of a multiplication was measured: the power of a chip that mostly waits."""

import style as s

WIDTH, HEIGHT = 446, 240
LEFT, BASE, STANDBY, HIGH = 62, 176, 52, 128  # px: axis, floor, heights of power
PERIOD, LONG = 150, 26  # px


def svg() -> str:
    """Return the drawing."""
    right = LEFT + 2 * PERIOD + LONG + 30
    mean = STANDBY + (HIGH - STANDBY) * LONG / PERIOD
    parts = [
        s.box(LEFT, BASE - STANDBY, right - LEFT, STANDBY, fill=s.HEATER_FILL, colour="none"),
        s.label(LEFT + 104, BASE - 20, "standby", colour=s.HEATER),
    ]
    for k in range(3):
        x = LEFT + k * PERIOD
        parts.append(
            s.box(x, BASE - HIGH, LONG, HIGH - STANDBY, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)
        )
        if k < 2:
            parts.append(
                s.line(
                    (x + LONG, BASE - STANDBY),
                    (x + PERIOD, BASE - STANDBY),
                    colour=s.HEATER,
                    width=2,
                )
            )
    level = BASE - mean
    parts += [
        s.line((LEFT, level), (right, level), colour=s.INK, dashed=True, width=1.6),
        s.label(LEFT + 40, level - 8, "mean power"),
        s.label(LEFT + LONG + 8, BASE - HIGH + 14, "one MVM", colour=s.CRYSTAL, bold=True),
        s.arrow((LEFT, BASE), (right + 6, BASE), head=6, width=1.2),
        s.arrow((LEFT, BASE), (LEFT, 22), head=6, width=1.2),
        s.label(LEFT - 8, 32, "power", "end"),
        s.label(right + 4, BASE + 20, "time", "end"),
        s.arrow((LEFT, BASE + 14), (LEFT + PERIOD, BASE + 14), both=True, head=6, colour=s.FAINT),
        s.label(LEFT + PERIOD / 2, BASE + 32, "5 µs", "middle"),
        s.label(LEFT, HEIGHT - 8, "dynamic energy = (mean − standby) × period", colour=s.CRYSTAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
