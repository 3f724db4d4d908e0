"""A gain cell: written through a gate, read through a pair of transistors, and leaking."""

import math

import style as s

from aimc.published import fact
from aimc.units import MILLI
from aimc_course.studies.gain_cell_attention import GainCell

CELL = GainCell()
OPEN = fact("E061").numbers[1]  # ns, in which the transistor lets a value in
LIFE = 3  # retention times on the axis
WIDTH, HEIGHT = 440, 470
NODE, STORE = 150, 150  # the storage node


def transistor(x: float, y: float, side: int = -1) -> str:
    """Return a transistor 30 high, its channel on a vertical wire at x, its gate to one side."""
    return (
        s.line((x, y - 15), (x, y - 9), (x + side * 8, y - 9), (x + side * 8, y + 9), (x, y + 9))
        + s.line((x, y + 9), (x, y + 15))
        + s.line((x + side * 13, y - 9), (x + side * 13, y + 9))
        + s.line((x + side * 13, y), (x + side * 22, y))
    )


def cell() -> list[str]:
    out, gate = 292, 78
    return [
        s.label(8, 20, "write", bold=True),
        s.label(8, 40, "voltage from a", colour=s.BIT_LINE),
        s.label(8, 58, f"{CELL.bits}-bit converter", colour=s.BIT_LINE),
        s.line((18, 70), (18, STORE), (gate - 15, STORE), colour=s.BIT_LINE, width=2.2),
        # the write transistor lies on the horizontal wire
        s.line(
            *((gate - 15, STORE), (gate - 9, STORE), (gate - 9, STORE - 8)),
            *((gate + 9, STORE - 8), (gate + 9, STORE), (gate + 15, STORE)),
        ),
        s.line((gate - 9, STORE - 13), (gate + 9, STORE - 13), colour=s.WORD_LINE, width=2.2),
        s.line((gate, STORE - 13), (gate, STORE - 24), colour=s.WORD_LINE, width=2.2),
        s.label(gate, STORE - 48, "opens for", "middle", colour=s.WORD_LINE),
        s.label(gate, STORE - 31, f"{OPEN:g} ns", "middle", colour=s.WORD_LINE),
        s.line((gate + 15, STORE), (NODE, STORE)),
        s.dot(NODE, STORE),
        s.label(NODE, STORE - 12, "V", "middle", italic=True, colour=s.CRYSTAL),
        # capacitor
        s.line((NODE, STORE), (NODE, STORE + 34)),
        s.line((NODE - 20, STORE + 34), (NODE + 20, STORE + 34), colour=s.CRYSTAL, width=3),
        s.line((NODE - 20, STORE + 42), (NODE + 20, STORE + 42), colour=s.CRYSTAL, width=3),
        s.line((NODE, STORE + 42), (NODE, STORE + 58)),
        s.line((NODE - 12, STORE + 58), (NODE + 12, STORE + 58), width=2.2),
        s.label(NODE, STORE + 80, "keeps a key's entry", "middle", colour=s.CRYSTAL),
        s.arrow((NODE - 8, STORE + 12), (gate - 6, STORE + 12), width=1.4),
        s.label(8, STORE + 34, "leaks through"),
        s.label(8, STORE + 50, "the transistor"),
        # the pair that turns the voltage into a current
        s.label(218, 20, "read", bold=True),
        s.line((NODE, STORE), (out - 34, STORE)),
        s.line((out - 34, STORE - 24), (out - 34, STORE + 24)),
        s.line((out - 34, STORE - 24), (out - 22, STORE - 24)),
        s.line((out - 34, STORE + 24), (out - 22, STORE + 24)),
        transistor(out, STORE - 24),
        transistor(out, STORE + 24),
        s.line((out, STORE - 9), (out, STORE + 9)),
        s.line((out, STORE - 39), (out, STORE - 52)),
        s.label(out + 8, STORE - 58, f"{CELL.supply:g} V", "end"),
        s.line((out, STORE + 39), (out, STORE + 52)),
        s.line((out - 12, STORE + 52), (out + 12, STORE + 52), width=2.2),
        s.label(out - 38, STORE - 32, "pushes", "end"),
        s.label(out - 38, STORE + 38, "pulls", "end"),
        s.dot(out, STORE),
        # gated by the query
        s.line((out, STORE), (out + 28, STORE)),
        s.box(out + 28, STORE - 14, 40, 28, fill=s.METAL_FILL, colour=s.METAL, radius=4),
        s.label(out + 48, STORE + 5, "gate", "middle"),
        s.line((out + 48, STORE - 14), (out + 48, STORE - 44), colour=s.WORD_LINE, width=2.2),
        s.line(
            *((out + 22, STORE - 48), (out + 34, STORE - 48), (out + 34, STORE - 62)),
            *((out + 62, STORE - 62), (out + 62, STORE - 48), (out + 74, STORE - 48)),
            colour=s.WORD_LINE,
            width=2.2,
        ),
        s.label(out + 56, STORE - 74, "query pulse", "middle", colour=s.WORD_LINE),
        s.line((out + 68, STORE), (out + 116, STORE)),
        s.line((out + 116, 100), (out + 116, STORE + 82), colour=s.BIT_LINE, width=2.6),
        s.dot(out + 116, STORE, colour=s.BIT_LINE),
        s.arrow((out + 128, STORE + 10), (out + 128, STORE + 60), colour=s.BIT_LINE),
        s.label(out + 106, STORE + 62, "charge on the", "end", colour=s.BIT_LINE),
        s.label(out + 106, STORE + 80, "bit line", "end", colour=s.BIT_LINE),
    ]


def leak() -> list[str]:
    left, right, top, bottom = 70, 400, 292, 420
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
        s.line(*curve(-1), colour=s.CRYSTAL, width=2.4),
        s.line((tau, top), (tau, bottom + 12), colour=s.FAINT, dashed=True),
        s.label(tau + 14, top + 8, f"τ = {CELL.retention / MILLI:g} ms"),
        s.label(left + 36, top + 8, "weight +1", colour=s.CRYSTAL),
        s.label(left + 36, bottom + 4, "weight −1", colour=s.CRYSTAL),
        s.label(right, middle - 26, "weight 0: forgotten", "end"),
        s.label(right + 10, bottom + 32, "time", "end"),
    ]


def svg() -> str:
    return s.svg_document(WIDTH, HEIGHT, *cell(), *leak())
