"""Amdahl's law on the time of one vector through a layer."""

import style as s

from aimc.chip.hermes import hermes_constants, table_one_group

WIDTH, HEIGHT = 446, 232
LEFT, UNIT = 14, 0.272  # px, px for a nanosecond
CHIP, LAYER = hermes_constants(), table_one_group("ResNet-9 layer")
# ns, of the layer of ResNet-9
READ, FAST = (1e9 * CHIP.read_time(mode) for mode in ("4-phase", "1-phase"))
REST = 1e9 * CHIP.latency(LAYER, "4-phase") - READ
CASES = (("four-phase read", READ), ("one-phase read", FAST), ("a read in no time", 0.0))


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (words, read) in enumerate(CASES):
        y = 40 + 64 * k
        start = LEFT + UNIT * read
        if read:
            parts.append(s.box(LEFT, y, UNIT * read, 28, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL))
        parts.append(s.box(start, y, UNIT * REST, 28, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
        if read > 200:
            parts.append(s.label(LEFT + UNIT * read / 2, y + 19, "read", "middle"))
        parts.append(s.label(start + UNIT * REST / 2, y + 19, "values and hops", "middle"))
        parts.append(s.label(LEFT, y - 9, words, bold=True))
        end = start + UNIT * REST
        if k:
            full = LEFT + UNIT * (READ + REST)
            parts.append(s.line((full, y - 4), (full, y + 32), colour=s.FAINT, dashed=True))
            gain = (READ + REST) / (read + REST)
            parts.append(s.arrow((full, y + 14), (end + 3, y + 14), colour=s.INK, head=7, width=2))
            parts.append(s.label(end + 12, y - 9, f"{gain:.2f} × as fast", colour=s.INK))
        else:
            parts.append(s.label(end, y - 9, f"{READ + REST:.0f} ns", "end"))
    return s.svg_document(WIDTH, HEIGHT, *parts)
