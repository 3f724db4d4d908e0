"""What several devices per weight average away, and what they share."""

import random

import style as s

WIDTH, HEIGHT = 440, 286
TARGET, COMMON, OWN = 62, 132, 54  # px; the spread of one device
GROUPS = ((90, 1), (210, 4), (330, 16))


def svg() -> str:
    """Return the drawing."""
    draw = random.Random(4)
    right = WIDTH - 14
    body = [
        s.line((20, TARGET), (right, TARGET), colour=s.DIGITAL, dashed=True),
        s.label(right, TARGET - 9, "target", "end", colour=s.DIGITAL),
        s.line((20, COMMON), (right, COMMON), colour=s.GLASS, width=2),
        s.arrow((right - 22, TARGET), (right - 22, COMMON), colour=s.GLASS, width=2),
        s.label(right - 30, TARGET + 20, "what all share", "end", colour=s.GLASS),
    ]
    for x, count in GROUPS:
        spread = OWN / count**0.5
        for k in range(14):
            shift = spread * (2 * (k + draw.random()) / 14 - 1)
            body.append(s.dot(x - 26 + 4 * draw.randrange(12), COMMON + shift, 3, s.FAINT))
        body += [
            s.arrow(
                (x + 34, COMMON - spread),
                (x + 34, COMMON + spread),
                colour=s.HEATER,
                width=2,
                both=True,
                head=6,
            ),
            s.label(x, 216, f"{count} device" + ("s" if count > 1 else ""), "middle"),
        ]
    body += [
        s.label(20, 30, "weights after a day", bold=True, size=15),
        s.label(20, 248, "spread of its own: falls with the root of the number", colour=s.HEATER),
        s.label(20, 270, "distance to the target: stays", colour=s.GLASS),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
