"""One output line of a core: cells with inputs of each sign, regulator, mirror, oscillator."""

import style as s

SIZE = 15
LINE = 172  # y of the output line
UP, DOWN = 66, 278  # ends of the two input lines of a cell
CELLS = ((58, "x > 0", "−", "+"), (168, "x < 0", "+", "−"), (278, "x = 0", "", ""))


def device(x: float, y: float) -> str:
    """Return a phase-change device centred at (x, y)."""
    return s.box(x - 10, y - 17, 20, 34, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8)


def switch(x: float, y: float) -> str:
    """Return the two select transistors of a branch, as one symbol on a vertical wire."""
    return (
        s.line((x, y - 15), (x, y - 8), (x - 7, y - 8), (x - 7, y + 8), (x, y + 8), (x, y + 15))
        + s.line((x - 12, y - 8), (x - 12, y + 8))
        + s.line((x - 12, y), (x - 18, y))
    )


def branch(x: float, far: float, name: str, sign: str) -> str:
    """Return the branch between an input line's end and the output line, with its current."""
    way = 1 if far < LINE else -1
    wire = 1.6
    parts = [
        s.line((x, far), (x, far + way * 13), width=wire),
        switch(x, far + way * 28),
        s.line((x, far + way * 43), (x, far + way * 50), width=wire),
        device(x, far + way * 67),
        s.line((x, far + way * 84), (x, LINE), width=wire),
        s.dot(x, LINE, 3.4, s.BIT_LINE),
        s.label(x + 15, far + way * 67 - 3, name, size=SIZE),
    ]
    if sign:
        # current runs from the higher to the lower voltage
        ends = [(x - 17, LINE - 6 * way), (x - 17, LINE - 34 * way)]
        parts.append(s.arrow(*(ends if sign == "−" else ends[::-1]), colour=s.BIT_LINE, width=1.8))
        words = "adds" if sign == "−" else "takes"
        parts.append(s.label(x + 14, far + way * 67 + 16, words, size=SIZE, colour=s.BIT_LINE))
    return "".join(parts)


def _cell(x: float, name: str, upper: str, lower: str) -> str:
    parts = [s.box(x - 38, 72, 98, 200, fill="none", colour=s.FAINT, stroke=1)]
    for far, sign, which in ((UP, upper, "+"), (DOWN, lower, "−")):
        live = bool(sign)
        colour = s.WORD_LINE if live else s.FAINT
        words = f"V_{{cm}} {sign} V_{{read}}" if live else "floating"
        place = far - 10 if far < LINE else far + 20
        parts.append(branch(x, far, f"G^{which}", sign))
        parts.append(s.line((x - 34, far), (x + 48, far), colour=colour, width=3, dashed=not live))
        parts.append(s.dot(x, far, 3.4, colour))
        parts.append(s.label(x + 7, place, words, "middle", size=SIZE, colour=colour))
    parts.append(s.label(x + 7, 30, name, "middle", size=SIZE, bold=True))
    return "".join(parts)


def _converter() -> str:
    parts = [
        s.line((16, LINE), (368, LINE), colour=s.BIT_LINE, width=3),
        s.box(368, LINE - 34, 100, 68, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(418, LINE - 14, "regulator", "middle", size=SIZE, bold=True),
        s.label(418, LINE + 5, "holds the", "middle", size=SIZE),
        s.label(418, LINE + 23, "line at V_{cm}", "middle", size=SIZE),
        s.box(368, 66, 100, 46, fill=s.METAL_FILL, colour=s.FAINT, radius=5),
        s.label(418, 86, "tap of the", "middle", size=SIZE),
        s.label(418, 104, "ladder", "middle", size=SIZE),
        s.arrow((418, 112), (418, LINE - 35)),
        s.arrow((418, LINE + 34), (418, 252), colour=s.BIT_LINE),
        s.label(410, 233, "current", "end", size=SIZE, colour=s.BIT_LINE),
        s.box(368, 253, 100, 40, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(418, 278, "mirror", "middle", size=SIZE, bold=True),
        s.arrow((388, 293), (388, 338)),
        s.arrow((448, 293), (448, 338)),
        s.label(382, 321, "copy", "end", size=SIZE),
        s.label(442, 321, "copy", "end", size=SIZE),
        s.box(330, 339, 76, 40, fill="none", radius=5),
        s.label(368, 364, "oscillator", "middle", size=SIZE),
        s.box(420, 339, 52, 40, fill="none", radius=5),
        s.label(446, 364, "sign", "middle", size=SIZE),
        s.arrow((330, 359), (272, 359)),
        s.box(158, 331, 112, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(214, 349, "counter +", "middle", size=SIZE),
        s.box(158, 362, 112, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(214, 380, "counter −", "middle", size=SIZE),
        s.line((446, 379), (446, 408), (214, 408), dashed=True),
        s.arrow((214, 408), (214, 389)),
        s.label(330, 427, "which counter counts", "middle", size=SIZE),
        s.arrow((158, 359), (112, 359), colour=s.DIGITAL),
        s.label(106, 364, "to the LDPU", "end", size=SIZE, colour=s.DIGITAL),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        462, 440, _converter(), *(_cell(*cell) for cell in CELLS), left=12, size=SIZE
    )
