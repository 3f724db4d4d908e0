"""Where noise enters the forward of a training step, and what it stands for on the chip."""

import style as s

WIDTH, HEIGHT = 440, 452
X, W = 24, 150  # px, of the boxes
STEPS = (
    (
        "input range, DAC",
        "clip and round x",
        s.WORD_LINE,
        s.WORD_LINE_FILL,
        "",
        "input range,\n8-bit pulses",
    ),
    (
        "weights",
        "W + noise",
        s.CRYSTAL,
        s.CRYSTAL_FILL,
        "weight noise",
        "programming error,\ndrift, read noise",
    ),
    (
        "outputs",
        "y + noise",
        s.BIT_LINE,
        s.BIT_LINE_FILL,
        "output noise",
        "read noise,\nnoise of converters",
    ),
    ("ADC", "clip and round y", s.BIT_LINE, s.BIT_LINE_FILL, "", "8-bit counts,\nsaturation"),
    ("digital side", "scale, bias, ReLU", s.DIGITAL, s.DIGITAL_FILL, "", "local digital unit"),
)


def svg() -> str:
    body = [
        s.label(X + W / 2, 24, "one layer in training", "middle", bold=True),
        s.label(WIDTH - 10, 24, "on the chip", "end", bold=True),
    ]
    y = 40
    for name, what, colour, fill, noise, chip in STEPS:
        body += [
            s.box(X, y, W, 50, fill=fill, colour=colour, radius=6),
            s.label(X + 10, y + 20, name, bold=True, colour=colour),
            s.label(X + 10, y + 40, what),
            s.label(WIDTH - 10, y + 22, chip, "end"),
            s.line(
                (X + W + 14, y + 25), (X + W + 104, y + 25), colour=s.FAINT, dashed=True, width=1.2
            )
            if not noise
            else "",
        ]
        if noise:
            body += [
                s.label(X + W + 14, y + 18, noise, colour=s.HEATER, bold=True),
                s.arrow((X + W + 104, y + 30), (X + W + 2, y + 30), colour=s.HEATER),
            ]
        if y < 300:
            body.append(s.arrow((X + W / 2, y + 50), (X + W / 2, y + 68)))
        y += 68
    body = [part for part in body if part]
    body += [
        s.arrow((X + W / 2, 362), (X + W / 2, 384)),
        s.label(X + W / 2, 402, "loss", "middle", bold=True),
        s.arrow((X + W / 2 - 24, 397), (8, 397), (8, 133), (X - 2, 133), colour=s.INK),
        s.label(8, 428, "backward: the gradient passes as if nothing were rounded,"),
        s.label(8, 446, "and the step changes W, which is clipped once more."),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
