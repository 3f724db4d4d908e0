"""Filling two devices: one of them full to its SET state, the other with what is missing."""

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 445, 292
BASE, UNIT = 230, 11.0  # px: floor of the bars, and a microsiemens
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
    parts = [s.label(8, 22, f"{TARGET:.0f} µS in two devices", bold=True)]
    for k, (name, states, held, programmed) in enumerate(WAYS):
        left = 18 + 146 * k
        parts.append(s.label(left + 58, BASE + 42, name, "middle"))
        for j in range(2):
            x = left + 10 + 54 * j
            top = BASE - UNIT * states[j]
            parts.append(s.box(x, top, 42, UNIT * states[j], colour=s.FAINT, stroke=1.2))
            if name != "max-fill":  # there an error bar covers the place
                words = f"{states[j]:.1f}"
                parts.append(s.label(x + 21, top - 5, words, "middle", colour=s.FAINT))
            fill, colour = (s.GLASS_FILL, s.GLASS) if programmed[j] else (s.CRYSTAL_FILL, s.CRYSTAL)
            height = UNIT * held[j]
            parts.append(s.box(x, BASE - height, 42, height, fill=fill, colour=colour, stroke=1.8))
            parts.append(s.label(x + 21, BASE + 20, f"{held[j]:.4g}", "middle", colour=colour))
            # how far the programmed device may be off
            if programmed[j]:
                reach = 14
                middle = x + 21
                ends = ((middle, BASE - height - reach), (middle, BASE - height + reach))
                parts.append(s.line(*ends, colour=s.HEATER, width=2.2))
                for end in (-reach, reach):
                    at = BASE - height + end
                    parts.append(
                        s.line((middle - 7, at), (middle + 7, at), colour=s.HEATER, width=2.2)
                    )
        parts.append(s.line((left, BASE), (left + 116, BASE), colour=s.FAINT, width=1.2))
        if name == "max-fill":
            y = BASE - UNIT * ALONE
            parts.append(s.line((left - 12, y), (left + 116, y), colour=s.INK, dashed=True))
            parts.append(s.label(left - 14, y + 5, "full", "end", halo=True))
    parts += [
        s.box(8, 38, 20, 12, fill=s.GLASS_FILL, colour=s.GLASS),
        s.label(34, 49, "programmed"),
        s.box(128, 38, 20, 12, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(154, 49, "left in SET"),
        s.line((248, 44), (272, 44), colour=s.HEATER, width=2.2),
        s.label(280, 49, "what is left to chance", colour=s.HEATER),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
