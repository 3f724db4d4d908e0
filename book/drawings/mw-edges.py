"""The weights of a layer are an area, its activations are edges."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    svg_document,
)

WIDTH, HEIGHT = 446, 268
LEFT, TOP, WIDE, TALL, BATCH = 56, 92, 200, 120, 3


def svg() -> str:
    """Return the drawing."""
    parts = [
        box(LEFT, TOP, WIDE, TALL, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(LEFT + WIDE / 2, TOP + 54, "m × n weights", anchor="middle", bold=True),
        label(LEFT + WIDE / 2, TOP + 76, "fetched once a batch", anchor="middle"),
    ]
    for k in range(BATCH):
        shift = 14 * k
        parts.append(box(LEFT, TOP - 22 - shift, WIDE, 10, fill=WORD_LINE_FILL, colour=WORD_LINE))
        parts.append(
            box(LEFT + WIDE + 12 + shift, TOP, 10, TALL, fill=WORD_LINE_FILL, colour=WORD_LINE)
        )
    parts += [
        label(LEFT, TOP - 66, "n inputs of each of b vectors", colour=WORD_LINE),
        label(LEFT + WIDE + 62, TOP + 52, "m outputs", colour=WORD_LINE),
        label(LEFT + WIDE + 62, TOP + 71, "of each", colour=WORD_LINE),
        arrow((LEFT - 18, TOP), (LEFT - 18, TOP + TALL), both=True, head=6),
        label(LEFT - 28, TOP + TALL / 2 + 5, "m", anchor="end", italic=True),
        arrow((LEFT, TOP + TALL + 18), (LEFT + WIDE, TOP + TALL + 18), both=True, head=6),
        label(LEFT + WIDE / 2, TOP + TALL + 38, "n", anchor="middle", italic=True),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
