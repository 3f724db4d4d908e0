"""Where the product is formed: far from memory, near it, or in it, with gates or with a wire."""

import style as s

WIDTH, HEIGHT = 446, 560
GREY, BLUE = (s.OXIDE_FILL, s.METAL), (s.WORD_LINE_FILL, s.WORD_LINE)
GREEN, ORANGE = (s.DIGITAL_FILL, s.DIGITAL), (s.BIT_LINE_FILL, s.BIT_LINE)
# Left edge, upper edge, width, height, colours, name, words.
BOXES = (
    (4, 90, 140, 72, GREY, "far from memory", "processor fetches\nevery operand"),
    (153, 90, 140, 72, GREY, "near memory", "arithmetic units sit\nbeside the banks"),
    (302, 90, 140, 72, BLUE, "in memory", "the array itself\ntakes part"),
    (
        4,
        204,
        214,
        72,
        GREEN,
        "digital in-memory",
        "gates at the cells, adder trees;\nexact; mostly SRAM",
    ),
    (
        228,
        204,
        214,
        72,
        ORANGE,
        "analog in-memory",
        "a wire adds; converters at\nthe edges; approximate",
    ),
    (4, 318, 206, 72, ORANGE, "charge adds", "capacitors share charge,\nthe weight switches them"),
    (
        220,
        318,
        222,
        72,
        ORANGE,
        "current adds",
        "Ohm multiplies, Kirchhoff\nadds; weight: conductance",
    ),
)
STORES = (
    (
        4,
        206,
        "memory: volatile",
        "SRAM cells, each with a\ncapacitor; weights must be\nloaded after power-up",
    ),
    (
        220,
        222,
        "mostly non-volatile",
        "flash, ReRAM, PCM, MRAM, or\nFeFET: weights stay without\npower (in gain cells they fade)",
    ),
)
WAYS = (
    ((223, 50), (223, 68), (74, 68), (74, 89)),
    ((223, 50), (223, 89)),
    ((223, 50), (223, 68), (372, 68), (372, 89)),
    ((372, 162), (372, 182), (111, 182), (111, 203)),
    ((372, 162), (372, 203)),
    ((335, 276), (335, 296), (107, 296), (107, 317)),
    ((335, 276), (335, 317)),
    ((107, 390), (107, 431)),
    ((331, 390), (331, 431)),
)


def svg() -> str:
    """Return the drawing."""
    parts = [s.arrow(*way) for way in WAYS]
    parts += [
        s.box(83, 8, 280, 42, fill=s.OXIDE_FILL, radius=8),
        s.label(223, 35, "Where is the product formed?", "middle", bold=True, size=16),
    ]
    for x, y, wide, tall, (fill, colour), name, words in BOXES:
        parts += [
            s.box(x, y, wide, tall, fill=fill, colour=colour, radius=8),
            s.label(x + wide / 2, y + 22, name, "middle", bold=True),
            s.label(x + wide / 2, y + 43, words, "middle"),
        ]
    for x, wide, name, words in STORES:
        outline = ((x, 432), (x + wide, 432), (x + wide, 524), (x, 524))
        parts += [
            s.line(*outline, colour=s.BIT_LINE, dashed=True, closed=True),
            s.label(x + wide / 2, 454, name, "middle", bold=True),
            s.label(x + wide / 2, 475, words, "middle"),
        ]
    return s.svg_document(WIDTH, HEIGHT - 28, *parts)
