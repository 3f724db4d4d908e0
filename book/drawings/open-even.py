"""Where the analog machine takes less energy than an H100, by users at once and tokens before."""

import math
from functools import cache

import style as s

from aimc_course.studies.roadmap import H100, Roadmap, decoder_7b, map_of_wins

WIDTH, HEIGHT = 446, 404
LEFT, TOP, WIDE, TALL = 62.0, 66.0, 37.0, 30.0  # px, of the table and of a cell
USERS = tuple(2**k for k in range(10))
CONTEXTS = tuple(2**k for k in range(15, 7, -1))
FEWEST = 40.0  # % of the draws, the palest cell
SEED = 1


@cache
def shares() -> tuple[tuple[float, ...], ...]:
    """Return the shares of draws, %, a row for each length of text, a column for each crowd."""
    question = Roadmap(decoder_7b(2048), H100)
    wins = map_of_wins(question, ("batch", list(USERS)), ("context", list(CONTEXTS)), 400, SEED)
    return tuple(tuple(100 * float(win) for win in row) for row in wins)


def product() -> float:
    """Return the users times tokens at which weights and cache cost a card as much."""
    token = decoder_7b(2048)
    return token.weights / token.cached


def place(users: float, tokens: float) -> tuple[float, float]:
    """Return the middle of a cell."""
    row = math.log2(CONTEXTS[0] / tokens)
    return LEFT + WIDE * (math.log2(users) + 0.5), TOP + TALL * (row + 0.5)


def svg() -> str:
    """Return the drawing."""
    right, bottom = LEFT + WIDE * len(USERS), TOP + TALL * len(CONTEXTS)
    body = [
        s.label(LEFT - 4, 20, "units wait", bold=True, colour=s.HEATER),
        s.label(LEFT - 4, 38, "for keys and values", colour=s.HEATER),
        s.label(right, 20, "price of a bit", "end", bold=True, colour=s.DRAM),
        s.label(right, 38, "of keys and values", "end", colour=s.DRAM),
        s.arrow((LEFT + 20, 44), (LEFT + 20, TOP - 3), colour=s.HEATER),
        s.arrow((right - 20, 44), (right - 20, TOP - 3), colour=s.DRAM),
    ]
    for tokens, row in zip(CONTEXTS, shares(), strict=True):
        for users, share in zip(USERS, row, strict=True):
            x, y = place(users, tokens)
            full = max(0.0, (share - FEWEST) / (100 - FEWEST))
            body.append(
                s.tag("rect", x=x - WIDE / 2, y=y - TALL / 2, width=WIDE, height=TALL,
                      fill=s.DIGITAL, fill_opacity=0.03 + 0.62 * full**1.3, stroke=s.PAPER)
            )  # fmt: skip
            body.append(s.label(x, y + 5, f"{share:.0f}", "middle"))
        body.append(s.label(LEFT - 6, place(1, tokens)[1] + 5, f"{tokens:,}", "end"))
    for users in USERS:
        body.append(s.label(place(users, 256)[0], bottom + 18, f"{users}", "middle"))
    steps = []  # along borders of cells: the product lies between two powers of two
    for k, users in enumerate(USERS):
        below = sum(users * tokens > product() for tokens in CONTEXTS)
        y = TOP + TALL * below
        steps += [(LEFT + WIDE * k, y), (LEFT + WIDE * (k + 1), y)]
        if below == len(CONTEXTS):
            break
    body += [
        s.line(*steps[:-1], colour=s.PAPER, width=5),
        s.line(*steps[:-1], colour=s.INK, width=2.4),
        s.line((206, 15), (226, 15), colour=s.INK, width=2.4),
        s.label(231, 20, "users ×"),
        s.label(206, 38, f"tokens = {round(product(), -2):,.0f}"),
        s.label((LEFT + right) / 2, bottom + 38, "users at once", "middle"),
        s.label(LEFT - 56, TOP - 12, "tokens", size=14),
        s.arrow((LEFT + 4, bottom + 48), (LEFT + 4, bottom + 3), colour=s.CRYSTAL),
        s.label(LEFT - 4, bottom + 64, "weights count,", bold=True, colour=s.CRYSTAL),
        s.label(LEFT - 4, bottom + 82, "shared by few users", colour=s.CRYSTAL),
        s.arrow((right - 20, bottom + 48), (right - 20, bottom + 24), colour=s.CRYSTAL),
        s.label(right, bottom + 64, "arrays count,", "end", bold=True, colour=s.CRYSTAL),
        s.label(right, bottom + 82, "at many products", "end", colour=s.CRYSTAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
