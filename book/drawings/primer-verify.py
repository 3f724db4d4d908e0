"""Programming by trial: the conductance after each pulse, until it lies in the margin."""

import style as s

WIDTH, HEIGHT = 440, 222
LEFT, RIGHT, FLOOR = 22, 424, 184
TARGET, MARGIN = 92, 11
READS = (172, 122, 58, 114, 72, 96)  # heights after 0 to 5 pulses


def svg() -> str:
    """Return the drawing."""
    places = [54 + 66 * k for k in range(len(READS))]
    body = [
        s.box(LEFT, TARGET - MARGIN, RIGHT - LEFT, 2 * MARGIN, fill=s.METAL_FILL, colour="none"),
        s.line((LEFT, TARGET), (RIGHT, TARGET), colour=s.FAINT, dashed=True),
        s.arrow((LEFT, FLOOR), (LEFT, 12), colour=s.FAINT),
        s.arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=s.FAINT),
        s.label(LEFT + 8, 24, "conductance, as read"),
        s.label(RIGHT, FLOOR + 20, "pulses", "end"),
        s.label(LEFT + 6, TARGET - MARGIN - 6, "target", colour=s.METAL),
    ]
    for a, b, low, high in zip(places, places[1:], READS, READS[1:], strict=False):
        body.append(s.arrow((a, low), (b, high), colour=s.HEATER, width=1.4, head=7))
    for k, (x, y) in enumerate(zip(places, READS, strict=True)):
        body.append(s.dot(x, y, 5, s.CRYSTAL if k < len(READS) - 1 else s.DIGITAL))
        if k:
            body.append(s.label(x - 33, FLOOR + 20, f"{k}", "middle", size=14))
    body.append(s.label(places[-1], READS[-1] + 30, "done", "middle", colour=s.DIGITAL, size=14))
    return s.svg_document(WIDTH, HEIGHT, *body)
