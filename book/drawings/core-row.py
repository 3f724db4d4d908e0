"""One output line of a core: cells with inputs of each sign, regulator, mirror, oscillator."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    METAL_FILL,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

SIZE = 15
LINE = 172  # y of the output line
UP, DOWN = 66, 278  # ends of the two input lines of a cell
CELLS = ((58, "x > 0", "−", "+"), (168, "x < 0", "+", "−"), (278, "x = 0", "", ""))


def device(x: float, y: float) -> str:
    """Return a phase-change device centred at (x, y)."""
    return box(x - 10, y - 17, 20, 34, fill=CRYSTAL_FILL, colour=CRYSTAL, stroke=1.8)


def switch(x: float, y: float) -> str:
    """Return the two select transistors of a branch, as one symbol on a vertical wire."""
    return (
        line((x, y - 15), (x, y - 8), (x - 7, y - 8), (x - 7, y + 8), (x, y + 8), (x, y + 15))
        + line((x - 12, y - 8), (x - 12, y + 8))
        + line((x - 12, y), (x - 18, y))
    )


def branch(x: float, far: float, name: str, sign: str) -> str:
    """Return the branch between an input line's end and the output line, with its current."""
    way = 1 if far < LINE else -1
    wire = 1.6
    parts = [
        line((x, far), (x, far + way * 13), width=wire),
        switch(x, far + way * 28),
        line((x, far + way * 43), (x, far + way * 50), width=wire),
        device(x, far + way * 67),
        line((x, far + way * 84), (x, LINE), width=wire),
        dot(x, LINE, 3.4, BIT_LINE),
        label(x + 15, far + way * 67 - 3, name, size=SIZE),
    ]
    if sign:
        # current runs from the higher to the lower voltage
        ends = [(x - 17, LINE - 6 * way), (x - 17, LINE - 34 * way)]
        parts.append(arrow(*(ends if sign == "−" else ends[::-1]), colour=BIT_LINE, width=1.8))
        words = "adds" if sign == "−" else "takes"
        parts.append(label(x + 14, far + way * 67 + 16, words, size=SIZE, colour=BIT_LINE))
    return "".join(parts)


def _cell(x: float, name: str, upper: str, lower: str) -> str:
    parts = [box(x - 38, 72, 98, 200, fill="none", colour=FAINT, stroke=1)]
    for far, sign, which in ((UP, upper, "+"), (DOWN, lower, "−")):
        live = bool(sign)
        colour = WORD_LINE if live else FAINT
        words = f"V_{{cm}} {sign} V_{{read}}" if live else "floating"
        place = far - 10 if far < LINE else far + 20
        parts.append(branch(x, far, f"G^{which}", sign))
        parts.append(line((x - 34, far), (x + 48, far), colour=colour, width=3, dashed=not live))
        parts.append(dot(x, far, 3.4, colour))
        parts.append(label(x + 7, place, words, anchor="middle", size=SIZE, colour=colour))
    parts.append(label(x + 7, 30, name, anchor="middle", size=SIZE, bold=True))
    return "".join(parts)


def _converter() -> str:
    parts = [
        line((16, LINE), (368, LINE), colour=BIT_LINE, width=3),
        box(368, LINE - 34, 100, 68, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
        label(418, LINE - 14, "regulator", anchor="middle", size=SIZE, bold=True),
        label(418, LINE + 5, "holds the", anchor="middle", size=SIZE),
        label(418, LINE + 23, "line at V_{cm}", anchor="middle", size=SIZE),
        box(368, 66, 100, 46, fill=METAL_FILL, colour=FAINT, radius=5),
        label(418, 86, "tap of the", anchor="middle", size=SIZE),
        label(418, 104, "ladder", anchor="middle", size=SIZE),
        arrow((418, 112), (418, LINE - 35)),
        arrow((418, LINE + 34), (418, 252), colour=BIT_LINE),
        label(410, 233, "current", anchor="end", size=SIZE, colour=BIT_LINE),
        box(368, 253, 100, 40, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
        label(418, 278, "mirror", anchor="middle", size=SIZE, bold=True),
        arrow((388, 293), (388, 338)),
        arrow((448, 293), (448, 338)),
        label(382, 321, "copy", anchor="end", size=SIZE),
        label(442, 321, "copy", anchor="end", size=SIZE),
        box(330, 339, 76, 40, fill="none", radius=5),
        label(368, 364, "oscillator", anchor="middle", size=SIZE),
        box(420, 339, 52, 40, fill="none", radius=5),
        label(446, 364, "sign", anchor="middle", size=SIZE),
        arrow((330, 359), (272, 359)),
        box(158, 331, 112, 26, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(214, 349, "counter +", anchor="middle", size=SIZE),
        box(158, 362, 112, 26, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(214, 380, "counter −", anchor="middle", size=SIZE),
        line((446, 379), (446, 408), (214, 408), dashed=True),
        arrow((214, 408), (214, 389)),
        label(330, 427, "which counter counts", anchor="middle", size=SIZE),
        arrow((158, 359), (112, 359), colour=DIGITAL),
        label(106, 364, "to the LDPU", anchor="end", size=SIZE, colour=DIGITAL),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        462, 440, _converter(), *(_cell(*cell) for cell in CELLS), left=12, size=SIZE
    )
