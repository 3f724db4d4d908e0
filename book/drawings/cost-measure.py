"""How the energy of a multiplication was measured: the power of a chip that mostly waits."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    HEATER,
    HEATER_FILL,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 240
LEFT, BASE, STANDBY, HIGH = 62, 176, 52, 128  # px: axis, floor, heights of power
PERIOD, LONG = 150, 26  # px


def svg() -> str:
    """Return the drawing."""
    right = LEFT + 2 * PERIOD + LONG + 30
    mean = STANDBY + (HIGH - STANDBY) * LONG / PERIOD
    parts = [
        box(LEFT, BASE - STANDBY, right - LEFT, STANDBY, fill=HEATER_FILL, colour="none"),
        label(LEFT + 104, BASE - 20, "standby", colour=HEATER),
    ]
    for k in range(3):
        x = LEFT + k * PERIOD
        parts.append(box(x, BASE - HIGH, LONG, HIGH - STANDBY, fill=CRYSTAL_FILL, colour=CRYSTAL))
        if k < 2:
            parts.append(
                line(
                    (x + LONG, BASE - STANDBY),
                    (x + PERIOD, BASE - STANDBY),
                    colour=HEATER,
                    width=2,
                )
            )
    level = BASE - mean
    parts += [
        line((LEFT, level), (right, level), colour=INK, dashed=True, width=1.6),
        label(LEFT + 40, level - 8, "mean power"),
        label(LEFT + LONG + 8, BASE - HIGH + 14, "one MVM", colour=CRYSTAL, bold=True),
        arrow((LEFT, BASE), (right + 6, BASE), head=6, width=1.2),
        arrow((LEFT, BASE), (LEFT, 22), head=6, width=1.2),
        label(LEFT - 8, 32, "power", anchor="end"),
        label(right + 4, BASE + 20, "time", anchor="end"),
        arrow((LEFT, BASE + 14), (LEFT + PERIOD, BASE + 14), both=True, head=6, colour=FAINT),
        label(LEFT + PERIOD / 2, BASE + 32, "5 µs", anchor="middle"),
        label(LEFT, HEIGHT - 8, "dynamic energy = (mean − standby) × period", colour=CRYSTAL),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
