"""One first read: its published variance, and what is simulated or estimated to be in it."""

import style as s

from aimc.devices import pcm_2019, pcm_hermes
from aimc.devices.pulsed import pulsed_2019, pulsed_hermes
from aimc.recovery.first_read import first_read

WIDTH, HEIGHT = 448, 364
LEFT, FULL, HIGH = 16, 280, 20  # px: left end, the published variance, and the height of a bar
EXPONENTS = (0.9, 1.0, 1.1, 1.21)
LATE, EARLY = 1.0, 1e-3  # s after the pulse, from which on the drift law is taken to hold
ARRAYS = (
    ("2019 array", pcm_2019(), pulsed_2019()),
    ("HERMES, one device", pcm_hermes(1), pulsed_hermes()),
)


def _group(top: float, name: str, device: object, pulsed: object) -> list[str]:
    cases = [first_read(device, pulsed, exponent=e) for e in EXPONENTS]
    plain = cases[1]
    early = first_read(device, pulsed, drift_since=EARLY)
    loop = FULL * plain.share("loop")
    edge, full = LEFT + loop, LEFT + FULL
    noises = [edge + FULL * case.share("noise") for case in cases]
    noise = noises[1]
    late, soon = edge + FULL * plain.share("drift"), edge + FULL * early.share("drift")
    rows = [top + 34 + 42 * k for k in range(3)]
    body = [
        s.label(LEFT, top + 8, name, bold=True),
        s.label(full, top + 8, "published variance", "end"),
        s.box(LEFT, rows[0] - HIGH, FULL, HIGH, colour=s.INK),
        s.box(LEFT, rows[0] - HIGH, loop, HIGH, fill=s.WORD_LINE, colour=s.WORD_LINE),
        s.label(edge + 8, rows[0] - 6, f"loop {100 * plain.share('loop'):.0f}%, the rest later"),
        s.label(edge + 2, rows[1] - HIGH - 4, "1/f noise since the verify", colour=s.METAL),
        s.box(edge, rows[1] - HIGH, noise - edge, HIGH, fill=s.METAL_FILL, colour=s.METAL),
        s.line(
            (min(noises), rows[1] - HIGH / 2), (max(noises), rows[1] - HIGH / 2), colour=s.METAL
        ),
        *(
            s.line((x, rows[1] - 15), (x, rows[1] - 5), colour=s.METAL)
            for x in (min(noises), max(noises))
        ),
        s.label(edge + 2, rows[2] - HIGH - 4, "unequal drift since 1 s or 1 ms", colour=s.GLASS),
        s.box(edge, rows[2] - HIGH, late - edge, HIGH, fill=s.GLASS_FILL, colour=s.GLASS),
        s.line(
            (late, rows[2] - HIGH),
            (soon, rows[2] - HIGH),
            (soon, rows[2]),
            (late, rows[2]),
            colour=s.GLASS,
            dashed=True,
        ),
        s.label(edge + 8, rows[1] - 6, f"+{100 * plain.share('noise'):.0f}%"),
        s.label(late + 4, rows[2] - 6, f"+{100 * plain.share('drift'):.0f}%"),
        s.label(soon + 4, rows[2] - 6, f"+{100 * early.share('drift'):.0f}%"),
    ]
    for x in (edge, full):
        body.append(
            s.line((x, rows[0] + 1), (x, rows[2] + 4), colour=s.FAINT, dashed=True, width=1)
        )
    return body


def svg() -> str:
    """Return the drawing."""
    level = HEIGHT - 64
    body = [
        *_group(8, *ARRAYS[0]),
        *_group(158, *ARRAYS[1]),
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
        s.box(LEFT, HEIGHT - 22, 14, 12, fill=s.WORD_LINE, colour=s.WORD_LINE),
        s.label(LEFT + 20, HEIGHT - 11, "the loop, simulated with the published margin"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
