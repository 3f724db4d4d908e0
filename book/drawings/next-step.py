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

WIDTH, HEIGHT = 446, 470
LEFT, WIDE, TALL = 40, 184, 40


def step(y: float, name: str, under: str, core: bool) -> list[str]:
    fill, colour = (CRYSTAL_FILL, CRYSTAL) if core else (DIGITAL_FILL, DIGITAL)
    return [
        box(LEFT, y, WIDE, TALL, fill=fill, colour=colour, radius=5),
        label(LEFT + WIDE / 2, y + 17, name, anchor="middle", colour=colour, bold=True),
        label(LEFT + WIDE / 2, y + 33, under, anchor="middle"),
    ]


def svg() -> str:
    """Return the drawing."""
    rows = (
        ("queries, keys, values", "3 d × d on cores", True),
        ("attention", "grows with the context", False),
        ("output projection", "d × d on cores", True),
        ("add, norm", "digital units", False),
        ("expand", "4d × d on cores", True),
        ("activation", "digital units", False),
        ("contract", "d × 4d on cores", True),
    )
    pitch, top = 58, 40
    middle = LEFT + WIDE / 2
    body = [
        label(middle + 10, 22, "token in"),
        arrow((middle, 10), (middle, top - 2), colour=HEATER, width=2.2),
    ]
    for k, (name, under, core) in enumerate(rows):
        y = top + pitch * k
        body += step(y, name, under, core)
        end = y + pitch - 2 if k + 1 < len(rows) else y + TALL + 22
        body.append(arrow((middle, y + TALL), (middle, end), colour=HEATER, width=2.2))
    # the residual stream
    side = LEFT - 20
    add = top + 3 * pitch + TALL / 2
    body.append(arrow((middle, 28), (side, 28), (side, add), (LEFT - 2, add), colour=FAINT))
    # the cache
    y = top + pitch
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
        arrow((LEFT + WIDE, top + 12), (260, top + 12), (260, y - 30), (280, y - 30), colour=GLASS),
        label(266, top - 6, "writes one", colour=GLASS),
        arrow((280, y + 20), (LEFT + WIDE + 2, y + 20), colour=HEATER, width=3.2),
        label(282, y + 104, "reads all of it", colour=HEATER),
        label(282, y + 150, "on cores: the same", colour=CRYSTAL),
        label(282, y + 168, "for every token", colour=CRYSTAL),
        label(282, y + 204, "digital: attention", colour=DIGITAL),
        label(282, y + 222, "grows, norms do not", colour=DIGITAL),
        label(282, y + 258, "then the next block,", colour=INK),
        label(282, y + 276, "and after the last one", colour=INK),
        label(282, y + 294, "the next token", colour=INK),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
