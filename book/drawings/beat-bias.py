"""A sum weighs a device by its conductance, a product by its square: two pairs of stacks."""

import numpy as np
import style as s

from aimc.devices import pcm_hermes

WIDTH, HEIGHT = 440, 320
BASE, FULL = 240, 190.0  # px: the ground, and the height of all that was programmed
STRONG, WEAK = 8.0, 2.0  # microsiemens
NUMBER = 4  # weak devices for each strong one
YEAR = 365.25 * 86400.0


def kept(microsiemens: float) -> float:
    """Return what a device of the mean exponent keeps for a year."""
    device = pcm_hermes(1)
    exponent = device.drift_exponent_mean(np.array([1e-6 * microsiemens]))
    return float(device.drift_factor(exponent, YEAR)[0])


def by_power(power: int) -> float:
    """Return the share that is left if a device counts with this power of its conductance."""
    strong, weak = STRONG**power, NUMBER * WEAK**power
    return (strong * kept(STRONG) + weak * kept(WEAK)) / (strong + weak)


def stack(x: float, power: int, aged: bool, title: str) -> list[str]:
    total = STRONG**power + NUMBER * WEAK**power
    strong, weak = STRONG**power / total, WEAK**power / total
    if aged:
        strong, weak = strong * kept(STRONG), weak * kept(WEAK)
    body, y = [s.label(x + 26, BASE + 20, title, "middle")], BASE
    for share, fill, colour in (
        (strong, s.CRYSTAL_FILL, s.CRYSTAL),
        *((weak, s.GLASS_FILL, s.GLASS) for _ in range(NUMBER)),
    ):
        y -= FULL * share
        body.append(s.box(x, y, 52, FULL * share, fill=fill, colour=colour))
    height = strong + NUMBER * weak
    body.append(s.label(x + 26, y - 8, f"{100 * height:.0f}%", "middle", bold=True, colour=s.INK))
    return body


def svg() -> str:
    body = [
        s.label(81, 22, "by conductance", "middle", bold=True, colour=s.HEATER),
        *stack(20, 1, False, "new"),
        *stack(90, 1, True, "a year"),
        s.line((8, BASE), (154, BASE), colour=s.INK),
        s.label(251, 22, "by its square", "middle", bold=True, colour=s.DIGITAL),
        *stack(190, 2, False, "new"),
        *stack(260, 2, True, "a year"),
        s.line((178, BASE), (324, BASE), colour=s.INK),
        s.label(338, 84, f"weak, {WEAK:.0f} µS", colour=s.GLASS),
        s.label(338, 104, f"keep {100 * kept(WEAK):.0f}%", colour=s.GLASS),
        s.label(338, 164, f"strong, {STRONG:.0f} µS", colour=s.CRYSTAL),
        s.label(338, 184, f"keeps {100 * kept(STRONG):.0f}%", colour=s.CRYSTAL),
        s.line((8, 272), (432, 272), colour=s.FAINT),
        s.label(8, 298, f"a sum finds {by_power(1):.2f}", colour=s.HEATER, bold=True),
        s.label(178, 298, f"products find {by_power(2):.2f}", colour=s.DIGITAL, bold=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
