"""The score as an area: what three designs dominate together, with the third axis left out."""

import style as s

WIDTH, HEIGHT = 440, 340
LEFT, BOTTOM, SIDE_X, SIDE_Y = 60, 284, 330, 250
DESIGNS = ((0.3, 0.92, "A"), (0.62, 0.74, "B"), (0.84, 0.28, "C"))
BEATEN = (0.42, 0.5, "D")


def at(x: float, y: float) -> tuple[float, float]:
    return LEFT + SIDE_X * x, BOTTOM - SIDE_Y * y


def svg() -> str:
    corners, below = [at(0, 0)], 0.0
    for x, _, _ in reversed(DESIGNS):
        y = max(other for width, other, _ in DESIGNS if width >= x)
        corners += [at(x, below), at(x, y)]
        below = y
    corners.append(at(0, below))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    body = [
        s.tag("polygon", points=path, fill=s.CRYSTAL_FILL, stroke=s.CRYSTAL, stroke_width=1.6),
        s.arrow(at(0, 0), at(1.06, 0)),
        s.arrow(at(0, 0), at(0, 1.08)),
        s.line(at(1, 0), at(1, 1), at(0, 1), colour=s.FAINT, dashed=True, width=1.2),
        s.label(at(1, 1)[0] - 6, at(1, 1)[1] + 18, "ideal", "end", colour=s.FAINT),
        s.label(LEFT - 4, BOTTOM + 20, "reference point"),
        s.label(at(1.0, 0)[0], BOTTOM + 20, "gain in energy", "end"),
        s.label(LEFT + 10, 22, "gain in accuracy"),
        s.label(at(0.14, 0.3)[0], at(0.14, 0.3)[1], "dominated", colour=s.CRYSTAL),
    ]
    for x, y, name in DESIGNS:
        px, py = at(x, y)
        body += [
            s.dot(px, py, 5, s.CRYSTAL),
            s.label(px + 10, py + 5, name, bold=True, colour=s.CRYSTAL),
        ]
    px, py = at(*BEATEN[:2])
    body += [
        s.dot(px, py, 5, s.BIT_LINE),
        s.label(px - 10, py - 10, f"{BEATEN[2]} adds nothing", "middle", colour=s.BIT_LINE),
        s.label(LEFT, HEIGHT - 8, "area is the third axis, out of the page", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
