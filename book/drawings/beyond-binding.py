"""Binding and bundling of random vectors: what the results resemble, counted place by place."""

import random

import style as s

WIDTH, HEIGHT = 440, 388
LEFT, CELL, PLACES = 104, 13.5, 24
WORDS = (
    ("red", s.METAL, s.METAL_FILL),
    ("disc", s.METAL, s.METAL_FILL),
    ("left", s.METAL, s.METAL_FILL),
)


def vectors() -> list[list[int]]:
    """Return three balanced vectors of which each two agree in half of the places."""
    draw = random.Random(4)
    half = [1, -1] * (PLACES // 2)
    while True:
        three = [draw.sample(half, PLACES) for _ in range(3)]
        if all(agreement(three[i], three[j]) == PLACES // 2 for i, j in ((0, 1), (0, 2), (1, 2))):
            return three


def strip(y: float, values: list[int], name: str, colour: str, fill: str) -> list[str]:
    parts = [s.label(LEFT - 8, y + 15, name, "end", colour=colour)]
    for k, value in enumerate(values):
        x = LEFT + CELL * k
        full = value > 0
        parts.append(
            s.box(x, y, CELL, 20, fill=colour if full else fill, colour=colour, stroke=0.8)
        )
    return parts


def agreement(one: list[int], other: list[int]) -> int:
    return sum(p == q for p, q in zip(one, other, strict=True))


def svg() -> str:
    three = vectors()
    product = [p * q for p, q in zip(three[0], three[1], strict=True)]
    majority = [1 if p + q + r > 0 else -1 for p, q, r in zip(*three, strict=True)]
    back = [p * q for p, q in zip(product, three[1], strict=True)]
    body = []
    for k, (values, (name, colour, fill)) in enumerate(zip(three, WORDS, strict=True)):
        body += strip(26 + 28 * k, values, name, colour, fill)
    same = agreement(*three[:2])
    body += [
        s.label(LEFT, 16, f"random: two agree in {same} of {PLACES} places", colour=s.FAINT),
        s.line((10, 124), (WIDTH - 10, 124), colour=s.FAINT, width=1),
        s.label(10, 146, "Bind: multiply place by place", bold=True),
        *strip(156, product, "red ⊙ disc", s.DIGITAL, s.DIGITAL_FILL),
        s.label(
            LEFT,
            194,
            f"agrees with red in {agreement(product, three[0])}: a stranger",
            colour=s.DIGITAL,
        ),
        *strip(204, back, "… ⊙ disc", s.METAL, s.METAL_FILL),
        s.label(
            LEFT,
            242,
            f"agrees with red in {agreement(back, three[0])}: it is red",
            colour=s.METAL,
        ),
        s.line((10, 258), (WIDTH - 10, 258), colour=s.FAINT, width=1),
        s.label(10, 280, "Bundle: take the majority", bold=True),
        *strip(290, majority, "of all three", s.DIGITAL, s.DIGITAL_FILL),
        s.label(
            LEFT,
            328,
            "agrees with each: " + ", ".join(str(agreement(majority, v)) for v in three),
            colour=s.DIGITAL,
        ),
        s.label(
            10, 362, "dark: +1, pale: −1. Two that are alike agree in all places,", colour=s.FAINT
        ),
        s.label(10, 380, "two strangers in half of them, give or take some.", colour=s.FAINT),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
