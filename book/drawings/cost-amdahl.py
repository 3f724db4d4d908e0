"""Amdahl's law on the time of one vector through a layer."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    arrow,
    box,
    label,
    line,
    svg_document,
)

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
            parts.append(box(LEFT, y, UNIT * read, 28, fill=CRYSTAL_FILL, colour=CRYSTAL))
        parts.append(box(start, y, UNIT * REST, 28, fill=DIGITAL_FILL, colour=DIGITAL))
        if read > 200:
            parts.append(label(LEFT + UNIT * read / 2, y + 19, "read", anchor="middle"))
        parts.append(label(start + UNIT * REST / 2, y + 19, "values and hops", anchor="middle"))
        parts.append(label(LEFT, y - 9, words, bold=True))
        end = start + UNIT * REST
        if k:
            full = LEFT + UNIT * (READ + REST)
            parts.append(line((full, y - 4), (full, y + 32), colour=FAINT, dashed=True))
            gain = (READ + REST) / (read + REST)
            parts.append(arrow((full, y + 14), (end + 3, y + 14), colour=HEATER, head=7, width=2))
            parts.append(label(end + 12, y - 9, f"{gain:.2f} × as fast", colour=HEATER))
        else:
            parts.append(label(end, y - 9, f"{READ + REST:.0f} ns", anchor="end"))
    return svg_document(WIDTH, HEIGHT, *parts)
