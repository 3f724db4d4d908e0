"""Filling two devices: one of them full to its SET state, the other with what is missing."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    box,
    label,
    line,
    svg_document,
)

from aimc.published import fact

WIDTH, HEIGHT = 448, 276
BASE, UNIT = 214, 11.0  # px: floor of the bars, and a microsiemens
# name, SET state (uS) of each device, what each holds, whether it is programmed
TARGET, SET = 18.0, (11.0, 13.5)  # µS; the second device has the stronger SET state
ALONE = fact("A061").number  # µS: what max-fill programs the first device to
WAYS = (
    ("half and half", SET, (TARGET / 2, TARGET / 2), (True, True)),
    ("max-fill", SET, (ALONE, TARGET - ALONE), (True, True)),
    ("state-dependent", SET, (TARGET - SET[1], SET[1]), (True, False)),
)


def svg() -> str:
    """Return the drawing."""
    parts = [label(8, 22, f"{TARGET:.0f} µS in two devices", bold=True)]
    for k, (name, states, held, programmed) in enumerate(WAYS):
        left = 18 + 146 * k
        parts.append(label(left + 58, BASE + 42, name, anchor="middle"))
        for j in range(2):
            x = left + 10 + 54 * j
            top = BASE - UNIT * states[j]
            parts.append(box(x, top, 42, UNIT * states[j], colour=FAINT, stroke=1.2))
            fill, colour = (GLASS_FILL, GLASS) if programmed[j] else (CRYSTAL_FILL, CRYSTAL)
            height = UNIT * held[j]
            parts.append(box(x, BASE - height, 42, height, fill=fill, colour=colour, stroke=1.8))
            parts.append(label(x + 21, BASE + 20, f"{held[j]:.4g}", anchor="middle", colour=colour))
            # how far the programmed device may be off
            if programmed[j]:
                reach = 14
                middle = x + 21
                ends = ((middle, BASE - height - reach), (middle, BASE - height + reach))
                parts.append(line(*ends, colour=HEATER, width=2.2))
                for end in (-reach, reach):
                    at = BASE - height + end
                    parts.append(line((middle - 7, at), (middle + 7, at), colour=HEATER, width=2.2))
        parts.append(line((left, BASE), (left + 116, BASE), colour=FAINT, width=1.2))
    parts += [
        box(8, 38, 20, 12, fill=GLASS_FILL, colour=GLASS),
        label(34, 49, "programmed"),
        box(128, 38, 20, 12, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(154, 49, "left in SET"),
        line((248, 44), (272, 44), colour=HEATER, width=2.2),
        label(280, 49, "what is left to chance", colour=HEATER),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
