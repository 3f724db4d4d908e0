"""From the supply to ground: what currents of either sign take in reads of one and four phases."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    HEATER,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 560
PUSH, DRAW = 2, 5  # units of current
THICK = 1.3  # px for a unit


def _device(x: float, y: float) -> str:
    return box(x - 10, y - 17, 20, 34, fill=CRYSTAL_FILL, colour=CRYSTAL, stroke=1.8)


def _wire(x: float, start: float, end: float, units: int) -> str:
    return arrow((x, start), (x, end), colour=BIT_LINE, width=THICK * units, head=8 + units)


def _panel(top: float, title: str, pushed: int, drawn: int, words: tuple[str, ...]) -> str:
    high, middle, low = top + 44, top + 122, top + 200
    net = drawn - pushed
    parts = [
        label(12, top + 16, title, bold=True),
        line((16, high), (216, high), colour=WORD_LINE if pushed else FAINT, width=3),
        label(16, high - 8, "V_{cm} + V_{read}", colour=WORD_LINE if pushed else FAINT),
        line((16, middle), (306, middle), colour=BIT_LINE, width=3),
        label(16, middle - 8, "bit line, V_{cm}", colour=BIT_LINE),
        line((16, low), (216, low), colour=WORD_LINE, width=3),
        label(16, low + 20, "V_{cm} − V_{read}", colour=WORD_LINE),
        box(306, middle - 25, 92, 50, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
        label(352, middle + 5, "regulator", anchor="middle", bold=True),
        line((352, high - 12), (352, middle - 25), colour=HEATER, width=THICK * net),
        line((322, high - 12), (382, high - 12), colour=HEATER, width=3),
        label(352, high - 22, "supply", anchor="middle", colour=HEATER, bold=True),
        arrow((306, middle), (262, middle), colour=BIT_LINE, width=THICK * net, head=8 + net),
        label(282, middle - 14, f"{net}", anchor="middle", colour=BIT_LINE, bold=True),
        label(362, (high + middle) / 2 - 6, f"{net}", colour=HEATER, bold=True),
    ]
    if pushed:
        parts += [
            _wire(140, high, middle - 4, pushed),
            _device(140, (high + middle) / 2),
            label(156, (high + middle) / 2 + 5, f"{pushed} pushed"),
            dot(140, middle, 4, BIT_LINE),
        ]
    parts += [
        _wire(190, middle, low - 4, drawn),
        _device(190, (middle + low) / 2),
        label(206, (middle + low) / 2 + 5, f"{drawn} drawn"),
        dot(190, middle, 4, BIT_LINE),
    ]
    parts += [label(262, low + 2 + 18 * k, text) for k, text in enumerate(words)]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    larger, whole = max(PUSH, DRAW), PUSH + DRAW
    return svg_document(
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
        label(12, 502, "four phases: cells that subtract, read later", bold=True),
        label(12, 526, f"supplied: {PUSH}; in all phases together {whole},"),
        label(12, 546, f"and the counters subtract {PUSH} from {DRAW}"),
    )
