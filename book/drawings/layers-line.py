"""Three images follow each other through three layers: latency is a sum, the interval a maximum."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    HEATER,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 420, 244
READS = (4, 2, 1)  # of the three layers, for one image
LEFT, TOP, UNIT, ROW = 66, 60, 22, 42  # px: a read is one unit wide


def svg() -> str:
    """Return the drawing."""
    pace, bottom = max(READS), TOP + 3 * ROW
    parts = []
    for layer, reads in enumerate(READS):
        y = TOP + layer * ROW
        parts.append(label(LEFT - 10, y + 22, f"layer {layer + 1}", anchor="end"))
        for image, name in enumerate("ABC"):
            x = LEFT + UNIT * (pace * image + sum(READS[:layer]))
            parts.append(box(x, y + 4, UNIT * reads, 28, fill=CRYSTAL_FILL, colour=CRYSTAL))
            for read in range(1, reads):
                parts.append(
                    line(
                        (x + UNIT * read, y + 4),
                        (x + UNIT * read, y + 32),
                        colour=CRYSTAL,
                        width=0.8,
                    )
                )
            parts.append(
                label(
                    x + UNIT * reads / 2,
                    y + 23,
                    name,
                    anchor="middle",
                    bold=True,
                    halo=True,
                )
            )
    first = LEFT + UNIT * sum(READS)
    second = first + UNIT * pace
    parts += [
        line((LEFT, TOP - 22), (LEFT, bottom), colour=FAINT, dashed=True),
        line((first, TOP - 22), (first, bottom + 16), colour=FAINT, dashed=True),
        line((second, bottom - 8), (second, bottom + 16), colour=FAINT, dashed=True),
        arrow((LEFT, TOP - 14), (first, TOP - 14), colour=HEATER, both=True),
        label((LEFT + first) / 2, TOP - 24, "latency: 4 + 2 + 1", anchor="middle", colour=HEATER),
        arrow((first, bottom + 10), (second, bottom + 10), colour=HEATER, both=True),
        label((first + second) / 2, bottom + 32, "interval: 4", anchor="middle", colour=HEATER),
        arrow((LEFT, bottom + 46), (LEFT + 60, bottom + 46), colour=FAINT),
        label(LEFT + 68, bottom + 51, "time"),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
