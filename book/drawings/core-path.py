"""The way of a vector through a core, seen from above, with the time that each stretch takes."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    METAL_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

from aimc.chip import hermes_constants
from aimc.published import fact
from aimc.units import NANO

SIZE = 15
LEFT, RIGHT, TOP, BOTTOM = 130, 350, 92, 262  # of the array


def _array() -> str:
    parts = [box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, fill=CRYSTAL_FILL, colour=CRYSTAL)]
    for k, x in enumerate(range(LEFT + 20, RIGHT, 36)):
        parts.append(line((x, TOP - 12), (x, BOTTOM), colour=WORD_LINE, width=2))
        for m in range(5):
            y = TOP + 21 + 32 * m
            parts.append(dot(x, y, 3.2, CRYSTAL if (k + m) % 3 else BIT_LINE))
    for m in range(5):
        y = TOP + 21 + 32 * m
        left = m % 2 == 0
        ends = (LEFT + 12, LEFT - 14) if left else (RIGHT - 12, RIGHT + 14)
        parts.append(line((LEFT + 12, y), (RIGHT - 12, y), colour=BIT_LINE, width=2))
        parts.append(arrow((ends[0], y), (ends[1], y), colour=BIT_LINE, width=2))
    middle = (LEFT + RIGHT) / 2
    parts.append(box(middle - 76, 158, 152, 40, fill=CRYSTAL_FILL, colour="none", radius=6))
    parts.append(label(middle, 175, "256 × 256 cells:", anchor="middle", size=SIZE, bold=True))
    parts.append(label(middle, 193, "multiply and add", anchor="middle", size=SIZE, bold=True))
    return "".join(parts)


def _around() -> str:
    parts = [
        box(LEFT, 46, RIGHT - LEFT, 34, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=4),
        label(240, 68, "256 input modulators", anchor="middle", size=SIZE),
        arrow((240, 26), (240, 45), colour=DIGITAL),
        label(240, 18, "256 numbers of 8 bits", anchor="middle", size=SIZE, colour=DIGITAL),
    ]
    for x, side in ((40, "left"), (366, "right")):
        parts += [
            box(x, TOP, 74, BOTTOM - TOP, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=4),
            label(x + 37, 152, "128", anchor="middle", size=SIZE),
            label(x + 37, 171, "ADCs", anchor="middle", size=SIZE, bold=True),
            label(x + 37, 190, side, anchor="middle", size=SIZE),
            arrow((x + 37, BOTTOM), (x + 37, 300), colour=DIGITAL),
        ]
    parts += [
        label(86, 287, "counts", size=SIZE, colour=DIGITAL),
        label(394, 287, "2 × 12 bits", anchor="end", size=SIZE, colour=DIGITAL),
        box(40, 301, 400, 40, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(240, 326, "digital unit: one output per clock cycle", anchor="middle", size=SIZE),
        arrow((240, 341), (240, 362), colour=DIGITAL),
        label(240, 378, "256 numbers of 8 bits, to other cores", anchor="middle", size=SIZE),
    ]
    return "".join(parts)


def _times() -> str:
    """Return bars on one axis of time, for a four-phase read."""
    chip = hermes_constants()
    phase = fact("A118").number  # ns, of which four make the time in which the array works
    read = chip.mvm_latency[chip.read_modes.index("4-phase")] / NANO
    ready = read + chip.columns / (chip.lanes * chip.clock) / NANO
    per_ns, start, y = 316 / ready, 108, 438
    parts = [label(26, 412, "When (four-phase read)", size=SIZE, bold=True)]
    rows = (
        ("array", 0, 4 * phase, CRYSTAL_FILL, CRYSTAL),
        ("counters", 0, read, BIT_LINE_FILL, BIT_LINE),
        ("digital", read, ready, DIGITAL_FILL, DIGITAL),
    )
    for k, (name, begin, end, fill, colour) in enumerate(rows):
        top = y - 14 + 24 * k
        parts.append(label(start - 10, top + 14, name, anchor="end", size=SIZE))
        parts.append(
            box(start + per_ns * begin, top, per_ns * (end - begin), 18, fill=fill, colour=colour)
        )
    for cut in (1, 2, 3):
        x = start + per_ns * phase * cut
        parts.append(line((x, y - 14), (x, y + 4), colour=CRYSTAL, width=1.2))
    base = y + 64
    parts.append(line((start, base), (start + 322, base), colour=FAINT, width=1.2))
    for t in (0, read, ready):
        x = start + per_ns * t
        parts.append(line((x, base), (x, base + 5), colour=FAINT, width=1.2))
        words = f"{t:.0f} ns" if t else "0"
        parts.append(label(x, base + 20, words, anchor="middle", size=SIZE))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    frame = box(26, 34, 428, 318, fill="none", colour=METAL_FILL, stroke=2, radius=8)
    return svg_document(440, 530, frame, _array(), _around(), _times(), left=20, size=SIZE)
