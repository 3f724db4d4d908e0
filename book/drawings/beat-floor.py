"""A mean of magnitudes does not fall below the noise: two right triangles."""

import math

from style import BIT_LINE, CRYSTAL, HEATER, label, line, svg_document

WIDTH, HEIGHT = 440, 196
NOISE = 60.0  # px


def triangle(x: float, signal: float, title: str, factor: str) -> list[str]:
    base = 140
    seen = math.hypot(signal, NOISE)
    return [
        label(x, 24, title, bold=True),
        line((x, base), (x + signal, base), colour=CRYSTAL, width=3),
        line((x + signal, base), (x + signal, base - NOISE), colour=BIT_LINE, width=3),
        line((x, base), (x + signal, base - NOISE), colour=HEATER, width=3),
        label(x + signal / 2, base + 20, f"signal {signal:.0f}", anchor="middle", colour=CRYSTAL),
        label(x + signal + 8, base - NOISE / 2 + 5, f"noise {NOISE:.0f}", colour=BIT_LINE),
        label(x, base - NOISE - 14, f"magnitude {seen:.0f}", colour=HEATER),
        label(x, base + 46, factor),
    ]


def svg() -> str:
    new, old = 130.0, 65.0
    a, b = math.hypot(new, NOISE), math.hypot(old, NOISE)
    return svg_document(
        WIDTH,
        HEIGHT,
        *triangle(16, new, "new", f"kept by the magnitude: {b / a:.2f}"),
        *triangle(290, old, "a year later", f"by the signal: {old / new:.2f}"),
    )
