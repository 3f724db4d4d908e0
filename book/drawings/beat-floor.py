"""A mean of magnitudes does not fall below the noise: two right triangles."""

import math

import style as s

WIDTH, HEIGHT = 440, 196
NOISE = 60.0  # px


def triangle(x: float, signal: float, title: str, factor: str) -> list[str]:
    base = 140
    seen = math.hypot(signal, NOISE)
    return [
        s.label(x, 24, title, bold=True),
        s.line((x, base), (x + signal, base), colour=s.CRYSTAL, width=3),
        s.line((x + signal, base), (x + signal, base - NOISE), colour=s.BIT_LINE, width=3),
        s.line((x, base), (x + signal, base - NOISE), colour=s.HEATER, width=3),
        s.label(x + signal / 2, base + 20, f"signal {signal:.0f}", "middle", colour=s.CRYSTAL),
        s.label(x + signal + 8, base - NOISE / 2 + 5, f"noise {NOISE:.0f}", colour=s.BIT_LINE),
        s.label(x, base - NOISE - 14, f"magnitude {seen:.0f}", colour=s.HEATER),
        s.label(x, base + 46, factor),
    ]


def svg() -> str:
    new, old = 130.0, 65.0
    a, b = math.hypot(new, NOISE), math.hypot(old, NOISE)
    return s.svg_document(
        WIDTH,
        HEIGHT,
        *triangle(16, new, "new", f"kept by the magnitude: {b / a:.2f}"),
        *triangle(290, old, "a year later", f"by the signal: {old / new:.2f}"),
    )
