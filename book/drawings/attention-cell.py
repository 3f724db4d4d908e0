"""A gain cell: written through one transistor, read through a pair of others, and leaking."""

import math

from style import (
    BIT_LINE,
    CRYSTAL,
    FAINT,
    GLASS,
    HEATER,
    INK,
    METAL_FILL,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

from aimc.outlook.gain_cell_attention import GainCell
from aimc.published import fact
from aimc.units import MILLI

CELL = GainCell()
OPEN = fact("E061").numbers[1]  # ns, in which the transistor lets a value in
LIFE = 3  # retention times on the axis
WIDTH, HEIGHT = 410, 470
NODE, STORE = 130, 150  # the storage node


def transistor(x: float, y: float, side: int = -1) -> str:
    """Return a transistor 30 high, its channel on a vertical wire at x, its gate to one side."""
    return (
        line((x, y - 15), (x, y - 9), (x + side * 8, y - 9), (x + side * 8, y + 9), (x, y + 9))
        + line((x, y + 9), (x, y + 15))
        + line((x + side * 13, y - 9), (x + side * 13, y + 9))
        + line((x + side * 13, y), (x + side * 22, y))
    )


def cell() -> list[str]:
    out = 262
    return [
        label(8, 20, "write", bold=True, colour=WORD_LINE),
        label(8, 40, "voltage from a", colour=WORD_LINE),
        label(8, 58, f"{CELL.bits}-bit converter", colour=WORD_LINE),
        line((34, 70), (34, STORE), (52, STORE), colour=WORD_LINE, width=2.2),
        # the write transistor lies on the horizontal wire
        line((52, STORE), (58, STORE), (58, STORE - 8), (76, STORE - 8), (76, STORE), (82, STORE)),
        line((58, STORE - 13), (76, STORE - 13)),
        line((67, STORE - 13), (67, STORE - 24)),
        label(67, STORE - 30, f"open {OPEN:g} ns", anchor="middle", colour=WORD_LINE, halo=True),
        line((82, STORE), (NODE, STORE)),
        dot(NODE, STORE),
        label(NODE + 4, STORE - 10, "V", italic=True, colour=CRYSTAL),
        # capacitor
        line((NODE, STORE), (NODE, STORE + 34)),
        line((NODE - 20, STORE + 34), (NODE + 20, STORE + 34), colour=CRYSTAL, width=3),
        line((NODE - 20, STORE + 42), (NODE + 20, STORE + 42), colour=CRYSTAL, width=3),
        line((NODE, STORE + 42), (NODE, STORE + 64)),
        line((NODE - 12, STORE + 64), (NODE + 12, STORE + 64), width=2.2),
        label(NODE + 28, STORE + 42, "keeps the key", colour=CRYSTAL),
        arrow((NODE - 6, STORE + 8), (NODE - 52, STORE + 44), colour=HEATER),
        label(8, STORE + 62, "leaks through", colour=HEATER),
        label(8, STORE + 80, "the transistor", colour=HEATER),
        # the pair that turns the voltage into a current
        line((NODE, STORE), (out - 34, STORE)),
        line((out - 34, STORE - 36), (out - 34, STORE + 12)),
        line((out - 34, STORE - 36), (out - 22, STORE - 36)),
        line((out - 34, STORE + 12), (out - 22, STORE + 12)),
        transistor(out, STORE - 36),
        transistor(out, STORE + 12),
        line((out, STORE - 21), (out, STORE - 3)),
        line((out, STORE - 51), (out, 84)),
        label(out, 76, f"{CELL.supply:g} V", anchor="middle"),
        line((out, STORE + 27), (out, STORE + 44)),
        line((out - 12, STORE + 44), (out + 12, STORE + 44), width=2.2),
        label(out - 30, 40, "read", bold=True, colour=BIT_LINE),
        dot(out, STORE - 12),
        # gated by the query
        line((out, STORE - 12), (out + 28, STORE - 12)),
        box(out + 28, STORE - 26, 36, 28, fill=METAL_FILL, radius=4),
        label(out + 46, STORE - 7, "gate", anchor="middle", size=13),
        line((out + 46, STORE - 26), (out + 46, 104), colour=WORD_LINE),
        line(
            *((out + 20, 100), (out + 32, 100), (out + 32, 86), (out + 62, 86), (out + 62, 100)),
            *((out + 74, 100),),
            colour=WORD_LINE,
            width=2.2,
        ),
        label(out + 48, 76, "query pulse", anchor="start", colour=WORD_LINE),
        line((out + 64, STORE - 12), (out + 104, STORE - 12)),
        line((out + 104, 112), (out + 104, STORE + 72), colour=BIT_LINE, width=2.6),
        dot(out + 104, STORE - 12, colour=BIT_LINE),
        arrow((out + 92, STORE + 6), (out + 92, STORE + 50), colour=BIT_LINE),
        label(out + 84, STORE + 62, "charge on the", anchor="end", colour=BIT_LINE),
        label(out + 84, STORE + 80, "bit line", anchor="end", colour=BIT_LINE),
    ]


def leak() -> list[str]:
    left, right, top, bottom = 70, 370, 292, 420
    middle, high = (top + bottom) / 2, (bottom - top) / 2

    def curve(sign: int) -> list[tuple[float, float]]:
        return [
            (left + (right - left) * k / 40, middle - sign * high * math.exp(-k / 40 * LIFE))
            for k in range(41)
        ]

    tau = left + (right - left) / LIFE
    return [
        arrow((left, bottom + 12), (left, top - 14), colour=INK),
        arrow((left, bottom + 12), (right + 16, bottom + 12), colour=INK),
        label(left - 8, top + 5, f"{CELL.supply:g} V", anchor="end"),
        label(left - 8, middle + 5, f"{CELL.supply / 2:g} V", anchor="end"),
        label(left - 8, bottom + 5, "0 V", anchor="end"),
        line((left, middle), (right, middle), colour=FAINT, dashed=True),
        line(*curve(1), colour=CRYSTAL, width=2.4),
        line(*curve(-1), colour=GLASS, width=2.4),
        line((tau, top), (tau, bottom + 12), colour=FAINT, dashed=True),
        label(tau + 14, top + 8, f"τ = {CELL.retention / MILLI:g} ms", colour=HEATER),
        label(left + 36, top + 8, "weight +1", colour=CRYSTAL, size=13),
        label(left + 36, bottom + 4, "weight −1", colour=GLASS, size=13),
        label(right, middle - 26, "weight 0: forgotten", anchor="end"),
        label(right + 10, bottom + 32, "time", anchor="end"),
    ]


def svg() -> str:
    return svg_document(WIDTH, HEIGHT, *cell(), *leak())
