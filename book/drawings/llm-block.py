"""One block of a decoder, coloured by where each piece runs: crossbars, or a digital unit."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 604
X, W = 96, 168  # px, of the boxes
ANALOG, PLAIN = (CRYSTAL, CRYSTAL_FILL), (DIGITAL, DIGITAL_FILL)
PIECES = (
    ("norm", "", PLAIN),
    ("W_{qkv}", "192 × 64", ANALOG),
    ("scores, softmax,", "mixing of values", PLAIN),
    ("W_o", "64 × 64", ANALOG),
    ("+", "", PLAIN),
    ("norm", "", PLAIN),
    ("W_1", "256 × 64", ANALOG),
    ("max(0, ·)", "", PLAIN),
    ("W_2", "64 × 256", ANALOG),
    ("+", "", PLAIN),
)


def svg() -> str:
    middle = X + W / 2
    body = [
        label(middle, 20, "numbers of each character", anchor="middle", bold=True),
        label(
            middle, 592, "the next block, or the output layer (50 × 64)", anchor="middle", bold=True
        ),
    ]
    y, before, branch = 46.0, 26.0, 34.0
    for name, size, (colour, fill) in PIECES:
        high = 58 if name.startswith("scores") else 36
        if name == "+":
            body += [
                arrow((middle, before), (middle, y)),
                box(middle - 16, y, 32, 30, fill=fill, colour=colour, radius=15),
                label(middle, y + 20, "+", anchor="middle", bold=True, colour=colour),
                line((middle, branch), (56, branch), (56, y + 15), colour=FAINT, width=1.6),
                arrow((56, y + 15), (middle - 17, y + 15), colour=FAINT),
            ]
            before = y + 30
            branch = before + 8
            y = before + 18
            continue
        body += [
            arrow((middle, before), (middle, y)),
            box(X, y, W, high, fill=fill, colour=colour, radius=6),
        ]
        if high > 40:
            body += [
                label(middle, y + 24, name, anchor="middle", colour=colour, bold=True),
                label(middle, y + 44, size, anchor="middle", colour=colour, bold=True),
                label(X + W + 14, y + 16, "products of data with", colour=DIGITAL),
                label(X + W + 14, y + 34, "data: no device holds", colour=DIGITAL),
                label(X + W + 14, y + 52, "keys and values", colour=DIGITAL),
            ]
        elif size:
            body += [
                label(X + 14, y + 24, name, colour=colour, bold=True),
                label(X + W - 12, y + 24, size, anchor="end", colour=INK),
                label(X + W + 14, y + 24, "a core", colour=CRYSTAL),
            ]
        else:
            body.append(label(middle, y + 24, name, anchor="middle", colour=colour, bold=True))
        before = y + high
        y = before + 14
    body.append(arrow((middle, before), (middle, before + 20)))
    body += [
        label(48, 236, "what came in goes past", colour=FAINT, turn=-90),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
