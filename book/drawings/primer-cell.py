"""A phase-change cell in cross-section: SET, in between, RESET, and what each conducts."""

import style as s

WIDTH, HEIGHT = 372, 278
WIDE, GAP, LEFT = 114, 13, 2  # of one cell, between two, before the first
ROD, ELECTRODE, LAYER, STEM = 26, 22, 84, 62
TOP = 30
DOMES = (("SET", 0, 1.0, "1"), ("in between", 24, 0.5, "1/2"), ("RESET", 40, 1 / 250, "1/250"))
"""Name, radius of the dome, current over that of SET, and the same in words."""


def half_disc(x: float, y: float, radius: float) -> str:
    """Return the upper half of an amorphous disc whose centre lies at (x, y)."""
    r, a, b = s.number(radius), s.number(x - radius), s.number(x + radius)
    path = f"M{a} {s.number(y)}A{r} {r} 0 0 1 {b} {s.number(y)}Z"
    return s.tag("path", d=path, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4)


def _flow(middle: float, joint: float, radius: float, current: float) -> list[str]:
    """Return arrows of current from the heater through the layer, wide where much flows."""
    if current < 0.1:
        return []
    bend = joint - max(radius, 16) - 4
    return [
        s.arrow(
            (middle + 6 * k, joint + 26),
            (middle + 6 * k, joint - 4),
            (middle + 14 * k, bend),
            (middle + 22 * k, TOP + ELECTRODE + 4),
            width=2.2 * current,
            head=4 + 3 * current,
        )
        for k in (-1, 0, 1)
    ]


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (name, radius, current, share) in enumerate(DOMES):
        left = LEFT + k * (WIDE + GAP)
        middle, joint = left + WIDE / 2, TOP + ELECTRODE + LAYER
        low = joint + STEM
        parts += [
            s.label(middle, 18, name, "middle", bold=True),
            s.box(left, TOP, WIDE, ELECTRODE, fill=s.METAL_FILL, colour=s.METAL),
            s.box(left, TOP + ELECTRODE, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
            s.box(left, joint, WIDE, STEM, fill=s.OXIDE_FILL, colour=s.FAINT),
            s.box(middle - ROD / 2, joint, ROD, STEM, fill=s.HEATER_FILL, colour=s.HEATER),
            s.box(left, low, WIDE, ELECTRODE, fill=s.METAL_FILL, colour=s.METAL),
            half_disc(middle, joint, radius) if radius else "",
            s.box(left, low + ELECTRODE + 12, WIDE, 8, colour=s.FAINT),
            s.box(left, low + ELECTRODE + 12, WIDE * current, 8, fill=s.INK, colour="none"),
            s.label(middle, low + ELECTRODE + 36, share, "middle", size=13),
            *_flow(middle, joint, radius, current),
        ]
        if k == 0:
            parts += [
                s.label(left + 5, joint + 36, "oxide", size=13),
                s.label(left + WIDE - 3, joint + 36, "heater", "end", colour=s.HEATER, size=12),
            ]
        if k == 2:
            parts.append(
                s.label(middle, joint - 58, "crystal", "middle", colour=s.CRYSTAL, size=13)
            )
            parts.append(s.label(middle, joint - 12, "glass", "middle", colour=s.GLASS, size=13))
    foot = TOP + 2 * ELECTRODE + LAYER + STEM + 55
    parts.append(s.label(LEFT, foot, "current at the same voltage", size=13))
    return s.svg_document(WIDTH, HEIGHT, *parts)
