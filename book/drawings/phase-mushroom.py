"""A mushroom cell in its two extreme states, and the shells and slices of its model."""

import style as s

WIDTH, HEIGHT = 430, 620
WIDE = 200  # of one cell
ROD = 40  # of the heater
ELECTRODE, LAYER, STEM = 30, 110, 92  # heights
SHELLS = (88, 66, 47, 32, 21)  # radii, the first shell begins at the heater's end


def half_disc(x: float, y: float, radius: float, colour: str, fill: str) -> str:
    """Return the upper half of a disc whose centre lies at (x, y)."""
    r = s.number(radius)
    path = (
        f"M{s.number(x - radius)} {s.number(y)}A{r} {r} 0 0 1 {s.number(x + radius)} {s.number(y)}Z"
    )
    return s.tag("path", d=path, fill=fill, stroke=colour, stroke_width=1.4)


def body(left: float, top: float, ends: tuple[str, str]) -> tuple[str, float, float]:
    """Return electrodes, layer, oxide and heater, and where the end of the heater is."""
    middle, joint = left + WIDE / 2, top + ELECTRODE + LAYER
    low = joint + STEM
    parts = [
        s.box(left, top, WIDE, ELECTRODE, fill=s.METAL_FILL, colour=s.METAL),
        s.box(left, top + ELECTRODE, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(left, joint, WIDE, STEM, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(middle - ROD / 2, joint, ROD, STEM, fill=s.HEATER_FILL, colour=s.HEATER),
        s.box(left, low, WIDE, ELECTRODE, fill=s.METAL_FILL, colour=s.METAL),
        s.label(middle, top + 20, ends[0], "middle"),
        s.label(middle, low + 20, ends[1], "middle"),
    ]
    return "".join(parts), middle, joint


def svg() -> str:
    parts = []
    for left, title in ((5, "fully SET"), (225, "fully RESET")):
        parts.append(s.label(left + WIDE / 2, 18, title, "middle", bold=True))
    cell, middle, joint = body(5, 30, ("top electrode", "bottom electrode"))
    parts += [
        cell,
        s.label(middle, joint - 56, "crystalline", "middle", colour=s.CRYSTAL),
        s.label(12, joint + 50, "oxide"),
        s.arrow((156, joint + 45), (middle + ROD / 2 + 2, joint + 45), colour=s.HEATER),
        s.label(159, joint + 50, "heater", colour=s.HEATER),
    ]
    cell, middle, joint = body(225, 30, ("top electrode", "bottom electrode"))
    parts += [
        cell,
        s.label(middle, joint - 72, "crystalline", "middle", colour=s.CRYSTAL),
        half_disc(middle, joint, 52, s.GLASS, s.GLASS_FILL),
        s.label(middle, joint - 22, "amorphous", "middle", colour=s.GLASS),
        s.arrow((middle, joint + STEM - 4), (middle, joint + 6)),
        s.label(middle + ROD / 2 + 6, joint + 50, "current"),
    ]
    top = 336
    parts.append(s.line((5, top - 28), (WIDTH - 5, top - 28), colour=s.FAINT, width=1))
    parts.append(s.label(105, top, "the model", "middle", bold=True))
    cell, middle, joint = body(5, top + 12, ("", ""))
    parts.append(cell)
    parts += [
        half_disc(middle, joint, radius, s.CRYSTAL, s.CRYSTAL_FILL if k else "none")
        for k, radius in enumerate(SHELLS)
    ]
    parts += [
        s.line(
            (middle - ROD / 2, joint + h), (middle + ROD / 2, joint + h), colour=s.HEATER, width=1.2
        )
        for h in (16, 36, 62)
    ]
    for side in (-1, 1):
        start = middle + side * ROD / 2
        parts.append(s.arrow((start, joint + 49), (start + 28 * side, joint + 49), colour=s.HEATER))
    notes = (
        (top + 12 + ELECTRODE / 2, "electrode at\nambient temperature", WIDE + 5),
        (joint - 42, "nested half shells,\neach with one temperature\nand its phases", middle + 78),
        (joint + 45, "heater in slices,\nheat leaves sideways", middle + ROD / 2 + 32),
        (joint + STEM + ELECTRODE / 2, "electrode at\nambient temperature", WIDE + 5),
    )
    for y, words, end in notes:
        parts.append(s.line((226, y), (end, y), colour=s.FAINT, width=1))
        parts.append(s.label(232, y, words, colour=s.INK))
    return s.svg_document(WIDTH, HEIGHT, *parts)
