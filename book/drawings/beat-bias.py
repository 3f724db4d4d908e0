"""A sum of currents counts devices that hold no weight: one pair and three RESET devices."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    INK,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 276
BASE, SCALE = 206, 8.0  # px of the ground, px per microsiemens
SET, KEPT_SET = 16.0, 0.8
RESET, KEPT_RESET = 2.0, 0.3
NEGATIVE = 3  # RESET devices for each SET one


def stack(x: float, kept_set: float, kept_reset: float, title: str) -> list[str]:
    strong, weak = SET * kept_set, RESET * kept_reset
    total = strong + NEGATIVE * weak
    body, y = [label(x + 26, BASE + 22, title, anchor="middle")], BASE
    for height, fill, colour in (
        (strong, CRYSTAL_FILL, CRYSTAL),
        *((weak, GLASS_FILL, GLASS) for _ in range(NEGATIVE)),
    ):
        y -= SCALE * height
        body.append(box(x, y, 52, SCALE * height, fill=fill, colour=colour))
    body += [
        label(x + 26, BASE - SCALE * strong / 2 + 5, f"{strong:.1f}", anchor="middle"),
        label(x + 26, y - 8, f"{total:.1f}", anchor="middle", bold=True),
    ]
    return body


def svg() -> str:
    total = SET + NEGATIVE * RESET
    now = SET * KEPT_SET + NEGATIVE * RESET * KEPT_RESET
    body = [
        *stack(24, 1.0, 1.0, "programmed"),
        *stack(124, KEPT_SET, KEPT_RESET, "a year later"),
        line((8, BASE), (196, BASE), colour=INK),
        label(214, 34, "RESET: no weight", colour=GLASS),
        label(214, 54, f"keep {100 * KEPT_RESET:.0f}%", colour=GLASS),
        label(214, 84, "SET: the weight", colour=CRYSTAL),
        label(214, 104, f"keep {100 * KEPT_SET:.0f}%", colour=CRYSTAL),
        line((214, 120), (432, 120), colour=FAINT),
        label(214, 144, "sum of currents says", colour=HEATER),
        label(214, 164, f"{now:.1f} / {total:.1f} = {now / total:.2f}", colour=HEATER, bold=True),
        label(214, 190, "the weight says", colour=DIGITAL),
        label(214, 210, f"{KEPT_SET:.2f}", colour=DIGITAL, bold=True),
        label(8, 264, "currents of one SET and three RESET devices (µA)"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
