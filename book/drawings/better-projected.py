"""Reading a cell without and with a conducting liner, and writing one with a liner."""

import style as s

WIDTH, HEIGHT = 448, 262
WIDE, ROOF, LAYER, LINER, STEM, ROD = 142, 20, 96, 8, 56, 24
TOP, DOME = 42, 40
FAN = 46  # px to either side, by which the current has spread at the upper electrode


def _cell(x: float, *, liner: bool, write: bool = False) -> list[str]:
    middle, joint = x + WIDE / 2, TOP + ROOF + LAYER
    r = s.number(DOME)
    dome = f"M{s.number(middle - DOME)} {joint}A{r} {r} 0 0 1 {s.number(middle + DOME)} {joint}Z"
    low = joint + (LINER if liner else 0)
    fill = s.HEATER_FILL if write else s.GLASS_FILL
    edge = s.HEATER if write else s.GLASS
    body = [
        s.box(x, TOP, WIDE, ROOF, fill=s.METAL_FILL, colour=s.METAL),
        s.box(x, TOP + ROOF, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.tag("path", d=dome, fill=fill, stroke=edge, stroke_width=1.4),
        s.box(x, low, WIDE, joint + STEM - low, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(middle - ROD / 2, low, ROD, joint + STEM - low, fill=s.HEATER_FILL, colour=s.HEATER),
        s.box(x, joint + STEM, WIDE, ROOF, fill=s.METAL_FILL, colour=s.METAL),
    ]
    if liner:
        body.append(s.box(x, joint, WIDE, LINER, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
    start, end, way = joint + STEM - 6, TOP + ROOF + 6, joint + LINER / 2
    through = 1.6 if write or not liner else 0.8  # px, width of an arrow through the dome
    for side in (-1, 0, 1):
        if liner and not write and side:
            continue
        path = ((middle + 7 * side, start), (middle + 7 * side, joint), (middle + FAN * side, end))
        body.append(s.arrow(*path, width=through))
    if liner:
        for side in (-1, 1):
            inner, outer = middle + 8 * side, middle + (DOME + 8) * side
            far = middle + (DOME + 22) * side
            body.append(
                s.arrow(
                    (inner, start if not write else way),
                    (inner, way),
                    (outer, way),
                    (far, end + 24),
                    width=0.8 if write else 1.6,
                )
            )
    return body


def svg() -> str:
    """Return the drawing."""
    lefts = (4, 4 + WIDE + 8, 4 + 2 * (WIDE + 8))
    centres = [left + WIDE / 2 for left in lefts]
    joint = TOP + ROOF + LAYER
    body = [
        *(
            s.label(x, 16 + 17 * k, words, "middle", bold=k == 0)
            for x, pair in zip(
                centres,
                (("read", "no liner"), ("read", "with a liner"), ("write", "with a liner")),
                strict=True,
            )
            for k, words in enumerate(pair)
        ),
        *_cell(lefts[0], liner=False),
        *_cell(lefts[1], liner=True),
        *_cell(lefts[2], liner=True, write=True),
        s.label(centres[1] + 3, joint - 8, "glass", colour=s.GLASS),
        s.label(lefts[1] + 26, TOP + ROOF + 34, "crystal", colour=s.CRYSTAL),
        s.label(centres[0] + ROD / 2 + 6, joint + STEM - 10, "heater", colour=s.HEATER),
        s.label(lefts[1] + WIDE - 6, joint + LINER + 17, "liner", "end", colour=s.DIGITAL),
        s.label(centres[0], HEIGHT - 6, "all current drifts", "middle"),
        s.label(centres[1], HEIGHT - 6, "thin arrow drifts", "middle"),
        s.label(centres[2], HEIGHT - 6, "heats the dome", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
