"""One weight stored three ways: on a pair, on one device with an offset, and in two digits."""

from style import CRYSTAL, CRYSTAL_FILL, FAINT, METAL_FILL, box, label, line, svg_document

WIDTH, HEIGHT = 400, 232
BASE, FULL, BAR = 176, 120, 26  # px: foot of the bars, height of G_max, width of a bar
LEFT = 48


def _bar(x: float, share: float, name: str) -> str:
    """Return one device as a bar that is filled up to its share of the largest conductance."""
    height = FULL * share
    return (
        box(x, BASE - FULL, BAR, FULL, fill=METAL_FILL, colour=FAINT, stroke=1)
        + (box(x, BASE - height, BAR, height, fill=CRYSTAL_FILL, colour=CRYSTAL) if share else "")
        + label(x + BAR / 2, BASE + 18, name, anchor="middle")
    )


def svg() -> str:
    """Return the drawing."""
    parts = [
        label(LEFT - 8, BASE - FULL + 5, "G_{max}", anchor="end"),
        label(LEFT - 8, BASE + 5, "0", anchor="end"),
        line((LEFT - 4, BASE), (WIDTH - 6, BASE), colour=FAINT),
        label(86, 34, "(a) pair", anchor="middle", bold=True),
        label(178, 34, "(b) offset", anchor="middle", bold=True),
        label(310, 34, "(c) two digits", anchor="middle", bold=True),
        _bar(54, 0, "G^+"),
        _bar(92, 0.375, "G^−"),
        _bar(165, 0.3125, "G"),
        line((157, BASE - FULL / 2), (199, BASE - FULL / 2), dashed=True),
        label(203, BASE - FULL / 2 + 5, "zero"),
    ]
    for x, share, name in ((246, 0, "+"), (276, 1 / 3, "−"), (322, 0, "+"), (352, 2 / 3, "−")):
        parts.append(_bar(x, share, name))
    parts += [
        label(274, BASE + 40, "digit 1", anchor="middle"),
        label(350, BASE + 40, "digit 2", anchor="middle"),
        label(274, 52, "× 4", anchor="middle"),
        label(350, 52, "× 1", anchor="middle"),
        label(86, BASE + 40, "−0.375", anchor="middle"),
        label(178, BASE + 40, "−0.375", anchor="middle"),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
