"""A gain cell: written through one transistor, read through a pair of others, and leaking."""

import math

import style as s

from aimc.published import fact
from aimc.units import MILLI
from aimc_course.studies.gain_cell_attention import GainCell

CELL = GainCell()
OPEN = fact("E061").numbers[1]  # ns, in which the transistor lets a value in
LIFE = 3  # retention times on the axis
WIDTH, HEIGHT = 410, 470
NODE, STORE = 130, 150  # the storage node


def transistor(x: float, y: float, side: int = -1) -> str:
    """Return a transistor 30 high, its channel on a vertical wire at x, its gate to one side."""
    return (
        s.line((x, y - 15), (x, y - 9), (x + side * 8, y - 9), (x + side * 8, y + 9), (x, y + 9))
        + s.line((x, y + 9), (x, y + 15))
        + s.line((x + side * 13, y - 9), (x + side * 13, y + 9))
        + s.line((x + side * 13, y), (x + side * 22, y))
    )


def cell() -> list[str]:
    out = 262
    return [
        s.label(8, 20, "write", bold=True),
        s.label(8, 40, "voltage from a", colour=s.BIT_LINE),
        s.label(8, 58, f"{CELL.bits}-bit converter", colour=s.BIT_LINE),
        s.line((34, 70), (34, STORE), (52, STORE), colour=s.BIT_LINE, width=2.2),
        # the write transistor lies on the horizontal wire
        s.line(
            (52, STORE), (58, STORE), (58, STORE - 8), (76, STORE - 8), (76, STORE), (82, STORE)
        ),
        s.line((58, STORE - 13), (76, STORE - 13)),
        s.line((67, STORE - 13), (67, STORE - 24)),
        s.label(67, STORE - 30, f"open {OPEN:g} ns", "middle", colour=s.WORD_LINE, halo=True),
        s.line((82, STORE), (NODE, STORE)),
        s.dot(NODE, STORE),
        s.label(NODE + 4, STORE - 10, "V", italic=True, colour=s.CRYSTAL),
        # capacitor
        s.line((NODE, STORE), (NODE, STORE + 34)),
        s.line((NODE - 20, STORE + 34), (NODE + 20, STORE + 34), colour=s.CRYSTAL, width=3),
        s.line((NODE - 20, STORE + 42), (NODE + 20, STORE + 42), colour=s.CRYSTAL, width=3),
        s.line((NODE, STORE + 42), (NODE, STORE + 64)),
        s.line((NODE - 12, STORE + 64), (NODE + 12, STORE + 64), width=2.2),
        s.label(NODE + 28, STORE + 42, "keeps the key", colour=s.CRYSTAL),
        s.arrow((NODE - 6, STORE + 8), (NODE - 52, STORE + 44), colour=s.HEATER),
        s.label(8, STORE + 62, "leaks through", colour=s.HEATER),
        s.label(8, STORE + 80, "the transistor", colour=s.HEATER),
        # the pair that turns the voltage into a current
        s.line((NODE, STORE), (out - 34, STORE)),
        s.line((out - 34, STORE - 36), (out - 34, STORE + 12)),
        s.line((out - 34, STORE - 36), (out - 22, STORE - 36)),
        s.line((out - 34, STORE + 12), (out - 22, STORE + 12)),
        transistor(out, STORE - 36),
        transistor(out, STORE + 12),
        s.line((out, STORE - 21), (out, STORE - 3)),
        s.line((out, STORE - 51), (out, 84)),
        s.label(out, 76, f"{CELL.supply:g} V", "middle"),
        s.line((out, STORE + 27), (out, STORE + 44)),
        s.line((out - 12, STORE + 44), (out + 12, STORE + 44), width=2.2),
        s.label(out - 30, 40, "read", bold=True),
        s.dot(out, STORE - 12),
        # gated by the query
        s.line((out, STORE - 12), (out + 28, STORE - 12)),
        s.box(out + 28, STORE - 26, 36, 28, fill=s.METAL_FILL, radius=4),
        s.label(out + 46, STORE - 7, "gate", "middle", size=13),
        s.line((out + 46, STORE - 26), (out + 46, 104), colour=s.WORD_LINE),
        s.line(
            *((out + 20, 100), (out + 32, 100), (out + 32, 86), (out + 62, 86), (out + 62, 100)),
            *((out + 74, 100),),
            colour=s.WORD_LINE,
            width=2.2,
        ),
        s.label(out + 48, 76, "query pulse", "start", colour=s.WORD_LINE),
        s.line((out + 64, STORE - 12), (out + 104, STORE - 12)),
        s.line((out + 104, 112), (out + 104, STORE + 72), colour=s.BIT_LINE, width=2.6),
        s.dot(out + 104, STORE - 12, colour=s.BIT_LINE),
        s.arrow((out + 92, STORE + 6), (out + 92, STORE + 50), colour=s.BIT_LINE),
        s.label(out + 84, STORE + 62, "charge on the", "end", colour=s.BIT_LINE),
        s.label(out + 84, STORE + 80, "bit line", "end", colour=s.BIT_LINE),
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
        s.arrow((left, bottom + 12), (left, top - 14), colour=s.INK),
        s.arrow((left, bottom + 12), (right + 16, bottom + 12), colour=s.INK),
        s.label(left - 8, top + 5, f"{CELL.supply:g} V", "end"),
        s.label(left - 8, middle + 5, f"{CELL.supply / 2:g} V", "end"),
        s.label(left - 8, bottom + 5, "0 V", "end"),
        s.line((left, middle), (right, middle), colour=s.FAINT, dashed=True),
        s.line(*curve(1), colour=s.CRYSTAL, width=2.4),
        s.line(*curve(-1), colour=s.GLASS, width=2.4),
        s.line((tau, top), (tau, bottom + 12), colour=s.FAINT, dashed=True),
        s.label(tau + 14, top + 8, f"τ = {CELL.retention / MILLI:g} ms", colour=s.HEATER),
        s.label(left + 36, top + 8, "weight +1", colour=s.CRYSTAL, size=13),
        s.label(left + 36, bottom + 4, "weight −1", colour=s.GLASS, size=13),
        s.label(right, middle - 26, "weight 0: forgotten", "end"),
        s.label(right + 10, bottom + 32, "time", "end"),
    ]


def svg() -> str:
    return s.svg_document(WIDTH, HEIGHT, *cell(), *leak())
