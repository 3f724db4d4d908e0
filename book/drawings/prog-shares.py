"""What the two devices of a cell hold, for every target, in two ways of filling."""

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 446, 312
WEAK, STRONG = 11.0, 13.5  # µS: SET states of two devices
ALONE = fact("A061").number  # µS: full scale of a device
END, UNIT, BASE, RIGHT = 26.0, 6.9, 232, 257  # µS, px for a microsiemens, floor, second panel


def _area(left: float, low: list, high: list, programmed: bool) -> str:
    """Return the area between two polygons of (target, conductance)."""

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + UNIT * point[0], BASE - UNIT * point[1]

    fill, colour = (s.GLASS_FILL, s.GLASS) if programmed else (s.CRYSTAL_FILL, s.CRYSTAL)
    points = [*map(at, low), *map(at, reversed(high))]
    return s.line(*points, fill=fill, colour=colour, width=1.2, closed=True)


def _axes(left: float, title: str, marks: tuple[tuple[float, str], ...]) -> str:
    right, top = left + UNIT * END, BASE - UNIT * END
    parts = [
        s.label(left + 8, 46, title, bold=True),
        s.arrow((left, BASE), (right + 8, BASE), colour=s.INK, head=6, width=1.2),
        s.arrow((left, BASE), (left, top - 4), colour=s.INK, head=6, width=1.2),
        s.label((left + right) / 2, BASE + 40, "target of the cell", "middle"),
    ]
    for height in (10, 20):
        y = BASE - UNIT * height
        parts.append(s.line((left - 4, y), (left, y), colour=s.INK, width=1.2))
        parts.append(s.label(left - 6, y + 5, f"{height}", "end"))
    y = BASE - UNIT * 2 * ALONE
    parts.append(s.line((left, y), (right, y), colour=s.INK, dashed=True, width=1))
    for target, word in marks:
        x = left + UNIT * target
        parts.append(s.line((x, BASE), (x, top + 12), colour=s.FAINT, dashed=True, width=1))
        parts.append(s.label(x, BASE + 19, word, "middle"))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    left, both = 34, WEAK + STRONG
    fill_marks = ((ALONE, f"{ALONE:g}"), (2 * ALONE, f"{2 * ALONE:g}"))
    state_marks = ((STRONG, f"{STRONG:g}"), (both, f"{both:g}"))
    parts = [
        s.box(8, 8, 20, 12, fill=s.GLASS_FILL, colour=s.GLASS),
        s.label(34, 19, "programmed"),
        s.box(140, 8, 20, 12, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(166, 19, "left in SET, quiet"),
        _area(left, [(0, 0), (2 * ALONE, 0)], [(0, 0), (ALONE, ALONE), (2 * ALONE, ALONE)], True),
        _area(
            left,
            [(ALONE, ALONE), (2 * ALONE, ALONE)],
            [(ALONE, ALONE), (2 * ALONE, 2 * ALONE)],
            True,
        ),
        _axes(left, "max-fill", fill_marks),
        s.label(left + UNIT * 15.2, BASE - UNIT * 4.2, "device 1", "middle"),
        s.label(left + UNIT * 16.3, BASE - UNIT * 11.6, "device 2", "middle"),
        _area(RIGHT, [(0, 0), (STRONG, 0)], [(0, 0), (STRONG, STRONG)], True),
        _area(RIGHT, [(STRONG, 0), (END, 0)], [(STRONG, STRONG), (END, STRONG)], False),
        _area(RIGHT, [(STRONG, STRONG), (both, STRONG)], [(STRONG, STRONG), (both, both)], True),
        _area(RIGHT, [(both, STRONG), (END, STRONG)], [(both, both), (END, both)], False),
        _axes(RIGHT, "state-dependent", state_marks),
        s.label(RIGHT + UNIT * 19.4, BASE - UNIT * 6, "strong", "middle"),
        s.label(RIGHT + UNIT * 21.2, BASE - UNIT * 14.6, "weak", "middle"),
        s.label(14, HEIGHT - 14, "Heights in µS, stacked; dashed: full scale of a cell"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
