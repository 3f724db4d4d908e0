"""Three images follow each other through three layers: latency is a sum, the interval a maximum."""

import style as s

WIDTH, HEIGHT = 420, 244
READS = (4, 2, 1)  # of the three layers, for one image
LEFT, TOP, UNIT, ROW = 66, 60, 22, 42  # px: a read is one unit wide


def svg() -> str:
    """Return the drawing."""
    pace, bottom = max(READS), TOP + 3 * ROW
    parts = []
    for layer, reads in enumerate(READS):
        y = TOP + layer * ROW
        parts.append(s.label(LEFT - 10, y + 22, f"layer {layer + 1}", "end"))
        for image, name in enumerate("ABC"):
            x = LEFT + UNIT * (pace * image + sum(READS[:layer]))
            parts.append(
                s.box(x, y + 4, UNIT * reads, 28, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE)
            )
            for read in range(1, reads):
                parts.append(
                    s.line(
                        (x + UNIT * read, y + 4),
                        (x + UNIT * read, y + 32),
                        colour=s.WORD_LINE,
                        width=0.8,
                    )
                )
            parts.append(
                s.label(x + UNIT * reads / 2, y + 23, name, "middle", bold=True, halo=True)
            )
    first = LEFT + UNIT * sum(READS)
    second = first + UNIT * pace
    parts += [
        s.line((LEFT, TOP - 22), (LEFT, bottom), colour=s.FAINT, dashed=True),
        s.line((first, TOP - 22), (first, bottom + 16), colour=s.FAINT, dashed=True),
        s.line((second, bottom - 8), (second, bottom + 16), colour=s.FAINT, dashed=True),
        s.arrow((LEFT, TOP - 14), (first, TOP - 14), colour=s.INK, both=True),
        s.label((LEFT + first) / 2, TOP - 24, "latency: 4 + 2 + 1", "middle", colour=s.INK),
        s.arrow((first, bottom + 10), (second, bottom + 10), colour=s.INK, both=True),
        s.label((first + second) / 2, bottom + 32, "interval: 4", "middle", colour=s.INK),
        s.arrow((LEFT, bottom + 46), (LEFT + 60, bottom + 46), colour=s.FAINT),
        s.label(LEFT + 68, bottom + 51, "time"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
