"""Reading a cell without and with a conducting liner."""

import style as s

WIDTH, HEIGHT = 440, 268
WIDE, ROOF, LAYER, LINER, STEM, ROD = 204, 24, 92, 9, 58, 30
TOP, DOME = 30, 50


def _cell(x: float, liner: bool) -> list[str]:
    middle, joint = x + WIDE / 2, TOP + ROOF + LAYER
    r = s.number(DOME)
    dome = f"M{s.number(middle - DOME)} {joint}A{r} {r} 0 0 1 {s.number(middle + DOME)} {joint}Z"
    low = joint + (LINER if liner else 0)
    body = [
        s.box(x, TOP, WIDE, ROOF, fill=s.METAL_FILL, colour=s.METAL),
        s.box(x, TOP + ROOF, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.tag("path", d=dome, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4),
        s.box(x, low, WIDE, joint + STEM - low, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(middle - ROD / 2, low, ROD, joint + STEM - low, fill=s.HEATER_FILL, colour=s.HEATER),
        s.box(x, joint + STEM, WIDE, ROOF, fill=s.METAL_FILL, colour=s.METAL),
        s.label(middle + ROD / 2 + 8, joint + STEM - 12, "heater", colour=s.HEATER),
    ]
    start, end = joint + STEM - 6, TOP + ROOF + 6
    if liner:
        line = joint + LINER / 2
        body.append(s.box(x, joint, WIDE, LINER, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
        for side in (-1, 1):
            inner, outer = middle + 7 * side, middle + (DOME + 14) * side
            body.append(s.arrow((inner, start), (inner, line), (outer, line), (outer, end)))
        body.append(s.arrow((middle, start), (middle, end), width=1))
        body.append(s.label(x + WIDE - 6, joint + LINER + 17, "liner", "end", colour=s.DIGITAL))
    else:
        body.append(s.label(x + 8, TOP + ROOF + 20, "crystal", colour=s.CRYSTAL))
        body += [s.arrow((middle + shift, start), (middle + shift, end)) for shift in (-8, 0, 8)]
    body.append(s.label(middle + 16, joint - 8, "glass", colour=s.GLASS))
    return body


def svg() -> str:
    """Return the drawing."""
    left, right = 6, 230
    body = [
        s.label(left + WIDE / 2, 18, "without a liner", "middle", bold=True),
        s.label(right + WIDE / 2, 18, "with a liner", "middle", bold=True),
        *_cell(left, False),
        *_cell(right, True),
        s.label(left + WIDE / 2, 250, "all of the current drifts", "middle"),
        s.label(right + WIDE / 2, 250, "only the thin arrow drifts", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
