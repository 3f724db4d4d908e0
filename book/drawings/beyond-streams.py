"""Event streams onto cells: a pulse is the stronger the more streams are active with it."""

import style as s

WIDTH, HEIGHT = 440, 338
LEFT, SLOT, SLOTS = 70, 12, 22
TOGETHER = {3, 9, 14, 19}
STREAMS = (
    (TOGETHER | {6}, True),
    (TOGETHER - {14} | {11}, True),
    (TOGETHER | {1}, True),
    ({0, 5, 8, 13, 17}, False),
    ({2, 7, 9, 16, 20}, False),
    ({4, 10, 12, 18, 21}, False),
)


def svg() -> str:
    counts = [sum(k in events for events, _ in STREAMS) for k in range(SLOTS)]
    top, pitch = 34, 32
    cell = LEFT + SLOT * SLOTS + 44
    body = [
        s.label(LEFT, 20, "events, one line for each process", colour=s.WORD_LINE),
        s.label(cell + 22, 20, "cells", "middle", colour=s.CRYSTAL),
    ]
    for i, (events, linked) in enumerate(STREAMS):
        y = top + pitch * i + 22
        body.append(s.line((LEFT, y), (LEFT + SLOT * SLOTS, y), colour=s.FAINT, width=1))
        share = 0.0
        for k in sorted(events):
            weight = counts[k] / len(STREAMS)
            share += weight**2
            x = LEFT + SLOT * k + SLOT / 2
            body.append(
                s.line((x, y), (x, y - 18), colour=s.INK if counts[k] > 2 else s.WORD_LINE, width=3)
            )
        full = min(1.0, share / 2)
        body += [
            s.arrow((LEFT + SLOT * SLOTS + 6, y - 8), (cell - 4, y - 8), colour=s.WORD_LINE),
            s.box(cell, y - 22, 44, 26, colour=s.GLASS, fill=s.GLASS_FILL),
            s.box(cell, y - 22, 44 * full, 26, colour=s.CRYSTAL, fill=s.CRYSTAL),
        ]
        if i in (1, 4):
            body.append(
                s.label(LEFT - 12, y - 2, "linked" if linked else "alone", "end", colour=s.INK)
            )
    base = top + pitch * 6 + 66
    for k, count in enumerate(counts):
        x = LEFT + SLOT * k + 2
        colour = s.INK if count > 2 else s.WORD_LINE
        body.append(s.box(x, base - 11 * count, SLOT - 4, 11 * count, colour=colour, fill=colour))
    body += [
        s.line((LEFT, base), (LEFT + SLOT * SLOTS, base)),
        s.label(LEFT - 12, base - 22, "active", "end"),
        s.label(LEFT - 12, base - 4, "at once", "end"),
        s.label(LEFT, base + 22, "sets the current of the pulse that every active", colour=s.INK),
        s.label(LEFT, base + 40, "process sends to its cell", colour=s.INK),
        s.label(cell + 44, base - 30, "crystal", "end", colour=s.CRYSTAL),
        s.label(cell + 44, base - 10, "glass", "end", colour=s.GLASS),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
