"""A line of devices that is programmed together: it is done when its slowest device is done."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    OXIDE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 286
PULSES = (1, 2, 1, 3, 2, 6)  # that the devices need
LEFT, TOP, STEP, PULSE, VERIFY, FIRST = 84, 58, 28, 27, 21, 26


def svg() -> str:
    """Return the drawing."""
    most, once = max(PULSES), PULSE + VERIFY
    after = LEFT + 2 * FIRST
    bottom = TOP + len(PULSES) * STEP
    parts = [label(LEFT, 22, "RESET,"), label(LEFT, 40, "SET")]
    for k in range(most):
        x = after + k * once
        parts.append(label(x + PULSE / 2, 40, str(k + 1), anchor="middle"))
        parts.append(box(x + PULSE, TOP - 4, VERIFY, bottom - TOP, fill=OXIDE_FILL, colour="none"))
    parts.append(label(after + 8, 22, "pulse, read of the whole line, pulse, …"))
    for k, count in enumerate(PULSES):
        y = TOP + k * STEP
        parts.append(label(8, y + 15, f"device {k + 1}"))
        parts.append(box(LEFT, y, FIRST - 3, 20, fill=HEATER_FILL, colour=HEATER))
        parts.append(box(LEFT + FIRST, y, FIRST - 3, 20, fill=CRYSTAL_FILL, colour=CRYSTAL))
        for j in range(count):
            x = after + j * once
            parts.append(box(x, y, PULSE - 3, 20, fill=GLASS_FILL, colour=GLASS))
        x = after + (count - 1) * once + PULSE + 2
        parts.append(box(x, y, VERIFY - 4, 20, fill=DIGITAL_FILL, colour=DIGITAL, radius=3))
        parts.append(
            line((x + 4, y + 10), (x + 8, y + 15), (x + 14, y + 5), colour=DIGITAL, width=2)
        )
        if count < most:
            end = after + most * once - 6
            parts.append(
                line((x + VERIFY + 2, y + 10), (end, y + 10), colour=FAINT, dashed=True, width=1.2)
            )
    end = after + most * once
    parts += [
        arrow((LEFT, bottom + 12), (end, bottom + 12), colour=HEATER, both=True, head=6),
        label(
            (LEFT + end) / 2,
            bottom + 32,
            "time of the line: its slowest device",
            anchor="middle",
            colour=HEATER,
            bold=True,
        ),
        line((LEFT, bottom + 50), (LEFT + 24, bottom + 50), colour=FAINT, dashed=True, width=1.2),
        label(LEFT + 32, bottom + 55, "done, and waiting for the others"),
    ]
    return svg_document(WIDTH, HEIGHT + 6, *parts)
