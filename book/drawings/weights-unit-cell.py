"""A signed weight two ways: a pair on two bit lines, and the unit cell of the chip on one."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

TOP, MIDDLE, BOTTOM = 306, 452, 598  # of the chip's input line, output line, input line


def device(x: float, y: float, name: str, side: float = 1) -> str:
    """Return a phase-change device centred at (x, y), with its name beside it."""
    anchor = "start" if side > 0 else "end"
    return box(x - 11, y - 19, 22, 38, fill=CRYSTAL_FILL, colour=CRYSTAL, stroke=1.8) + label(
        x + side * 17, y + 5, name, anchor=anchor
    )


def transistor(x: float, y: float) -> str:
    """Return a select transistor 30 high, its channel on a vertical wire at x."""
    return (
        line((x, y - 15), (x, y - 9), (x - 8, y - 9), (x - 8, y + 9), (x, y + 9), (x, y + 15))
        + line((x - 13, y - 9), (x - 13, y + 9))
        + line((x - 13, y), (x - 21, y))
    )


def branch(x: float, far: float, name: str) -> str:
    """Return device and two transistors between an input line and the output line."""
    way = 1 if far < MIDDLE else -1
    middle = far + way * 34
    first, second = far + way * 76, far + way * 106
    return "".join(
        (
            line((x, far), (x, middle - way * 19)),
            line((x, middle + way * 19), (x, far + way * 61)),
            line((x, far + way * 121), (x, MIDDLE)),
            device(x, middle, name),
            transistor(x, first),
            transistor(x, second),
            dot(x, far, colour=WORD_LINE),
            dot(x, MIDDLE, colour=BIT_LINE),
        )
    )


def textbook() -> str:
    """Return the pair on two bit lines."""
    parts = [
        label(8, 20, "(a) two bit lines, subtracted after the ADCs", bold=True),
        line((8, 64), (178, 64), colour=WORD_LINE, width=2.6),
        label(8, 54, "input line at V", colour=WORD_LINE),
    ]
    for x, sign in ((60, "+"), (130, "−")):
        parts += [
            line((x, 64), (x, 80)),
            device(x, 99, f"G^{sign}"),
            line((x, 118), (x, 132)),
            line((x, 132), (x, 196), colour=BIT_LINE, width=2.6),
            arrow((x - 12, 142), (x - 12, 180), colour=BIT_LINE),
            label(x + 8, 166, f"I^{sign}", colour=BIT_LINE),
            dot(x, 64, colour=WORD_LINE),
            dot(x, 132, colour=BIT_LINE),
        ]
    parts += [
        box(30, 196, 130, 36, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(95, 219, "ADCs, subtract", anchor="middle"),
        arrow((160, 214), (206, 214), colour=DIGITAL),
        label(214, 219, "I^+ − I^−"),
    ]
    return "".join(parts)


def chip() -> str:
    """Return the unit cell of the chip, with the voltages of a positive input."""
    left, right = 8, 252
    return "".join(
        (
            label(8, 268, "(b) the chip: one output line", bold=True),
            line((left, TOP), (right, TOP), colour=WORD_LINE, width=2.6),
            line((left, BOTTOM), (right, BOTTOM), colour=WORD_LINE, width=2.6),
            label(left, TOP - 10, "input line at V_{cm} − V_{read}", colour=WORD_LINE),
            label(left, BOTTOM + 22, "input line at V_{cm} + V_{read}", colour=WORD_LINE),
            *(branch(x, TOP, f"G^+_{k}") for k, x in ((1, 36), (2, 118))),
            *(branch(x, BOTTOM, f"G^−_{k}") for k, x in ((1, 36), (2, 118))),
            line((left, MIDDLE), (258, MIDDLE), colour=BIT_LINE, width=2.6),
            label(144, MIDDLE + 20, "at V_{cm}", colour=BIT_LINE, halo=True),
            label(137, MIDDLE - 62, "two select", size=13),
            label(137, MIDDLE - 46, "transistors", size=13),
            label(137, MIDDLE - 30, "each", size=13),
            arrow((228, MIDDLE - 38), (228, TOP + 24), colour=BIT_LINE),
            label(235, TOP + 66, "I^+", colour=BIT_LINE),
            arrow((228, BOTTOM - 24), (228, MIDDLE + 38), colour=BIT_LINE),
            label(235, BOTTOM - 56, "I^−", colour=BIT_LINE),
            box(258, MIDDLE - 32, 90, 64, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
            label(303, MIDDLE - 11, "regulator:", anchor="middle", size=13),
            label(303, MIDDLE + 6, "holds V_{cm},", anchor="middle", size=13),
            label(303, MIDDLE + 24, "sees I^+ − I^−", anchor="middle", size=13),
            arrow((303, MIDDLE + 32), (303, MIDDLE + 66)),
            box(268, MIDDLE + 66, 70, 34, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
            label(303, MIDDLE + 88, "ADC", anchor="middle"),
        )
    )


def svg() -> str:
    """Return the drawing."""
    return svg_document(356, 632, textbook(), chip())
