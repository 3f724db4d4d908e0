"""The die of the chip to scale, with one core enlarged."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    METAL,
    METAL_FILL,
    OXIDE_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    box,
    label,
    line,
    svg_document,
)

from aimc.chip.floorplan import hermes_floorplan

WIDTH, HEIGHT = 446, 478
LEFT, TOP, SIDE = 12, 26, 216  # px: the die
CHOSEN = (2, 7)  # row and column of the core that is enlarged, from 0


def _core(left: float, top: float) -> list[str]:
    """Return one core, large enough to name what it holds."""
    wide, tall = 392, 190
    blue = {"fill": WORD_LINE_FILL, "colour": WORD_LINE, "radius": 3}
    x, y = left + 14, top + 36
    parts = [
        box(left, top, wide, tall, fill=METAL_FILL, colour=METAL, stroke=1.8, radius=4),
        label(left + 12, top + 22, "one of 64 equal cores", bold=True),
        box(x, y, 76, 140, **blue),
        label(x + 38, y + 66, "input", anchor="middle"),
        label(x + 38, y + 84, "pulses", anchor="middle"),
        box(x + 84, y, 134, 96, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=3),
        label(x + 151, y + 44, "crossbar", anchor="middle", bold=True),
        label(x + 151, y + 64, "256 × 256 cells", anchor="middle"),
        box(x + 84, y + 104, 134, 36, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=3),
        label(x + 151, y + 127, "256 ADCs", anchor="middle"),
    ]
    for k, words in enumerate(("local digital unit", "link controller", "programming")):
        at = y + 48 * k
        parts.append(box(x + 226, at, 138, 40, fill=DIGITAL_FILL, colour=DIGITAL, radius=3))
        parts.append(label(x + 295, at + 25, words, anchor="middle"))
    return parts


def svg() -> str:
    """Return the drawing."""
    plan = hermes_floorplan()
    unit = SIDE / plan.die[0]
    parts = [
        box(LEFT, TOP, SIDE, SIDE, fill=OXIDE_FILL, colour=METAL, stroke=1.8),
        label(LEFT, 16, "12 mm × 12 mm", colour=METAL),
    ]

    def placed(at: tuple[float, float], size: tuple[float, float], **style: str) -> str:
        x = LEFT + unit * (at[0] - size[0] / 2)
        y = TOP + SIDE - unit * (at[1] + size[1] / 2)
        return box(x, y, unit * size[0], unit * size[1], stroke=1, **style)

    chosen = plan.core_at(*CHOSEN)
    for core in range(plan.cores):
        fill = CRYSTAL_FILL if core == chosen else METAL_FILL
        colour = CRYSTAL if core == chosen else METAL
        parts.append(placed(plan.position(core), plan.core, fill=fill, colour=colour))
    for unit_of in range(plan.gdpus):
        at = plan.gdpu_position(unit_of)
        parts.append(placed(at, plan.gdpu, fill=DIGITAL_FILL, colour=DIGITAL))
    strip = TOP + SIDE - unit * plan.gdpu_position(0)[1]
    edge = LEFT + unit * (plan.gdpu_position(plan.gdpus - 1)[0] + plan.gdpu[0] / 2)
    parts += [
        line((edge, strip), (LEFT + SIDE + 10, strip), colour=DIGITAL, width=1.2),
        label(LEFT + SIDE + 16, strip + 5, "8 global digital units", colour=DIGITAL, bold=True),
        label(LEFT + SIDE + 16, TOP + 24, "around them pads,"),
        label(LEFT + SIDE + 16, TOP + 42, "links, clock"),
    ]
    x, y = plan.position(chosen)
    right = LEFT + unit * (x + plan.core[0] / 2)
    low = TOP + SIDE - unit * (y - plan.core[1] / 2)
    left = LEFT + unit * (x - plan.core[0] / 2)
    parts.append(line((left, low), (26, 268), colour=FAINT, dashed=True, width=1.2))
    parts.append(line((right, low), (418, 268), colour=FAINT, dashed=True, width=1.2))
    return svg_document(WIDTH, HEIGHT, *parts, *_core(26, 268))
