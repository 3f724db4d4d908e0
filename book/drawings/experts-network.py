"""The feed-forward layer of a transformer: dense, and as a mixture of experts of which two work."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    INK,
    PAPER,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 336
EXPERTS, PICKED, SHARES = 8, (2, 5), ("0.7", "0.3")


def expert(x: float, y: float, wide: float, works: bool) -> str:
    """Return the two matrices of an expert, up above down."""
    colour, fill, width = (CRYSTAL, CRYSTAL_FILL, 1.8) if works else (FAINT, PAPER, 1.0)
    return box(x, y, wide, 34, colour=colour, fill=fill, stroke=width) + box(
        x, y + 44, wide, 34, colour=colour, fill=fill, stroke=width
    )


def svg() -> str:
    """Return the drawing."""
    top = 62
    body = [
        label(12, 22, "dense", bold=True),
        label(12, 40, "every weight works", colour=CRYSTAL),
        label(172, 22, "mixture of experts", bold=True),
        label(172, 40, "a router picks two of eight", colour=HEATER),
        expert(12, top, 120, True),
        label(72, top + 22, "up", anchor="middle", colour=CRYSTAL),
        label(72, top + 66, "down", anchor="middle", colour=CRYSTAL),
        arrow((72, top + 130), (72, top + 82), colour=WORD_LINE),
        label(72, top + 146, "token", anchor="middle", colour=WORD_LINE),
    ]
    left, wide, step = 172, 26, 33
    middle = left + (EXPERTS * step - 7) / 2
    for k in range(EXPERTS):
        x = left + k * step
        works = k in PICKED
        body.append(expert(x, top, wide, works))
        body.append(
            label(
                x + wide / 2,
                top + 27,
                str(k + 1),
                anchor="middle",
                colour=CRYSTAL if works else FAINT,
                bold=works,
            )
        )
        if works:
            body.append(
                line((middle, top + 112), (x + wide / 2, top + 82), colour=HEATER, width=2.2)
            )
            share = SHARES[PICKED.index(k)]
            side = -6 if k == PICKED[0] else 8
            anchor = "end" if k == PICKED[0] else "start"
            body.append(
                label(
                    (middle + x + wide / 2) / 2 + side,
                    top + 103,
                    share,
                    anchor=anchor,
                    colour=HEATER,
                )
            )
    body += [
        box(middle - 38, top + 112, 76, 26, colour=DIGITAL, fill=DIGITAL_FILL, radius=4),
        label(middle, top + 130, "router", anchor="middle", colour=DIGITAL),
        arrow((middle, top + 166), (middle, top + 140), colour=WORD_LINE),
        label(middle, top + 182, "token", anchor="middle", colour=WORD_LINE),
        dot(middle, top + 112, 3.5, HEATER),
        line((12, top + 200), (WIDTH - 12, top + 200), colour=FAINT, width=1),
        label(12, top + 224, "Both layers hold as many weights.", colour=INK),
        label(12, top + 243, "The mixture multiplies with a quarter of them.", colour=CRYSTAL),
        label(12, top + 262, "The other experts rest, but stay where they are.", colour=FAINT),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
