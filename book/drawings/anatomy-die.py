"""The die of the chip to scale, with one core enlarged."""

import style as s

from aimc.chip.floorplan import hermes_floorplan

WIDTH, HEIGHT = 446, 478
LEFT, TOP, SIDE = 12, 26, 216  # px: the die
CHOSEN = (7, 7)  # row and column of the core that is enlarged, from 0


def _core(left: float, top: float, share: float) -> list[str]:
    """Return one core, large enough to name what it holds; `share` of it multiplies."""
    wide, tall = 392, 190
    x, y, across = left + 8, top + 32, 268
    high = share * wide * tall / across
    block = (high - 24) / 3  # all alike, as no areas within are published
    parts = [
        s.box(left, top, wide, tall, fill=s.METAL_FILL, colour=s.METAL, stroke=1.8, radius=4),
        s.label(left + 12, top + 22, "one of 64 equal cores", bold=True),
        s.line(
            (x, y), (x + across, y), (x + across, y + high), (x, y + high),
            colour=s.INK, width=1.6, closed=True, dashed=True,
        ),
        s.label(x + 4, y + high + 20, f"counted in TOPS/mm²: {share:.0%} of a core", bold=True),
    ]  # fmt: skip
    inner = (
        ("256 input modulators", s.WORD_LINE_FILL, s.WORD_LINE),
        ("crossbar", s.CRYSTAL_FILL, s.CRYSTAL),
        ("256 ADCs", s.BIT_LINE_FILL, s.BIT_LINE),
    )
    for k, (words, fill, colour) in enumerate(inner):
        at = y + 6 + (block + 6) * k
        parts.append(s.box(x + 6, at, across - 12, block, fill=fill, colour=colour, radius=3))
        if words == "crossbar":
            parts.append(s.label(x + 80, at + block / 2 + 5, words, "middle", bold=True))
            parts.append(s.label(x + 178, at + block / 2 + 5, "256 × 256 cells", "middle"))
        else:
            parts.append(s.label(x + across / 2, at + block / 2 + 5, words, "middle"))
    digital, neither = (s.DIGITAL_FILL, s.DIGITAL), (s.OXIDE_FILL, s.METAL)
    for k, (words, (fill, colour)) in enumerate(
        (("digital unit", digital), ("link", digital), ("programming", neither))
    ):
        at = y + 50 * k
        parts.append(s.box(x + 276, at, 100, 42, fill=fill, colour=colour, radius=3))
        parts.append(s.label(x + 326, at + 26, words, "middle"))
    return parts


def svg() -> str:
    """Return the drawing."""
    plan = hermes_floorplan()
    areas = plan.areas()
    unit = SIDE / plan.die[0]
    parts = [
        s.box(LEFT, TOP, SIDE, SIDE, fill=s.OXIDE_FILL, colour=s.METAL, stroke=1.8),
        s.label(LEFT, 16, "12 mm × 12 mm", colour=s.METAL),
    ]

    def placed(at: tuple[float, float], size: tuple[float, float], **style: str) -> str:
        x = LEFT + unit * (at[0] - size[0] / 2)
        y = TOP + SIDE - unit * (at[1] + size[1] / 2)
        return s.box(x, y, unit * size[0], unit * size[1], stroke=1, **style)

    chosen = plan.core_at(*CHOSEN)
    for core in range(plan.cores):
        fill = s.CRYSTAL_FILL if core == chosen else s.METAL_FILL
        colour = s.CRYSTAL if core == chosen else s.METAL
        parts.append(placed(plan.position(core), plan.core, fill=fill, colour=colour))
    for unit_of in range(plan.gdpus):
        at = plan.gdpu_position(unit_of)
        parts.append(placed(at, plan.gdpu, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
    strip = TOP + SIDE - unit * plan.gdpu_position(0)[1]
    edge = LEFT + unit * (plan.gdpu_position(plan.gdpus - 1)[0] + plan.gdpu[0] / 2)
    parts += [
        s.line((edge, strip), (LEFT + SIDE + 10, strip), colour=s.DIGITAL, width=1.2),
        s.label(LEFT + SIDE + 16, strip + 5, "8 global digital units", colour=s.DIGITAL, bold=True),
        s.label(LEFT + SIDE + 16, TOP + 24, "around them pads,"),
        s.label(LEFT + SIDE + 16, TOP + 42, "links, clock"),
    ]
    x, y = plan.position(chosen)
    right = LEFT + unit * (x + plan.core[0] / 2)
    low = TOP + SIDE - unit * (y - plan.core[1] / 2)
    left = LEFT + unit * (x - plan.core[0] / 2)
    parts.append(s.line((left, low), (26, 268), colour=s.FAINT, dashed=True, width=1.2))
    parts.append(s.line((right, low), (418, 268), colour=s.FAINT, dashed=True, width=1.2))
    return s.svg_document(WIDTH, HEIGHT, *parts, *_core(26, 268, areas.mvm / areas.cores))
