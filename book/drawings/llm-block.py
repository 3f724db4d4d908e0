"""One block of a decoder, coloured by where each piece runs: crossbars, or a digital unit."""

import style as s

WIDTH, HEIGHT = 440, 604
X, W = 96, 168  # px, of the boxes
ANALOG, PLAIN = (s.CRYSTAL, s.CRYSTAL_FILL), (s.DIGITAL, s.DIGITAL_FILL)
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
        s.label(middle, 20, "numbers of each character", "middle", bold=True),
        s.label(middle, 592, "the next block, or the output layer (50 × 64)", "middle", bold=True),
    ]
    y, before, branch = 46.0, 26.0, 34.0
    for name, size, (colour, fill) in PIECES:
        high = 58 if name.startswith("scores") else 36
        if name == "+":
            body += [
                s.arrow((middle, before), (middle, y)),
                s.box(middle - 16, y, 32, 30, fill=fill, colour=colour, radius=15),
                s.label(middle, y + 20, "+", "middle", bold=True, colour=colour),
                s.line((middle, branch), (56, branch), (56, y + 15), colour=s.FAINT, width=1.6),
                s.arrow((56, y + 15), (middle - 17, y + 15), colour=s.FAINT),
            ]
            before = y + 30
            branch = before + 8
            y = before + 18
            continue
        body += [
            s.arrow((middle, before), (middle, y)),
            s.box(X, y, W, high, fill=fill, colour=colour, radius=6),
        ]
        if high > 40:
            body += [
                s.label(middle, y + 24, name, "middle", colour=colour, bold=True),
                s.label(middle, y + 44, size, "middle", colour=colour, bold=True),
                s.label(X + W + 14, y + 16, "products of data with", colour=s.DIGITAL),
                s.label(X + W + 14, y + 34, "data: no device holds", colour=s.DIGITAL),
                s.label(X + W + 14, y + 52, "keys and values", colour=s.DIGITAL),
            ]
        elif size:
            body += [
                s.label(X + 14, y + 24, name, colour=colour, bold=True),
                s.label(X + W - 12, y + 24, size, "end", colour=s.INK),
                s.label(X + W + 14, y + 24, "a core", colour=s.CRYSTAL),
            ]
        else:
            body.append(s.label(middle, y + 24, name, "middle", colour=colour, bold=True))
        before = y + high
        y = before + 14
    body.append(s.arrow((middle, before), (middle, before + 20)))
    body += [s.label(48, 236, "what came in goes past", colour=s.FAINT, turn=-90)]
    return s.svg_document(WIDTH, HEIGHT, *body)
