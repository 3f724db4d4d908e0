"""One first read: its published variance, and what is simulated or estimated to be in it."""

import math

import numpy as np
import style as s

from aimc.devices import StatisticalPCM, pcm_2019, pcm_hermes
from aimc.devices.pulsed import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.recovery.first_read import first_read

WIDTH, HEIGHT = 448, 380
LEFT, FULL, HIGH = 108, 212, 18  # px: left end, the published variance, and the height of a bar
EXPONENTS = (0.9, 1.0, 1.1, 1.21)
LATE, EARLY = 1.0, 1e-3  # s after the pulse, from which on the drift law is taken to hold
ARRAYS = (
    ("2019 array", pcm_2019(), pulsed_2019()),
    ("HERMES, one device", pcm_hermes(1), pulsed_hermes()),
)


def of_means(device: StatisticalPCM, pulsed: PulsedPCM) -> float:
    """Return the share of the noise if reads are means of a pure 1/f spectrum.

    The mean over a time T1 and a later one over T2 are 2 Q² (ln(t / sqrt(T1 T2)) + 3/2) apart.
    """
    target = np.array(0.5 * device.g_max)
    factor = float(device.read_noise_factor(target))  # Q
    lengths = pulsed.t_verify * math.sqrt(pulsed.reads)
    moved = 2 * (math.log(device.t_0 / lengths) + 1.5) * (float(target) * factor) ** 2
    return moved / float(device.programming_std(target)) ** 2


def _group(top: float, name: str, device: StatisticalPCM, pulsed: PulsedPCM) -> list[str]:
    cases = [first_read(device, pulsed, exponent=e) for e in EXPONENTS]
    plain, early = cases[1], first_read(device, pulsed, drift_since=EARLY)
    rows = [top + 40 + 32 * k for k in range(3)]  # lower ends of the bars

    def at(share: float) -> float:
        return LEFT + FULL * share

    def named(row: float, words: str, share: float, colour: str, fill: str) -> list[str]:
        return [
            s.label(LEFT - 8, row - 5, words, "end", colour=colour),
            s.box(LEFT, row - HIGH, FULL * share, HIGH, fill=fill, colour=colour),
        ]

    noises = [case.share("noise") for case in cases]
    means, late, soon = of_means(device, pulsed), plain.share("drift"), early.share("drift")
    middle = rows[1] - HIGH / 2
    return [
        s.label(4, top + 8, name, bold=True),
        s.label(at(1), top + 8, "measured sum, 100%", "middle"),
        *named(rows[0], "the loop", plain.share("loop"), s.WORD_LINE, s.WORD_LINE),
        s.label(at(plain.share("loop")) + 6, rows[0] - 4, f"{100 * plain.share('loop'):.0f}%"),
        *named(rows[1], "1/f noise", noises[1], s.METAL, s.METAL_FILL),
        s.label(LEFT + 6, rows[1] - 4, f"{100 * noises[1]:.0f}%"),
        s.line((at(min(noises)), middle), (at(max(noises)), middle), colour=s.METAL),
        *(
            s.line((at(x), middle - 5), (at(x), middle + 5), colour=s.METAL)
            for x in (min(noises), max(noises))
        ),
        s.dot(at(means), middle, colour=s.METAL),
        *named(rows[2], "unequal drift", late, s.GLASS, s.GLASS_FILL),
        s.line(
            (at(late), rows[2] - HIGH),
            (at(soon), rows[2] - HIGH),
            (at(soon), rows[2]),
            (at(late), rows[2]),
            colour=s.GLASS,
            dashed=True,
        ),
        s.label(at(late) + 6, rows[2] - 4, f"{100 * late:.0f}%"),
        s.label(at(soon) + 6, rows[2] - 4, f"{100 * soon:.0f}%"),
        s.line((at(1), top + 14), (at(1), rows[2] + 6), colour=s.INK, width=2.5),
    ]


def svg() -> str:
    """Return the drawing."""
    level = HEIGHT - 84
    body = [
        *_group(8, *ARRAYS[0]),
        *_group(150, *ARRAYS[1]),
        s.line((LEFT, level), (LEFT + 1.5 * FULL, level), colour=s.INK, width=1),
        *(
            part
            for share in (0, 50, 100, 150)
            for part in (
                s.line(
                    (LEFT + FULL * share / 100, level),
                    (LEFT + FULL * share / 100, level + 5),
                    colour=s.INK,
                    width=1,
                ),
                s.label(
                    LEFT + FULL * share / 100,
                    level + 19,
                    f"{share}" if share < 150 else "150%",
                    {0: "start", 150: "end"}.get(share, "middle"),
                ),
            )
        ),
        s.line((4, HEIGHT - 48), (30, HEIGHT - 48), colour=s.METAL),
        s.dot(17, HEIGHT - 48, colour=s.METAL),
        s.label(38, HEIGHT - 43, "exponents 0.9 to 1.21; dot: reads that are means"),
        s.line(
            (4, HEIGHT - 32),
            (30, HEIGHT - 32),
            (30, HEIGHT - 18),
            (4, HEIGHT - 18),
            (4, HEIGHT - 32),
            colour=s.GLASS,
            dashed=True,
        ),
        s.label(38, HEIGHT - 20, "drift law from 1 ms on, not from 1 s on"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
