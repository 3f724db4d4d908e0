"""Two tokens on four tiles, as time lines: parts of a dense layer queue up, experts do not."""

import style as s

WIDTH, HEIGHT = 446, 398
LEFT, SLOT, ROW = 74, 35, 25
FIRST, SECOND = (s.CRYSTAL, s.CRYSTAL_FILL), (s.METAL, s.METAL_FILL)
Row = tuple[str, str, str]  # its name, and what it does for either token, a letter for each slot
MIXTURE: tuple[Row, ...] = (
    ("tile 1", "q..u", ".q..u"),
    ("tile 2", "k", ".k..u"),
    ("tile 3", "v..ud", ".v...d"),
    ("tile 4", "..r.d", "...r.d"),
    ("attention", ".a", "..a"),
)
DENSE: tuple[Row, ...] = (
    ("tile 1", "q.uudd", ".q....uudd"),
    ("tile 2", "k.uudd", ".k....uudd"),
    ("tile 3", "v.uudd", ".v....uudd"),
    ("tile 4", "..uudd", "......uudd"),
    ("attention", ".a", "..a"),
)


def panel(top: float, title: str, rows: tuple[Row, ...], end: int) -> list[str]:
    """Return a time line, and a mark where it ends."""
    parts = [s.label(8, top - 12, title, bold=True)]
    for k, (name, *tokens) in enumerate(rows):
        y = top + k * ROW
        parts.append(s.label(8, y + 15, name))
        parts.append(s.line((LEFT + 4, y + 21), (WIDTH - 12, y + 21), colour=s.FAINT, width=0.6))
        for word, (colour, fill) in zip(tokens, (FIRST, SECOND), strict=True):
            for slot, job in enumerate(word):
                if job == ".":
                    continue
                x = LEFT + 4 + slot * SLOT
                parts.append(s.box(x, y, SLOT - 3, 19, colour=colour, fill=fill, radius=2))
                middle = x + (SLOT - 3) / 2
                parts.append(s.label(middle, y + 14, job, "middle", colour=colour))
    x = LEFT + 3 + end * SLOT
    foot = top + len(rows) * ROW + 2
    parts.append(s.line((x, top - 4), (x, foot), dashed=True, width=2))
    parts.append(s.label(min(x, WIDTH - 24), foot + 15, "done", "middle", bold=True))
    return parts


def svg() -> str:
    """Return the drawing."""
    low = 226
    body = [
        *panel(40, "mixture: two experts of eight", MIXTURE, 6),
        *panel(low, "dense: eight parts up, eight parts down", DENSE, 10),
        s.box(LEFT + 4, HEIGHT - 26, 16, 16, colour=FIRST[0], fill=FIRST[1], radius=2),
        s.label(LEFT + 26, HEIGHT - 13, "token 1", colour=FIRST[0]),
        s.box(LEFT + 92, HEIGHT - 26, 16, 16, colour=SECOND[0], fill=SECOND[1], radius=2),
        s.label(LEFT + 114, HEIGHT - 13, "token 2", colour=SECOND[0]),
        s.arrow((LEFT + 196, HEIGHT - 18), (LEFT + 250, HEIGHT - 18), colour=s.INK),
        s.label(LEFT + 258, HEIGHT - 13, "time"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
