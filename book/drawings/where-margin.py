"""Why the first errors cost little: the density of margins, and what an error loses and wins."""

import math

import style as s

WIDTH, HEIGHT = 440, 340
ZERO, UNIT = 160, 96  # px of a margin of zero, and of one
TALL = 270.0  # px of a density of one
MEAN = 1.6449  # of margins of spread one, of which 5% are negative
STEP = 0.02
REACH = 2.75  # margins that are drawn, to the right


def density(m: float) -> float:
    return math.exp(-0.5 * (m - MEAN) ** 2) / math.sqrt(2 * math.pi)


def changed(m: float, sigma: float) -> float:
    """Return the density of pictures with this margin that change sides."""
    return density(m) * 0.5 * math.erfc(abs(m) / sigma / math.sqrt(2))


def share(sigma: float, side: int) -> float:
    """Return the pictures of one side (1 right, -1 wrong) that change it, in per cent."""
    return 100 * STEP * sum(changed(side * STEP * (k + 0.5), sigma) for k in range(400))


def panel(base: float, sigma: float, title: str) -> list[str]:
    """Return the density over the margin, with what an error of spread sigma loses and wins."""
    left = -ZERO / UNIT + 0.1
    ends = 3.2 * sigma

    def place(m: float, height: float) -> tuple[float, float]:
        return (ZERO + UNIT * m, base - TALL * height)

    body = []
    for side, fill, colour in ((1, s.HEATER_FILL, s.HEATER), (-1, s.DIGITAL_FILL, s.DIGITAL)):
        far = min(ends, -left) if side < 0 else ends
        margins = [side * far * k / 60 for k in range(61)]
        edge = [place(m, changed(m, sigma)) for m in margins]
        body.append(
            s.line((ZERO, base), *edge, (edge[-1][0], base), colour=colour, fill=fill, closed=True)
        )
    curve = [
        place(left + STEP * k, density(left + STEP * k)) for k in range(int((REACH - left) / STEP))
    ]
    lost, won = share(sigma, 1), share(sigma, -1)
    body += [
        s.line(*curve, colour=s.INK),
        s.arrow((6, base), (432, base), colour=s.INK),
        s.line((ZERO, base + 8), (ZERO, base - 92), colour=s.FAINT, dashed=True),
        s.label(8, base - 108, title, bold=True),
        s.label(8, base - 86, f"won {won:.1f}%", colour=s.DIGITAL),
        s.label(8, base - 66, f"lost {lost:.1f}%", colour=s.HEATER),
        s.label(8, base - 46, f"drop {lost - won:.1f}%", bold=True),
    ]
    return body


def svg() -> str:
    """Return the drawing."""
    body = [
        *panel(130, 0.25, "a small error"),
        *panel(300, 0.75, "three times the error"),
        s.label(432, 16, "density of pictures", "end"),
        s.label(ZERO, 330, "0", "middle"),
        s.label(432, 330, "margin of the right class", "end"),
        s.label(ZERO - 14, 330, "wrong", "end"),
        s.label(ZERO + 14, 330, "right"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
