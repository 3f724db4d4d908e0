"""A chain of four cores that breaks at the end of a row, and one that is kept together."""

import style as s

WIDTH, HEIGHT = 446, 306
LEFT, SIDE, PITCH = 12, 40, 54


def _corner(row: int, column: int, top: float) -> tuple[float, float]:
    return LEFT + PITCH * column, top + PITCH * row


def _rows(top: float, chain: list[tuple[int, int]]) -> list[str]:
    parts = []
    for row in range(2):
        for column in range(8):
            x, y = _corner(row, column, top)
            parts.append(s.box(x, y, SIDE, SIDE, colour=s.FAINT, stroke=1.2))
    for k, (row, column) in enumerate(chain):
        x, y = _corner(row, column, top)
        parts.append(s.box(x, y, SIDE, SIDE, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8))
        parts.append(s.label(x + SIDE / 2, y + 26, str(k + 1), "middle", bold=True))
    return parts


def _step(row: int, column: int, top: float) -> str:
    """Return a link from a core to its neighbour on the right."""
    x, y = _corner(row, column, top)
    middle = y + SIDE / 2
    return s.arrow((x + SIDE, middle), (x + PITCH, middle), colour=s.DIGITAL, width=2.4, head=7)


def svg() -> str:
    """Return the drawing."""
    upper, lower = 34, 204
    broken = [(0, 6), (0, 7), (1, 0), (1, 1)]
    whole = [(0, 4), (0, 5), (0, 6), (0, 7)]
    parts = [
        s.label(LEFT, 20, "by number: the chain breaks", bold=True),
        *_rows(upper, broken),
        _step(0, 6, upper),
        _step(1, 0, upper),
    ]
    x, y = _corner(0, 7, upper)
    last, _ = _corner(0, 0, upper)
    between = y + SIDE + (PITCH - SIDE) / 2
    path = ((x + SIDE / 2, y + SIDE), (x + SIDE / 2, between), (last + SIDE / 2, between))
    parts.append(s.arrow(*path, (last + SIDE / 2, y + PITCH), colour=s.DIGITAL, width=2.4, head=7))
    parts += [
        s.label(WIDTH - 12, 148, "a detour of several hops", "end", colour=s.DIGITAL),
        s.label(LEFT, lower - 14, "kept together: every step is one link", bold=True),
        *_rows(lower, whole),
        *(_step(0, column, lower) for column in (4, 5, 6)),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
