"""A line of devices that is programmed together: it is done when its slowest device is done."""

import style as s

WIDTH, HEIGHT = 446, 286
PULSES = (1, 2, 1, 3, 2, 6)  # that the devices need
LEFT, TOP, STEP, PULSE, VERIFY, FIRST = 84, 58, 28, 27, 21, 26


def svg() -> str:
    """Return the drawing."""
    most, once = max(PULSES), PULSE + VERIFY
    after = LEFT + 2 * FIRST
    bottom = TOP + len(PULSES) * STEP
    parts = [s.label(LEFT, 22, "RESET,"), s.label(LEFT, 40, "SET")]
    for k in range(most):
        x = after + k * once
        parts.append(s.label(x + PULSE / 2, 40, str(k + 1), "middle"))
        parts.append(
            s.box(x + PULSE, TOP - 4, VERIFY, bottom - TOP, fill=s.OXIDE_FILL, colour="none")
        )
    parts.append(s.label(after + 8, 22, "pulse, read of the whole line, pulse, …"))
    for k, count in enumerate(PULSES):
        y = TOP + k * STEP
        parts.append(s.label(8, y + 15, f"device {k + 1}"))
        parts.append(s.box(LEFT, y, FIRST - 3, 20, fill=s.HEATER_FILL, colour=s.HEATER))
        parts.append(s.box(LEFT + FIRST, y, FIRST - 3, 20, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL))
        for j in range(count):
            x = after + j * once
            parts.append(s.box(x, y, PULSE - 3, 20, fill=s.GLASS_FILL, colour=s.GLASS))
        x = after + (count - 1) * once + PULSE + 2
        parts.append(s.box(x, y, VERIFY - 4, 20, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=3))
        parts.append(
            s.line((x + 4, y + 10), (x + 8, y + 15), (x + 14, y + 5), colour=s.DIGITAL, width=2)
        )
        if count < most:
            end = after + most * once - 6
            parts.append(
                s.line(
                    (x + VERIFY + 2, y + 10), (end, y + 10), colour=s.FAINT, dashed=True, width=1.2
                )
            )
    end = after + most * once
    parts += [
        s.arrow((LEFT, bottom + 12), (end, bottom + 12), colour=s.INK, both=True, head=6),
        s.label(
            (LEFT + end) / 2,
            bottom + 32,
            "time of the line: its slowest device",
            "middle",
            colour=s.INK,
            bold=True,
        ),
        s.line(
            (LEFT, bottom + 50), (LEFT + 24, bottom + 50), colour=s.FAINT, dashed=True, width=1.2
        ),
        s.label(LEFT + 32, bottom + 55, "done, and waiting for the others"),
    ]
    return s.svg_document(WIDTH, HEIGHT + 6, *parts)
