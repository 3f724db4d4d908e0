"""Where noise enters the forward of a training step, and what it stands for on the chip."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    INK,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 452
X, W = 24, 150  # px, of the boxes
STEPS = (
    (
        "input range, DAC",
        "clip and round x",
        WORD_LINE,
        WORD_LINE_FILL,
        "",
        "input range,\n8-bit pulses",
    ),
    (
        "weights",
        "W + noise",
        CRYSTAL,
        CRYSTAL_FILL,
        "weight noise",
        "programming error,\ndrift, read noise",
    ),
    (
        "outputs",
        "y + noise",
        BIT_LINE,
        BIT_LINE_FILL,
        "output noise",
        "read noise,\nnoise of converters",
    ),
    ("ADC", "clip and round y", BIT_LINE, BIT_LINE_FILL, "", "8-bit counts,\nsaturation"),
    ("digital side", "scale, bias, ReLU", DIGITAL, DIGITAL_FILL, "", "local digital unit"),
)


def svg() -> str:
    body = [
        label(X + W / 2, 24, "one layer in training", anchor="middle", bold=True),
        label(WIDTH - 10, 24, "on the chip", anchor="end", bold=True),
    ]
    y = 40
    for name, what, colour, fill, noise, chip in STEPS:
        body += [
            box(X, y, W, 50, fill=fill, colour=colour, radius=6),
            label(X + 10, y + 20, name, bold=True, colour=colour),
            label(X + 10, y + 40, what),
            label(WIDTH - 10, y + 22, chip, anchor="end"),
            line((X + W + 14, y + 25), (X + W + 104, y + 25), colour=FAINT, dashed=True, width=1.2)
            if not noise
            else "",
        ]
        if noise:
            body += [
                label(X + W + 14, y + 18, noise, colour=HEATER, bold=True),
                arrow((X + W + 104, y + 30), (X + W + 2, y + 30), colour=HEATER),
            ]
        if y < 300:
            body.append(arrow((X + W / 2, y + 50), (X + W / 2, y + 68)))
        y += 68
    body = [part for part in body if part]
    body += [
        arrow((X + W / 2, 362), (X + W / 2, 384)),
        label(X + W / 2, 402, "loss", anchor="middle", bold=True),
        arrow((X + W / 2 - 24, 397), (8, 397), (8, 133), (X - 2, 133), colour=INK),
        label(8, 428, "backward: the gradient passes as if nothing were rounded,"),
        label(8, 446, "and the step changes W, which is clipped once more."),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
