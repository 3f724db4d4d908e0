"""From the supply to ground: what currents of either sign take in reads of one and four phases."""

import style as s

WIDTH, HEIGHT = 446, 560
PUSH, DRAW = 2, 5  # units of current
THICK = 1.3  # px for a unit


def _device(x: float, y: float) -> str:
    return s.box(x - 10, y - 17, 20, 34, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8)


def _wire(x: float, start: float, end: float, units: int) -> str:
    return s.arrow((x, start), (x, end), colour=s.BIT_LINE, width=THICK * units, head=8 + units)


def _panel(top: float, title: str, pushed: int, drawn: int, words: tuple[str, ...]) -> str:
    high, middle, low = top + 44, top + 122, top + 200
    net = drawn - pushed
    parts = [
        s.label(12, top + 16, title, bold=True),
        s.line((16, high), (216, high), colour=s.WORD_LINE if pushed else s.FAINT, width=3),
        s.label(16, high - 8, "V_{cm} + V_{read}", colour=s.WORD_LINE if pushed else s.FAINT),
        s.line((16, middle), (306, middle), colour=s.BIT_LINE, width=3),
        s.label(16, middle - 8, "bit line, V_{cm}", colour=s.BIT_LINE),
        s.line((16, low), (216, low), colour=s.WORD_LINE, width=3),
        s.label(16, low + 20, "V_{cm} − V_{read}", colour=s.WORD_LINE),
        s.box(306, middle - 25, 92, 50, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(352, middle + 5, "regulator", "middle", bold=True),
        s.line((352, high - 12), (352, middle - 25), colour=s.HEATER, width=THICK * net),
        s.line((322, high - 12), (382, high - 12), colour=s.HEATER, width=3),
        s.label(352, high - 22, "supply", "middle", colour=s.HEATER, bold=True),
        s.arrow((306, middle), (262, middle), colour=s.BIT_LINE, width=THICK * net, head=8 + net),
        s.label(282, middle - 14, f"{net}", "middle", colour=s.BIT_LINE, bold=True),
        s.label(362, (high + middle) / 2 - 6, f"{net}", colour=s.HEATER, bold=True),
    ]
    if pushed:
        parts += [
            _wire(140, high, middle - 4, pushed),
            _device(140, (high + middle) / 2),
            s.label(156, (high + middle) / 2 + 5, f"{pushed} pushed"),
            s.dot(140, middle, 4, s.BIT_LINE),
        ]
    parts += [
        _wire(190, middle, low - 4, drawn),
        _device(190, (middle + low) / 2),
        s.label(206, (middle + low) / 2 + 5, f"{drawn} drawn"),
        s.dot(190, middle, 4, s.BIT_LINE),
    ]
    parts += [s.label(262, low + 2 + 18 * k, text) for k, text in enumerate(words)]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    larger, whole = max(PUSH, DRAW), PUSH + DRAW
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _panel(
            6,
            "one phase",
            PUSH,
            DRAW,
            (f"supplied: {PUSH} + {DRAW - PUSH} = {larger}", f"converter sees {DRAW - PUSH}"),
        ),
        _panel(252, "four phases: cells that add", 0, DRAW, (f"supplied: {DRAW}",)),
        s.label(12, 502, "four phases: cells that subtract, read later", bold=True),
        s.label(12, 526, f"supplied: {PUSH}; in all phases together {whole},"),
        s.label(12, 546, f"and the counters subtract {PUSH} from {DRAW}"),
    )
