"""A stream of vectors through one core: what sets the pace, the read or the door."""

import style as s

from aimc.chip.hermes import hermes_constants

WIDTH, HEIGHT = 446, 300
CHIP, COUNT = hermes_constants(), 3  # vectors
READ, CLOCK = 1e9 * CHIP.read_time("4-phase"), 1e9 / CHIP.clock  # ns
LEFT, SCALE = 62, 0.168  # px, px for a nanosecond


def _case(top: float, values: int, words: str) -> str:
    leave = CLOCK * values
    pace = max(READ, leave)
    parts = [s.label(8, top, words, bold=True)]
    rows = (top + 16, top + 46)
    parts += [s.label(8, rows[0] + 16, "reads"), s.label(8, rows[1] + 16, "values")]
    for k in range(COUNT):
        start = 0.0 if k == 0 else READ + (k - 1) * pace
        end = READ + k * pace
        for row, at, long, fill, colour in (
            (rows[0], start, READ, s.CRYSTAL_FILL, s.CRYSTAL),
            (rows[1], end, leave, s.DIGITAL_FILL, s.DIGITAL),
        ):
            x = LEFT + SCALE * at
            parts.append(s.box(x, row, SCALE * long, 22, fill=fill, colour=colour))
            parts.append(s.label(x + SCALE * long / 2, row + 16, str(k + 1), "middle"))
        x = LEFT + SCALE * end
        parts.append(s.line((x, rows[0]), (x, rows[1] + 30), colour=s.FAINT, dashed=True))
    y = rows[1] + 32
    ends = [LEFT + SCALE * (READ + k * pace) for k in (1, 2)]
    parts.append(s.arrow((ends[0], y), (ends[1], y), colour=s.INK, both=True, head=6))
    parts.append(
        s.label(sum(ends) / 2, y + 19, f"{pace:.0f} ns", "middle", colour=s.INK, bold=True)
    )
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _case(20, 112, "112 values: the read sets the pace"),
        _case(168, 224, "224 values: the door sets the pace"),
    )
