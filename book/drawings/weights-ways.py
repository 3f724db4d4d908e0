"""One weight stored three ways: on a pair, on one device with an offset, and in two digits."""

import style as s

WIDTH, HEIGHT = 400, 252
BASE, FULL, BAR = 176, 120, 26  # px: foot of the bars, height of G_max, width of a bar
LEFT = 48


def _bar(x: float, share: float, name: str) -> str:
    """Return one device as a bar that is filled up to its share of the largest conductance."""
    height = FULL * share
    return (
        s.box(x, BASE - FULL, BAR, FULL, fill=s.METAL_FILL, colour=s.FAINT, stroke=1)
        + (
            s.box(x, BASE - height, BAR, height, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE)
            if share
            else ""
        )
        + s.label(x + BAR / 2, BASE + 18, name, "middle")
    )


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.label(LEFT - 8, BASE - FULL + 5, "G_{max}", "end"),
        s.label(LEFT - 8, BASE + 5, "0", "end"),
        s.line((LEFT - 4, BASE), (WIDTH - 6, BASE), colour=s.FAINT),
        s.label(86, 34, "(a) pair", "middle", bold=True),
        s.label(178, 34, "(b) offset", "middle", bold=True),
        s.label(310, 34, "(c) two digits", "middle", bold=True),
        _bar(54, 0, "G^+"),
        _bar(92, 0.375, "G^−"),
        _bar(165, 0.3125, "G"),
        s.line((157, BASE - FULL / 2), (199, BASE - FULL / 2), dashed=True),
        s.label(203, BASE - FULL / 2 + 5, "zero"),
    ]
    for x, share, name in ((246, 0, "+"), (276, 1 / 3, "−"), (322, 0, "+"), (352, 2 / 3, "−")):
        parts.append(_bar(x, share, name))
    parts += [
        s.label(274, BASE + 40, "first: 1 of 3", "middle"),
        s.label(354, BASE + 40, "last: 2 of 3", "middle"),
        s.label(274, 52, "× 4", "middle"),
        s.label(350, 52, "× 1", "middle"),
        s.label(312, BASE + 62, "−(4 · 1 + 2)/15 = −0.4", "middle"),
        s.label(86, BASE + 40, "−0.375", "middle"),
        s.label(178, BASE + 40, "−0.375", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
