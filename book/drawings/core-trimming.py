"""Calibration of a converter: three currents, trimming in the circuit, the rest in digits."""

import style as s

SIZE = 15


def _curve(gain: float, bend: float, offset: float) -> list[tuple[float, float]]:
    """Return a transfer curve, current and frequency between 0 and about 1."""
    points = [k / 16 for k in range(17)]
    return [(x, gain * x / (1 + bend * x) + offset) for x in points]


def _small(x: float, y: float, before: tuple[float, ...], after: tuple[float, ...]) -> str:
    """Return a small chart of a transfer curve before and after a step, with its corner at x, y."""
    wide, tall = 74.0, 54.0
    parts = [s.line((x, y - tall - 4), (x, y), (x + wide + 6, y), colour=s.FAINT, width=1.2)]
    for law, dashed in ((before, True), (after, False)):
        shown = [(x + wide * u, y - tall * v) for u, v in _curve(*law)]
        parts.append(s.line(*shown, colour=s.BIT_LINE, width=2, dashed=dashed))
    return "".join(parts)


def _step(
    y: float, number: str, words: tuple[str, str], curves: str, colour: str, fill: str
) -> str:
    return "".join(
        (
            s.box(64, y, 286, 64, fill=fill, colour=colour, radius=5),
            s.label(76, y + 27, number, size=SIZE, bold=True),
            s.label(98, y + 27, words[0], size=SIZE, bold=True),
            s.label(98, y + 48, words[1], size=SIZE),
            curves,
        )
    )


def svg() -> str:
    """Return the drawing."""
    straight, short = (0.92, 0.0, 0.0), (0.66, 0.0, 0.0)
    parts = [
        s.box(64, 10, 286, 62, fill=s.METAL_FILL, colour="currentColor", radius=5),
        s.label(76, 36, "Send a low, a medium and the", size=SIZE),
        s.label(76, 56, "largest current; count each.", size=SIZE),
        *_measured(),
        s.arrow((207, 72), (207, 92)),
        s.box(64, 93, 286, 38, fill=s.METAL_FILL, colour="currentColor", radius=5),
        s.label(76, 117, "Solve for A, B and C.", size=SIZE),
        s.arrow((207, 131), (207, 156)),
        s.label(217, 149, "one setting, one step", size=SIZE),
        _step(
            157,
            "1",
            ("Offset C: tap of the ladder", "line to the common voltage"),
            _small(376, 217, (0.75, 0.25, 0.22), (0.75, 0.25, 0.0)),
            s.BIT_LINE,
            s.BIT_LINE_FILL,
        ),
        s.arrow((207, 221), (207, 238)),
        _step(
            239,
            "2",
            ("Gain A: main mirror", "4 bits; a spread remains"),
            _small(376, 299, (0.75, 0.25, 0.0), (1.12, 0.38, 0.0)),
            s.BIT_LINE,
            s.BIT_LINE_FILL,
        ),
        s.arrow((207, 303), (207, 320)),
        _step(
            321,
            "3",
            ("Bend B: feed-forward mirror", "until B is as low as it goes"),
            _small(376, 381, (1.12, 0.38, 0.0), (1.0, 0.0, 0.0)),
            s.BIT_LINE,
            s.BIT_LINE_FILL,
        ),
        # back to the measurement after each step
        s.line((64, 189), (30, 189)),
        s.line((64, 271), (30, 271)),
        s.line((64, 353), (30, 353), (30, 41)),
        s.arrow((30, 41), (63, 41)),
        s.label(22, 250, "measure again after each step", "middle", size=SIZE, turn=-90),
        s.arrow((207, 385), (207, 416), colour=s.DIGITAL),
        s.label(217, 406, "when all three are done", size=SIZE, colour=s.DIGITAL),
        s.box(64, 417, 286, 64, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5),
        s.label(76, 444, "Digital unit: one straight line", size=SIZE, bold=True),
        s.label(76, 465, "per converter and sign", size=SIZE),
        _small(376, 477, short, straight),
    ]
    return s.svg_document(456, 492, *parts, left=8, size=SIZE)


def _measured() -> list[str]:
    """Return the three points on a bent curve with an offset."""
    x, y, wide, tall = 376.0, 70.0, 74.0, 54.0
    law = (0.75, 0.25, 0.22)
    parts = [s.line((x, y - tall - 4), (x, y), (x + wide + 6, y), colour=s.FAINT, width=1.2)]
    shown = [(x + wide * u, y - tall * v) for u, v in _curve(*law)]
    parts.append(s.line(*shown, colour=s.BIT_LINE, width=1.6, dashed=True))
    parts += [s.dot(*shown[k], 4, s.BIT_LINE) for k in (2, 8, 16)]
    return parts
