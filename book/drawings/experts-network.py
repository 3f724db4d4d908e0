"""The feed-forward layer of a transformer: dense, and as a mixture of experts of which two work."""

import style as s

WIDTH, HEIGHT = 446, 430
EXPERTS, PICKED, SHARES = 8, (2, 5), ("0.7", "0.3")
TOKENS = (("this token", PICKED), ("the next", (0, 5)), ("and the next", (3, 6)))


def expert(x: float, y: float, wide: float, works: bool) -> str:
    """Return the two matrices of an expert, up above down."""
    colour, fill, width = (s.CRYSTAL, s.CRYSTAL_FILL, 1.8) if works else (s.FAINT, s.PAPER, 1.0)
    return s.box(x, y, wide, 34, colour=colour, fill=fill, stroke=width) + s.box(
        x, y + 44, wide, 34, colour=colour, fill=fill, stroke=width
    )


def svg() -> str:
    """Return the drawing."""
    top = 62
    body = [
        s.label(12, 22, "dense", bold=True),
        s.label(12, 40, "every weight works", colour=s.CRYSTAL),
        s.label(172, 22, "mixture of experts", bold=True),
        s.label(172, 40, "a router picks two of eight", colour=s.DIGITAL),
        expert(12, top, 120, True),
        s.label(72, top + 22, "up", "middle", colour=s.CRYSTAL),
        s.label(72, top + 66, "down", "middle", colour=s.CRYSTAL),
        s.arrow((72, top + 130), (72, top + 82), colour=s.WORD_LINE),
        s.label(72, top + 146, "token", "middle", colour=s.WORD_LINE),
    ]
    left, wide, step = 172, 26, 33
    middle = left + (EXPERTS * step - 7) / 2
    for k in range(EXPERTS):
        x = left + k * step
        works = k in PICKED
        body.append(expert(x, top, wide, works))
        body.append(
            s.label(
                x + wide / 2,
                top + 27,
                str(k + 1),
                "middle",
                colour=s.CRYSTAL if works else s.FAINT,
                bold=works,
            )
        )
        if works:
            body.append(
                s.line((middle, top + 112), (x + wide / 2, top + 82), colour=s.DIGITAL, width=2.2)
            )
            share = SHARES[PICKED.index(k)]
            side = -13 if k == PICKED[0] else 13
            anchor = "end" if k == PICKED[0] else "start"
            body.append(
                s.label(
                    (middle + x + wide / 2) / 2 + side, top + 103, share, anchor, colour=s.DIGITAL
                )
            )
    body += [
        s.box(middle - 38, top + 112, 76, 26, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=4),
        s.label(middle, top + 130, "router", "middle", colour=s.DIGITAL),
        s.arrow((middle, top + 166), (middle, top + 140), colour=s.WORD_LINE),
        s.label(middle, top + 182, "token", "middle", colour=s.WORD_LINE),
        s.dot(middle, top + 112, 3.5, s.DIGITAL),
        s.line((12, top + 196), (WIDTH - 12, top + 196), colour=s.FAINT, width=1),
        s.label(12, top + 220, "who works for", bold=True),
    ]
    for k, (word, picked) in enumerate(TOKENS):
        y = top + 226 + 24 * k
        body.append(s.label(left - 12, y + 13, word, "end", colour=s.WORD_LINE))
        for n in range(EXPERTS):
            works = n in picked
            colour, fill = (s.CRYSTAL, s.CRYSTAL_FILL) if works else (s.FAINT, s.PAPER)
            body.append(s.box(left + n * step, y, wide, 17, colour=colour, fill=fill, stroke=1.2))
    body += [
        s.label(12, top + 320, "Both layers hold as many weights. The mixture", colour=s.INK),
        s.label(12, top + 339, "multiplies with a quarter of them for a token;", colour=s.CRYSTAL),
        s.label(12, top + 358, "the others rest, but stay where they are.", colour=s.FAINT),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
