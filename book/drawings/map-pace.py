"""A stream of vectors through one core: what sets the pace, the read or the door."""

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

from aimc.chip.hermes import hermes_constants

WIDTH, HEIGHT = 446, 300
CHIP, COUNT = hermes_constants(), 3  # vectors
READ, CLOCK = 1e9 * CHIP.read_time("4-phase"), 1e9 / CHIP.clock  # ns
LEFT, SCALE = 62, 0.168  # px, px for a nanosecond


def _case(top: float, values: int, words: str) -> str:
    leave = CLOCK * values
    pace = max(READ, leave)
    parts = [label(8, top, words, bold=True)]
    rows = (top + 16, top + 46)
    parts += [label(8, rows[0] + 16, "reads"), label(8, rows[1] + 16, "values")]
    for k in range(COUNT):
        start = 0.0 if k == 0 else READ + (k - 1) * pace
        end = READ + k * pace
        for row, at, long, fill, colour in (
            (rows[0], start, READ, CRYSTAL_FILL, CRYSTAL),
            (rows[1], end, leave, DIGITAL_FILL, DIGITAL),
        ):
            x = LEFT + SCALE * at
            parts.append(box(x, row, SCALE * long, 22, fill=fill, colour=colour))
            parts.append(label(x + SCALE * long / 2, row + 16, str(k + 1), anchor="middle"))
        x = LEFT + SCALE * end
        parts.append(line((x, rows[0]), (x, rows[1] + 30), colour=FAINT, dashed=True))
    y = rows[1] + 32
    ends = [LEFT + SCALE * (READ + k * pace) for k in (1, 2)]
    parts.append(arrow((ends[0], y), (ends[1], y), colour=HEATER, both=True, head=6))
    parts.append(
        label(sum(ends) / 2, y + 19, f"{pace:.0f} ns", anchor="middle", colour=HEATER, bold=True)
    )
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        _case(20, 112, "112 values: the read sets the pace"),
        _case(168, 224, "224 values: the door sets the pace"),
    )
