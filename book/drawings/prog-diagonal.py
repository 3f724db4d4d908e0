"""A diagonal of cells that is programmed at once, and write heads that serve several wires each."""

import style as s

WIDTH, HEIGHT = 446, 350
SIDE, LEFT, TOP, CELLS, WIRES = 26, 60, 112, 8, 4


def svg() -> str:
    """Return the drawing."""
    parts = []
    for head in range(CELLS // WIRES):
        x = LEFT + head * WIRES * SIDE + 6
        wide = WIRES * SIDE - 12
        parts.append(s.box(x, 36, wide, 30, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4))
        parts.append(s.label(x + wide / 2, 56, f"head {head + 1}", "middle"))
        for k in range(WIRES):
            wire = LEFT + (head * WIRES + k + 0.5) * SIDE
            now = k == 1
            colour = s.BIT_LINE if now else s.METAL
            start = (x + wide / 2, 67)
            parts.append(s.line(start, (wire, 88), colour=colour, width=2.4 if now else 1))
            parts.append(s.line((wire, 88), (wire, TOP), colour=colour, width=2.4 if now else 1))
    for row in range(CELLS):
        for column in range(CELLS):
            number = (column - row) % CELLS
            fill, colour = (
                (s.BIT_LINE_FILL, s.BIT_LINE) if not number else (s.WORD_LINE_FILL, s.WORD_LINE)
            )
            x, y = LEFT + column * SIDE, TOP + row * SIDE
            parts.append(s.box(x, y, SIDE - 3, SIDE - 3, fill=fill, colour=colour, stroke=1))
            middle = x + SIDE / 2 - 1.5
            parts.append(s.label(middle, y + 17, str(number), "middle", bold=not number))
    side = LEFT + CELLS * SIDE + 16
    parts += [
        s.label(LEFT, 22, "write heads", colour=s.BIT_LINE),
        s.label(side, 56, "a wire after the\nother has its turn"),
        s.label(side, TOP + 46, "diagonal 0:", colour=s.BIT_LINE, bold=True),
        s.label(side, TOP + 66, "one cell in each\nrow and in each\ncolumn", colour=s.BIT_LINE),
        s.label(side, TOP + 152, "then diagonal 1,\nand so on"),
    ]
    return s.svg_document(WIDTH, HEIGHT - 14, *parts)
