"""Where the open problems sit on the way of the signal, and which term each of them moves."""

import style as s

WIDTH, HEIGHT, STEP = 446, 452, 58
ROWS = (
    ("device", s.CRYSTAL, s.CRYSTAL_FILL, "drift, noise, levels,\nendurance", "quality"),
    ("array", s.WORD_LINE, s.WORD_LINE_FILL, "wires, cells per weight,\nlayers of cells", "area"),
    ("converter", s.BIT_LINE, s.BIT_LINE_FILL, "energy per step, bits,\narea at the edge", "area"),
    ("digital unit", s.DIGITAL, s.DIGITAL_FILL, "what stands idle,\nvalues per second", "energy"),
    ("attention", s.DRAM, s.DRAM_FILL, "keys and values,\nnot static", "energy"),
    ("network", s.METAL, s.METAL_FILL, "recovery at scale,\nfewer bits elsewhere", "quality"),
    ("tools", s.METAL, s.METAL_FILL, "compilers, benchmarks\nthat count the same", "trust"),
)


def svg() -> str:
    """Return the drawing."""
    body = [
        s.label(62, 22, "place", "middle", bold=True),
        s.label(136, 22, "what is open", bold=True),
        s.label(WIDTH - 14, 22, "what it decides", "end", bold=True),
    ]
    for k, (name, colour, fill, problem, term) in enumerate(ROWS):
        y = 36 + STEP * k
        body += [
            s.box(10, y, 104, 40, fill=fill, colour=colour, radius=6),
            s.label(62, y + 25, name, "middle", colour=colour, bold=True),
            s.label(136, y + 16, problem),
            s.label(WIDTH - 14, y + 25, term, "end", colour=colour),
        ]
        if k < len(ROWS) - 1:
            body += [
                s.arrow((62, y + 41), (62, y + STEP - 1), colour=s.FAINT),
                s.line((136, y + 49), (WIDTH - 14, y + 49), colour=s.FAINT, width=0.7),
            ]
    return s.svg_document(WIDTH, HEIGHT, *body)
