"""The weights of a layer are an area, its activations are edges."""

import style as s

WIDTH, HEIGHT = 446, 268
LEFT, TOP, WIDE, TALL, BATCH = 56, 92, 200, 120, 3


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.box(LEFT, TOP, WIDE, TALL, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE),
        s.label(LEFT + WIDE / 2, TOP + 54, "m × n weights", "middle", bold=True),
        s.label(LEFT + WIDE / 2, TOP + 76, "fetched once a batch", "middle"),
    ]
    for k in range(BATCH):
        shift = 14 * k
        parts.append(s.box(LEFT, TOP - 22 - shift, WIDE, 10, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
        parts.append(
            s.box(LEFT + WIDE + 12 + shift, TOP, 10, TALL, fill=s.DIGITAL_FILL, colour=s.DIGITAL)
        )
    parts += [
        s.label(LEFT, TOP - 66, "n inputs of each of b vectors", colour=s.DIGITAL),
        s.label(LEFT + WIDE + 62, TOP + 52, "m outputs", colour=s.DIGITAL),
        s.label(LEFT + WIDE + 62, TOP + 71, "of each", colour=s.DIGITAL),
        s.arrow((LEFT - 18, TOP), (LEFT - 18, TOP + TALL), both=True, head=6),
        s.label(LEFT - 28, TOP + TALL / 2 + 5, "m", "end", italic=True),
        s.arrow((LEFT, TOP + TALL + 18), (LEFT + WIDE, TOP + TALL + 18), both=True, head=6),
        s.label(LEFT + WIDE / 2, TOP + TALL + 38, "n", "middle", italic=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
