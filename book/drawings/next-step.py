"""One token through one block: what cores do, what digital units do, and where the cache lies."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

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
    body = [label(middle + 10, 20, "token in")]
    y, before, branch = 40.0, 8.0, 28.0
    places = {}
    for name, under, core in PIECES:
        fill, colour = (CRYSTAL_FILL, CRYSTAL) if core else (DIGITAL_FILL, DIGITAL)
        body.append(arrow((middle, before), (middle, y - 1), colour=HEATER, width=2.2))
        if name == "+":
            body += [
                box(middle - 14, y, 28, 28, fill=fill, colour=colour, radius=14),
                label(middle, y + 19, "+", anchor="middle", bold=True, colour=colour),
                line((middle, branch), (side, branch), (side, y + 14), colour=FAINT, width=1.6),
                arrow((side, y + 14), (middle - 15, y + 14), colour=FAINT),
            ]
            before = y + 28
            branch, y = before + 8, before + 20
            continue
        tall = 40 if under else 26
        places[name] = y
        body += [
            box(LEFT, y, WIDE, tall, fill=fill, colour=colour, radius=5),
            label(middle, y + 17, name, anchor="middle", colour=colour, bold=True),
        ]
        if under:
            body.append(label(middle, y + 33, under, anchor="middle"))
        before, y = y + tall, y + tall + 15
    body.append(arrow((middle, before), (middle, before + 22), colour=HEATER, width=2.2))
    # the cache
    first, y = places["queries, keys, values"], places["attention"]
    body += [
        box(282, y - 44, 146, 128, fill=GLASS_FILL, colour=GLASS, radius=5),
        label(355, y - 24, "cache", anchor="middle", colour=GLASS, bold=True),
        label(355, y - 4, "one key and one", anchor="middle"),
        label(355, y + 14, "value per token", anchor="middle"),
        label(355, y + 32, "so far and block", anchor="middle"),
    ]
    for k in range(8):
        body.append(line((300 + 15 * k, y + 46), (300 + 15 * k, y + 72), colour=GLASS, width=5))
    body += [
        arrow((LEFT + WIDE, first + 12), (260, first + 12), (260, y - 30), (280, y - 30),
              colour=GLASS),
        label(266, first - 4, "writes one", colour=GLASS),
        arrow((280, y + 20), (LEFT + WIDE + 2, y + 20), colour=HEATER, width=3.2),
        label(282, y + 104, "reads all of it", colour=HEATER),
        label(282, y + 150, "on cores: the same", colour=CRYSTAL),
        label(282, y + 168, "for every token", colour=CRYSTAL),
        label(282, y + 204, "digital: attention", colour=DIGITAL),
        label(282, y + 222, "grows, norms do not", colour=DIGITAL),
        label(282, y + 258, "what came in goes", colour=FAINT),
        label(282, y + 276, "past, to both sums", colour=FAINT),
        label(282, y + 312, "then the next block,", colour=INK),
        label(282, y + 330, "and after the last one", colour=INK),
        label(282, y + 348, "the next token", colour=INK),
    ]  # fmt: skip
    return svg_document(WIDTH, HEIGHT, *body)
