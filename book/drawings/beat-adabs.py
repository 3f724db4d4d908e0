"""The way of calibration pictures through an aged chip, and what the batch normalisations learn."""

import style as s

WIDTH, HEIGHT = 440, 330


def block(x: float, y: float, words: str, fill: str, colour: str, width: float = 84) -> str:
    return s.box(x, y, width, 40, fill=fill, colour=colour, radius=5) + s.label(
        x + width / 2, y + 25, words, "middle"
    )


def svg() -> str:
    body = [
        s.label(4, 24, "pictures", colour=s.INK),
        s.label(4, 42, "no labels", colour=s.FAINT),
        s.arrow((70, 64), (104, 64), colour=s.DIGITAL),
    ]
    for k, y in enumerate((44, 134)):
        body += [
            block(106, y, f"core {k + 1}", s.CRYSTAL_FILL, s.CRYSTAL),
            s.arrow((190, y + 20), (218, y + 20), colour=s.BIT_LINE),
            block(220, y, "batch norm", s.DIGITAL_FILL, s.DIGITAL, 96),
        ]
        # what is measured and what is kept
        body += [
            s.box(352, y - 12, 80, 56, fill=s.METAL_FILL, colour=s.METAL, radius=4),
            s.label(392, y + 10, "mean", "middle"),
            s.label(392, y + 32, "variance", "middle"),
            s.arrow((316, y + 10), (350, y + 2), colour=s.METAL),
            s.arrow((350, y + 32), (318, y + 28), colour=s.DIGITAL),
        ]
    body += [
        s.line((268, 84), (268, 108), (148, 108), colour=s.DIGITAL),
        s.arrow((148, 108), (148, 132), colour=s.DIGITAL),
        s.line((268, 174), (268, 198), (148, 198), colour=s.DIGITAL),
        s.arrow((148, 198), (148, 222), colour=s.DIGITAL),
        block(106, 224, "last core", s.CRYSTAL_FILL, s.CRYSTAL),
        s.arrow((190, 244), (218, 244), colour=s.BIT_LINE),
        block(220, 224, "scores", "none", s.FAINT, 96),
        s.label(326, 240, "no statistics:", colour=s.FAINT),
        s.label(326, 258, "one factor only", colour=s.FAINT),
        s.label(106, 296, "old statistics × ω + batch × (1 − ω)", colour=s.METAL),
        s.label(106, 318, "measured", colour=s.METAL),
        s.label(184, 318, "and used from then on", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
