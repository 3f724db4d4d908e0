"""What the two devices of a cell hold, for every target, in two ways of filling."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

from aimc.published import fact

WIDTH, HEIGHT = 446, 312
WEAK, STRONG = 11.0, 13.5  # µS: SET states of two devices
ALONE = fact("A061").number  # µS: full scale of a device
END, UNIT, BASE, RIGHT = 26.0, 6.9, 232, 236  # µS, px for a microsiemens, floor, second panel


def _area(left: float, low: list, high: list, programmed: bool) -> str:
    """Return the area between two polygons of (target, conductance)."""

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + UNIT * point[0], BASE - UNIT * point[1]

    fill, colour = (GLASS_FILL, GLASS) if programmed else (CRYSTAL_FILL, CRYSTAL)
    points = [*map(at, low), *map(at, reversed(high))]
    return line(*points, fill=fill, colour=colour, width=1.2, closed=True)


def _axes(left: float, title: str, marks: tuple[tuple[float, str], ...]) -> str:
    right, top = left + UNIT * END, BASE - UNIT * END
    parts = [
        label(left, 46, title, bold=True),
        arrow((left, BASE), (right + 8, BASE), colour=INK, head=6, width=1.2),
        arrow((left, BASE), (left, top - 4), colour=INK, head=6, width=1.2),
        label((left + right) / 2, BASE + 40, "target of the cell", anchor="middle"),
    ]
    for target, word in marks:
        x = left + UNIT * target
        parts.append(line((x, BASE), (x, top + 12), colour=FAINT, dashed=True, width=1))
        parts.append(label(x, BASE + 19, word, anchor="middle"))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    left, both = 14, WEAK + STRONG
    fill_marks = ((ALONE, f"{ALONE:g}"), (2 * ALONE, f"{2 * ALONE:g}"))
    state_marks = ((STRONG, f"{STRONG:g}"), (both, f"{both:g}"))
    parts = [
        box(8, 8, 20, 12, fill=GLASS_FILL, colour=GLASS),
        label(34, 19, "programmed"),
        box(140, 8, 20, 12, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(166, 19, "left in SET, quiet"),
        _area(left, [(0, 0), (2 * ALONE, 0)], [(0, 0), (ALONE, ALONE), (2 * ALONE, ALONE)], True),
        _area(
            left,
            [(ALONE, ALONE), (2 * ALONE, ALONE)],
            [(ALONE, ALONE), (2 * ALONE, 2 * ALONE)],
            True,
        ),
        _axes(left, "max-fill", fill_marks),
        label(left + UNIT * 15.2, BASE - UNIT * 4.2, "device 1", anchor="middle"),
        label(left + UNIT * 16.3, BASE - UNIT * 11.6, "device 2", anchor="middle"),
        _area(RIGHT, [(0, 0), (STRONG, 0)], [(0, 0), (STRONG, STRONG)], True),
        _area(RIGHT, [(STRONG, 0), (END, 0)], [(STRONG, STRONG), (END, STRONG)], False),
        _area(RIGHT, [(STRONG, STRONG), (both, STRONG)], [(STRONG, STRONG), (both, both)], True),
        _area(RIGHT, [(both, STRONG), (END, STRONG)], [(both, both), (END, both)], False),
        _axes(RIGHT, "state-dependent", state_marks),
        label(RIGHT + UNIT * 19.4, BASE - UNIT * 6, "strong", anchor="middle"),
        label(RIGHT + UNIT * 21.2, BASE - UNIT * 14.6, "weak", anchor="middle"),
        label(14, HEIGHT - 14, "Heights: conductances of the two devices in µS, stacked."),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
