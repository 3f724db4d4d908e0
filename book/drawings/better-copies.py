"""What several devices per weight average away, and what they share."""

import random

from style import DIGITAL, FAINT, GLASS, HEATER, arrow, dot, label, line, svg_document

WIDTH, HEIGHT = 440, 286
TARGET, COMMON, OWN = 62, 132, 54  # px; the spread of one device
GROUPS = ((90, 1), (210, 4), (330, 16))


def svg() -> str:
    """Return the drawing."""
    draw = random.Random(4)
    right = WIDTH - 14
    body = [
        line((20, TARGET), (right, TARGET), colour=DIGITAL, dashed=True),
        label(right, TARGET - 9, "target", anchor="end", colour=DIGITAL),
        line((20, COMMON), (right, COMMON), colour=GLASS, width=2),
        arrow((right - 22, TARGET), (right - 22, COMMON), colour=GLASS, width=2),
        label(right - 30, TARGET + 20, "what all share", anchor="end", colour=GLASS),
    ]
    for x, count in GROUPS:
        spread = OWN / count**0.5
        for k in range(14):
            shift = spread * (2 * (k + draw.random()) / 14 - 1)
            body.append(dot(x - 26 + 4 * draw.randrange(12), COMMON + shift, 3, FAINT))
        body += [
            arrow(
                (x + 34, COMMON - spread),
                (x + 34, COMMON + spread),
                colour=HEATER,
                width=2,
                both=True,
                head=6,
            ),
            label(x, 216, f"{count} device" + ("s" if count > 1 else ""), anchor="middle"),
        ]
    body += [
        label(20, 30, "weights after a day", bold=True, size=15),
        label(20, 248, "spread of its own: falls with the root of the number", colour=HEATER),
        label(20, 270, "distance to the target: stays", colour=GLASS),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
