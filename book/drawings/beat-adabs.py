"""The way of calibration pictures through an aged chip, and what the batch normalisations learn."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    INK,
    METAL,
    METAL_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 330


def block(x: float, y: float, words: str, fill: str, colour: str, width: float = 84) -> str:
    return box(x, y, width, 40, fill=fill, colour=colour, radius=5) + label(
        x + width / 2, y + 25, words, anchor="middle"
    )


def svg() -> str:
    body = [
        label(4, 24, "pictures", colour=INK),
        label(4, 42, "no labels", colour=HEATER),
        arrow((70, 64), (104, 64), colour=DIGITAL),
    ]
    for k, y in enumerate((44, 134)):
        body += [
            block(106, y, f"core {k + 1}", CRYSTAL_FILL, CRYSTAL),
            arrow((190, y + 20), (218, y + 20), colour=BIT_LINE),
            block(220, y, "batch norm", DIGITAL_FILL, DIGITAL, 96),
        ]
        # what is measured and what is kept
        body += [
            box(352, y - 12, 80, 56, fill=METAL_FILL, colour=METAL, radius=4),
            label(392, y + 10, "mean", anchor="middle"),
            label(392, y + 32, "variance", anchor="middle"),
            arrow((316, y + 10), (350, y + 2), colour=HEATER),
            arrow((350, y + 32), (318, y + 28), colour=DIGITAL),
        ]
    body += [
        line((268, 84), (268, 108), (148, 108), colour=DIGITAL),
        arrow((148, 108), (148, 132), colour=DIGITAL),
        line((268, 174), (268, 198), (148, 198), colour=DIGITAL),
        arrow((148, 198), (148, 222), colour=DIGITAL),
        block(106, 224, "last core", CRYSTAL_FILL, CRYSTAL),
        arrow((190, 244), (218, 244), colour=BIT_LINE),
        block(220, 224, "scores", "none", FAINT, 96),
        label(326, 240, "no statistics:", colour=FAINT),
        label(326, 258, "one factor only", colour=FAINT),
        label(106, 296, "old statistics × p + batch × (1 − p)", colour=METAL),
        label(106, 318, "measured", colour=HEATER),
        label(184, 318, "and used at once", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
