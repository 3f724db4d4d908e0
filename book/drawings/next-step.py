"""One token through one block: what cores do, what digital units do, and where the cache lies."""

import style as s

WIDTH, HEIGHT = 446, 560
LEFT, WIDE = 40, 184
PIECES = (  # name, line below it, on cores
    ("norm", "", False),
    ("queries, keys, values", "3 d × d on cores", True),
    ("attention", "grows with the context", False),
    ("output projection", "d × d on cores", True),
    ("+", "", False),
    ("norm", "", False),
    ("expand", "4d × d on cores", True),
    ("activation", "", False),
    ("contract", "d × 4d on cores", True),
    ("+", "", False),
)


def svg() -> str:
    """Return the drawing."""
    middle, side = LEFT + WIDE / 2, LEFT - 22
    body = [s.label(middle + 10, 20, "token in")]
    y, before, branch = 40.0, 8.0, 28.0
    places = {}
    for name, under, core in PIECES:
        fill, colour = (s.CRYSTAL_FILL, s.CRYSTAL) if core else (s.DIGITAL_FILL, s.DIGITAL)
        body.append(s.arrow((middle, before), (middle, y - 1), colour=s.INK, width=2.2))
        if name == "+":
            body += [
                s.box(middle - 14, y, 28, 28, fill=fill, colour=colour, radius=14),
                s.label(middle, y + 19, "+", "middle", bold=True, colour=colour),
                s.line((middle, branch), (side, branch), (side, y + 14), colour=s.FAINT, width=1.6),
                s.arrow((side, y + 14), (middle - 15, y + 14), colour=s.FAINT),
            ]
            before = y + 28
            branch, y = before + 8, before + 20
            continue
        tall = 40 if under else 26
        places[name] = y
        body += [
            s.box(LEFT, y, WIDE, tall, fill=fill, colour=colour, radius=5),
            s.label(middle, y + 17, name, "middle", colour=colour, bold=True),
        ]
        if under:
            body.append(s.label(middle, y + 33, under, "middle"))
        before, y = y + tall, y + tall + 15
    body.append(s.arrow((middle, before), (middle, before + 22), colour=s.INK, width=2.2))
    # the cache
    first, y = places["queries, keys, values"], places["attention"]
    body += [
        s.box(282, y - 44, 146, 128, fill=s.DRAM_FILL, colour=s.DRAM, radius=5),
        s.label(355, y - 24, "cache", "middle", colour=s.DRAM, bold=True),
        s.label(355, y - 4, "one key and one", "middle"),
        s.label(355, y + 14, "value per token", "middle"),
        s.label(355, y + 32, "so far and block", "middle"),
    ]
    for k in range(8):
        body.append(s.line((300 + 15 * k, y + 46), (300 + 15 * k, y + 72), colour=s.DRAM, width=5))
    body += [
        s.arrow((LEFT + WIDE, first + 12), (260, first + 12), (260, y - 30), (280, y - 30),
              colour=s.DRAM),
        s.label(266, first - 4, "writes one", colour=s.DRAM),
        s.arrow((280, y + 20), (LEFT + WIDE + 2, y + 20), colour=s.DRAM, width=3.2),
        s.label(282, y + 104, "reads all of it", colour=s.DRAM),
        s.label(282, y + 150, "on cores: the same", colour=s.CRYSTAL),
        s.label(282, y + 168, "for every token", colour=s.CRYSTAL),
        s.label(282, y + 204, "digital: attention", colour=s.DIGITAL),
        s.label(282, y + 222, "grows, norms do not", colour=s.DIGITAL),
        s.label(282, y + 258, "what came in goes", colour=s.FAINT),
        s.label(282, y + 276, "past, to both sums", colour=s.FAINT),
        s.label(282, y + 312, "then the next block,", colour=s.INK),
        s.label(282, y + 330, "and after the last one", colour=s.INK),
        s.label(282, y + 348, "the next token", colour=s.INK),
    ]  # fmt: skip
    return s.svg_document(WIDTH, HEIGHT, *body)
