"""Two reads and their difference: what is slow cancels, what is fast counts twice."""

import math

import style as s

WIDTH, HEIGHT = 440, 276
LEFT, RIGHT, FIRST, SECOND = 14, 318, 116, 256


def _slow(x: float) -> float:
    return 16 * math.sin(2 * math.pi * (x - 30) / 900) + 4


def _fast(x: float) -> float:
    # a crest at the first read and a valley at the second
    swing = math.cos(2 * math.pi * 6.5 * (x - FIRST) / (SECOND - FIRST))
    return 16 * swing + 4 * math.sin(2 * math.pi * x / 61)


def svg() -> str:
    """Return the drawing."""
    body = [
        s.line((FIRST, 30), (FIRST, 228), colour=s.FAINT, dashed=True),
        s.line((SECOND, 30), (SECOND, 228), colour=s.FAINT, dashed=True),
        s.label(FIRST, 22, "read at t", "middle"),
        s.label(SECOND, 22, "read at t + δ", "middle"),
    ]
    rows = (
        (88, _slow, "slower than δ", "cancels", s.METAL),
        (178, _fast, "faster than δ", "counts twice", s.BIT_LINE),
    )
    for middle, wave, words, verdict, colour in rows:
        path = [(x / 2, middle - wave(x / 2)) for x in range(2 * LEFT, 2 * RIGHT)]
        body += [s.line(*path, colour=colour, width=1.6), s.label(LEFT, middle - 32, words)]
        body += [s.dot(x, middle - wave(x), 5, colour) for x in (FIRST, SECOND)]
        start, end = middle - wave(FIRST), middle - wave(SECOND)
        body.append(s.line((FIRST, start), (SECOND, start), colour=s.FAINT, dashed=True))
        if abs(end - start) > 12:
            body.append(s.arrow((SECOND + 12, start), (SECOND + 12, end), both=True))
        body.append(s.label(RIGHT + 8, middle + 5, verdict, colour=colour, bold=True))
    body += [
        s.arrow((FIRST, 244), (SECOND, 244), both=True),
        s.label((FIRST + SECOND) / 2, 264, "gap δ", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
