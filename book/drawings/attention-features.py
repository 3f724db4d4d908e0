"""Random features: a fixed matrix, a function of each product; and attention as a running sum."""

import style as s

WIDTH, HEIGHT = 400, 488


def vector(x: float, y: float, cells: int, colour: str, high: float = 14) -> list[str]:
    return [s.box(x, y + high * k, 14, high, colour=colour, stroke=1.2) for k in range(cells)]


def feature_map() -> list[str]:
    left, top = 76, 44
    shades = (0.9, 0.2, 0.5, 0.1, 0.7, 0.4, 0.8, 0.3)
    cells = []
    for i in range(8):
        for j in range(4):
            level = shades[(3 * i + 5 * j + i * j) % 8]
            negative = (i * i + 3 * i * j + j) % 5 in (1, 3)
            x, y = left + 20 * j, top + 20 * i
            cells.append(s.box(x, y, 20, 20, colour=s.CRYSTAL, stroke=1))
            cells.append(
                s.box(
                    x + 10 - 9 * level,
                    y + 10 - 9 * level,
                    18 * level,
                    18 * level,
                    fill=s.PAPER if negative else s.CRYSTAL,
                    colour=s.CRYSTAL,
                    stroke=1.4,
                )
            )
    return [
        s.label(8, 20, "(a) a kernel from fixed random numbers", bold=True),
        *vector(22, 96, 4, s.WORD_LINE),
        s.label(29, 88, "x", "middle", italic=True, colour=s.WORD_LINE),
        s.arrow((42, 124), (left - 4, 124), colour=s.WORD_LINE),
        *cells,
        s.label(left + 40, 224, "directions ω_i:", "middle", colour=s.CRYSTAL),
        s.label(left + 40, 242, "programmed once", "middle", colour=s.CRYSTAL),
        s.label(
            left + 40, 260, "(full: positive, open: negative)", "middle", colour=s.CRYSTAL, size=13
        ),
        s.arrow((left + 84, 124), (left + 122, 124), colour=s.BIT_LINE),
        s.label(left + 103, 114, "ω_i·x", "middle", colour=s.BIT_LINE, size=13),
        s.box(left + 124, 64, 112, 120, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5),
        s.label(left + 180, 110, "cosine and", "middle"),
        s.label(left + 180, 128, "sine of each", "middle"),
        s.label(left + 180, 146, "product", "middle"),
        s.arrow((left + 238, 124), (left + 276, 124), colour=s.DIGITAL),
        *vector(left + 280, 44, 16, s.DIGITAL, 10),
        s.label(left + 287, 36, "z(x)", "middle", colour=s.DIGITAL),
        s.label(left + 312, 228, "z(x)·z(x′) ≈ κ(x, x′)", "end", colour=s.INK),
    ]


def running_sum() -> list[str]:
    top = 318
    return [
        s.label(8, top - 22, "(b) attention as a running sum", bold=True),
        s.label(8, top + 22, "key, value", colour=s.WORD_LINE),
        s.arrow((82, top + 17), (104, top + 17), colour=s.WORD_LINE),
        s.box(106, top, 76, 34, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=5),
        s.label(144, top + 22, "features", "middle"),
        s.arrow((184, top + 17), (232, top + 17), colour=s.DIGITAL),
        s.label(208, top + 8, "add", "middle", colour=s.DIGITAL, size=13),
        s.box(234, top - 6, 120, 84, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5),
        s.label(294, top + 18, "Σ z(key) value^T", "middle"),
        s.label(294, top + 42, "Σ z(key)", "middle"),
        s.label(294, top + 66, "one matrix", "middle", colour=s.DIGITAL, size=13),
        s.label(8, top + 122, "query", colour=s.WORD_LINE),
        s.arrow((52, top + 117), (104, top + 117), colour=s.WORD_LINE),
        s.box(106, top + 100, 76, 34, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=5),
        s.label(144, top + 122, "features", "middle"),
        s.arrow((184, top + 117), (294, top + 117), (294, top + 80), colour=s.DIGITAL),
        s.label(238, top + 110, "multiply", "middle", colour=s.DIGITAL, size=13),
        s.arrow((356, top + 36), (380, top + 36), colour=s.DIGITAL),
        s.label(384, top + 41, "y", italic=True),
        s.line((106, top + 142), (182, top + 142), colour=s.CRYSTAL),
        s.label(144, top + 160, "the same cores", "middle", colour=s.CRYSTAL, size=13),
    ]


def svg() -> str:
    return s.svg_document(WIDTH, HEIGHT, *feature_map(), *running_sum())
