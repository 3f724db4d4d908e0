"""A mushroom cell in its two extreme states, and the shells and slices of its model."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    INK,
    METAL,
    METAL_FILL,
    OXIDE_FILL,
    arrow,
    box,
    label,
    line,
    number,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 430, 614
WIDE = 200  # of one cell
ROD = 40  # of the heater
ELECTRODE, LAYER, STEM = 30, 110, 92  # heights
SHELLS = (88, 66, 47, 32, 21)  # radii, the first shell begins at the heater's end


def half_disc(x: float, y: float, radius: float, colour: str, fill: str) -> str:
    """Return the upper half of a disc whose centre lies at (x, y)."""
    r = number(radius)
    path = f"M{number(x - radius)} {number(y)}A{r} {r} 0 0 1 {number(x + radius)} {number(y)}Z"
    return tag("path", d=path, fill=fill, stroke=colour, stroke_width=1.4)


def body(left: float, top: float, ends: tuple[str, str]) -> tuple[str, float, float]:
    """Return electrodes, layer, oxide and heater, and where the end of the heater is."""
    middle, joint = left + WIDE / 2, top + ELECTRODE + LAYER
    low = joint + STEM
    parts = [
        box(left, top, WIDE, ELECTRODE, fill=METAL_FILL, colour=METAL),
        box(left, top + ELECTRODE, WIDE, LAYER, fill=CRYSTAL_FILL, colour=CRYSTAL),
        box(left, joint, WIDE, STEM, fill=OXIDE_FILL, colour=FAINT),
        box(middle - ROD / 2, joint, ROD, STEM, fill=HEATER_FILL, colour=HEATER),
        box(left, low, WIDE, ELECTRODE, fill=METAL_FILL, colour=METAL),
        label(middle, top + 20, ends[0], anchor="middle"),
        label(middle, low + 20, ends[1], anchor="middle"),
    ]
    return "".join(parts), middle, joint


def svg() -> str:
    parts = []
    for left, title in ((5, "fully SET"), (225, "fully RESET")):
        parts.append(label(left + WIDE / 2, 18, title, anchor="middle", bold=True))
    cell, middle, joint = body(5, 30, ("top electrode", "bottom electrode"))
    parts += [
        cell,
        label(middle, joint - 56, "crystalline", anchor="middle", colour=CRYSTAL),
        label(12, joint + 50, "oxide"),
        arrow((158, joint + 45), (middle + ROD / 2 + 2, joint + 45), colour=HEATER),
        label(162, joint + 50, "heater", colour=HEATER, size=13),
    ]
    cell, middle, joint = body(225, 30, ("top electrode", "bottom electrode"))
    parts += [
        cell,
        label(middle, joint - 72, "crystalline", anchor="middle", colour=CRYSTAL),
        half_disc(middle, joint, 52, GLASS, GLASS_FILL),
        label(middle, joint - 22, "amorphous", anchor="middle", colour=GLASS, size=13),
        arrow((middle, joint + STEM - 4), (middle, joint + 6)),
        label(middle + ROD / 2 + 6, joint + 50, "current"),
    ]
    top = 336
    parts.append(line((5, top - 28), (WIDTH - 5, top - 28), colour=FAINT, width=1))
    parts.append(label(105, top, "the model", anchor="middle", bold=True))
    cell, middle, joint = body(5, top + 12, ("", ""))
    parts.append(cell)
    parts += [
        half_disc(middle, joint, radius, CRYSTAL, CRYSTAL_FILL if k else "none")
        for k, radius in enumerate(SHELLS)
    ]
    parts += [
        line((middle - ROD / 2, joint + h), (middle + ROD / 2, joint + h), colour=HEATER, width=1.2)
        for h in (16, 36, 62)
    ]
    for side in (-1, 1):
        start = middle + side * ROD / 2
        parts.append(arrow((start, joint + 49), (start + 28 * side, joint + 49), colour=HEATER))
    notes = (
        (top + 12 + ELECTRODE / 2, "electrode at\nambient temperature", WIDE + 5),
        (joint - 42, "nested half shells,\neach with one temperature\nand its phases", middle + 78),
        (joint + 45, "heater in slices,\nheat leaves sideways", middle + ROD / 2 + 32),
        (joint + STEM + ELECTRODE / 2, "electrode at\nambient temperature", WIDE + 5),
    )
    for y, words, end in notes:
        parts.append(line((226, y), (end, y), colour=FAINT, width=1))
        parts.append(label(232, y, words, size=13, colour=INK))
    return svg_document(WIDTH, HEIGHT, *parts)
