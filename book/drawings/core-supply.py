"""From the supply to ground: what currents of either sign take in reads of one and four phases."""

import style as s

WIDTH, HEIGHT = 446, 452
PUSH, DRAW = 2, 5  # units of current
THICK = 1.3  # px for a unit


def _device(x: float, y: float) -> str:
    return s.box(x - 10, y - 17, 20, 34, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8)


def _wire(x: float, start: float, end: float, units: int, colour: str = s.BIT_LINE) -> str:
    return s.arrow((x, start), (x, end), colour=colour, width=THICK * units, head=8 + units)


def _regulator(x: float, middle: float, units: int) -> str:
    return "".join(
        [
            s.box(x, middle - 23, 84, 46, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
            s.label(x + 42, middle + 5, "regulator", "middle", bold=True),
            s.arrow(
                (x, middle),
                (x - 44, middle),
                colour=s.BIT_LINE,
                width=THICK * units,
                head=8 + units,
            ),
            s.label(x - 22, middle - 13, f"{units}", "middle", colour=s.BIT_LINE, bold=True),
        ]
    )


def _drawn(x: float, middle: float, low: float, units: int) -> str:
    return "".join(
        [
            _wire(x, middle, low - 3, units),
            _device(x, (middle + low) / 2),
            s.label(x + 16, (middle + low) / 2 + 5, f"{units} drawn"),
            s.dot(x, middle, 4, s.BIT_LINE),
        ]
    )


def _both(top: float) -> str:
    """Return the panel in which devices of either sign conduct at once."""
    rail, high, middle, low = top + 36, top + 78, top + 146, top + 214
    net = DRAW - PUSH
    return "".join(
        [
            s.label(12, top + 14, "one phase", bold=True),
            s.line((12, rail), (424, rail), colour=s.HEATER, width=3),
            s.label(424, rail - 9, f"supply: {DRAW}", "end", colour=s.HEATER, bold=True),
            _wire(60, rail, high - 2, PUSH, s.HEATER),
            s.label(72, rail + 24, f"{PUSH}", colour=s.HEATER, bold=True),
            _wire(378, rail, middle - 24, net, s.HEATER),
            s.label(392, rail + 46, f"{net}", colour=s.HEATER, bold=True),
            s.line((12, high), (226, high), colour=s.WORD_LINE, width=3),
            s.label(236, high + 5, "V_{cm} + V_{read}", colour=s.WORD_LINE),
            s.line((12, middle), (336, middle), colour=s.BIT_LINE, width=3),
            s.label(12, middle - 9, "bit line, V_{cm}", colour=s.BIT_LINE),
            s.line((12, low), (226, low), colour=s.WORD_LINE, width=3),
            s.label(236, low + 5, "V_{cm} − V_{read}", colour=s.WORD_LINE),
            _wire(140, high, middle - 4, PUSH),
            _device(140, (high + middle) / 2),
            s.label(156, (high + middle) / 2 + 5, f"{PUSH} pushed"),
            s.dot(140, middle, 4, s.BIT_LINE),
            _drawn(190, middle, low, DRAW),
            _regulator(336, middle, net),
            s.label(378, middle + 43, f"counts {net}", "middle", colour=s.DIGITAL, bold=True),
        ]
    )


def _one(left: float, top: float, title: str, units: int, sign: str) -> str:
    """Return a panel in which only devices of one sign conduct."""
    rail, middle, low = top + 40, top + 92, top + 160
    reach = left + 126
    return "".join(
        [
            s.label(left, top + 14, title, bold=True),
            s.line((left, rail), (reach + 84, rail), colour=s.HEATER, width=3),
            s.label(left, rail - 7, f"supply: {units}", colour=s.HEATER, bold=True),
            _wire(reach + 42, rail, middle - 24, units, s.HEATER),
            s.line((left, middle), (reach, middle), colour=s.BIT_LINE, width=3),
            s.line((left, low), (left + 96, low), colour=s.WORD_LINE, width=3),
            s.label(left + 104, low + 5, "V_{cm} − V_{read}", colour=s.WORD_LINE),
            _drawn(left + 30, middle, low, units),
            _regulator(reach, middle, units),
            s.label(
                reach + 42,
                middle + 43,
                f"counts {sign}{units}",
                "middle",
                colour=s.DIGITAL,
                bold=True,
            ),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _both(4),
        _one(12, 246, "four phases: cells that add", DRAW, "+"),
        _one(228, 246, "and those that subtract", PUSH, "−"),
        s.label(12, 440, f"supplied in all: {DRAW} + {PUSH} = {PUSH + DRAW}"),
        s.label(434, 440, f"result: {DRAW} − {PUSH} = {DRAW - PUSH}", "end", colour=s.DIGITAL),
    )
