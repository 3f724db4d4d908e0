"""A signed weight two ways: a pair on two bit lines, and the unit cell of the chip on one."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    INK,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

TOP, MIDDLE, BOTTOM = 84, 244, 404  # of the chip's input line, output line, input line


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
    middle = far + way * 38
    first, second = far + way * 86, far + way * 116
    return "".join(
        (
            line((x, far), (x, middle - way * 19)),
            line((x, middle + way * 19), (x, far + way * 71)),
            line((x, far + way * 131), (x, MIDDLE)),
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
        label(95, 22, "(a) two bit lines", anchor="middle", bold=True),
        line((12, TOP), (178, TOP), colour=WORD_LINE, width=2.6),
        label(12, TOP - 12, "input line at V", colour=WORD_LINE),
    ]
    for x, sign in ((55, "+"), (135, "−")):
        parts += [
            line((x, TOP), (x, 148)),
            device(x, 167, f"G^{sign}", -1 if sign == "+" else 1),
            line((x, 186), (x, 214)),
            line((x, 214), (x, 330), colour=BIT_LINE, width=2.6),
            arrow((x - 12, 236), (x - 12, 282), colour=BIT_LINE),
            label(x + 8, 264, f"I^{sign}", colour=BIT_LINE),
            dot(x, TOP, colour=WORD_LINE),
            dot(x, 214, colour=BIT_LINE),
        ]
    parts += [
        box(25, 330, 140, 44, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(95, 357, "ADCs, subtract", anchor="middle"),
        arrow((95, 374), (95, 410), colour=DIGITAL),
        label(95, 428, "I^+ − I^−", anchor="middle"),
    ]
    return "".join(parts)


def chip() -> str:
    """Return the unit cell of the chip, with the voltages of a positive input."""
    left, right = 222, 476
    return "".join(
        (
            label(390, 22, "(b) the chip: one output line", anchor="middle", bold=True),
            line((left, TOP), (right, TOP), colour=WORD_LINE, width=2.6),
            line((left, BOTTOM), (right, BOTTOM), colour=WORD_LINE, width=2.6),
            label(left, TOP - 12, "input line at V_{cm} − V_{read}", colour=WORD_LINE),
            label(left, BOTTOM + 24, "input line at V_{cm} + V_{read}", colour=WORD_LINE),
            *(branch(x, TOP, f"G^+_{k}") for k, x in ((1, 262), (2, 352))),
            *(branch(x, BOTTOM, f"G^−_{k}") for k, x in ((1, 262), (2, 352))),
            line((left, MIDDLE), (478, MIDDLE), colour=BIT_LINE, width=2.6),
            label(374, MIDDLE + 20, "at V_{cm}", colour=BIT_LINE, halo=True),
            arrow((456, 206), (456, 112), colour=BIT_LINE),
            label(463, 166, "I^+", colour=BIT_LINE),
            arrow((456, 376), (456, 282), colour=BIT_LINE),
            label(463, 336, "I^−", colour=BIT_LINE),
            box(478, MIDDLE - 34, 82, 68, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
            label(519, MIDDLE - 8, "regulator:", anchor="middle", size=13),
            label(519, MIDDLE + 9, "holds V_{cm}", anchor="middle", size=13),
            label(519, MIDDLE + 27, "sees I^+ − I^−", anchor="middle", size=13),
            arrow((519, MIDDLE + 34), (519, MIDDLE + 70), colour=INK),
            box(478, MIDDLE + 70, 82, 34, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
            label(519, MIDDLE + 92, "ADC", anchor="middle"),
            label(374, MIDDLE - 68, "two select\ntransistors\neach", size=13, colour=INK),
        )
    )


def svg() -> str:
    """Return the drawing."""
    divider = line((200, 12), (200, 440), colour=FAINT, width=1, dashed=True)
    return svg_document(566, 446, textbook(), divider, chip())
