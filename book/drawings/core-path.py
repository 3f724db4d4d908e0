"""The way of a vector through a core, seen from above, with the time that each stretch takes."""

import style as s

from aimc.chip import hermes_constants
from aimc.published import fact
from aimc.units import NANO

SIZE = 15
LEFT, RIGHT, TOP, BOTTOM = 130, 350, 92, 262  # of the array


def _array() -> str:
    parts = [s.box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)]
    for k, x in enumerate(range(LEFT + 20, RIGHT, 36)):
        parts.append(s.line((x, TOP - 12), (x, BOTTOM), colour=s.WORD_LINE, width=2))
        for m in range(5):
            y = TOP + 21 + 32 * m
            parts.append(s.dot(x, y, 3.2, s.CRYSTAL if (k + m) % 3 else s.BIT_LINE))
    for m in range(5):
        y = TOP + 21 + 32 * m
        left = m % 2 == 0
        ends = (LEFT + 12, LEFT - 14) if left else (RIGHT - 12, RIGHT + 14)
        parts.append(s.line((LEFT + 12, y), (RIGHT - 12, y), colour=s.BIT_LINE, width=2))
        parts.append(s.arrow((ends[0], y), (ends[1], y), colour=s.BIT_LINE, width=2))
    middle = (LEFT + RIGHT) / 2
    parts.append(s.box(middle - 76, 158, 152, 40, fill=s.CRYSTAL_FILL, colour="none", radius=6))
    parts.append(s.label(middle, 175, "256 × 256 cells:", "middle", size=SIZE, bold=True))
    parts.append(s.label(middle, 193, "multiply and add", "middle", size=SIZE, bold=True))
    return "".join(parts)


def _around() -> str:
    parts = [
        s.box(LEFT, 46, RIGHT - LEFT, 34, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=4),
        s.label(240, 68, "256 input modulators", "middle", size=SIZE),
        s.arrow((240, 26), (240, 45), colour=s.DIGITAL),
        s.label(240, 18, "256 numbers of 8 bits", "middle", size=SIZE, colour=s.DIGITAL),
    ]
    for x, side in ((40, "left"), (366, "right")):
        parts += [
            s.box(x, TOP, 74, BOTTOM - TOP, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
            s.label(x + 37, 152, "128", "middle", size=SIZE),
            s.label(x + 37, 171, "ADCs", "middle", size=SIZE, bold=True),
            s.label(x + 37, 190, side, "middle", size=SIZE),
            s.arrow((x + 37, BOTTOM), (x + 37, 300), colour=s.DIGITAL),
        ]
    parts += [
        s.label(86, 287, "counts", size=SIZE, colour=s.DIGITAL),
        s.label(394, 287, "2 × 12 bits", "end", size=SIZE, colour=s.DIGITAL),
        s.box(40, 301, 400, 40, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(240, 326, "digital unit: one output per clock cycle", "middle", size=SIZE),
        s.arrow((240, 341), (240, 362), colour=s.DIGITAL),
        s.label(240, 378, "256 numbers of 8 bits, to other cores", "middle", size=SIZE),
    ]
    return "".join(parts)


def _times() -> str:
    """Return bars on one axis of time, for a four-phase read."""
    chip = hermes_constants()
    phase = fact("A118").number  # ns, of which four make the time in which the array works
    read = chip.mvm_latency[chip.read_modes.index("4-phase")] / NANO
    ready = read + chip.columns / (chip.lanes * chip.clock) / NANO
    per_ns, start, y = 316 / ready, 108, 438
    parts = [s.label(26, 412, "When (four-phase read)", size=SIZE, bold=True)]
    rows = (
        ("array", 0, 4 * phase, s.CRYSTAL_FILL, s.CRYSTAL),
        ("counters", 0, read, s.BIT_LINE_FILL, s.BIT_LINE),
        ("digital", read, ready, s.DIGITAL_FILL, s.DIGITAL),
    )
    for k, (name, begin, end, fill, colour) in enumerate(rows):
        top = y - 14 + 24 * k
        parts.append(s.label(start - 10, top + 14, name, "end", size=SIZE))
        parts.append(
            s.box(start + per_ns * begin, top, per_ns * (end - begin), 18, fill=fill, colour=colour)
        )
    for cut in (1, 2, 3):
        x = start + per_ns * phase * cut
        parts.append(s.line((x, y - 14), (x, y + 4), colour=s.CRYSTAL, width=1.2))
    base = y + 64
    parts.append(s.line((start, base), (start + 322, base), colour=s.FAINT, width=1.2))
    for t in (0, read, ready):
        x = start + per_ns * t
        parts.append(s.line((x, base), (x, base + 5), colour=s.FAINT, width=1.2))
        words = f"{t:.0f} ns" if t else "0"
        parts.append(s.label(x, base + 20, words, "middle", size=SIZE))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    frame = s.box(26, 34, 428, 318, fill="none", colour=s.METAL_FILL, stroke=2, radius=8)
    return s.svg_document(440, 530, frame, _array(), _around(), _times(), left=20, size=SIZE)
