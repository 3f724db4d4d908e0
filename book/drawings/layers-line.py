"""Three images follow each other through three layers that wait for whole maps, or do not."""

import style as s

WIDTH, HEIGHT = 420, 446
READS = (4, 2, 1)  # of the three layers, for one image
EARLY = (0, 3, 5)  # when the layers begin that need only the first rows of a map
LEFT, TOP, UNIT, ROW, BELOW = 66, 86, 22, 42, 326  # px: a read is one unit wide


def svg() -> str:
    """Return the drawing."""
    pace, bottom = max(READS), TOP + 3 * ROW
    parts = [s.label(4, 20, "(a) Layers that wait for whole maps", bold=True)]
    for layer, reads in enumerate(READS):
        for image, name in enumerate("ABC"):
            start = pace * image + sum(READS[:layer])
            parts.append(_reads(TOP + layer * ROW, start, reads, name))
        parts.append(_name(TOP, layer))
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
    ]
    end = EARLY[-1] + READS[-1]
    last = LEFT + UNIT * end
    parts += [
        s.label(4, BELOW - 42, "(b) Layers that start after the first rows", bold=True),
        *(
            _reads(BELOW + layer * 36, EARLY[layer], READS[layer], "A", layer > 0)
            for layer in range(3)
        ),
        *(_name(BELOW, layer, 36) for layer in range(3)),
        s.line((LEFT, BELOW - 22), (LEFT, BELOW + 108), colour=s.FAINT, dashed=True),
        s.line((last, BELOW - 22), (last, BELOW + 108), colour=s.FAINT, dashed=True),
        s.arrow((LEFT, BELOW - 12), (last, BELOW - 12), colour=s.INK, both=True),
        s.label(last + 10, BELOW - 7, f"latency: {end}", colour=s.INK),
        s.arrow((LEFT + 190, BELOW + 90), (LEFT + 250, BELOW + 90), colour=s.FAINT),
        s.label(LEFT + 258, BELOW + 95, "time"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)


def _name(top: float, layer: int, row: float = ROW) -> str:
    return s.label(LEFT - 10, top + layer * row + 22, f"layer {layer + 1}", "end")


def _reads(y: float, start: float, reads: int, name: str, early: bool = False) -> str:
    """Return the reads of one image in one layer."""
    x = LEFT + UNIT * start
    right = x + UNIT * reads
    frame = s.line(
        *((x, y + 4), (right, y + 4), (right, y + 32), (x, y + 32)),
        colour=s.WORD_LINE,
        width=1.4,
        dashed=early,
        fill=s.WORD_LINE_FILL,
        closed=True,
    )
    ticks = (
        s.line((x + UNIT * read, y + 4), (x + UNIT * read, y + 32), colour=s.WORD_LINE, width=0.8)
        for read in range(1, reads)
    )
    return "".join([
        frame,
        *ticks,
        s.label(x + UNIT * reads / 2, y + 23, name, "middle", bold=True, halo=True),
    ])  # fmt: skip
