"""Event streams onto cells: a pulse is the stronger the more streams are active with it."""

from style import (
    CRYSTAL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

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
        label(LEFT, 20, "events, one line for each process", colour=WORD_LINE),
        label(cell + 22, 20, "cells", anchor="middle", colour=CRYSTAL),
    ]
    for i, (events, linked) in enumerate(STREAMS):
        y = top + pitch * i + 22
        body.append(line((LEFT, y), (LEFT + SLOT * SLOTS, y), colour=FAINT, width=1))
        share = 0.0
        for k in sorted(events):
            weight = counts[k] / len(STREAMS)
            share += weight**2
            x = LEFT + SLOT * k + SLOT / 2
            body.append(
                line((x, y), (x, y - 18), colour=HEATER if counts[k] > 2 else WORD_LINE, width=3)
            )
        full = min(1.0, share / 2)
        body += [
            arrow((LEFT + SLOT * SLOTS + 6, y - 8), (cell - 4, y - 8), colour=WORD_LINE),
            box(cell, y - 22, 44, 26, colour=GLASS, fill=GLASS_FILL),
            box(cell, y - 22, 44 * full, 26, colour=CRYSTAL, fill=CRYSTAL),
        ]
        if i in (1, 4):
            body.append(
                label(LEFT - 12, y - 2, "linked" if linked else "alone", anchor="end", colour=INK)
            )
    base = top + pitch * 6 + 66
    for k, count in enumerate(counts):
        x = LEFT + SLOT * k + 2
        colour = HEATER if count > 2 else WORD_LINE
        body.append(box(x, base - 11 * count, SLOT - 4, 11 * count, colour=colour, fill=colour))
    body += [
        line((LEFT, base), (LEFT + SLOT * SLOTS, base)),
        label(LEFT - 12, base - 22, "active", anchor="end"),
        label(LEFT - 12, base - 4, "at once", anchor="end"),
        label(LEFT, base + 22, "sets the current of the pulse that every active", colour=HEATER),
        label(LEFT, base + 40, "process sends to its cell", colour=HEATER),
        label(cell + 44, base - 30, "crystal", anchor="end", colour=CRYSTAL),
        label(cell + 44, base - 10, "glass", anchor="end", colour=GLASS),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
