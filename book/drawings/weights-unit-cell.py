"""A signed weight two ways: a pair on two bit lines, and the unit cell of the chip on one."""

import style as s

TOP, MIDDLE, BOTTOM = 306, 452, 598  # of the chip's input line, output line, input line


def device(x: float, y: float, name: str, side: float = 1) -> str:
    """Return a phase-change device centred at (x, y), with its name beside it."""
    anchor = "start" if side > 0 else "end"
    return s.box(
        x - 11, y - 19, 22, 38, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8
    ) + s.label(x + side * 17, y + 5, name, anchor)


def transistor(x: float, y: float) -> str:
    """Return a select transistor 30 high, its channel on a vertical wire at x."""
    return (
        s.line((x, y - 15), (x, y - 9), (x - 8, y - 9), (x - 8, y + 9), (x, y + 9), (x, y + 15))
        + s.line((x - 13, y - 9), (x - 13, y + 9))
        + s.line((x - 13, y), (x - 21, y))
    )


def branch(x: float, far: float, name: str) -> str:
    """Return device and two transistors between an input line and the output line."""
    way = 1 if far < MIDDLE else -1
    middle = far + way * 34
    first, second = far + way * 76, far + way * 106
    return "".join(
        (
            s.line((x, far), (x, middle - way * 19)),
            s.line((x, middle + way * 19), (x, far + way * 61)),
            s.line((x, far + way * 121), (x, MIDDLE)),
            device(x, middle, name),
            transistor(x, first),
            transistor(x, second),
            s.dot(x, far, colour=s.WORD_LINE),
            s.dot(x, MIDDLE, colour=s.BIT_LINE),
        )
    )


def textbook() -> str:
    """Return the pair on two bit lines."""
    parts = [
        s.label(8, 20, "(a) two bit lines, subtracted after the ADCs", bold=True),
        s.line((8, 64), (178, 64), colour=s.WORD_LINE, width=2.6),
        s.label(8, 54, "input line at V", colour=s.WORD_LINE),
    ]
    for x, sign in ((60, "+"), (130, "−")):
        parts += [
            s.line((x, 64), (x, 80)),
            device(x, 99, f"G^{sign}"),
            s.line((x, 118), (x, 132)),
            s.line((x, 132), (x, 196), colour=s.BIT_LINE, width=2.6),
            s.arrow((x - 12, 142), (x - 12, 180), colour=s.BIT_LINE),
            s.label(x + 8, 166, f"I^{sign}", colour=s.BIT_LINE),
            s.dot(x, 64, colour=s.WORD_LINE),
            s.dot(x, 132, colour=s.BIT_LINE),
        ]
    parts += [
        s.box(30, 196, 130, 36, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(95, 219, "two ADCs", "middle"),
        s.arrow((160, 214), (206, 214), colour=s.DIGITAL),
        s.label(214, 219, "I^+ − I^−"),
    ]
    return "".join(parts)


def chip() -> str:
    """Return the unit cell of the chip, with the voltages of a positive input."""
    left, right = 8, 252
    return "".join(
        (
            s.label(8, 268, "(b) the chip: one output line", bold=True),
            s.line((left, TOP), (right, TOP), colour=s.WORD_LINE, width=2.6),
            s.line((left, BOTTOM), (right, BOTTOM), colour=s.WORD_LINE, width=2.6),
            s.label(left, TOP - 10, "input line at V_{cm} − V_{read}", colour=s.WORD_LINE),
            s.label(left, BOTTOM + 22, "input line at V_{cm} + V_{read}", colour=s.WORD_LINE),
            *(branch(x, TOP, f"G^+_{k}") for k, x in ((1, 36), (2, 118))),
            *(branch(x, BOTTOM, f"G^−_{k}") for k, x in ((1, 36), (2, 118))),
            s.line((left, MIDDLE), (258, MIDDLE), colour=s.BIT_LINE, width=2.6),
            s.label(144, MIDDLE + 20, "at V_{cm}", colour=s.BIT_LINE, halo=True),
            s.label(137, MIDDLE - 62, "two select", size=13),
            s.label(137, MIDDLE - 46, "transistors", size=13),
            s.label(137, MIDDLE - 30, "each", size=13),
            s.arrow((228, MIDDLE - 38), (228, TOP + 24), colour=s.BIT_LINE),
            s.label(235, TOP + 66, "I^+", colour=s.BIT_LINE),
            s.arrow((228, BOTTOM - 24), (228, MIDDLE + 38), colour=s.BIT_LINE),
            s.label(235, BOTTOM - 56, "I^−", colour=s.BIT_LINE),
            s.box(258, MIDDLE - 32, 90, 64, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
            s.label(303, MIDDLE - 11, "regulator:", "middle", size=13),
            s.label(303, MIDDLE + 6, "holds V_{cm},", "middle", size=13),
            s.label(303, MIDDLE + 24, "sees I^+ − I^−", "middle", size=13),
            s.arrow((303, MIDDLE + 32), (303, MIDDLE + 66)),
            s.box(268, MIDDLE + 66, 70, 34, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
            s.label(303, MIDDLE + 88, "ADC", "middle"),
        )
    )


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(356, 632, textbook(), chip())
