"""Random features: a fixed matrix, a function of each product; and attention as a running sum."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 400, 470


def vector(x: float, y: float, cells: int, colour: str) -> list[str]:
    return [box(x, y + 14 * k, 14, 14, colour=colour, stroke=1.2) for k in range(cells)]


def feature_map() -> list[str]:
    left, top = 76, 44
    shades = (0.9, 0.2, 0.5, 0.1, 0.7, 0.4, 0.8, 0.3)
    cells = []
    for i in range(8):
        for j in range(4):
            level = shades[(3 * i + 5 * j + i * j) % 8]
            x, y = left + 20 * j, top + 20 * i
            cells.append(box(x, y, 20, 20, colour=CRYSTAL, stroke=1))
            cells.append(
                box(
                    x + 10 - 9 * level,
                    y + 10 - 9 * level,
                    18 * level,
                    18 * level,
                    fill=CRYSTAL_FILL,
                    colour=CRYSTAL,
                    stroke=0.8,
                )
            )
    return [
        label(8, 20, "(a) a kernel from fixed random numbers", bold=True),
        *vector(22, 96, 4, WORD_LINE),
        label(29, 88, "x", italic=True, anchor="middle", colour=WORD_LINE),
        arrow((42, 124), (left - 4, 124), colour=WORD_LINE),
        *cells,
        label(left + 40, 224, "directions ω_i:", anchor="middle", colour=CRYSTAL),
        label(left + 40, 242, "programmed once", anchor="middle", colour=CRYSTAL),
        arrow((left + 84, 124), (left + 122, 124), colour=BIT_LINE),
        label(left + 103, 114, "ω_i·x", anchor="middle", colour=BIT_LINE, size=13),
        box(left + 124, 64, 112, 120, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(left + 180, 92, "cos and sin", anchor="middle"),
        label(left + 180, 116, "or the sign", anchor="middle"),
        label(left + 180, 140, "or max(·, 0)", anchor="middle"),
        label(left + 180, 164, "or exp", anchor="middle"),
        arrow((left + 238, 124), (left + 276, 124), colour=DIGITAL),
        *vector(left + 280, 68, 8, DIGITAL),
        label(left + 287, 58, "z(x)", anchor="middle", colour=DIGITAL),
        label(left + 302, 208, "z(x)·z(x′) ≈ κ(x, x′)", anchor="end", colour=INK),
    ]


def running_sum() -> list[str]:
    top = 300
    return [
        label(8, top - 22, "(b) attention as a running sum", bold=True),
        label(8, top + 22, "key, value", colour=WORD_LINE),
        arrow((82, top + 17), (104, top + 17), colour=WORD_LINE),
        box(106, top, 76, 34, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=5),
        label(144, top + 22, "features", anchor="middle"),
        arrow((184, top + 17), (232, top + 17), colour=DIGITAL),
        label(208, top + 8, "add", anchor="middle", colour=DIGITAL, size=13),
        box(234, top - 6, 120, 84, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(294, top + 18, "Σ z(k_j) v_j^T", anchor="middle"),
        label(294, top + 42, "Σ z(k_j)", anchor="middle"),
        label(294, top + 66, "one matrix", anchor="middle", colour=DIGITAL, size=13),
        label(8, top + 122, "query", colour=HEATER),
        arrow((52, top + 117), (104, top + 117), colour=HEATER),
        box(106, top + 100, 76, 34, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=5),
        label(144, top + 122, "features", anchor="middle"),
        arrow((184, top + 117), (294, top + 117), (294, top + 80), colour=HEATER),
        label(238, top + 110, "multiply", anchor="middle", colour=HEATER, size=13),
        arrow((356, top + 36), (380, top + 36), colour=DIGITAL),
        label(384, top + 41, "y", italic=True),
        line((106, top + 142), (182, top + 142), colour=CRYSTAL),
        label(144, top + 160, "the same cores", anchor="middle", colour=CRYSTAL, size=13),
    ]


def svg() -> str:
    return svg_document(WIDTH, HEIGHT, *feature_map(), *running_sum())
