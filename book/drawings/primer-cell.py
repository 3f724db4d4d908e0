"""A phase-change cell in cross-section: SET, in between, RESET, and what each conducts."""

import style as s

WIDTH, HEIGHT = 372, 262
WIDE, GAP, LEFT = 114, 13, 2  # of one cell, between two, before the first
ROD, ELECTRODE, LAYER, STEM = 26, 22, 84, 62
TOP = 30
DOMES = (("SET", 0, 1.0), ("in between", 24, 0.45), ("RESET", 40, 0.04))  # name, radius, current


def half_disc(x: float, y: float, radius: float) -> str:
    """Return the upper half of an amorphous disc whose centre lies at (x, y)."""
    r, a, b = s.number(radius), s.number(x - radius), s.number(x + radius)
    path = f"M{a} {s.number(y)}A{r} {r} 0 0 1 {b} {s.number(y)}Z"
    return s.tag("path", d=path, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (name, radius, current) in enumerate(DOMES):
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
            s.box(left, low + ELECTRODE + 12, WIDE * current, 8, fill=s.INK, colour=s.INK),
        ]
        if k == 0:
            parts += [
                s.label(middle, joint - 46, "crystal", "middle", colour=s.CRYSTAL),
                s.label(left + 5, joint + 36, "oxide", size=13),
                s.label(left + WIDE - 3, joint + 36, "heater", "end", colour=s.HEATER, size=12),
            ]
        if k == 2:
            parts.append(s.label(middle, joint - 12, "glass", "middle", colour=s.GLASS, size=13))
    foot = TOP + 2 * ELECTRODE + LAYER + STEM + 38
    parts.append(s.label(LEFT, foot, "current at the same voltage", size=13))
    return s.svg_document(WIDTH, HEIGHT, *parts)
