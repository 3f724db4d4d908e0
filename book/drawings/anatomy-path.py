"""One vector through a chain of two cores, with the time that each station holds it."""

import style as s

from aimc.chip.hermes import hermes_constants

WIDTH, HEIGHT = 560, 352
CHIP = hermes_constants()
ONE, FOUR = (1e9 * CHIP.read_time(mode) for mode in ("1-phase", "4-phase"))  # ns
LEAVE = 1e9 * CHIP.columns / (CHIP.lanes * CHIP.clock)  # ns, until all values of a core are out
STATIONS = (  # name, left edge, width, fill, stroke
    ("pulses", 60, 66, s.WORD_LINE_FILL, s.WORD_LINE),
    ("crossbar", 146, 84, s.CRYSTAL_FILL, s.CRYSTAL),
    ("256 ADCs", 250, 84, s.BIT_LINE_FILL, s.BIT_LINE),
    ("LDPU", 372, 70, s.DIGITAL_FILL, s.DIGITAL),
)


def _core(top: float, title: str) -> str:
    parts = [
        s.box(48, top, 406, 76, colour=s.METAL, radius=6),
        s.label(58, top + 18, title),
        s.arrow((8, top + 48), (59, top + 48), colour=s.DIGITAL),
    ]
    for k, (name, left, width, fill, stroke) in enumerate(STATIONS):
        parts.append(s.box(left, top + 28, width, 40, fill=fill, colour=stroke, radius=4))
        parts.append(s.label(left + width / 2, top + 53, name, "middle"))
        if k:
            start = STATIONS[k - 1][1] + STATIONS[k - 1][2]
            parts.append(s.arrow((start, top + 48), (left - 1, top + 48), colour=stroke))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    first, second, out = 22, 142, 407
    parts = [
        s.label(8, first + 40, "in"),
        s.label(8, second + 40, "in"),
        _core(first, "first core of the chain"),
        _core(second, "next core: adds its part"),
        s.arrow((out, first + 68), (out, second + 27), colour=s.DIGITAL, width=2.4),
        s.label(out - 10, 122, "link: partial sum, one number per clock", "end", colour=s.DIGITAL),
        s.arrow((out + 35, second + 48), (540, second + 48), colour=s.DIGITAL),
        s.label(460, second + 20, "to a GDPU"),
        s.label(460, second + 72, "or off the\nchip"),
    ]
    y, left, scale = 240, 136, 0.33  # px for a nanosecond: all of it in sight on a phone
    for k, (words, long, fill, colour) in enumerate(
        (
            ("read, one phase", ONE, s.CRYSTAL_FILL, s.CRYSTAL),
            ("read, four phases", FOUR, s.CRYSTAL_FILL, s.CRYSTAL),
            ("256 values leave", LEAVE, s.DIGITAL_FILL, s.DIGITAL),
        )
    ):
        top = y + 28 * k
        parts.append(s.label(8, top + 15, words))
        parts.append(s.box(left, top, scale * long, 20, fill=fill, colour=colour))
        inside = scale * long > 100
        at = left + scale * long + (-8 if inside else 8)
        parts.append(s.label(at, top + 15, f"{long:.0f} ns", "end" if inside else "start"))
    parts.append(s.label(8, y + 104, "The next read may begin while values leave.", bold=True))
    return s.svg_document(WIDTH, HEIGHT, *parts)
