"""Where the open problems sit on the way of the signal, and which term each of them moves."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    METAL,
    METAL_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT, STEP = 446, 452, 58
ROWS = (
    ("device", CRYSTAL, CRYSTAL_FILL, "drift, noise, levels,\nendurance", "quality"),
    ("array", WORD_LINE, WORD_LINE_FILL, "wires, cells per weight,\nlayers of cells", "area"),
    ("converter", BIT_LINE, BIT_LINE_FILL, "energy per step, bits,\narea at the edge", "area"),
    ("digital unit", DIGITAL, DIGITAL_FILL, "what stands idle,\nvalues per second", "energy"),
    ("attention", GLASS, GLASS_FILL, "keys and values,\nnot static", "energy"),
    ("network", HEATER, HEATER_FILL, "recovery at scale,\nfewer bits elsewhere", "quality"),
    ("tools", METAL, METAL_FILL, "compilers, benchmarks\nthat count the same", "trust"),
)


def svg() -> str:
    """Return the drawing."""
    body = [
        label(62, 22, "place", anchor="middle", bold=True),
        label(136, 22, "what is open", bold=True),
        label(WIDTH - 14, 22, "what it decides", anchor="end", bold=True),
    ]
    for k, (name, colour, fill, problem, term) in enumerate(ROWS):
        y = 36 + STEP * k
        body += [
            box(10, y, 104, 40, fill=fill, colour=colour, radius=6),
            label(62, y + 25, name, anchor="middle", colour=colour, bold=True),
            label(136, y + 16, problem),
            label(WIDTH - 14, y + 25, term, anchor="end", colour=colour),
        ]
        if k < len(ROWS) - 1:
            body += [
                arrow((62, y + 41), (62, y + STEP - 1), colour=FAINT),
                line((136, y + 49), (WIDTH - 14, y + 49), colour=FAINT, width=0.7),
            ]
    return svg_document(WIDTH, HEIGHT, *body)
