"""One vector on a chain of four cores, as a diagram of time."""

import style as s

from aimc.chip.hermes import hermes_constants

WIDTH, HEIGHT = 446, 262
CHIP, CORES = hermes_constants(), 4
# ns, of conv3 in four phases: a read, 112 values of a core, the way of a sum to the next core
READ = 1e9 * CHIP.read_time("4-phase")
VALUES, HOP = 1e9 * 112 / CHIP.clock, 1e9 * CHIP.hop_clocks / CHIP.clock
LEFT, SCALE = 66, 0.36  # px, px for a nanosecond
TOP, STEP, THICK = 34, 38, 24


def _at(nanoseconds: float) -> float:
    return LEFT + SCALE * nanoseconds


def svg() -> str:
    """Return the drawing."""
    bottom = TOP + CORES * STEP
    end = READ + VALUES + (CORES - 1) * HOP
    parts = [s.label(_at(READ) / 2 + LEFT / 2, 22, "all four read at once", "middle")]
    parts.append(s.label(_at(READ + VALUES), 22, "values, one per clock", "middle"))
    for time in (READ, READ + VALUES, end):
        parts.append(
            s.line((_at(time), TOP - 4), (_at(time), bottom + 8), colour=s.FAINT, dashed=True)
        )
    for k in range(CORES):
        y = TOP + k * STEP
        start = READ + k * HOP
        parts += [
            s.label(8, y + 17, f"core {k + 1}"),
            s.box(_at(0), y, SCALE * READ, THICK, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
            s.box(_at(start), y, SCALE * VALUES, THICK, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        ]
        if k < CORES - 1:
            x = _at(start)
            parts.append(
                s.arrow((x, y + THICK), (x + SCALE * HOP, y + STEP), colour=s.DIGITAL, width=2)
            )
    words = (
        (0.0, "0"),
        (READ, f"{READ:.0f}"),
        (READ + VALUES, f"{READ + VALUES:.0f}"),
        (end, f"{end:.0f} ns"),
    )
    parts.append(s.arrow((_at(0), bottom + 8), (WIDTH - 8, bottom + 8), colour=s.FAINT))
    for time, word in words:
        parts.append(s.label(_at(time), bottom + 27, word, "middle"))
    for start, stop, word in (
        (0.0, READ, "t_{MVM}"),
        (READ, READ + VALUES, "n_{out} / f"),
        (READ + VALUES, end, "c_h h / f"),
    ):
        y = bottom + 42
        parts.append(s.arrow((_at(start) + 2, y), (_at(stop) - 2, y), both=True, head=6, width=1.2))
        parts.append(s.label(_at((start + stop) / 2), y + 19, word, "middle", italic=True))
    return s.svg_document(WIDTH, HEIGHT, *parts)
