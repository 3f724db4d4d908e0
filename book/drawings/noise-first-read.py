"""One first read: its published variance, and what is simulated or estimated to be in it."""

import style as s

from aimc.devices import StatisticalPCM, pcm_2019, pcm_hermes
from aimc.devices.pulsed import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.recovery.first_read import FirstRead, first_read

WIDTH, HEIGHT = 448, 318
LEFT, FULL, HIGH = 50, 154, 26  # px: left end, the published variance, and the height of a bar
EXPONENTS = (0.9, 1.0, 1.1, 1.21)
LATE, EARLY = 1.0, 1e-3  # s after the pulse, from which on the drift law is taken to hold
ARRAYS = (
    ("2019 array", pcm_2019(), pulsed_2019()),
    ("HERMES, one device", pcm_hermes(1), pulsed_hermes()),
)
PARTS = (
    ("loop", "the loop", s.WORD_LINE, s.WORD_LINE_FILL),
    ("noise", "1/f noise", s.METAL, s.METAL_FILL),
    ("drift", "unequal drift", s.GLASS, s.GLASS_FILL),
)


def cases(device: StatisticalPCM, pulsed: PulsedPCM) -> tuple[FirstRead, FirstRead]:
    """Return the estimates with the least noise and drift, and those with the most."""
    late, early = (
        [first_read(device, pulsed, exponent=e, drift_since=since) for e in EXPONENTS]
        for since in (LATE, EARLY)
    )
    return min(late, key=lambda case: case.noise), max(early, key=lambda case: case.noise)


def _group(top: float, name: str, device: StatisticalPCM, pulsed: PulsedPCM) -> list[str]:
    body = [s.label(4, top + 10, name, bold=True)]
    for k, (words, case) in enumerate(zip(("low", "high"), cases(device, pulsed), strict=True)):
        row, left = top + 20 + 34 * k, float(LEFT)
        body.append(s.label(LEFT - 8, row + 18, words, "end"))
        for part, _, colour, fill in PARTS:
            wide = FULL * case.share(part)
            body.append(s.box(left, row, wide, HIGH, fill=fill, colour=colour))
            share = f"{100 * case.share(part):.0f}"
            if wide > 20:
                body.append(s.label(left + wide / 2, row + 18, share, "middle"))
            elif part == "drift":
                body.append(s.label(left + wide + 5, row + 18, share))
            left += wide
    body.append(s.line((LEFT + FULL, top + 14), (LEFT + FULL, top + 86), colour=s.INK, width=2.5))
    return body


def svg() -> str:
    """Return the drawing."""
    level = 228
    body = [
        s.label(LEFT + FULL, 16, "measured sum, 100%", "middle"),
        *_group(22, *ARRAYS[0]),
        *_group(128, *ARRAYS[1]),
        s.line((LEFT, level), (LEFT + 2.5 * FULL, level), colour=s.INK, width=1),
    ]
    for share in (0, 50, 100, 150, 200, 250):
        x = LEFT + FULL * share / 100
        body += [
            s.line((x, level), (x, level + 5), colour=s.INK, width=1),
            s.label(
                x,
                level + 19,
                f"{share}" if share < 250 else "250%",
                "middle" if share < 250 else "end",
            ),
        ]
    for k, (_, words, colour, fill) in enumerate(PARTS):
        x = 4 + 110 * k
        body += [
            s.box(x, level + 34, 14, 14, fill=fill, colour=colour),
            s.label(x + 20, level + 46, words),
        ]
    body.append(s.label(4, level + 70, "exponent 0.9 to 1.21; drift law from 1 s or from 1 ms on"))
    return s.svg_document(WIDTH, HEIGHT, *body)
