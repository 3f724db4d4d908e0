"""A sneak path through a passive array, and how selecting transistors cut it."""

import schemdraw.elements as elm
import style as s

LINES = (196, 352)  # x of the bit lines


def svg() -> str:
    """Return the drawing: passive above, with transistors below."""
    return s.svg_document(444, 716, _passive(), _selected())


def _marker(*points: tuple[float, float], colour: str) -> str:
    """Return a broad stripe through points, as of a marker pen."""
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return s.tag(
        "path",
        d=path,
        fill="none",
        stroke=colour,
        stroke_width=12,
        stroke_linejoin="round",
        stroke_linecap="round",
        opacity=0.3,
    )


def _passive() -> str:
    rows = (84, 196)
    left, right = LINES
    b = 40
    sneak = [
        (104, rows[0]), (right - b, rows[0]), (right, rows[0] + b), (right, rows[1] + b),
        (right - b, rows[1]), (left - b, rows[1]), (left, rows[1] + b), (left, rows[1] + b + 38),
    ]  # fmt: skip
    body = [
        s.label(4, 24, "(a) A passive array", size=16, bold=True),
        _marker(*sneak, colour=s.HEATER),
    ]
    for y, words in zip(rows, ("0.2 V", "floating"), strict=True):
        body += [
            s.line((100, y), (410, y), colour=s.WORD_LINE, width=3),
            s.label(92, y + 5, words, "end", size=16, colour=s.WORD_LINE),
        ]
    for x, words in zip(LINES, ("0 V, read", "floating"), strict=True):
        body += [
            s.line((x, 60), (x, 278), colour=s.BIT_LINE, width=3),
            s.label(x, 298, words, "middle", size=16, colour=s.BIT_LINE),
        ]
        for y in rows:
            cx, cy = x - b / 2, y + b / 2
            body += [
                s.line((x - b, y), (x, y + b), width=2),
                s.tag(
                    "rect",
                    x=cx - 13, y=cy - 7.5, width=26, height=15, rx=2,
                    fill=s.PAPER, stroke=s.INK, stroke_width=2,
                    transform=f"rotate(45 {cx:g} {cy:g})",
                ),
                s.dot(x - b, y, 4, s.WORD_LINE),
                s.dot(x, y + b, 4, s.BIT_LINE),
            ]  # fmt: skip
    body += [
        s.label(left - b + 4, rows[0] + 40, "chosen", "end", size=16),
        s.arrow((220, rows[0] - 12), (290, rows[0] - 12), colour=s.HEATER, width=2),
        s.arrow((right + 14, 150), (right + 14, 214), colour=s.HEATER, width=2),
        s.arrow((290, rows[1] - 12), (220, rows[1] - 12), colour=s.HEATER, width=2),
        s.arrow((left + 14, 236), (left + 14, 272), colour=s.HEATER, width=2),
        s.label(272, 150, "sneak path", "middle", size=16, colour=s.HEATER),
    ]
    return "".join(body)


def _selected() -> str:
    board = s.Board(lw=2)
    rows, gates = (380, 544), (508, 672)
    right = LINES[1]
    blocked = (right - 28, rows[1] + 86)
    body = [
        s.label(4, 344, "(b) A transistor at every device (1T1R)", size=16, bold=True),
        _marker(
            (104, rows[0]), (right - 28, rows[0]), (right - 28, rows[0] + 112),
            (right, rows[0] + 112), (right, rows[1] + 112), (right - 28, rows[1] + 112),
            (right - 28, rows[1] + 98), colour=s.HEATER,
        ),
    ]  # fmt: skip
    for y, gate, words in zip(rows, gates, ("0.2 V", "floating"), strict=True):
        board.wire((100, y), (410, y), colour=s.WORD_LINE, width=3)
        board.wire((100, gate), (410, gate), colour=s.METAL, width=2)
        body.append(s.label(92, y + 5, words, "end", size=16, colour=s.WORD_LINE))
        state = "select: on" if gate == gates[0] else "select: off"
        body.append(s.label(92, gate + 5, state, "end", size=16, colour=s.METAL))
        for x in LINES:
            board.between(elm.RBox(), (x - 28, y), (x - 28, y + 58))
            board.place(elm.NFet().right().reverse(), (x - 28, y + 58), "drain")
            board.wire((x - 28, y + 112), (x, y + 112), width=2)
            board.wire((x - 77, y + 85), (x - 77, gate), colour=s.METAL, width=2)
            body += [
                s.dot(x - 28, y, 4, s.WORD_LINE),
                s.dot(x, y + 112, 4, s.BIT_LINE),
                s.dot(x - 77, gate, 4, s.METAL),
            ]
    for x, words in zip(LINES, ("0 V, read", "floating"), strict=True):
        board.wire((x, 364), (x, 690), colour=s.BIT_LINE, width=3)
        body.append(s.label(x, 710, words, "middle", size=16, colour=s.BIT_LINE))
    x, y = blocked
    body += [
        s.line((x - 9, y - 9), (x + 9, y + 9), colour=s.HEATER, width=4),
        s.line((x - 9, y + 9), (x + 9, y - 9), colour=s.HEATER, width=4),
        s.label(right + 14, rows[1] + 90, "blocked", size=16, colour=s.HEATER),
    ]
    return board.svg() + "".join(body)
